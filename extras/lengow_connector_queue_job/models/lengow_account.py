from odoo import models


class LengowAccount(models.Model):
    _name = "lengow.account"
    _inherit = ["lengow.account", "lengow.queued"]
