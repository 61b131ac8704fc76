from odoo import api, fields, models


class LengowOrderLine(models.Model):
    _inherit = "lengow.order.line"

    quantity_shipped = fields.Float(
        string="Reported as Shipped",
        compute="_compute_quantity_shipped",
        digits="Product Unit",
        help="The pieces that the marketplace has confirmed as shipped.",
    )

    @api.depends("quantity", "order_id.action_ids.state")
    def _compute_quantity_shipped(self):
        for line in self:
            line.quantity_shipped = line.order_id._confirmed_quantity(line)
