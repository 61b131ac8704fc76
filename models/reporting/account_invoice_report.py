from odoo import api, fields, models
from odoo.tools import SQL


class AccountInvoiceReport(models.Model):
    _inherit = "account.invoice.report"

    lengow_marketplace_id = fields.Many2one(
        "lengow.marketplace", string="Marketplace", readonly=True
    )

    _depends = {
        "account.move": ["lengow_order_id"],
        "lengow.order": ["marketplace_id"],
    }

    @api.model
    def _select(self):
        """Override of `account` to tell the marketplace."""
        return SQL(
            "%s, lengow_order.marketplace_id AS lengow_marketplace_id",
            super()._select(),
        )

    @api.model
    def _from(self):
        """Override of `account` to find the marketplace."""
        return SQL(
            "%s LEFT JOIN lengow_order ON lengow_order.id = move.lengow_order_id",
            super()._from(),
        )
