"""How an account reaches Lengow, and what it says when it does not."""

from odoo import fields, models, release
from odoo.exceptions import UserError
from odoo.modules.module import get_manifest

from ..lengow_api import LengowClient, LengowError


class LengowAccount(models.Model):
    _inherit = "lengow.account"

    # === ACTION METHODS === #

    def action_connect(self):
        """Test the keys, and when Lengow accepts them read the marketplaces.

        A refusal does not raise: it is kept on the account, where it can be read.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        try:
            with self._get_client(is_first_call=True) as client:
                account_ref = str(client.authenticate())
                if self._has_orders_of_another(account_ref):
                    self._mark_other_account(account_ref)
                    return self._notification("danger", self.error_message)
                definitions = client.get_marketplaces()
        except LengowError as error:
            self._mark_error(error)
            return self._notification("danger", self.error_message)
        self._mark_identified(account_ref)
        self.env["lengow.marketplace"]._store_definitions(self, definitions)
        self._mark_connected()
        return self._notification(
            "success",
            self.env._(
                "Connected to Lengow account %(ref)s, %(environment)s: %(count)s "
                "marketplaces.",
                ref=account_ref,
                environment=self.environment,
                count=len(definitions),
            ),
        )

    def action_disconnect(self):
        """Stop every exchange with Lengow until the keys are tested again."""
        self.check_access("write")
        self.write({"state": "draft", "error_code": False, "error_message": False})

    def action_sync_marketplaces(self):
        """Read the marketplaces and their carriers from Lengow now.

        :return: a notification that says what happened
        """
        self.ensure_one()
        self.check_access("write")
        self._check_connected()
        try:
            with self._get_client() as client:
                definitions = client.get_marketplaces()
        except LengowError as error:
            self._mark_error(error)
            return self._notification("danger", self.error_message)
        self.env["lengow.marketplace"]._store_definitions(self, definitions)
        self._mark_connected()
        return self._notification(
            "success",
            self.env._("%s marketplaces are up to date.", len(definitions)),
        )

    # === BUSINESS METHODS === #

    def _check_connected(self):
        """Keep accounts that nobody connected, or that somebody disconnected, silent.

        :raise UserError: naming the account to connect
        """
        for account in self:
            if account.state == "draft" or not account.lengow_account_ref:
                raise UserError(
                    self.env._("Connect %s before you synchronise.", account.name)
                )

    def _get_client(self, is_first_call=False):
        """Return a client that speaks to Lengow for this account.

        :param bool is_first_call: whether the keys are yet to say whose they are
        :return: a context manager; close it to give its connections back
        :rtype: LengowClient
        :raise UserError: if a key is missing
        """
        self.ensure_one()
        account_sudo = self.sudo()  # the keys are readable by the system only
        if not (account_sudo.access_token and account_sudo.secret_token):
            raise UserError(
                self.env._(
                    "Enter the access token and the secret of %s first. They are in "
                    "Lengow under your company's API credentials.",
                    self.name,
                )
            )
        version = get_manifest("lengow_connector")["version"]
        return LengowClient(
            account_sudo.base_url,
            account_sudo.access_token,
            account_sudo.secret_token,
            account_ref=None if is_first_call else account_sudo.lengow_account_ref,
            user_agent=f"lengow-connector/{version} odoo/{release.version}",
        )

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

    def _has_orders_of_another(self, account_ref):
        """Return whether the orders here came from another Lengow account."""
        return (
            self.lengow_account_ref not in (False, account_ref)
            and self.env["lengow.order"]
            .sudo()
            .search_count([("account_id", "=", self.id)], limit=1)
            > 0
        )

    def _mark_other_account(self, account_ref):
        """Keep on the account that its keys would mix the orders of two shops."""
        message = self.env._(
            "These keys belong to the Lengow account %(new)s, but the orders here came "
            "from %(old)s. Enter the keys of %(old)s, or create another account in Odoo "
            "for %(new)s.",
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
            "The synchronisation failed unexpectedly (%s). The next run tries again; if "
            "it stays, give your administrator the server log of this moment.",
            type(error).__name__,
        )
        self.sudo().write(
            {"state": "error", "error_code": "unexpected", "error_message": message}
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
