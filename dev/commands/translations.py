"""Write the translation template of the texts that the addon has now.

The texts come from the code and from the kept database, which is brought up to date
first: labels of fields and texts of views are known to Odoo alone.
"""

from argparse import ArgumentParser, Namespace

from .. import paths
from ..console import step
from ..setup.everything import ensure_runtime
from ..workbench import WORKBENCH, ensure_database

TEMPLATE = paths.ROOT / "i18n" / f"{paths.ADDON}.pot"


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Write the template; return the exit code."""
    runtime, template = ensure_runtime()
    ensure_database(runtime, template, WORKBENCH)
    with step(f"texts of {paths.ADDON} to {TEMPLATE.relative_to(paths.ROOT)}"):
        runtime.run(
            "i18n",
            "export",
            f"--database={WORKBENCH}",
            f"--output={TEMPLATE}",
            paths.ADDON,
            log_name="translations",
        )
    return 0
