from odoo import fields, models


class LengowOrderActKind(models.TransientModel):
    """An action that may be chosen."""

    _name = "lengow.order.act.kind"
    _description = "Action of a Marketplace"
    _inherit = ["lengow.dialog"]
    _order = "id"

    act_id = fields.Many2one(
        "lengow.order.act", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Char(required=True)
    name = fields.Char(required=True)
