"""Runs that do not fit into their time, accounts that share it, and what is renamed."""

import time
from datetime import UTC, datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.inbox import lengow_fetcher
from .common import LengowCase, payload

ACTIONS = "/v3.0/orders/actions"
FEWEST = "FEWEST_PAGES"


@tagged("post_install", "-at_install")
class TestLastingRuns(LengowCase):
    def no_time(self):
        """Let a scheduled action have no time left after its first page."""
        return patch.object(lengow_fetcher, "cron_seconds", lambda: 0.05)

    def slow_pages(self):
        """Let every page take longer than a scheduled action may."""
        original = type(self.env["lengow.inbox"])._store_page

        def store(inbox, *args):
            time.sleep(0.06)
            return original(inbox, *args)

        return patch.object(type(self.env["lengow.inbox"]), "_store_page", store)

    def test_window_that_does_not_fit_is_read_in_smaller_pieces(self):
        self.account.import_window_days = 0.5
        before = self.account.fetch_window_minutes
        for number in range(3):
            self.put(payload(f"A-{number}"))
        late, few = self.no_time(), patch.object(lengow_fetcher, FEWEST, 2)
        with self.pages_of(1), late, few, self.slow_pages(), self.crons():
            self.run_cron("cron_fetch_orders")
            self.assertFalse(self.account.orders_synced_until)
            self.assertLess(self.account.fetch_window_minutes, before)
            for _run in range(20):
                self.run_cron("cron_fetch_orders")
        self.assertTrue(self.account.orders_synced_until)

    def put_over(self, hours, count):
        """Put orders that were changed one after the other, the last one just now."""
        now = datetime.now(UTC)
        for number in range(count):
            ago = timedelta(hours=hours) * (count - 1 - number) / (count - 1)
            changed = (now - ago).isoformat()
            self.sandbox.put_order(payload(f"A-{number}", updated_at=changed))

    def fetch_for_long(self, runs):
        """Fetch again and again, each time a few pages alone."""
        with self.pages_of(1), self.no_time(), self.slow_pages(), self.crons():
            for _run in range(runs):
                self.run_cron("cron_fetch_orders")
        self.env.invalidate_all()

    def test_what_is_read_again_keeps_no_run_from_getting_further(self):
        self.put_over(2, 12)
        until = fields.Datetime.now() - timedelta(minutes=15)
        self.account.orders_synced_until = until
        self.fetch_for_long(8)
        self.assertTrue(self.order("A-11"))
        self.assertGreater(self.account.orders_synced_until, until)

    def test_order_without_number_keeps_no_later_one_out(self):
        self.account.import_window_days = 5
        until = fields.Datetime.now() - timedelta(hours=48)
        self.account.orders_synced_until = until
        before = datetime.now(UTC) - timedelta(hours=47)
        self.sandbox.put_order(payload(None, updated_at=before.isoformat()))
        self.put_over(46, 14)
        self.fetch_for_long(20)
        self.assertTrue(self.order("A-13"))
        told = "".join(self.account.message_ids.mapped("body"))
        self.assertIn(told.count("cannot be shown"), (1, 2), told)

    def test_account_that_takes_all_the_time_lets_the_next_one_go_first(self):
        access_token, secret = self.server.second_keys
        other = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        other.action_connect()
        self.put(payload("B-1"), account_id=4343)
        for _run in range(3):
            with self.no_time(), self.slow_pages(), self.crons():
                self.run_cron("cron_fetch_orders")
        self.assertTrue(other.last_turn_at)
        self.assertTrue(self.account.last_turn_at)
        self.assertTrue(self.order("B-1", other))

    def test_accounts_share_the_time_of_one_run(self):
        access_token, secret = self.server.second_keys
        other = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        other.action_connect()
        fetcher = type(self.env["lengow.fetcher"])
        spy = patch.object(
            fetcher,
            "_fetch_committing",
            autospec=True,
            side_effect=fetcher._fetch_committing,
        )
        cron = self.env.ref("lengow_connector.cron_fetch_orders")
        self.env["ir.cron.trigger"].search([]).unlink()
        with self.no_time(), self.slow_pages(), self.crons(), spy as fetch:
            self.run_cron("cron_fetch_orders")
            self.assertEqual(fetch.call_count, 1, "Odoo would begin anew at once")
        # Whoever is left has its turn soon.
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))

    def test_accounts_share_the_time_in_which_what_was_sent_is_followed(self):
        access_token, secret = self.server.second_keys
        other = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        other.action_connect()
        self.put(payload("A-1"))
        self.put(payload("B-1"), account_id=4343)
        for account, number in ((self.account, "A-1"), (other, "B-1")):
            self.sync(account)
            self.env["lengow.action"].create(
                {
                    "order_id": self.order(number, account).id,
                    "kind": "cancel",
                    "state": "accepted",
                    "remote_ref": "1",
                    "sent_at": fields.Datetime.now(),
                }
            )
        cron = type(self.env["ir.cron"])
        original = cron._commit_progress

        def commit(*args, **kwargs):
            original(*args, **kwargs)
            return 0.0  # what Odoo leaves to a run is over

        self.sandbox.calls.clear()
        with patch.object(cron, "_commit_progress", commit), self.crons():
            self.run_cron("cron_follow_actions")
        followed = {call.account_id for call in self.calls(ACTIONS)}
        self.assertEqual(followed, {4242, 4343})
        self.assertTrue(self.account.last_follow_at and other.last_follow_at)

    def test_marketplace_that_lengow_renames_keeps_its_orders(self):
        row = self.import_payload(payload("A-1"))
        definition = self.marketplace.definition
        renamed = {**definition, "legacy_code": "amazon_fr"}
        self.env["lengow.connection"]._store_definitions(
            self.account, {"amazon_france": renamed}
        )
        self.assertEqual(row.marketplace_id.code, "amazon_france")
        for code in ("amazon_france", "amazon_fr"):
            page = [payload("A-1", marketplace=code)]
            self.env["lengow.inbox"]._store(self.account, page)
        self.assertEqual(self.order("A-1"), row)

    def test_new_marketplace_with_an_odd_earlier_name_is_stored(self):
        definition = self.marketplace.definition
        for number, legacy_code in enumerate(([], {}, 7, None)):
            code = f"new_{number}"
            payloads = {code: {**definition, "legacy_code": legacy_code}}
            self.env["lengow.connection"]._store_definitions(self.account, payloads)
            marketplace = self.account.marketplace_ids.filtered_domain(
                [("code", "=", code)]
            )
            self.assertTrue(marketplace.is_known)
            self.assertFalse(marketplace.legacy_code)

    def test_the_same_lengow_account_is_not_connected_twice(self):
        twin = self.create_account(name="Twin")
        twin.action_connect()
        self.assertEqual(twin.state, "draft", "never connected")
        self.assertIn("Test Shop", twin.error_message)
        self.assertFalse(twin.lengow_account_ref)

    def test_old_orders_are_ignored_unless_somebody_asks(self):
        self.account.import_max_age_days = 30
        row = self.import_payload(
            payload("A-1", marketplace_order_date="2020-01-15T10:00:00Z")
        )
        self.assertEqual(row.import_state, "ignored")
        self.assertIn("30 days", row.state_reason)
        self.account.import_max_age_days = 0
        row.action_import()
        self.assertEqual(row.import_state, "imported")

    def test_bug_of_another_module_after_the_import_stops_no_other_order(self):
        first = self.import_payload(payload("A-1"))

        def fail(_sales):
            raise ValueError("a bug of another module")

        self.patch(type(self.env["sale.order"]), "_action_cancel", fail)
        self.put(payload("A-1", lengow_status="canceled"))
        self.put(payload("A-2"))
        with self.assertLogs("odoo.addons.lengow_connector", "ERROR"):
            self.sync()
        self.assertEqual(first.lengow_status, "canceled")
        self.assertTrue(first.activity_ids)
        self.assertEqual(self.order("A-2").import_state, "imported")
