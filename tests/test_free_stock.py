"""What is free for an order: its own share, other warehouses, what comes in."""

from odoo.tests import tagged

from .common import line
from .test_auto_accept import AutoAcceptCase

FULFILLED = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]


@tagged("post_install", "-at_install")
class TestFreeStock(AutoAcceptCase):
    """Galeries Lafayette accepts and refuses by itself; there are 10 shirts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lafayette = cls.find_marketplace("galeries_lafayette")
        cls.lafayette.write({"auto_accept": True, "auto_refuse": True})
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )

    def examine(self):
        with self.crons():
            self.run_cron("cron_auto_accept")

    def shirts(self, number, quantity, status="waiting_acceptance", **values):
        """Let an order of shirts come in, and nothing more."""
        one = line("SHIRT", f"{quantity * 60}.00", quantity, lengow_status=status)
        values.setdefault("marketplace", "galeries_lafayette")
        more = values.pop("more", [])
        return self.receive(number, lines=[one, *more], status=status, **values)

    def kinds(self, order):
        return set(order.action_ids.mapped("kind")) - {"link"}

    # === WHAT IS ITS OWN === #

    def test_an_order_is_not_refused_for_what_its_own_delivery_reserves(self):
        order = self.shirts("A-1", 6, "waiting_shipment")
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertEqual(self.shirt.free_qty, 4)
        self.sandbox.move("galeries_lafayette", "A-1", "waiting_acceptance")
        order.action_refresh()
        self.assertEqual(order.lengow_status, "waiting_acceptance")
        self.examine()
        self.assertNotIn("refuse", self.kinds(order))

    def test_an_order_is_not_refused_for_what_its_own_quotation_sells(self):
        self.lafayette.workflow = "quotation"
        order = self.shirts("A-1", 6, "waiting_shipment")
        self.assertEqual(order.sale_order_ids.state, "draft")
        self.sandbox.move("galeries_lafayette", "A-1", "waiting_acceptance")
        order.action_refresh()
        self.examine()
        self.assertNotIn("refuse", self.kinds(order))

    def test_the_rest_is_not_refused_for_the_line_that_was_accepted(self):
        cap = line("CAP", "10.00", 1, lengow_status="waiting_acceptance")
        order = self.shirts("A-1", 6, more=[cap])
        self.examine()
        self.assertFalse(order.action_ids)
        order._plan_action("accept", lines=order.line_ids[0])
        self.send()
        self.follow()
        self.assertEqual(order.action_ids.state, "done")
        self.add_stock(self.create_product("CAP"), 1)
        self.sandbox.move(
            "galeries_lafayette", "A-1", "waiting_acceptance", marketplace_status="x"
        )
        order.action_refresh()
        order.auto_accept_examined = False
        self.examine()
        self.assertEqual(self.kinds(order), {"accept"})

    def test_a_line_that_nobody_accepted_is_free_for_others(self):
        cap = line("CAP", "10.00", 1, lengow_status="waiting_acceptance")
        first = self.shirts("A-1", 6, more=[cap])
        first._plan_action("accept", lines=first.line_ids[1])
        second = self.shirts("A-2", 6)
        self.lafayette.auto_accept_known_skus = False
        first.auto_accept_examined = True
        self.examine()
        self.assertEqual(self.kinds(second), {"accept"})

    def test_what_the_marketplace_ships_takes_nothing(self):
        self.account.import_fulfilled_by_marketplace = True
        self.lafayette.auto_accept = False
        first = self.shirts("A-1", 6, order_types=FULFILLED)
        self.assertTrue(first.is_fulfilled_by_marketplace)
        second = self.shirts("A-2", 6)
        self.lafayette.auto_accept = True
        self.examine()
        self.assertEqual(self.kinds(first), {"accept"})
        self.assertEqual(self.kinds(second), {"accept"})

    # === ELSEWHERE === #

    def test_what_is_promised_from_another_warehouse_is_free_here(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.zalando.write({"auto_accept": False, "warehouse_id": other.id})
        self.lafayette.warehouse_id = self.warehouse
        self.shirts("A-1", 6, "accepted", marketplace="zalando")
        order = self.shirts("A-2", 6)
        self.examine()
        self.assertEqual(self.kinds(order), {"accept"})
        self.zalando.warehouse_id = self.warehouse
        left = self.shirts("A-3", 4)
        self.examine()
        self.assertEqual(self.kinds(left), {"refuse"}, "6 and 6 of 10 are promised")

    def test_the_quotation_of_another_warehouse_takes_nothing_here(self):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        self.zalando.workflow = "quotation"
        self.lafayette.warehouse_id = self.warehouse
        sold = self.shirts("A-1", 6, "waiting_shipment", marketplace="zalando")
        sold.sale_order_ids.warehouse_id = other
        order = self.shirts("A-2", 6)
        self.examine()
        self.assertEqual(self.kinds(order), {"accept"})

    # === WHAT COMES IN === #

    def test_what_comes_in_in_time_is_never_refused(self):
        self.assertFalse(self.lafayette.auto_accept_incoming)
        self._receive_goods(5, days=1)
        order = self._due("A-1", 12, days=2, marketplace="galeries_lafayette")
        self.assertLeft(order, "10 free, 12 needed")

    def test_what_comes_in_without_a_deadline_is_never_refused(self):
        self._receive_goods(5, days=30)
        order = self.shirts("A-1", 12)
        self.examine()
        self.assertLeft(order, "10 free, 12 needed")

    def test_what_comes_in_too_late_or_for_others_is_refused(self):
        self._receive_goods(5, days=3)
        late = self._due("A-1", 12, days=2, marketplace="galeries_lafayette")
        self.assertEqual(self.kinds(late), {"refuse"})
        self.shirts("A-2", 8, "accepted", marketplace="zalando")
        order = self._due("A-3", 8, days=4, marketplace="galeries_lafayette")
        self.assertEqual(self.kinds(order), {"refuse"}, "5 and 10, less 8")
