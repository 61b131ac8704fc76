from odoo import models


class ProductUom(models.Model):
    _name = "product.uom"
    _inherit = ["product.uom", "lengow.mending"]
