"""The delivery of a shipment that is reported by hand follows it."""

from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestShipDelivery(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shipper = cls.create_user(
            "shipper", "lengow_connector.group_user", "stock.group_stock_user"
        )

    def ready(self, number, marketplace="cdiscount", *lines, **values):
        """Import an order of which everything is in stock; return it, its delivery."""
        self.add_stock(self.shirt, 50)
        self.add_stock(self.mug, 50)
        order = self.receive_to_ship(number, marketplace, *lines, **values)
        picking = order.sale_order_ids.picking_ids
        picking.action_assign()
        self.assertEqual(picking.state, "assigned")
        return order, picking

    def open(self, orders, user=None):
        user = user or self.shipper
        return self.wizard_of(orders.with_user(user).action_open_ship(), user)

    def told(self, order):
        """Return what is told about an order, and is not taken back."""
        return self.ships_of(order).filtered(lambda a: a.state != "canceled")

    def test_the_delivery_is_validated_and_tells_nothing_again(self):
        carrier = self.map_carrier("cdiscount", "DPD")
        order, picking = self.ready("V-1")
        wizard = self.open(order)
        self.assertEqual(wizard.delivery_id, picking)
        self.assertTrue(wizard.is_validating)
        self.assertEqual(wizard.validated_text, picking.name)
        self.enter(wizard, carrier="DPD", tracking_number="N-1")
        wizard.action_confirm()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.carrier_tracking_ref, "N-1")
        self.assertEqual(picking.carrier_id, carrier.carrier_id)
        self.assertEqual(len(self.told(order)), 1)
        wizard.action_confirm()
        self.sweep()
        picking.carrier_tracking_ref = "N-2"
        self.assertEqual(len(self.told(order)), 1)
        self.assertEqual(self.told(order).parameters["tracking_number"], "N-1")
        self.assertFalse(order.ship_state)
        self.send()
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_the_delivery_is_only_told_about_where_nobody_validates_it(self):
        order, picking = self.ready("V-2")
        wizard = self.open(order)
        wizard.is_validating = False
        self.enter(wizard, carrier="DPD", tracking_number="N-2")
        wizard.action_confirm()
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.carrier_tracking_ref, "N-2")
        self.deliver(picking, "N-2", method=None)
        self.assertEqual(len(self.told(order)), 1)

    def test_a_number_is_not_noted_on_what_left_before(self):
        order, picking = self.ready("V-8", "cdiscount", line(quantity=3))
        self.map_carrier("cdiscount", "DPD")
        rest = self.deliver(picking, None, quantities={self.shirt: 1})
        self.ships_of(order).unlink()
        picking.lengow_ship_state = False
        second = rest.copy({"backorder_id": picking.id, "sale_id": rest.sale_id.id})
        rest.move_ids.copy({"picking_id": second.id, "product_uom_qty": 1})
        (rest | second).action_confirm()
        wizard = self.open(order)
        self.assertFalse(wizard._delivery_of(order))

    def test_two_lines_of_one_sale_order_line_ship_its_rest_once(self):
        order, _picking = self.ready("V-9", "cdiscount", line(), line("MUG", "9.00"))
        first, second = order.line_ids
        second.sale_line_id = first.sale_line_id
        wizard = self.open(order)
        wizard.chosen_line_ids.unlink()
        for one in (first, second):
            wizard.chosen_line_ids = [
                Command.create(
                    {
                        "form_model": wizard._name,
                        "line_id": one.id,
                        "is_chosen": True,
                        "quantity": 1,
                    }
                )
            ]
        self.assertFalse(wizard.quantity_name)
        self.assertEqual(wizard._wanted(), {first.sale_line_id: 1})

    def test_a_number_of_the_delivery_stays(self):
        order, picking = self.ready("V-3")
        picking.carrier_tracking_ref = "OF-THE-DELIVERY"
        wizard = self.open(order)
        known = {row.name: row.value for row in wizard.argument_ids}
        self.assertEqual(known["tracking_number"], "OF-THE-DELIVERY")
        self.enter(wizard, carrier="DPD", tracking_number="BY-HAND")
        wizard.action_confirm()
        self.assertEqual(picking.carrier_tracking_ref, "OF-THE-DELIVERY")
        self.assertEqual(len(self.told(order)), 1)

    def test_nobody_validates_without_rights_on_the_stock(self):
        order, picking = self.ready("V-4")
        wizard = self.open(order, self.user)
        self.assertFalse(wizard.delivery_id or wizard.is_validating)
        self.enter(wizard, carrier="DPD", tracking_number="N-4")
        wizard.action_confirm()
        self.assertEqual(picking.state, "assigned")
        self.assertEqual(picking.carrier_tracking_ref, "N-4", "the warehouse sees it")

    def test_what_is_not_ready_is_not_offered(self):
        cases = {
            "not in stock": lambda order, picking: picking.do_unreserve(),
            "on hold": lambda order, picking: order._plan_action("cancel"),
            "somebody is at it": lambda order, picking: picking.move_ids[0].write(
                {"picked": True}
            ),
            "done": lambda order, picking: self.deliver(picking, "N"),
        }
        for index, (name, happen) in enumerate(cases.items()):
            with self.subTest(name):
                order, picking = self.ready(
                    f"V-5{index}", "zalando", line(), line("MUG", "9.00", 3)
                )
                happen(order, picking)
                found = self.env["lengow.dispatcher"].with_user(self.shipper)
                self.assertFalse(found._find_validatable(order))

    def test_a_lot_that_nobody_has_chosen_needs_a_person(self):
        order, picking = self.ready("V-6")
        find = self.env["lengow.dispatcher"].with_user(self.shipper)._find_validatable
        self.assertEqual(find(order), picking)
        picking.move_ids.product_id.sudo().write({"tracking": "lot"})
        self.assertFalse(find(order))
        lot = self.env["stock.lot"].create(
            {"name": "L1", "product_id": picking.move_ids.product_id.id}
        )
        picking.move_ids.move_line_ids.lot_id = lot
        self.assertEqual(find(order), picking)

    def test_what_is_not_shipped_stays_in_a_delivery_of_its_own(self):
        order, picking = self.ready(
            "V-7", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        wizard = self.open(order)
        wizard.chosen_line_ids[1].is_chosen = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.move_ids.product_id, self.shirt)
        rest = picking.backorder_ids
        self.assertEqual(rest.move_ids.product_id, self.mug)
        self.assertFalse(rest.carrier_tracking_ref)
        self.assertEqual(len(self.told(order)), 1)
        wizard = self.open(order)
        self.assertEqual(wizard.delivery_id, rest)
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T2")
        wizard.action_confirm()
        self.assertEqual(rest.state, "done")
        told = {a.parameters["line"]: a.parameters for a in self.told(order)}
        self.assertEqual(told["V-7-L0"]["tracking_number"], "T1")
        self.assertEqual(told["V-7-L1"]["tracking_number"], "T2")
        self.sweep()
        self.assertEqual(len(self.told(order)), 2)

    def test_pieces_that_are_not_shipped_stay(self):
        self.count_pieces()
        order, picking = self.ready(
            "V-8", "galeries_lafayette", line("MUG", "10.00", 3)
        )
        wizard = self.open(order)
        wizard.chosen_line_ids.quantity = 2
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertEqual((picking.state, picking.move_ids.quantity), ("done", 2))
        rest = picking.backorder_ids
        self.assertEqual(rest.move_ids.product_uom_qty, 1)
        self.assertEqual(
            self.told(order).mapped("parameters")[0]["shipped_quantity"], "2"
        )
        self.deliver(rest, "T2")
        pieces = [a.parameters["shipped_quantity"] for a in self.told(order)]
        self.assertEqual(sorted(pieces), ["1", "2"])

    def test_a_part_that_nobody_validates_leaves_its_number_to_the_marketplace(self):
        order, picking = self.ready(
            "V-9", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        wizard = self.open(order)
        wizard.is_validating = False
        wizard.chosen_line_ids[1].is_chosen = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertFalse(picking.carrier_tracking_ref)

    def test_nothing_is_told_where_the_delivery_cannot_be_validated(self):
        order, picking = self.ready(
            "V-10", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        picking.picking_type_id.create_backorder = "never"
        wizard = self.open(order)
        wizard.chosen_line_ids[1].is_chosen = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        with self.assertRaisesRegex(UserError, picking.name), self.cr.savepoint():
            wizard.action_confirm()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(self.told(order))
        wizard.is_validating = False
        wizard.action_confirm()
        self.assertEqual(len(self.told(order)), 1)

    def test_what_has_left_the_stock_is_not_undone(self):
        self.account.undo_seconds = 30
        order, picking = self.ready("V-11")
        wizard = self.open(order)
        self.enter(wizard, carrier="DPD", tracking_number="N-1")
        answer = wizard.action_confirm()
        self.assertFalse(answer["params"]["undo_ids"])
        self.assertEqual(picking.state, "done")

    def test_a_number_that_is_undone_is_not_told_by_the_delivery(self):
        self.account.undo_seconds = 30
        self.map_carrier("cdiscount", "Colissimo")
        order, picking = self.ready("V-17")
        for is_done in (False, True):
            if is_done:
                self.deliver(picking)
            wizard = self.open(order)
            wizard.is_validating = False
            self.enter(wizard, carrier="Colissimo", tracking_number="WRONG")
            wizard.action_confirm()
            self.assertEqual(picking.carrier_tracking_ref, "WRONG")
            order.with_user(self.shipper).action_undo()
            self.assertFalse(picking.carrier_tracking_ref)
            self.assertFalse(self.told(order))
        self.assertEqual(order.ship_state, "waiting")

    def test_undoing_leaves_the_delivery_what_it_had_before(self):
        self.account.undo_seconds = 30
        self.map_carrier("cdiscount", "Colissimo")
        order, picking = self.ready("V-21")
        picking.carrier_tracking_ref = "ON-THE-LABEL"
        wizard = self.open(order)
        wizard.is_validating = False
        self.enter(wizard, carrier="Colissimo")
        wizard.action_confirm()
        told = self.told(order).parameters["tracking_number"]
        self.assertEqual(told, "ON-THE-LABEL")
        self.assertEqual(picking.carrier_id, self.method)
        order.with_user(self.shipper).action_undo()
        self.assertFalse(self.told(order))
        self.assertEqual(picking.carrier_tracking_ref, "ON-THE-LABEL")
        self.assertFalse(picking.carrier_id, "it came with the report")

    def test_undoing_one_line_leaves_the_number_of_the_other(self):
        order, picking = self.ready(
            "V-22", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        wizard = self.open(order)
        wizard.is_validating = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertEqual(picking.carrier_tracking_ref, "T1")
        first, second = self.told(order)
        announcer = self.env["lengow.announcer"]
        announcer._withdraw(first, "Not this one.")
        self.assertEqual(picking.carrier_tracking_ref, "T1")
        announcer._withdraw(second, "Nor this one.")
        self.assertFalse(picking.carrier_tracking_ref)

    def test_what_is_not_delivered_moves_no_goods(self):
        self.create_product("SERVICE", type="service")
        order, picking = self.ready(
            "V-23", "galeries_lafayette", line("MUG", "10.00", 2), line("SERVICE")
        )
        wizard = self.open(order)
        wizard.chosen_line_ids[0].is_chosen = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        with self.assertRaisesRegex(UserError, picking.name), self.cr.savepoint():
            wizard.action_confirm()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(self.told(order))

    def test_no_carrier_makes_a_number_that_the_marketplace_is_not_told(self):
        self.map_carrier("cdiscount", "Colissimo")
        order, picking = self.ready("V-24")
        note = self.env["lengow.dispatcher"]._note
        Method = self.env.registry["delivery.carrier"]
        self.method.integration_level = "rate_and_ship"
        told = {"carrier": "Colissimo"}
        with patch.object(Method, "delivery_type", "somebody"):
            note(picking, order.marketplace_id, told)
            self.assertFalse(picking.carrier_id)
            note(picking, order.marketplace_id, {**told, "tracking_number": "N"})
        self.assertEqual(picking.carrier_id, self.method)

    def test_no_delivery_of_another_order_is_touched(self):
        order, _picking = self.ready("V-18")
        _other, foreign = self.ready("V-19")
        orders = order | self.receive_to_ship("V-20")
        wizard = self.open(orders)
        row = wizard.row_ids.filtered(lambda row: row.order_id == order)
        row.write({"delivery_id": foreign.id, "tracking_number": "N-18"})
        self.enter(wizard, carrier="DPD")
        wizard.action_confirm()
        self.assertEqual(foreign.state, "assigned")
        self.assertFalse(foreign.carrier_tracking_ref)

    def test_many_deliveries_are_validated_and_the_rest_stays(self):
        orders, pickings = self.ready("V-12")
        for number in ("V-13", "V-14"):
            order, picking = self.ready(number)
            orders, pickings = orders | order, pickings | picking
        pickings[2].do_unreserve()
        wizard = self.open(orders)
        rows = {row.order_id.name: row for row in wizard.row_ids}
        self.assertEqual(wizard.validated_text, "2 deliveries")
        self.enter(wizard, carrier="DPD")
        rows["V-12"].tracking_number = "N12"
        rows["V-14"].tracking_number = "N14"
        wizard.action_confirm()
        states = {name: row.state for name, row in rows.items()}
        self.assertEqual(
            states, {"V-12": "planned", "V-13": "to_complete", "V-14": "planned"}
        )
        self.assertEqual(pickings.mapped("state"), ["done", "assigned", "confirmed"])
        self.assertEqual(pickings[2].carrier_tracking_ref, "N14")
        self.assertEqual(len(self.told(orders)), 2)

    def test_a_delivery_that_stumbles_takes_its_report_along(self):
        orders, pickings = self.ready("V-15")
        order, picking = self.ready("V-16")
        orders, pickings = orders | order, pickings | picking
        wizard = self.open(orders)
        self.enter(wizard, carrier="DPD")
        for row in wizard.row_ids:
            row.tracking_number = f"N-{row.order_id.name}"
        pickings[0].do_unreserve()
        self.add_stock(self.shirt, -500)
        wizard.action_confirm()
        rows = {row.order_id.name: row for row in wizard.row_ids}
        self.assertEqual(rows["V-16"].state, "planned")
        self.assertEqual(rows["V-15"].state, "to_complete")
        self.assertTrue(rows["V-15"].reason)
        self.assertFalse(self.told(orders[0]))
        self.assertFalse(pickings[0].carrier_tracking_ref)
