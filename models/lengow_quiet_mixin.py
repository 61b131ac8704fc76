from odoo import models


class LengowQuietMixin(models.AbstractModel):
    """Keeps Odoo's mails from the marketplaces' buyers.

    They are customers of the marketplace, which writes to them itself and forbids others
    to; their addresses are relays that may be counted as contact with the buyer. Notes and
    followers on our side work as ever.
    """

    _name = "lengow.quiet.mixin"
    _description = "No Mail to Marketplace Buyers"

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        """Override of `mail` to leave out the partners of a Lengow order's buyer."""
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not recipients or not self.sudo().lengow_order_id:
            return recipients
        partner_ids = [data["id"] for data in recipients if data["id"]]
        buyers = (
            self.env["res.partner"]
            .sudo()
            .browse(partner_ids)
            .filtered(
                lambda partner: partner.lengow_customer_ref
                or partner.parent_id.lengow_customer_ref
            )
        )
        return [data for data in recipients if data["id"] not in buyers.ids]
