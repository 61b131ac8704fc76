"""Nothing is told that did not happen, and nothing twice."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line, package, payload
from .common.shipping import ShippingCase

LINES = "galeries_lafayette"


@tagged("post_install", "-at_install")
class TestWhatHasLeft(ShippingCase):
    """A line has left by its done moves, or without moves by its delivered quantity."""

    def receive_with_drop_shipment(self, number, marketplace):
        """Import a shirt from stock and a mug whose supplier was asked for nothing."""
        self.map_carrier("cdiscount", "Colissimo")
        self.map_carrier(LINES, "LAPOSTE")
        rule = self.env["sale.order.line"]
        launch = type(rule)._action_launch_stock_rule

        def only_the_shirt(lines, **kwargs):
            shirts = lines.filtered(lambda one: one.product_id == self.shirt)
            return launch(shirts, **kwargs)

        with patch.object(type(rule), "_action_launch_stock_rule", only_the_shirt):
            order = self.receive_to_ship(
                number, marketplace, line(), line("MUG", "10.00", 2)
            )
        self.assertEqual(len(order.sale_order_ids.order_line.move_ids), 1)
        return order

    def test_goods_without_moves_keep_the_whole_order_from_being_told(self):
        order = self.receive_with_drop_shipment("T-1", "cdiscount")
        self.deliver(order.sale_order_ids.picking_ids, "OUT-1")
        self.assertFalse(self.ships_of(order))

    def test_goods_without_moves_are_not_told_with_the_parcel_of_others(self):
        order = self.receive_with_drop_shipment("T-2", LINES)
        self.deliver(order.sale_order_ids.picking_ids, "OUT-1")
        told = [a.parameters["line"] for a in self.ships_of(order)]
        self.assertEqual(told, ["T-2-L0"])

    def test_goods_without_moves_have_left_once_they_count_as_delivered(self):
        order = self.receive_with_drop_shipment("T-3", "cdiscount")
        self.deliver(order.sale_order_ids.picking_ids, "OUT-1")
        mug = order.line_ids[1].sale_line_id
        mug.qty_delivered_method = "manual"
        mug.qty_delivered = 2
        self.sweep()
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "OUT-1")

    def test_goods_that_left_without_a_parcel_wait_for_their_number(self):
        order = self.receive_with_drop_shipment("T-4", LINES)
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OUT-1")
        mug = order.line_ids[1].sale_line_id
        mug.qty_delivered_method = "manual"
        mug.qty_delivered = 2
        self.sweep()
        self.assertEqual(len(self.ships_of(order)), 1)
        self.assertEqual(picking.lengow_ship_state, "waiting")

    def test_a_line_that_was_dropped_is_not_told_as_shipped(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship("T-5", LINES, line(), line("MUG", "10.00", 2))
        mug = order.line_ids[1].sale_line_id
        mug.product_uom_qty = 0
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.sweep()
        told = [a.parameters["line"] for a in self.ships_of(order)]
        self.assertEqual(told, ["T-5-L0"])

    def test_what_came_back_before_it_was_told_has_not_left(self):
        order = self.receive_to_ship("T-6")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        self.assertEqual(order.ship_state, "waiting")
        self.take_back(picking)
        self.map_carrier("cdiscount", "Colissimo")
        self.sweep()
        self.assertFalse(self.ships_of(order))

    def test_what_comes_back_after_it_was_told_is_told_once(self):
        self.count_pieces()
        order = self.receive_to_ship("T-7", LINES, line("MUG", "30.00", 3))
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T1", quantities={self.mug: 2})
        self.send()
        self.take_back(picking)
        self.deliver(rest, "T2")
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(told, ["2", "1"])

    def test_parts_of_pieces_are_told_as_people_write_them(self):
        self.count_pieces()
        order = self.receive_to_ship("T-10", LINES, line("MUG", "30.00", 3))
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T1", quantities={self.mug: 2.7})
        self.send()
        self.deliver(rest, "T2")
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(told, ["2.7", "0.3"])

    def test_a_link_of_all_parcels_is_no_link_of_one(self):
        self.map_carrier("cdiscount", "Colissimo")
        links = {
            "U-1": ("https://t.example.com/?n=P1%2CP2", "https://t.example.com/?n=P1"),
            "U-2": ("https://t.example.com/all/77", None),
        }
        for number, (given, told) in links.items():
            order = self.receive_to_ship(number)
            method = type(self.method)
            with patch.object(method, "get_tracking_link", lambda *_, url=given: url):
                self.deliver(order.sale_order_ids.picking_ids, "P1,P2")
            self.assertEqual(self.ships_of(order).parameters.get("tracking_url"), told)

    def test_a_parcel_told_again_speaks_of_its_own_lines_alone(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship("T-8", LINES, line(), line("MUG", "10.00", 2))
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T1", quantities={self.mug: 0})
        self.deliver(rest, "T2")
        self.send()
        picking.carrier_tracking_ref = "T1-NEW"
        picking.with_user(self.env.ref("base.user_admin")).action_lengow_tell_again()
        self.sweep()
        told = [
            (a.parameters["line"], a.parameters["tracking_number"])
            for a in self.ships_of(order)
        ]
        self.assertEqual(
            told, [("T-8-L0", "T1"), ("T-8-L1", "T2"), ("T-8-L0", "T1-NEW")]
        )

    def receive_two_parcels(self, number):
        """Deliver a shirt and a mug, each in a parcel with a number of its own."""
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship(number, LINES, line(), line("MUG", "10.00", 1))
        picking = order.sale_order_ids.picking_ids
        picking.move_ids.quantity = 1
        for one in picking.move_line_ids.sorted("id"):
            one.result_package_id = self.env["stock.package"].create({"name": "B"})
        picking.move_ids.picked = True
        picking.write({"carrier_id": self.method.id, "carrier_tracking_ref": "P1,P2"})
        picking.with_context(skip_backorder=True).button_validate()
        self.send()
        return order, picking.with_user(self.env.ref("base.user_admin"))

    def numbers(self, order):
        return [
            (a.parameters["line"], a.parameters["tracking_number"])
            for a in self.ships_of(order)
        ]

    def test_a_line_told_again_keeps_the_number_of_its_own_parcel(self):
        order, picking = self.receive_two_parcels("T-11")
        told = [("T-11-L0", "P1"), ("T-11-L1", "P2")]
        self.assertEqual(self.numbers(order), told)
        picking.carrier_tracking_ref = "P1,P2-NEW"
        self.assertEqual(picking.lengow_told_tracking, "P2")
        picking.action_lengow_tell_again()
        self.assertEqual(self.numbers(order), [*told, ("T-11-L1", "P2-NEW")])

    def test_every_parcel_can_be_told_again(self):
        _order, picking = self.receive_two_parcels("T-12")
        picking.carrier_tracking_ref = "P1-NEW,P2"
        self.assertEqual(picking.lengow_told_tracking, "P1")
        self.assertTrue(picking.lengow_can_tell_again)

    def test_a_button_left_open_tells_nothing_twice(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("T-13")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OLD")
        self.send()
        picking.carrier_tracking_ref = "NEW"
        as_person = picking.with_user(self.env.ref("base.user_admin"))
        as_person.action_lengow_tell_again()
        self.send()
        as_person.action_lengow_tell_again()
        self.send()
        told = [action.arguments["tracking_number"] for action in self.sandbox.actions]
        self.assertEqual(told, ["OLD", "NEW"])

    def test_what_will_never_leave_is_a_case_for_a_person(self):
        for number, marketplace in (("T-14", "cdiscount"), ("T-15", LINES)):
            self.map_carrier("cdiscount", "Colissimo")
            self.map_carrier(LINES, "LAPOSTE")
            order = self.receive_to_ship(
                number, marketplace, line(), line("MUG", "10.00", 2)
            )
            picking = order.sale_order_ids.picking_ids
            rest = self.deliver(picking, "T1", quantities={self.mug: 0})
            self.assertFalse(order.ship_state)
            rest.action_cancel()
            told = [a.parameters.get("line") for a in self.ships_of(order)]
            self.assertEqual(told, ["T-15-L0"] if marketplace == LINES else [])
            self.assertEqual(order.ship_state, "error", marketplace)
            self.assertIn("MUG", order.ship_message)
            self.sweep()
            self.assertEqual(order.ship_state, "error", marketplace)

    def test_what_a_person_took_off_the_sale_order_has_not_left(self):
        self.map_carrier("cdiscount", "Colissimo")
        self.map_carrier(LINES, "LAPOSTE")
        for number, marketplace in (("T-18", "cdiscount"), ("T-19", LINES)):
            order = self.receive_to_ship(
                number, marketplace, line(), line("MUG", "10.00", 2)
            )
            sale = order.sale_order_ids
            mugs = sale.order_line.filtered(lambda li: li.product_id == self.mug)
            mugs.product_uom_qty = 0
            self.deliver(sale.picking_ids, "T1")
            told = [a.parameters.get("line") for a in self.ships_of(order)]
            self.assertEqual(told, ["T-19-L0"] if marketplace == LINES else [])
            self.assertEqual(order.ship_state, "error", marketplace)
            self.assertIn("MUG", order.ship_message)

    def test_what_a_person_told_after_all_waits_for_nobody(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship(
            "T-16", "cdiscount", line(), line("MUG", "10.00", 2)
        )
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1", quantities={self.mug: 0}).action_cancel()
        self.assertEqual(order.ship_state, "error")
        wizard = self.wizard_of(picking.action_lengow_open_ship())
        wizard.action_confirm()
        self.assertEqual(len(self.ships_of(order)), 1)
        self.assertFalse(order.ship_state)

    def test_what_came_back_beside_others_is_a_case_for_a_person(self):
        order = self.receive_to_ship(
            "T-17", "cdiscount", line(), line("MUG", "10.00", 1)
        )
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        self.take_back_only(picking, self.mug)
        self.map_carrier("cdiscount", "Colissimo")
        self.sweep()
        self.assertFalse(self.ships_of(order))
        self.assertEqual(order.ship_state, "error")
        self.assertIn("MUG", order.ship_message)

    def take_back_only(self, picking, product):
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        for row in wizard.product_return_moves:
            row.quantity = row.product_id == product
        returned = wizard.action_create_returns()["res_id"]
        self.deliver(self.env["stock.picking"].browse(returned), "BACK")

    def test_no_more_of_a_kit_is_told_than_has_left(self):
        self.count_pieces()
        order = self.receive_to_ship("T-18", LINES, line("SHIRT", "72.00", 3))
        picking = order.sale_order_ids.picking_ids
        move = picking.move_ids
        sold = order.line_ids.sale_line_id
        # What a kit's explosion leaves: a part, for the same sale order line.
        move.product_id = self.create_product("PART")
        move.sale_line_id = sold
        rest = self.deliver(picking, "T1", quantities={move.product_id: 2})
        rest.move_ids.sale_line_id = sold
        sold.qty_delivered_method = "manual"
        sold.qty_delivered = 2
        rest.action_cancel()
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(told, ["2"])

    def test_pieces_are_not_told_again(self):
        self.count_pieces()
        order = self.receive_to_ship("T-9", LINES, line("MUG", "20.00", 2))
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        self.send()
        picking.carrier_tracking_ref = "T2"
        self.assertFalse(picking.lengow_can_tell_again)
        with self.assertRaises(UserError):
            picking.with_user(
                self.env.ref("base.user_admin")
            ).action_lengow_tell_again()


@tagged("post_install", "-at_install")
class TestPiecesTold(ShippingCase):
    """Whatever changes before it is sent, the pieces told are those that have left."""

    def receive_packed(self, number, tracking):
        self.count_pieces()
        order = self.receive_to_ship(number, LINES, line("MUG", "30.00", 3))
        picking = order.sale_order_ids.picking_ids
        self.pack(picking, 1, 2)
        picking.write({"carrier_id": self.method.id, "carrier_tracking_ref": tracking})
        picking.with_context(skip_backorder=True).button_validate()
        return order, picking

    def pieces(self, order):
        """Return tracking number and pieces of what is told or will be."""
        return [
            (a.parameters["tracking_number"], a.parameters["shipped_quantity"])
            for a in self.ships_of(order)
            if a.state != "canceled"
        ]

    def test_a_second_label_is_planned_beside_the_first(self):
        order, picking = self.receive_packed("P-1", "P1")
        self.assertEqual(self.pieces(order), [("P1", "3")])
        picking.carrier_tracking_ref = "P1,P2"
        self.assertEqual(self.pieces(order), [("P1", "1"), ("P2", "2")])

    def test_a_label_taken_back_is_withdrawn(self):
        order, picking = self.receive_packed("P-2", "P1,P2")
        picking.carrier_tracking_ref = "P1"
        self.assertEqual(self.pieces(order), [("P1", "3")])

    def test_what_is_sent_is_left_out_of_what_is_planned_later(self):
        order, picking = self.receive_packed("P-3", "P1")
        self.send()
        picking.carrier_tracking_ref = "P1,P2"
        self.assertEqual(self.pieces(order), [("P1", "3")])

    def test_a_refused_parcel_that_is_no_more_is_dismissed(self):
        order, picking = self.receive_packed("P-4", "P1,P2")
        self.send_in_vain()
        self.assertEqual(set(self.ships_of(order).mapped("state")), {"failed"})
        self.sandbox.settings.fail_actions = ""
        picking.carrier_tracking_ref = "P1"
        self.assertEqual(self.pieces(order), [("P1", "3")])

    def test_what_a_person_told_is_not_told_by_the_delivery_again(self):
        self.count_pieces()
        order = self.receive_to_ship("P-5", LINES, line("MUG", "30.00", 3))
        wizard = self.wizard_of(
            order.with_user(self.user).action_open_ship(), self.user
        )
        wizard.chosen_line_ids.quantity = 1
        self.enter(wizard, carrier="LAPOSTE", tracking_number="HAND")
        wizard.action_confirm()
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T1", quantities={self.mug: 1})
        self.assertEqual(self.pieces(order), [("HAND", "1")])
        self.deliver(rest, "T2")
        self.assertEqual(self.pieces(order), [("HAND", "1"), ("T2", "2")])

    def test_the_dialog_tells_no_more_than_is_left_to_tell(self):
        self.count_pieces()
        order = self.receive_to_ship("P-6", LINES, line("MUG", "30.00", 3))
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1", quantities={self.mug: 1})
        self.send()
        wizard = self.wizard_of(
            order.with_user(self.user).action_open_ship(), self.user
        )
        self.assertEqual(wizard.chosen_line_ids.mapped("quantity"), [2])
        wizard.chosen_line_ids.write({"is_chosen": True, "quantity": 3})
        self.enter(wizard, carrier="LAPOSTE", tracking_number="HAND")
        with self.assertRaisesRegex(UserError, "2"):
            wizard.action_confirm()

    def test_what_was_withheld_can_be_told_by_hand(self):
        self.count_pieces()
        order = self.receive_to_ship("P-7", LINES, line("MUG", "30.00", 3))
        self.account.test_mode = True
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertEqual(self.ships_of(order).state, "withheld")
        self.account.test_mode = False
        wizard = self.wizard_of(
            order.with_user(self.user).action_open_ship(), self.user
        )
        self.assertEqual(wizard.chosen_line_ids.mapped("quantity"), [3])
        self.assertTrue(wizard.chosen_line_ids.is_chosen)
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertEqual(self.ships_of(order).mapped("state"), ["withheld", "todo"])


@tagged("post_install", "-at_install")
class TestSweep(ShippingCase):
    """The hourly sweep finds what was derived and is neither planned nor told."""

    def test_a_rest_dropped_from_the_sale_order_completes_its_line(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship("D-1", LINES, line(), line("MUG", "10.00", 2))
        self.deliver(order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1})
        self.send()
        order.line_ids[1].sale_line_id.product_uom_qty = 1
        self.sweep()
        told = [a.parameters["line"] for a in self.ships_of(order)]
        self.assertEqual(told, ["D-1-L0", "D-1-L1"])

    def test_a_rest_dropped_long_after_completes_its_line(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship("D-2", LINES, line("MUG", "10.00", 2))
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1", quantities={self.mug: 1})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE stock_picking SET date_done = date_done - interval '9 days' "
            "WHERE id = %s",
            [picking.id],
        )
        self.env.invalidate_all()
        order.line_ids.sale_line_id.product_uom_qty = 1
        self.sweep()
        self.assertEqual(len(self.ships_of(order)), 1)

    def fail_by_hand(self, number):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship(number)
        wizard = self.wizard_of(
            order.with_user(self.user).action_open_ship(), self.user
        )
        self.enter(wizard, carrier="DPD", tracking_number="WRONG")
        wizard.action_confirm()
        self.send_in_vain()
        self.sandbox.settings.fail_actions = ""
        self.assertEqual(self.ships_of(order).state, "failed")
        return order

    def test_a_delivery_tells_what_failed_by_hand(self):
        order = self.fail_by_hand("D-3")
        self.deliver(order.sale_order_ids.picking_ids, "RIGHT")
        by_hand, by_delivery = self.ships_of(order)
        self.assertEqual((by_hand.state, by_delivery.state), ("canceled", "todo"))
        self.assertEqual(by_delivery.parameters["tracking_number"], "RIGHT")
        self.send()
        self.follow()
        self.assertEqual(by_delivery.state, "done")

    def test_a_report_by_hand_that_is_dismissed_leaves_the_delivery_to_tell(self):
        order = self.fail_by_hand("D-4")
        reporter = type(self.env["lengow.reporter"])
        with patch.object(reporter, "_report", lambda *_: None):
            self.deliver(order.sale_order_ids.picking_ids, "RIGHT")
        self.ships_of(order).action_cancel()
        self.sweep()
        self.assertEqual(
            self.ships_of(order, "todo").parameters["carrier"], "Colissimo"
        )

    def test_a_delivery_overlooked_beside_another_that_was_told(self):
        self.map_carrier(LINES, "LAPOSTE")
        order = self.receive_to_ship("D-5", LINES, line(), line("MUG", "10.00", 2))
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T1", quantities={self.mug: 1})
        reporter = type(self.env["lengow.reporter"])
        with patch.object(reporter, "_report", lambda *_: None):
            self.deliver(rest, "T2")
        self.assertEqual(len(self.ships_of(order)), 1)
        self.sweep()
        self.assertEqual(len(self.ships_of(order)), 2)

    def test_what_a_person_corrected_is_not_changed_by_the_sweep(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("D-8")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "WRONG")
        self.send_in_vain()
        ship = self.ships_of(order)
        ship._correct({**ship.parameters, "tracking_number": "RIGHT"})
        self.sweep()
        self.assertEqual(ship.parameters["tracking_number"], "RIGHT")
        self.send()
        self.follow()
        self.assertEqual(ship.state, "failed")
        self.sweep()
        self.assertEqual(ship.state, "failed", "nothing is sent again by itself")
        self.assertEqual(ship.parameters["tracking_number"], "RIGHT")
        picking.carrier_tracking_ref = "NEWEST"
        self.assertEqual(ship.parameters["tracking_number"], "NEWEST")
        self.assertEqual(ship.state, "todo")

    def test_whoever_plans_a_shipment_makes_others_begin_anew(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("D-6")
        self.assertFalse(order.shipment_planned_at)
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertTrue(order.shipment_planned_at)

    def test_a_partial_refund_leaves_shipments_to_be_told(self):
        def change(actions):
            actions["ship"]["status"].append("partial_refunded")

        self.define(LINES, change)
        self.map_carrier(LINES, "LAPOSTE")
        lines = line(), line("MUG", "10.00", 2)
        order = self.receive_to_ship("D-7", LINES, *lines)
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.import_payload(
            payload(
                "D-7",
                package(*lines),
                marketplace=LINES,
                lengow_status="partial_refunded",
            )
        )
        self.assertEqual(order.lengow_status, "partial_refunded")
        self.assertEqual(self.ships_of(order).mapped("state"), ["todo", "todo"])
        self.send()
        self.assertEqual(self.ships_of(order).mapped("state"), ["accepted"] * 2)


@tagged("post_install", "-at_install")
class TestLinesTold(ShippingCase):
    """Services, kits that stay without a part, and lines that are split."""

    def told(self, order):
        return [
            (a.parameters["line"], a.parameters["shipped_quantity"])
            for a in self.ships_of(order)
        ]

    def test_a_service_is_told_with_the_last_goods(self):
        self.count_pieces()
        self.create_product("FITTING", type="service", is_storable=False)
        order = self.receive_to_ship(
            "S-1", LINES, line(quantity=2), line("FITTING", "10.00", 2)
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.shirt: 1}
        )
        self.assertEqual(self.told(order), [("S-1-L0", "1")])
        self.deliver(rest, "T2")
        told = self.told(order)[1:]
        self.assertEqual(sorted(told), [("S-1-L0", "1"), ("S-1-L1", "2")])
        self.env["lengow.reporter"]._report(order)
        self.assertEqual(len(self.told(order)), 3)

    def ship_kit_without_part(self, number, marketplace):
        order = self.receive_to_ship(number, marketplace, line())
        picking, part_b = self.explode_kit(order)
        rest = self.deliver(picking, "T1", quantities={part_b: 0})
        rest.action_cancel()
        return order

    def test_a_kit_without_one_of_its_parts_is_told_nobody(self):
        for marketplace, carrier in ((LINES, "LAPOSTE"), ("cdiscount", "Colissimo")):
            self.map_carrier(marketplace, carrier)
            order = self.ship_kit_without_part(f"K-{marketplace}", marketplace)
            self.assertFalse(self.ships_of(order), marketplace)
            self.assertEqual(order.ship_state, "error")

    def split(self, number, status="waiting_shipment"):
        """Let a line of three come back as one of one and one of two."""
        ref = {"marketplace_order_line_id": f"{number}-L0"}
        one = line(quantity=1, amount="10.00", lengow_status=status, **ref)
        two = line(quantity=2, amount="20.00", **ref)
        order = self.import_payload(
            payload(number, package(one), package(two), marketplace=LINES)
        )
        self.assertFalse(order.change_kind, order.change_summary)
        self.assertEqual(len(order.line_ids), 2)

    def receive_three(self, number):
        self.count_pieces()
        return self.receive_to_ship(number, LINES, line(quantity=3, amount="30.00"))

    def test_a_line_that_is_split_once_shipped_in_part_is_told_to_its_end(self):
        order = self.receive_three("S-1")
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.shirt: 1}
        )
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        self.split("S-1", "shipped")
        self.deliver(rest, "T2")
        self.assertEqual(self.told(order), [("S-1-L0", "1"), ("S-1-L0", "2")])
        self.assertEqual(sum(order.line_ids.mapped("quantity_shipped")), 1)
        self.ships_of(order)[-1].sudo()._mark_done()
        self.assertEqual(sum(order.line_ids.mapped("quantity_shipped")), 3)

    def test_a_line_that_is_split_before_is_told_to_its_end(self):
        order = self.receive_three("S-1")
        self.split("S-1")
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.shirt: 2}
        )
        self.assertEqual(self.told(order), [("S-1-L0", "2")])
        self.deliver(rest, "T2")
        self.assertEqual(self.told(order), [("S-1-L0", "2"), ("S-1-L0", "1")])

    def test_lines_with_one_number_from_the_first_are_told_to_their_end(self):
        self.count_pieces()
        ref = {"marketplace_order_line_id": "S-9-L"}
        order = self.import_payload(
            payload(
                "S-9",
                package(
                    line(quantity=1, amount="10.00", **ref),
                    line(quantity=2, amount="20.00", **ref),
                ),
                marketplace=LINES,
            )
        )
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.shirt: 1}
        )
        told = sum(float(pieces) for _line, pieces in self.told(order))
        self.assertEqual(told, 2, "one of each")
        self.deliver(rest, "T2")
        told = sum(float(pieces) for _line, pieces in self.told(order))
        self.assertEqual(told, 3)
        self.assertFalse(order.ship_state)
