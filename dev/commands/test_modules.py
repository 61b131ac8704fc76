"""Run the tests that need Odoo's own other modules, on a database that has them.

Not part of CI: it installs what people use beside the addon, and nine charts of
accounts, each in a company of its own. The database is kept and updated. Naming tests
narrows the run, or has any of the addon's other tests run there.
"""

import json
from argparse import ArgumentParser, Namespace
from dataclasses import replace

from .. import paths
from ..console import RuntimeProblem, say, step
from ..odoo import Runtime
from ..setup.databases import Databases
from ..setup.everything import ensure_runtime
from ..setup.stamps import digest, forget_state, locked, read_state, write_state
from ..setup.venv import FOR_MODULES, ensure_packages
from .test import OdooTests, split_targets

DATABASE = "lengow_modules"
TAG = "lengow_modules"
BESIDE = (
    "stock_dropshipping",
    "sale_mrp",
    "product_expiry",
    "stock_picking_batch",
    "sale_loyalty",
    "sale_project",
    "website_sale",
    "base_vat",
    "l10n_eu_oss",
    "account_edi_ubl_cii",
    # Odoo adds it to whoever has a company in one of these countries.
    "account_peppol",
)
CHARTS = ("fr_account", "de", "it", "es", "be", "nl", "uk", "ch", "pl")
TABLE = paths.ROOT / "tests" / "data" / "charts.json"
PREPARE = paths.DEV / "odoo_scripts" / "prepare_charts.py"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "only",
        nargs="*",
        help="Odoo test tags (:Class.method) or a test file, of the addon's other "
        "tests too; the tests made for this database if left out",
    )
    parser.add_argument(
        "--fresh", action="store_true", help="install everything anew first"
    )
    parser.add_argument(
        "--verbose", action="store_true", help="show every line of Odoo's log"
    )


def run(options: Namespace) -> int:
    """Run the tests and print the counts as the last line; return the exit code."""
    tags = wanted_tags(options.only)
    runtime, template = ensure_runtime()
    with locked(DATABASE, "waiting for another run of make test-modules"):
        runtime = replace(runtime, packages=(ensure_packages(FOR_MODULES),))
        modules = _available(runtime)
        source = digest(template, ",".join(modules), PREPARE, _sellers())
        if options.fresh or read_state(DATABASE).get("source") != source:
            _install(runtime, template, modules)
            write_state(DATABASE, {"source": source})
        tests = OdooTests(runtime, template, options.verbose)
        counts = tests.run_on(DATABASE, "--update", tags)
    for name in counts.names:
        say(f"✗ {name[:200]}")
    say(str(counts))
    return 0 if counts.passed and not counts.failed else 1


def wanted_tags(only: list[str]) -> str:
    """Return the test tags of what was asked for, joined by commas.

    :param only: tags and files; the tests made for this database if empty
    :raise RuntimeProblem: plain tests, which know no database
    """
    if not only:
        return TAG
    plain, tags = split_targets(only)
    if plain:
        raise RuntimeProblem(f"make test runs {plain[0]}, without any module of Odoo.")
    # A tag alone finds standard tests, which those of this database are not.
    return ",".join(f"{tag},{TAG}{tag}" for tag in tags.split(","))


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


def _sellers() -> str:
    """Return what the companies are made from: another expectation makes none anew."""
    return json.dumps(json.loads(TABLE.read_text("utf-8"))["sellers"])


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
