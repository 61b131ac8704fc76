"""Every language of an addon says all that its template says, with the same gaps.

The template itself is held against the addon by a test, which needs Odoo for it. This
runs with Odoo's own packages, as a program.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import polib

# Of the addon itself and of those that join it with others.
FOLDERS = ("i18n", "extras/*/i18n")
LANGUAGES = ("de", "es", "fr", "it")
# What a program fills in, and the markup around it.
GAP = re.compile(r"%\(\w+\)[sd]|%[sd%]|\{\w*\}|</?[a-z]\w*|&\w+;")


def check(root: Path) -> list[str]:
    """Return a sentence for everything that a language lacks, or has too much of.

    :param root: of the project
    """
    return [
        f"{path.relative_to(root)}: {problem}"
        for pattern in FOLDERS
        for folder in sorted(root.glob(pattern))
        for path, problem in _problems_of_addon(folder)
    ]


def _problems_of_addon(folder: Path) -> Iterator[tuple[Path, str]]:
    (pot,) = folder.glob("*.pot")
    template = {entry.msgid for entry in polib.pofile(str(pot))}
    for language in LANGUAGES:
        path = folder / f"{language}.po"
        for problem in _problems_of(path, template):
            yield path, problem


def _problems_of(path: Path, template: set[str]) -> Iterator[str]:
    if not path.exists():
        yield "there is no such file"
        return
    entries = polib.pofile(str(path))
    counts = Counter(entry.msgid for entry in entries if not entry.obsolete)
    for msgid in sorted(template - counts.keys()):
        yield f"missing: {_short(msgid)}"
    for msgid in sorted(counts.keys() - template):
        yield f"no longer there: {_short(msgid)}"
    for msgid in sorted(msgid for msgid, count in counts.items() if count > 1):
        yield f"there twice: {_short(msgid)}"
    for entry in entries:
        yield from _problems_in(entry)


def _problems_in(entry: polib.POEntry) -> Iterator[str]:
    if entry.obsolete:
        yield f"obsolete: {_short(entry.msgid)}"
    elif entry.fuzzy:
        yield f"fuzzy: {_short(entry.msgid)}"
    elif not entry.msgstr:
        yield f"not translated: {_short(entry.msgid)}"
    elif _gaps(entry.msgid) != _gaps(entry.msgstr):
        yield f"other placeholders or tags than in: {_short(entry.msgid)}"
    elif _edges(entry.msgid) != _edges(entry.msgstr):
        yield f"other spaces around it than in: {_short(entry.msgid)}"


def _gaps(text: str) -> Counter[str]:
    return Counter(GAP.findall(text))


def _edges(text: str) -> tuple[bool, bool]:
    return text != text.lstrip(), text != text.rstrip()


def _short(text: str) -> str:
    return repr(text if len(text) <= 70 else text[:69] + "…")


if __name__ == "__main__":
    sys.exit("\n".join(check(Path.cwd())) or 0)
