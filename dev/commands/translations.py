"""Write the translation templates of the texts that the addons have now.

The texts come from the code and from a database that has the addon: labels of fields
and texts of views are known to Odoo alone.
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
from ..workbench import WORKBENCH, ensure_database

SCRIPT = paths.DEV / "odoo_scripts" / "texts.py"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Write the templates; return the exit code."""
    runtime, template = ensure_runtime()
    ensure_database(runtime, template, WORKBENCH)
    _export(runtime, WORKBENCH, paths.ADDON)
    _export_queue_job(with_queue_job(runtime))
    return 0


def _export_queue_job(runtime: Runtime) -> None:
    databases = Databases(runtime.server)
    name = f"lengow_texts_{os.getpid()}"
    databases.copy(WORKBENCH, name)
    try:
        with step(f"installing {QUEUE_JOB} in {name}"):
            runtime.run(
                f"--database={name}",
                f"--init={QUEUE_JOB}",
                "--stop-after-init",
                "--no-http",
                log_name="translations",
            )
        _export(runtime, name, QUEUE_JOB)
    finally:
        databases.drop(name)


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
