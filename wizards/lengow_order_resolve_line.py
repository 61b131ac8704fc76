from odoo import fields, models


class LengowOrderResolveLine(models.TransientModel):
    """A SKU that no single usable product answers to."""

    _name = "lengow.order.resolve.line"
    _description = "Marketplace SKU to Pair"
    _inherit = ["lengow.dialog"]

    resolve_id = fields.Many2one(
        "lengow.order.resolve", required=True, ondelete="cascade"
    )
    marketplace_id = fields.Many2one("lengow.marketplace", required=True, readonly=True)
    company_id = fields.Many2one(related="marketplace_id.company_id")
    sku = fields.Char(string="SKU", required=True, readonly=True)
    title = fields.Char(string="Description", readonly=True)
    problem = fields.Char(readonly=True)
    order_count = fields.Integer(string="Orders", readonly=True)
    product_id = fields.Many2one(
        "product.product",
        domain="[('sale_ok', '=', True), ('company_id', 'in', (company_id, False))]",
    )

    def _find_waiting_orders(self, scope):
        """Return the orders in error that one of these SKUs keeps from being imported.

        :param str scope: whether other marketplaces' orders count, too
        :rtype: lengow.order
        """
        alias_sudo = self.env["lengow.product.alias"].sudo()
        found = alias_sudo.env["lengow.order"]
        for marketplace, lines in self.grouped("marketplace_id").items():
            found |= alias_sudo._find_waiting_orders(
                marketplace.account_id,
                marketplace if scope == "marketplace" else marketplace.browse(),
                lines.mapped("sku"),
            )
        return found
