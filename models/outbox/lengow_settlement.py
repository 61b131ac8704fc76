"""What is settled in Odoo, and must be settled on the marketplace.

a sale order is cancelled    ─► a cancellation ─┐
a credit note is posted      ─► a refund       ─┴─► outbox, or a person's to-do list
"""

from odoo import models
from odoo.exceptions import UserError

from ...lengow_api import REFUNDED_STATUSES
from ...mapper.refund import is_told, refund_arguments
from ...mapper.shipment import number_text, quantity_argument
from .kinds import ACTIVITIES, CANCEL_KINDS, REFUND_KINDS


class LengowSettlement(models.AbstractModel):
    """Has marketplaces cancel and refund what was cancelled and credited in Odoo."""

    _name = "lengow.settlement"
    _description = "Lengow: Cancelled and Credited in Odoo"

    # === A CANCELLED SALE ORDER === #

    def _cancel_with(self, order, sales):
        """Plan the cancellation on the marketplace of what was cancelled in Odoo.

        Where that takes a person, it is put on somebody's to-do list.

        :param lengow.order order: one
        :param sale.order sales: of this order, just cancelled
        :return: whether a person is needed, for whom there is a dialog
        :rtype: bool
        """
        order.ensure_one()
        if "cancel" in order._actions_behind() or self._is_cancel_under_way(order):
            return False
        try:
            kind, lines = self._find_cancel_kind(order, sales)
            rule = order._check_action_possible(kind)
        except UserError as error:
            self._ask_somebody_to(order, "cancel", str(error))
            return False
        arguments = {
            argument.name: argument.default
            for argument in rule.arguments.values()
            if argument.required and argument.name != "line"
        }
        try:
            order._plan_action(kind, arguments, lines=lines)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to(order, "cancel", str(error))
            return True
        return False

    def _is_cancel_under_way(self, order):
        """Whether the whole order is being cancelled on the marketplace already."""
        return any(
            (rule := order._find_action_rule(kind)) and order._is_under_way(kind, rule)
            for kind in CANCEL_KINDS
        )

    def _find_cancel_kind(self, order, sales):
        """Return the action that cancels exactly these sale orders, and its lines.

        :return: kind, and further parameters by line; no lines for the whole order
        :raise UserError: if the marketplace has no action for just a part
        """
        is_whole = not (order.sale_order_ids - sales).filtered(
            lambda sale: sale.state != "cancel"
        ) and not any(sales.order_line.mapped("qty_delivered"))
        kinds = order._possible_among(CANCEL_KINDS) or ["cancel"]
        if is_whole:
            return kinds[0], None
        for kind in reversed(kinds):
            rule = order._find_action_rule(kind)
            lines = (
                rule and rule.is_per_line and self._canceled_lines(order, rule, sales)
            )
            if lines:
                return kind, lines
        raise UserError(
            self.env._(
                "Only a part of the order is cancelled in Odoo, and %s cannot be told "
                "a part. Do it in the marketplace's own back office.",
                order.marketplace_id.name,
            )
        )

    def _canceled_lines(self, order, rule, sales):
        """Return what is cancelled of each line, empty if a line cannot be told so."""
        quantity_name = quantity_argument(rule)
        lines = {}
        for line in order._lines_for(rule):
            sale_line = line.sale_line_id
            if sale_line.order_id not in sales:
                continue
            remaining = line.quantity - sale_line.qty_delivered
            if remaining <= 0:
                continue
            is_part = remaining < line.quantity
            if is_part and not quantity_name:
                return {}
            is_said = quantity_name and (
                is_part or rule.arguments[quantity_name].required
            )
            lines[line] = {quantity_name: number_text(remaining)} if is_said else {}
        return lines

    # === A POSTED CREDIT NOTE === #

    def _refund_with(self, order, move):
        """Plan the refund on the marketplace that a posted credit note stands for.

        Where that takes a person, it is put on somebody's to-do list.

        :param lengow.order order: one
        :param account.move move: a credit note of this order
        """
        order.ensure_one()
        known = order.action_ids.filtered(lambda a: a._credits(move))
        # The marketplace gives back, or has: a credit note that follows is no news.
        if known or order.lengow_status in REFUNDED_STATUSES:
            return
        try:
            self._plan_refund(order, move)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to(order, "refund", f"{move.name}: {error}")

    def _plan_refund(self, order, move):
        """Plan a refund that says exactly what the credit note says.

        :raise UserError: if the marketplace cannot be told, or not by itself
        """
        credit = move._lengow_credit()
        for kind in order._possible_among(REFUND_KINDS) or ["refund"]:
            rule = order._check_action_possible(kind)
            told = self._tell_refund(order, rule, credit)
            if told:
                arguments, lines = told
                order._plan_action(kind, arguments, lines=lines, move=move)
                return
        raise UserError(
            self.env._(
                "%s cannot be told a refund of just this amount. Refund it with the "
                "dialog, or in the marketplace's own back office.",
                order.marketplace_id.name,
            )
        )

    def _tell_refund(self, order, rule, credit):
        """Return the arguments of a refund and its lines, None if it cannot be told.

        :param dict credit: see `account.move._lengow_credit`
        """
        if not order._is_told_by_line(rule):
            whole = credit["whole"]
            values = refund_arguments(rule, whole)
            return (values, None) if is_told(rule, whole, values) else None
        if credit["rest"] and credit["whole"].is_partial:
            return None  # for no line in particular
        lines = {}
        possible = order._lines_for(rule)
        for line, line_credit in credit["lines"].items():
            values = refund_arguments(rule, line_credit)
            if line not in possible or not is_told(rule, line_credit, values):
                return None
            lines[line] = values
        return ({}, lines) if lines else None

    # === WHAT THE DIALOG BEGINS WITH === #

    def _credited_lines(self, order, rule, credit):
        """Return the lines that a credit note gives back, with quantity and amount."""
        return {
            line: {
                "quantity": float(line_credit.quantity),
                "amount": float(line_credit.amount) if line_credit.is_partial else 0.0,
            }
            for line, line_credit in credit["lines"].items()
            if line in order._lines_for(rule)
        }

    # === WHAT A PERSON MUST DO === #

    def _ask_somebody_to(self, order, kind, sentence):
        """Put something that the marketplace must be told on a to-do list.

        :param str kind: `cancel` or `refund`
        :param str sentence: why it does not go by itself
        """
        order._call_person(ACTIVITIES[kind], order._action_label(kind), sentence)
