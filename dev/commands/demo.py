"""Import the sandbox's marketplace orders into a real Odoo and show the outcome.

Succeeds when enough orders of enough marketplaces arrived, and the sale orders equal
what Lengow says to the cent. Running it again imports nothing twice.
"""

from argparse import ArgumentParser, Namespace

from ..console import say
from ..demo import finished_demo, print_report, shortcomings


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Run the demo; return the exit code."""
    with finished_demo() as demo:
        print_report(demo.report)
    problems = shortcomings(demo.report)
    for problem in problems:
        say(f"✗ {problem}")
    return 1 if problems else 0
