"""The virtual environment: Odoo's Python packages and the development tools, pinned."""

import shutil
import subprocess
import sys
from pathlib import Path

from .. import paths
from ..console import step
from ..process import run_logged
from . import debian
from .stamps import digest, forget_state, read_state, write_state

REQUIREMENTS = (
    paths.DEV / "requirements.txt",
    paths.DEV / "requirements-dev.txt",
)
# What Odoo's own other modules need: the addon's tests are to do without.
FOR_MODULES = paths.DEV / "requirements-modules.txt"
# What the addon runs on where OCA's job engine is there.
FOR_QUEUE_JOB = paths.DEV / "requirements-queue-job.txt"


def python() -> Path:
    """Return the interpreter of the virtual environment."""
    return paths.VENV / "bin" / "python"


def _key() -> str:
    # The interpreter counts too: after an upgrade of it the environment is broken.
    return digest(sys.version, str(Path(sys.executable).resolve()), *REQUIREMENTS)


def ensure_venv() -> Path:
    """Return the interpreter of an environment that has exactly the pinned packages."""
    key = _key()
    if read_state("venv").get("key") == key and python().exists():
        return python()
    debian.ensure_packages([debian.PYTHON_VENV])
    with step("Python packages into a virtual environment"):
        # An environment cannot be moved once made, so that it is built in place and
        # only counts once the state below says so.
        forget_state("venv")
        shutil.rmtree(paths.VENV, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(paths.VENV)], check=True)
        _install(*REQUIREMENTS)
        write_state("venv", {"key": key})
    return python()


def ensure_packages(requirements: Path) -> Path:
    """Return a folder with the packages that a file lists, and nothing else.

    It lies beside the environment, which does without them.

    :param requirements: one of :data:`FOR_MODULES` and :data:`FOR_QUEUE_JOB`
    """
    name = requirements.stem.replace("requirements-", "packages-for-")
    folder, key = paths.RUNTIME / name, digest(_key(), requirements)
    if read_state(name).get("key") == key and folder.is_dir():
        return folder
    with step(f"Python packages of {requirements.name}"):
        shutil.rmtree(folder, ignore_errors=True)
        _install(requirements, folder=folder)
        write_state(name, {"key": key})
    return folder


def _install(*files: Path, folder: Path | None = None) -> None:
    """Install what some files list, into the environment unless a folder is named."""
    command = [
        python(),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--no-input",
        # Wheels alone: nothing has to be compiled, so no compiler has to be there.
        "--only-binary=:all:",
        "--progress-bar=off",
    ]
    for requirements in files:
        command += ["--requirement", requirements]
    if folder:
        command += ["--no-deps", "--target", folder]
    run_logged(command, "venv")
