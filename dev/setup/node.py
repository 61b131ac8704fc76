"""What comes from npm, pinned by the lock file.

Prettier formats XML and JavaScript; axe looks through screens for what keeps people
with a keyboard or a screen reader out. Neither is a part of the addon.
"""

import shutil
from pathlib import Path

from .. import paths
from ..console import step
from ..process import run_logged
from . import debian
from .stamps import digest, forget_state, read_state, write_state

PACKAGES = (paths.DEV / "package.json", paths.DEV / "package-lock.json")
PRETTIER = paths.NODE / "node_modules" / "prettier" / "bin" / "prettier.cjs"
AXE = paths.NODE / "node_modules" / "axe-core" / "axe.min.js"
XML_PLUGIN = paths.NODE / "node_modules" / "@prettier/plugin-xml/src/plugin.js"


def ensure_prettier() -> list[str | Path]:
    """Return the command that runs prettier with its XML plugin."""
    _ensure_packages()
    config = paths.DEV / "prettier.json"
    return ["node", PRETTIER, f"--config={config}", f"--plugin={XML_PLUGIN}"]


def ensure_axe() -> Path:
    """Return the script that tests evaluate in a browser to look through a screen."""
    _ensure_packages()
    return AXE


def _ensure_packages() -> None:
    key = digest(*PACKAGES)
    debian.ensure_packages([debian.NODE])
    is_there = PRETTIER.is_file() and AXE.is_file()
    if read_state("node").get("key") == key and is_there:
        return
    with step("npm packages"):
        forget_state("node")
        if paths.NODE.is_symlink():
            paths.NODE.unlink()  # another checkout's, which may want other versions
        shutil.rmtree(paths.NODE, ignore_errors=True)
        paths.NODE.mkdir(parents=True)
        for file in PACKAGES:
            shutil.copy(file, paths.NODE)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        run_logged(command, "npm", cwd=paths.NODE)
        write_state("node", {"key": key})
