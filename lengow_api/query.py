"""Values as the texts that Lengow's parameters are."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from .errors import PayloadError


def conversion(wanted: bool | None) -> dict[str, str]:
    """Return the parameter of the currency of amounts, nothing where it is open."""
    return {} if wanted is None else {"no_currency_conversion": str(int(not wanted))}


def query_of(values: Mapping[str, object]) -> dict[str, str]:
    """Return what is set, as texts of the API.

    :raise PayloadError: for a date-time without time zone, or several values.
    """
    texts = {}
    for name, value in values.items():
        if isinstance(value, datetime) and value.tzinfo is None:
            raise PayloadError("A date needs its time zone", name, value)
        if isinstance(value, dict | list | tuple | set):
            raise PayloadError("Lengow takes one value here", name, value)
        if value is not None and value != "":
            texts[name] = as_query_text(value)
    return texts


def as_query_text(value: object) -> str:
    """Write a value the way Lengow's own plugins do, ``True`` with a capital."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)
