"""Fetching: which orders are asked for, in which windows, and what is never lost."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from odoo import fields
from odoo.tests import tagged

from .common import LengowCase, payload

ORDERS = "/v3.0/orders"


def moment(call, name):
    """Return a date of a call's query, naive as Odoo keeps it."""
    text = call.query.get(name)
    return text and datetime.fromisoformat(text).astimezone(UTC).replace(tzinfo=None)


@tagged("post_install", "-at_install")
class TestFetch(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # One window and no import: these tests look at the reading.
        cls.account.import_window_days = 0.5

    def put_many(self, count, **values):
        for number in range(count):
            self.put(payload(f"A-{number:03}", lengow_status="new", **values))

    def windows(self):
        """Return the windows that were asked for: starts and ends, first pages only."""
        return [
            (moment(call, "updated_from"), moment(call, "updated_to"))
            for call in self.calls(ORDERS)
            if call.query["page"] == "1"
        ]

    # === WINDOWS === #

    def test_first_synchronization_looks_back_as_far_as_the_account_says(self):
        self.account.import_window_days = 0.25
        self.sync()
        [(start, end)] = self.windows()
        expected = self.account.connected_at - timedelta(hours=6)
        self.assertEqual(start, expected)
        self.assertIsNone(end)

    def test_later_synchronization_goes_on_two_hours_before_the_last(self):
        self.sync()
        until = self.account.orders_synced_until
        self.sandbox.calls.clear()
        self.sync()
        [(start, end)] = self.windows()
        self.assertEqual(start, until - timedelta(hours=2))
        self.assertIsNone(end, "Lengow's clock may be ahead of ours")

    def test_long_absence_is_read_day_by_day_without_a_gap(self):
        until = fields.Datetime.now() - timedelta(days=3)
        self.account.orders_synced_until = until
        self.sync()
        windows = self.windows()
        self.assertEqual(len(windows), 4)
        self.assertEqual(windows[0][0], until - timedelta(hours=2))
        for (_start, end), (next_start, _next_end) in pairwise(windows):
            self.assertEqual(end, next_start)
        self.assertIsNone(windows[-1][1])

    def test_watermark_in_the_future_is_read_as_now(self):
        self.account.orders_synced_until = fields.Datetime.now() + timedelta(days=9)
        self.put(payload())
        self.sync()
        self.assertTrue(self.order("A-1"))
        self.assertLessEqual(self.account.orders_synced_until, fields.Datetime.now())

    def test_synchronizing_twice_imports_once(self):
        order = self.import_order()
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 24.0)
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.sync()
        self.assertEqual(len(order.sale_order_ids), 1)

    def test_watermark_set_back_reads_again_and_imports_nothing_twice(self):
        order = self.import_payload(payload())
        sales = order.sale_order_ids
        self.account.orders_synced_until -= timedelta(days=1)
        self.sync()
        self.assertEqual(self.order("A-1"), order)
        self.assertEqual(order.sale_order_ids, sales)

    def test_weeks_of_failure_at_the_beginning_lose_nothing(self):
        self.account.connected_at = fields.Datetime.now() - timedelta(days=9)
        self.sync()
        self.assertLess(self.windows()[0][0], self.account.connected_at)

    # === THE WATERMARK MOVES LAST === #

    def test_watermark_waits_for_every_page_of_its_window(self):
        self.put_many(4)
        with self.pages_of(2):
            self.fault(ORDERS, skip=1, status=400)
            self.sync()
            self.assertEqual(len(self.account.order_ids), 2)
            self.assertFalse(self.account.orders_synced_until)
            self.sandbox.faults.clear()
            self.sync()
        self.assertEqual(len(self.account.order_ids), 4)
        self.assertTrue(self.account.orders_synced_until)

    def test_windows_that_were_stored_are_not_read_again(self):
        until = fields.Datetime.now() - timedelta(days=3)
        self.account.orders_synced_until = until
        self.fault(ORDERS, skip=2, status=400)  # the third day
        self.sync()
        self.assertEqual(
            self.account.orders_synced_until, until + timedelta(days=2, hours=-2)
        )
        self.sandbox.faults.clear()
        self.sandbox.calls.clear()
        self.sync()
        self.assertEqual(self.windows()[0][0], until + timedelta(days=2, hours=-4))

    def test_watermark_tells_the_chatter_nothing(self):
        self.sync()
        before = self.account.message_ids
        self.sync()
        self.assertEqual(self.account.message_ids, before)

    # === PAGES === #

    def test_every_page_is_stored(self):
        self.put_many(7)
        with self.pages_of(2):
            self.sync()
        self.assertEqual(len(self.account.order_ids), 7)
        self.assertEqual(len(self.calls(ORDERS)), 4)

    def test_repeated_page_stores_every_order_once(self):
        self.put_many(4)
        with self.pages_of(2):
            self.fault(ORDERS, skip=1, times=1, repeat_page=True)
            self.sync()
            self.assertEqual(len(self.account.order_ids), 2)
            self.sync()
        self.assertEqual(len(self.account.order_ids), 4)

    def test_order_twice_on_a_page_is_one_order_in_its_last_version(self):
        first = payload("A-1", lengow_status="new")
        last = payload("A-1", lengow_status="accepted")
        self.fault(ORDERS, body={"count": 2, "next": None, "results": [first, last]})
        self.sync()
        self.assertEqual(self.order("A-1").lengow_status, "accepted")

    def test_list_that_shrinks_while_it_is_read_is_read_again(self):
        self.put_many(5)
        self.fault(ORDERS, skip=1, times=1, replace={"count": 4})
        with self.pages_of(2):
            self.sync()
        self.assertEqual(len(self.calls(ORDERS)), 6)
        self.assertEqual(len(self.account.order_ids), 5)

    def test_null_where_the_list_belongs_is_an_error_unless_nothing_is_counted(self):
        self.fault(ORDERS, null_results=True, times=1)
        self.sync()
        self.assertEqual(self.account.state, "connected")
        self.put_many(1)
        until = self.account.orders_synced_until
        self.fault(ORDERS, null_results=True, times=1)
        self.sync()
        self.assertEqual(self.account.error_code, "bad_response")
        self.assertEqual(self.account.orders_synced_until, until)

    # === ORDERS WITHOUT IDENTITY === #

    def test_order_without_identity_is_reported_and_the_others_arrive(self):
        for broken in (
            payload(None),
            payload("", marketplace="amazon_fr"),
            payload("A-9", marketplace=None),
            "not an order",
            None,
            [1],
        ):
            self.put(broken)
        self.put(payload("A-1"))
        notification = self.account.action_sync_orders()
        self.assertEqual(self.order("A-1").import_state, "imported")
        self.assertEqual(len(self.account.order_ids), 1)
        self.assertEqual(self.account.error_code, "payload")
        self.assertIn("6", self.account.error_message)
        self.assertIn("Lengow's support", self.account.error_message)
        self.assertEqual(notification["params"]["type"], "danger")

    def test_watermark_stays_before_an_order_without_identity_until_it_is_mended(self):
        until = fields.Datetime.now() - timedelta(days=2, hours=12)
        self.account.orders_synced_until = until
        self.account.import_window_days = 5
        broken = payload(None, updated_at=self._days_ago(2))
        self.sandbox.put_order(broken)  # on the first of three days
        self.put(payload("A-1"))
        self.sync()
        self.assertTrue(self.order("A-1"))
        self.assertEqual(self.account.orders_synced_until, until)
        self.assertEqual(self.account.error_code, "payload")
        self.sandbox.clear_orders()
        self.sandbox.put_order({**broken, "marketplace_order_id": "A-2"})
        self.sync()
        self.assertTrue(self.order("A-2"))
        self.assertGreater(self.account.orders_synced_until, until)
        self.assertFalse(self.account.error_message)
        self.assertEqual(self.account.state, "connected")

    def test_order_that_stays_broken_does_not_make_every_run_longer(self):
        self.account.import_window_days = 1
        until = fields.Datetime.now() - timedelta(days=2, hours=12)
        self.account.orders_synced_until = until
        self.sandbox.put_order(payload(None, updated_at=self._days_ago(2)))
        self.sync()
        self.assertGreater(self.account.orders_synced_until, until)
        told = "".join(self.account.message_ids.mapped("body"))
        self.assertIn("cannot be shown", told)

    def _days_ago(self, days):
        return (datetime.now(UTC) - timedelta(days=days)).isoformat()

    # === COST === #

    def test_unchanged_orders_cost_no_write(self):
        self.put_many(3)
        self.import_payload(payload("B-1"))
        dates = self._write_dates()
        self.sandbox.calls.clear()
        self.account.action_sync_orders()
        self.env.flush_all()
        self.assertEqual(self._write_dates(), dates)

    def _write_dates(self):
        self.env.flush_all()
        self.cr.execute(
            "SELECT id, write_date, xmin::text FROM lengow_order UNION ALL "
            "SELECT id, write_date, xmin::text FROM lengow_order_line ORDER BY 1, 2"
        )
        return self.cr.fetchall()

    def test_unchanged_page_costs_the_same_however_many_orders_it_holds(self):
        def queries():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.account.action_sync_orders()
            return self.cr.sql_log_count - before

        self.put_many(10)
        self.sync()
        few = queries()
        self.put_many(100)
        self.sync()
        self.assertEqual(queries(), few)

    def test_five_hundred_unchanged_orders_cost_a_few_queries_a_page(self):
        counts = {}
        for number in (100, 500):
            self.put_many(number)
            self.sync()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.account.action_sync_orders()
            counts[number] = self.cr.sql_log_count - before
        self.assertLessEqual(counts[500] - counts[100], 4 * 4)

    def test_what_a_refresh_makes_ready_is_imported_soon(self):
        self.put(payload("A-1", lengow_status="waiting_acceptance"))
        self.sync()
        order = self.order("A-1")
        cron = self.env.ref("lengow_connector.cron_process_orders")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        order.action_refresh()
        self.assertFalse(triggers.search([("cron_id", "=", cron.id)]), "nothing to do")
        self.put(payload("A-1"))
        order.with_user(self.user).action_refresh()
        self.assertEqual(order.import_state, "ready")
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_currency_conversion_is_asked_for_as_the_account_says(self):
        for conversion, expected in ((False, "1"), (True, "0")):
            self.account.currency_conversion = conversion
            self.put(payload("A-1"))
            self.sandbox.calls.clear()
            self.sync()
            self.order("A-1").action_refresh()
            asked = {c.query["no_currency_conversion"] for c in self.calls(ORDERS)}
            self.assertEqual(asked, {expected})
