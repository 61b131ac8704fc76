"""Pick-up in a shop: ready, collected, called off; and the buttons of all dialogs."""

from odoo import api, fields, models

from .lengow_order_cancel import CANCEL_KINDS
from .lengow_order_refund import REFUND_KINDS

PICKUP_KINDS = ("pickup_ready", "pickup_complete", "pickup_cancel")


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    can_pickup_ready = fields.Boolean(compute="_compute_possible_actions")
    can_pickup_complete = fields.Boolean(compute="_compute_possible_actions")
    can_pickup_cancel = fields.Boolean(compute="_compute_possible_actions")

    # === COMPUTE METHODS === #

    @api.depends("lengow_status", "marketplace_id", "action_ids.state")
    def _compute_possible_actions(self):
        """Override to add pick-up, and actions that share a dialog with another."""
        result = super()._compute_possible_actions()
        for order in self:
            possible = order._possible_kinds()
            for kind in PICKUP_KINDS:
                order[f"can_{kind}"] = kind in possible
            order.can_cancel = bool(order._possible_cancel_kinds())
            order.can_refund = bool(order._possible_refund_kinds())
        return result

    def _kinds_with_a_dialog(self):
        """Override to take what has a button of its own from "More Actions"."""
        return (
            *super()._kinds_with_a_dialog(),
            "ship",
            *CANCEL_KINDS,
            *REFUND_KINDS,
            *PICKUP_KINDS,
        )

    # === ACTION METHODS === #

    def action_pickup_ready(self):
        """Tell the marketplace that the buyer may come."""
        return self._tell_pickup("pickup_ready")

    def action_pickup_complete(self):
        """Tell the marketplace that the buyer has come."""
        return self._tell_pickup("pickup_complete")

    def action_pickup_cancel(self):
        """Tell the marketplace that there is nothing to collect."""
        return self._tell_pickup("pickup_cancel")

    def _tell_pickup(self, kind):
        """Plan an action at once, or ask for what the marketplace wants to know.

        :param str kind: of PICKUP_KINDS
        :raise UserError: if the marketplace does not take it, or not now
        """
        self.ensure_one()
        self.check_access("write")
        rule = self._check_action_possible(kind)
        if rule.arguments.keys() - {"line"}:
            act = self.env["lengow.order.act"].create(
                {"order_id": self.id, "kind": kind}
            )
            return act._open(self._action_label(kind))
        self._plan_action(kind)
        return None
