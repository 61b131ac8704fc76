from odoo import models


class LengowDocument(models.Model):
    _name = "lengow.document"
    _inherit = ["lengow.document", "lengow.queued"]
