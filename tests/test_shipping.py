"""A validated delivery reaches the marketplace, with what it knows of its parcels."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common import line
from .common.shipping import ShippingCase

FULFILLED = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]


@tagged("post_install", "-at_install")
class TestShipping(ShippingCase):
    def test_a_validated_delivery_is_reported_with_carrier_and_tracking(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-1")
        self.deliver(order.sale_order_ids.picking_ids, "6A001")
        ship = self.ships_of(order)
        self.assertEqual(
            ship.parameters, {"carrier": "Colissimo", "tracking_number": "6A001"}
        )
        self.assertEqual(ship.picking_id, order.sale_order_ids.picking_ids)
        self.assertEqual(ship.create_uid, self.storeman)
        self.send()
        self.assertEqual(ship.state, "accepted", ship.error_message)
        self.assertFalse(order.ship_state)

    def test_the_number_that_the_carrier_gives_while_validating_is_reported(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.method.integration_level = "rate_and_ship"
        order = self.receive_to_ship("S-2")

        def send(method, pickings):
            return [{"exact_price": 4, "tracking_number": "LABEL1"}]

        picking = order.sale_order_ids.picking_ids
        picking.picking_type_id.print_label = True
        with patch.object(type(self.method), "send_shipping", send):
            self.deliver(picking)
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "LABEL1")
        self.assertEqual(len(self.ships_of(order)), 1)

    def test_a_line_each_where_the_marketplace_wants_lines(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        order = self.receive_to_ship(
            "S-3", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        ships = self.ships_of(order)
        self.assertEqual(
            [s.parameters["line"] for s in ships],
            order.line_ids.mapped("lengow_line_ref"),
        )
        self.send()
        self.assertEqual(ships.mapped("state"), ["accepted"] * 2)

    # === PARTS === #

    def test_without_lines_it_waits_until_everything_has_left(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship(
            "S-4", "cdiscount", line(), line("MUG", "10.00", 2)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        self.assertFalse(self.ships_of(order))
        self.assertFalse(order.ship_state)
        self.deliver(rest, "T2")
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "T1")

    def test_without_lines_a_canceled_backorder_is_as_good_as_delivered(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-5", "cdiscount", line("MUG", "10.00", 2))
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        rest.action_cancel()
        self.assertEqual(len(self.ships_of(order)), 1)
        self.assertIn(
            "Shipped less than ordered", " ".join(order.message_ids.mapped("body"))
        )

    def test_a_line_is_reported_once_all_of_it_has_left(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        order = self.receive_to_ship(
            "S-6", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        first = self.ships_of(order)
        self.assertEqual(first.parameters["line"], "S-6-L0")
        self.send()
        self.deliver(rest, "T2")
        second = self.ships_of(order) - first
        self.assertEqual(second.parameters["line"], "S-6-L1")
        self.assertEqual(second.parameters["tracking_number"], "T2")
        self.assertEqual(first.parameters["tracking_number"], "T1")

    def test_pieces_of_a_line_where_the_marketplace_counts_them(self):
        self.count_pieces()
        order = self.receive_to_ship(
            "S-7", "galeries_lafayette", line("MUG", "30.00", 3)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        self.deliver(rest, "T2")
        ships = self.ships_of(order)
        told = [
            (s.parameters["tracking_number"], s.parameters["shipped_quantity"])
            for s in ships
        ]
        self.assertEqual(told, [("T1", "1"), ("T2", "2")])
        self.send()
        self.assertEqual(ships.mapped("state"), ["accepted"] * 2)

    def test_the_same_pieces_in_two_deliveries_are_two_reports(self):
        self.count_pieces()
        order = self.receive_to_ship(
            "S-8", "galeries_lafayette", line("MUG", "30.00", 2)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        self.deliver(rest, "T1")
        self.send()
        self.pass_time(self.ships_of(order), minutes=2)
        self.send()
        self.assertEqual(self.ships_of(order).mapped("state"), ["accepted"] * 2)

    def test_a_failed_part_does_not_count_and_is_not_told_twice(self):
        """A part that failed is rolled back; what was told is not told again."""
        self.count_pieces()
        order = self.receive_to_ship(
            "S-9", "galeries_lafayette", line("MUG", "30.00", 2)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1}
        )
        first = self.ships_of(order)
        self.sandbox.settings.action_delay = 0
        self.sandbox.settings.fail_actions = "Unknown carrier"
        self.send()
        self.follow()
        self.assertEqual(first.state, "failed")
        self.assertEqual(order.line_ids.quantity_shipped, 0)
        self.sandbox.settings.fail_actions = ""
        self.deliver(rest, "T2")
        second = self.ships_of(order) - first
        self.send()
        self.follow()
        self.assertEqual(order.line_ids.quantity_shipped, 1)
        self.assertTrue(order.can_ship, "it is finished only when every piece is told")
        first.action_retry()
        self.send()
        self.follow()
        self.assertEqual((first | second).mapped("state"), ["done", "done"])
        self.assertEqual(order.line_ids.quantity_shipped, 2)
        order.action_refresh()
        self.assertEqual(order.lengow_status, "shipped")
        self.env["lengow.reporter"]._report(order)
        self.assertEqual(len(self.ships_of(order)), 2)

    def test_a_kit_is_reported_when_its_line_is_complete(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        order = self.receive_to_ship("S-10", "galeries_lafayette", line())
        picking, part_b = self.explode_kit(order)
        rest = self.deliver(picking, "T1", quantities={part_b: 0})
        self.assertFalse(self.ships_of(order))
        self.deliver(rest, "T2")
        self.assertEqual(self.ships_of(order).parameters["line"], "S-10-L0")

    # === WHICH DELIVERIES === #

    def test_only_the_last_step_to_the_customer_reports(self):
        self.map_carrier("cdiscount", "Colissimo")
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_ship"
        self.addCleanup(warehouse.write, {"delivery_steps": "ship_only"})
        order = self.receive_to_ship("S-11")
        pick = order.sale_order_ids.picking_ids
        self.assertNotEqual(pick.location_dest_id.usage, "customer")
        self.deliver(pick, "T1")
        self.assertFalse(self.ships_of(order))
        out = order.sale_order_ids.picking_ids - pick
        self.deliver(out, "T1")
        self.assertEqual(len(self.ships_of(order)), 1)

    def test_returns_report_nothing(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-12")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        returned = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.deliver(returned, "BACK")
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "T1")

    def test_a_drop_shipment_to_the_customer_reports(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-37")
        picking = order.sale_order_ids.picking_ids
        supplier = self.env.ref("stock.stock_location_suppliers")
        picking.location_id = supplier
        picking.move_ids.location_id = supplier
        self.deliver(picking, "FROM-SUPPLIER")
        told = self.ships_of(order).parameters
        self.assertEqual(told["tracking_number"], "FROM-SUPPLIER")

    def test_an_order_shipped_before_its_import_reports_nothing(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-13", lengow_status="shipped")
        self.assertTrue(order.was_shipped_before_import)
        order.lengow_status = "waiting_shipment"
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertFalse(self.ships_of(order))

    def test_what_the_marketplace_ships_itself_is_not_reported(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.account.import_fulfilled_by_marketplace = True
        self.account.fulfilment_warehouse_id = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        order = self.receive_to_ship("S-14", order_types=FULFILLED)
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertFalse(self.ships_of(order))

    # === WHAT IS MISSING === #

    def test_tracking_that_comes_later_is_waited_for_then_reported(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-15")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking)
        self.assertFalse(self.ships_of(order))
        self.assertEqual(order.ship_state, "waiting")
        self.assertIn("Tracking Number", picking.lengow_ship_message)
        found = self.env["lengow.order"].search([("ship_state", "=", "waiting")])
        self.assertIn(order, found)
        picking.with_user(self.storeman).carrier_tracking_ref = "LATE"
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "LATE")
        self.assertFalse(order.ship_state)
        self.assertFalse(picking.lengow_ship_message)

    def test_optional_tracking_is_waited_for_where_the_merchant_wants_so(self):
        self.find_marketplace("fnac").ship_waits_for_tracking = True
        order = self.receive_to_ship("S-16", "fnac")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking)
        self.assertEqual(order.ship_state, "waiting")
        picking.carrier_tracking_ref = "LATE"
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "LATE")

    def test_optional_tracking_is_left_out(self):
        self.map_carrier("fnac", "Colissimo")
        order = self.receive_to_ship("S-17", "fnac")
        self.deliver(order.sale_order_ids.picking_ids)
        self.assertEqual(self.ships_of(order).parameters, {"carrier": "Colissimo"})

    def test_a_carrier_without_mapping_is_waited_for_then_reported(self):
        order = self.receive_to_ship("S-18")
        picking = order.sale_order_ids.picking_ids
        picking.carrier_id = self.method
        self.assertTrue(picking.lengow_carrier_missing, "the banner")
        marketplace = order.marketplace_id
        self.assertEqual(marketplace.unmapped_method_ids, self.method)
        self.deliver(picking, "T1")
        self.assertIn("Colissimo", picking.lengow_ship_message)
        self.map_carrier("cdiscount", "Colissimo")
        self.assertEqual(self.ships_of(order).parameters["carrier"], "Colissimo")
        marketplace.invalidate_recordset()
        self.assertFalse(marketplace.unmapped_method_ids)
        self.assertFalse(order.ship_state)

    def test_a_carrier_without_mapping_goes_by_its_name_where_any_will_do(self):
        order = self.receive_to_ship("S-19", "bol")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        ship = self.ships_of(order)
        self.assertEqual(ship.parameters["carrier"], "Colissimo")
        self.assertIn("Colissimo", " ".join(order.message_ids.mapped("body")))
        self.send()
        self.assertEqual(ship.state, "accepted")

    def test_the_carrier_name_goes_only_with_the_carrier_it_depends_on(self):
        order = self.receive_to_ship("S-20", "amazon_fr")
        self.map_carrier("amazon_fr", "Other")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        told = self.ships_of(order).parameters
        self.assertEqual(
            (told["carrier"], told["carrier_name"]), ("Other", "Colissimo")
        )
        self.map_carrier("amazon_fr", "DHL", dhl := self.create_method("DHL Paket"))
        other = self.receive_to_ship("S-21", "amazon_fr")
        self.deliver(other.sale_order_ids.picking_ids, "T1", dhl)
        told = self.ships_of(other).parameters
        self.assertEqual(told["carrier"], "DHL")
        self.assertNotIn("carrier_name", told)
        self.assertEqual(told["shipping_method"], "DHL Paket", "Amazon demands one")

    def test_a_shipping_method_that_is_not_demanded_is_not_sent(self):
        def change(actions):
            ship = actions["ship"]
            ship["args"].remove("shipping_method")
            ship["optional_args"].append("shipping_method")

        self.define("amazon_fr", change)
        self.map_carrier("amazon_fr", "DHL")
        order = self.receive_to_ship("S-22", "amazon_fr")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertNotIn("shipping_method", self.ships_of(order).parameters)

    # === CORRECTIONS === #

    def test_a_number_corrected_in_time_is_sent_corrected(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-23")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "WRONG")
        picking.carrier_tracking_ref = "RIGHT"
        ship = self.ships_of(order)
        self.assertEqual(len(ship), 1)
        self.send()
        self.assertEqual(self.sandbox.actions[0].arguments["tracking_number"], "RIGHT")

    def test_a_number_taken_back_in_time_is_not_sent(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-24")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "WRONG")
        picking.carrier_tracking_ref = False
        self.assertEqual(self.ships_of(order).state, "canceled")
        self.assertEqual(order.ship_state, "waiting")
        picking.carrier_tracking_ref = "RIGHT"
        self.assertEqual(len(self.ships_of(order, "todo")), 1)

    def test_a_number_corrected_after_a_refusal_is_sent_again(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-25")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "WRONG")
        self.send_in_vain()
        self.assertEqual(self.ships_of(order).state, "failed")
        self.sandbox.settings.fail_actions = ""
        picking.carrier_tracking_ref = "RIGHT"
        self.send()
        self.follow()
        ship = self.ships_of(order)
        self.assertEqual(ship.state, "done")
        self.assertEqual(ship.parameters["tracking_number"], "RIGHT")

    def test_a_number_corrected_too_late_says_what_the_marketplace_has(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-26")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OLD")
        self.send()
        picking.carrier_tracking_ref = "NEW"
        self.assertEqual(len(self.ships_of(order)), 1)
        self.assertEqual(picking.lengow_told_tracking, "OLD")
        self.assertTrue(picking.lengow_can_tell_again)
        picking.with_user(self.env.ref("base.user_admin")).action_lengow_tell_again()
        self.send()
        told = [action.arguments["tracking_number"] for action in self.sandbox.actions]
        self.assertEqual(told, ["OLD", "NEW"])
        picking.invalidate_recordset()
        self.assertFalse(picking.lengow_told_tracking)
        order.lengow_status = "shipped"
        picking.carrier_tracking_ref = "NEWER"
        self.assertTrue(picking.lengow_told_tracking)
        self.assertFalse(picking.lengow_can_tell_again)

    # === PARCELS === #

    def test_of_several_numbers_the_first_is_told_and_the_others_noted(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.method.tracking_url = "https://track.example.com/<shipmenttrackingnumber>"
        order = self.receive_to_ship("S-27")
        self.deliver(order.sale_order_ids.picking_ids, "P1,P2")
        told = self.ships_of(order).parameters
        self.assertEqual(told["tracking_number"], "P1")
        self.assertEqual(told["tracking_url"], "https://track.example.com/P1")
        self.assertIn("P2", " ".join(order.message_ids.mapped("body")))

    def test_a_carrier_with_a_list_of_links(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-28")
        links = json.dumps([["P1", "https://t.example.com/1"], ["P2", "https://t/2"]])
        method = type(self.method)
        with patch.object(method, "get_tracking_link", lambda *a: links):
            self.deliver(order.sale_order_ids.picking_ids, "P1,P2")
        told = self.ships_of(order).parameters
        self.assertEqual(told["tracking_url"], "https://t.example.com/1")

    def test_a_package_for_each_number_is_told_with_its_contents(self):
        self.count_pieces()
        order = self.receive_to_ship(
            "S-29", "galeries_lafayette", line("MUG", "30.00", 3)
        )
        picking = order.sale_order_ids.picking_ids
        self.pack(picking, 1, 2)
        picking.write({"carrier_id": self.method.id, "carrier_tracking_ref": "P1,P2"})
        picking.with_context(skip_backorder=True).button_validate()
        told = [
            (s.parameters["tracking_number"], s.parameters["shipped_quantity"])
            for s in self.ships_of(order)
        ]
        self.assertEqual(told, [("P1", "1"), ("P2", "2")])

    def test_the_number_of_the_return_label_goes_where_it_is_asked_for(self):
        order = self.receive_to_ship("S-30", "zalando")
        picking = order.sale_order_ids.picking_ids
        self.assertTrue(picking.lengow_takes_return_tracking)
        picking.lengow_return_tracking_ref = "BACK-1"
        self.deliver(picking, "T1")
        told = self.ships_of(order).parameters
        self.assertEqual(told["return_tracking_number"], "BACK-1")

    # === THE WAREHOUSE GOES ON === #

    def test_a_failure_while_planning_is_noted_and_stops_nothing(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-31")
        picking = order.sale_order_ids.picking_ids
        reporter = type(self.env["lengow.reporter"])
        with (
            patch.object(reporter, "_shipped", side_effect=ZeroDivisionError),
            self.assertLogs("odoo.addons.lengow_connector", "ERROR"),
        ):
            self.deliver(picking, "T1")
        self.assertEqual(order.ship_state, "error")
        self.assertIn("administrator", order.ship_message)
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.assertEqual(len(self.ships_of(order)), 1)
        self.assertFalse(order.ship_state)

    def test_what_does_not_fit_is_named_and_stops_nothing(self):
        carrier = self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-32")
        carrier._write({"code": "Gone"})
        carrier.invalidate_recordset()
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        self.assertEqual(order.ship_state, "error")
        self.assertIn("Carrier", order.ship_message)

    def test_what_was_overlooked_is_reported_by_the_hourly_sweep(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-33")
        reporter = type(self.env["lengow.reporter"])
        with patch.object(reporter, "_report", lambda *_: None):
            self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertFalse(self.ships_of(order))
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.assertEqual(len(self.ships_of(order)), 1)

    def test_what_a_person_withdrew_is_not_planned_by_the_sweep(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-34")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.ships_of(order).action_cancel()
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.assertEqual(self.ships_of(order).state, "canceled")

    def test_what_failed_is_not_sent_again_by_itself(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-38")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.send_in_vain()
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.send()
        self.assertEqual(self.ships_of(order).state, "failed")
        self.assertEqual(len(self.posts()), 1)

    def test_what_left_long_ago_is_not_reported_by_the_sweep(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("S-39")
        picking = order.sale_order_ids.picking_ids
        reporter = type(self.env["lengow.reporter"])
        with patch.object(reporter, "_report", lambda *_: None):
            self.deliver(picking, "T1")
        picking.date_done -= timedelta(days=8)
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.assertFalse(self.ships_of(order))

    def test_an_order_that_moved_on_no_longer_waits(self):
        order = self.receive_to_ship("S-35")
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertEqual(order.ship_state, "waiting")
        order.lengow_status = "shipped"
        with self.crons():
            self.run_cron("cron_report_shipments")
        self.assertFalse(order.ship_state)
        self.assertFalse(self.ships_of(order))

    def test_a_validated_delivery_makes_a_pickup_ready(self):
        order = self.receive_to_ship(
            "S-36", "ebay_fr", lengow_status="pickup_to_prepare"
        )
        self.deliver(
            order.sale_order_ids.picking_ids, method=self.env["delivery.carrier"]
        )
        ready = order.action_ids.filtered(lambda a: a.kind == "pickup_ready")
        self.assertEqual(len(ready), 1)
        self.send()
        self.assertEqual(ready.state, "accepted")
