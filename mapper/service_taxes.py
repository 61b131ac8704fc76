"""Which taxes are on what is paid beside the goods: shipping, fee, discount, ...

as set ──► as the largest line ◄─────────────────┐
       ├─► as the marketplace tells ── not told, or fits no tax of ours
       ├─► in proportion to the goods: a line for each of their taxes, summing exactly
       └─► as on the product
"""

from decimal import Decimal
from typing import NamedTuple

from ..lengow_api import OrderAmounts, allocate
from .taxes import SHARES, TaxDoubt, is_collected_by_marketplace

# What a marketplace rounds away of each amount that it tells.
HALF_A_UNIT = Decimal("0.5")


class Taxed(NamedTuple):
    """A line beside the goods: what is paid for it, and its taxes."""

    amount: Decimal
    taxes: object


class ServiceTaxes:
    """Taxes what is paid beside the goods of one sale order."""

    def __init__(self, taxes, draft, fiscal_position):
        """Look at the goods, whose taxes count.

        :param TaxMapper taxes: of the account
        :param SaleDraft draft: the sale order to come
        :param account.fiscal.position fiscal_position: of it; maybe empty
        """
        self.taxes, self.draft = taxes, draft
        self.fiscal_position = fiscal_position
        self.policy = draft.plan.order.marketplace_id._setting("service_tax_policy")
        self.goods = {
            kept.product: taxes.taxes(kept.product, fiscal_position)
            for kept in draft.lines
        }
        self.dominant = taxes.service_taxes(self.goods[draft.dominant_product])
        self.told = self.doubt = None
        if self.policy == "told":
            self._find_told()

    def split(self, product, amount, is_charged):
        """Return the lines that an amount becomes, which sum exactly to it.

        :param product.product product: that it is sold as
        :param Decimal amount: with tax
        :param bool is_charged: whether the buyer is charged it for shipping or as a fee
        :rtype: list[Taxed]
        """
        if self.policy == "product":
            return [Taxed(amount, self.taxes.taxes(product, self.fiscal_position))]
        if self.policy == "proportion":
            return self._in_proportion(amount)
        if self.told and is_charged:
            return [Taxed(amount, self.told)]
        return [Taxed(amount, self.dominant)]

    # === IN PROPORTION === #

    def _in_proportion(self, amount):
        """Share an amount among the taxes of the goods, by what is paid for these."""
        paid = {}
        for kept in self.draft.lines:
            taxes = self.taxes.service_taxes(self.goods[kept.product])
            paid[taxes] = paid.get(taxes, Decimal(0)) + kept.line.amount
        weights = list(paid.values())
        if not any(weights) or min(weights) < 0:
            return [Taxed(amount, self.dominant)]
        digits = self.draft.plan.currency.decimal_places
        parts = allocate(amount, weights, digits)
        return [Taxed(part, t) for t, part in zip(paid, parts, strict=True) if part]

    # === AS TOLD === #

    def _find_told(self):
        """Find the tax that the marketplace charged on shipping and fee."""
        content = self.draft.plan.content
        charged = (content.shipping or 0) + (content.processing_fee or 0)
        tax = self._told_tax(content)
        if not (charged > 0 and tax and self.draft.shipping + self.draft.fee):
            return
        unit = Decimal(1).scaleb(-self.draft.plan.currency.decimal_places)
        # The tax of shipping is what the others leave of the total: all are rounded.
        bearable = unit * HALF_A_UNIT * (len(content.lines) + 2)
        deviations = {
            taxes: abs(_share_of(taxes) * charged - tax) for taxes in self._candidates()
        }
        fitting = [taxes for taxes, by in deviations.items() if by <= bearable]
        if self.dominant in fitting:
            self.told = self.dominant
        elif fitting:
            self.told = min(fitting, key=deviations.get)
        else:
            self.doubt = self._doubt(charged, tax)

    def _told_tax(self, content):
        """Return the tax that is left for shipping and fee, None where it is not told.

        Zero means that a channel tells none of it, or that of the goods alone.
        """
        definition = self.draft.plan.order.marketplace_id._find_definition()
        amounts = OrderAmounts(content, definition)
        by_line = [line.tax for line in amounts.kept_lines]
        is_whole = not (
            amounts.left_out_lines
            or content.discount
            or self.draft.difference
            or is_collected_by_marketplace(content)
        )
        if not (is_whole and content.total_tax) or None in by_line:
            return None
        rest = content.total_tax - sum(by_line)
        return rest if rest > 0 else None

    def _candidates(self):
        """Return the taxes that it may be, the likelier ones first.

        :rtype: list[account.tax]
        """
        ours = [self.taxes.service_taxes(taxes) for taxes in self.goods.values()]
        others = self.taxes.of_position(self.fiscal_position)
        found = dict.fromkeys([self.dominant, *ours, *others])
        return [taxes for taxes in found if taxes and _share_of(taxes) is not None]

    def _doubt(self, charged, tax):
        plan = self.draft.plan
        digits = plan.currency.decimal_places
        return TaxDoubt(
            self.taxes.env._("Tax of shipping fits none of yours"),
            self.taxes.env._(
                "The marketplace charged %(tax)s %(currency)s of tax on shipping and "
                "fee of %(charged)s %(currency)s, which fits no tax of %(company)s. "
                "That of the largest line was taken: check it.",
                tax=f"{tax:.{digits}f}",
                charged=f"{charged:.{digits}f}",
                currency=plan.currency.name,
                company=self.taxes.company.name,
            ),
        )


def _share_of(taxes):
    """Return which part of an amount with tax these taxes are, None if it varies.

    :param account.tax taxes: of one line
    :rtype: Decimal | None
    """
    parts = taxes.flatten_taxes_hierarchy()
    if any(part.amount_type not in SHARES for part in parts):
        return None
    if len(parts) != 1:
        return None
    rate = Decimal(str(parts.amount)) / 100
    return rate if parts.amount_type == "division" else rate / (1 + rate)
