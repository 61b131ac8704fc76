"""What a marketplace is told about a parcel: the arguments of its own ship action."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from ..lengow_api import ActionRule, Argument, is_blank

# Lengow's names of the arguments that say who carries the parcel.
CARRIER_ARGUMENTS = ("carrier", "custom_carrier", "carrier_name")
MAX_LENGTH = 255


@dataclass(frozen=True, slots=True)
class Shipment:
    """What Odoo knows about a parcel.

    :ivar carrier_code: the marketplace's code that the delivery method is mapped to
    :ivar method: the name of the merchant's delivery method
    :ivar number: tracking number
    :ivar url: where the parcel can be followed
    :ivar return_number: tracking number of the return label in the parcel
    :ivar shipped_at: when it left, ISO 8601 with its zone
    :ivar invoice_number: of the posted invoice of what is in it
    :ivar wished_carrier: carrier that the order itself names, as the marketplace's code
    :ivar wished_method: shipping method that the buyer chose
    """

    carrier_code: str | None = None
    method: str | None = None
    number: str | None = None
    url: str | None = None
    return_number: str | None = None
    shipped_at: str | None = None
    invoice_number: str | None = None
    wished_carrier: str | None = None
    wished_method: str | None = None


def ship_arguments(rule: ActionRule, shipment: Shipment) -> dict[str, str]:
    """Return the arguments of a ship action that can be told, without its line.

    Only what the marketplace declares is there, nothing blank, and a marketplace's own
    default only where it demands the argument. What depends on other arguments comes
    after them, and only where its condition holds.

    :return: argument name to value; what the marketplace demands may be missing
    """
    values: dict[str, str] = {}
    # an unconditional argument may be what the condition of another is about
    for argument in sorted(rule.arguments.values(), key=lambda a: bool(a.depends_on)):
        is_required = argument.is_required(values)
        if argument.depends_on and not is_required:
            continue
        value = _value_of(argument, rule, shipment, is_required)
        if is_blank(value) and is_required:
            value = argument.default
        if not is_blank(value) and _fits(argument, value):
            values[argument.name] = str(value)[:MAX_LENGTH]
    return values


def is_told_by_delivery(name: str) -> bool:
    """Whether an argument is taken from a delivery, rather than entered by a person."""
    return name in _TELLERS


def quantity_argument(rule: ActionRule) -> str | None:
    """Return the argument that says how many pieces of a line, None without one."""
    return next(
        (
            argument.name
            for argument in rule.arguments.values()
            if argument.type == "quantity"
        ),
        None,
    )


def number_text(number: float) -> str:
    """Write a number of pieces as it is said: no needless decimals, no exponent."""
    return f"{Decimal(str(round(number, 6))).normalize():f}"


def is_carrier_missing(rule: ActionRule, shipment: Shipment) -> bool:
    """Whether a marketplace lists carriers and the delivery method is none of them."""
    if shipment.carrier_code or not shipment.method:
        return False
    return any(
        rule.arguments[name].choices
        for name in CARRIER_ARGUMENTS
        if name in rule.arguments
    )


def _value_of(
    argument: Argument, rule: ActionRule, shipment: Shipment, is_required: bool
) -> str | None:
    teller = _TELLERS.get(argument.name)
    return teller(argument, rule, shipment, is_required) if teller else None


def _fits(argument: Argument, value: str) -> bool:
    """Whether an optional value may go; a required one that does not fit is shown."""
    return argument.required or argument.fault_of(value) is None


def _carrier(
    argument: Argument, rule: ActionRule, shipment: Shipment, is_required: bool
) -> str | None:
    if shipment.carrier_code:
        return shipment.carrier_code
    if not shipment.method:
        wished = shipment.wished_carrier
        return wished if wished in argument.choices else None
    # Not mapped: its own name where any will do, else nothing rather than a wrong one.
    return None if argument.is_closed_list else shipment.method


def _carrier_name(
    argument: Argument, rule: ActionRule, shipment: Shipment, is_required: bool
) -> str | None:
    """Name the carrier in words, where a condition or the marketplace demands it."""
    if argument.choices:
        return _carrier(argument, rule, shipment, is_required)
    if is_required or "carrier" not in rule.arguments:
        return shipment.method
    return None


def _shipping_method(
    argument: Argument, rule: ActionRule, shipment: Shipment, is_required: bool
) -> str | None:
    """Sent only where demanded: a wrong one is worse than none."""
    if not is_required:
        return None
    named = (shipment.wished_method, shipment.method)
    if not argument.is_closed_list:
        return next(filter(None, named), None)
    return next((name for name in named if name in argument.choices), None)


def _return_carrier(
    argument: Argument, rule: ActionRule, shipment: Shipment, is_required: bool
) -> str | None:
    return shipment.carrier_code if shipment.return_number else None


def _fact(name: str) -> Callable:
    def tell(_argument, _rule, shipment, _is_required):
        return getattr(shipment, name)

    return tell


# The arguments that Odoo tells; all others are for a person to enter.
_TELLERS = {
    "carrier": _carrier,
    "custom_carrier": _carrier_name,
    "carrier_name": _carrier_name,
    "shipping_method": _shipping_method,
    "tracking_number": _fact("number"),
    "tracking_url": _fact("url"),
    "return_tracking_number": _fact("return_number"),
    "return_carrier": _return_carrier,
    "shipping_date": _fact("shipped_at"),
    "invoice_number": _fact("invoice_number"),
}
