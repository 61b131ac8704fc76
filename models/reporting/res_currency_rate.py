from odoo import api, models


class ResCurrencyRate(models.Model):
    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        """Override to count the orders that came in when their currency had no rate."""
        rates = super().create(vals_list)
        self.env["lengow.order"].sudo()._fill_missing_rates(rates.currency_id)
        return rates
