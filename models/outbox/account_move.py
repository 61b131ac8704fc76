from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def button_draft(self):
        """Override of `account`: what is posted no more gives nothing back."""
        result = super().button_draft()
        self.env["lengow.settlement"]._take_back_refunds(self)
        return result
