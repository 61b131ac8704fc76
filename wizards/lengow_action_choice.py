from odoo import fields, models


class LengowActionChoice(models.TransientModel):
    """A value that a marketplace lists for an argument."""

    _name = "lengow.action.choice"
    _description = "Choice of a Lengow Action"
    _inherit = ["lengow.dialog"]
    _order = "id"

    argument_id = fields.Many2one(
        "lengow.action.argument", required=True, index=True, ondelete="cascade"
    )
    code = fields.Char(required=True)
    name = fields.Char(required=True)
