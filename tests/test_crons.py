"""The scheduled actions, run as scheduled actions: what they do, and what they bear."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, payload

LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"


@tagged("post_install", "-at_install")
class TestCrons(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        access_token, secret = cls.server.second_keys
        # By its name it comes first.
        cls.other = cls.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        cls.other.action_connect()

    def triggered(self, cron, after=False):
        """Return how often a cron is planned; those that are due may be cleared."""
        domain = [("cron_id", "=", self.env.ref(f"lengow_connector.{cron}").id)]
        if after:
            domain.append(("call_at", ">", after))
        return self.env["ir.cron.trigger"].search_count(domain)

    def assert_still_on(self, cron):
        """Check that a cron neither failed nor is on its way to be switched off."""
        record = self.env.ref(f"lengow_connector.{cron}")
        self.assertTrue(record.active)
        self.assertFalse(record.failure_count)

    # === FETCH === #

    def test_fetch_stores_the_orders_of_every_account(self):
        self.put(payload("A-1"))
        self.put(payload("B-1"), account_id=4343)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.order("A-1").import_state, "ready")
        self.assertEqual(self.order("B-1", self.other).import_state, "ready")
        self.assertTrue(self.account.orders_synced_until)
        self.assertTrue(self.account.last_sync_at)

    def test_fetch_wakes_the_import_only_when_an_order_has_changed(self):
        before = self.triggered("cron_process_orders")
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.triggered("cron_process_orders"), before + 1)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.triggered("cron_process_orders"), before + 1)

    def test_account_that_fails_does_not_stop_the_others(self):
        self.put(payload("A-1"))
        self.fault("/v3.0/orders", status=400, times=1)  # the first account's call
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.other.state, "error")
        self.assertEqual(self.account.state, "connected")
        self.assertEqual(self.order("A-1").import_state, "ready")
        self.assert_still_on("cron_fetch_orders")

    def test_no_failure_of_lengow_leaves_the_fetch(self):
        for members in (
            {"status": 500},
            {"status": 401},
            {"cut": "mid"},
            {"html": True},
            {"body": "null"},
            {"body": {"results": "x"}},
            {"loop_next": True},
            {"replace": {"next": "https://example.com/v3.0/orders?page=2"}},
        ):
            with self.subTest(fault=members):
                self.fault("/", **members)
                with self.crons():
                    self.run_cron("cron_sync_marketplaces")
                    self.run_cron("cron_fetch_orders")
                self.sandbox.faults.clear()
                self.assertEqual(self.account.state, "error")
                self.assertTrue(self.account.error_message)
        self.assert_still_on("cron_fetch_orders")
        self.assert_still_on("cron_sync_marketplaces")

    @mute_logger(LOOP)
    def test_unexpected_failure_of_one_account_stays_with_it(self):
        self.put(payload("A-1"))
        Fetcher = type(self.env["lengow.fetcher"])
        original = Fetcher._fetch_windows

        def fail_for_other(fetcher, account, now):
            if account.name == "Another Shop":
                raise ZeroDivisionError("a bug of another module")
            return original(fetcher, account, now)

        failing = patch.object(Fetcher, "_fetch_windows", fail_for_other)
        with failing, self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.other.state, "error")
        self.assertEqual(self.other.error_code, "unexpected")
        self.assertIn("ZeroDivisionError", self.other.error_message)
        self.assertEqual(self.order("A-1").import_state, "ready")
        self.assert_still_on("cron_fetch_orders")
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(self.other.state, "connected")

    def test_account_that_somebody_else_changes_meanwhile_is_fetched_later(self):
        self.put(payload("A-1"))

        def collide(inbox, *args):
            raise SerializationFailure("could not serialize access")

        Inbox = type(self.env["lengow.inbox"])
        with patch.object(Inbox, "_store_page", collide), self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertFalse(self.account.orders_synced_until)
        self.assertFalse(self.account.error_message)
        self.assertTrue(
            self.triggered("cron_fetch_orders", after=fields.Datetime.now())
        )
        self.assert_still_on("cron_fetch_orders")

    def test_pages_stored_before_a_failure_stay(self):
        (self.account | self.other).import_window_days = 0.5  # one window each
        for number in range(4):
            self.put(payload(f"A-{number}"))
        with self.pages_of(2), self.crons():
            self.fault("/v3.0/orders", skip=2, status=400)  # from the second page on
            self.run_cron("cron_fetch_orders")
        self.assertEqual(len(self.account.order_ids), 2)
        self.assertFalse(self.account.orders_synced_until)
        self.assertEqual(self.account.state, "error")

    # === PROCESS === #

    def test_process_imports_what_is_ready(self):
        self.put(payload("A-1"))
        self.put(payload("A-2", lengow_status="waiting_acceptance"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(self.order("A-1").sale_order_ids.state, "sale")
        self.assertEqual(self.order("A-2").import_state, "waiting")
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(len(self.order("A-1").sale_order_ids), 1)

    def test_process_leaves_a_disconnected_account_alone(self):
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.account.action_disconnect()
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("A-1").import_state, "ready")

    def test_process_keeps_its_failures_on_the_orders(self):
        numbers = [f"A-{number}" for number in range(6)]
        for number in numbers:
            self.put(payload(number))
        self.put(payload("BAD", total="1.00"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("BAD").error_code, "total_mismatch")
        for number in numbers:
            self.assertEqual(self.order(number).import_state, "imported")
        self.assert_still_on("cron_process_orders")

    @mute_logger("odoo.addons.lengow_connector.models.sales.lengow_importer")
    def test_process_bears_what_other_modules_raise(self):
        self.put(payload("A-1"))
        self.put(payload("A-2"))

        def refuse(sales):
            if "A-1" in sales.mapped("client_order_ref"):
                raise ZeroDivisionError("a bug of another module")

        SaleOrder = type(self.env["sale.order"])
        with patch.object(SaleOrder, "_action_confirm", refuse), self.crons():
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_process_orders")
        self.assertEqual(self.order("A-1").error_code, "unexpected")
        self.assertFalse(self.order("A-1").sale_order_ids)
        self.assertEqual(self.order("A-2").import_state, "imported")
        self.assert_still_on("cron_process_orders")

    # === MARKETPLACES === #

    def test_marketplaces_are_refreshed_and_keep_what_the_merchant_set(self):
        carrier = self.marketplace.carrier_ids[0]
        self.marketplace.write({"name": "My Amazon", "workflow": "quotation"})
        definition = self.sandbox.marketplaces["amazon_fr"]
        code, entry = carrier.code, definition["orders"]["carriers"].pop(carrier.code)
        self.addCleanup(definition["orders"]["carriers"].update, {code: entry})
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
        self.assertEqual(self.marketplace.name, "My Amazon")
        self.assertEqual(self.marketplace.workflow, "quotation")
        self.assertFalse(carrier.active)
        definition["orders"]["carriers"][code] = entry
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
        self.assertTrue(carrier.active)

    def test_marketplaces_of_one_account_do_not_stop_the_others(self):
        self.fault("/v3.0/marketplaces", status=400, times=1)
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
        self.assertEqual(self.other.state, "error")
        self.assertEqual(self.account.state, "connected")

    def test_marketplace_that_lengow_forgets_stays_for_its_orders(self):
        self.import_payload(payload())
        self.fault("/v3.0/marketplaces", body={})
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
        self.assertTrue(self.marketplace.exists().active)
        self.assertTrue(self.marketplace.carrier_ids)

    def test_odd_definitions_harm_only_themselves(self):
        kept = self.marketplace.carrier_ids
        self.fault(
            "/v3.0/marketplaces",
            body={
                "amazon_fr": None,
                "zalando": [],
                "odd": {"name": {"a": 1}, "orders": {"carriers": [1], "status": 3}},
                "nul\u0000": {"name": "Nul\u0000", "country": "\ud800"},
                "new_shop": {"name": "New Shop", "orders": {"status": {}}},
            },
        )
        with self.crons():
            self.run_cron("cron_sync_marketplaces")
        self.assertEqual(self.account.state, "connected", self.account.error_message)
        self.assertEqual(self.marketplace.carrier_ids, kept)
        self.assertEqual(self.find_marketplace("new_shop").name, "New Shop")
        self.assert_still_on("cron_sync_marketplaces")
