from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_draft(self):
        """Override of `sale`: what lives again is not canceled on the marketplace."""
        canceled = self.filtered(lambda sale: sale.state == "cancel")
        result = super().action_draft()
        # Whoever may do it needs no rights on the marketplace order.
        self.env["lengow.settlement"]._take_back_cancellations(canceled.sudo())
        return result
