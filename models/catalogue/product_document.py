from odoo import fields, models


class ProductDocument(models.Model):
    _inherit = "product.document"

    # Odoo makes a document of everything that is dropped into a product's chatter, so
    # none goes out unless somebody says so.
    lengow_is_picture = fields.Boolean(
        string="Picture for Marketplaces",
        help="The picture is sent to the marketplaces with the product, after the "
        "product's own. Whoever has the link can see it.",
    )
