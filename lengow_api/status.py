"""The sixteen order states of Lengow, and how the state of an order is decided."""

from typing import NamedTuple

from .marketplace import MarketplaceDefinition
from .parts import Line
from .payload import Order

# How far an order has come in its life.
NEW = "new"  # maybe not paid yet
TO_ACCEPT = "to accept"  # the seller is to say yes or no
ACCEPTED = "accepted"  # but the buyer's address may not be released yet
TO_SHIP = "to ship"  # or to be made ready in the shop
SHIPPED = "shipped"  # or ready in the shop, and what can only come after that
CANCELED = "canceled"  # ended without a delivery, by whomever
GIVEN_BACK = "given back"  # the money goes back, and nothing is to be delivered
OTHER = "other"


class Status(NamedTuple):
    """What there is to know about one order state."""

    code: str
    #: In English, for people.
    label: str
    phase: str
    #: How a badge shows it: info, success, warning, danger or muted.
    tone: str
    #: The actions whose effect an order in this state shows, whoever did them.
    behind: tuple[str, ...] = ()
    #: Whether money is to be given back ("due"), or is on its way or there ("given").
    refund: str | None = None


#: Stands for every code that is not one of the sixteen.
UNKNOWN_STATUS = "unknown"

_CANCELS = ("cancel", "partial_cancel")
_REFUNDS = ("refund", "pickup_refund")
_PICKUPS = ("pickup_ready", "pickup_complete")

# Everything that the addon asks about a state is answered from this table, and nowhere
# else are states listed. The order is the one in which people see them.
_TABLE = (
    Status("new", "New", NEW, "warning"),
    Status("waiting_acceptance", "Waiting for Acceptance", TO_ACCEPT, "warning"),
    Status("accepted", "Accepted", ACCEPTED, "info", ("accept",)),
    Status("waiting_shipment", "Waiting for Shipment", TO_SHIP, "info", ("accept",)),
    Status("shipped", "Shipped", SHIPPED, "success", ("accept", "ship")),
    Status("closed", "Closed", SHIPPED, "success", ("accept", "ship", *_PICKUPS)),
    Status("refused", "Refused", CANCELED, "danger", ("refuse", *_CANCELS)),
    Status(
        "canceled",
        "Canceled",
        CANCELED,
        "danger",
        ("refuse", *_CANCELS, "pickup_cancel"),
    ),
    Status(
        "refunding",
        "Refunding",
        GIVEN_BACK,
        "danger",
        ("accept", "ship", *_REFUNDS),
        "given",
    ),
    Status(
        "refunded",
        "Refunded",
        GIVEN_BACK,
        "danger",
        ("accept", "ship", *_CANCELS, *_REFUNDS),
        "given",
    ),
    Status(
        "partial_refunded",
        "Partially Refunded",
        SHIPPED,
        "danger",
        ("accept",),  # money went back, which does not tell whether anything has left
        "given",
    ),
    Status("to_refund", "To Refund", GIVEN_BACK, "danger", ("ship",), "due"),
    Status("pickup_to_prepare", "Prepare Pickup", TO_SHIP, "info", ("accept",)),
    Status(
        "to_pickup", "Ready for Pickup", SHIPPED, "info", ("accept", "pickup_ready")
    ),
    Status(
        "pickup_completed",
        "Pickup Completed",
        SHIPPED,
        "success",
        ("accept", *_PICKUPS),
    ),
    Status(
        "pickup_canceled", "Pickup Canceled", CANCELED, "danger", ("pickup_cancel",)
    ),
    Status(UNKNOWN_STATUS, "Unknown", OTHER, "muted"),
)


def _in_phase(*phases: str) -> frozenset[str]:
    return frozenset(status.code for status in _TABLE if status.phase in phases)


#: Every ``lengow_status`` of the API, without the one that stands for all others.
STATUS_CODES = tuple(s.code for s in _TABLE if s.code != UNKNOWN_STATUS)

#: Code and English label of all states, the unknown one included.
STATUS_LABELS = [(status.code, status.label) for status in _TABLE]

#: How a badge shows a state.
STATUS_TONES = {status.code: status.tone for status in _TABLE}

#: The actions that an order needs no more, per state.
ACTIONS_BEHIND = {status.code: frozenset(status.behind) for status in _TABLE}

