from odoo import fields, models


class ProductProduct(models.Model):
    _inherit = "product.product"

    lengow_row_ids = fields.One2many(
        "lengow.catalogue.row",
        "product_id",
        string="Catalog Rows",
        readonly=True,
        groups="lengow_connector.group_user",
    )
    lengow_has_buffer = fields.Boolean(
        string="Own Safety Stock",
        help="Off: the safety stock of each catalog counts for this product, too.",
    )
    lengow_buffer = fields.Integer(
        string="Safety Stock",
        help="So many pieces of this product are never offered through Lengow.",
    )

    # === BUSINESS METHODS === #

    def _lengow_identifiers(self):
        """Return under which identifiers catalogs have published these.

        :rtype: set[str]
        """
        rows = (
            self.env["lengow.catalogue.row"]
            .sudo()
            .search_fetch(
                [("product_id", "in", self.ids), ("published_at", "!=", False)],
                ["identifier"],
            )
        )
        return {*rows.mapped("identifier")}
