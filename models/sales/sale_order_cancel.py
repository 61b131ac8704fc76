from odoo import models


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_cancel(self):
        """Override of `sale` to have the marketplace told what a person cancels.

        Cancelling because the marketplace has cancelled goes by `_action_cancel` and
        tells nothing.
        """
        confirmed = self.filtered(
            lambda sale: sale.lengow_order_id and sale.state == "sale"
        )
        result = super().action_cancel()
        return confirmed._lengow_cancel_on_marketplace() or result

    def _lengow_cancel_on_marketplace(self):
        """Plan the cancellation of the marketplace orders.

        :return: the dialog that asks a person for what is missing, False without need
        """
        asking = False
        # Whoever cancels a sale order needs no rights on the marketplace order.
        for order, sales in self.sudo().grouped("lengow_order_id").items():
            needs_person = self.env["lengow.settlement"]._cancel_with(order, sales)
            asking = needs_person and order
        if not asking or len(self.lengow_order_id) > 1:
            return False
        order = asking.sudo(False)
        if not order.has_access("write"):
            return False
        return order.with_context(
            lengow_canceled_sale_ids=self.ids
        ).action_open_cancel()
