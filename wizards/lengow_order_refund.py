from odoo import fields, models

from ..mapper.refund import refund_arguments


class LengowOrderRefund(models.TransientModel):
    """Refund a marketplace order, whole or line by line."""

    _name = "lengow.order.refund"
    _description = "Refund a Marketplace Order"
    _inherit = "lengow.order.cancel"

    move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        domain="[('lengow_order_id', '=', order_id), ('move_type', '=', 'out_refund')]",
        help="The credit note that this refund is for.",
    )

    def _kinds(self):
        """Override to offer refunds."""
        return self.order_id._possible_refund_kinds()

    def _kind(self):
        """Override to expect a refund."""
        return "refund"

    def _begin(self, rule):
        """Override to begin with what the credit note tells."""
        if not self.move_id:
            return self._ask(rule)
        credit = self.move_id.sudo()._lengow_credit()
        known = refund_arguments(rule, credit["whole"])
        lines = self.env["lengow.settlement"]._credited_lines(
            self.order_id, rule, credit
        )
        return self._ask(rule, known, lines)

    def action_confirm(self):
        """Ask the marketplace.

        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.ensure_one()
        self._plan(self.order_id._check_action_possible(self.kind), move=self.move_id)
        return {"type": "ir.actions.act_window_close"}
