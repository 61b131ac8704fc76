"""The formatter of XML and JavaScript, from npm, pinned by the lock file."""

import shutil
from pathlib import Path

from .. import paths
from ..console import step
from ..process import run_logged
from . import debian
from .stamps import digest, forget_state, read_state, write_state

PACKAGES = (paths.DEV / "package.json", paths.DEV / "package-lock.json")
PRETTIER = paths.NODE / "node_modules" / "prettier" / "bin" / "prettier.cjs"
XML_PLUGIN = paths.NODE / "node_modules" / "@prettier/plugin-xml/src/plugin.js"


def ensure_prettier() -> list[str | Path]:
    """Return the command that runs prettier with its XML plugin."""
    key = digest(*PACKAGES)
    debian.ensure_packages([debian.NODE])
    if read_state("node").get("key") != key or not PRETTIER.is_file():
        with step("npm packages"):
            forget_state("node")
            shutil.rmtree(paths.NODE, ignore_errors=True)
            paths.NODE.mkdir(parents=True)
            for file in PACKAGES:
                shutil.copy(file, paths.NODE)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            run_logged(command, "npm", cwd=paths.NODE)
            write_state("node", {"key": key})
    config = paths.DEV / "prettier.json"
    return ["node", PRETTIER, f"--config={config}", f"--plugin={XML_PLUGIN}"]
