from odoo import fields, models


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
