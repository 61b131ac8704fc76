"""Automatic acceptance: what it accepts, what it leaves to a person, and why."""

from odoo.tests import tagged

from .common import line
from .common.outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestAutoAccept(OutboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.zalando = cls.find_marketplace("zalando")
        cls.zalando.auto_accept = True
        cls.account.user_id = cls.manager
        cls._stock(cls.shirt, 10)

    @classmethod
    def _stock(cls, product, quantity):
        location = (
            cls.env["stock.warehouse"]
            .search([("company_id", "=", cls.company.id)], limit=1)
            .lot_stock_id
        )
        cls.env["stock.quant"]._update_available_quantity(product, location, quantity)

    def _examined(
        self, number="A-1", quantity=1, amount="60.00", sku="SHIRT", **values
    ):
        """Import an order that waits for acceptance and let the cron look at it."""
        lines = [line(sku, amount, quantity, lengow_status="waiting_acceptance")]
        order = self.receive(number, lines=lines, **values)
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order

    def assertLeft(self, order, reason):
        self.assertFalse(order.action_ids)
        self.assertRegex(order.activity_ids.note, reason)
        self.assertEqual(order.activity_ids.user_id, self.manager)
        self.assertRegex(order.message_ids[0].body, reason)

    def test_an_order_that_passes_is_accepted_and_says_why(self):
        order = self._examined()
        self.assertEqual(order.action_ids.kind, "accept")
        self.assertFalse(order.activity_ids)
        self.assertIn("the stock suffices", order.message_ids[0].body)
        self.send()
        self.assertEqual(order.action_ids.state, "accepted")

    def test_nothing_is_accepted_where_it_is_not_switched_on(self):
        self.zalando.auto_accept = False
        order = self._examined()
        self.assertFalse(order.action_ids)
        self.assertFalse(order.activity_ids)

    def test_too_little_stock_waits_for_a_person_until_the_deadline(self):
        order = self._examined(quantity=11, amount="660.00")
        self.assertLeft(order, "10 are free")
        self.assertEqual(order.activity_ids.date_deadline, order.accept_before.date())

    def test_the_buffer_stays_in_stock(self):
        self.zalando.auto_accept_stock_buffer = 5
        self.assertTrue(self._examined("A-1", 5, "300.00").action_ids)
        self.zalando.auto_accept_stock_buffer = 6
        self.assertLeft(self._examined("A-2", 5, "300.00"), "11 are needed")

    def test_stock_is_promised_once(self):
        first = self._examined("A-1", 6, "360.00")
        second = self._examined("A-2", 6, "360.00")
        self.assertTrue(first.action_ids)
        self.assertLeft(second, "4 are free")

    def test_stock_is_promised_once_within_one_run(self):
        self.zalando.auto_accept = False
        orders = self._examined("A-1", 6, "360.00") | self._examined("A-2", 6, "360.00")
        self.zalando.auto_accept = True
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(len(orders.action_ids), 1)
        self.assertEqual(len(orders.activity_ids), 1)

    def test_a_price_under_the_floor_waits(self):
        self.zalando.auto_accept_price_floor = 80
        self.assertTrue(self._examined("A-1", 2, "80.00").action_ids)
        self.assertLeft(self._examined("A-2", 2, "79.98"), "below")

    def test_the_floor_compares_prices_with_tax(self):
        self.zalando.auto_accept_price_floor = 100
        self.shirt.taxes_id = self.create_tax(20.0, included=False)
        self.assertLeft(self._examined("A-1", 1, "59.99"), "below")
        self.assertTrue(self._examined("A-2", 1, "60.00").action_ids)

    def test_a_large_order_waits(self):
        self.zalando.auto_accept_amount_limit = 100
        self.assertTrue(self._examined("A-1", amount="100.00").action_ids)
        self.assertLeft(self._examined("A-2", amount="100.01"), "above your limit")

    def test_an_unknown_sku_waits(self):
        self.assertLeft(self._examined(sku="NOBODY"), "NOBODY")

    def test_an_order_is_examined_once_until_it_changes(self):
        order = self._examined(quantity=11, amount="660.00")
        self._stock(self.shirt, 5)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)
        self.sandbox.move(
            "zalando", order.name, "waiting_acceptance", marketplace_status="other"
        )
        order.action_refresh()
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)
        self.assertFalse(order.activity_ids)

    def test_changed_checks_examine_again(self):
        order = self._examined(quantity=11, amount="660.00")
        self.zalando.auto_accept_stock = False
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertTrue(order.action_ids)

    def test_a_persons_decision_ends_the_call(self):
        order = self._examined(sku="NOBODY")
        order._plan_action("accept")
        self.assertFalse(order.activity_ids)

    def test_what_the_marketplace_demands_gets_its_own_default(self):
        fnac = self.find_marketplace("fnac")
        fnac.auto_accept = True
        lines = [line(amount="60.00", lengow_status="waiting_acceptance")]
        order = self.receive("F-1", "fnac", lines=lines)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertEqual(
            order.action_ids.parameters, {"expedition_country_code": "FRA"}
        )
