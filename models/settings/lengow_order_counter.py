from odoo import fields, models
from odoo.tools import formatLang

# Nobody reads more than that from a number, and it costs what it counts.
MOST_COUNTED = 10_000


class LengowOrderCounter(models.AbstractModel):
    """Counts the orders of a record, as far as anybody reads."""

    _name = "lengow.order.counter"
    _description = "Has Lengow Orders"

    order_count = fields.Integer(
        compute="_compute_order_count", help="Counted up to 10,000."
    )
    order_count_shown = fields.Char(string="Orders", compute="_compute_order_count")

    def _compute_order_count(self):
        Order = self.env["lengow.order"]
        owner = self._fields["order_ids"].inverse_name
        for record in self:
            count = Order.search_count(
                [(owner, "=", record._origin.id)], limit=MOST_COUNTED
            )
            record.order_count = count
            shown = formatLang(self.env, count, digits=0)
            record.order_count_shown = f"{shown}+" if count == MOST_COUNTED else shown
