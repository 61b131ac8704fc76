"""What marketplace orders wait for, most urgent first.

A job is a domain of orders with a name. The overview and the head of the list of orders
count it, and the filter of the same name shows exactly what was counted.
"""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import LazyTranslate
from odoo.tools.translate import LazyGettext

from ...lengow_api import REFUND_DUE_STATUSES, TO_SHIP_STATUSES
from ..outbox.kinds import CANCEL_KINDS, DECISION_KINDS, REFUND_KINDS

_lt = LazyTranslate(__name__)

ORDERS = "lengow_connector.lengow_order_action"
ORDERS_TO_FIX = "lengow_connector.lengow_order_to_fix_action"


class Job(NamedTuple):
    """Something that orders wait for a person to do."""

    name: str
    """Of the filter that shows its orders."""
    label: LazyGettext
    domain: Domain
    tone: str
    """How much it presses: danger, warning or info."""
    deadline: str | None = None
    """The field that says until when, where a marketplace sets a time."""
    part_of: str | None = None
    """The job that this one is a part of."""
    part_label: LazyGettext | None = None
    """What it is called beside the whole."""
    is_on_card: bool = True
    """Whether the card of a marketplace shows it, too."""
    action: str = ORDERS
    """The XML id of the list that shows its orders."""


def _unless_asked(*kinds):
    """Return the domain of orders whose marketplace is not being asked for it already.

    Pending is not open: what was done leaves its queue at once, not with the answer.
    What has led to nothing for a day is work again.
    """
    is_forgotten = Domain("pending_since", "<", "now -1d")
    return Domain("pending_kind", "not in", kinds) | is_forgotten


# What others take care of is nobody's job here: the marketplace, or another system.
_TO_ACCEPT = (
    Domain("is_to_accept", "=", True)
    & Domain("import_state", "!=", "ignored")
    & _unless_asked(*DECISION_KINDS)
)
_TO_SHIP = (
    Domain("lengow_status", "in", TO_SHIP_STATUSES)
    & Domain("is_to_accept", "=", False)
    & Domain("import_state", "!=", "ignored")
    & Domain("is_fulfilled_by_marketplace", "=", False)
    & _unless_asked("ship", "pickup_ready", *CANCEL_KINDS)
)
# Days begin and end where the user is.
_IS_LATE = Domain("ship_before", "<", "now")
_IS_LATER = Domain("ship_before", ">=", "today +1d") | Domain("ship_before", "=", False)
_IS_TODAY = Domain("ship_before", ">=", "now") & Domain("ship_before", "<", "today +1d")
_TO_FIX = Domain("import_state", "=", "error") | Domain("invoice_state", "=", "error")
# How it changed nobody knows where what Lengow sent could not be taken over. What is
# not read for so long is tried no more, and would be counted for good.
_UNREAD = (
    Domain("unread_from", "!=", False)
    & Domain("unread_since", ">=", "now -30d")
    & Domain("import_state", "=", "imported")
    & Domain("anonymised_at", "=", False)
)
_UNPRINTED = Domain("state", "=", "fetched") & Domain("printed_at", "=", False)

_ALL_JOBS = (
    Job(
        "to_accept",
        _lt("To Accept"),
        _TO_ACCEPT,
        "warning",
        deadline="due_at",
    ),
    Job(
        "late",
        _lt("Late to Ship"),
        _TO_SHIP & _IS_LATE,
        "danger",
        part_of="to_ship",
        part_label=_lt("Late"),
    ),
    Job("to_ship", _lt("To Ship"), _TO_SHIP, "info"),
    Job(
        "to_ship_today",
        _lt("To Ship Today"),
        _TO_SHIP & _IS_TODAY,
        "warning",
        deadline="due_at",
        part_of="to_ship",
        part_label=_lt("Today"),
    ),
    Job(
        "to_ship_later",
        _lt("To Ship Later"),
        _TO_SHIP & _IS_LATER,
        "info",
        part_of="to_ship",
        part_label=_lt("Later"),
        is_on_card=False,
    ),
    Job("to_fix", _lt("To Fix"), _TO_FIX, "danger", action=ORDERS_TO_FIX),
    Job(
        "action_failed",
        _lt("Failed Actions"),
        Domain("action_ids", "any", [("state", "=", "failed")]),
        "danger",
    ),
    Job(
        "changed",
        _lt("Changed After Import"),
        Domain("change_kind", "!=", False) | _UNREAD,
        "warning",
    ),
    Job(
        "to_match",
        _lt("Products to Match"),
        Domain("line_ids", "any", [("is_to_match", "=", True)]),
        "warning",
    ),
    Job(
        "refunds",
        _lt("Refunds to Decide"),
        Domain("lengow_status", "in", REFUND_DUE_STATUSES)
        & _unless_asked(*REFUND_KINDS),
        "warning",
    ),
    # Parcels that have left need no paper any more.
    Job(
        "documents_to_print",
        _lt("Documents to Print"),
        _TO_SHIP & Domain("document_ids", "any", _UNPRINTED),
        "info",
    ),
)
# What somebody has dismissed waits for nobody.
JOBS = tuple(
    job._replace(domain=job.domain & Domain("dismissed_at", "=", False))
    for job in _ALL_JOBS
)
