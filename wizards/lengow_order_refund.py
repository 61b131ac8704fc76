from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..mapper.refund import refund_arguments
from ..models.outbox.kinds import REFUND_KINDS


class LengowOrderRefund(models.TransientModel):
    """Refund a marketplace order, whole or line by line."""

    _name = "lengow.order.refund"
    _description = "Refund a Marketplace Order"
    _inherit = "lengow.settlement.form"

    move_id = fields.Many2one(
        "account.move",
        string="Credit Note",
        domain="[('lengow_order_id', '=', order_id), ('move_type', '=', 'out_refund')]",
        help="The credit note that this refund is for.",
    )

    @api.constrains("move_id", "order_id")
    def _check_move_of_order(self):
        """Keep the amounts of other documents out.

        :raise ValidationError: if the credit note is not for the order
        """
        for refund in self.filtered("move_id"):
            if refund.order_id not in refund.move_id.sudo()._lengow_find_order():
                raise ValidationError(
                    self.env._("The credit note is not for this marketplace order.")
                )

    def _kinds(self):
        return self.order_id._possible_among(REFUND_KINDS)

    def _expected_kind(self):
        return "refund"

    def _source(self):
        return {"move": self.move_id}

    def _begin(self, rule):
        """Override to begin with what the credit note tells."""
        if not self.move_id:
            return super()._begin(rule)
        credit = self.move_id.sudo()._lengow_credit()
        known = refund_arguments(rule, credit["whole"])
        lines = self.env["lengow.settlement"]._credited_lines(
            self.order_id, rule, credit
        )
        return self._ask(rule, known, lines)
