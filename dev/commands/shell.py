"""Open an Odoo shell on a kept database, or run a script in one.

The database is brought up to date with the addon first. Without ``env.cr.commit()``
nothing that is done there stays.
"""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from ..console import RuntimeProblem
from ..odoo import script_source
from ..setup.everything import ensure_runtime
from ..workbench import WORKBENCH, ensure_database


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("--database", default=WORKBENCH, help="which kept database")
    parser.add_argument("--script", help="a Python file to run instead of typing")


def run(options: Namespace) -> int:
    """Open the shell; return the exit code of Odoo."""
    script = Path(options.script).resolve() if options.script else None
    if script and not script.is_file():
        raise RuntimeProblem(f"There is no script {script}.")
    runtime, template = ensure_runtime()
    ensure_database(runtime, template, options.database)
    arguments = ["shell", f"--database={options.database}", "--no-http"]
    if script:
        arguments.append("--log-level=warn")
    return runtime.foreground(
        *arguments, stdin=[script_source(script)] if script else None
    )
