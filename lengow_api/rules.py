"""The rule of one action: which arguments, which values, at which states."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .decimals import to_decimal
from .errors import PayloadError
from .reader import Reader, clean_text, parse_moment

# The definitions of 2016 describe no types: there, the name tells.
QUANTITY_NAMES = ("quantity", "shipped_quantity", "cancel_quantity", "refund_quantity")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*", re.A)


def read_choices(value: object) -> dict[str, str]:
    """Return code to label from ``{code: {label}}``, ``{code: label}`` or a list."""
    if isinstance(value, list):
        value = {clean_text(item): None for item in value}
    if not isinstance(value, dict):
        return {}
    return {code: _label(code, entry) for code, entry in value.items() if code}


def _label(code: str, entry: object) -> str:
    label = entry.get("label") if isinstance(entry, dict) else entry
    return clean_text(label) or code


@dataclass(frozen=True, slots=True)
class ArgumentFault:
    """One thing that is wrong with the arguments of an action.

    :ivar argument: name of the argument.
    :ivar reason: ``"missing"``, ``"unknown"`` (the channel does not declare it),
        ``"not_listed"`` (not in the closed list), ``"ill_typed"`` (no date, no
        quantity, no price) or ``"not_applicable"`` (its condition does not hold).
    """

    argument: str
    reason: str
    value: object = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of an action.

    :ivar type: ``string``, ``list``, ``line_number``, ``quantity``, ``date``,
        ``price``, or whatever Lengow adds later.
    :ivar choices: code to label; empty when the channel lists nothing.
    :ivar accepts_free_values: whether values outside ``choices`` are accepted.
    :ivar depends_on: Lengow's condition on the other arguments, None without one.
    """

    name: str
    type: str = "string"
    required: bool = False
    choices: dict[str, str] = field(default_factory=dict, repr=False, hash=False)
    default: str | None = None
    accepts_free_values: bool = True
    depends_on: dict | None = field(default=None, repr=False, hash=False)

    @classmethod
    def read(cls, name: str, required: bool, reader: Reader) -> "Argument":
        """Read an ``args_description`` entry; an absent one is a free string."""
        return cls(
            name=name,
            type=_type_of(name, reader),
            required=required,
            choices=read_choices(reader.get("valid_values")),
            default=reader.text("default_value"),
            # absent means true: definitions of 2016 have no such member
            accepts_free_values=reader.get("accept_free_values") is not False,
            depends_on=reader.child("depends_on").source or None,
        )

    @property
    def is_closed_list(self) -> bool:
        """Whether only the listed codes are accepted."""
        return bool(self.choices) and not self.accepts_free_values

    @property
    def condition_text(self) -> str | None:
        """The condition for a person, ``carrier = Other``; None without a known one."""
        reader = Reader(self.depends_on or {})
        parts = [
            f"{condition.child('key_path').text('path')} = {condition.text('value')}"
            for condition in reader.children("conditions")
            if condition.get("function") == "equals"
        ]
        glue = " or " if reader.get("operation") == "anyOf" else " and "
        return glue.join(parts) or None

    @property
    def condition(self) -> dict | None:
        """The condition as plain data, for who evaluates it while somebody types.

        :return: ``{"is_any": bool, "equal": [[argument, value], …]}``; None without a
            condition, or where it uses something this package does not know
        """
        if self.depends_on is None or holds(self.depends_on, {}) is None:
            return None
        reader = Reader(self.depends_on)
        return {
            "is_any": reader.get("operation") == "anyOf",
            "equal": [
                [one.child("key_path").text("path"), _as_text(one.get("value"))]
                for one in reader.children("conditions")
            ],
        }

    def applies(self, values: Mapping) -> bool:
        """Whether the argument may be sent beside these values of the others."""
        return holds(self.depends_on, values) is not False

    def is_required(self, values: Mapping) -> bool:
        """Whether the argument must be sent beside these values of the others.

        A conditional argument is what its condition calls for: Amazon's carrier name
        is listed as optional, and is demanded once the carrier is "Other".
        """
        condition = holds(self.depends_on, values)
        if self.depends_on is None or condition is None:
            return self.required
        return condition

    def fault_of(self, value: object) -> str | None:
        """Return why a value that is set cannot be sent, None when it can."""
        text = _as_text(value)
        if self.is_closed_list and text not in self.choices:
            return "not_listed"
        check = _TYPE_CHECKS.get(self.type)
        return "ill_typed" if check and not check(text) else None


