"""The sixteen order states of Lengow, and how the state of an order is decided."""

from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from .marketplace import MarketplaceDefinition
    from .payload import Line, Order

#: Every ``lengow_status`` of the API, in the order of an order's life.
LENGOW_STATUSES = (
    "new",
    "waiting_acceptance",
    "accepted",
    "waiting_shipment",
    "shipped",
    "closed",
    "refused",
    "canceled",
    "refunding",
    "refunded",
    "partial_refunded",
    "to_refund",
    "pickup_to_prepare",
    "to_pickup",
    "pickup_completed",
    "pickup_canceled",
)

#: Waiting for shipment, and what can only come after it.
IMPORTABLE_STATUSES = frozenset(
    {
        "waiting_shipment",
        "pickup_to_prepare",
        "shipped",
        "closed",
        "partial_refunded",
        "to_pickup",
        "pickup_completed",
    }
)

#: Not payable or not accepted yet: the buyer's data may still be missing.
PENDING_STATUSES = frozenset({"new", "waiting_acceptance", "accepted"})

#: Ended, or about to end, without anything to deliver.
DEAD_STATUSES = frozenset(
    {"refused", "canceled", "refunding", "refunded", "to_refund", "pickup_canceled"}
)

#: States of a line that is no longer part of its order.
LEFT_OUT_LINE_STATUSES = frozenset({"refused", "canceled", "pickup_canceled"})

#: Stands for every code that is not one of the sixteen.
UNKNOWN_STATUS = "unknown"


def resolve_status(
    subject: Union["Order", "Line"],
    definition: Union["MarketplaceDefinition", None] = None,
) -> tuple[str, str | None]:
    """Return the state of an order or of a line, and the code it was read from.

    ``lengow_status`` decides. When it is missing or not one of the sixteen, the
    channel's own ``marketplace_status`` is looked up in the map of its definition.

    :param definition: the channel's definition; None means that no map is at hand.
    :return: one of the sixteen or ``"unknown"``, and the raw ``lengow_status`` (the
        raw ``marketplace_status`` where Lengow gave none), None when there is neither.
    """
    raw_code = subject.lengow_status or subject.marketplace_status
    if subject.lengow_status in LENGOW_STATUSES:
        return subject.lengow_status, raw_code
    mapped = definition and definition.lengow_status_of(subject.marketplace_status)
    return (mapped if mapped in LENGOW_STATUSES else UNKNOWN_STATUS), raw_code
