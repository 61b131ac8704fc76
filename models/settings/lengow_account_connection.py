"""How an account reaches Lengow, and what it says when it does not."""

from odoo import models, release
from odoo.exceptions import UserError
from odoo.modules.module import get_manifest

from ...lengow_api import LengowClient, LengowError


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
                if twin := self._find_twin(account_ref):
                    return self._notification("danger", self._mark_twin(twin))
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

    def _find_twin(self, account_ref):
        """Return another account that brings the same orders, maybe empty."""
        return (
            self.sudo()
            .with_context(active_test=False)
            .search(
                [
                    ("id", "!=", self.id),
                    ("lengow_account_ref", "=", account_ref),
                    ("base_url", "=", self.sudo().base_url),
                ],
                limit=1,
            )
        )

    def _mark_twin(self, twin):
        """Refuse to import every order twice; return the sentence that says so."""
        message = self.env._(
            "Lengow account %(ref)s is connected already, as %(name)s. Every order "
            "would come twice: use that one, or enter other keys.",
            ref=twin.lengow_account_ref,
            name=twin.name,
        )
        self.sudo().write(
            {"state": "error", "error_code": "twin", "error_message": message}
        )
        return message

    def _has_orders_of_another(self, account_ref):
        """Return whether the orders here came from another Lengow account."""
        return (
            self.lengow_account_ref not in (False, account_ref)
            and self.env["lengow.order"]
            .sudo()
            .search_count([("account_id", "=", self.id)], limit=1)
            > 0
        )
