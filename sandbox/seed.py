"""The demo orders: every channel in every status that it knows, and the special cases.

All amounts add up. Each order is importable as soon as its status allows it, except
those that are marked as made to fail.
"""

from decimal import Decimal
from itertools import count

from .marketplaces import known_statuses, raw_status
from .seed_channels import BY_CODE, CHANNELS
from .seed_orders import OrderBuilder, Spec
from .seed_specials import SPECIALS, SPECIALS_IN_SERIES

SHIPPING = tuple(Decimal(text) for text in ("0.00", "4.90", "5.99", "4.30"))
MORE_TO_SHIP = 2  # further orders per channel that wait for shipment
FIRST_NUMBER = 1001
SECOND_ACCOUNT_NUMBER = 5001
DOCUMENT_STATUSES = ("waiting_shipment", "shipped")


def seed_orders(state):
    """Put the demo orders, dated relative to the state's clock.

    :param SandboxState state: is not emptied before
    :return: number of orders put
    :rtype: int
    """
    numbers = count(FIRST_NUMBER)
    first, second = (account.id for account in state.tokens.accounts[:2])
    for channel in CHANNELS:
        _seed_channel(state, channel, numbers, first)
    for make in SPECIALS:
        _put(state, make(_maker(state, numbers, first)), first)
    numbers = count(SECOND_ACCOUNT_NUMBER)
    for code in ("amazon_fr", "cdiscount", "bol"):
        spec = _spec(state, BY_CODE[code], "waiting_shipment", next(numbers))
        _put(state, _build(state, spec, second), second)
    return len(state.records())


def _seed_channel(state, channel, numbers, account_id):
    """Put one order of a channel per status, and some more that wait for shipment."""
    statuses = known_statuses(state.marketplaces[channel.code])
    for status in [*statuses, *["waiting_shipment"] * MORE_TO_SHIP]:
        spec = _spec(state, channel, status, next(numbers))
        payload = _build(state, spec, account_id)
        if tweak := SPECIALS_IN_SERIES.get(status):
            tweak(payload)
        _put(state, payload, account_id)


def _spec(state, channel, status, number, **particulars):
    """Return the spec of an order; lines, shipping and fee follow from its number."""
    usual = {
        "line_count": 1 + number % 4,
        "shipping": SHIPPING[number % len(SHIPPING)],
        "fee": Decimal("1.50") if number % 9 == 0 else Decimal(0),
    }
    code = raw_status(state.marketplaces[channel.code], status)
    return Spec(channel, status, code, number, **{**usual, **particulars})


def _build(state, spec, account_id):
    """Return the payload of a spec."""
    return OrderBuilder(spec, account_id, state.now()).build()


def _maker(state, numbers, account_id):
    """Return the function with which a special order is built.

    It takes the channel's code, the status and members of :class:`Spec`.
    """

    def make(code, status="waiting_shipment", **particulars):
        spec = _spec(state, BY_CODE[code], status, next(numbers), **particulars)
        return _build(state, spec, account_id)

    return make


def _put(state, payload, account_id):
    """Put an order, with the documents that its channel provides by now."""
    state.put_order(payload, account_id=account_id)
    kinds = BY_CODE[payload["marketplace"]].documents
    if not kinds or payload["lengow_status"] not in DOCUMENT_STATUSES:
        return
    order_id = payload["marketplace_order_id"]
    record = state.find(payload["marketplace"], order_id, account_id)
    for kind in kinds:
        document = state.documents.add(record, f"{kind}_{order_id}.pdf")
        # The shape of an item is documented nowhere; an id is all that is certain.
        item = {"id": document.id, "type": kind, "name": document.filename}
        record.payload["documents"].append(item)
