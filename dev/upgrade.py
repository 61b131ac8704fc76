"""Upgrade a database that an earlier version filled, and compare table by table.

The earlier version comes out of git into ``.runtime/earlier/``, imports the demo's
orders with its own code, and hands the database over to today's code. What merchants
own must come through: every table, column and row of :data:`KEPT`, with its value.
"""

import contextlib
import json
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from . import paths
from .console import RuntimeProblem, step
from .demo import CATALOGUE
from .odoo import NOT_THE_ADDON, Runtime, script_source
from .process import run_logged
from .sandbox_process import running_sandbox
from .setup.databases import Databases
from .setup.postgres import Server

BEFORE, AFTER = "lengow_upgrade_before", "lengow_upgrade_after"
EARLIER = paths.RUNTIME / "earlier"
# The tables whose rows an upgrade may neither lose nor change: the addon's own, and
# what it writes into Odoo's.
KEPT = (
    "lengow_%",
    "sale_order%",
    "account_move%",
    "account_payment%",
    "stock_picking",
    "stock_move%",
    "res_partner",
    "product_%",
    "mail_activity",
    "mail_message",
    "ir_attachment",
    "ir_cron",
)
# Written by every update of a module, whatever it does.
VOLATILE = {"write_date", "write_uid", "lastcall", "nextcall"}


@dataclass(slots=True)
class TableComparison:
    """What became of one table's rows and columns."""

    name: str
    rows_before: int
    rows_after: int
    lost_columns: list[str] = field(default_factory=list)
    new_columns: list[str] = field(default_factory=list)
    changed_rows: list[str] = field(default_factory=list)
    """A sentence for every row that is gone or has another value."""

    @property
    def is_kept(self) -> bool:
        """Whether nothing of the table was lost or changed."""
        return not (self.lost_columns or self.changed_rows)


def upgraded(runtime: Runtime, template: str, revision: str) -> list[TableComparison]:
    """Fill a database with an earlier version, upgrade it, and compare.

    :param template: name of the database with what the addon depends on
    :param revision: what git calls the earlier version
    :raise RuntimeProblem: git does not know it, or the upgrade itself fails
    """
    databases = Databases(runtime.server)
    addons = _earlier_addons(revision, runtime)
    try:
        databases.copy(template, BEFORE)
        with step(f"the demo's orders with {revision}"):
            _fill(runtime, addons)
        databases.copy(BEFORE, AFTER)
        with step("upgrading"):
            runtime.run(
                f"--database={AFTER}",
                f"--update={paths.ADDON}",
                "--stop-after-init",
                "--no-http",
                log_name="upgrade",
            )
        return list(compare(runtime.server, BEFORE, AFTER))
    finally:
        databases.drop(BEFORE)
        databases.drop(AFTER)


def compare(server: Server, before: str, after: str) -> Iterator[TableComparison]:
    """Yield what became of every table of :data:`KEPT` of one database in another."""
    columns_before, columns_after = _columns(server, before), _columns(server, after)
    for table, columns in sorted(columns_before.items()):
        rows_before = _rows(server, before, table)
        rows_after = _rows(server, after, table) if table in columns_after else {}
        still = columns & columns_after.get(table, set())
        found = TableComparison(table, len(rows_before), len(rows_after))
        found.lost_columns = sorted(columns - still)
        found.new_columns = sorted(columns_after.get(table, set()) - columns)
        found.changed_rows = list(_changes(rows_before, rows_after, still - VOLATILE))
        yield found


def _changes(before: dict, after: dict, columns: set[str]) -> Iterator[str]:
    for key, row in before.items():
        if key not in after:
            yield f"row {key} is gone"
            continue
        for column in sorted(columns):
            if row[column] != after[key][column]:
                yield f"row {key}: {column} was {row[column]!r:.80}"


def _columns(server: Server, database: str) -> dict[str, set[str]]:
    patterns = " OR ".join(f"c.table_name LIKE '{pattern}'" for pattern in KEPT)
    found: dict[str, set[str]] = {}
    # The patterns are this module's own, as the names of tables are the database's.
    for line in server.query(
        "SELECT c.table_name, c.column_name FROM information_schema.columns c "  # noqa: S608
        "JOIN information_schema.tables t USING (table_schema, table_name) "
        "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' "
        f"AND ({patterns})",
        database,
    ):
        table, column = line.split("|")
        found.setdefault(table, set()).add(column)
    return found


def _rows(server: Server, database: str, table: str) -> dict[str, dict]:
    """Return the rows of a table by their id, or by themselves where they have none."""
    query = f'SELECT to_json(t) FROM "{table}" t'  # noqa: S608
    rows = [json.loads(line) for line in server.query(query, database)]
    return {
        str(row.get("id", json.dumps(row, sort_keys=True))): row
        for row in rows
        if not _is_generated(table, row)
    }


def _is_generated(table: str, row: dict) -> bool:
    """Whether a row is a bundle of scripts, which Odoo makes anew after an update."""
    return table == "ir_attachment" and (row["url"] or "").startswith("/web/assets/")


def _earlier_addons(revision: str, runtime: Runtime) -> str:
    """Take an earlier version out of git; return the path of addons that has it."""
    archive = subprocess.run(
        ["git", "archive", revision], cwd=paths.ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        raise RuntimeProblem(
            f"git does not know {revision}: {archive.stderr.decode().strip()}"
        )
    shutil.rmtree(EARLIER, ignore_errors=True)
    tree = EARLIER / "tree"
    with tarfile.open(fileobj=BytesIO(archive.stdout)) as tar:
        tar.extractall(tree, filter="data")
    addon = EARLIER / "addons" / paths.ADDON
    addon.mkdir(parents=True)
    for entry in tree.iterdir():
        if not entry.name.startswith(".") and entry.name not in NOT_THE_ADDON:
            (addon / entry.name).symlink_to(entry)
    return ",".join(map(str, (addon.parent, *runtime.source.addons_paths)))


def _fill(runtime: Runtime, addons: str) -> None:
    """Install the earlier version and have it import the demo's orders."""
    where = (f"--addons-path={addons}", f"--database={BEFORE}", "--no-http")
    runtime.run(
        *where, f"--init={paths.ADDON}", "--stop-after-init", log_name="upgrade-before"
    )
    script = EARLIER / "tree" / "dev" / "odoo_scripts" / "demo_orders.py"
    output = paths.STATE / "upgrade-report.json"
    with contextlib.ExitStack() as stack:
        sandbox = stack.enter_context(running_sandbox(runtime.python))
        request = {
            "base_url": sandbox.url,
            "catalogue": str(CATALOGUE),
            "currencies": ["EUR", "GBP", "PLN", "SEK"],
            "output": str(output),
        }
        run_logged(
            runtime.command("shell", *where),
            "upgrade-orders",
            env={**runtime.environment(), "LENGOW_DEMO": json.dumps(request)},
            cwd=Path(paths.RUNTIME),
            stdin_text=script_source(script),
        )
