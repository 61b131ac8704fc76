"""What an account says about its connection: state, error, advice."""

from odoo import fields, models


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    def _mark_identified(self, account_ref):
        """Note whose keys these are, and since when their orders are wanted."""
        if self.lengow_account_ref != account_ref:
            self.sudo().write(
                {
                    "lengow_account_ref": account_ref,
                    "connected_at": fields.Datetime.now(),
                }
            )

    def _mark_connected(self):
        """Note that a call worked, which heals an earlier error."""
        self.ensure_one()
        if self.state != "connected" or self.error_message:
            self.sudo().write(
                {"state": "connected", "error_code": False, "error_message": False}
            )

    def _mark_error(self, error):
        """Keep what went wrong, and what to do, on the account.

        :param LengowError error: what the client raised
        """
        self.ensure_one()
        self.sudo().write(
            {
                "state": "error",
                "error_code": error.code,
                "error_message": self._describe_error(error),
            }
        )

    def _mark_other_account(self, account_ref):
        """Keep on the account that its keys would mix the orders of two shops."""
        message = self.env._(
            "These keys belong to the Lengow account %(new)s, but the orders here came "
            "from %(old)s. Enter the keys of %(old)s, or create another account in "
            "Odoo for %(new)s.",
            new=account_ref,
            old=self.lengow_account_ref,
        )
        self.sudo().write(
            {"state": "error", "error_code": "other_account", "error_message": message}
        )

    def _mark_unexpected(self, error):
        """Keep on the account that something else than Lengow failed.

        :param Exception error: its text may hold anything, so only its kind is shown
        """
        message = self.env._(
            "The synchronisation failed unexpectedly (%s). The next run tries again; "
            "if it stays, give your administrator the server log of this moment.",
            type(error).__name__,
        )
        self.sudo().write(
            {"state": "error", "error_code": "unexpected", "error_message": message}
        )

    def _describe_error(self, error):
        """Return a sentence that says what failed, where, and what to do next.

        :param LengowError error: what the client raised
        :rtype: str
        """
        return self.env._(
            "%(what)s %(advice)s (Tried: %(environment)s. Answer: %(detail)s)",
            what=self._error_sentences().get(
                error.code, self.env._("Lengow could not be read.")
            ),
            advice=self._error_advice(error),
            environment=self.environment,
            detail=error.message,
        )

    def _error_sentences(self):
        return {
            "authentication": self.env._("Lengow does not accept these keys."),
            "access_denied": self.env._("These keys have no access to this data."),
            "rate_limited": self.env._("Lengow asks us to slow down."),
            "server_error": self.env._("Lengow has a problem of its own."),
            "unreachable": self.env._("Lengow could not be reached."),
            "timeout": self.env._("Lengow took too long to answer."),
            "connection_lost": self.env._("The connection broke off."),
            "bad_response": self.env._("Lengow sent an answer that cannot be read."),
            "payload": self.env._("Lengow sent an order without a number."),
            "not_found": self.env._("Lengow does not know what was asked for."),
            "refused": self.env._("Lengow refused the request."),
        }

    def _error_advice(self, error):
        if error.code == "authentication":
            return self.env._(
                "Copy the access token and the secret again from Lengow, and check "
                "that they belong to this environment."
            )
        if error.code == "access_denied":
            return self.env._(
                "Ask Lengow to open the Orders API for this account, then test again."
            )
        if error.code == "unreachable":
            return self.env._(
                "Check the API address and the server's network. Nothing is lost: the "
                "next run tries again."
            )
        if error.code == "payload":
            return self.env._(
                "Tell Lengow's support. The other orders are here, and the period is "
                "read again."
            )
        if error.code in ("refused", "not_found"):
            return self.env._("Check the settings of this account.")
        return self.env._("Nothing is lost: the next run tries again.")
