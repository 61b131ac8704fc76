"""The files that belong to the project: what git tracks, or would on ``git add``."""

import subprocess
from pathlib import Path

from . import paths


def project_files(*suffixes: str) -> list[Path]:
    """Return the project's files with one of the endings, sorted, as full paths.

    Works outside a git checkout too, as in an unpacked archive of the sources.
    """
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=paths.ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        names = listed.stdout.decode().split("\0")
        found = {paths.ROOT / name for name in names if name}
    else:
        hidden = (".", "node_modules")
        found = {
            path
            for path in paths.ROOT.rglob("*")
            if not any(
                part.startswith(hidden) for part in path.relative_to(paths.ROOT).parts
            )
        }
    return sorted(path for path in found if path.suffix in suffixes and path.is_file())


def extra_addons() -> list[Path]:
    """Return the folders of the addons that join the addon with others, sorted."""
    return sorted(path.parent for path in paths.EXTRAS.glob("*/__manifest__.py"))