#: How far the marketplace has come, in four steps; None for a state that is unknown.
_STEPS = {
    NEW: "to_accept",
    TO_ACCEPT: "to_accept",
    ACCEPTED: "to_ship",
    TO_SHIP: "to_ship",
    SHIPPED: "shipped",
    CANCELED: "closed",
    GIVEN_BACK: "closed",
}
_ENDED = ("closed", "pickup_completed")
MILESTONES = {
    s.code: "closed" if s.code in _ENDED else _STEPS.get(s.phase) for s in _TABLE
}

#: Waiting for shipment, and what can only come after it.
IMPORTABLE_STATUSES = _in_phase(TO_SHIP, SHIPPED)

#: Ended, or about to end, without anything to deliver.
DEAD_STATUSES = _in_phase(CANCELED, GIVEN_BACK)

#: Ended without a delivery.
CANCELED_STATUSES = _in_phase(CANCELED)

#: The money goes back, and nothing is to be delivered.
GIVEN_BACK_STATUSES = _in_phase(GIVEN_BACK)

#: States of a line that is no longer part of its order.
LEFT_OUT_LINE_STATUSES = CANCELED_STATUSES

#: Waiting for the seller to ship it, or to make it ready in the shop.
TO_SHIP_STATUSES = _in_phase(TO_SHIP)

#: Waiting for the seller to say yes or no.
TO_ACCEPT_STATUSES = _in_phase(TO_ACCEPT)

#: Taken on by the seller, and not shipped yet.
BEFORE_SHIPMENT_STATUSES = _in_phase(ACCEPTED, TO_SHIP)

#: Shipped, or ready for pickup, or beyond.
SHIPPED_STATUSES = _in_phase(SHIPPED)

#: All of it has left for the buyer, or was collected; a partial refund is no proof of
#: that, and neither is a parcel that is ready in the shop.
SENT_STATUSES = frozenset(
    status.code
    for status in _TABLE
    if status.phase == SHIPPED and {"ship", "pickup_complete"} & {*status.behind}
)

#: The buyer has it, and nothing is expected any more.
COMPLETED_STATUSES = frozenset(
    status.code for status in _TABLE if "pickup_complete" in status.behind
)

#: The buyer comes and collects it from the seller.
PICKUP_STATUSES = frozenset(s.code for s in _TABLE if "pickup" in s.code)

#: Takes from the stock, once the seller has said yes; pickup has never been counted.
PROMISED_STATUSES = _in_phase(TO_ACCEPT, ACCEPTED, TO_SHIP) - {"pickup_to_prepare"}

#: May still take from the stock: neither sent nor ended. An unknown code may mean
#: anything, and goods that are sold twice are worse than some that are not offered.
OPEN_STATUSES = frozenset(s.code for s in _TABLE) - DEAD_STATUSES - SENT_STATUSES

#: Money goes back to the buyer, or is to.
REFUND_STATUSES = frozenset(s.code for s in _TABLE if s.refund)

#: The buyer is to get money back, and nobody has decided on it.
REFUND_DUE_STATUSES = frozenset(s.code for s in _TABLE if s.refund == "due")

#: The marketplace gives back, or has.
REFUNDED_STATUSES = frozenset(s.code for s in _TABLE if s.refund == "given")


def resolve_status(
    subject: Order | Line,
    definition: MarketplaceDefinition | None = None,
) -> tuple[str, str | None]:
    """Return the state of an order or of a line, and the code it was read from.

    ``lengow_status`` decides. When it is missing or not one of the sixteen, the
    channel's own ``marketplace_status`` is looked up in the map of its definition.

    :param definition: the channel's definition; None means that no map is at hand.
    :return: one of the sixteen or ``"unknown"``, and the raw ``lengow_status`` (the
        raw ``marketplace_status`` where Lengow gave none), None when there is neither.
    """
    raw_code = subject.lengow_status or subject.marketplace_status
    if subject.lengow_status in STATUS_CODES:
        return subject.lengow_status, raw_code
    mapped = definition and definition.lengow_status_of(subject.marketplace_status)
    return (mapped if mapped in STATUS_CODES else UNKNOWN_STATUS), raw_code
