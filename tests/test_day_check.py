"""Whether every order is here: days compared with Lengow, and what is missing."""

import time as clock
from datetime import datetime, time, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.inbox import lengow_day_watch
from .common import LengowCase, payload

ACTIVITY = "lengow_connector.mail_activity_type_missing_orders"


@tagged("post_install", "-at_install")
class TestDayCheck(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Midnight may come while these tests run.
        cls.today = fields.Datetime.now().date()
        cls.startClassPatcher(
            patch.object(lengow_day_watch, "_today", lambda: cls.today)
        )
        cls.account.write(
            {
                "connected_at": fields.Datetime.now() - timedelta(days=60),
                "orders_synced_until": fields.Datetime.now(),
            }
        )

    def placed(self, number, ago=2, at=time(12), **values):
        """Let Lengow have an order that the synchronization does not see any more."""
        moment = datetime.combine(self.today - timedelta(days=ago), at)
        date = f"{moment.isoformat()}Z"
        dates = ("marketplace_order_date", "imported_at", "updated_at")
        values = {**dict.fromkeys(dates, date), **values}
        self.sandbox.put_order(payload(number, **values))

    def check(self):
        with self.crons():
            self.run_cron("cron_check_days")
        self.account.invalidate_recordset()

    def day(self, ago=2):
        return self.account.day_check_ids.filtered(
            lambda check: check.day == self.today - timedelta(days=ago)
        )

    def numbers_of(self, ago=2):
        check = self.day(ago)
        return check.lengow_count, check.here_count, check.missing_count

    def activities(self):
        return self.account.activity_search([ACTIVITY], only_automated=False)

    def store(self, ago=2, number="H-1"):
        """Let an order of a day be here."""
        self.placed(number, ago)
        self.env["lengow.order.fetch"].create(
            {"account_id": self.account.id, "number": number}
        ).action_fetch()

    # === WHAT IS MISSING === #

    def test_a_day_with_fewer_orders_here_is_told_and_fetched(self):
        self.store()
        self.placed("A-1")
        self.placed("A-2", ago=7)
        self.placed("A-3", ago=8)
        self.check()
        self.assertEqual(self.numbers_of(2), (2, 1, 1))
        self.assertEqual(self.day(2).missing_orders, "amazon_fr A-1")
        self.assertEqual(self.numbers_of(7), (1, 0, 1))
        self.assertFalse(self.day(8), "the last seven days are enough")
        self.assertEqual(self.account.missing_order_count, 2)
        self.assertIn("2", self.activities().summary)
        health = self.env["lengow.marketplace"].get_overview()["health"]
        self.assertIn("not here: 2.", health["troubles"][0]["text"])

        result = self.account.with_user(self.user).action_fetch_missing()
        self.assertEqual(result["params"]["type"], "success")
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(self.order("A-2").import_state, "imported")
        self.assertEqual(self.account.missing_order_count, 0)
        self.assertFalse(self.activities())
        self.assertEqual(self.numbers_of(2), (2, 2, 0))

    def test_one_activity_that_comes_back_only_with_news(self):
        self.placed("A-1")
        self.check()
        self.check()
        self.assertEqual(len(self.activities()), 1)
        self.activities().action_feedback()
        self.check()
        self.assertFalse(self.activities())
        self.placed("A-2")
        self.check()
        self.assertEqual(len(self.activities()), 1)

    def test_a_day_is_counted_in_one_small_call_where_nothing_is_missing(self):
        self.store()
        self.sandbox.calls.clear()
        self.check()
        calls = self.calls("/v3.0/orders")
        self.assertEqual(len(calls), 7)
        self.assertEqual(self.numbers_of(), (1, 1, 0))
        self.assertFalse(self.activities())

    def test_what_is_missing_is_looked_at_until_it_is_fetched(self):
        self.placed("A-1", ago=7)
        self.check()
        self.account.completeness_days = 3
        self.check()
        self.assertEqual(self.account.missing_order_count, 1)
        self.day(7).action_fetch()
        self.check()
        self.assertFalse(self.day(7))

    def test_many_pages_of_a_day_are_read(self):
        for number in range(5):
            self.placed(f"A-{number}")
        with self.pages_of(2):
            self.check()
        self.assertEqual(self.day().missing_count, 5)

    def test_orders_that_lengow_lists_no_more_hide_none_that_is_missing(self):
        self.store()
        self.store(number="H-2")
        self.sandbox.clear_orders()
        self.placed("A-1", ago=2)
        self.check()
        self.assertEqual(self.numbers_of(), (1, 2, 1))
        self.assertEqual(self.day().missing_orders, "amazon_fr A-1")
        self.store(ago=4, number="H-4")
        self.sandbox.clear_orders()
        self.placed("A-4", ago=4)
        self.check()
        self.assertEqual(self.day(4).missing_orders, "amazon_fr A-4")

    def test_orders_whose_date_has_moved_hide_none_that_is_missing(self):
        self.store(ago=2)
        self.placed("H-1", ago=3)
        self.placed("A-1", ago=2)
        self.check()
        self.assertEqual(self.numbers_of(2), (1, 1, 1))
        self.assertEqual(self.numbers_of(3), (1, 0, 0))

    def test_a_day_that_was_compared_is_only_counted_until_a_count_changes(self):
        for number in range(3):
            self.store(number=f"H-{number}")
        with self.pages_of(1):
            self.check()
            self.sandbox.calls.clear()
            self.check()
            self.assertEqual(len(self.calls("/v3.0/orders")), 7)
            self.placed("A-1")
            self.check()
        self.assertEqual(self.numbers_of(), (4, 3, 1))

    def test_what_was_to_come_with_the_next_synchronization_is_looked_for_again(self):
        self.store()
        now = f"{fields.Datetime.now().isoformat()}Z"
        self.placed("A-1", updated_at=now, imported_at=now)
        self.check()
        self.assertFalse(self.activities())
        self.account.orders_synced_until = fields.Datetime.now() + timedelta(days=1)
        self.check()
        self.assertEqual(self.day().missing_count, 1)

    def test_somebody_is_called_again_when_another_order_is_missing(self):
        self.placed("A-1")
        self.check()
        self.activities().action_feedback()
        self.store(number="A-1")
        self.placed("A-2")
        self.check()
        self.assertEqual(self.day().missing_orders, "amazon_fr A-2")
        self.assertEqual(len(self.activities()), 1)

    # === MANY ACCOUNTS === #

    def another_account(self):
        access_token, secret = self.server.second_keys
        account = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        account.action_connect()
        account.write(
            {
                "connected_at": fields.Datetime.now() - timedelta(days=60),
                "orders_synced_until": fields.Datetime.now(),
            }
        )
        return account

    def test_an_account_that_takes_all_the_time_lets_the_next_one_go_first(self):
        accounts = self.account | self.another_account()
        original = type(self.env["lengow.day.watch"])._check_day

        def check_day(watch, *args):
            clock.sleep(0.06)
            return original(watch, *args)

        slow = patch.object(type(self.env["lengow.day.watch"]), "_check_day", check_day)
        late = patch.object(lengow_day_watch, "cron_seconds", lambda: 0.05)
        cron = self.env.ref("lengow_connector.cron_check_days")
        with slow, late, self.crons():
            for _run in range(2):
                self.run_cron("cron_check_days")
                progress = self.env["ir.cron.progress"].search(
                    [("cron_id", "=", cron.id)], order="id desc", limit=1
                )
                self.assertEqual(progress.remaining, 0, "or Odoo begins at once anew")
        for account in accounts:
            self.assertTrue(account.day_check_ids, account.name)

    def test_the_time_for_all_accounts_is_that_of_the_check(self):
        accounts = self.account | self.another_account()
        cron = type(self.env["ir.cron"])
        original = cron._commit_progress

        def commit(*args, **kwargs):
            original(*args, **kwargs)
            return 0.0  # what Odoo leaves to a run is over

        with patch.object(cron, "_commit_progress", commit):
            self.check()
        for account in accounts:
            self.assertTrue(account.day_check_ids, account.name)

    # === NO FALSE ALARM === #

    def test_accounts_that_are_compared_no_more_miss_nothing(self):
        for values in ({"test_mode": True}, {"active": False}):
            with self.subTest(values):
                self.account.write({"active": True, "test_mode": False})
                self.placed("A-1")
                if self.account.state == "draft":
                    self.account.action_connect()
                self.check()
                self.assertTrue(self.activities())
                self.account.write(values)
                self.check()
                self.assertFalse(self.activities())
                self.assertFalse(self.account.missing_order_count)

    def assert_silent(self):
        self.check()
        self.assertEqual(self.account.missing_order_count, 0)
        self.assertFalse(self.activities())

    def test_days_begin_and_end_in_utc(self):
        self.env.user.tz = self.account.user_id.tz = "Pacific/Auckland"
        self.placed("A-1", ago=2, at=time(0, 0, 0))
        self.placed("A-2", ago=2, at=time(23, 59, 59))
        self.placed("A-3", ago=1, at=time(0, 0, 0))
        self.check()
        self.assertEqual(self.day(2).missing_count, 2)
        self.assertEqual(self.day(1).missing_count, 1)

    def test_today_is_not_over(self):
        self.placed("A-1", ago=0, at=time(0))
        self.assert_silent()
        self.assertFalse(self.day(0))

    def test_a_marketplace_that_is_switched_off_misses_nothing(self):
        self.marketplace.active = False
        self.placed("A-1")
        self.assert_silent()
        self.assertEqual(self.numbers_of(), (1, 0, 0))

    def test_orders_without_the_buyers_data_are_not_missed(self):
        self.placed("A-1", anonymized=True)
        self.assert_silent()

    def test_orders_from_before_the_first_day_are_not_missed(self):
        self.placed("A-1")
        self.account.import_orders_from = fields.Datetime.now()
        self.assert_silent()

    def test_what_the_next_synchronization_brings_is_not_missed(self):
        now = f"{fields.Datetime.now().isoformat()}Z"
        self.placed("A-1", updated_at=now, imported_at=now)
        self.assert_silent()

    def test_days_that_are_not_fetched_yet_are_not_compared(self):
        self.placed("A-1", ago=2)
        self.account.orders_synced_until = fields.Datetime.now() - timedelta(days=2)
        self.assert_silent()
        self.assertFalse(self.day(2))
        self.account.orders_synced_until = False
        self.assert_silent()

    def test_days_from_before_the_account_are_not_compared(self):
        self.placed("A-1", ago=6)
        self.account.connected_at = fields.Datetime.now() - timedelta(days=2)
        self.assert_silent()
        self.assertFalse(self.day(6))

    def test_accounts_in_test_mode_or_setting_up_are_not_compared(self):
        self.placed("A-1")
        for values in ({"test_mode": True}, {"setup_state": "held"}):
            with self.subTest(values):
                self.account.write({"test_mode": False, "setup_state": False, **values})
                self.assert_silent()
                self.assertFalse(self.calls("/v3.0/orders"))

    def test_paused_and_archived_accounts_are_not_compared(self):
        self.placed("A-1")
        later = fields.Datetime.now() + timedelta(hours=1)
        for values in ({"paused_until": later}, {"active": False}):
            with self.subTest(values):
                self.account.write({"active": True, "paused_until": False, **values})
                self.assert_silent()

    def test_none_are_compared_where_it_is_set(self):
        self.placed("A-1")
        self.check()
        self.account.completeness_days = 0
        self.assert_silent()
        self.assertFalse(self.account.day_check_ids)

    def test_what_the_account_before_has_is_not_missed(self):
        self.store()
        self.placed("B-1")
        self.account.active = False
        successor = self.create_account(name="Successor")
        successor.action_connect()
        successor.write(
            {
                "connected_at": fields.Datetime.now() - timedelta(days=60),
                "orders_synced_until": fields.Datetime.now(),
            }
        )
        self.check()
        self.assertEqual(successor.missing_order_count, 1)
        check = successor.day_check_ids.filtered("missing_count")
        self.assertEqual(check.missing_orders, "amazon_fr B-1")

    def test_what_came_between_two_accounts_is_missed(self):
        self.account.orders_synced_until = fields.Datetime.now() - timedelta(days=6)
        self.account.active = False
        for number, ago in (("A-1", 7), ("B-1", 5), ("C-1", 4)):
            self.placed(number, ago)
        successor = self.create_account(name="Successor")
        successor.action_connect()
        successor.orders_synced_until = fields.Datetime.now()
        self.check()
        missing = successor.day_check_ids.filtered("missing_count")
        self.assertEqual(
            missing.sorted("day").mapped("missing_orders"),
            ["amazon_fr B-1", "amazon_fr C-1"],
        )

    def test_when_lengow_fails_half_way_what_was_known_stays(self):
        self.placed("A-1", ago=1)
        self.placed("A-2", ago=3)
        self.check()
        self.placed("A-3", ago=3)
        # The newest day is counted and read, and then Lengow has an outage.
        self.fault("/v3.0/orders", status=500, skip=2)
        self.check()
        self.assertEqual(self.account.state, "error")
        self.assertEqual(self.day(1).missing_count, 1)
        self.assertEqual(self.numbers_of(3), (1, 0, 1))

    def test_days_are_fetched_while_a_period_is_to_be_read_again(self):
        self.placed("A-1")
        self.check()
        self.account.orders_synced_until = False
        # An order that only another page brings is not here when the day is compared.
        self.patch(type(self.env["lengow.inbox"]), "_store_page", lambda *args: None)
        self.day().action_fetch()
        self.assertEqual(self.day().missing_count, 1)

    # === RIGHTS === #

    def test_fetching_days_says_what_came_whatever_other_orders_lack(self):
        self.placed("A-1")
        self.check()
        self.account.write({"error_code": "payload", "error_message": "One has none."})
        told = self.day().action_fetch()["params"]
        self.assertIn("Orders fetched: 1", told["message"])
        self.assertEqual(told["type"], "success")

    def test_whom_it_concerns(self):
        self.placed("A-1")
        self.check()
        check = self.day()
        self.assertEqual(check.with_user(self.user).missing_count, 1)
        with self.assertRaises(AccessError):
            check.with_user(self.manager).missing_count = 0
        with self.assertRaises(AccessError):
            check.with_user(self.create_accountant()).action_fetch()
        other = self.env["res.company"].create({"name": "Other Company"})
        stranger = self.create_user(
            "stranger",
            "lengow_connector.group_user",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.env["lengow.day.check"].with_user(stranger).search([]))
        with self.assertRaises(AccessError):
            self.account.with_user(stranger).action_fetch_missing()
