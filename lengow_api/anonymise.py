"""An order without its buyer: what of a payload may stay when personal data must go.

It lists what stays, not what goes: a member that Lengow adds tomorrow goes too.
"""

from collections.abc import Iterable, Iterator

from .parts import LINE_AMOUNTS
from .payload import ORDER_AMOUNTS, Order

SCALAR = "scalar"
POSTCODE = "postcode"

_MONEY = dict.fromkeys((*ORDER_AMOUNTS, *LINE_AMOUNTS), SCALAR)
_CURRENCY = {"iso_a3": SCALAR, "symbol": SCALAR, "name": SCALAR}
_TYPES = [{"type": SCALAR, "label": SCALAR}]
_ADDRESS = {"type": SCALAR, "common_country_iso_a2": SCALAR, "zipcode": POSTCODE}
_LINE = {
    **_MONEY,
    "id": SCALAR,
    "marketplace_order_line_id": SCALAR,
    "marketplace_product_id": SCALAR,
    "merchant_product_id": {"field": SCALAR, "id": SCALAR},
    "marketplace_status": SCALAR,
    "lengow_status": SCALAR,
    "max_shipping_date": SCALAR,
    "title": SCALAR,
    "category": SCALAR,
    "quantity": SCALAR,
    "orderline_types": _TYPES,
}
_TRACKING = {
    "carrier": SCALAR,
    "method": SCALAR,
    "is_delivered_by_marketplace": SCALAR,
    "parcel_weight": SCALAR,
    "shipped_at": SCALAR,
}
# Members that stay: as they are, as an object or list of objects of which some stay,
# or as the start of a postcode. Everything else goes.
KEPT = {
    **_MONEY,
    "marketplace": SCALAR,
    "marketplace_order_id": SCALAR,
    "account_id": SCALAR,
    "marketplace_country_iso2": SCALAR,
    "merchant_order_id": [SCALAR],
    "marketplace_status": SCALAR,
    "lengow_status": SCALAR,
    "workflow_rank": SCALAR,
    "marketplace_order_date": SCALAR,
    "imported_at": SCALAR,
    "updated_at": SCALAR,
    "currency": _CURRENCY,
    "original_currency": _CURRENCY,
    "packages": [{"cart": [_LINE], "delivery": {**_ADDRESS, "trackings": [_TRACKING]}}],
    "billing_address": _ADDRESS,
    "order_meta": {"shipping_deadline": SCALAR},
    "order_types": _TYPES,
    "payments": [{"type": SCALAR, "status": SCALAR, "settled_at": SCALAR}],
    "tax": {"is_marketplace_deemed_supplier": SCALAR},
    "anonymized": SCALAR,
}
# How much of a postcode says a region and no more.
POSTCODE_LENGTH = 2

# Where a payload names the buyer, and the members there that many have in common.
_PERSONAL_PARTS = ("billing_address", "contact_address", "comments", "payments")
_COMMON = frozenset(
    (
        "type", "status", "checkout", "settled_at", "carrier", "method", "shipped_at",
        "civility", "first_name", "last_name", "zipcode", "city", "state_region",
        "common_country_iso_a2",
    )
)  # fmt: skip
_SHORTEST_TEXT = 6


def reduce_payload(payload: dict) -> dict:
    """Return an order with its numbers, amounts and products and without its buyer.

    Twice is the same as once. That the buyer is a business stays known, though not by
    which number.

    :param payload: the order as Lengow sent it; must have an identity
    :raise PayloadError: if it has none
    """
    reduced = _reduce(payload, KEPT)
    if Order.from_payload(payload).is_business:
        types = reduced["order_types"] = reduced.get("order_types") or []
        if not any(one and one.get("type") == "is_business" for one in types):
            types.append({"type": "is_business", "label": None})
    return reduced


def personal_texts(payload: object) -> set[str]:
    """Return the texts of a payload by which its buyer is found in other places.

    Short ones are left out: they are found everywhere.

    :param payload: the order as Lengow sent it
    """
    if not isinstance(payload, dict):
        return set()
    packages = payload.get("packages")
    deliveries = [
        package.get("delivery")
        for package in (packages if isinstance(packages, list) else [])
        if isinstance(package, dict)
    ]
    parts = [payload.get(key) for key in _PERSONAL_PARTS] + deliveries
    texts = {text.strip() for part in parts for text in _texts(part)}
    texts |= {
        f"{part['first_name']} {part['last_name']}"
        for part in parts
        if isinstance(part, dict) and part.get("first_name") and part.get("last_name")
    }
    return telling(texts)


def telling(texts: Iterable[object]) -> set[str]:
    """Return those of some texts that are long enough to tell whom they are about."""
    return {
        text for text in texts if isinstance(text, str) and len(text) >= _SHORTEST_TEXT
    }


def _reduce(value: object, kept: object) -> object:
    """Return what stays of a value; None where its shape is not the expected one."""
    if kept == SCALAR:
        return None if isinstance(value, dict | list) else value
    if kept == POSTCODE:
        is_code = isinstance(value, str | int) and not isinstance(value, bool)
        return str(value).strip()[:POSTCODE_LENGTH] if is_code else None
    if isinstance(kept, list):
        if not isinstance(value, list):
            # One number of ours may come without its list.
            return _reduce(value, SCALAR) if kept == [SCALAR] else []
        return [_reduce(item, kept[0]) for item in value]
    if not isinstance(value, dict):
        # A currency may come as its plain code.
        return value if kept is _CURRENCY and isinstance(value, str) else None
    return {key: _reduce(value[key], kept[key]) for key in kept if key in value}


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a value that may name somebody."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, member in value.items():
            if key not in _COMMON:
                yield from _texts(member)
