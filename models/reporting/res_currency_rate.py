from odoo import models


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    # The analysis looks a rate up for each order in another currency. The sum keeps
    # PostgreSQL from Odoo's index of dates, where it would pass every other currency.
    _lengow_lookup_idx = models.Index(
        "(currency_id, COALESCE(company_id, 0), (name + 0))"
    )
