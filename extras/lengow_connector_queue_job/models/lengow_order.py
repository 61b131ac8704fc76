from odoo import models


class LengowOrder(models.Model):
    _name = "lengow.order"
    _inherit = ["lengow.order", "lengow.queued"]
