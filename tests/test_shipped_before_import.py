"""What had left, or was the marketplace's to ship, when its order was imported."""

from odoo import Command
from odoo.tests import tagged

from .common import line, package, payload
from .common.shipping import ShippingCase

LINES = "galeries_lafayette"
FULFILLED = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]


@tagged("post_install", "-at_install")
class TestShippedBeforeImport(ShippingCase):
    def receive_lines(self, number, *statuses, marketplace=LINES, **values):
        """Import an order of a shirt and two mugs, each at a status of its own."""
        lines = line(), line("MUG", "10.00", 2)
        for index, (one, status) in enumerate(zip(lines, statuses, strict=True)):
            one["marketplace_order_line_id"] = f"{number}-L{index}"
            one["lengow_status"] = status
        packages = package(*lines, trackings=values.pop("trackings", ()))
        order = self.import_payload(
            payload(number, packages, marketplace=marketplace, **values)
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def deliveries_of(self, order):
        """Return what has left, and what is to be sent."""
        pickings = order.sale_order_ids.picking_ids
        left = pickings.filtered("lengow_already_shipped")
        return left, pickings - left

    def test_a_line_that_left_has_a_delivery_that_says_so(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_lines("B-1", "shipped", "waiting_shipment")
        left, to_send = self.deliveries_of(order)
        self.assertEqual(left.move_ids.product_id, self.shirt)
        self.assertEqual(to_send.move_ids.product_id, self.mug)
        self.assertFalse(order.was_shipped_before_import)
        self.assertIn("SHIRT", " ".join(order.message_ids.mapped("body")))
        self.deliver(left, "OLD")
        self.assertFalse(self.ships_of(order))
        self.deliver(to_send, "T1")
        told = [a.parameters["line"] for a in self.ships_of(order)]
        self.assertEqual(told, ["B-1-L1"])

    def test_a_line_that_left_does_not_keep_the_order_from_being_told(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_lines(
            "B-2", "shipped", "waiting_shipment", marketplace="cdiscount"
        )
        left, to_send = self.deliveries_of(order)
        self.deliver(to_send, "T1")
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "T1")
        self.deliver(left, "OLD")
        self.assertEqual(len(self.ships_of(order)), 1)

    def test_the_quantity_of_a_line_raised_later_is_to_be_sent(self):
        order = self.receive_lines("B-3", "shipped", "shipped", lengow_status="shipped")
        self.assertTrue(order.was_shipped_before_import)
        left, to_send = self.deliveries_of(order)
        self.assertEqual(len(left), 1)
        self.assertFalse(to_send)

    def test_a_partial_refund_alone_does_not_mean_that_anything_has_left(self):
        def change(actions):
            actions["ship"]["status"].append("partial_refunded")

        self.define(LINES, change)
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_lines(
            "B-4",
            "waiting_shipment",
            "partial_refunded",
            lengow_status="partial_refunded",
        )
        self.assertFalse(order.was_shipped_before_import)
        left, to_send = self.deliveries_of(order)
        self.assertFalse(left)
        self.deliver(to_send, "T1")
        self.assertEqual(len(self.ships_of(order)), 2)

    def test_ready_for_pickup_does_not_mean_that_anything_has_left(self):
        order = self.receive_lines(
            "B-5", None, None, marketplace="ebay_fr", lengow_status="to_pickup"
        )
        self.assertFalse(order.was_shipped_before_import)
        self.assertFalse(self.deliveries_of(order)[0])

    def test_lines_without_status_have_left_where_a_parcel_says_so(self):
        order = self.receive_lines(
            "B-6",
            None,
            None,
            lengow_status="partial_refunded",
            trackings=[
                {
                    "number": "OLD",
                    "shipped_at": "2026-01-16T10:00:00Z",
                    "marketplace_order_line_ids": ["B-6-L0"],
                }
            ],
        )
        left, to_send = self.deliveries_of(order)
        self.assertEqual(left.move_ids.product_id, self.shirt)
        self.assertEqual(to_send.move_ids.product_id, self.mug)

    def test_other_sale_orders_are_put_together_as_ever(self):
        order = self.receive_lines("B-7", "waiting_shipment", "waiting_shipment")
        self.assertEqual(len(order.sale_order_ids.picking_ids), 1)


@tagged("post_install", "-at_install")
class TestFulfilledByMarketplace(ShippingCase):
    def receive_fulfilled(self, number, **values):
        self.account.import_fulfilled_by_marketplace = True
        self.shirt.invoice_policy = "delivery"
        order = self.receive_to_ship(
            number, lengow_status="shipped", order_types=FULFILLED, **values
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def test_delivered_stays_delivered_whatever_is_set_or_said_later(self):
        order = self.receive_fulfilled("F-1")
        sold = order.sale_order_ids.order_line
        self.assertEqual(sold.qty_delivered, 1)
        warehouse = self.env["stock.warehouse"].create({"name": "FBA", "code": "FBA"})
        self.account.fulfilment_warehouse_id = warehouse
        self.receive_to_ship("F-1", lengow_status="shipped", commission="2.00")
        self.assertFalse(order.is_fulfilled_by_marketplace)
        self.assertEqual(sold.qty_delivered_method, "manual")
        self.assertEqual(sold.qty_delivered, 1)

    def test_our_own_delivery_counts_whatever_is_said_later(self):
        self.account.import_fulfilled_by_marketplace = True
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("F-2")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.receive_to_ship("F-2", lengow_status="shipped", order_types=FULFILLED)
        self.assertTrue(order.is_fulfilled_by_marketplace)
        self.assertEqual(order.sale_order_ids.order_line.qty_delivered, 1)

    def test_a_quotation_confirmed_by_hand_is_delivered(self):
        self.find_marketplace("cdiscount").workflow = "quotation"
        order = self.receive_fulfilled("F-3")
        sale = order.sale_order_ids
        self.assertEqual(sale.state, "draft")
        sale.action_confirm()
        self.assertEqual(sale.order_line.qty_delivered, 1)
        self.assertEqual(sale.invoice_status, "to invoice")

    def test_a_combo_is_to_be_paired_with_what_is_sent(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Set",
                "combo_item_ids": [Command.create({"product_id": self.mug.id})],
            }
        )
        self.env["product.product"].create(
            {
                "name": "Set",
                "default_code": "SET",
                "type": "combo",
                "combo_ids": [Command.set(combo.ids)],
            }
        )
        order = self.import_payload(payload("F-4", package(line("SET"))))
        self.assertEqual(order.error_code, "product_unusable")
        self.assertIn("combo", order.error_message)
        self.assertEqual(order.fix_label, "Match Products")


@tagged("post_install", "-at_install")
class TestDeadline(ShippingCase):
    def receive_until(self, day, **values):
        return self.import_payload(
            payload(
                "N-1",
                package(line(max_shipping_date=f"2026-02-{day}T10:00:00Z")),
                marketplace="cdiscount",
                **values,
            )
        )

    def test_a_moved_deadline_reaches_sale_order_and_delivery(self):
        order = self.receive_until("20")
        sale = order.sale_order_ids
        picking = sale.picking_ids
        planned = picking.scheduled_date
        self.assertEqual(str(sale.commitment_date), "2026-02-20 10:00:00")
        self.receive_until("17")
        self.assertEqual(str(sale.commitment_date), "2026-02-17 10:00:00")
        self.assertEqual(str(picking.date_deadline), "2026-02-17 10:00:00")
        self.assertEqual((planned - picking.scheduled_date).days, 3)
        self.assertIn(
            "moved the shipping deadline", " ".join(picking.message_ids.mapped("body"))
        )
        self.assertIn(
            "moved the shipping deadline", " ".join(order.message_ids.mapped("body"))
        )

    def test_a_date_that_a_person_promised_stays(self):
        order = self.receive_until("20")
        sale = order.sale_order_ids
        sale.commitment_date = "2026-02-15 08:00:00"
        self.receive_until("17")
        self.assertEqual(str(sale.commitment_date), "2026-02-15 08:00:00")
        self.assertEqual(str(sale.picking_ids.date_deadline), "2026-02-17 10:00:00")

    def test_what_has_left_has_no_new_deadline(self):
        order = self.receive_until("20")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        before = picking.date_deadline
        self.receive_until("17")
        self.assertEqual(picking.date_deadline, before)
        self.assertEqual(str(order.sale_order_ids.commitment_date)[:10], "2026-02-20")