@dataclass(frozen=True, slots=True)
class ActionRule:
    """What one action needs. ``statuses`` empty means that no state allows it."""

    name: str
    statuses: tuple[str, ...] = ()
    arguments: dict[str, Argument] = field(default_factory=dict, hash=False)

    @classmethod
    def read(cls, name: str, reader: Reader) -> "ActionRule":
        """Read one entry of a definition's ``actions``."""
        required = reader.texts("args")
        descriptions = reader.child("args_description")
        arguments = {
            argument: Argument.read(
                argument, argument in required, descriptions.child(argument)
            )
            for argument in (*required, *reader.texts("optional_args"))
        }
        return cls(name, reader.texts("status"), arguments)

    @property
    def is_per_line(self) -> bool:
        """Whether the action is sent once for each line of the order."""
        return "line" in self.arguments

    def values_named_for(self, name: str) -> tuple[str, ...]:
        """Return values of an argument that the conditions of others are about.

        A list need not have them: Amazon's carriers lack the "Other" that its carrier
        name depends on.
        """
        conditions = (
            condition
            for argument in self.arguments.values()
            for condition in Reader(argument.depends_on or {}).children("conditions")
            if condition.child("key_path").text("path") == name
        )
        values = (condition.text("value") for condition in conditions)
        return tuple(dict.fromkeys(value for value in values if value))

    def is_allowed_at(self, lengow_status: str) -> bool:
        """Whether an order in this state accepts the action."""
        return lengow_status in self.statuses

    def check(self, values: Mapping) -> tuple[ArgumentFault, ...]:
        """Return what Lengow or the channel would refuse in these arguments.

        :param values: argument name to value; None and blank count as not set.
        """
        given = {name: value for name, value in values.items() if not is_blank(value)}
        unknown = [
            ArgumentFault(name, "unknown", value)
            for name, value in given.items()
            if name not in self.arguments
        ]
        checked = (
            _check_argument(argument, given) for argument in self.arguments.values()
        )
        return (*unknown, *(fault for fault in checked if fault))


def _check_argument(argument: Argument, given: Mapping) -> ArgumentFault | None:
    if argument.name not in given:
        missing = argument.is_required(given)
        return ArgumentFault(argument.name, "missing") if missing else None
    value = given[argument.name]
    if not argument.applies(given):
        return ArgumentFault(argument.name, "not_applicable", value)
    reason = argument.fault_of(value)
    return ArgumentFault(argument.name, reason, value) if reason else None


def holds(rule: object, values: Mapping) -> bool | None:
    """Evaluate a ``depends_on`` rule against the arguments of an action.

    :param rule: ``{"operation": "allOf" | "anyOf", "conditions": [...]}`` with
        conditions ``{"function": "equals", "value": v, "key_path": {"root":
        "action_data", "path": name}}``; None always holds.
    :return: None when the rule uses something this package does not know, so that
        its outcome cannot be told.
    """
    if rule is None:
        return True
    reader = Reader(rule)
    outcomes = [_condition_holds(one, values) for one in reader.children("conditions")]
    operation = reader.get("operation")
    if not outcomes or operation not in ("allOf", "anyOf"):
        return None
    decisive = operation == "anyOf"
    if decisive in outcomes:
        return decisive
    return None if None in outcomes else not decisive


def _condition_holds(condition: Reader, values: Mapping) -> bool | None:
    key_path = condition.child("key_path")
    path = key_path.text("path")
    known = key_path.get("root") == "action_data" and path is not None
    if not known or condition.get("function") != "equals":
        return None
    return _as_text(values.get(path)) == _as_text(condition.get("value"))


def is_blank(value: object) -> bool:
    """Whether an argument counts as not set; Odoo's empty text is False."""
    return (
        value is None
        or value is False
        or (isinstance(value, str) and not value.strip())
    )


def _as_text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _type_of(name: str, reader: Reader) -> str:
    declared = reader.text("type") or "string"
    is_untold = declared == "string" and name in QUANTITY_NAMES
    return "quantity" if is_untold else declared


def _is_quantity(text: str) -> bool:
    return _is_number(text) and to_decimal(text) > 0


def _is_number(text: str) -> bool:
    try:
        return to_decimal(text) is not None
    except PayloadError:
        return False


def _is_price(text: str) -> bool:
    return _is_number(text) and to_decimal(text) >= 0


def _is_date(text: str) -> bool:
    return bool(_DATE.fullmatch(text)) and parse_moment(text) is not None


_TYPE_CHECKS = {"quantity": _is_quantity, "price": _is_price, "date": _is_date}
