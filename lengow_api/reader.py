"""Tolerant readers for JSON objects whose members may be anything.

A :class:`Reader` stands on one object and is asked for members by key and kind. What
cannot be read becomes None and is noted as a :class:`PayloadProblem`; what is absent,
null or blank is just None. Nothing here raises for odd content.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from .decimals import to_decimal
from .errors import PayloadError

_YEARS = range(1970, 2200)
#: NUL cannot be stored by PostgreSQL; a lone surrogate is no UTF-8.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DEEPEST = 60
_LARGEST_ID = 10**30


@dataclass(frozen=True, slots=True)
class PayloadProblem:
    """One member that could not be read.

    :ivar path: where it stands, for example ``"packages[0].cart[1].amount"``.
    :ivar value: what was found; it may be personal data, so it is not in the repr.
    :ivar reason: what was expected, in plain English.
    """

    path: str
    value: object = field(repr=False)
    reason: str


def clean_text(value: object) -> str | None:
    """Return a string or an integer as stripped text, None for blank or other kinds.

    Characters that no database stores (NUL, lone surrogates) are replaced.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < _LARGEST_ID else None
    if not isinstance(value, str):
        return None
    return _UNSTORABLE.sub("\ufffd", value).strip() or None


def parse_moment(value: object) -> datetime | None:
    """Return an ISO 8601 date-time as an aware datetime in UTC.

    Both forms of the API are read, with and without microseconds. A value without
    offset counts as UTC, which is what the API speaks.

    :return: None when it is no date, or one outside 1970-2199 (empty dates of other
        systems come as year 1).
    """
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment.year in _YEARS else None


def storable(value: object, _depth: int = 0) -> object:
    """Return a copy of a JSON value that any JSON column accepts.

    Lengow's answer is kept as it came, except for what a database refuses: NUL and
    lone surrogates in texts are replaced, NaN and infinities become texts, and what
    is nested deeper than any order becomes None.
    """
    if _depth > _DEEPEST:
        return None
    if isinstance(value, dict):
        return {
            storable(str(key)): storable(member, _depth + 1)
            for key, member in value.items()
        }
    if isinstance(value, list | tuple):
        return [storable(member, _depth + 1) for member in value]
    if isinstance(value, str):
        return _UNSTORABLE.sub("\ufffd", value)
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


class Reader:
    """Read the members of one JSON object, noting what is unreadable.

    :param source: the object; anything else reads as an empty object.
    :param path: where the object stands in the whole payload.
    :param problems: list to note problems in, shared with all child readers.
    """

    __slots__ = ("path", "problems", "source")

    def __init__(self, source: object, path: str = "", problems: list | None = None):
        self.source = source if isinstance(source, dict) else {}
        self.path = path
        self.problems = [] if problems is None else problems

    def get(self, key: str) -> object:
        """Return the raw member, None when it is absent."""
        return self.source.get(key)

    def text(self, key: str) -> str | None:
        """Return a member that is text; whole numbers are accepted as text."""
        value = self.get(key)
        if value is None or isinstance(value, str):
            return clean_text(value)
        text = clean_text(value)
        if text is None:
            self.note(key, "Expected a text")
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts; a single text counts as a list of one."""
        value = self.get(key)
        members = value if isinstance(value, list) else [value]
        texts = [clean_text(member) for member in members]
        for text, member in zip(texts, members, strict=True):
            if (
                text is None
                and not isinstance(member, str)
                and member not in (None, {})
            ):
                self.note(key, "Expected a list of texts")
        return tuple(text for text in texts if text is not None)

    def number(self, key: str) -> Decimal | None:
        """Return an amount or a quantity as exact decimal."""
        try:
            return to_decimal(self.get(key))
        except PayloadError as error:
            self.note(key, error.message)
            return None

    def integer(self, key: str) -> int | None:
        """Return a whole number; a decimal string of one is accepted."""
        number = self.number(key)
        if number is None:
            return None
        if number != int(number):
            self.note(key, "Expected a whole number")
            return None
        return int(number)

    def moment(self, key: str) -> datetime | None:
        """Return a date-time in UTC, see :func:`parse_moment`."""
        value = self.get(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            return None
        moment = parse_moment(value)
        if moment is None:
            self.note(key, "Expected a date and time")
        return moment

    def flag(self, key: str) -> bool:
        """Return a boolean; absent is False, and 1, 0 and their words are accepted."""
        value = self.get(key)
        word = (clean_text(value) or "").lower()
        if value is True or word in ("true", "1"):
            return True
        if value not in (None, False, "") and word not in ("false", "0", "none"):
            self.note(key, "Expected true or false")
        return False

    def child(self, key: str) -> "Reader":
        """Return a reader on a member that is an object, empty when it is absent."""
        value = self.get(key)
        # PHP writes an empty object as an empty list
        if value not in (None, "", []) and not isinstance(value, dict):
            self.note(key, "Expected an object")
        return Reader(value, self._path(key), self.problems)

    def items(self, key: str) -> tuple[object, ...]:
        """Return the raw items of a list; null counts as empty."""
        value = self.get(key)
        if isinstance(value, list):
            return tuple(value)
        if value not in (None, "", {}):
            self.note(key, "Expected a list")
        return ()

    def loose_items(self, key: str) -> tuple[object, ...]:
        """Return the raw items of a list; a single thing counts as a list of one.

        For members whose shape Lengow does not publish, so nothing is a problem.
        """
        value = self.get(key)
        if isinstance(value, list):
            return tuple(value)
        return () if value in (None, "", {}, False) else (value,)

    def children(self, key: str) -> Iterator["Reader"]:
        """Yield a reader on each object of a list; null items are passed over."""
        for index, item in enumerate(self.items(key)):
            if isinstance(item, dict):
                yield Reader(item, f"{self._path(key)}[{index}]", self.problems)
            elif item is not None:
                self.note(f"{key}[{index}]", "Expected an object", item)

    def note(self, key: str, reason: str, value: object = None) -> None:
        """Note that a member cannot be read."""
        value = self.get(key) if value is None else value
        self.problems.append(PayloadProblem(self._path(key), value, reason))

    def _path(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
