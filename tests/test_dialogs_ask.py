"""Dialogs ask before they do something that cannot be undone."""

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import line
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestDialogsAsk(ShippingCase):
    def refundable(self, number="D-1", marketplace="amazon_fr"):
        lines = (line(), line("MUG", "10.00", 1))
        return self.receive_to_ship(
            number, marketplace, *lines, lengow_status="shipped"
        )

    def test_nothing_is_chosen_for_a_refund_before_somebody_chooses(self):
        order = self.refundable()
        wizard = self.wizard_of(order.action_open_refund())
        self.assertEqual(wizard.chosen_line_ids.mapped("is_chosen"), [False, False])
        self.assertEqual(wizard.chosen_line_ids.mapped("amount"), [24.0, 10.0])
        self.assertFalse(wizard.is_chosen or wizard.amount_chosen)
        self.assertFalse(
            wizard.argument_ids.filtered(lambda a: a.name == "reason").value
        )
        with self.assertRaisesRegex(UserError, "Choose at least one line"):
            wizard.action_confirm()
        self.assertFalse(self.actions_of(order, "refund"))

    def test_the_amount_that_is_shown_is_the_amount_that_is_sent(self):
        order = self.refundable("D-2")
        wizard = self.wizard_of(order.action_open_refund())
        wizard.chosen_line_ids[1].is_chosen = True
        self.enter(wizard, reason="CustomerReturn", refund_shipping_price="0.00")
        self.assertEqual(wizard.amount_chosen, 10.0)
        self.assertFalse(wizard.is_everything)
        wizard.action_confirm()
        self.assertEqual(
            self.actions_of(order, "refund").parameters["refund_price"], "10.00"
        )

    def test_what_was_given_back_before_is_not_proposed_again(self):
        order = self.refundable("D-3")
        order._plan_action(
            "refund",
            {"reason": "CustomerReturn", "refund_price": "4.00"},
            lines=order.line_ids[0],
        )
        wizard = self.wizard_of(order.action_open_refund())
        self.assertEqual(wizard.chosen_line_ids.mapped("amount"), [20.0, 10.0])

    def test_pieces_that_were_given_back_before_are_not_proposed_again(self):
        order = self.receive_to_ship(
            "D-9", "zalando", line("MUG", "30.00", 3), lengow_status="shipped"
        )
        order._plan_action(
            "refund",
            {"refund_reason": "1", "refund_quantity": "1"},
            lines=order.line_ids,
        )
        wizard = self.wizard_of(order.action_open_refund())
        self.assertEqual(wizard.chosen_line_ids.mapped("quantity"), [2])

    def test_everything_is_asked_for_once_more(self):
        order = self.refundable("D-4")
        wizard = self.wizard_of(order.action_open_refund())
        with Form(wizard) as form:
            for index in (0, 1):
                with form.chosen_line_ids.edit(index) as row:
                    row.is_chosen = True
            self.assertEqual(form.amount_chosen, 34.0)
            self.assertTrue(form.is_everything)
        for model in ("lengow.order.refund", "lengow.order.cancel"):
            arch = self.env[model].get_view()["arch"]
            self.assertEqual(arch.count("confirm="), 1, model)
            self.assertLess(arch.index("special="), arch.index("action_confirm"))

    def test_part_of_an_order_is_canceled_only_as_chosen(self):
        order = self.receive_to_ship("D-5", "zalando", line(), line("MUG", "9.00", 3))
        wizard = self.wizard_of(order.action_open_cancel())
        self.assertFalse(any(wizard.chosen_line_ids.mapped("is_chosen")))
        wizard.chosen_line_ids[1].is_chosen = True
        wizard.chosen_line_ids[1].quantity = 2
        wizard.action_confirm()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters["cancel_quantity"], "2")

    def test_a_shipment_of_which_nothing_is_said_is_asked_for(self):
        def change(actions):
            actions["ship"]["optional_args"] += actions["ship"]["args"]
            actions["ship"]["args"] = []

        self.define("cdiscount", change)
        order = self.receive_to_ship("D-6", "cdiscount")
        wizard = self.wizard_of(order.action_open_ship())
        with self.assertRaisesRegex(UserError, "enter the carrier"):
            wizard.action_confirm()
        self.assertFalse(self.ships_of(order))
        wizard.is_without_details = True
        wizard.action_confirm()
        self.assertEqual(len(self.ships_of(order)), 1)

    def test_rows_with_gaps_stay_to_be_completed(self):
        orders = self.env["lengow.order"]
        for number in ("D-7", "D-8"):
            orders |= self.receive_to_ship(number, "cdiscount")
        wizard = self.wizard_of(orders.action_open_ship())
        answer = wizard.action_confirm()
        self.assertEqual(answer["res_id"], wizard.id)
        self.assertFalse(self.ships_of(orders))
        self.enter(wizard, carrier="DPD")
        rows = {row.order_id.name: row for row in wizard.row_ids}
        rows["D-7"].tracking_number = "N7"
        answer = wizard.action_confirm()
        self.assertEqual(answer["params"]["next"]["res_id"], wizard.id)
        self.assertEqual((wizard.state, rows["D-8"].state), ("ask", "to_complete"))
        self.assertTrue(rows["D-8"].reason)
        self.assertEqual(wizard.argument_ids.value, "DPD", "what was typed stays")
        rows["D-8"].tracking_number = "N8"
        wizard.action_confirm()
        self.assertEqual((wizard.state, wizard.planned_count), ("done", 2))
        self.assertFalse(rows["D-8"].reason)
        self.assertEqual(len(orders.action_ids.filtered(lambda a: a.kind == "ship")), 2)

    def test_large_numbers_are_written_without_exponent(self):
        order = self.receive_to_ship("D-9", "zalando", line("MUG", "1.00", 1_234_567))
        wizard = self.wizard_of(order.action_open_cancel())
        wizard.chosen_line_ids.is_chosen = True
        wizard.action_confirm()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters["cancel_quantity"], "1234567")
