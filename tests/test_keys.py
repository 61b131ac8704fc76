"""The two keys of an account: who reads them, and where they never appear."""

import logging

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common import LengowCase, payload

KEYS = ("access_token", "secret_token")


@tagged("post_install", "-at_install")
class TestKeys(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.create_user(
            "lengow-admin", "lengow_connector.group_manager", "base.group_system"
        )

    def as_user(self, user):
        return self.account.with_user(user)

    # === WHO READS THEM === #

    def test_administrator_reads_the_keys(self):
        self.assertEqual(self.as_user(self.admin).access_token, self.server.keys[0])

    def test_nobody_else_reads_the_keys_as_an_attribute(self):
        for user in (self.user, self.manager):
            for key in KEYS:
                case = self.subTest(user=user.login, key=key)
                with case, self.assertRaises(AccessError):
                    self.as_user(user)[key]

    def test_nobody_else_gets_the_keys_from_read(self):
        for user in (self.user, self.manager):
            account = self.as_user(user)
            values = account.read()[0]
            self.assertFalse(set(KEYS) & values.keys())
            self.assertFalse(set(KEYS) & account.fields_get().keys())
            with self.assertRaises(AccessError):
                account.read(KEYS)
            with self.assertRaises(AccessError):
                account.web_read({"access_token": {}})
            with self.assertRaises(AccessError):
                account.mapped("secret_token")

    def test_nobody_else_searches_sorts_or_groups_by_the_keys(self):
        Account = self.env["lengow.account"].with_user(self.manager)
        with self.assertRaises(AccessError):
            Account.search([("secret_token", "=like", "s%")])
        with self.assertRaises(AccessError):
            Account.search([], order="secret_token")
        with self.assertRaises(AccessError):
            Account.formatted_read_group([], ["secret_token"], ["__count"])
        with self.assertRaises(AccessError):
            self.env["lengow.order"].with_user(self.manager).search(
                [("account_id.access_token", "!=", False)]
            )

    def test_nobody_else_exports_the_keys(self):
        self.manager.group_ids += self.env.ref("base.group_allow_export")
        for path, records in (
            ("access_token", self.account),
            ("account_id/secret_token", self.marketplace),
        ):
            with self.subTest(path=path), self.assertRaises(AccessError):
                records.with_user(self.manager).export_data([path])

    def test_keys_are_not_offered_for_export_to_anybody(self):
        fields = self.as_user(self.admin).fields_get(KEYS, ["exportable"])
        self.assertEqual([fields[key]["exportable"] for key in KEYS], [False, False])

    def test_nobody_else_writes_the_keys(self):
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.as_user(user).write({"access_token": "mine"})
        with self.assertRaises(AccessError):
            self.env["lengow.account"].with_user(self.manager).create(
                {"name": "Mine", "secret_token": "mine"}
            )

    def test_copied_account_has_no_keys_and_is_not_connected(self):
        copied = self.account.copy()
        self.assertFalse(copied.access_token or copied.secret_token)
        self.assertEqual(copied.state, "draft")
        self.assertFalse(copied.lengow_account_ref)

    # === WHERE THEY GO === #

    def test_only_an_administrator_sends_the_keys_elsewhere(self):
        with self.assertRaises(AccessError):
            self.as_user(self.manager).base_url = "https://example.com"
        with self.assertRaises(AccessError):
            self.as_user(self.manager).create(
                {"name": "Trap", "base_url": "https://example.com"}
            )
        with self.assertRaises(AccessError):
            self.as_user(self.manager).with_context(
                default_base_url="https://example.com"
            ).create({"name": "Trap"})
        self.as_user(self.admin).base_url = "https://example.com"
        self.assertEqual(self.account.state, "draft")

    def test_manager_uses_the_account_without_reading_its_keys(self):
        account = self.as_user(self.manager)
        account.action_connect()
        self.assertEqual(account.state, "connected")
        account.write({"name": "Renamed", "base_url": account.base_url})
        self.assertEqual(account.name, "Renamed")

    def test_user_synchronizes_but_does_not_connect(self):
        self.put(payload())
        self.as_user(self.user).action_sync_orders()
        self.assertEqual(self.order("A-1").import_state, "imported")
        for action in (
            "action_connect",
            "action_disconnect",
            "action_sync_marketplaces",
        ):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(self.as_user(self.user), action)()

    # === WHERE THEY NEVER APPEAR === #

    def test_keys_and_tokens_are_in_no_log_line_no_chatter_and_no_sentence(self):
        with (
            self.assertLogs("odoo.addons.lengow_connector", logging.DEBUG) as own,
            self.assertLogs("urllib3", logging.DEBUG) as library,
        ):
            for members in (
                {"status": 400, "body": {"error": " ".join(self.server.keys)}},
                {"status": 500, "body": " ".join(self.server.keys)},
                {"cut": "mid"},
                {"html": True, "body": self.server.keys[1]},
            ):
                for path in ("/access", "/v3.0"):
                    self.fault(path, **members)
                    self.account.action_connect()
                    self.account.action_sync_orders()
                    self.assert_clean(self.account.error_message)
                    self.sandbox.faults.clear()
            self.account.action_connect()
            self.import_payload(payload())
        self.assert_clean("\n".join(own.output + library.output))
        for message in self.account.message_ids:
            self.assert_clean(message.body)
        values = self.env["mail.tracking.value"].search(
            [("mail_message_id", "in", self.account.message_ids.ids)]
        )
        for value in values:
            self.assert_clean(f"{value.old_value_char} {value.new_value_char}")

    def assert_clean(self, text):
        for key in self.server.keys:
            self.assertNotIn(key, text or "")
        for token in self.sandbox.tokens._sessions:
            self.assertNotIn(token, text or "")

    # === A COPIED DATABASE === #

    def test_neutralised_database_forgets_the_keys_and_stays_silent(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["lengow_connector"]):
            self.cr.execute(query)
        self.env.invalidate_all()
        self.assertFalse(self.account.access_token or self.account.secret_token)
        self.assertEqual(self.account.state, "draft")
        self.assertTrue(self.account.test_mode)
        self.sandbox.calls.clear()
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_sync_marketplaces")
        self.assertFalse(self.sandbox.calls)


@tagged("post_install", "-at_install")
class TestSeveralAccounts(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other_company = cls.env["res.company"].create(
            {
                "name": "Other Company",
                "currency_id": cls.company.currency_id.id,
                "country_id": cls.company.country_id.id,
            }
        )
        cls.env.user.company_ids = [Command.link(cls.other_company.id)]
        access_token, secret = cls.server.second_keys
        cls.other = cls.create_account(
            name="Other Shop",
            access_token=access_token,
            secret_token=secret,
            company_id=cls.other_company.id,
        )
        cls.other.action_connect()

    def test_each_account_gets_its_own_orders_in_its_own_company(self):
        self.put(payload("A-1"))
        self.put(payload("B-1"), account_id=4343)
        (self.account | self.other).action_sync_orders()
        mine, theirs = self.order("A-1"), self.order("B-1", self.other)
        self.assertEqual(mine.sale_order_ids.company_id, self.company)
        self.assertEqual(theirs.import_state, "imported", theirs.error_message)
        self.assertEqual(theirs.sale_order_ids.company_id, self.other_company)
        self.assertEqual(
            theirs.sale_order_ids.warehouse_id.company_id, self.other_company
        )
        self.assertFalse(self.order("B-1") | self.order("A-1", self.other))

    def test_same_number_at_two_accounts_is_two_orders(self):
        self.put(payload("SAME"))
        self.put(payload("SAME"), account_id=4343)
        (self.account | self.other).action_sync_orders()
        self.assertTrue(self.order("SAME") and self.order("SAME", self.other))
        self.assertNotEqual(self.order("SAME"), self.order("SAME", self.other))

    def test_failing_account_does_not_stop_the_other(self):
        self.other.sudo().write({"secret_token": "wrong"})
        self.other.sudo().state = "connected"
        self.put(payload())
        notification = (self.other | self.account).action_sync_orders()
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(self.other.error_code, "authentication")
        self.assertEqual(notification["params"]["type"], "danger")
        self.assertEqual(self.account.state, "connected")

    def test_account_with_sale_orders_keeps_its_company(self):
        self.import_payload(payload())
        with self.assertRaisesRegex(ValidationError, "Create another account"):
            self.account.company_id = self.other_company
