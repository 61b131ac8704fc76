from datetime import timedelta

from odoo import fields, models

AUTO_ACCEPT_FIELDS = {
    "auto_accept",
    "auto_accept_known_skus",
    "auto_accept_stock",
    "auto_accept_stock_buffer",
    "auto_accept_price_floor",
    "auto_accept_amount_limit",
}


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    auto_accept = fields.Boolean(
        string="Accept Automatically",
        help="Accept orders that pass every check below. The others wait for a person, "
        "with an activity that says why.",
    )
    auto_accept_known_skus = fields.Boolean(
        string="Only Known SKUs",
        default=True,
        help="Every line must stand for one of your products. The checks of stock and "
        "price need it.",
    )
    auto_accept_stock = fields.Boolean(
        string="Only With Free Stock",
        default=True,
        help="Every storable product must be free in the warehouse, also after what "
        "was accepted before and is not a sale order yet.",
    )
    auto_accept_stock_buffer = fields.Float(
        string="Stock to Keep",
        digits="Product Unit",
        help="This much of each product must be left after the order.",
    )
    auto_accept_price_floor = fields.Float(
        string="Lowest Price (%)",
        help="Each unit must cost at least this share of the product's sales price. "
        "Zero: any price.",
    )
    auto_accept_amount_limit = fields.Monetary(
        string="Highest Order Total",
        currency_field="company_currency_id",
        help="An order above this total waits for a person. Zero: no limit.",
    )
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    acceptance_hours = fields.Float(
        string="Hours to Accept",
        default=48.0,
        help="How long after the order this marketplace lets you decide.",
    )

    _auto_accept_not_negative = models.Constraint(
        "CHECK(auto_accept_stock_buffer >= 0 AND auto_accept_price_floor >= 0 "
        "AND auto_accept_amount_limit >= 0 AND acceptance_hours >= 0)",
        "The limits of automatic acceptance cannot be negative.",
    )

    def write(self, vals):
        """Override to examine the orders that wait anew when the checks change."""
        result = super().write(vals)
        if AUTO_ACCEPT_FIELDS & vals.keys():
            waiting = (
                self.env["lengow.order"]
                .sudo()
                .search(
                    [
                        ("marketplace_id", "in", self.ids),
                        ("lengow_status", "=", "waiting_acceptance"),
                    ]
                )
            )
            waiting.auto_accept_examined = False
            waiting._offer_to_auto_accept()
        return result

    def _acceptance_deadline(self, order_date):
        """Return until when an order of that date has to be accepted.

        :param datetime order_date: naive, UTC, or False
        :rtype: datetime | bool
        """
        self.ensure_one()
        return (
            order_date
            and self.acceptance_hours
            and order_date + timedelta(hours=self.acceptance_hours)
        )
