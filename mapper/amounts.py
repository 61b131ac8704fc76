"""Amounts that Lengow converts: in whole cents, and told apart from the buyer's own."""

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal

from ..lengow_api import allocate, round_currency


def in_whole_units(content, amounts, digits):
    """Return an order whose amounts are whole units of its currency, and sum as before.

    Amounts that Lengow converts may have more decimals. The buyer pays their sum,
    rounded once; rounding each of them could miss it by a cent.

    :param lengow_api.Order content: as Lengow sent it
    :param lengow_api.OrderAmounts amounts: of this order
    :param int digits: decimal places of the currency
    :rtype: lengow_api.Order
    """
    parts = [line.amount for line in amounts.kept_lines]
    parts += [content.shipping or Decimal(0), content.processing_fee or Decimal(0)]
    if all(part == round_currency(part, digits) for part in parts):
        return content
    *line_parts, shipping, fee = _in_whole_units(parts, digits)
    # In the order of the lines: lines that are equal may get different parts.
    kept, remaining = set(amounts.kept_lines), iter(line_parts)
    packages = tuple(
        replace(
            package,
            lines=tuple(
                replace(line, amount=next(remaining)) if line in kept else line
                for line in package.lines
            ),
        )
        for package in content.packages
    )
    return replace(content, packages=packages, shipping=shipping, processing_fee=fee)


def _in_whole_units(parts, digits):
    """Return parts in whole units that sum to what all of them do, rounded once."""
    if min(parts) >= 0:
        return allocate(sum(parts), parts, digits)
    unit = Decimal(1).scaleb(-digits)
    whole = [part.quantize(unit, rounding=ROUND_FLOOR) for part in parts]
    missing = int((round_currency(sum(parts), digits) - sum(whole)) / unit)
    by_remainder = sorted(range(len(parts)), key=lambda i: whole[i] - parts[i])
    for index in by_remainder[:missing]:
        whole[index] += unit
    return whole


def are_converted(before, after):
    """Whether two states of an order compare by the buyer's own amounts.

    Lengow converts at the rate of the day, so that its amounts change by themselves.

    :param lengow_api.Order before, after: the states
    """
    return None not in (before.original_total_order, after.original_total_order)


def amount_of(part, name, is_converted):
    """Return an amount, in the buyer's own currency where it is converted and told.

    :param part: a lengow_api.Order, or one of its lines
    :param str name: of the amount
    :param bool is_converted: as :func:`are_converted` tells
    :rtype: Decimal | None
    """
    original = getattr(part, f"original_{name}") if is_converted else None
    return getattr(part, name) if original is None else original
