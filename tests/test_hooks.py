"""Other modules change what marketplaces are told: once, and the same each time."""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .common.shipping import ShippingCase


def without_spaces(_hooks, _order, kind, values):
    """What `lengow_example` does."""
    if kind == "ship" and "tracking_number" in values:
        values["tracking_number"] = values["tracking_number"].replace(" ", "")
    return values


def with_a_prefix(_hooks, _order, kind, values):
    """What changes what it has changed."""
    if kind == "ship":
        return {**values, "tracking_number": f"FR{values['tracking_number']}"}
    return values


def with_a_comment(_hooks, _order, _kind, values):
    return {**values, "comment": "From Odoo"}


def broken(_hooks, _order, _kind, values):
    raise KeyError("a mistake of another module")


def forgetful(_hooks, _order, _kind, _values):
    return None


@tagged("post_install", "-at_install")
class TestActionHook(ShippingCase):
    def hook(self, method):
        hooks = self.env.registry["lengow.hooks"]
        patcher = patch.object(hooks, "_prepare_action_values", method)
        patcher.start()
        self.addCleanup(patcher.stop)

    def shipped(self, number, tracking="1 Z 99"):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship(number)
        self.deliver(order.sale_order_ids.picking_ids, tracking)
        return order

    def numbers_told(self):
        return [action.arguments["tracking_number"] for action in self.sandbox.actions]

    def test_whoever_looks_again_leaves_it_as_the_hook_wants_it(self):
        for number, hook, told in (
            ("H-1", without_spaces, "1Z99"),
            ("H-2", with_a_prefix, "FR1 Z 99"),
        ):
            with self.subTest(told=told):
                self.hook(hook)
                order = self.shipped(number)
                self.sweep()
                order.sale_order_ids.picking_ids.write({"note": "x"})
                ship = self.ships_of(order)
                self.assertEqual(ship.parameters["tracking_number"], told)

    def test_what_failed_is_not_sent_again_by_itself(self):
        self.hook(without_spaces)
        order = self.shipped("H-3")
        self.send_in_vain()
        self.assertEqual(self.ships_of(order).state, "failed")
        for _hour in range(3):
            self.sweep()
            self.send()
        self.assertEqual(self.ships_of(order).state, "failed")
        self.assertEqual(len(self.posts()), 1)

    def test_what_is_told_already_is_not_told_again(self):
        self.hook(without_spaces)
        order = self.shipped("H-4")
        self.send()
        picking = order.sale_order_ids.picking_ids
        self.assertFalse(picking.lengow_told_tracking)
        picking.with_user(self.env.ref("base.user_admin")).action_lengow_tell_again()
        self.send()
        self.assertEqual(self.numbers_told(), ["1Z99"])
        picking.carrier_tracking_ref = "2 Z 99"
        self.assertEqual(picking.lengow_told_tracking, "1Z99")
        picking.with_user(self.env.ref("base.user_admin")).action_lengow_tell_again()
        self.send()
        self.assertEqual(self.numbers_told(), ["1Z99", "2Z99"])

    def test_a_parcel_is_known_by_the_number_that_was_told(self):
        self.hook(without_spaces)
        self.count_pieces()
        lines = line("MUG", "30.00", 3)
        order = self.receive_to_ship("H-8", "galeries_lafayette", lines)
        picking = order.sale_order_ids.picking_ids
        numbers = "P 1,P 2"
        picking.write({"carrier_id": self.method.id, "carrier_tracking_ref": numbers})
        self.pack(picking, 2, 1)
        picking.button_validate()
        first, second = self.ships_of(order).sorted("id")
        second.state = "done"
        first._mark_failed("marketplace", "No such parcel")
        self.sweep()
        self.assertEqual(self.ships_of(order), first | second)
        self.assertEqual(first.state, "failed")
        self.assertEqual(first.parameters["tracking_number"], "P1")
        self.assertEqual(first.parameters["shipped_quantity"], "2")

    def test_undoing_takes_a_number_back_however_it_was_to_be_told(self):
        self.hook(without_spaces)
        self.account.undo_seconds = 30
        self.map_carrier("cdiscount", "Colissimo")
        user = self.create_user(
            "shipper", "lengow_connector.group_user", "stock.group_stock_user"
        )
        order = self.receive_to_ship("H-9")
        picking = order.sale_order_ids.picking_ids
        wizard = self.wizard_of(order.with_user(user).action_open_ship(), user)
        wizard.is_validating = False
        self.enter(wizard, carrier="Colissimo", tracking_number="1 Z 99")
        wizard.action_confirm()
        self.assertEqual(self.ships_of(order).parameters["tracking_number"], "1Z99")
        self.assertEqual(picking.carrier_tracking_ref, "1 Z 99")
        order.with_user(user).action_undo()
        self.assertFalse(picking.carrier_tracking_ref)

    def test_what_is_asked_for_twice_is_planned_once(self):
        self.hook(with_a_comment)
        order = self.receive()
        first = order._plan_action("accept")
        self.assertEqual(first.parameters["comment"], "From Odoo")
        self.assertEqual(order._plan_action("accept"), first)

    def test_more_than_is_left_is_refused_before_it_is_planned(self):
        def all_of_it(_hooks, _order, kind, values):
            return {**values, "cancel_quantity": "3"} if kind == "cancel" else values

        order = self.receive_to_ship("H-5", "zalando", line("MUG", "30.00", 3))
        order._plan_action("cancel", {"cancel_quantity": "1"}, lines=order.line_ids)
        self.hook(all_of_it)
        with self.assertRaisesRegex(UserError, "2 of 3 left"):
            order._plan_action("cancel", {"cancel_quantity": "1"}, lines=order.line_ids)

    def test_a_mistake_of_another_module_stops_nobody(self):
        self.hook(broken)
        order = self.receive_to_ship("H-6", "zalando")
        with self.assertLogs("odoo.addons.lengow_connector", "ERROR"):
            order.sale_order_ids.action_cancel()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertIn("KeyError", self.activities_of(order, "to_cancel").note)
        with self.assertLogs("odoo.addons.lengow_connector", "ERROR"):
            other = self.shipped("H-7")
        self.assertEqual(other.ship_state, "error")
        self.assertFalse((order | other).action_ids.filtered("is_request"))

    def test_a_hook_that_returns_nothing_sends_nothing(self):
        self.hook(forgetful)
        order = self.receive()
        with (
            self.assertLogs("odoo.addons.lengow_connector", "ERROR"),
            self.assertRaisesRegex(UserError, "could not prepare it"),
        ):
            order._plan_action("accept")
        self.assertFalse(order.action_ids)
