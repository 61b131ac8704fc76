"""A credit note that is posted in Odoo, and its marketplace."""

from odoo import models
from odoo.exceptions import UserError

from ...lengow_api import REFUNDED_STATUSES
from ...mapper.refund import is_told, refund_arguments

# The first that is possible. Lengow has called the second one both ways.
REFUND_KINDS = ("refund", "partial_refund", "partially_refund", "pickup_refund")


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === ACTION METHODS === #

    def action_open_refund(self):
        """Open the dialog that refunds this order on the marketplace."""
        return self._open_refund()

    def _open_refund(self, move=None):
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["lengow.order.refund"].create(
            {"order_id": self.id, "move_id": move and move.id}
        )
        return wizard._open(self.env._("Refund on the Marketplace"))

    # === BUSINESS METHODS === #

    def _possible_refund_kinds(self):
        """Return the actions that are possible and refund.

        :rtype: list[str]
        """
        possible = self._possible_kinds()
        return [kind for kind in REFUND_KINDS if kind in possible]

    def _refund_with(self, move):
        """Plan the refund on the marketplace that a posted credit note stands for.

        Where that takes a person, it is put on somebody's to-do list.

        :param account.move move: a credit note of this order
        """
        self.ensure_one()
        known = self.action_ids.filtered(lambda a: a._credits(move))
        # The marketplace gives back, or has: a credit note that follows is no news.
        if known or self.lengow_status in REFUNDED_STATUSES:
            return
        try:
            self._plan_refund(move)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to("refund", f"{move.name}: {error}")

    def _plan_refund(self, move):
        """Plan a refund that says exactly what the credit note says.

        :raise UserError: if the marketplace cannot be told, or not by itself
        """
        credit = move._lengow_credit()
        for kind in self._possible_refund_kinds() or ["refund"]:
            rule = self._check_action_possible(kind)
            told = self._tell_refund(rule, credit)
            if told:
                arguments, lines = told
                self._plan_action(kind, arguments, lines=lines, move=move)
                return
        raise UserError(
            self.env._(
                "%s cannot be told a refund of just this amount. Refund it with the "
                "dialog, or in the marketplace's own back office.",
                self.marketplace_id.name,
            )
        )

    def _tell_refund(self, rule, credit):
        """Return the arguments of a refund and its lines, None if it cannot be told.

        :param dict credit: see `account.move._lengow_credit`
        """
        if not self._is_told_by_line(rule):
            whole = credit["whole"]
            values = refund_arguments(rule, whole)
            return (values, None) if is_told(rule, whole, values) else None
        if credit["rest"] and credit["whole"].is_partial:
            return None  # for no line in particular
        lines = {}
        possible = self._lines_for(rule)
        for line, line_credit in credit["lines"].items():
            values = refund_arguments(rule, line_credit)
            if line not in possible or not is_told(rule, line_credit, values):
                return None
            lines[line] = values
        return ({}, lines) if lines else None

    # === WHAT THE DIALOG BEGINS WITH === #

    def _known_refund_arguments(self, rule, credit):
        """Return what a credit note tells that is not for each line."""
        return refund_arguments(rule, credit["whole"])

    def _credited_lines(self, rule, credit):
        """Return the lines that a credit note gives back, with quantity and amount."""
        return {
            line: {
                "quantity": float(line_credit.quantity),
                "amount": float(line_credit.amount) if line_credit.is_partial else 0.0,
            }
            for line, line_credit in credit["lines"].items()
            if line in self._lines_for(rule)
        }
