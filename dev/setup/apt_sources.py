"""Read the machine's own apt sources, in both of the formats that apt knows.

The formats are those of sources.list(5). They are read so that no mirror's address
has to be written in this project.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

ONE_LINE = re.compile(r"^deb\s+(?:\[(?P<options>[^\]]*)\]\s*)?(?P<rest>\S.*)$")
RELEASES = ("stable", "oldstable", "oldoldstable", "testing", "unstable", "sid")


@dataclass(frozen=True, slots=True)
class AptSource:
    """One address that packages come from, with the suites and components used."""

    uri: str
    suites: tuple[str, ...]
    components: tuple[str, ...]


def parse_one_line(text: str) -> list[AptSource]:
    """Read the ``deb [options] uri suite component…`` lines of a ``.list`` file."""
    sources = []
    for line in text.splitlines():
        match = ONE_LINE.match(line.split("#", 1)[0].strip())
        words = match["rest"].split() if match else []
        if len(words) >= 2:
            sources.append(AptSource(words[0], (words[1],), tuple(words[2:])))
    return sources


def _stanzas(text: str) -> Iterable[dict[str, str]]:
    fields: dict[str, str] = {}
    name = None
    for line in [*text.splitlines(), ""]:
        if line.startswith("#"):
            continue
        if not line.strip():
            if fields:
                yield fields
            fields, name = {}, None
        elif line[0].isspace() and name:
            fields[name] += f" {line.strip()}"
        else:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()


def parse_deb822(text: str) -> list[AptSource]:
    """Read a ``.sources`` file; stanzas disabled or of sources only are left out."""
    sources = []
    for fields in _stanzas(text):
        if fields.get("enabled", "yes").lower() in ("no", "false", "0"):
            continue
        if "deb" not in fields.get("types", "").split():
            continue
        suites = tuple(fields.get("suites", "").split())
        components = tuple(fields.get("components", "").split())
        uris = fields.get("uris", "").split()
        sources += [AptSource(uri, suites, components) for uri in uris]
    return sources


def machine_sources(folder: Path = Path("/etc/apt")) -> list[AptSource]:
    """Return every package source that this machine's apt uses."""
    parts = folder / "sources.list.d"
    sources = []
    for path in [folder / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            sources += parse_one_line(path.read_text(encoding="utf-8"))
    for path in sorted(parts.glob("*.sources")):
        sources += parse_deb822(path.read_text(encoding="utf-8"))
    return sources


def debian_mirrors(sources: Iterable[AptSource], codename: str) -> list[str]:
    """Return the addresses that look like Debian's main archive, best guess first.

    Security and backports archives, and other people's archives, do not hold the
    unstable suite: they are left out by suite and component.

    :param codename: the release of this machine, like ``bookworm``
    """
    wanted = {codename, *RELEASES}
    found = [
        source.uri
        for source in sources
        if "main" in source.components
        and wanted.intersection(source.suites)
        and "security" not in source.uri
        and not source.uri.startswith("cdrom:")
    ]
    return list(dict.fromkeys(found))


def machine_codename(os_release: Path = Path("/etc/os-release")) -> str:
    """Return the code name of the machine's release; empty where there is none."""
    if not os_release.is_file():
        return ""
    text = os_release.read_text(encoding="utf-8")
    match = re.search(r'^VERSION_CODENAME="?(\w+)"?$', text, re.M)
    return match[1] if match else ""
