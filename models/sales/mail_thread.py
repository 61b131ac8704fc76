from odoo import models


class MailThread(models.AbstractModel):
    """Keeps Odoo's mails from the marketplaces' buyers.

    They are customers of the marketplace, which writes to them itself and forbids
    others to; their addresses are relays, and a mail there counts as contact with the
    buyer. Whatever record a mail is about, it does not reach them: a draft credit note,
    a coupon or a task does not know that it comes from a marketplace. Notes and
    followers on our side work as ever.
    """

    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail` to leave out the buyers of marketplace orders."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        partner_ids = [data["id"] for data in recipients or () if data["id"]]
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids)
        buyers = partners_sudo._lengow_buyers()
        return [data for data in recipients if data["id"] not in buyers.ids]
