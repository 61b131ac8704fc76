"""What a marketplace is told about a credit note: the arguments of its action."""

from dataclasses import dataclass
from decimal import Decimal

from ..lengow_api import ActionRule, Argument, is_blank
from .carriers import clean

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Credit:
    """What is given back of a line, or of a whole order.

    Amounts are with tax, in the order's currency.

    :ivar ordered: pieces that were ordered; zero for a whole order
    :ivar quantity: pieces that are given back
    :ivar full: what was paid for it
    :ivar amount: what is given back, without the shipping
    :ivar tax: the part of `amount` that is tax
    :ivar shipping: what is given back of the shipping
    :ivar shipping_tax: the part of `shipping` that is tax
    :ivar reason: in words
    """

    ordered: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    full: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)
    shipping: Decimal = Decimal(0)
    shipping_tax: Decimal = Decimal(0)
    reason: str | None = None

    @property
    def is_partial(self) -> bool:
        """Whether less than everything is given back."""
        return self.quantity < self.ordered or self.amount + CENT / 2 < self.full


def refund_arguments(rule: ActionRule, credit: Credit) -> dict[str, str]:
    """Return the arguments of a refund action that a credit tells, without its line.

    :return: argument name to value; what the marketplace demands may be missing
    """
    values: dict[str, str] = {}
    for argument in sorted(rule.arguments.values(), key=lambda a: bool(a.depends_on)):
        is_required = argument.is_required(values)
        if argument.name == "line" or (argument.depends_on and not is_required):
            continue
        value = _value_of(argument, credit, is_required)
        if is_blank(value) and is_required:
            value = argument.default
        if not is_blank(value):
            values[argument.name] = value
    return values


def price_argument(rule: ActionRule) -> str | None:
    """Return the argument that says how much of the goods' price is given back."""
    return next((a.name for a in rule.arguments.values() if _is_goods_price(a)), None)


def is_told(rule: ActionRule, credit: Credit, values: dict[str, str]) -> bool:
    """Whether these arguments say how much is given back, no more and no less.

    Without a quantity or an amount a marketplace gives everything back.
    """
    if not credit.is_partial:
        return True
    told = {name: rule.arguments[name] for name in values if name in rule.arguments}
    if any(_is_goods_price(argument) for argument in told.values()):
        return True
    by_quantity = any(argument.type == "quantity" for argument in told.values())
    if not by_quantity or not credit.ordered:
        return False
    share = credit.full * credit.quantity / credit.ordered
    return abs(share - credit.amount) <= CENT


def _value_of(argument: Argument, credit: Credit, is_required: bool) -> str | None:
    if argument.type == "quantity":
        wanted = is_required or credit.quantity < credit.ordered
        return (
            f"{credit.quantity.normalize():f}" if wanted and credit.quantity else None
        )
    if argument.type == "price":
        return _price(argument, credit, is_required)
    if "reason" in argument.name.split("_"):
        return _reason(argument, credit)
    return None


def _price(argument: Argument, credit: Credit, is_required: bool) -> str | None:
    """Name amounts where they are demanded, or differ from what was paid."""
    words = set(argument.name.split("_"))
    is_tax = bool({"tax", "taxes"} & words)
    if "shipping" in words:
        amount = credit.shipping_tax if is_tax else credit.shipping
        wanted = is_required or (bool(amount) and not is_tax)
    else:
        amount = credit.tax if is_tax else credit.amount
        wanted = is_required or (credit.is_partial and not is_tax)
    return f"{amount.quantize(CENT):f}" if wanted else None


def _is_goods_price(argument: Argument) -> bool:
    return argument.type == "price" and not (
        {"shipping", "tax", "taxes"} & set(argument.name.split("_"))
    )


def _reason(argument: Argument, credit: Credit) -> str | None:
    """Return the reason by the marketplace's name; its list may have the words."""
    if not credit.reason:
        return None
    for code, label in argument.choices.items():
        if clean(credit.reason) in (clean(code), clean(label)):
            return code
    return None if argument.is_closed_list else credit.reason
