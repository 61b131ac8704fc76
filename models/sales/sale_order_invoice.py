"""Orders that the marketplace invoices itself are not invoiced here."""

from odoo import api, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _create_invoices(self, *args, **kwargs):
        """Override of `sale` to make no second invoice for the buyer.

        :raise UserError: for orders that the marketplace invoices
        """
        elsewhere = self.filtered(
            lambda sale: sale.sudo().lengow_marketplace_id.invoiced_by_marketplace
        )
        if elsewhere:
            raise UserError(
                self.env._(
                    "%(marketplace)s invoices the buyer of %(sale)s itself. If that is "
                    "wrong, change it in the settings of the marketplace.",
                    marketplace=elsewhere[0].sudo().lengow_marketplace_id.name,
                    sale=elsewhere[0].name,
                )
            )
        return super()._create_invoices(*args, **kwargs)


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.depends("order_id.lengow_order_id.marketplace_id.invoiced_by_marketplace")
    def _compute_invoice_status(self):
        """Override of `sale`: what the marketplace invoices is not to be invoiced."""
        result = super()._compute_invoice_status()
        for line in self:
            marketplace = line.order_id.sudo().lengow_order_id.marketplace_id
            if marketplace.invoiced_by_marketplace:
                line.invoice_status = "no"
        return result
