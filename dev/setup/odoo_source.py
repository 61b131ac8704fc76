"""The source of Odoo 19: Debian's package, unpacked, or a tree that the user has.

Debian's unstable suite carries Odoo 19 Community with all its addons. Its dependencies
are those of unstable, so it is never installed: apt downloads it into private folders,
which checks the archive's signature and leaves the machine's own packages alone, and it
is unpacked beside them.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .. import paths
from ..console import RuntimeProblem, say, step
from ..process import is_root, run_logged
from . import apt_sources
from .stamps import read_state, write_state

PACKAGE = "odoo-19"
SERIES = "19.0"
SUITE = "sid"
# Odoo links to the files of Font Awesome 4, which newer suites have replaced by another
# version under other names. Packages that this suite lacks are unstable's.
LIBRARIES_SUITE = "bookworm"
KEYRINGS = (
    Path("/usr/share/keyrings/debian-archive-keyring.gpg"),
    Path("/usr/share/keyrings/debian-archive-keyring.pgp"),
)
PACKAGES_PATH = Path("usr/lib/python3/dist-packages")
# Not in Debian's package, yet in Odoo's own list of scripts: the browser logs an error
# for it on every page, and a page with an error fails every tour. Empty is enough, as
# only the blurred background of video calls uses it.
MISSING_SCRIPT = Path(
    "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
)


@dataclass(frozen=True, slots=True)
class OdooSource:
    """A usable source tree of Odoo 19.

    ``key`` names the exact source, so that whatever is built with it can be kept.
    """

    python_path: Path
    addons_paths: tuple[Path, ...]
    key: str


def ensure_odoo() -> OdooSource:
    """Return Odoo's source, after downloading and unpacking it where needed.

    :raise RuntimeProblem: ``ODOO_SRC`` is no Odoo 19, or there is no place to get it
    """
    own = os.environ.get("ODOO_SRC")
    if own:
        return _from_tree(Path(own).expanduser().resolve())
    version = read_state("odoo").get("version", "")
    if version and _release(_packages(version)) == SERIES:
        return _from_debian(version)
    with step("Odoo 19 from Debian unstable (about 125 MB to download)"):
        version = _download_and_unpack()
        write_state("odoo", {"version": version})
    return _from_debian(version)


def _release(python_path: Path) -> str | None:
    release = python_path / "odoo" / "release.py"
    if not release.is_file():
        return None
    text = release.read_text(encoding="utf-8")
    match = re.search(r"^version_info = \((\d+), (\d+)", text, re.M)
    return f"{match[1]}.{match[2]}" if match else None


def _from_tree(tree: Path) -> OdooSource:
    release = _release(tree)
    if release != SERIES:
        found = f"Odoo {release}" if release else "no Odoo source tree"
        raise RuntimeProblem(f"ODOO_SRC={tree} holds {found}; Odoo {SERIES} is needed.")
    addons = tuple(
        path for path in (tree / "addons", tree / "odoo/addons") if path.is_dir()
    )
    return OdooSource(tree, addons, f"tree-{_tree_state(tree)}")


def _tree_state(tree: Path) -> str:
    command = ["git", "-C", str(tree), "describe", "--always", "--dirty", "--abbrev=12"]
    if shutil.which("git"):
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        if found.returncode == 0:
            return found.stdout.strip()
    return str((tree / "odoo/release.py").stat().st_mtime_ns)


def _packages(version: str) -> Path:
    return paths.ODOO / version / PACKAGES_PATH


def _from_debian(version: str) -> OdooSource:
    packages = _packages(version)
    return OdooSource(packages, (packages / "odoo/addons",), f"debian-{version}")


def _download_and_unpack() -> str:
    draft = paths.ODOO / "draft"
    shutil.rmtree(draft, ignore_errors=True)
    downloads, root = draft / "packages", draft / "root"
    for folder in (downloads, root):
        folder.mkdir(parents=True)
    apt = _PrivateApt(draft / "apt", downloads)
    apt.update_from_first_usable(_mirrors())
    apt.download([PACKAGE])
    odoo = next(downloads.glob(f"{PACKAGE}_*.deb"))
    version, depends = _control(odoo, "Version"), _control(odoo, "Depends")
    say(f"  version {version}, signature checked by apt")
    apt.download(web_dependencies(depends))
    for package in sorted(downloads.glob("*.deb")):
        run_logged(["dpkg-deb", "-x", package, root], "odoo-unpack")
    _complete(root / PACKAGES_PATH)
    target = paths.ODOO / version
    shutil.rmtree(target, ignore_errors=True)
    root.rename(target)
    shutil.rmtree(draft)
    return version


def web_dependencies(depends: str) -> list[str]:
    """Return the packages whose scripts and fonts Odoo's web client links to.

    Debian takes them out of Odoo and puts relative links to ``/usr/share`` in their
    place; they resolve when those packages are unpacked beside it.

    :param depends: the package's own ``Depends`` field
    """
    first_choices = (clause.split("|")[0].split() for clause in depends.split(","))
    names = [words[0].split(":")[0] for words in first_choices if words]
    return [name for name in names if name.startswith(("fonts-", "libjs-"))]


def _control(package: Path, field: str) -> str:
    command = ["dpkg-deb", "-f", str(package), field]
    return subprocess.run(
        command, capture_output=True, text=True, check=True
    ).stdout.strip()


def _mirrors() -> list[str]:
    if not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise RuntimeProblem(
            "Odoo is downloaded with apt, which is not on this machine: "
            "point ODOO_SRC at a source tree of Odoo 19.0."
        )
    codename = apt_sources.machine_codename()
    mirrors = apt_sources.debian_mirrors(apt_sources.machine_sources(), codename)
    if not mirrors:
        raise RuntimeProblem(
            "No Debian mirror is named in this machine's apt sources: add one, "
            "or point ODOO_SRC at a source tree of Odoo 19.0."
        )
    return mirrors


def _complete(packages: Path) -> None:
    """Add the missing script and check that the links of the web client resolve."""
    script = packages / MISSING_SCRIPT
    if not script.exists():
        script.parent.mkdir(parents=True, exist_ok=True)
        script.write_text("", encoding="utf-8")
    broken = [
        path
        for path in (packages / "odoo").rglob("*")
        if path.is_symlink() and not path.exists()
    ]
    for path in broken:
        say(f"  link to nowhere: {path.relative_to(packages)}")
    if any(path.is_relative_to(packages / "odoo/addons/web") for path in broken):
        raise RuntimeProblem(
            "The web client of Debian's Odoo lacks the files listed above: "
            "point ODOO_SRC at a source tree of Odoo 19.0."
        )


class _PrivateApt:
    """apt on folders of its own, knowing only the suites that Odoo comes from."""

    def __init__(self, folder: Path, downloads: Path):
        self.folder = folder
        self.downloads = downloads
        self.sources = folder / "sources.list.d"
        for name in ("state/lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        self.sources.mkdir()

    def update_from_first_usable(self, mirrors: Iterable[str]) -> None:
        """Read the package index of the first mirror that carries the suite."""
        keyring = next(filter(Path.is_file, KEYRINGS), None)
        if keyring is None:
            raise RuntimeProblem(
                "Please have the Debian package debian-archive-keyring installed."
            )
        trouble = None
        for mirror in mirrors:
            source = (
                f"Types: deb\nURIs: {mirror}\nSuites: {SUITE} {LIBRARIES_SUITE}\n"
                f"Components: main\nSigned-By: {keyring}\n"
            )
            (self.sources / "odoo.sources").write_text(source, encoding="utf-8")
            try:
                self._run("update", "-oAPT::Update::Error-Mode=any")
                return
            except RuntimeProblem as problem:
                trouble = problem
        raise RuntimeProblem(
            f"No mirror of this machine's apt sources gave Debian unstable: {trouble}"
        )

    def download(self, packages: Iterable[str]) -> None:
        """Download packages, each checked against the signed index."""
        self._run("download", *packages)

    def _run(self, *arguments: str) -> None:
        private = {
            "Dir::State": self.folder / "state",
            "Dir::Cache": self.folder / "cache",
            "Dir::Etc::sourcelist": "/dev/null",
            "Dir::Etc::sourceparts": self.sources,
            "Dir::State::status": "/dev/null",
            "APT::Default-Release": LIBRARIES_SUITE,
            "Acquire::Languages": "none",
            "Acquire::AllowInsecureRepositories": "false",
            "APT::Get::AllowUnauthenticated": "false",
        }
        if is_root():
            # apt's own unprivileged user may not be able to enter the checkout.
            private["APT::Sandbox::User"] = "root"
        options = [f"-o{name}={value}" for name, value in private.items()]
        command = ["apt-get", *options, *arguments]
        run_logged(command, f"odoo-{arguments[0]}", cwd=self.downloads)
