"""How an account reaches Lengow, and what it says when it does not."""

import logging
from urllib.parse import urlsplit

from odoo import models

from ...lengow_api import LengowError, MarketplaceDefinition, storable
from ..ui import bounded, notification

_logger = logging.getLogger(__name__)

# Its banner says what went wrong: once is enough.
SHOW_AGAIN = {"type": "ir.actions.client", "tag": "soft_reload"}
# A larger limit is none; nor could it be kept.
MOST_CALLS = 100_000
# Errors of which the words of Lengow, or of the network, tell nobody more.
SPEAK_FOR_THEMSELVES = (
    "connection_lost",
    "rate_limited",
    "timeout",
    "unreachable",
)


class LengowConnection(models.AbstractModel):
    """Connects accounts, and turns what Lengow answers into sentences."""

    _name = "lengow.connection"
    _description = "Connection to Lengow"

    # === CONNECT === #

    def _connect(self, account):
        """Test the keys of an account; once they are accepted, read its marketplaces.

        :param lengow.account account: one
        :return: a notification that says what happened
        """
        if account.is_elsewhere:
            return notification("danger", account._copy_sentence())
        try:
            with account._get_client(is_first_call=True) as client:
                account_ref = str(client.authenticate())
                if refusal := self._find_refusal(account, account_ref):
                    account._mark_refused(*refusal)
                    return SHOW_AGAIN
                definitions = client.get_marketplaces()
                self._read_limit(account, client)
                self._read_catalogues(account, client)
        except LengowError as error:
            account._mark_error(error, is_tested=True)
            return SHOW_AGAIN
        account._mark_identified(account_ref)
        self._store_definitions(account, definitions)
        account._mark_connected(is_tested=True)
        self.env["lengow.fetcher"]._look_back(account)
        if not self._has_warehouse(account):
            return notification(
                "warning",
                self.env._(
                    "Connected to Lengow account %(ref)s. %(company)s has no warehouse "
                    "yet: create one before orders are imported.",
                    ref=account_ref,
                    company=account.company_id.name,
                ),
            )
        return notification(
            "success",
            self.env._(
                "Connected to Lengow account %(ref)s, %(environment)s. Marketplaces: "
                "%(count)s.",
                ref=account_ref,
                environment=account.environment,
                count=len(definitions),
            )
            + self._begin(account)
            + self._company_sentence(account),
        )

    def _company_sentence(self, account):
        """Say how much is to be done for the company of an account, maybe nothing."""
        points = self.env["lengow.readiness"]._points(account)
        labels = [point.label for point in points if not point.is_done]
        if not labels:
            return ""
        return " " + self.env._(
            "To do in %(company)s: %(points)s. Check Company on the account says what.",
            company=account.company_id.name,
            points=", ".join(labels),
        )

    def _begin(self, account):
        """Have the orders of an account fetched that was never synchronized.

        Whoever sets it up on the screen sees them at once.

        :return: how many there are, as a sentence; empty where they come later
        :rtype: str
        """
        if account.setup_state:
            account_sudo = account.sudo()  # the system writes what Lengow says
            count = account_sudo.env["lengow.fetcher"]._begin(account_sudo)
            return " " + self.env._("Orders fetched: %s.", count)
        if not account.last_sync_at:
            self.env.ref("lengow_connector.cron_fetch_orders").sudo()._trigger()
        return ""

    def _has_warehouse(self, account):
        """Whether the company of an account can deliver; Odoo makes none by itself."""
        Warehouse = self.env["stock.warehouse"].sudo()
        return bool(
            Warehouse.search_count(
                [("company_id", "=", account.company_id.id)], limit=1
            )
        )

    def _sync_marketplaces(self, account):
        """Read the marketplaces and carriers of a connected account.

        :param lengow.account account: one
        :return: a notification that says what happened
        """
        try:
            with account._get_client() as client:
                definitions = client.get_marketplaces()
                self._read_limit(account, client)
                self._read_catalogues(account, client)
        except LengowError as error:
            account._mark_error(error)
            return notification("danger", account.error_message)
        self._store_definitions(account, definitions)
        account._mark_connected()
        return notification(
            "success",
            self.env._("Marketplaces up to date: %s.", len(definitions)),
        )

    def _read_limit(self, account, client):
        """Note how many calls Lengow allows this account; no answer changes nothing.

        :param lengow.account account: one
        :param LengowClient client: to ask with
        """
        try:
            limit = min(client.get_call_limit() or 0, MOST_CALLS)
        except LengowError as error:
            _logger.info("Account %s: no limit is told: %s", account.id, error)
            return
        if account.lengow_calls_per_minute != limit:
            account.sudo().lengow_calls_per_minute = limit

    def _read_catalogues(self, account, client):
        """Note which catalogs an account has at Lengow; no answer changes nothing.

        :param lengow.account account: one
        :param LengowClient client: to ask with
        """
        try:
            listed = client.list_catalogues()
        except LengowError as error:
            _logger.info("Account %s: no catalogs are told: %s", account.id, error)
            return
        self.env["lengow.known.catalogue"]._store(account, listed)

    # === WHOSE KEYS THESE ARE === #

    def _find_refusal(self, account, account_ref):
        """Return why keys that Lengow accepts are not to be used here, maybe None.

        :param str account_ref: the Lengow account that the keys belong to
        :return: an error code and a sentence
        :rtype: tuple[str, str] | None
        """
        if self._has_orders_of_another(account, account_ref):
            return "other_account", self.env._(
                "These keys belong to the Lengow account %(new)s, but the orders here "
                "came from %(old)s. Enter the keys of %(old)s, or create another "
                "account in Odoo for %(new)s.",
                new=account_ref,
                old=account.lengow_account_ref,
            )
        if twin := self._find_twin(account, account_ref):
            is_seen = twin.sudo(False).has_access("read")
            return "twin", self.env._(
                "Lengow account %(ref)s is connected already, as %(name)s. Every order "
                "would come twice: use that one, or enter other keys.",
                ref=twin.lengow_account_ref,
                name=twin.name if is_seen else self.env._("another company's"),
            )
        return None

    def _find_twin(self, account, account_ref):
        """Return another account that brings the same orders, maybe empty.

        One that is archived or disconnected brings none: this one may succeed it.
        """
        active = account.sudo().with_context(active_test=True)
        same = active._find_of(account_ref, account.base_url) - account
        return same.filtered(lambda other: other.state != "draft")[:1]

    def _has_orders_of_another(self, account, account_ref):
        """Return whether the orders here came from another Lengow account."""
        return (
            account.lengow_account_ref not in (False, account_ref)
            and self.env["lengow.order"]
            .sudo()
            .search_count([("account_id", "=", account.id)], limit=1)
            > 0
        )

    # === MARKETPLACES === #

    def _store_definitions(self, account, definitions):
        """Create or refresh an account's marketplaces from what Lengow sent.

        A marketplace that Lengow no longer names stays: its orders need it. One whose
        definition cannot be read keeps the one it had.

        :param lengow.account account: whose marketplaces they are
        :param dict definitions: Lengow's object, keyed by marketplace code
        """
        definitions = storable(definitions)
        Marketplace = (
            self.env["lengow.marketplace"]
            .sudo()
            .with_context(active_test=False, mail_create_nolog=True)
        )
        known = {
            marketplace.code: marketplace
            for marketplace in Marketplace.search([("account_id", "=", account.id)])
        }
        to_create = []
        for code, payload in definitions.items():
            if not payload or not isinstance(payload, dict):
                _logger.info(
                    "Marketplace %s of account %s: no object", code, account.id
                )
                continue
            definition = MarketplaceDefinition.from_payload(code, payload)
            values = self._prepare_definition_values(definition, payload)
            marketplace = known.get(code)
            if not marketplace and (renamed := self._renamed(code, definitions, known)):
                # Its orders are the same orders: the row goes on under the new name.
                marketplace = known[code] = known.pop(renamed)
                marketplace.code = code
            if not marketplace:
                to_create.append({**values, "account_id": account.id, "code": code})
            elif marketplace.definition != payload or not marketplace.is_known:
                # The name may have been changed by the merchant: it stays.
                marketplace.write({k: v for k, v in values.items() if k != "name"})
        created = Marketplace.create(to_create)
        self.env["lengow.carrier"]._store_carriers(
            created.union(*known.values()).filtered("is_known")
        )
        self._reread_orders_that_waited(account)

    def _renamed(self, code, definitions, known):
        """Return the earlier code of a marketplace that Lengow has renamed, if any.

        :param str code: new to the account
        :rtype: str | None
        """
        legacy = _legacy_code(definitions[code])
        claims = [
            payload
            for payload in definitions.values()
            if isinstance(payload, dict) and _legacy_code(payload) == legacy
        ]
        is_renamed = legacy in known and legacy not in definitions and len(claims) == 1
        return legacy if is_renamed else None

    def _prepare_definition_values(self, definition, payload):
        country = self.env["res.country"].search(
            [("code", "=", (definition.country_code or "").upper())], limit=1
        )
        return {
            "name": definition.name or definition.code,
            "country_id": country.id,
            "definition": payload,
            "legacy_code": _legacy_code(payload),
            "is_known": True,
        }

    def _reread_orders_that_waited(self, account):
        """Look again at the orders that only a marketplace's description explains."""
        Order = self.env["lengow.order"].sudo()
        # One by one, since no index serves both.
        waiting = Order.search(
            [
                ("account_id", "=", account.id),
                ("import_state", "=", "error"),
                ("error_code", "=", "marketplace_unknown"),
            ]
        ) | Order.search(
            [("account_id", "=", account.id), ("lengow_status", "=", "unknown")]
        )
        # What could not be taken over waits for something else.
        waiting = waiting.filtered(
            lambda order: order.marketplace_id.is_known and not order.unread_from
        )
        self.env["lengow.inbox"]._reread(waiting)
        if "ready" in waiting.mapped("import_state"):
            self.env.ref("lengow_connector.cron_process_orders").sudo()._trigger()

    # === WHAT WENT WRONG === #

    def _describe(self, account, error):
        """Return a sentence that says what failed, where, and what to do next.

        :param lengow.account account: which could not reach Lengow
        :param LengowError error: what the client raised
        :rtype: str
        """
        sentence = f"{self._what_failed(account, error)} {self._advice(account, error)}"
        if error.code in SPEAK_FOR_THEMSELVES:
            return sentence
        return self.env._(
            "%(sentence)s (%(environment)s answered: %(detail)s)",
            sentence=sentence,
            environment=account.environment,
            detail=bounded(error.message),
        )

    def _what_failed(self, account, error):
        host = urlsplit(account.base_url).netloc
        sentences = {
            "authentication": self.env._("Lengow does not accept these keys."),
            "access_denied": self.env._("These keys have no access to this data."),
            "rate_limited": self.env._("Lengow limits requests."),
            "server_error": self.env._("Lengow has an outage."),
            "unreachable": self.env._("Could not reach %s from this server.", host),
            "timeout": self.env._("%s took too long to answer.", host),
            "connection_lost": self.env._("The connection to %s broke off.", host),
            "bad_response": self.env._("Lengow sent an answer that cannot be read."),
            "payload": self.env._("Lengow sent an order without a number."),
            "not_found": self.env._("Lengow does not know what was requested."),
            "refused": self.env._("Lengow refused the request."),
        }
        return sentences.get(error.code, self.env._("Lengow could not be read."))

    def _advice(self, account, error):
        """Return what to do; who was never connected has nothing to lose yet."""
        advice = {
            "authentication": self.env._(
                "Copy the access token and the secret again from Lengow, and check "
                "that they belong to this environment."
            ),
            "access_denied": self.env._(
                "Ask Lengow to open the Orders API for this account, then test again."
            ),
            "payload": self.env._(
                "Tell Lengow's support. The other orders are here, and the period is "
                "read again."
            ),
            "refused": self.env._("Check the settings of this account."),
            "not_found": self.env._("Check the settings of this account."),
        }.get(error.code)
        if advice:
            return advice
        if account.connected_at:
            return self.env._("Nothing is lost: the next run tries again.")
        if error.code == "unreachable":
            return self.env._("Check the server's network, then test again.")
        return self.env._("Test again in a minute.")


def _legacy_code(payload):
    """Return the earlier code of a marketplace as a text, False if it tells none."""
    code = payload.get("legacy_code")
    return isinstance(code, str) and code
