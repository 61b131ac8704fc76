"""Connecting an account: what works, what each failure says, and what heals it."""

import socket
from datetime import timedelta
from unittest.mock import patch
from urllib.parse import urlsplit

from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, line, package, payload

ORDERS = "/v3.0/orders"
MARKETPLACES = "/v3.0/marketplaces"

# What goes wrong on a path -> the code on the account and a word of its sentence.
ANSWERS = {
    "rate limit": ({"status": 429, "headers": {"Retry-After": "900"}}, "rate_limited"),
    "status 500": ({"status": 500}, "server_error"),
    "status 503": ({"status": 503}, "server_error"),
    "HTML": ({"html": True}, "bad_response"),
    "cut JSON": ({"truncate_json": True}, "bad_response"),
    "cut connection": ({"cut": "before"}, "connection_lost"),
    "cut body": ({"cut": "mid"}, "connection_lost"),
    "short body": ({"cut": "short"}, "connection_lost"),
    "no rights": ({"status": 403}, "access_denied"),
    "bad request": ({"status": 400}, "refused"),
    "wrong shape": ({"body": [1, 2]}, "bad_response"),
}
SENTENCES = {
    "authentication": "Lengow does not accept these keys.",
    "access_denied": "Ask Lengow to open the Orders API",
    "rate_limited": "Lengow limits requests.",
    "server_error": "Lengow has an outage.",
    "unreachable": "from this server.",
    "timeout": "took too long to answer.",
    "connection_lost": "broke off.",
    "bad_response": "Lengow sent an answer that cannot be read.",
    "refused": "Lengow refused the request.",
}


