"""Numbers of the API as exact decimals."""

import re
from decimal import Decimal

from .errors import PayloadError

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?", re.A | re.I)
_LONGEST_NUMBER = 40
_TOO_LARGE = Decimal(10) ** 15


def to_decimal(value: object, path: str = "") -> Decimal | None:
    """Convert a number of the API, which comes as JSON number or as decimal string.

    :param value: an int, float, Decimal or string; None and blank strings are None.
    :param path: where the value stands, for the error.
    :raise PayloadError: for anything else: a boolean, NaN, Infinity, a comma or a
        thousands separator, a magnitude of 10^15 or more.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PayloadError("Expected a number", path, value)
    if isinstance(value, int) and abs(value) >= _TOO_LARGE:
        raise PayloadError("Expected a number of plausible size", path, value)
    text = str(value).strip()
    if len(text) > _LONGEST_NUMBER or not _NUMBER.fullmatch(text):
        raise PayloadError("Expected a number", path, value)
    number = Decimal(text)
    if abs(number) >= _TOO_LARGE:
        raise PayloadError("Expected a number of plausible size", path, value)
    return number
