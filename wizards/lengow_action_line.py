from odoo import api, fields, models

from ..models.outbox.ledger import Ledger


class LengowActionLine(models.TransientModel):
    """One line of the order, in a form for an action that goes line by line."""

    _name = "lengow.action.line"
    _description = "Line of a Lengow Action"
    _inherit = ["lengow.dialog"]
    _order = "id"

    form_model = fields.Char(required=True)
    form_id = fields.Many2oneReference(model_field="form_model", index=True)
    line_id = fields.Many2one("lengow.order.line", required=True, ondelete="cascade")
    is_chosen = fields.Boolean(string="Chosen")
    title = fields.Char(related="line_id.title", related_sudo=False)
    sku = fields.Char(related="line_id.sku", related_sudo=False)
    ordered_quantity = fields.Float(
        related="line_id.whole_quantity", related_sudo=False, string="Ordered"
    )
    currency_id = fields.Many2one(related="line_id.currency_id", related_sudo=False)
    amount_total = fields.Monetary(related="line_id.whole_amount", related_sudo=False)
    quantity = fields.Float(digits="Product Unit")
    quantity_left = fields.Float(
        digits="Product Unit", readonly=True, help="The most that can be entered."
    )
    amount = fields.Monetary(
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="With tax. Exactly this is given back.",
    )
    decision = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")],
        help="What is asked for where lines are decided one by one. Without it the "
        "line is left to be decided.",
    )
    reason = fields.Char(help="Why this line is refused, where it is not as above.")

    @api.depends("quantity")
    def _compute_amount(self):
        for row in self:
            line = row.line_id
            share = row.quantity / (line.whole_quantity or 1.0)
            left = Ledger(line.order_id).money_left(line)
            row.amount = min(line.whole_amount * min(share, 1.0), left)
