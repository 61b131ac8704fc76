"""Lines that are elsewhere than their order: what they still take, and what shows."""

from ...lengow_api import BEFORE_SHIPMENT_STATUSES


def lines_apart(order, rule):
    """Return the lines that take an action by themselves: their order is elsewhere.

    Only until it is shipped: of what has ended, marketplaces leave lines as they were.

    :param lengow.order order: one
    :param ActionRule rule: of the action
    :rtype: lengow.order.line
    """
    is_apart = (
        rule.is_per_line
        and order.lengow_status in BEFORE_SHIPMENT_STATUSES
        and not rule.is_allowed_at(order.lengow_status)
    )
    return order.line_ids.filtered(
        lambda line: (
            is_apart
            and line.quantity > 0
            and line.lengow_line_ref
            and line.lengow_status
            and rule.is_allowed_at(line.lengow_status)
        )
    )


def takes(order, action):
    """Whether the marketplace still takes an action, for the line that it names.

    :param lengow.order order: one
    :param lengow.action action: of it
    :rtype: bool
    """
    rule = order._verdict(action.kind).rule
    apart = rule and lines_apart(order, rule)
    return bool(rule) and (not apart or _names_one_of(action, apart))


def shows(order, action):
    """Whether an order shows what an action leads to.

    A line that is behind its order does not.

    :param lengow.order order: one
    :param lengow.action action: of it
    :rtype: bool
    """
    rule = order._find_action_rule(action.kind)
    if rule and _names_one_of(action, lines_apart(order, rule)):
        return False
    return action.kind in order._actions_behind()


def _names_one_of(action, lines):
    ref = (action.parameters or {}).get("line")
    return ref in lines.mapped("lengow_line_ref")
