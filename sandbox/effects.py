"""What actions do to orders, in the time they take.

An accepted action is queued after half of the delay and processed after all of it; then
the order moves, in one step or two. Nothing runs by itself: the state lets due effects
happen whenever it is asked for something.
"""

from datetime import timedelta
from decimal import Decimal, InvalidOperation
from functools import partial

from .marketplaces import raw_status
from .records import objects_in, set_line_status

STEPS = {
    "accept": (("accepted",), ("waiting_shipment",)),
    "refuse": (("refused", "canceled"),),
    "ship": (("shipped",),),
    "cancel": (("canceled",),),
    "partial_cancel": (("canceled",),),
    "refund": (("refunding",), ("refunded",)),
    "pickup_ready": (("to_pickup",),),
    "pickup_complete": (("pickup_completed",),),
    "pickup_cancel": (("pickup_canceled",),),
    "pickup_refund": (("refunding",), ("refunded",)),
}
"""Action -> steps; each step is the statuses it may lead to, the first that the channel
knows."""

QUANTITIES = (
    "quantity",
    "shipped_quantity",
    "cancel_quantity",
    "refund_quantity",
)
"""Arguments that make a line-level action one for some pieces only."""

DEAD_STATUSES = {"refused", "canceled", "refunded", "pickup_canceled"}
DROPPED_LINE_STATUSES = {"refused", "canceled"}


def start(state, action):
    """Plan what becomes of an accepted action."""
    delay = timedelta(seconds=state.settings.action_delay)
    state.schedule(action.created_at + delay / 2, partial(_queue, action))
    state.schedule(action.created_at + delay, partial(_process, action, delay))


def _queue(action, state, due):
    """Put an action into Lengow's queue."""
    action.queued = True
    action.updated_at = due


def _process(action, delay, state, due):
    """Have the marketplace answer an action, and plan its effects when it agrees."""
    action.queued = False
    action.updated_at = due
    record = state.find_now(action)
    action.error = state.settings.fail_actions or _marketplace_refusal(record, action)
    action.processed = not action.error
    if action.processed:
        _apply(action, delay, 0, state, due)


def _marketplace_refusal(record, action):
    """Return the text of a refusal that only shows at the marketplace, or None.

    A Mirakl order refunds at ``closed`` only while it is RECEIVED (help centre,
    2024-02-12).
    """
    if record is None:
        return "The order does not exist on the marketplace"
    status = record.get("lengow_status")
    if status in DEAD_STATUSES and action.action_type != "refund":
        return f"The order is {status} on the marketplace"
    if action.action_type == "refund" and record.get("marketplace_status") == "CLOSED":
        return "The order is CLOSED on the marketplace and cannot be refunded"
    return None


def _path(definition, action_type):
    """Return the statuses of the channel that an action leads through."""
    steps = STEPS.get(action_type, ())
    known = [[s for s in step if raw_status(definition, s)] for step in steps]
    return [statuses[0] for statuses in known if statuses]


def _apply(action, delay, index, state, due):
    """Take one step of an action's effect, and plan the next one."""
    record = state.find_now(action)
    definition = state.marketplaces.get(action.marketplace)
    path = _path(definition, action.action_type)
    if record is None or index >= len(path):
        return
    if index and _status_now(record, action) != path[index - 1]:
        return  # something else has happened to it in the meantime
    if action.action_type == "ship":
        _add_tracking(record, action, due)
    if index == 0 and not _is_complete(record, action):
        record.touch(due)
        return
    _move(record, definition, action, path[index], due)
    later = partial(_apply, action, delay, index + 1)
    state.schedule(due + delay / 2, later)


def _status_now(record, action):
    """Return the status of what an action is for: the line or the order."""
    line = record.line(action.arguments.get("line"))
    return record.get("lengow_status") if line is None else line["lengow_status"]


def _is_complete(record, action):
    """Count the pieces of a line-level action; tell whether the line is through.

    An action without a line or without a quantity is for everything.
    """
    line = record.line(action.arguments.get("line"))
    pieces = [action.arguments[q] for q in QUANTITIES if q in action.arguments]
    if line is None or not pieces:
        return True
    key = (action.action_type, action.arguments["line"])
    record.done_quantities[key] += int(pieces[0])
    return record.done_quantities[key] >= int(line.get("quantity") or 0)


def _move(record, definition, action, status, now):
    """Move the order, or the line that the action is for."""
    line = record.line(action.arguments.get("line"))
    if line is not None:
        set_line_status(line, status, raw_status(definition, status))
        _follow_lines(record, definition, now)
        return
    partial_code = raw_status(definition, "partial_refunded")
    if status == "refunded" and partial_code and _is_partial_refund(record, action):
        status = "partial_refunded"
    record.set_status(status, raw_status(definition, status), now)


def _is_partial_refund(record, action):
    """Tell whether a refund gives back less than the order's total."""
    if "refund_price" not in action.arguments:
        return False
    price = Decimal(action.arguments["refund_price"])
    shipping = Decimal(action.arguments.get("refund_shipping_price", "0"))
    try:
        return price + shipping < Decimal(str(record.get("total_order")))
    except InvalidOperation:
        return False  # an order without a readable total cannot be refunded in part


def _follow_lines(record, definition, now):
    """Touch the order, and move it when its lines leave it no other status.

    Refused and canceled lines do not count, unless there are no others.
    """
    record.touch(now)
    statuses = {line.get("lengow_status") for line in record.lines}
    status = _common_status(statuses - DROPPED_LINE_STATUSES or statuses)
    code = raw_status(definition, status)
    if code and status != record.get("lengow_status"):
        record.payload["lengow_status"] = status
        record.payload["marketplace_status"] = code


def _common_status(statuses):
    """Return the status of an order whose lines have these statuses, or None."""
    if len(statuses) == 1:
        return next(iter(statuses))
    if statuses == DROPPED_LINE_STATUSES:
        return "canceled"
    is_settled = statuses <= {"shipped", "closed", "refunded"}
    return "partial_refunded" if is_settled and "refunded" in statuses else None


def _add_tracking(record, action, now):
    """Add the parcel to the deliveries whose lines it holds.

    The tracking of the buyer's wish (no number yet) is filled first, so that a relay
    point stays with its parcel.
    """
    wanted = action.arguments.get("line")
    for package in record.packages:
        delivery = package.get("delivery")
        ids = [
            line.get("marketplace_order_line_id")
            for line in objects_in(package.get("cart"))
            if wanted in (None, str(line.get("marketplace_order_line_id")))
        ]
        if ids and isinstance(delivery, dict):
            _fill_tracking(delivery, action, ids, now)


def _fill_tracking(delivery, action, line_ids, now):
    """Write the parcel of an action into the trackings of one delivery."""
    trackings = delivery["trackings"] = objects_in(delivery.get("trackings"))
    tracking = next((t for t in trackings if not t.get("number")), None)
    if tracking is None:
        tracking = {"relay": {"id": None, "name": None, "type": None}}
        trackings.append(tracking)
    tracking.update(
        number=action.arguments.get("tracking_number"),
        method=action.arguments.get("shipping_method"),
        carrier=action.arguments.get("carrier_name") or action.arguments.get("carrier"),
        url=action.arguments.get("tracking_url"),
        is_delivered_by_marketplace=False,
        parcel_weight=None,
        shipped_at=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        marketplace_order_line_ids=line_ids,
    )
