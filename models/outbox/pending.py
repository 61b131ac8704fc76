"""What was asked for and does not show yet, and what of it can still be undone."""

from odoo import fields

from ...lengow_api import REFUND_DUE_STATUSES
from .apart import shows
from .kinds import DECISION_KINDS, OWN_KINDS, REFUND_KINDS, kind_of
from .ledger import is_seen
from .lengow_action import OPEN_STATES


def pending_actions(order):
    """Return what a marketplace was asked for and the order does not show yet.

    What is done counts until the order was read again, unless it was a part and the
    rest can still be asked for.

    :param lengow.order order: one
    :rtype: lengow.action
    """
    asked = order.action_ids.filtered(
        lambda action: action.kind not in OWN_KINDS and not shows(order, action)
    )
    return asked.filtered(
        lambda action: (
            action.state in OPEN_STATES
            or (
                action.state == "done"
                and not is_seen(order, action)
                and _is_to_show(order, action.kind)
            )
        )
    )


def leaves_work(order, action):
    """Whether more of the same is to be decided than what was asked for last.

    Of an order that is decided line by line, the other lines still wait for somebody.

    :param lengow.order order: one
    :param lengow.action action: of :func:`pending_actions`, or none
    :rtype: bool
    """
    return action.kind in DECISION_KINDS and bool(order._possible_among(DECISION_KINDS))


def progress_of(actions):
    """Return what is said of an order while actions are under way.

    :param lengow.action actions: of :func:`pending_actions`
    :rtype: str
    """
    actions = actions.sorted("id")
    last = actions[-1:].kind
    # The lines of an order may be decided both ways at once.
    alike = DECISION_KINDS if last in DECISION_KINDS else (last,)
    kinds = dict.fromkeys(kind for kind in actions.mapped("kind") if kind in alike)
    return " ".join(kind_of(kind).progress(actions.env) for kind in kinds)


def undoable_actions(order):
    """Return what a person has asked for, while it is held back.

    :param lengow.order order: one
    :rtype: lengow.action
    """
    now = fields.Datetime.now()
    return order.action_ids.filtered(
        lambda action: (
            action._is_fresh() and action.next_try_at and action.next_try_at > now
        )
    )


def _is_to_show(order, kind):
    """Whether the order is to show what was done, and there is no rest to ask for.

    An order that was refunded may stay shipped for ever.
    """
    if kind in REFUND_KINDS and order.lengow_status not in REFUND_DUE_STATUSES:
        return False
    rule = order._find_action_rule(kind)
    return bool(rule) and order._is_under_way(kind, rule)
