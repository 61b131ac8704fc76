from odoo import fields, models


class SaleReport(models.Model):
    _inherit = "sale.report"

    lengow_marketplace_id = fields.Many2one(
        "lengow.marketplace", string="Marketplace", readonly=True
    )

    def _select_additional_fields(self):
        """Override of `sale` to tell the marketplace."""
        columns = super()._select_additional_fields()
        columns["lengow_marketplace_id"] = "lengow_order.marketplace_id"
        return columns

    def _from_sale(self):
        """Override of `sale` to find the marketplace."""
        return f"""
            {super()._from_sale()}
            LEFT JOIN lengow_order ON lengow_order.id = s.lengow_order_id"""

    def _group_by_sale(self):
        """Override of `sale` to keep the marketplaces apart."""
        return f"""
            {super()._group_by_sale()},
            lengow_order.marketplace_id"""
