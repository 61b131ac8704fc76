from odoo import api, fields, models

from ...mapper.shipment import quantity_argument


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
        """Count what the marketplace has confirmed: a failed report is no shipment."""
        for line in self:
            order = line.order_id
            rule = order._find_action_rule("ship")
            name = rule and quantity_argument(rule)
            line.quantity_shipped = min(
                line.quantity,
                sum(
                    float(told.get(name) or line.quantity)
                    for told in order._told_shipments()
                    if told.get("line") in (None, line.lengow_line_ref)
                ),
            )
