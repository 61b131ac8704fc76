"""What the parts of an order must add up to, and amounts split and rounded exactly.

Every amount of the API includes tax; a line's ``amount`` is the total of the line,
not a unit price. Amounts are in the currency of the order's ``currency``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from functools import cached_property

from .marketplace import MarketplaceDefinition
from .parts import Line
from .payload import Order
from .status import (
    GIVEN_BACK_STATUSES,
    LEFT_OUT_LINE_STATUSES,
    SENT_STATUSES,
    resolve_status,
)

#: Lengow's total when it has no exchange rate for the order's currency.
NO_EXCHANGE_RATE = Decimal(-1)

ZERO = Decimal(0)


def round_currency(amount: Decimal, digits: int = 2) -> Decimal:
    """Round half away from zero to the decimal places of a currency."""
    return amount.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def allocate(
    total: Decimal, weights: Sequence[Decimal], digits: int = 2
) -> list[Decimal]:
    """Split a total in proportion to weights, so that the parts sum exactly to it.

    The total is rounded to the currency first. What rounding leaves goes in single
    units to the largest remainders, the earlier part winning a tie. Weights that are
    all zero count as equal.

    :param weights: one number per part, none negative.
    :return: one amount per weight; no weights give no parts when there is nothing
        to split.
    :raise ValueError: for a negative weight, or for no weights and a total.
    """
    unit = Decimal(1).scaleb(-digits)
    units = int(round_currency(total, digits) / unit)
    if not weights and not units:
        return []
    if not weights or min(weights) < 0:
        raise ValueError("An amount needs non-negative weights to be split by.")
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    shares = _largest_remainder(abs(units), weights)
    return [(share if units >= 0 else -share) * unit for share in shares]


def _largest_remainder(units: int, weights: Sequence[Decimal]) -> list[int]:
    weight_sum = sum(weights)
    ideal = [units * Decimal(weight) / weight_sum for weight in weights]
    shares = [int(part.to_integral_value(ROUND_FLOOR)) for part in ideal]
    by_remainder = sorted(
        range(len(shares)), key=lambda index: shares[index] - ideal[index]
    )
    for index in by_remainder[: units - sum(shares)]:
        shares[index] += 1
    return shares


@dataclass(frozen=True)
class OrderAmounts:
    """The lines of an order that count, and what they and the extras sum to.

    A line is left out when it is canceled or refused, when it was refunded before
    anything left, or when its quantity is not above zero. A quantity that is missing or
    unreadable never leaves a line out quietly: such a line is in neither list but in
    ``unreadable_lines``.
    """

    order: Order
    definition: MarketplaceDefinition | None = None

    @property
    def kept_lines(self) -> tuple[Line, ...]:
        """Lines to sell: alive, with a quantity above zero."""
        return self._lines_by_fate["kept"]

    @property
    def left_out_lines(self) -> tuple[Line, ...]:
        """Lines that the buyer does not get: canceled, refused, or zero pieces."""
        return self._lines_by_fate["left_out"]

    def is_given_back(self, line: Line) -> bool:
        """Whether a line, sent or not, is refunded or about to be."""
        return resolve_status(line, self.definition)[0] in GIVEN_BACK_STATUSES

    @property
    def unreadable_lines(self) -> tuple[Line, ...]:
        """Living lines whose quantity cannot be told."""
        return self._lines_by_fate["unreadable"]

    @property
    def lines_total(self) -> Decimal:
        """Sum of the kept lines."""
        return _sum(line.amount for line in self.kept_lines)

    @property
    def kept_total(self) -> Decimal:
        """What the buyer pays for what is kept: lines, shipping, processing fee."""
        extras = (self.order.shipping, self.order.processing_fee)
        return self.lines_total + _sum(extras)

    @property
    def left_out_total(self) -> Decimal:
        """Sum of the lines that are left out."""
        return _sum(line.amount for line in self.left_out_lines)

    @property
    def no_exchange_rate(self) -> bool:
        """Whether Lengow says that it could not convert this order's amounts."""
        return self.order.total_order == NO_EXCHANGE_RATE

    @cached_property
    def _lines_by_fate(self) -> dict[str, tuple[Line, ...]]:
        fates = [(self._fate(line), line) for line in self.order.lines]
        return {
            fate: tuple(line for its_fate, line in fates if its_fate == fate)
            for fate in ("kept", "left_out", "unreadable")
        }

    @cached_property
    def _has_left(self) -> bool:
        """Whether the order says that its goods have left."""
        return resolve_status(self.order, self.definition)[0] in SENT_STATUSES

    def _fate(self, line: Line) -> str:
        if resolve_status(line, self.definition)[0] in LEFT_OUT_LINE_STATUSES:
            return "left_out"
        if self.is_given_back(line) and not self._has_left:
            return "left_out"
        if line.quantity is None:
            return "unreadable"
        return "kept" if line.quantity > 0 else "left_out"


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """How the sum of an order's parts compares with the total Lengow announces.

    :ivar expected: kept lines plus shipping plus fee, rounded to the currency.
    :ivar announced: ``total_order``, rounded; None when the order has none.
    :ivar difference: announced minus expected; None without an announced total.
    :ivar rule: why that is in order: ``"equal"``; ``"left_out_lines"``, the announced
        total still holds lines that are left out; ``"order_discount"``, it is lower
        by exactly the order's discount; ``"left_out_lines_and_order_discount"``, both.
        None: not in order.
    :ivar discount: what the rule takes from the sum of the parts, zero or more.
    :ivar no_exchange_rate: the announced total is -1, so no amount can be trusted.
    """

    expected: Decimal
    announced: Decimal | None
    difference: Decimal | None
    rule: str | None
    no_exchange_rate: bool = False
    discount: Decimal = ZERO

    @property
    def is_explained(self) -> bool:
        """Whether the order may be confirmed as far as its total goes."""
        return self.rule is not None

    @property
    def payable(self) -> Decimal:
        """What the buyer pays for what is kept."""
        return self.expected - self.discount


