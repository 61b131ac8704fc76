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
    customer_name = fields.Char(related="order_id.customer_name", related_sudo=False)
    tracking_number = fields.Char()
    tracking_url = fields.Char(string="Tracking URL")
    return_tracking_number = fields.Char()

    def _check_told(self, arguments):
        """Override to refuse a shipment of which nothing is said."""
        self.ship_id._check_details(self.order_id, arguments)

    def _plan(self, kind, arguments):
        """Override to tell the parcel's numbers, for which the delivery may wait."""
        parcel = {name: self[name] for name in PARCEL_ARGUMENTS}
        declared = self.order_id._find_action_rule(kind).arguments
        told = {name: value for name, value in parcel.items() if name in declared}
        result = super()._plan(kind, {**arguments, **told})
        if self.state == "planned":
            self.env["lengow.reporter"]._report(self.order_id)
        return result
