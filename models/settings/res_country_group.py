from odoo import models


class ResCountryGroup(models.Model):
    _inherit = "res.country.group"

    def write(self, vals):
        """Override to give orders to whom the routing rules say now."""
        result = super().write(vals)
        if "country_ids" in vals:
            rules = self.env["lengow.routing.rule"].sudo()
            rules = rules.search([("country_group_ids", "in", self.ids)])
            rules.account_id._follow_rules()
        return result
