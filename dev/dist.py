"""Build what merchants install: a wheel, and an archive for an addons folder.

Both hold the addon alone. What only its developers need stays in the checkout.
"""

import os
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from . import paths
from .console import RuntimeProblem, step
from .process import run_logged

FOLDER = paths.ROOT / "dist"
# For developers alone. Files whose name begins with a dot are too.
FOR_DEVELOPERS = (
    "dev",
    "dist",
    "sandbox",
    "tests",
    "static/tests",
    "CONTRIBUTING.md",
    "Makefile",
    "pyproject.toml",
)
# whool makes wheels of Odoo addons as the OCA publishes them. The version is the
# manifest's, however many commits came after it.
PYPROJECT = """\
[build-system]
requires = ["whool"]
build-backend = "whool.buildapi"

[tool.whool]
post_version_strategy_override = "none"
"""
# Equal files make an equal archive, whenever it is built.
MOMENT = (2020, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Built:
    """Two files, in :data:`FOLDER` or wherever they were asked for.

    :ivar Path wheel: for pip, beside an Odoo that pip knows
    :ivar Path archive: holds the folder that belongs into Odoo's ``addons_path``
    """

    wheel: Path
    archive: Path


def build(python: Path, folder: Path = FOLDER) -> Built:
    """Build both of the files that git knows, as they are in the checkout now.

    :param python: an interpreter that has ``requirements-dev.txt``
    :param folder: where they go; what was built there before is removed
    :raise RuntimeProblem: this is no checkout of git, or the wheel cannot be built
    """
    files = addon_files()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as place:
        addon = Path(place) / paths.ADDON
        for name in files:
            (addon / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(paths.ROOT / name, addon / name)
        wheel = _build_wheel(python, addon, folder)
    version = wheel.name.split("-")[1]
    archive = folder / f"{paths.ADDON}-{version}.zip"
    _build_archive(files, archive)
    return Built(wheel, archive)


def addon_files() -> list[str]:
    """Return the files of the addon, relative to it, in their order.

    :raise RuntimeProblem: this is no checkout of git
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=paths.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise RuntimeProblem("Only a checkout of git tells which files the addon has.")
    names = filter(None, listed.stdout.split("\0"))
    return sorted(
        name for name in names if is_of_addon(name) and (paths.ROOT / name).is_file()
    )


def is_of_addon(name: str) -> bool:
    """Whether a file of the checkout is the addon's, and not for developers alone."""
    path = PurePosixPath(name)
    return not (
        path.name.startswith(".")
        or path.parts[0].startswith(".")
        or any(path.is_relative_to(other) for other in FOR_DEVELOPERS)
    )


def _build_wheel(python: Path, addon: Path, folder: Path) -> Path:
    (addon / "pyproject.toml").write_text(PYPROJECT, encoding="utf-8")
    with step("building the wheel"):
        run_logged(
            [
                str(python),
                *("-m", "pip", "wheel", "--no-deps", "--no-build-isolation"),
                *("--disable-pip-version-check", "--wheel-dir", str(folder)),
                str(addon),
            ],
            "dist",
            # whool asks git for the files, of whatever checkout is above.
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(addon.parent)},
        )
    return next(folder.glob("*.whl"))


def _build_archive(files: list[str], archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in files:
            entry = zipfile.ZipInfo(f"{paths.ADDON}/{name}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, (paths.ROOT / name).read_bytes())
