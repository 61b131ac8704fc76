"""Orders whose VAT the marketplace pays itself: what of them is the merchant's."""

from dataclasses import replace
from decimal import Decimal

from ..lengow_api import allocate
from .taxes import is_collected_by_marketplace


def without_collected_tax(content, amounts, digits):
    """Return an order less the VAT that the marketplace keeps, where all of it is told.

    Told by line, or else for the order as a whole; what the lines do not explain of
    that is the tax of shipping and fee.

    :param lengow_api.Order content: in whole units of its currency
    :param lengow_api.OrderAmounts amounts: of this order
    :param int digits: decimal places of the currency
    :return: the same order if there is nothing to take off, or it is not known
    :rtype: lengow_api.Order
    """
    if not is_collected_by_marketplace(content):
        return content
    parts = [line.amount for line in amounts.kept_lines]
    extras = [content.shipping or Decimal(0), content.processing_fee or Decimal(0)]
    taxes = _told_taxes(content, amounts, parts, extras, digits)
    if not taxes or any(
        not 0 <= tax <= part for tax, part in zip(taxes, [*parts, *extras], strict=True)
    ):
        return content
    *line_taxes, shipping_tax, fee_tax = taxes
    kept, remaining = set(amounts.kept_lines), iter(line_taxes)
    return replace(
        content,
        packages=tuple(
            replace(
                package,
                lines=tuple(
                    replace(line, amount=line.amount - next(remaining))
                    if line in kept
                    else line
                    for line in package.lines
                ),
            )
            for package in content.packages
        ),
        shipping=extras[0] - shipping_tax,
        processing_fee=extras[1] - fee_tax,
    )


def _told_taxes(content, amounts, parts, extras, digits):
    """Return the tax in each line, in shipping and in the fee; nothing if not told."""
    by_line = [line.tax for line in amounts.kept_lines]
    total = content.total_tax or Decimal(0)
    if amounts.left_out_lines:
        total = Decimal(0)  # it is that of lines that are gone, too
    if by_line and all(tax is not None for tax in by_line) and any(by_line):
        rest = max(total - sum(by_line), Decimal(0)) if sum(extras) else Decimal(0)
        return [*by_line, *allocate(rest, extras, digits)]
    if total <= 0 or min([*parts, *extras]) < 0:
        return []
    return allocate(total, [*parts, *extras], digits)
