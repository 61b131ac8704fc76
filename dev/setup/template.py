"""The template database: Odoo with what the addon depends on, ready to be copied."""

import os
from pathlib import Path

from .. import paths
from ..console import step
from ..odoo import Runtime
from .databases import Databases
from .stamps import digest, locked

MODULES = ("sale_management", "stock_delivery", "account")
PREPARE = paths.DEV / "odoo_scripts" / "prepare_template.py"
PREFIX = "lengow_template_"


def ensure_template(runtime: Runtime) -> str:
    """Return the name of the template database, after building it where needed."""
    databases = Databases(runtime.server)
    name = PREFIX + digest(runtime.source.key, ",".join(MODULES), PREPARE)
    if _is_complete(databases, name):
        return name
    with locked("template", "waiting for another build of the template database"):
        if not _is_complete(databases, name):
            with step(f"template database with {', '.join(MODULES)}"):
                _build(runtime, databases, name)
    return name


def _is_complete(databases: Databases, name: str) -> bool:
    # On a server that several checkouts share, the files may be another one's.
    return databases.files(name).is_dir() and databases.exists(name)


def _build(runtime: Runtime, databases: Databases, name: str) -> None:
    if runtime.server.is_private:
        for old in databases.names(PREFIX) + databases.names("lengow_draft_"):
            databases.drop(old)
    databases.drop(name)
    draft = f"lengow_draft_{os.getpid()}"
    databases.drop(draft)
    runtime.run(
        f"--database={draft}",
        f"--init={','.join(MODULES)}",
        "--stop-after-init",
        "--no-http",
        log_name="template",
    )
    runtime.run_script(Path(PREPARE), draft, "template-company")
    databases.rename(draft, name)
    databases.freeze(name)
