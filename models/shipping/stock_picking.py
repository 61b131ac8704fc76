from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    lengow_order_id = fields.Many2one(related="sale_id.lengow_order_id")
    lengow_already_shipped = fields.Boolean(
        related="lengow_order_id.was_shipped_before_import",
        help="The marketplace knew the shipment before the order was imported.",
    )
    lengow_marketplace_id = fields.Many2one(related="lengow_order_id.marketplace_id")
    lengow_comment = fields.Text(related="lengow_order_id.comment")

    def action_open_lengow_order(self):
        """Open the marketplace order that this delivery fulfils."""
        return self.sale_id.action_open_lengow_order()

    def _add_delivery_cost_to_so(self):
        """Override of `stock_delivery`: the buyer has paid, and pays nothing more."""
        if self.lengow_order_id:
            return None
        return super()._add_delivery_cost_to_so()
