"""Debian packages: install what is missing, or say in one sentence what to ask for."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ..console import RuntimeProblem, say, step
from ..process import is_root, run_logged

POSTGRES_FOLDERS = Path("/usr/lib/postgresql")


@dataclass(frozen=True, slots=True)
class Need:
    """A program of the machine and the Debian packages that bring it.

    A need that is not ``required`` is passed over where no package brings it any more.
    """

    packages: tuple[str, ...]
    is_met: Callable[[], bool]
    required: bool = True


def postgres_programs() -> Path | None:
    """Return the folder of the newest PostgreSQL server programs on this machine."""
    found = [path.parent for path in POSTGRES_FOLDERS.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def browser_program() -> str | None:
    """Return the path of Chromium or Chrome, by the names that Odoo looks for."""
    names = ("google-chrome", "chromium", "chromium-browser", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def _on_path(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _fonts_are_there() -> bool:
    return any(Path("/usr/share/fonts").glob("**/*.ttf"))


SERVER = Need(("postgresql",), lambda: postgres_programs() is not None)
CLIENT = Need(("postgresql-client",), _on_path("psql"))
BROWSER = Need(("chromium",), lambda: browser_program() is not None)
FONTS = Need(("fonts-dejavu-core",), _fonts_are_there)
REPORTS = Need(("wkhtmltopdf",), _on_path("wkhtmltopdf"), required=False)
NODE = Need(("nodejs", "npm"), _on_path("node", "npm"))
# Debian splits the virtual environments off its python3; other builds bring them.
PYTHON_VENV = Need(
    ("python3-venv",), lambda: _module_exists("venv") and _module_exists("ensurepip")
)


def _module_exists(name: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415

    return find_spec(name) is not None


def _as_root() -> list[str] | None:
    if not shutil.which("apt-get"):
        return None
    if is_root():
        return []
    if shutil.which("sudo"):
        trial = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
        if trial.returncode == 0:
            return ["sudo", "-n"]
    return None


def _has_candidate(package: str) -> bool:
    policy = subprocess.run(
        ["apt-cache", "policy", package],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    ).stdout
    return "Candidate:" in policy and "Candidate: (none)" not in policy


def _apt(prefix: list[str], *arguments: str) -> None:
    command = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        # Another apt on the machine may be at work: wait for it rather than fail.
        "-oDPkg::Lock::Timeout=300",
        "-oDpkg::Use-Pty=0",
        *arguments,
    ]
    run_logged(command, f"apt-{arguments[0]}")


def ensure_packages(needs: Iterable[Need]) -> None:
    """Install the Debian packages of the needs that are not met yet.

    :raise RuntimeProblem: they cannot be installed from here; names the packages
    """
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return
    names = [name for need in missing for name in need.packages]
    prefix = _as_root()
    if prefix is None:
        raise RuntimeProblem(
            "Please have these Debian packages installed, then run this again: "
            f"{' '.join(names)}."
        )
    with step(f"Debian packages: {' '.join(names)}"):
        _install(prefix, missing)


def _install(prefix: list[str], missing: list[Need]) -> None:
    names = [name for need in missing for name in need.packages]
    fresh = not all(map(_has_candidate, names))
    if fresh:
        _apt(prefix, "update")
    wanted = []
    for need in missing:
        if not need.required and not all(map(_has_candidate, need.packages)):
            say(f"  this release has no {' '.join(need.packages)}; going on without")
            continue
        wanted += need.packages
    install = ("install", "--yes", "--no-install-recommends", *wanted)
    try:
        _apt(prefix, *install)
    except RuntimeProblem:
        # An index of yesterday names packages that the mirror has replaced since.
        if fresh:
            raise
        say("  the package index may be out of date; refreshing it")
        _apt(prefix, "update")
        _apt(prefix, *install)
