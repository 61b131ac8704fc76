"""The headings of columns: spelt so that Lengow takes them, and no two alike."""

import re
import unicodedata
from collections.abc import Iterable

#: Lengow's own plugins cut headings there, so longer ones may become one.
LONGEST_HEADER = 58
#: Letters that are no other letter with an accent.
_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "ł": "l",
        "Ł": "L",
        "þ": "th",
        "Þ": "TH",
        "ħ": "h",
        "Ħ": "H",
        "\u0131": "i",  # without its dot, as in Turkish
    }
)
_BLANK = re.compile(r"[\s'\u2019]")
_FOREIGN = re.compile(r"[^A-Za-z0-9_]")
#: What Lengow's help allows in a heading.
_HEADER = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_HEADER}}}")


def normalize(text: str) -> str:
    """Return a text as a heading, spelt as Lengow's own plugins spell theirs.

    :param text: whatever the column is called, such as the name of an attribute
    :return: of ``a-z``, ``0-9`` and ``_``; empty where the text has nothing of these
    """
    plain = unicodedata.normalize("NFKD", text.strip().translate(_LETTERS))
    return _FOREIGN.sub("", _BLANK.sub("_", plain))[:LONGEST_HEADER].lower()


def is_header(text: str) -> bool:
    """Tell whether a text may be the heading of a column as it stands.

    Capitals may be: some of Lengow's plugins write them, and a heading that a channel
    is set up with must not change.
    """
    return bool(_HEADER.fullmatch(text) and normalize(text))


def clashes(headers: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the groups of headings that are the same to somebody on the way.

    :param headers: all those of a catalogue
    :return: each group with its headings in their order, two at least
    """
    groups: dict[str, list[str]] = {}
    for header in headers:
        groups.setdefault(xml_name(normalize(header)), []).append(header)
    return [tuple(group) for group in groups.values() if len(group) > 1]


def xml_name(header: str) -> str:
    """Return a heading as the name of an XML element, which begins with no digit."""
    return header if header[:1].isalpha() or header[:1] == "_" else f"_{header}"