@tagged("post_install", "-at_install")
class TestConnection(LengowCase):
    def assert_explained(self, account, code):
        """Check that an account says what failed, where, and what to do next."""
        self.assertEqual(account.state, "error")
        self.assertEqual(account.error_code, code)
        self.assertIn(SENTENCES[code], account.error_message)
        host = urlsplit(account.base_url).netloc
        if code != "rate_limited":
            self.assertIn(host, account.error_message)
        for key in (*self.server.keys, *self.server.keys_without_rights):
            self.assertNotIn(key, account.error_message)

    # === WHAT WORKS === #

    def test_two_keys_connect_and_bring_marketplaces_with_carriers(self):
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.account.lengow_account_ref, "4242")
        self.assertEqual(self.marketplace.name, "Amazon FR")
        self.assertEqual(self.marketplace.country_id.code, "FR")
        self.assertGreater(len(self.marketplace.carrier_ids), 200)
        self.assertEqual(
            set(self.account.marketplace_ids.mapped("code")),
            set(self.sandbox.marketplaces),
        )

    def test_marketplace_is_called_by_its_account_where_there_are_several(self):
        self.assertEqual(self.marketplace.display_name, "Amazon FR")
        other = self.create_account(name="My Other Brand")
        self.env.invalidate_all()
        self.assertEqual(self.marketplace.display_name, "Amazon FR (Test Shop)")
        other.unlink()
        self.env.invalidate_all()
        self.assertEqual(self.marketplace.display_name, "Amazon FR")

    def test_connecting_says_which_account_and_how_many_marketplaces(self):
        message = self.account.action_connect()["params"]["message"]
        self.assertIn("4242", message)
        self.assertIn(self.server.url, message)
        self.assertIn(str(len(self.sandbox.marketplaces)), message)

    def test_client_names_addon_and_odoo_to_lengow(self):
        self.account.action_connect()
        agent = self.sandbox.calls[-1].user_agent
        self.assertRegex(agent, r"^lengow-connector/19\.0\.\d+\.\d+\.\d+ odoo/19\.0")

    # === WHAT FAILS === #

    def test_every_failure_while_connecting_is_explained_and_healed(self):
        for path in ("/access/get_token", MARKETPLACES):
            for name, (members, code) in ANSWERS.items():
                if path == "/access/get_token" and members.get("status") in (400, 403):
                    code = "authentication"
                with self.subTest(path=path, fault=name):
                    self.fault(path, **members)
                    shown = self.account.action_connect()
                    self.assert_explained(self.account, code)
                    # The banner of the form says it: no second time in a message.
                    self.assertEqual(shown["tag"], "soft_reload")
                    self.sandbox.faults.clear()
                    self.account.action_connect()
                    self.assertEqual(self.account.state, "connected")
                    self.assertFalse(self.account.error_code)
                    self.assertFalse(self.account.error_message)

    def test_every_failure_while_synchronizing_is_explained_and_healed(self):
        for name, (members, code) in ANSWERS.items():
            with self.subTest(fault=name):
                until = self.account.orders_synced_until
                self.put(payload(f"A-{name}"))
                self.fault(ORDERS, **members)
                notification = self.account.action_sync_orders()
                self.assert_explained(self.account, code)
                self.assertEqual(notification["params"]["type"], "danger")
                self.assertEqual(self.account.orders_synced_until, until)
                self.sandbox.faults.clear()
                self.sync()
                self.assertEqual(self.account.state, "connected")
                self.assertFalse(self.account.error_message)
                self.assertEqual(self.order(f"A-{name}").import_state, "imported")

    def test_wrong_keys_are_told_apart_from_everything_else(self):
        self.account.write({"secret_token": "wrong"})
        self.assertEqual(self.account.state, "draft")
        self.account.action_connect()
        self.assert_explained(self.account, "authentication")
        self.assertIn(
            "Copy the access token and the secret again", self.account.error_message
        )

    def test_account_without_rights_is_told_to_ask_for_them(self):
        access_token, secret = self.server.keys_without_rights
        account = self.create_account(access_token=access_token, secret_token=secret)
        account.action_connect()
        self.assert_explained(account, "access_denied")
        self.assertFalse(account.marketplace_ids)

    def test_closed_port_is_unreachable(self):
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            account = self.create_account(
                base_url=f"http://127.0.0.1:{closed.getsockname()[1]}"
            )
            account.action_connect()
        self.assert_explained(account, "unreachable")

    def test_silence_is_a_time_out(self):
        with self.impatience():
            self.fault(MARKETPLACES, delay=0.5)
            self.account.action_connect()
            self.assert_explained(self.account, "timeout")
            self.sandbox.faults.clear()
            self.fault(ORDERS, delay=0.5)
            self.account.action_sync_orders()
            self.assert_explained(self.account, "timeout")

    def test_short_retry_after_is_waited_for(self):
        self.fault(ORDERS, status=429, headers={"Retry-After": "7"}, times=1)
        self.sync()
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.pauses, [7.0])

    def test_expired_token_is_renewed_unnoticed(self):
        self.fault(ORDERS, expire_token=True, times=1)
        order = self.import_payload(payload())
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(len(self.calls("/access/get_token")), 2)

    # === WHAT IS NEVER LOST === #

    def test_failed_test_keeps_what_the_account_had(self):
        self.import_payload(payload())
        until = self.account.orders_synced_until
        carriers = self.marketplace.carrier_ids
        self.fault("/", status=500)
        self.account.action_connect()
        self.assertEqual(self.account.lengow_account_ref, "4242")
        self.assertEqual(self.account.orders_synced_until, until)
        self.assertEqual(self.marketplace.carrier_ids, carriers)
        self.assertTrue(self.marketplace.is_known)
        self.assertEqual(self.account.order_count, 1)

    def test_account_in_error_is_tried_again_and_heals(self):
        self.fault("/", status=500)
        self.account.action_sync_orders()
        self.assertEqual(self.account.state, "error")
        self.sandbox.faults.clear()
        self.account.paused_until -= timedelta(hours=1)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.account.state, "connected")

    def test_missing_keys_are_asked_for(self):
        account = self.create_account(access_token=False)
        with self.assertRaisesRegex(UserError, "Enter the access token and the secret"):
            account.action_connect()

    def test_draft_account_does_not_synchronize(self):
        account = self.create_account()
        for action in (
            account.action_sync_orders,
            account.action_sync_marketplaces,
        ):
            with self.assertRaisesRegex(UserError, "Connect Test Shop"):
                action()
        self.assertEqual(account.state, "draft")

    def test_disconnected_account_stays_silent_until_connected(self):
        order = self.import_payload(payload())
        self.account.action_disconnect()
        self.sandbox.calls.clear()
        with self.assertRaisesRegex(UserError, "Connect Test Shop"):
            order.action_refresh()
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_sync_marketplaces")
        self.assertFalse(self.sandbox.calls)
        self.assertEqual(self.account.state, "draft")
        self.account.action_connect()
        self.assertEqual(self.account.state, "connected")

    # === CHANGES === #

    def test_new_keys_need_a_new_test(self):
        access_token, secret = self.server.second_keys
        self.account.write({"access_token": access_token, "secret_token": secret})
        self.assertEqual(self.account.state, "draft")
        self.account.action_connect()
        self.assertEqual(self.account.state, "connected", self.account.error_message)
        self.assertEqual(self.account.lengow_account_ref, "4343")

    def test_keys_of_another_shop_do_not_mix_with_the_orders_of_the_first(self):
        self.import_payload(payload())
        access_token, secret = self.server.second_keys
        self.account.write({"access_token": access_token, "secret_token": secret})
        self.account.action_connect()
        self.assertEqual(self.account.state, "draft", "they are used no more")
        self.assertEqual(self.account.error_code, "other_account")
        self.assertIn("4343", self.account.error_message)
        self.assertIn("4242", self.account.error_message)
        self.assertEqual(self.account.lengow_account_ref, "4242")

    def test_only_addresses_that_keep_the_keys_secret_are_taken(self):
        for url in (
            "http://api.lengow.io",
            "https://",
            "api.lengow.io",
            "ftp://localhost",
            "https://api.lengow.io@example.com",
            "https://api.lengow.io/?x=1",
            "https://[broken",
            "javascript:alert(1)",
        ):
            with self.subTest(url=url), self.assertRaises(ValidationError):
                self.create_account(base_url=url)

    def test_environment_is_named_by_its_address(self):
        account = self.create_account(base_url="https://api.lengow.io")
        self.assertEqual(account.environment, "Production (https://api.lengow.io)")
        account.base_url = "https://api.lengow.net/"
        self.assertIn("Pre-production", account.environment)

    def test_archived_account_brings_no_orders(self):
        self.account.active = False
        with self.assertRaisesRegex(UserError, "Test Shop is archived"):
            self.account.with_user(self.user).action_sync_orders()

    def test_copy_of_an_account_is_called_so(self):
        self.assertEqual(self.account.copy().name, "Test Shop (copy)")
        self.assertEqual(self.account.copy({"name": "Outlet"}).name, "Outlet")

    def test_orders_of_other_companies_are_not_counted_to_who_does_not_see_them(self):
        self.put(payload("A-1", package(line("MYSTERY"))))
        said = self.account.with_user(self.user).action_sync_orders()
        self.assertIn("to fix: 1", said["params"]["message"])
        stranger = self.env["res.company"].create({"name": "Another Company"})
        self.order("A-1").sudo().company_id = stranger
        said = self.account.with_user(self.user).action_sync_orders()
        self.assertIn("to fix: 0", said["params"]["message"])

    def test_account_with_orders_is_archived_not_deleted(self):
        self.import_payload(payload())
        with self.assertRaisesRegex(UserError, "Archive it instead"):
            self.account.unlink()

    def test_account_without_orders_can_be_deleted(self):
        account = self.create_account()
        account.action_connect()
        account.unlink()
        self.assertFalse(account.exists())

    # === NUMBERS === #

    def test_counters_count_no_further_than_anybody_reads(self):
        counter = "odoo.addons.lengow_connector.models.settings.lengow_order_counter"
        for number in range(4):
            self.put(payload(f"N-{number}"))
        self.sync()
        for counted in (self.account, self.marketplace):
            self.assertEqual((counted.order_count, counted.order_count_shown), (4, "4"))
        self.env.invalidate_all()
        with patch(f"{counter}.MOST_COUNTED", 3):
            for counted in (self.account, self.marketplace):
                self.assertEqual(counted.order_count_shown, "3+")

    def test_numbers_that_no_calendar_holds_are_refused(self):
        for record, values in (
            (self.account, {"import_max_age_days": -1}),
            (self.account, {"import_max_age_days": 2_000_000_000}),
            (self.account, {"orders_synced_until": "0206-11-28 00:00:00"}),
            (self.marketplace, {"acceptance_hours": 1e12}),
        ):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                record.write(values)
                self.env.flush_all()
