from odoo import api, fields, models

from .kinds import CANCEL_KINDS


class LengowOrderLine(models.Model):
    _inherit = "lengow.order.line"

    quantity_cancelled = fields.Float(
        string="Cancelled",
        compute="_compute_quantity_cancelled",
        store=True,
        digits="Product Unit",
        help="The pieces that the marketplace cancelled on our word and still lists. A "
        "line that is cancelled as a whole says so in its status.",
    )

    @api.depends("quantity", "order_id.action_ids.state")
    def _compute_quantity_cancelled(self):
        settlement = self.env["lengow.settlement"]
        for line in self:
            left = None
            if any(a.kind in CANCEL_KINDS for a in line.order_id.action_ids):
                left = settlement._target(line.order_id, line, ("done",))
            line.quantity_cancelled = (
                0.0 if left is None else max(line.quantity - left, 0.0)
            )