def reconcile(
    order: Order,
    digits: int = 2,
    definition: MarketplaceDefinition | None = None,
) -> Reconciliation:
    """Hold what the parts of an order sum to against its announced total.

    :param digits: decimal places of the order's currency.
    :param definition: resolves the states of lines that have no ``lengow_status``.
    """
    amounts = OrderAmounts(order, definition)
    expected = round_currency(amounts.kept_total, digits)
    if order.total_order is None:
        return Reconciliation(expected, None, None, None)
    announced = round_currency(order.total_order, digits)
    difference = announced - expected
    if amounts.no_exchange_rate:
        return Reconciliation(expected, announced, difference, None, True)
    rule = None
    if not amounts.unreadable_lines:
        rule = _explaining_rule(difference, amounts, digits)
    discount = ZERO
    if rule and "order_discount" in rule:
        discount = abs(round_currency(order.discount or ZERO, digits))
    return Reconciliation(
        expected, announced, difference, rule, False, discount=discount
    )


def _explaining_rule(
    difference: Decimal, amounts: OrderAmounts, digits: int
) -> str | None:
    """Name what explains a difference exactly.

    A kept line without amount counts as zero, and then only plain equality is proof.
    The API does not say which sign a discount has: its size is what is compared.
    """
    if not difference:
        return "equal"
    if any(line.amount is None for line in amounts.kept_lines):
        return None
    left_out = round_currency(amounts.left_out_total, digits)
    discount = abs(round_currency(amounts.order.discount or ZERO, digits))
    rules = {
        # where two come to the same, the later and plainer one counts
        left_out - discount: "left_out_lines_and_order_discount",
        -discount: "order_discount",
        left_out: "left_out_lines",
    }
    return rules.get(difference)


def _sum(amounts) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)
