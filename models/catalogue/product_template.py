from odoo import api, fields, models


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
