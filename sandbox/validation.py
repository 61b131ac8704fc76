"""Checking of an action against the definition of its marketplace.

What is refused here is refused at once, with 400; what only the marketplace can know
fails later, in :mod:`sandbox.effects`.
"""

import re
from datetime import datetime
from decimal import Decimal, InvalidOperation

from .errors import ApiError
from .times import parse_time

ENVELOPE = ("account_id", "marketplace", "marketplace_order_id", "action_type")
"""Fields of a call that are no arguments of the action."""

MAX_LENGTH = 255  # characters of one argument


def check_action(record, definition, action_type, arguments):
    """Check an action for an order and return its arguments as texts.

    Empty arguments count as not given. An argument that depends on another one is
    mandatory when its condition holds, even if it is listed as optional; when it does
    not hold, a value does no harm. A line that has a status of its own is what counts,
    wherever its order is.

    :param OrderRecord record: the order
    :param dict definition: of its marketplace
    :param dict arguments: as sent
    :return: name -> text, only of arguments with a value
    :raise ApiError: 400 that names the action, the status or the argument
    """
    rule = definition["orders"]["actions"].get(action_type)
    if rule is None:
        raise ApiError(400, f"Action {action_type} is not available on the marketplace")
    values = given_values(arguments)
    line = record.line(values.get("line"))
    status = record.get("lengow_status")
    own = (line and line.get("lengow_status")) or status
    check_status(own, rule, action_type, "order" if own == status else "line")
    check_unknown(values, rule, action_type)
    check_mandatory(values, rule, action_type)
    for name, value in values.items():
        check_value(name, value, describe(rule, name), record, values)
    return values


def check_status(status, rule, action_type, what):
    """Refuse an action at a status it is not for.

    An empty list of statuses (Amazon's shipping service) does not bind the action.
    """
    if rule["status"] and status not in rule["status"]:
        allowed = ", ".join(rule["status"])
        message = f"Action {action_type} is not allowed: the {what} is {status}"
        raise ApiError(400, f"{message}, not {allowed}")


def given_values(arguments):
    """Return the arguments that have a value, as texts.

    :raise ApiError: 400 for a value that is no text and no number, or too long
    """
    values = {}
    for name, value in arguments.items():
        if value is None or value == "":
            continue
        if isinstance(value, bool | dict | list):
            raise ApiError(400, f"Argument {name} must be a string")
        values[name] = str(value).strip()
        if not values[name] or len(values[name]) > MAX_LENGTH:
            raise ApiError(400, f"Argument {name} must have 1 to {MAX_LENGTH} letters")
    return values


def check_unknown(values, rule, action_type):
    """Refuse arguments that the action does not have."""
    known = {*rule["args"], *rule["optional_args"]}
    if unknown := sorted(set(values) - known):
        raise ApiError(400, f"Argument {unknown[0]} is unknown for {action_type}")


def check_mandatory(values, rule, action_type):
    """Refuse an action without one of its mandatory arguments."""
    for name in [*rule["args"], *rule["optional_args"]]:
        depends_on = describe(rule, name).get("depends_on")
        needed = holds(depends_on, values) if depends_on else name in rule["args"]
        if needed and name not in values:
            raise ApiError(400, f"Argument {name} is mandatory for {action_type}")


def describe(rule, name):
    """Return the description of an argument; the 2016 definitions have none."""
    return rule.get("args_description", {}).get(name, {"type": "string"})


def holds(depends_on, values):
    """Tell whether a condition on other arguments of the same action holds.

    :param dict depends_on: ``{operation: allOf, conditions: [{function: equals, value,
        key_path: {root: action_data, path: <argument>}}]}``
    """
    return all(
        values.get(condition["key_path"]["path"]) == str(condition["value"])
        for condition in depends_on["conditions"]
    )


def check_value(name, value, description, record, values):
    """Check the type of one value, and its list where only listed values are taken.

    ``line`` always is the number of a line, although Amazon's shipping service calls it
    a string and the definitions of 2016 describe nothing.
    """
    kind = "line_number" if name == "line" else description["type"]
    if kind in CHECKS and not CHECKS[kind](value, record, values):
        raise ApiError(400, f"Argument {name} is not a valid {kind}: {value}")
    choices = description.get("valid_values")
    is_closed = choices and not description.get("accept_free_values", True)
    if is_closed and value not in choices:
        raise ApiError(400, f"Argument {name} cannot be {value}")


def _is_line(value, record, _values):
    """Tell whether a value is the number of a line of the order."""
    return record.line(value) is not None


def _is_quantity(value, record, values):
    """Tell whether a value is a whole number of pieces that the line has."""
    if not re.fullmatch(r"[1-9][0-9]*", value):
        return False
    line = record.line(values.get("line"))
    ordered = line.get("quantity") if line else None
    return not isinstance(ordered, int) or int(value) <= ordered


def _is_price(value, _record, _values):
    """Tell whether a value is an amount of zero or more with at most two decimals."""
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return False
    return amount.is_finite() and amount >= 0 and amount.as_tuple().exponent >= -2


def _is_date(value, _record, _values):
    """Tell whether a value is an ISO 8601 date or date-time."""
    return isinstance(parse_time(value), datetime)


CHECKS = {
    "line_number": _is_line,
    "quantity": _is_quantity,
    "price": _is_price,
    "date": _is_date,
}
