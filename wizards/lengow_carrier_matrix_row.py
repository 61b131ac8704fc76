from odoo import fields, models


class LengowCarrierMatrixRow(models.TransientModel):
    """What a delivery method is called at a marketplace."""

    _name = "lengow.carrier.matrix.row"
    _description = "Delivery Method at a Marketplace"
    _inherit = ["lengow.dialog"]
    _order = "sequence, id"

    matrix_id = fields.Many2one(
        "lengow.carrier.matrix", required=True, ondelete="cascade"
    )
    sequence = fields.Integer(readonly=True)
    marketplace_id = fields.Many2one("lengow.marketplace", required=True, readonly=True)
    method_id = fields.Many2one(
        "delivery.carrier", string="Delivery Method", required=True, readonly=True
    )
    lengow_carrier_id = fields.Many2one(
        "lengow.carrier",
        string="Carrier There",
        domain="[('marketplace_id', '=', marketplace_id)]",
    )
    shown_carrier_id = fields.Many2one(
        "lengow.carrier",
        readonly=True,
        help="The carrier that the dialog was opened with.",
    )
    similar_carrier_id = fields.Many2one(
        "lengow.carrier",
        readonly=True,
        help="Called alike, but not the same: it is used once somebody chooses it.",
    )
    is_linked = fields.Boolean(
        string="Linked",
        readonly=True,
        help="Off: the carrier is proposed for its name, and not used yet.",
    )
