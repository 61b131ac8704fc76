from odoo import api, fields, models
from odoo.tools import SQL


class ProductTemplate(models.Model):
    _inherit = "product.template"

    lengow_is_selected = fields.Boolean(
        string="Send to Lengow",
        index=True,
        help="For catalogs that hold only products on which this is switched on.",
    )
    lengow_row_ids = fields.One2many(
        "lengow.catalogue.row",
        "product_tmpl_id",
        string="Catalog Rows",
        readonly=True,
        groups="lengow_connector.group_user",
    )
    # Of its only variant; of several, each has its own.
    lengow_has_buffer = fields.Boolean(
        string="Own Safety Stock",
        compute="_compute_lengow_has_buffer",
        inverse="_inverse_lengow_has_buffer",
        help="Off: the safety stock of each catalog counts for this product, too.",
    )
    lengow_buffer = fields.Integer(
        string="Safety Stock",
        compute="_compute_lengow_buffer",
        inverse="_inverse_lengow_buffer",
        help="So many pieces of this product are never offered through Lengow.",
    )

    # === COMPUTE METHODS === #

    @api.depends("product_variant_ids.lengow_has_buffer")
    def _compute_lengow_has_buffer(self):
        self._compute_template_field_from_variant_field("lengow_has_buffer")

    def _inverse_lengow_has_buffer(self):
        self._set_product_variant_field("lengow_has_buffer")

    @api.depends("product_variant_ids.lengow_buffer")
    def _compute_lengow_buffer(self):
        self._compute_template_field_from_variant_field("lengow_buffer")

    def _inverse_lengow_buffer(self):
        self._set_product_variant_field("lengow_buffer")

    # === ORM METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_from_rows(self):
        """Have rows forget a product and its variants at once.

        PostgreSQL would do it one by one, in the order in which the references came to
        the database; a row of the same transaction may then point at a variant that is
        gone already, and the product could not be deleted. A variant that was moved to
        another product, as modules do, stays with its row.
        """
        self.env["product.product"].flush_model(["product_tmpl_id"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE lengow_catalogue_row
                   SET product_id = NULL
                 WHERE product_id IN (SELECT id FROM product_product
                                       WHERE product_tmpl_id = ANY(%s))
                """,
                self.ids,
            )
        )
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_catalogue_row SET product_tmpl_id = NULL "
                "WHERE product_tmpl_id = ANY(%s)",
                self.ids,
            )
        )
        self.env["lengow.catalogue.row"].invalidate_model()
