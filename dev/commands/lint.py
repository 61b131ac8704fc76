"""Check style, Odoo's rules, formatting and the import contract; change nothing."""

import os
import subprocess
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from pathlib import Path

from .. import paths
from ..checks import budgets, house, imports, sample_values
from ..console import say
from ..files import extra_addons, project_files
from ..odoo import NOT_THE_ADDON, expose_addon
from ..setup.node import ensure_prettier
from ..setup.stamps import locked
from ..setup.venv import ensure_venv, python

# Rules of Odoo mean nothing to what is free of Odoo.
ODOO_FREE = {*NOT_THE_ADDON, "lengow_api", "sandbox"}
FORMATTED = (".xml", ".js", ".yaml", ".yml")


def add_options(parser: ArgumentParser) -> None:
    """Declare the options of the command: none."""


def run(options: Namespace) -> int:
    """Run every check, also after one has failed; return the exit code."""
    prettier = ensure_tools()
    checks: dict[str, Callable[[], bool]] = {
        "ruff format": lambda: _tool("ruff", "format", "--check", "--quiet", "."),
        "ruff check": lambda: _tool("ruff", "check", "--quiet", "."),
        "import contract": lambda: _own(imports.check),
        "size budgets": lambda: _own(budgets.check),
        "rules of the house": lambda: _own(house.check),
        "sample values": lambda: _own(sample_values.check, *sample_values.SUFFIXES),
        "translations": lambda: _tool("python", "-m", "dev.checks.translations"),
        "prettier": lambda: check_formatting(prettier),
        "pylint-odoo": _pylint,
        "Odoo data files": _data_files,
    }
    failing = [name for name, check in checks.items() if not _report(name, check)]
    if failing:
        say(f"lint: {len(failing)} of {len(checks)} failed: {', '.join(failing)}")
    return 1 if failing else 0


def ensure_tools() -> list[str | Path]:
    """Set up what the checks need, which is not Odoo; return prettier's command."""
    paths.prepare_runtime()
    with locked("setup", "waiting for another set-up of this checkout"):
        ensure_venv()
        return ensure_prettier()


def check_formatting(prettier: Sequence[str | Path], mode: str = "--check") -> bool:
    """Run prettier over the project's files; say whether all of them were fine."""
    files = project_files(*FORMATTED)
    command = [*prettier, mode, "--log-level=warn", *files]
    return not files or _succeeds(command)


def _report(name: str, check: Callable[[], bool]) -> bool:
    is_fine = check()
    say(f"{'✓' if is_fine else '✗'} {name}")
    return is_fine


def _succeeds(command: Sequence[str | Path]) -> bool:
    env = {**os.environ, "PYTHONNOUSERSITE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        command, cwd=paths.ROOT, env=env, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode == 0


def _tool(name: str, *arguments: str | Path) -> bool:
    return _succeeds([python().parent / name, *arguments])


def _own(check: Callable[[Path, list[Path]], list[str]], *suffixes: str) -> bool:
    found = check(paths.ROOT, project_files(*(suffixes or (".py",))))
    for line in found:
        say(line)
    return not found


def _pylint() -> bool:
    """Run pylint-odoo on the addons under the names that Odoo knows them by."""
    expose_addon()
    addon = paths.ADDONS / paths.ADDON
    names = [path.relative_to(paths.ROOT) for path in project_files(".py")]
    shown = [addon / name for name in names if not ODOO_FREE & {*name.parts}]
    shown += [paths.ROOT / name for name in names if name.parts[0] == paths.EXTRAS.name]
    config = f"--rcfile={paths.ROOT / '.pylintrc'}"
    return not shown or _tool("pylint", config, "--jobs=0", *shown)


def _data_files() -> bool:
    """Check the files that the manifests load, and that they load all of them."""
    expose_addon()
    addons = [paths.ADDONS / paths.ADDON, *extra_addons()]
    config = f"--config={paths.DEV / 'oca-checks.cfg'}"
    checked = [
        _tool("oca-checks-odoo-module", config, addon)
        for addon in addons
        if (addon / "__manifest__.py").exists()
    ]
    return all(checked)
