"""Whether a marketplace may be told anything: not while it is switched off."""

from odoo import models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    def _reason_to_withhold(self):
        """Say why what is planned now is never to be sent, False if it is to be sent.

        :rtype: str | bool
        """
        self.ensure_one()
        if reason := self.sudo().account_id._reason_to_withhold():
            return reason
        return not self.active and self.env._(
            "Not sent: %s is switched off.", self.name
        )

    def _reason_to_send_nothing(self):
        """Say why nothing may be told to this marketplace, False if it may.

        :rtype: str | bool
        """
        self.ensure_one()
        if reason := self.account_id._reason_to_send_nothing():
            return reason
        return not self.active and self.env._(
            "%s is switched off: nothing is sent.", self.name
        )

    def _withhold_what_waits(self):
        """Close what was still to be sent when marketplaces are switched off."""
        for marketplace in self:
            self.env["lengow.outbox"]._withhold(
                marketplace, marketplace._reason_to_withhold()
            )
