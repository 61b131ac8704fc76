"""The reproduced faults of the first version, and the tests that keep them mended.

I from Lengow to Odoo, A from Odoo to Lengow, documents, deletion and rights, L taxes of
countries, accounting and lifecycle; the others are of screens and of speed. For each
stand the tests that would fail, or in brackets why there is none.
"""

from . import changes, orders, outbox, privacy, rights, runs, runtime, shipping, taxes

AREAS = (changes, orders, outbox, privacy, rights, runs, runtime, shipping, taxes)
