from odoo import models


class MailThread(models.AbstractModel):
    """Keeps Odoo's mails from the marketplaces' buyers.

    They are customers of the marketplace, which writes to them itself and forbids
    others to; their addresses are relays, and a mail there counts as contact with the
    buyer. Notes and followers on our side work as ever.
    """

    _inherit = "mail.thread"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail` to leave out the buyers of marketplace orders."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not recipients or not self._lengow_is_from_marketplace():
            return recipients
        partner_ids = [data["id"] for data in recipients if data["id"]]
        partners_sudo = self.env["res.partner"].sudo().browse(partner_ids)
        buyers = partners_sudo.filtered(
            lambda partner: (
                partner.lengow_customer_ref or partner.parent_id.lengow_customer_ref
            )
        )
        return [data for data in recipients if data["id"] not in buyers.ids]

    def _lengow_is_from_marketplace(self):
        if self._name in ("lengow.order", "res.partner"):
            return True  # of contacts, the buyers among the recipients tell
        if "lengow_order_id" not in self._fields:
            return False
        return bool(self.sudo().lengow_order_id)
