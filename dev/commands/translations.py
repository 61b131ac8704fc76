"""Write the translation templates of the texts that the addons have now.

The texts come from the code and from a new database that has the addon: labels of
fields and texts of views are known to Odoo alone.
"""

import os
from argparse import ArgumentParser, Namespace

from .. import paths
from ..console import step
from ..odoo import Runtime
from ..queue_job import ADDON as QUEUE_JOB
from ..queue_job import with_queue_job
from ..setup.databases import Databases
from ..setup.everything import ensure_runtime

SCRIPT = paths.DEV / "odoo_scripts" / "texts.py"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Write the templates; return the exit code."""
    runtime, template = ensure_runtime()
    databases = Databases(runtime.server)
    name = f"lengow_texts_{os.getpid()}"
    # A kept database has the names that its scheduled actions had when they came.
    databases.copy(template, name)
    try:
        _install_and_export(runtime, name, paths.ADDON)
        _install_and_export(with_queue_job(runtime), name, QUEUE_JOB)
    finally:
        databases.drop(name)
    return 0


def _install_and_export(runtime: Runtime, database: str, addon: str) -> None:
    with step(f"installing {addon} in {database}"):
        runtime.run(
            f"--database={database}",
            f"--init={addon}",
            "--stop-after-init",
            "--no-http",
            log_name="translations",
        )
    _export(runtime, database, addon)


def _export(runtime: Runtime, database: str, addon: str) -> None:
    root = paths.ROOT if addon == paths.ADDON else paths.EXTRAS / addon
    template = root / "i18n" / f"{addon}.pot"
    with step(f"texts of {addon} to {template.relative_to(paths.ROOT)}"):
        runtime.run_script(
            SCRIPT,
            database,
            "translations",
            LENGOW_ADDON=addon,
            LENGOW_TEMPLATE=str(template),
        )
