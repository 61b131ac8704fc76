"""Shipments that are reported by hand."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import line
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestShipWizard(ShippingCase):
    def _open(self, orders, user=None):
        user = user or self.user
        return self.wizard_of(orders.with_user(user).action_open_ship(), user)

    def test_one_order_with_all_fields_of_its_channel(self):
        order = self.receive_to_ship("W-1", "manomano_fr")
        wizard = self._open(order)
        self.assertEqual(
            set(wizard.argument_ids.mapped("name")),
            {"carrier", "carrier_name", "tracking_number", "tracking_url"},
        )
        self.enter(wizard, carrier="Other", carrier_name="My Van")
        with self.assertRaisesRegex(UserError, "Tracking URL"):
            wizard.action_confirm()
        self.enter(wizard, tracking_url="https://van.example.com/1")
        wizard.action_confirm()
        self.send()
        self.assertEqual(self.ships_of(order).state, "accepted")
        self.assertFalse(order.can_ship)

    def test_listed_values_are_told_apart_and_hold_what_others_depend_on(self):
        wizard = self._open(self.receive_to_ship("W-20", "amazon_fr"))
        carrier = wizard.argument_ids.filtered(lambda a: a.name == "carrier")
        labels = [label for _code, label in carrier.choices]
        self.assertEqual(len(labels), len(set(labels)))
        self.assertIn(["Other", "Other"], carrier.choices)

    def test_a_shipping_method_that_is_not_demanded_can_be_sent(self):
        def change(actions):
            ship = actions["ship"]
            ship["args"].remove("shipping_method")
            ship["optional_args"].append("shipping_method")

        self.define("amazon_fr", change)
        order = self.receive_to_ship("W-2", "amazon_fr")
        wizard = self._open(order)
        self.enter(wizard, carrier="DHL", shipping_method="Next Day")
        wizard.action_confirm()
        self.assertEqual(self.ships_of(order).parameters["shipping_method"], "Next Day")

    def test_some_lines_of_an_order(self):
        order = self.receive_to_ship(
            "W-3", "galeries_lafayette", line(), line("MUG", "10.00", 2)
        )
        wizard = self._open(order)
        self.assertEqual(wizard.chosen_line_ids.mapped("is_chosen"), [True, True])
        wizard.chosen_line_ids[1].is_chosen = False
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T1")
        wizard.action_confirm()
        self.assertEqual(self.ships_of(order).parameters["line"], "W-3-L0")
        self.assertTrue(order.can_ship)
        wizard = self._open(order)
        self.assertEqual(wizard.chosen_line_ids.mapped("is_chosen"), [False, True])
        wizard.chosen_line_ids.is_chosen = False
        with self.assertRaises(UserError):
            wizard.action_confirm()

    def test_the_dialog_begins_with_what_the_delivery_tells(self):
        order = self.receive_to_ship("W-4", "cdiscount")
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        self.assertEqual(order.ship_state, "waiting")
        admin = self.env.ref("base.user_admin")
        action = picking.with_user(admin).action_lengow_open_ship()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        known = {row.name: row.value for row in wizard.argument_ids if row.value}
        self.assertEqual(known, {"tracking_number": "T1"})
        self.enter(wizard, carrier="DPD")
        wizard.action_confirm()
        self.assertEqual(
            self.ships_of(order).parameters, {"carrier": "DPD", "tracking_number": "T1"}
        )
        self.assertFalse(order.ship_state)
        self.send()
        self.assertEqual(self.ships_of(order).state, "accepted")

    def test_what_was_told_by_hand_is_not_told_by_the_delivery(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("W-5", "cdiscount")
        wizard = self._open(order)
        self.enter(wizard, carrier="DPD", tracking_number="BY-HAND")
        wizard.action_confirm()
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "BY-HAND")

    def test_many_orders_with_a_number_each(self):
        orders = self.env["lengow.order"]
        for number in ("W-6", "W-7"):
            orders |= self.receive_to_ship(number, "cdiscount")
        orders |= self.receive_to_ship("W-8", "bol")
        orders |= self.receive_to_ship("W-9", "cdiscount", lengow_status="shipped")
        wizard = self._open(orders)
        self.assertEqual((wizard.possible_count, wizard.left_out_count), (3, 1))
        self.assertEqual(
            wizard.argument_ids.mapped("name"),
            ["carrier", "carrier"],
            "one per channel",
        )
        for row in wizard.argument_ids:
            row.value = row.choices[0][0]
        rows = {row.order_id.name: row for row in wizard.row_ids}
        rows["W-6"].tracking_number = "N6"
        rows["W-8"].tracking_number = "N8"
        wizard.action_confirm()
        self.assertEqual(rows["W-6"].state, "planned")
        self.assertEqual(rows["W-7"].state, "to_complete")
        self.assertIn("Tracking Number", rows["W-7"].reason)
        self.send()
        told = {
            action.marketplace_order_id: action.arguments["tracking_number"]
            for action in self.sandbox.actions
        }
        self.assertEqual(told, {"W-6": "N6", "W-8": "N8"})

    def test_a_user_of_another_company_ships_nothing(self):
        stranger = self.create_stranger("lengow_connector.group_user")
        order = self.receive_to_ship("W-10", "cdiscount")
        with self.assertRaises(AccessError):
            self._open(order, stranger)

    # === UNDONE === #

    def _ship_by_hand(self, number):
        self.account.undo_seconds = 30
        order = self.receive_to_ship(number, "cdiscount")
        wizard = self._open(order)
        self.enter(wizard, carrier="DPD", tracking_number="BY-HAND")
        return order, wizard

    def test_a_delivery_waits_again_when_what_was_told_by_hand_is_undone(self):
        for number, withdraw in (("W-20", "action_undo"), ("W-21", "action_cancel")):
            with self.subTest(withdraw):
                order, wizard = self._ship_by_hand(number)
                self.deliver(order.sale_order_ids.picking_ids, "T1")
                self.assertEqual(order.ship_state, "waiting")
                wizard.action_confirm()
                self.assertFalse(order.ship_state)
                getattr(self.ships_of(order).with_user(self.user), withdraw)()
                self.assertEqual(self.ships_of(order).state, "canceled")
                self.assertEqual(order.ship_state, "waiting")

    def test_a_delivery_tells_what_was_told_by_hand_and_undone(self):
        self.map_carrier("cdiscount", "Colissimo")
        order, wizard = self._ship_by_hand("W-22")
        wizard.action_confirm()
        self.deliver(order.sale_order_ids.picking_ids, "T1")
        order.with_user(self.user).action_undo()
        told = self.ships_of(order).filtered(lambda action: action.state == "todo")
        self.assertEqual(told.parameters["tracking_number"], "T1")
