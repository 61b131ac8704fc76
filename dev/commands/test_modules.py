"""Run the tests that need Odoo's own other modules, on a database that has them.

Not part of CI: it installs what people use beside the addon, and nine charts of
accounts, each in a company of its own. The database is kept and updated.
"""

from argparse import ArgumentParser, Namespace

from .. import paths
from ..console import say, step
from ..odoo import Runtime
from ..setup.databases import Databases
from ..setup.everything import ensure_runtime
from ..setup.stamps import digest, forget_state, locked, read_state, write_state
from .test import OdooTests

DATABASE = "lengow_modules"
TAG = "lengow_modules"
BESIDE = (
    "stock_dropshipping",
    "sale_mrp",
    "stock_picking_batch",
    "sale_loyalty",
    "sale_project",
    "website_sale",
    "base_vat",
    "l10n_eu_oss",
    "account_edi_ubl_cii",
)
CHARTS = ("fr_account", "de", "it", "es", "be", "nl", "uk", "ch", "pl")
TABLE = paths.ROOT / "tests" / "data" / "charts.json"
PREPARE = paths.DEV / "odoo_scripts" / "prepare_charts.py"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "--fresh", action="store_true", help="install everything anew first"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show every line of Odoo's log"
    )


def run(options: Namespace) -> int:
    """Run the tests and print the counts as the last line; return the exit code."""
    runtime, template = ensure_runtime()
    with locked(DATABASE, "waiting for another run of make test-modules"):
        modules = _available(runtime)
        source = digest(template, ",".join(modules), PREPARE, TABLE)
        if options.fresh or read_state(DATABASE).get("source") != source:
            _install(runtime, template, modules)
            write_state(DATABASE, {"source": source})
        tests = OdooTests(runtime, template, options.verbose)
        counts = tests.run_on(DATABASE, "--update", TAG)
    say(str(counts))
    return 0 if counts.passed and not counts.failed else 1


def _available(runtime: Runtime) -> list[str]:
    """Return which of the modules the Odoo tree has."""
    wanted = [*BESIDE, *(f"l10n_{chart}" for chart in CHARTS)]
    found = [
        name
        for name in wanted
        if any((path / name).is_dir() for path in runtime.source.addons_paths)
    ]
    for name in sorted(set(wanted) - set(found)):
        say(f"  this Odoo has no {name}")
    return found


def _install(runtime: Runtime, template: str, modules: list[str]) -> None:
    forget_state(DATABASE)
    Databases(runtime.server).copy(template, DATABASE)
    with step(f"installing {len(modules)} modules and {paths.ADDON} in {DATABASE}"):
        runtime.run(
            f"--database={DATABASE}",
            f"--init={','.join([*modules, paths.ADDON])}",
            "--stop-after-init",
            "--no-http",
            log_name="modules",
        )
    with step("a company with the chart of each country"):
        runtime.run_script(PREPARE, DATABASE, "charts")
