from odoo import models


class MailComposeMessage(models.TransientModel):
    _inherit = "mail.compose.message"

    def _action_send_mail_mass_mail(self, res_ids, auto_commit=False):
        """Override of `mail` to leave out the buyers of marketplace orders."""
        records = self.env[self.model].browse(res_ids) if self.model else None
        if records is not None and "lengow_order_id" in records._fields:
            res_ids = records.filtered(lambda r: not r.sudo().lengow_order_id).ids
        return super()._action_send_mail_mass_mail(res_ids, auto_commit=auto_commit)
