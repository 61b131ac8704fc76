from odoo import models


class LengowAction(models.Model):
    _name = "lengow.action"
    _inherit = ["lengow.action", "lengow.queued"]
