"""Tells people, before a sale order is confirmed, what about its taxes may be wrong.

An import of thousands of orders cannot stop for every doubt, and must not be silent
either: each order and its sale order say what is doubtful, and one activity per cause
calls somebody, until it is done.
"""

from odoo import models
from odoo.tools import format_amount

from ...mapper.sale_mapper import BESIDE
from ...mapper.taxes import TaxDoubt, is_collected_by_marketplace
from ...mapper.vat import is_declared_business

TAX_ACTIVITY = "lengow_connector.mail_activity_type_tax_doubt"


class LengowTaxWatch(models.AbstractModel):
    """Holds the taxes of new sale orders against what the marketplace says."""

    _name = "lengow.tax.watch"
    _description = "Doubts About Taxes of Lengow Orders"

    def _tell(self, drafts, sales):
        """Note every doubt on orders and sale orders, and call somebody.

        :param list[SaleDraft] drafts: with the doubts of their mapping
        :param sale.order sales: made of these drafts, in their order
        """
        doubts, sales_of = {}, {}
        for draft, sale in zip(drafts, sales, strict=True):
            order = draft.plan.order
            doubts.setdefault(order, {}).update(dict.fromkeys(draft.doubts))
            sales_of.setdefault(order, []).append((draft, sale))
        for order, pairs in sales_of.items():
            differing = self._doubt_difference(pairs)
            found = [*doubts[order], *([differing] if differing else [])]
            sentence = "\n".join(doubt.sentence for doubt in found) or False
            if order.tax_doubt != sentence:
                order.tax_doubt = sentence
            territory = next((d.territory for d, _sale in pairs if d.territory), False)
            if order.tax_territory != territory:
                order.tax_territory = territory
            if found:
                order._log_note(sentence)
                for _draft, sale in pairs:
                    sale._message_log(body=sentence)
                self._call_once(order, found)

    def _call_once(self, order, found):
        """Call somebody about each cause, unless a call for it is open."""
        account = order.account_id
        for doubt in found:
            if not self._is_called(order, doubt):
                order._call_person(
                    TAX_ACTIVITY,
                    doubt.summary,
                    doubt.sentence,
                    account._find_responsible(),
                )
                return  # one order has one call of a type; its text tells them all

    def _is_called(self, order, doubt):
        kind = self.env.ref(TAX_ACTIVITY, raise_if_not_found=False)
        open_calls = (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "lengow.order"),
                    ("activity_type_id", "=", kind.id if kind else False),
                    ("summary", "=", doubt.summary),
                ]
            )
        )
        orders = self.env["lengow.order"].sudo().browse(open_calls.mapped("res_id"))
        # The people of one company do not look after the taxes of another.
        return any(
            (called.account_id, called.company_id)
            == (order.account_id, order.company_id)
            for called in orders.exists()
        )

    # === WHAT THE MARKETPLACE TELLS === #

    def _doubt_difference(self, pairs):
        """Doubt a VAT that is not what the marketplace charged.

        :param list pairs: each draft of one order with its sale order
        :rtype: TaxDoubt | None
        """
        plan, currency = pairs[0][0].plan, pairs[0][0].plan.currency
        told = self._told_tax(pairs)
        if told is None or is_collected_by_marketplace(plan.content):
            return None
        booked = sum(self._booked_vat(sale) for _draft, sale in pairs)
        lines = sum(len(sale.order_line) for _draft, sale in pairs)
        tolerance = currency.rounding * (lines + 1)
        if abs(told - booked) <= tolerance + currency.rounding / 2:
            return None
        return TaxDoubt(
            self.env._("VAT differs from the marketplace's"),
            self.env._(
                "The marketplace charged %(told)s of VAT, and the sale order books "
                "%(booked)s. Check fiscal position and taxes before you invoice.",
                told=format_amount(self.env, told, currency),
                booked=format_amount(self.env, booked, currency),
            ),
        )

    def _told_tax(self, pairs):
        """Return the VAT that the marketplace tells about what is kept, or None.

        Zero often means that a channel does not tell it; of a business it may be meant.
        """
        plan = pairs[0][0].plan
        kept = [kept.line for draft, _sale in pairs for kept in draft.lines]
        told = plan.content.total_tax
        is_fee_left_out = any(draft.left_out_fee for draft, _sale in pairs)
        if len(kept) < len(plan.content.lines) or is_fee_left_out:
            # The order's own counts what is gone, too.
            by_line = [line.tax for line in kept]
            refs = {li.lengow_line_ref for _d, sale in pairs for li in sale.order_line}
            is_told = refs.isdisjoint(BESIDE) and None not in by_line
            told = sum(by_line) if is_told else None
        if told is None:
            return None
        is_business = plan.buyer.numbers.vat or is_declared_business(plan.content)
        return float(told) if told > 0 or is_business else None

    def _booked_vat(self, sale):
        """Return the tax of a sale order without what is due by the piece."""
        by_piece = sum(
            tax.amount * line.product_uom_qty
            for line in sale.order_line
            for tax in line.tax_ids.flatten_taxes_hierarchy()
            if tax.amount_type == "fixed"
        )
        return sale.amount_tax - by_piece
