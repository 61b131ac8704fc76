"""The runtime of the addon: set-up, demo, tests, lint and benchmarks.

Nothing in here is loaded by Odoo. The code runs on the system's ``python3`` with the
standard library alone, because it is what builds everything else.
"""
