from odoo import api, fields, models


class LengowOrderDecideLine(models.TransientModel):
    """What becomes of one order when several are decided."""

    _name = "lengow.order.decide.line"
    _description = "Decision on a Marketplace Order"
    _inherit = "lengow.bulk.row"

    _is_override = True

    decide_id = fields.Many2one(
        "lengow.order.decide", required=True, index=True, ondelete="cascade"
    )
    own_reason = fields.Char(
        string="Reason for It",
        help="Why this order is refused, where it is not as above.",
    )

    @api.depends("order_id")
    def _compute_summary(self):
        """Override to add what the order is worth."""
        for row in self:
            order = row.order_id
            amount = order.currency_id and order.currency_id.format(order.amount_total)
            row.summary = ", ".join(filter(None, [order.customer_name, amount]))

    def _asked_kind(self):
        return self.decide_id.kind

    def _ask(self, kind, arguments):
        """Override to ask for each line what was decided about it."""
        if self.decide_id.decision_ids or self.decide_id._lines_to_decide():
            return self.decide_id._plan_lines(self.order_id, arguments)
        return super()._ask(kind, arguments)

    def _cell_names(self, arguments):
        reasons = [name for name in arguments if "reason" in name.split("_")]
        is_many = len(self.decide_id.order_ids) > 1
        return [("own_reason", name) for name in reasons[:1] if is_many]
