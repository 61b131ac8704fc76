"""Values as the texts of a file: whatever comes, a text comes out of it."""

import html
import math
import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from .markup import pieces_of, reduced_pieces

#: What nobody can see and XML cannot hold, and marks of byte order inside a text.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
#: Blanks to Python, and nothing at all to XML.
_BLANK_CONTROLS = re.compile(r"[\x0b\x0c\x1c-\x1f]")
#: Digits after the point of a number that has no number of digits of its own.
_MOST_DIGITS = 6
#: A number of more digits than this is somebody's mistake, and is kept short.
_LONGEST_NUMBER = 40
_EXACT = Context(prec=2 * _LONGEST_NUMBER)
#: How many lists may lie in each other.
_DEEPEST = 8
_LISTS = (list, tuple, set, frozenset, Iterator)


def to_text(value: Any, *, digits: int | None = None, is_boolean: bool = False) -> str:
    """Return any value as a text of one line.

    Nothing is the empty text, and so is ``False``: Odoo's fields say so when they are
    empty. Numbers have a point and no exponent, dates are as in ISO 8601, and the parts
    of a list are joined by commas.

    :param value: whatever a field, an attribute or an expression gives
    :param digits: after the point of a number, to which it is rounded
    :param is_boolean: whether ``False`` is an answer, and nothing missing
    """
    if isinstance(value, str):
        return clean(value)
    if value is None or isinstance(value, bool):
        return "1" if value else "0" if is_boolean else ""
    if isinstance(value, int | float | Decimal):
        return _number(value, digits)
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return clean(bytes(value).decode(errors="replace"))
    if isinstance(value, (Mapping, *_LISTS)):
        return ", ".join(_parts(value, digits, _DEEPEST))
    return clean(str(value))


def clean(text: str) -> str:
    """Return a text on one line, without what no reader could see or read.

    Marks that say in which direction a text runs, or what is joined, are part of it.
    """
    if text.isprintable() and "  " not in text:
        return str.__str__(text).strip()
    # The blanks of all of Unicode, also those that keep a line together.
    return " ".join(_UNSEEN.sub("", text).split())


def plain(markup: Any) -> str:
    """Return HTML as a text of one line, without tags.

    :param markup: HTML, as its field gives it; anything else as :func:`to_text` does
    """
    if not isinstance(markup, str) or ("<" not in markup and "&" not in markup):
        return to_text(markup)
    return clean("".join(pieces_of(_parsable(markup))))


def reduced_html(markup: Any) -> str:
    """Return HTML on one line, with nothing but paragraphs, lists, tables, emphasis.

    Attributes, links, pictures, scripts and whatever else an editor or a theme needs
    are gone; each tag that is opened is closed. A page without a text is empty.

    :param markup: HTML, as its field gives it; anything else as :func:`to_text` does
    """
    if not isinstance(markup, str):
        return html.escape(to_text(markup), quote=False)
    return clean("".join(reduced_pieces(_parsable(markup))))


def html_of(text: Any) -> str:
    """Return a plain text as HTML on one line: what were its lines stay lines.

    :param text: as its field gives it, with line breaks; anything else as
        :func:`to_text` does
    """
    if not isinstance(text, str):
        return html.escape(to_text(text), quote=False)
    paragraphs = [[]]
    for line in map(clean, text.splitlines()):
        if line:
            paragraphs[-1].append(html.escape(line, quote=False))
        elif paragraphs[-1]:
            paragraphs.append([])
    return "".join(f"<p>{'<br>'.join(lines)}</p>" for lines in paragraphs if lines)


def _parsable(markup: str) -> str:
    return _BLANK_CONTROLS.sub(" ", _UNSEEN.sub("", markup))


def _number(value: float | Decimal, digits: int | None) -> str:
    if isinstance(value, float):
        return _number_of_float(value, digits)
    return _shown(value if isinstance(value, Decimal) else Decimal(value), digits)


# Many products weigh the same.
@lru_cache(maxsize=1000)
def _number_of_float(value: float, digits: int | None) -> str:
    # As it is shown, not as it is stored: 2.675 is that much, and not a bit less.
    text = float.__repr__(value) if math.isfinite(value) else "NaN"
    return _shown(Decimal(text), digits)


def _shown(number: Decimal, digits: int | None) -> str:
    if not number.is_finite():
        return ""
    if number.adjusted() >= _LONGEST_NUMBER:
        return f"{number:.{_MOST_DIGITS}E}"
    places = _MOST_DIGITS if digits is None else digits
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)
    text = f"{rounded:f}"
    if digits is None:
        text = text.rstrip("0").rstrip(".")
    return text if rounded else text.removeprefix("-")


def _parts(value: Any, digits: int | None, depth: int) -> Iterator[str]:
    """Yield the texts of a list, without the empty ones.

    :param depth: how many lists may lie in it; what lies deeper is left out, since a
        list may hold itself
    """
    if isinstance(value, Mapping):
        for key, one in value.items():
            if text := ", ".join(_parts(one, digits, depth - 1)):
                yield f"{to_text(key)}: {text}"
    elif isinstance(value, _LISTS):
        if depth > 0:
            texts = (text for one in value for text in _parts(one, digits, depth - 1))
            # Equal sets make equal texts.
            is_set = isinstance(value, set | frozenset)
            yield from sorted(texts) if is_set else texts
    elif text := to_text(value, digits=digits):
        yield text
