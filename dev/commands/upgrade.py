"""Upgrade a database that an earlier version filled, and compare it table by table.

``make upgrade FROM=REVISION``: any name that git has for the earlier version.
"""

from argparse import ArgumentParser, Namespace

from ..console import say
from ..setup.everything import ensure_runtime
from ..upgrade import TableComparison, upgraded

SHOWN_CHANGES = 5


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("revision", help="what git calls the earlier version")


def run(options: Namespace) -> int:
    """Upgrade and print a line a table; return the exit code."""
    runtime, template = ensure_runtime()
    compared = upgraded(runtime, template, options.revision)
    for table in compared:
        if table.rows_before or table.rows_after or not table.is_kept:
            _print(table)
    lost = [table for table in compared if not table.is_kept]
    rows = sum(table.rows_before for table in compared)
    say(f"{len(compared)} tables, {rows} rows: {len(lost)} tables lost something")
    return 1 if lost or not rows else 0


def _print(table: TableComparison) -> None:
    mark = "✓" if table.is_kept else "✗"
    say(f"{mark} {table.name}: {table.rows_before} rows, now {table.rows_after}")
    if table.new_columns:
        say(f"    new columns: {', '.join(table.new_columns)}")
    if table.lost_columns:
        say(f"    lost columns: {', '.join(table.lost_columns)}")
    for change in table.changed_rows[:SHOWN_CHANGES]:
        say(f"    {change}")
    if len(table.changed_rows) > SHOWN_CHANGES:
        say(f"    and {len(table.changed_rows) - SHOWN_CHANGES} more changes")
