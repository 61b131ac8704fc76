"""Settings that concern more orders than whoever saves them can wait for."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.sales import lengow_importer, lengow_second_look
from ..wizards import lengow_order_resolve
from .common import line, package, payload
from .common.outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestSecondLook(OutboxCase):
    def setUp(self):
        super().setUp()
        for name in ("ORDERS_AT_ONCE", "LINES_AT_ONCE"):
            self.startPatcher(patch.object(lengow_second_look, name, 1))

    def process(self):
        with self.crons():
            self.run_cron("cron_process_orders")

    def ignored(self, *numbers):
        """Receive orders that a rule sets aside; return them."""
        self.account.import_orders_from = "2026-02-01"
        for number in numbers:
            self.put(payload(number))
        self.sync()
        orders = self.account.order_ids.sorted("name")
        self.assertEqual(set(orders.mapped("import_state")), {"ignored"})
        return orders

    def states(self, orders):
        return sorted(orders.mapped("import_state"))

    def test_what_a_rule_lets_in_comes_in_little_by_little(self):
        orders = self.ignored("A-1", "A-2", "A-3")
        self.account.import_orders_from = False
        self.assertEqual(self.states(orders), ["ignored", "ignored", "ready"])
        self.process()
        self.assertEqual(self.states(orders), ["imported"] * 3)
        self.assertFalse(any(orders.mapped("is_outdated")))

    def test_what_a_rule_sets_aside_is_not_imported_before_it_was_looked_at(self):
        page = [payload("A-1"), payload("A-2")]
        orders, _unreadable = self.env["lengow.inbox"]._store(self.account, page)
        self.account.import_orders_from = "2026-02-01"
        self.assertEqual(self.states(orders), ["ignored", "ready"])
        self.env["lengow.importer"]._process_within(orders, float("inf"))
        self.assertEqual(self.states(orders), ["ignored"] * 2)
        self.assertFalse(orders.sale_order_ids)

    def test_what_was_dismissed_meanwhile_stays_so_and_is_looked_at_once(self):
        orders = self.ignored("A-1", "A-2")
        self.account.import_orders_from = False
        marked = orders.filtered("is_outdated")
        self.assertEqual(len(marked), 1)
        self.env["lengow.dismissal"]._dismiss(marked, "duplicate")
        self.process()
        self.assertEqual(marked.import_state, "ignored")
        self.assertFalse(marked.is_outdated)

    def test_an_order_to_accept_waits_for_the_second_look(self):
        self.account.test_mode = False
        zalando = self.find_marketplace("zalando")
        zalando.auto_accept = True
        orders = self.receive("Z-1") | self.receive("Z-2")
        self.account.import_orders_from = "2026-02-01"
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(orders.action_ids)
        self.assertFalse(orders.activity_ids)
        self.process()
        self.assertEqual(self.states(orders), ["ignored"] * 2)

    def test_a_sku_that_many_orders_wait_for_brings_all_of_them(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number, package(line("LATER"))))
        self.sync()
        orders = self.account.order_ids
        self.assertEqual(self.states(orders), ["error"] * 3)
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "LATER",
                "product_id": self.shirt.id,
            }
        )
        self.assertEqual(self.states(orders), ["error", "error", "ready"])
        self.process()
        self.assertEqual(self.states(orders), ["imported"] * 3)

    def test_a_dialog_goes_on_as_long_as_a_click_may_and_says_what_follows(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number, package(line("LATER"))))
        self.sync()
        orders = self.account.order_ids
        dialog = self.wizard_of(orders[0].action_open_resolve())
        dialog.line_ids.product_id = self.shirt
        for name, value in (("AT_LEAST", 1), ("BATCH_SIZE", 1)):
            self.startPatcher(patch.object(lengow_importer, name, value))
        self.startPatcher(patch.object(lengow_order_resolve, "BUTTON_SECONDS", -1))
        said = dialog.action_pair()["params"]
        self.assertEqual(self.states(orders), ["error", "error", "imported"])
        self.assertIn("1 of 3", said["message"])
        self.assertIn("2 more", said["message"])
        self.assertEqual(said["type"], "success")
        self.process()
        self.assertEqual(self.states(orders), ["imported"] * 3)

    def test_a_setting_that_mends_many_orders_brings_all_of_them(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number, package(line("LATER"))))
        self.sync()
        self.account.fallback_product_id = self.create_product("ANY")
        orders = self.account.order_ids
        self.assertEqual(self.states(orders), ["error", "error", "ready"])
        self.process()
        self.assertEqual(self.states(orders), ["imported"] * 3)

    def test_what_was_sold_as_the_fallback_is_matched_little_by_little(self):
        self.account.fallback_product_id = self.create_product("ANY")
        for number in ("A-1", "A-2", "A-3"):
            self.import_order(number, package(line("LATER")))
        lines = self.account.order_ids.line_ids
        self.assertTrue(all(lines.mapped("is_to_match")))
        later = self.create_product("LATER")
        self.assertEqual(len(lines.filtered("is_to_match")), 2)
        self.process()
        self.assertFalse(any(lines.mapped("is_to_match")))
        self.assertEqual(lines.sale_line_id.product_id, later)
        self.assertFalse(any(self.account.order_ids.mapped("is_outdated")))
