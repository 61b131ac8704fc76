from odoo import api, fields, models

from .kinds import CANCEL_KINDS


class LengowOrderLine(models.Model):
    _inherit = "lengow.order.line"

    quantity_canceled = fields.Float(
        string="Canceled",
        compute="_compute_quantity_canceled",
        store=True,
        digits="Product Unit",
        help="The pieces that the marketplace canceled on our word and still lists. A "
        "line that is canceled as a whole says so in its status.",
    )

    @api.depends("quantity", "order_id.action_ids.state")
    def _compute_quantity_canceled(self):
        settlement = self.env["lengow.settlement"]
        # What actions asked for went with the buyer's data; what came of it stays.
        known = self.filtered("order_id.anonymised_at")
        for line in known:
            line.quantity_canceled = line.quantity_canceled
        for line in self - known:
            left = None
            if any(a.kind in CANCEL_KINDS for a in line.order_id.action_ids):
                left = settlement._target(line.order_id, line, ("done",))
            if left is None:
                line.quantity_canceled = 0.0
                continue
            kept, sold = line._share_of(left), line.sale_line_id
            gone = max(line.quantity - kept, 0.0)
            line.quantity_canceled = sold._lengow_pieces(sold._lengow_units(gone))
