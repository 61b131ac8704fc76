"""What buyers collect says so: on the delivery, in its queue, on its slip."""

from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestPickup(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ebay = cls.find_marketplace("ebay_fr")
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.account.company_id.id)], limit=1
        )
        cls.shop = cls.warehouse.out_type_id.copy(
            {"name": "Collected in the Shop", "sequence_code": "PICKUP"}
        )

    def receive_pickup(self, number):
        """Return the delivery of an order that its buyer collects."""
        order = self.receive_to_ship(
            number, "ebay_fr", lengow_status="pickup_to_prepare"
        )
        return order.sale_order_ids.picking_ids

    def test_delivery_that_the_buyer_collects_is_found_and_says_so(self):
        collected = self.receive_pickup("P-1")
        sent = self.receive_to_ship("P-2").sale_order_ids.picking_ids
        deliveries = (collected | sent).with_user(self.storeman)
        self.assertEqual(deliveries.mapped("lengow_is_pickup"), [True, False])
        self.assertEqual(deliveries[0].lengow_order_name, "P-1")
        for value, expected in ((True, collected), (False, sent)):
            found = deliveries.search(
                [("id", "in", deliveries.ids), ("lengow_is_pickup", "=", value)]
            )
            self.assertEqual(found.ids, expected.ids)

    def test_delivery_is_found_by_the_number_that_the_buyer_names(self):
        collected = self.receive_pickup("P-1047")
        self.receive_pickup("P-1048")
        Picking = collected.with_user(self.storeman)
        view = self.env.ref("stock.view_picking_internal_search")
        tree = etree.fromstring(Picking.get_view(view.id, "search")["arch"])
        # What Enter searches with.
        first = tree.find("field").get("filter_domain")
        found = Picking.search(safe_eval(first, {"self": "-1047"}))
        self.assertEqual(found, collected)
        self.assertEqual(
            Picking.search(safe_eval(first, {"self": collected.name})), collected
        )

    def test_collected_orders_have_the_operation_type_that_is_set(self):
        self.assertEqual(
            self.receive_pickup("P-1").picking_type_id, self.warehouse.out_type_id
        )
        self.account.pickup_type_id = self.shop
        self.assertEqual(self.receive_pickup("P-2").picking_type_id, self.shop)
        sent = self.receive_to_ship("P-3").sale_order_ids.picking_ids
        self.assertEqual(sent.picking_type_id, self.warehouse.out_type_id)

    def test_operation_type_of_a_marketplace_goes_before_that_of_its_account(self):
        self.account.pickup_type_id = self.shop
        self.ebay.pickup_type_id = self.shop.copy({"name": "At the Counter"})
        self.assertEqual(
            self.receive_pickup("P-1").picking_type_id, self.ebay.pickup_type_id
        )

    def test_operation_type_that_is_gone_or_elsewhere_is_none(self):
        self.account.pickup_type_id = self.shop
        self.shop.active = False
        delivery = self.receive_pickup("P-1")
        self.assertEqual(delivery.picking_type_id, self.warehouse.out_type_id)
        other = self.env["stock.warehouse"].create({"name": "Elsewhere", "code": "ELS"})
        self.account.pickup_type_id = other.out_type_id
        delivery = self.receive_pickup("P-2")
        self.assertEqual(delivery.picking_type_id, self.warehouse.out_type_id)

    def test_only_the_last_step_of_a_warehouse_is_for_the_buyer(self):
        self.account.pickup_type_id = self.shop
        self.warehouse.delivery_steps = "pick_ship"
        deliveries = self.receive_pickup("P-1")
        self.assertNotIn(self.shop, deliveries.picking_type_id)
        self.assertTrue(deliveries)

    def test_the_last_step_is_put_into_its_queue_when_its_turn_comes(self):
        self.account.pickup_type_id = self.shop
        for number, steps in enumerate(("pick_ship", "pick_pack_ship")):
            self.warehouse.delivery_steps = steps
            collected = self.receive_pickup(f"P-{number}")
            sent = self.receive_to_ship(f"S-{number}").sale_order_ids.picking_ids
            for first, last in ((collected, self.shop), (sent, None)):
                sale = first.sale_id
                for _step in range(steps.count("_") + 1):
                    step = sale.picking_ids.filtered(lambda p: p.state != "done")
                    self.deliver(step, method=self.env["delivery.carrier"])
                left = sale.picking_ids.filtered(
                    lambda p: p.location_dest_id.usage == "customer"
                )
                expected = last or self.warehouse.out_type_id
                self.assertEqual(left.picking_type_id, expected, steps)

    def test_a_collected_order_is_made_ready_from_its_own_queue(self):
        self.account.pickup_type_id = self.shop
        delivery = self.receive_pickup("P-1")
        self.deliver(delivery, method=self.env["delivery.carrier"])
        actions = delivery.lengow_order_id.action_ids
        self.assertIn("pickup_ready", actions.mapped("kind"))

    def test_slip_names_the_number_that_the_buyer_brings(self):
        collected = self.receive_pickup("P-47110815")
        relayed = self.receive_to_ship("P-2")
        relayed.pickup_ref = "RELAY-0042"
        self.assertIn("P-47110815", self.slip(collected))
        self.assertIn("RELAY-0042", self.slip(relayed.sale_order_ids.picking_ids))
        plain = self.receive_to_ship("P-3").sale_order_ids.picking_ids
        self.assertNotIn("Pickup", self.slip(plain))

    def slip(self, delivery):
        """Return the text of a delivery slip, as the warehouse prints it."""
        report = self.env["ir.actions.report"].with_user(self.storeman)
        html, _kind = report._render_qweb_html(
            "stock.report_deliveryslip", delivery.ids
        )
        return html.decode()
