"""Differences to the marketplace's total that no rule explains, let through by people.

total_mismatch ──► within the limit of the account? ──► a person, with a reason
                                                            │
    other sums later: asked anew ◄── only for these sums ◄──┴──► a line of its own
"""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import RedirectWarning, UserError
from odoo.tools import format_amount

from ...lengow_api import OrderAmounts, PayloadError
from ...mapper.sale_mapper import FEE_REF
from ...mapper.totals import totals_of
from ..inbox.lengow_order_rate import rates_in
from .mend_of import Mend

MISMATCH = "total_mismatch"


class LengowDifference(models.AbstractModel):
    """Lets the differences of orders through, and tells what became of amounts."""

    _name = "lengow.difference"
    _description = "Differences of Lengow Orders' Totals"

    # === WHAT IS THERE === #

    def _totals(self, order):
        """Return how the sums of an order compare.

        :param lengow.order order: one
        :return: None where they cannot be told
        :rtype: Totals | None
        """
        order_sudo = order.sudo()
        if not order_sudo.payload:
            return None
        try:
            content = order_sudo._content()
        except PayloadError:
            return None
        definition = order_sudo.marketplace_id._find_definition()
        amounts = OrderAmounts(content, definition)
        is_told = content.total_order is not None and not amounts.unreadable_lines
        if not is_told or any(line.amount is None for line in amounts.kept_lines):
            return None
        return totals_of(
            content,
            definition,
            order_sudo.currency_id.decimal_places,
            order_sudo.marketplace_id._setting("fee_policy"),
        )

    def _obstacle(self, order):
        """Say why the difference of an order cannot be let through.

        :param lengow.order order: one
        :return: None if it can be
        :rtype: str | None
        """
        is_changed = order.import_state == "imported" and order.change_kind == "content"
        is_failing = order.import_state == "error" and order.error_code == MISMATCH
        totals = (is_changed or is_failing) and self._totals(order)
        if not totals or totals.difference(order.difference_key) is not None:
            return self.env._("%s has no difference to let through.", order.name)
        if totals.told.no_exchange_rate or totals.told.announced < 0:
            return self.env._("The total of %s is not an amount.", order.name)
        return self._excess(order, totals)

    def _excess(self, order, totals):
        """Say why the difference of an order is more than may be let through.

        :param lengow.order order: one
        :param Totals totals: of it
        :return: None if it is not
        :rtype: str | None
        """
        # Whoever works in the order's company alone may not read that of the account.
        account = order.sudo().account_id
        size = self._in_company_currency(order.sudo(), totals)
        if size is None:
            return self.env._(
                "There is no exchange rate for %s to hold the difference against the "
                "limit of the account.",
                order.currency_id.name or totals.currency,
            )
        limit, currency = account.difference_limit, account.company_id.currency_id
        if currency.compare_amounts(size, limit) > 0:
            return self.env._(
                "The difference of %(order)s is more than the %(limit)s that may be "
                "let through, as set on %(account)s.",
                order=order.name,
                limit=format_amount(self.env, limit, currency),
                account=account.name,
            )
        return None

    def _hint(self, order):
        """Say why the difference of an order in error is not for a person to decide.

        :param lengow.order order: one
        :return: None if it is, or if something else is wrong
        :rtype: str | None
        """
        totals = order.error_code == MISMATCH and self._totals(order)
        if not totals or totals.told.no_exchange_rate or totals.told.announced < 0:
            return None
        return self._excess(order, totals)

    def _mend(self, order):
        """Return what mends the difference of an order, None where nothing may.

        :param lengow.order order: one
        :rtype: Mend | None
        """
        if self._obstacle(order):
            return None
        return Mend(self.env._("Let Difference Through"), "_let_through")

    def _in_company_currency(self, order, totals):
        """Return the size of a difference in the currency that the limit is told in.

        A routing rule may have given the order to a company with another one.

        :param lengow.order order: in system mode
        :return: None where Odoo has no rate
        :rtype: float | None
        """
        rate = rates_in(order, order.account_id.company_id)[order]
        return abs(float(totals.told.difference)) / rate if rate else None

    def _failure(self, order, words):
        """Return what to raise where a changed order cannot be imported anew.

        :param lengow.order order: whose new import has just failed, in system mode
        :param str words: what is said
        :return: with the way to the dialog where its difference is all that is wrong
        :rtype: UserError | RedirectWarning
        """
        if order.change_kind != "content" or self._obstacle(order):
            return UserError(words)
        return RedirectWarning(
            words,
            self.env.ref("lengow_connector.lengow_order_difference_action").id,
            self.env._("Let Difference Through"),
            {"default_order_id": order.id},
        )

    # === LET THROUGH === #

    def _let_through(self, order, key, reason):
        """Keep with an order that a person lets its difference through.

        :param lengow.order order: that the user may act on
        :param str key: of the sums that the user has seen
        :param str reason: why
        :raise UserError: if it may not be, or the sums are others by now
        """
        order_sudo = order.sudo().try_lock_for_update(allow_referencing=True)
        if not order_sudo:
            raise UserError(
                self.env._("%s is being processed. Try again in a moment.", order.name)
            )
        if obstacle := self._obstacle(order_sudo):
            raise UserError(obstacle)
        totals = self._totals(order_sudo)
        if totals.key != key:
            raise UserError(
                self.env._(
                    "The amounts of %s changed meanwhile. Close this and look again.",
                    order.name,
                )
            )
        order_sudo.write(
            {
                "difference_amount": float(totals.told.difference),
                "difference_reason": reason,
                "difference_user_id": self.env.uid,
                "difference_at": fields.Datetime.now(),
                "difference_key": key,
            }
        )
        order_sudo._log_note(self._sentence(order_sudo))

    def _sentence(self, order):
        """Say what was let through, by whom and why.

        :param lengow.order order: in system mode
        :rtype: str
        """
        return self.env._(
            "A difference of %(amount)s to the marketplace's total is let through. "
            "%(label)s",
            amount=format_amount(self.env, order.difference_amount, order.currency_id),
            label=order.difference_label,
        )

    # === WHAT BECAME OF IT === #

    def _decided(self, order):
        """Return what of the amounts of an imported order is not as Lengow has it.

        :param lengow.order order: one
        :return: `fee`, `total`, both or none, as :class:`OrderComparison` wants it
        :rtype: set[str]
        """
        decided = {
            "fee": order.left_out_fee or self._is_fee_left_out(order),
            "total": order.difference_amount,
        }
        return {name for name, amount in decided.items() if amount}

    def _is_fee_left_out(self, order):
        """Whether an imported order would be sold without its fee, and is."""
        # The setting first: it costs no query, and mostly sells the fee.
        if order.marketplace_id._setting("fee_policy") != "drop":
            return False
        sold = order._living_sales().order_line.mapped("lengow_line_ref")
        return FEE_REF not in sold

    def _tell(self, drafts, sales):
        """Say on orders and sale orders what of their totals was decided.

        :param list[SaleDraft] drafts: of some orders
        :param sale.order sales: made of these drafts, in their order
        """
        pairs = defaultdict(list)
        for draft, sale in zip(drafts, sales, strict=True):
            pairs[draft.plan.order].append((draft, sale))
            if draft.difference:
                sale._message_log(body=self._sentence(draft.plan.order))
        for order, of_order in pairs.items():
            fee = float(sum(draft.left_out_fee for draft, _sale in of_order))
            if order.left_out_fee != fee:
                order.left_out_fee = fee
            if fee:
                self._tell_fee(order, [sale for _draft, sale in of_order])
        self._forget_others(drafts)

    def _tell_fee(self, order, sales):
        def shown(amount):
            return format_amount(self.env, amount, order.currency_id)

        note = self.env._(
            "Processing fee left out, as set: %(fee)s. The marketplace announces "
            "%(announced)s, the sale order totals %(total)s.",
            fee=shown(order.left_out_fee),
            announced=shown(order.amount_total),
            total=shown(sum(sale.amount_total for sale in sales)),
        )
        order._log_note(note)
        for sale in sales:
            sale._message_log(body=note)

    def _forget_others(self, drafts):
        """Forget differences of orders that have none any more.

        :param list[SaleDraft] drafts: of some orders
        """
        differing = {draft.plan.order for draft in drafts if draft.difference}
        for order in {draft.plan.order for draft in drafts} - differing:
            if order.difference_key:
                order.write(
                    {
                        "difference_amount": 0.0,
                        "difference_reason": False,
                        "difference_user_id": False,
                        "difference_at": False,
                        "difference_key": False,
                    }
                )
