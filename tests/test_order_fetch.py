"""The wizard that reads one order, or a period, from Lengow."""

from datetime import UTC, datetime, timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import LengowCase, payload


@tagged("post_install", "-at_install")
class TestOrderFetch(LengowCase):
    def fetch(self, **values):
        wizard = (
            self.env["lengow.order.fetch"]
            .with_user(self.user)
            .create({"account_id": self.account.id, **values})
        )
        return wizard.action_fetch()

    def put_old(self, number, days=30, **values):
        """Put an order that the synchronization does not see any more."""
        moment = (datetime.now(UTC) - timedelta(days=days)).isoformat()
        dates = ("marketplace_order_date", "imported_at", "updated_at")
        self.sandbox.put_order(
            payload(number, **dict.fromkeys(dates, moment), **values)
        )

    # === BY NUMBER === #

    def test_missed_order_is_found_by_its_number(self):
        self.put_old("A-1")
        self.sync()
        self.assertFalse(self.order("A-1"))
        result = self.fetch(number=" A-1 ")
        order = self.order("A-1")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(result["params"]["type"], "success")
        self.assertIn("A-1: Imported", result["params"]["message"])
        self.assertEqual(result["params"]["next"]["res_id"], order.id)

    def test_number_is_read_at_lengow_only_then(self):
        self.put_old("A-1")
        self.env["lengow.order.fetch"].create({"number": "A-1"})
        self.assertFalse(self.sandbox.calls)

    def test_age_does_not_matter_for_a_number(self):
        self.account.import_max_age_days = 90
        self.put_old("A-1", days=400)
        self.fetch(number="A-1")
        self.assertEqual(self.order("A-1").import_state, "imported")

    def test_dead_and_anonymised_orders_are_never_imported(self):
        self.put_old("A-1", lengow_status="canceled", marketplace_status="Canceled")
        self.put_old("A-2", anonymized=True)
        for number in ("A-1", "A-2"):
            result = self.fetch(number=number)
            self.assertEqual(self.order(number).import_state, "ignored")
            self.assertIn("Not Needed", result["params"]["message"])

    def test_marketplace_narrows_the_number(self):
        self.put_old("A-1", marketplace="zalando")
        result = self.fetch(number="A-1", marketplace_id=self.marketplace.id)
        self.assertIn("no order A-1", result["params"]["message"])
        self.assertFalse(self.order("A-1"))

    def test_order_that_is_here_is_not_imported_twice(self):
        order = self.import_payload(payload("A-1"))
        self.fetch(number="A-1")
        self.assertEqual(len(order.sale_order_ids), 1)

    def test_order_in_error_says_why(self):
        self.put_old("A-1", total="99.00")
        result = self.fetch(number="A-1")
        self.assertEqual(result["params"]["type"], "warning")
        self.assertIn("99.00", result["params"]["message"])

    # === BY PERIOD === #

    def test_period_finds_missed_orders(self):
        for days in (10, 12, 20):
            self.put_old(f"A-{days}", days=days)
        today = fields.Date.today()
        result = self.fetch(
            mode="period",
            date_from=today - timedelta(days=13),
            date_to=today - timedelta(days=9),
        )
        self.assertEqual(self.order("A-10").import_state, "imported")
        self.assertEqual(self.order("A-12").import_state, "imported")
        self.assertFalse(self.order("A-20"))
        self.assertIn("Orders read: 2, new here: 2", result["params"]["message"])

    def test_period_is_of_the_users_days(self):
        self.user.tz = "Pacific/Auckland"
        order = payload("A-1", marketplace_order_date="2026-01-10T12:30:00Z")
        self.sandbox.put_order(order)
        # It is the 11th in Auckland by then.
        self.fetch(mode="period", date_from="2026-01-10", date_to="2026-01-10")
        self.assertFalse(self.order("A-1"))
        self.fetch(mode="period", date_from="2026-01-11", date_to="2026-01-11")
        self.assertTrue(self.order("A-1"))

    def test_periods_have_an_order_and_an_end(self):
        for start, end, expected in (
            ("2026-01-01", "2026-02-01", "At most 31 days"),
            ("2026-01-02", "2026-01-01", "first and the last day"),
            (False, "2026-01-01", "first and the last day"),
        ):
            with self.assertRaisesRegex(UserError, expected):
                self.fetch(mode="period", date_from=start, date_to=end)
        self.fetch(mode="period", date_from="2026-01-01", date_to="2026-01-31")

    # === FAILURES AND RIGHTS === #

    def test_failure_at_lengow_is_a_sentence(self):
        self.sandbox.faults.add({"path": "/v3.0/orders", "status": 403, "times": 10})
        result = self.fetch(number="A-1")
        self.assertEqual(result["params"]["type"], "danger")
        self.assertEqual(self.account.state, "error")

    def test_draft_account_and_missing_number_are_refused(self):
        with self.assertRaisesRegex(UserError, "number of the order"):
            self.fetch(number="  ")
        self.account.action_disconnect()
        with self.assertRaisesRegex(UserError, "Connect"):
            self.fetch(number="A-1")

    def test_accounts_of_other_companies_are_closed(self):
        other = self.env["res.company"].create({"name": "Another Company"})
        self.user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        with self.assertRaises(AccessError):
            self.fetch(number="A-1")
