"""Orders that wait for a SKU to be paired with a product."""

from odoo import api, models

from ...mapper.products import FULFILMENT_SUFFIX

# What pairing a SKU with a product mends.
PRODUCT_ERRORS = ("product_missing", "product_ambiguous", "product_unusable")


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === ACTION METHODS === #

    def action_open_resolve(self):
        """Pair the SKUs that keep these orders from being imported with products.

        :return: the wizard
        :raise UserError: if no error is about a product
        """
        self.check_access("write")
        return self.env["lengow.order.resolve"]._open_for(
            self.filtered(lambda order: order.error_code in PRODUCT_ERRORS)
        )

    # === HELPERS === #

    @api.model
    def _find_waiting_for_skus(self, account, marketplace, skus):
        """Return the orders in error that need a product for one of some SKUs.

        :param lengow.account account: of the orders
        :param lengow.marketplace marketplace: of the orders; empty for all
        :param list skus: as the orders show them, or without the fulfilment suffix
        """
        shown = {form for sku in skus for form in (sku, sku + FULFILMENT_SUFFIX)}
        domain = [
            ("account_id", "=", account.id),
            ("import_state", "=", "error"),
            ("error_code", "in", PRODUCT_ERRORS),
            ("line_ids.sku", "in", list(shown)),
        ]
        if marketplace:
            domain.append(("marketplace_id", "=", marketplace.id))
        return self.search(domain)
