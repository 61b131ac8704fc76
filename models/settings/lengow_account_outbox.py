from odoo import models
from odoo.tools import str2bool


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    # === BUSINESS METHODS === #

    def _reason_to_send_nothing(self):
        """Say why nothing may be told to Lengow for this account, False if it may.

        :rtype: str | bool
        """
        self.ensure_one()
        if self._is_copy():
            return self.env._("This database is a copy: nothing is sent.")
        if self.test_mode:
            return self.env._("The account is in test mode: nothing is sent.")
        if self.state == "draft" or not self.lengow_account_ref:
            return self.env._("The account is not connected.")
        return False

    def _sending_domain(self):
        """Return the domain of the accounts that may tell Lengow something.

        :rtype: list
        """
        if self._is_copy():
            return [("id", "=", False)]
        return [*self._connected_domain(), ("test_mode", "=", False)]

    def _is_copy(self):
        """Whether this database was neutralised, so that it must stay silent."""
        parameters = self.env["ir.config_parameter"].sudo()
        return str2bool(parameters.get_param("database.is_neutralized", ""), False)

    def _note_call(self, error=None):
        """Show on the account how the last call went, if nobody else is at it.

        To be called first in a transaction: the row may have been changed by the
        synchronisation while a call was under way.

        :param LengowError error: what went wrong, None if nothing did
        """
        self.ensure_one()
        if error is None and self.state == "connected" and not self.error_message:
            return
        if not self.try_lock_for_update(allow_referencing=True):
            return
        if error is None:
            self._mark_connected()
        else:
            self._mark_error(error)
