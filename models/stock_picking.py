from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    lengow_order_id = fields.Many2one(related="sale_id.lengow_order_id")
    lengow_already_shipped = fields.Boolean(
        related="lengow_order_id.was_shipped_before_import",
        help="The marketplace knew the shipment before the order was imported.",
    )
