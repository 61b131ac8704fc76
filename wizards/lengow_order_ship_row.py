from odoo import fields, models

# What differs from parcel to parcel, so that it is entered for each order.
PARCEL_ARGUMENTS = ("tracking_number", "tracking_url", "return_tracking_number")


class LengowOrderShipRow(models.TransientModel):
    """The parcel of one order, when several are shipped."""

    _name = "lengow.order.ship.row"
    _description = "Parcel of a Marketplace Order"
    _inherit = "lengow.bulk.row"

    ship_id = fields.Many2one(
        "lengow.order.ship", required=True, index=True, ondelete="cascade"
    )
    tracking_number = fields.Char()
    tracking_url = fields.Char(string="Tracking URL")
    return_tracking_number = fields.Char()
    delivery_id = fields.Many2one(
        "stock.picking",
        readonly=True,
        help="The delivery that can be validated with the shipment.",
    )

    def _asked_kind(self):
        return "ship"

    def _cell_names(self, arguments):
        return [(name, name) for name in PARCEL_ARGUMENTS if name in arguments]

    def _check_told(self, arguments):
        """Override to refuse a shipment of which nothing is said."""
        self.ship_id._check_details(self.order_id, arguments)

    def _follow(self, arguments):
        """Override to let the delivery follow, and wait no more."""
        self.ship_id._let_follow(self.order_id, self.delivery_id, arguments)
