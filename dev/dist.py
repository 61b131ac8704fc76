"""Build what merchants install: a wheel, and an archive for an addons folder.

Both hold the addon alone. What only its developers need stays in the checkout. Each of
the extras, which join it with other addons, gets two of its own.
"""

import os
import shutil
import subprocess
import tempfile
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from . import paths
from .console import RuntimeProblem, step
from .files import extra_addons
from .process import run_logged

FOLDER = paths.ROOT / "dist"
# For developers alone. Files whose name begins with a dot are too.
FOR_DEVELOPERS = (
    "dev",
    "dist",
    "extras",
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
    :ivar tuple extras: the same for each of the extras
    """

    wheel: Path
    archive: Path
    extras: tuple["Built", ...] = ()


def build(python: Path, folder: Path = FOLDER) -> Built:
    """Build both of the files that git knows, as they are in the checkout now.

    :param python: an interpreter that has ``requirements-dev.txt``
    :param folder: where they go; what was built there before is removed
    :raise RuntimeProblem: this is no checkout of git, or the wheel cannot be built
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return replace(
        _build_addon(python, paths.ROOT, paths.ADDON, folder),
        extras=tuple(
            _build_addon(python, extra, extra.name, folder) for extra in extra_addons()
        ),
    )


def _build_addon(python: Path, root: Path, name: str, folder: Path) -> Built:
    files = addon_files(root)
    with tempfile.TemporaryDirectory() as place:
        addon = Path(place) / name
        for file in files:
            (addon / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / file, addon / file)
        wheel = _build_wheel(python, addon, folder)
    version = wheel.name.split("-")[1]
    archive = folder / f"{name}-{version}.zip"
    _build_archive(files, archive, root, name)
    return Built(wheel, archive)


def addon_files(root: Path = paths.ROOT) -> list[str]:
    """Return the files of an addon, relative to it, in their order.

    :param root: its folder
    :raise RuntimeProblem: this is no checkout of git
    """
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        raise RuntimeProblem("Only a checkout of git tells which files the addon has.")
    names = filter(None, listed.stdout.split("\0"))
    return sorted(
        name for name in names if is_of_addon(name) and (root / name).is_file()
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
    with step(f"building the wheel of {addon.name}"):
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
    return next(folder.glob(f"odoo_addon_{addon.name}-*.whl"))


def _build_archive(
    files: list[str],
    archive: Path,
    root: Path = paths.ROOT,
    addon: str = paths.ADDON,
) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in files:
            entry = zipfile.ZipInfo(f"{addon}/{name}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, (root / name).read_bytes())
