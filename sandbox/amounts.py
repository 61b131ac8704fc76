"""Views of an order in another currency.

Orders are kept in the account's currency with the marketplace's amounts in
``original_*``. ``no_currency_conversion=1`` asks for the latter, ``set_currency`` for a
conversion of the former.
"""

import copy
from decimal import Decimal, InvalidOperation

from .records import lines_of

AMOUNTS = [
    "total_order",
    "total_tax",
    "shipping",
    "discount",
    "commission",
    "processing_fee",
    "amount",
    "tax",
    "refunded_amount",
]

CURRENCIES = {
    "EUR": ("€", "Euro"),
    "GBP": ("£", "British Pound"),
    "SEK": ("kr", "Swedish Krona"),
    "PLN": ("zł", "Polish Zloty"),
    "USD": ("$", "US Dollar"),
}

RATES = {
    "EUR": Decimal(1),
    "GBP": Decimal("0.86"),
    "SEK": Decimal("11.20"),
    "PLN": Decimal("4.25"),
    "USD": Decimal("1.08"),
}
"""Units of a currency for one euro. Invented, and fixed so that results stay the
same."""

NO_RATE = -1
"""What Lengow puts as ``total_order`` when it has no exchange rate."""


def currency_json(code):
    """Return a currency as orders carry it."""
    symbol, name = CURRENCIES[code]
    return {"iso_a3": code, "symbol": symbol, "name": name}


def view(payload, query):
    """Return an order's payload in the currency that a query asks for.

    :param query: the request's parameters
    :return: the payload itself when nothing is asked, else a changed copy
    """
    if not isinstance(payload, dict):
        return payload
    if query.get("no_currency_conversion", "").lower() in ("1", "true"):
        return _in_original_currency(payload)
    if target := query.get("set_currency"):
        return _in_currency(payload, target.upper())
    return payload


def _members(payload):
    """Yield the objects of an order that carry amounts: itself and its lines."""
    yield payload
    yield from lines_of(payload)


def _in_original_currency(payload):
    """Return a copy with the marketplace's own amounts and currency."""
    payload = copy.deepcopy(payload)
    for member in _members(payload):
        for name in ("currency", *AMOUNTS):
            original = member.get(f"original_{name}")
            if name in member and original is not None:
                member[name] = original
    return payload


def _in_currency(payload, target):
    """Return a copy converted to a currency; total -1 when there is no rate for it."""
    payload = copy.deepcopy(payload)
    currency = payload.get("currency")
    source = currency.get("iso_a3") if isinstance(currency, dict) else currency
    if source not in RATES or target not in RATES:
        payload["total_order"] = NO_RATE
        return payload
    for member in _members(payload):
        for name in AMOUNTS:
            member[name] = convert(member.get(name), source, target)
    payload["currency"] = currency_json(target)
    return payload


def convert(amount, source, target):
    """Convert one amount, rounded to cents, keeping its kind (number or text).

    What is no number stays as it is.
    """
    if amount is None or isinstance(amount, bool | dict | list):
        return amount
    try:
        value = Decimal(str(amount)) * RATES[target] / RATES[source]
    except InvalidOperation:
        return amount
    value = value.quantize(Decimal("0.01"))
    return str(value) if isinstance(amount, str) else float(value)
