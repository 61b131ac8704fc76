"""A sale order that is cancelled in Odoo, and its marketplace."""

from odoo import models
from odoo.exceptions import UserError

from ...mapper.shipment import quantity_argument

# Lengow has called the second one both ways.
CANCEL_KINDS = ("cancel", "partial_cancel", "partially_cancel")
ACTIVITIES = {
    "cancel": "lengow_connector.mail_activity_type_to_cancel",
    "refund": "lengow_connector.mail_activity_type_to_refund",
}


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === ACTION METHODS === #

    def action_open_cancel(self):
        """Open the dialog that cancels this order on the marketplace."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["lengow.order.cancel"].create({"order_id": self.id})
        return wizard._open(self.env._("Cancel on the Marketplace"))

    # === BUSINESS METHODS === #

    def _possible_cancel_kinds(self):
        """Return the actions that are possible and cancel.

        :rtype: list[str]
        """
        possible = self._possible_kinds()
        return [kind for kind in CANCEL_KINDS if kind in possible]

    def _cancel_with(self, sales):
        """Plan the cancellation on the marketplace of what was cancelled in Odoo.

        Where that takes a person, it is put on somebody's to-do list.

        :param sale.order sales: of this order, just cancelled
        :return: whether a person is needed, for whom there is a dialog
        :rtype: bool
        """
        self.ensure_one()
        if "cancel" in self._actions_behind() or self._is_cancel_under_way():
            return False
        try:
            kind, lines = self._find_cancel_kind(sales)
            rule = self._check_action_possible(kind)
        except UserError as error:
            self._ask_somebody_to("cancel", str(error))
            return False
        arguments = {
            argument.name: argument.default
            for argument in rule.arguments.values()
            if argument.required and argument.name != "line"
        }
        try:
            self._plan_action(kind, arguments, lines=lines)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to("cancel", str(error))
            return True
        return False

    def _is_cancel_under_way(self):
        """Whether the whole order is being cancelled on the marketplace already."""
        return any(
            (rule := self._find_action_rule(kind)) and self._is_under_way(kind, rule)
            for kind in CANCEL_KINDS
        )

    def _find_cancel_kind(self, sales):
        """Return the action that cancels exactly these sale orders, and its lines.

        :return: kind, and further parameters by line; no lines for the whole order
        :raise UserError: if the marketplace has no action for just a part
        """
        is_whole = not (self.sale_order_ids - sales).filtered(
            lambda sale: sale.state != "cancel"
        ) and not any(sales.order_line.mapped("qty_delivered"))
        kinds = self._possible_cancel_kinds() or ["cancel"]
        if is_whole:
            return kinds[0], None
        for kind in reversed(kinds):
            rule = self._find_action_rule(kind)
            lines = rule and rule.is_per_line and self._canceled_lines(rule, sales)
            if lines:
                return kind, lines
        raise UserError(
            self.env._(
                "Only a part of the order is cancelled in Odoo, and %s cannot be told "
                "a part. Do it in the marketplace's own back office.",
                self.marketplace_id.name,
            )
        )

    def _canceled_lines(self, rule, sales):
        """Return what is cancelled of each line, empty if a line cannot be told so."""
        quantity_name = quantity_argument(rule)
        lines = {}
        for line in self._lines_for(rule):
            sale_line = line.sale_line_id
            if sale_line.order_id not in sales:
                continue
            left = line.quantity - sale_line.qty_delivered
            if left <= 0:
                continue
            is_part = left < line.quantity
            if is_part and not quantity_name:
                return {}
            is_said = quantity_name and (
                is_part or rule.arguments[quantity_name].required
            )
            lines[line] = {quantity_name: f"{left:g}"} if is_said else {}
        return lines

    # === WHAT A PERSON MUST DO === #

    def _ask_somebody_to(self, kind, sentence):
        """Put something that the marketplace must be told on a to-do list.

        :param str kind: `cancel` or `refund`
        :param str sentence: why it does not go by itself
        """
        self.activity_unlink([ACTIVITIES[kind]])
        user = self.account_id.user_id or self.env.user
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            ACTIVITIES[kind],
            summary=self._action_label(kind),
            note=sentence,
            user_id=user.id,
        )

    def _plan_action(self, kind, *args, **kwargs):
        """Override to take back the request to a person."""
        actions = super()._plan_action(kind, *args, **kwargs)
        for activity, xmlid in ACTIVITIES.items():
            if activity in kind:
                self.sudo().activity_unlink([xmlid])
        return actions

    def write(self, vals):
        """Override to take back requests that the marketplace has made pointless."""
        result = super().write(vals)
        if "lengow_status" in vals:
            for kind, xmlid in ACTIVITIES.items():
                settled = self.filtered(lambda o, k=kind: k in o._actions_behind())
                if settled:
                    settled.activity_unlink([xmlid])
        return result
