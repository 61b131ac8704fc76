from odoo import fields, models


class LengowOrderDecideLine(models.TransientModel):
    """What becomes of one order when several are decided."""

    _name = "lengow.order.decide.line"
    _description = "Decision on a Marketplace Order"
    _inherit = "lengow.bulk.row"

    decide_id = fields.Many2one(
        "lengow.order.decide", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="order_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="order_id.amount_total", related_sudo=False)
