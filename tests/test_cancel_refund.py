"""Canceling, refunding and pick-up, from Odoo's documents and by hand."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged

from ..models.outbox.arguments import argument_label
from .common import address, line, package, payload
from .common.outbox import MISFITS
from .common.shipping import ShippingCase


class CancelRefundCase(ShippingCase):
    """Wizards, invoices and credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.create_user(
            "seller", "sales_team.group_sale_salesman_all_leads"
        )
        cls.accountant = cls.create_accountant()


@tagged("post_install", "-at_install")
class TestCancel(CancelRefundCase):
    def test_a_canceled_sale_order_is_canceled_on_the_marketplace(self):
        order = self.receive_to_ship("C-1", "zalando")
        self.assertTrue(order.can_cancel)
        order.sale_order_ids.with_user(self.seller).action_cancel()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters, {"line": "C-1-L0"})
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        self.assertEqual(cancel.state, "done")
        order.action_refresh()
        self.assertEqual(order.lengow_status, "canceled", "and so it is spelt")

    def test_a_demanded_reason_is_asked_for(self):
        order = self.receive_to_ship("C-2", "ebay_fr")
        sale = order.sale_order_ids.with_user(self.env.ref("base.user_admin"))
        wizard = self.wizard_of(sale.action_cancel())
        self.assertEqual(sale.state, "cancel")
        self.assertEqual(wizard._name, "lengow.order.cancel")
        self.assertTrue(self.activities_of(order, "to_cancel"), "nobody forgets it")
        with self.assertRaisesRegex(UserError, "Reason"):
            wizard.action_confirm()
        self.enter(wizard, reason="OUT_OF_STOCK")
        wizard.action_confirm()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters, {"reason": "OUT_OF_STOCK"})
        self.send()
        self.assertFalse(self.activities_of(order, "to_cancel"))
        self.assertEqual(self.sandbox.actions[0].arguments["reason"], "OUT_OF_STOCK")

    def test_whoever_may_not_act_on_the_marketplace_leaves_it_to_others(self):
        order = self.receive_to_ship("C-3", "ebay_fr")
        self.assertIs(order.sale_order_ids.with_user(self.seller).action_cancel(), True)
        self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_lines_that_are_gone_leave_no_whole_order_to_be_canceled(self):
        order = self.receive_to_ship("C-7", "zalando", line(), line("MUG", "10.00"))
        wizard = self.wizard_of(order.with_user(self.user).action_open_cancel())
        self.assertEqual(len(wizard.chosen_line_ids), 2)
        # It was open for longer than its rows are kept.
        wizard.chosen_line_ids.unlink()
        with self.assertRaisesRegex(UserError, "Choose at least one line"):
            wizard.action_confirm()
        self.assertFalse(self.actions_of(order, "cancel"))

    def test_a_request_ends_when_the_marketplace_has_canceled(self):
        order = self.receive_to_ship("C-4", "ebay_fr")
        order.sale_order_ids.with_user(self.seller).action_cancel()
        self.sandbox.move("ebay_fr", "C-4", "canceled")
        order.action_refresh()
        self.assertEqual(order.lengow_status, "canceled")
        self.assertFalse(self.activities_of(order, "to_cancel"))

    def test_what_the_marketplace_canceled_is_not_told_to_it(self):
        order = self.receive_to_ship("C-5", "zalando")
        order.lengow_status = "canceled"
        order.sale_order_ids.action_cancel()
        self.assertFalse(self.actions_of(order, "cancel"))
        self.assertFalse(self.activities_of(order, "to_cancel"))
        following = self.receive_to_ship("C-6", "zalando")
        self.sandbox.move("zalando", "C-6", "canceled")
        following.action_refresh()
        self.assertEqual(following.sale_order_ids.state, "cancel")
        self.assertFalse(self.actions_of(following, "cancel"))

    def test_a_quotation_that_is_canceled_is_canceled_on_the_marketplace(self):
        self.find_marketplace("zalando").workflow = "quotation"
        order = self.receive_to_ship("C-7", "zalando")
        order.sale_order_ids.with_user(self.seller).action_cancel()
        self.assertEqual(len(self.actions_of(order, "cancel")), 1)

    def test_a_mass_cancellation_is_told_to_each_marketplace(self):
        orders = self.receive_to_ship("C-13", "zalando")
        orders |= self.receive_to_ship("C-14", "zalando")
        asking = self.receive_to_ship("C-15", "ebay_fr")
        sales = (orders | asking).sale_order_ids
        self.env["sale.mass.cancel.orders"].with_user(self.seller).create(
            {"sale_order_ids": sales.ids}
        ).action_mass_cancel()
        self.assertEqual(set(sales.mapped("state")), {"cancel"})
        self.assertEqual(len(self.actions_of(orders, "cancel")), 2)
        self.assertTrue(self.activities_of(asking, "to_cancel"))

    def test_a_quotation_that_is_deleted_is_asked_about(self):
        self.find_marketplace("zalando").workflow = "quotation"
        order = self.receive_to_ship("C-16", "zalando")
        order.sale_order_ids.unlink()
        self.assertFalse(self.actions_of(order, "cancel"))
        self.assertEqual(order.import_state, "error")
        self.assertIn("was deleted", order.error_message)
        self.assertTrue(self.activities_of(order, "to_cancel"))
        order.action_import()
        self.assertEqual(order.import_state, "imported")
        self.assertTrue(order.sale_order_ids)

    def test_a_cancellation_on_its_way_holds_the_delivery(self):
        order = self.receive_to_ship("C-17", "zalando")
        picking = order.sale_order_ids.picking_ids
        wizard = self.wizard_of(order.action_open_cancel())
        wizard.chosen_line_ids.is_chosen = True
        wizard.action_confirm()
        cancel = self.actions_of(order, "cancel")
        for state in ("todo", "accepted", "unknown", "done"):
            cancel.state = state
            if state == "done":
                continue
            self.assertIn("on its way", picking.lengow_hold_reason, state)
            self.assertIn("on its way", order.sale_order_ids.lengow_hold_reason)
            with self.assertRaisesRegex(UserError, "on hold"):
                self.deliver(picking)
        cancel.state = "failed"
        self.assertFalse(picking.lengow_hold_reason)
        self.deliver(picking)

    def test_a_cancellation_without_an_answer_holds_the_delivery(self):
        order = self.receive_to_ship("C-22", "zalando")
        picking = order.sale_order_ids.picking_ids
        cancel = order._plan_action("cancel")
        self.send()
        self.pass_time(cancel, days=4)
        self.follow()
        self.assertEqual((cancel.state, cancel.error_code), ("failed", "expired"))
        with self.assertRaisesRegex(UserError, "on hold"):
            self.deliver(picking)
        cancel.action_cancel()
        self.deliver(picking)

    def test_a_part_that_was_canceled_is_taken_from_sale_order_and_delivery(self):
        order = self.receive_to_ship("C-18", "zalando", line("MUG", "30.00", 3), line())
        sale = order.sale_order_ids
        wizard = self.wizard_of(order.action_open_cancel())
        wizard.chosen_line_ids[0].is_chosen = True
        wizard.chosen_line_ids[0].quantity = 1
        wizard.action_confirm()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters["cancel_quantity"], "1")
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        self.assertEqual(cancel.state, "done")
        self.assertAlmostEqual(sale.amount_total, 44.0)
        demand = {m.product_id: m.product_uom_qty for m in sale.picking_ids.move_ids}
        self.assertEqual(demand, {self.mug: 2, self.shirt: 1})
        self.assertFalse(sale.lengow_hold_reason)
        order.action_refresh()
        self.assertFalse(order.change_kind, order.change_summary)

    def test_a_part_that_odoo_refuses_to_reduce_stays_held_for_a_person(self):
        order = self.receive_to_ship("C-19", "zalando", line("MUG", "30.00", 3), line())
        wizard = self.wizard_of(order.action_open_cancel())
        wizard.chosen_line_ids[0].is_chosen = True
        wizard.chosen_line_ids[0].quantity = 1
        wizard.action_confirm()

        words = "No."

        def refuse(*_args):
            raise UserError(words)

        self.patch(type(self.env["sale.order.line"]), "_lengow_reduce", refuse)
        self.actions_of(order, "cancel")._mark_done()
        self.assertIn("held", self.activities_of(order, "to_cancel").note)
        self.assertIn("reduce", order.sale_order_ids.picking_ids.lengow_hold_reason)

    def test_what_only_the_back_office_can_do_is_said(self):
        order = self.receive_to_ship("C-8", "cdiscount")
        self.assertFalse(order.can_cancel)
        with self.assertRaisesRegex(UserError, "back office"):
            order.action_open_cancel()
        self.assertIs(order.sale_order_ids.action_cancel(), True)
        self.assertIn("back office", self.activities_of(order, "to_cancel").note)

    def test_after_a_partial_delivery_the_rest_is_canceled(self):
        order = self.receive_to_ship("C-9", "zalando", line(), line("MUG", "30.00", 3))
        self.deliver(order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 1})
        order.sale_order_ids.action_cancel()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters, {"line": "C-9-L1", "cancel_quantity": "2"})
        self.send()
        self.assertEqual(cancel.state, "accepted", cancel.error_message)

    def test_a_part_that_cannot_be_told_is_left_to_a_person(self):
        order = self.receive_to_ship(
            "C-10", "veepee_fr", line(), line("MUG", "10.00", 1)
        )
        self.deliver(order.sale_order_ids.picking_ids, "T1", quantities={self.mug: 0})
        order.sale_order_ids.action_cancel()
        self.assertFalse(self.actions_of(order, "cancel"))
        self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_a_cancellation_that_a_shipment_forestalls_is_left_to_a_person(self):
        order = self.receive_to_ship("C-23", "veepee_fr")
        wizard = self.wizard_of(order.action_open_ship())
        rule = order._find_action_rule("ship")
        self.enter(wizard, **self.fitting(rule, rule.arguments))
        wizard.is_without_details = True
        wizard.action_confirm()
        self.assertEqual(self.ships_of(order).state, "todo")
        order.sale_order_ids.action_cancel()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertFalse(self.actions_of(order, "cancel"))
        self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_what_the_marketplace_has_canceled_is_nobodys_to_cancel(self):
        order = self.receive_to_ship("C-25", "zalando", line(), line("MUG", "9.00", 3))
        first, second = order.line_ids
        second.lengow_status = "canceled"
        order._plan_action("cancel", lines=first)
        order.sale_order_ids.action_cancel()
        self.assertEqual(len(self.actions_of(order, "cancel")), 1)
        self.assertFalse(self.activities_of(order, "to_cancel"))

    def test_a_cancellation_taken_back_in_time_is_not_sent(self):
        order = self.receive_to_ship("C-24", "zalando")
        sale = order.sale_order_ids
        sale.with_user(self.seller).action_cancel()
        sale.with_user(self.seller).action_draft()
        self.send()
        self.assertEqual(self.actions_of(order, "cancel").state, "canceled")
        self.assertFalse(self.posts())
        sale.action_confirm()
        self.assertFalse(sale.lengow_hold_reason)
        sale.action_cancel()
        self.assertEqual(len(self.actions_of(order, "cancel")), 2)

    def test_of_two_packages_only_the_canceled_one_is_canceled(self):
        packages = [
            package(line(marketplace_order_line_id="ONE")),
            package(
                line("MUG", marketplace_order_line_id="TWO"),
                delivery=address(first_line="2 rue du Test"),
            ),
        ]
        order = self.import_payload(payload("C-12", *packages, marketplace="zalando"))
        first = order.line_ids[0].sale_line_id.order_id
        self.assertEqual(len(order.sale_order_ids), 2)
        first.action_cancel()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters, {"line": "ONE"})
        (order.sale_order_ids - first).action_cancel()
        lines = [a.parameters["line"] for a in self.actions_of(order, "cancel")]
        self.assertEqual(lines, ["ONE", "TWO"])

    def test_a_sale_order_that_was_not_canceled_takes_nothing_back(self):
        order = self.receive_to_ship("C-26", "zalando")
        cancel = order._plan_action("cancel")
        order.sale_order_ids.action_draft()
        self.assertEqual(cancel.state, "todo")

    def test_of_two_packages_the_one_that_stays_canceled_is_not_forgotten(self):
        for number, marketplace in (("C-20", "zalando"), ("C-21", "veepee_fr")):
            packages = [
                package(line(marketplace_order_line_id="ONE")),
                package(
                    line("MUG", marketplace_order_line_id="TWO"),
                    delivery=address(first_line="2 rue du Test"),
                ),
            ]
            order = self.import_payload(
                payload(number, *packages, marketplace=marketplace)
            )
            order.sale_order_ids.action_cancel()
            order.line_ids[0].sale_line_id.order_id.action_draft()
            wanted = self.actions_of(order, "cancel").filtered(
                lambda cancel: cancel.state != "canceled"
            )
            if marketplace == "zalando":
                self.assertEqual([a.parameters["line"] for a in wanted], ["TWO"])
            else:
                self.assertFalse(wanted, "it cannot be told a part")
                self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_a_part_by_the_action_that_is_for_parts(self):
        def change(actions):
            actions["partial_cancel"] = {
                "status": ["waiting_shipment"],
                "args": ["line", "cancel_quantity"],
                "optional_args": [],
                "args_description": {
                    "line": {"type": "line_number", "depends_on": None},
                    "cancel_quantity": {"type": "quantity", "depends_on": None},
                },
            }

        self.define("veepee_fr", change)
        order = self.receive_to_ship(
            "C-11", "veepee_fr", line(), line("MUG", "10.00", 2)
        )
        whole = self.wizard_of(order.action_open_cancel())
        self.assertEqual((whole.kind, whole.other_kind), ("cancel", "partial_cancel"))
        part = self.wizard_of(whole.action_other_kind())
        part.chosen_line_ids[1].is_chosen = True
        part.chosen_line_ids[1].quantity = 1
        part.action_confirm()
        action = self.actions_of(order, "partial_cancel")
        self.assertEqual(action.parameters, {"line": "C-11-L1", "cancel_quantity": "1"})
        self.send()
        self.assertEqual(action.state, "accepted", action.error_message)


@tagged("post_install", "-at_install")
class TestRefund(CancelRefundCase):
    def _shipped(self, number, marketplace, *lines, **values):
        """Import a shipped order, deliver and invoice it; return it and the invoice."""
        order = self.receive_to_ship(
            number, marketplace, *lines, lengow_status="shipped", **values
        )
        sale = order.sale_order_ids
        self.deliver(sale.picking_ids)
        invoice = sale._create_invoices()
        invoice.action_post()
        return order, invoice

    def _credit(self, invoice, reason="", lines=None):
        """Credit an invoice, of each product as many as told; return the draft."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id, "reason": reason})
        )
        wizard.reverse_moves()
        draft = wizard.new_move_ids
        if lines is not None:
            kept = draft.invoice_line_ids.filtered(lambda li: li.product_id in lines)
            (draft.invoice_line_ids - kept).unlink()
            for move_line in kept:
                move_line.quantity = lines[move_line.product_id]
        return draft

    def test_a_posted_credit_note_is_refunded_on_the_marketplace(self):
        order, invoice = self._shipped(
            "R-1", "zalando", line(), line("MUG", "10.00", 1)
        )
        credit = self._credit(invoice)
        credit.with_user(self.accountant).action_post()
        refunds = self.actions_of(order, "refund")
        self.assertEqual(
            [r.parameters for r in refunds],
            [{"line": f"R-1-L{n}", "refund_reason": "1"} for n in (0, 1)],
        )
        self.assertEqual(refunds.move_id, credit)
        self.assertEqual(credit.lengow_order_id, order)
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        self.assertEqual(refunds.mapped("state"), ["done", "done"])

    def test_some_pieces_of_a_line(self):
        order, invoice = self._shipped("R-2", "zalando", line("MUG", "30.00", 3))
        self._credit(invoice, lines={self.mug: 2}).action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_quantity"], "2")
        self.send()
        self.assertEqual(refund.state, "accepted", refund.error_message)

    def test_the_reason_in_words_of_the_marketplace(self):
        order, invoice = self._shipped("R-3", "galeries_lafayette")
        self._credit(invoice, reason="Customer Return").action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["reason"], "CUSTOMER_RETURN")

    def test_an_unknown_reason_is_asked_for(self):
        order, invoice = self._shipped("R-4", "galeries_lafayette")
        credit = self._credit(invoice, reason="it was blue")
        credit.action_post()
        self.assertFalse(self.actions_of(order, "refund"))
        self.assertIn("Reason", self.activities_of(order, "to_refund").note)
        credit = credit.with_user(self.env.ref("base.user_admin"))
        self.assertTrue(credit.lengow_can_refund)
        wizard = self.wizard_of(credit.action_lengow_refund())
        self.assertEqual(wizard.move_id, credit)
        self.enter(wizard, reason="OTHER")
        wizard.action_confirm()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.move_id.id, credit.id)
        self.send()
        self.assertFalse(self.activities_of(order, "to_refund"))
        self.assertFalse(credit.lengow_can_refund)

    def test_an_amount_where_the_marketplace_takes_amounts(self):
        order, invoice = self._shipped("R-5", "amazon_fr", line("MUG", "30.00", 3))
        credit = self._credit(invoice)
        credit.invoice_line_ids.price_unit /= 2
        credit.action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_price"], "15.00")
        self.assertEqual(refund.parameters["reason"], "ProductOutofStock")
        self.send()
        self.assertEqual(refund.state, "accepted", refund.error_message)

    def test_the_buyer_gets_back_the_vat_that_the_marketplace_paid(self):
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        position.tax_ids = self.create_tax(0.0, original_tax_ids=[(4, self.tax.id)])
        told = {"tax": {"is_marketplace_deemed_supplier": True}, "total_tax": "4.00"}
        order, invoice = self._shipped(
            "R-20", "amazon_fr", line(quantity=2, tax="4.00"), **told
        )
        self.assertAlmostEqual(invoice.amount_total, 20.0)
        half = self._credit(invoice, lines={self.shirt: 1})
        half.action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_price"], "12.00")
        order, invoice = self._shipped("R-21", "amazon_fr", line(tax="4.00"), **told)
        self._credit(invoice).action_post()
        self.assertNotIn("refund_price", self.actions_of(order, "refund").parameters)

    def test_the_shipping_goes_back_once(self):
        order, invoice = self._shipped(
            "R-6", "amazon_fr", line(), line("MUG", "10.00", 1), shipping="4.90"
        )
        self._credit(invoice).action_post()
        refunds = self.actions_of(order, "refund")
        self.assertEqual(
            [r.parameters.get("refund_shipping_price") for r in refunds], ["4.90", None]
        )

    def test_a_whole_order_where_the_marketplace_knows_no_lines(self):
        order, invoice = self._shipped("R-7", "cdiscount", line(), line("MUG", "10.00"))
        self._credit(invoice, reason="Product received damaged").action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters, {"refund_reason": "DamagedProduct"})

    def test_a_part_that_cannot_be_told_is_left_to_a_person(self):
        order, invoice = self._shipped("R-8", "cdiscount", line(), line("MUG", "10.00"))
        self._credit(
            invoice, "Product received damaged", lines={self.mug: 1}
        ).action_post()
        self.assertFalse(self.actions_of(order, "refund"))
        self.assertIn("back office", self.activities_of(order, "to_refund").note)

    def test_prices_that_are_demanded(self):
        order, invoice = self._shipped(
            "R-9", "veepee_fr", line(), line("MUG", "10.00", 1), shipping="4.90"
        )
        self._credit(invoice).action_post()
        refunds = self.actions_of(order, "refund")
        self.assertEqual(
            [
                (r.parameters["refund_price"], r.parameters["refund_shipping_price"])
                for r in refunds
            ],
            [("24.00", "4.90"), ("10.00", "0.00")],
        )
        self.send()
        self.assertEqual(refunds.mapped("state"), ["accepted"] * 2)

    def test_a_credit_note_that_follows_the_marketplace_is_not_told_to_it(self):
        order, invoice = self._shipped("R-10", "zalando")
        order.lengow_status = "refunded"
        self._credit(invoice).action_post()
        self.assertFalse(self.actions_of(order, "refund"))
        self.assertFalse(self.activities_of(order, "to_refund"))

    def test_posting_again_refunds_once_and_two_credit_notes_twice(self):
        order, invoice = self._shipped("R-11", "zalando", line("MUG", "30.00", 3))
        first = self._credit(invoice, lines={self.mug: 1})
        first.action_post()
        first.button_draft()
        first.action_post()
        self._credit(invoice, lines={self.mug: 1}).action_post()
        refunds = self.actions_of(order, "refund").filtered(
            lambda refund: refund.state != "canceled"
        )
        self.assertEqual(refunds.move_id.mapped("move_type"), ["out_refund"] * 2)
        self.assertEqual(len(refunds), 2)
        self.send()
        self.pass_time(refunds, minutes=2)
        self.send()
        self.assertEqual(refunds.mapped("state"), ["accepted"] * 2)

    def test_a_credit_note_that_is_posted_no_more_refunds_nothing(self):
        order, invoice = self._shipped("R-19", "zalando", line("MUG", "30.00", 3))
        credit = self._credit(invoice, lines={self.mug: 1})
        credit.with_user(self.accountant).action_post()
        credit.with_user(self.accountant).button_draft()
        self.send()
        self.assertEqual(self.actions_of(order, "refund").state, "canceled")
        credit.unlink()
        self.send()
        self.assertFalse(self.posts())

    def test_a_credit_note_that_is_changed_in_time_refunds_what_it_says(self):
        _order, invoice = self._shipped("R-20", "zalando", line("MUG", "30.00", 3))
        credit = self._credit(invoice, lines={self.mug: 3})
        credit.action_post()
        credit.button_draft()
        credit.invoice_line_ids.quantity = 1
        credit.action_post()
        self.send()
        told = [action.arguments["refund_quantity"] for action in self.sandbox.actions]
        self.assertEqual(told, ["1"])

    def test_a_refund_that_was_sent_is_not_told_again_when_it_is_posted_again(self):
        order, invoice = self._shipped("R-21", "zalando", line("MUG", "30.00", 3))
        credit = self._credit(invoice, lines={self.mug: 1})
        credit.action_post()
        self.send()
        credit.button_draft()
        call = self.activities_of(order, "to_refund")
        self.assertIn(f"{credit.name} is a draft again", call.note)
        credit.action_post()
        self.send()
        self.assertEqual(self.actions_of(order, "refund").state, "accepted")
        self.assertEqual(len(self.posts()), 1)

    def test_the_second_credit_note_of_a_partial_refund_is_told(self):
        order, invoice = self._shipped(
            "R-15", "amazon_fr", line(), line("MUG", "10.00", 1)
        )
        first = self._credit(invoice, lines={self.mug: 1})
        first.action_post()
        self.send()
        self.actions_of(order, "refund")._mark_done()
        order.lengow_status = "partial_refunded"
        second = self._credit(invoice, lines={self.shirt: 1})
        second.action_post()
        told = self.actions_of(order, "refund").move_id
        asked = self.activities_of(order, "to_refund")
        self.assertTrue(second in told or second.name in (asked.note or ""))

    def test_a_credit_note_that_was_proposed_is_not_told(self):
        order, _invoice = self._shipped(
            "R-16", "amazon_fr", line(), line("MUG", "10.00", 1)
        )
        lines = order._content().lines
        record = payload("R-16", package(line(), line("MUG", "10.00", 1)))
        for number, one in enumerate(record["packages"][0]["cart"]):
            one["marketplace_order_line_id"] = f"R-16-L{number}"
        record["packages"][0]["cart"][1]["refunded_amount"] = "10.00"
        self.import_payload({**record, "lengow_status": "partial_refunded"})
        self.assertEqual(len(lines), 2)
        proposed = self.env["account.move"].search(
            [("lengow_order_id", "=", order.id), ("lengow_follows_refund", "=", True)]
        )
        proposed.action_post()
        self.assertFalse(self.actions_of(order, "refund"))
        self.assertFalse(self.activities_of(order, "to_refund"))

    def test_a_whole_refund_after_a_new_import_is_whole(self):
        order = self.receive_to_ship("R-17", "cdiscount")
        order.action_import_again()
        sale = order._living_sales()
        self.deliver(sale.picking_ids)
        invoice = sale._create_invoices()
        invoice.action_post()
        credit = self._credit(invoice)
        whole = credit._lengow_credit()["whole"]
        self.assertEqual((whole.full, whole.amount), (24, 24))

    def test_a_draft_credit_note_belongs_to_its_order_and_mails_no_buyer(self):
        order, invoice = self._shipped("R-18", "amazon_fr")
        credit = self._credit(invoice)
        self.assertEqual(credit.state, "draft")
        self.assertEqual(credit.lengow_order_id, order)
        order.partner_id.lengow_customer_ref = "B-1"
        for record in (credit, order.partner_id):
            message = record.message_post(
                body="Hello",
                partner_ids=order.partner_id.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertFalse(message.notification_ids)

    def test_a_refund_that_is_not_possible_yet_never_stops_the_accountant(self):
        order = self.receive_to_ship("R-12", "zalando")
        sale = order.sale_order_ids
        self.deliver(sale.picking_ids)
        invoice = sale._create_invoices()
        invoice.action_post()
        credit = self._credit(invoice)
        credit.with_user(self.accountant).action_post()
        self.assertEqual(credit.state, "posted")
        self.assertTrue(self.activities_of(order, "to_refund"))

    def test_a_refund_by_hand(self):
        order, _invoice = self._shipped(
            "R-13", "amazon_fr", line(), line("MUG", "10.00", 1)
        )
        wizard = self.wizard_of(order.with_user(self.user).action_open_refund())
        self.assertFalse(wizard.quantity_name)
        wizard.chosen_line_ids[1].is_chosen = True
        wizard.chosen_line_ids[1].amount = 2.5
        self.enter(wizard, reason="CustomerReturn", refund_shipping_price="1.00")
        wizard.action_confirm()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_price"], "2.50")
        self.assertEqual(refund.parameters["line"], "R-13-L1")
        self.send()
        self.assertEqual(refund.state, "accepted", refund.error_message)

    def test_cancel_and_refund_have_reasons_of_their_own(self):
        order, _invoice = self._shipped("R-14", "ebay_fr")
        wizard = self.wizard_of(order.action_open_refund())
        reasons = wizard.argument_ids.filtered(lambda a: a.name == "reason")
        self.assertEqual(
            {code for code, _label in reasons.choices}, {"RETURN", "DAMAGED", "OTHER"}
        )


@tagged("post_install", "-at_install")
class TestPickup(CancelRefundCase):
    def test_ready_then_collected(self):
        order = self.receive_to_ship(
            "P-1", "ebay_fr", lengow_status="pickup_to_prepare"
        )
        self.assertTrue(order.can_pickup_ready)
        self.assertFalse(order.can_pickup_complete)
        self.assertFalse(order.can_ship)
        order.with_user(self.user).action_pickup_ready()
        self.assertFalse(order.can_pickup_ready, "asked for already")
        self.sandbox.settings.action_delay = 0
        self.send()
        order.action_refresh()
        self.assertEqual(order.lengow_status, "to_pickup")
        order.with_user(self.user).action_pickup_complete()
        self.send()
        order.action_refresh()
        self.assertEqual(order.lengow_status, "pickup_completed")
        self.assertTrue(order.can_refund)
        wizard = self.wizard_of(order.action_open_refund())
        self.assertEqual(wizard.kind, "pickup_refund")

    def test_called_off_with_a_reason(self):
        order = self.receive_to_ship(
            "P-2", "ebay_fr", lengow_status="pickup_to_prepare"
        )
        wizard = self.wizard_of(order.action_pickup_cancel())
        self.enter(wizard, reason="Broken")
        wizard.action_confirm()
        action = self.actions_of(order, "pickup_cancel")
        self.assertEqual(action.parameters, {"reason": "Broken"})
        self.send()
        self.assertEqual(action.state, "accepted", action.error_message)

    def test_not_offered_where_the_marketplace_has_no_pickup(self):
        order = self.receive_to_ship("P-3", "zalando")
        self.assertFalse(
            order.can_pickup_ready
            or order.can_pickup_complete
            or order.can_pickup_cancel
        )
        with self.assertRaisesRegex(UserError, "back office"):
            order.action_pickup_ready()


@tagged("post_install", "-at_install")
class TestEveryChannel(CancelRefundCase):
    """The dialogs of shipping, canceling and refunding, for every definition."""

    KINDS = ("ship", "cancel", "refund")

    def _cases(self):
        for code in sorted(self.sandbox.marketplaces):
            rules = self.find_marketplace(code)._find_definition().actions
            for kind in self.KINDS:
                rule = rules.get(kind)
                status = rule and next(iter(rule.statuses), None)
                if not status or status == "waiting_refund":
                    continue  # a status of 2016, which no order can have any more
                lines = (line(), line("MUG", "10.00", 2))
                # Shipping was paid, too: what was not cannot be given back.
                order = self.receive_to_ship(
                    f"{code}-{kind}",
                    code,
                    *lines,
                    lengow_status=status,
                    shipping="5.00",
                )
                yield order, kind, rule

    def _open(self, order, kind):
        return self.wizard_of(getattr(order, f"action_open_{kind}")())

    def _fitting(self, wizard, rule):
        return self.fitting(rule, wizard.argument_ids.mapped("name"))

    def test_every_dialog_can_be_sent(self):
        sent = 0
        for order, kind, rule in self._cases():
            with self.subTest(marketplace=order.marketplace_id.code, kind=kind):
                wizard = self._open(order, kind)
                self.enter(wizard, **self._fitting(wizard, rule))
                wizard.chosen_line_ids.is_chosen = True
                if kind == "ship" and not self._fitting(wizard, rule):
                    wizard.is_without_details = True
                wizard.action_confirm()
                actions = self.actions_of(order, kind)
                self.assertEqual(len(actions), 2 if rule.is_per_line else 1)
                self.send()
                self.assertEqual(set(actions.mapped("state")), {"accepted"})
                sent += 1
        self.assertGreater(sent, 20)

    def test_every_argument_that_does_not_fit_is_refused_with_its_name(self):
        refused = 0
        for order, kind, rule in self._cases():
            for name in self._open(order, kind).argument_ids.mapped("name"):
                for value in self._misfits(rule.arguments[name]):
                    with self.subTest(order=order.name, argument=name, value=value):
                        wizard = self._open(order, kind)
                        self.enter(
                            wizard, **{**self._fitting(wizard, rule), name: value}
                        )
                        wizard.chosen_line_ids.is_chosen = True
                        label = argument_label(self.env, name)
                        with self.assertRaisesRegex(UserError, f"“{label}”"):
                            wizard.action_confirm()
                        refused += 1
            self.assertFalse(self.actions_of(order, kind))
        self.assertGreater(refused, 20)

    def _misfits(self, argument):
        if argument.required and not argument.depends_on:
            yield False
        if argument.is_closed_list:
            yield "not listed"
        elif argument.type in MISFITS:
            yield MISFITS[argument.type]

    def test_an_unknown_argument_is_refused_with_its_name(self):
        for order, kind, rule in self._cases():
            wizard = self._open(order, kind)
            values = {**self._fitting(wizard, rule), "shoe_size": "42"}
            with self.assertRaisesRegex(UserError, "“Shoe size”"):
                order._plan_action(kind, values)


@tagged("post_install", "-at_install")
class TestPartsOfLines(CancelRefundCase):
    """Cancellations one after another, and lines that are split over packages."""

    def cancel(self, order, pieces):
        return order._plan_action(
            "cancel", {}, lines={order.line_ids[0]: {"cancel_quantity": pieces}}
        )

    def test_each_cancellation_takes_its_pieces_whatever_the_order(self):
        for number in ("C-1", "C-2"):
            order = self.receive_to_ship(
                number, "zalando", line("SHIRT", "30.00", 3), line("MUG", "10.00", 1)
            )
            first, second = self.cancel(order, "1"), self.cancel(order, "1")
            self.assertNotEqual(first, second)
            first.sudo()._mark_done()
            third = self.cancel(order, "1")
            late = (second, third) if number == "C-1" else (third, second)
            for action in late:
                action.sudo()._mark_done()
            sold = order.sale_order_ids.order_line[0]
            self.assertEqual(sold.product_uom_qty, 0, number)

    def test_the_rest_is_what_is_neither_canceled_nor_delivered(self):
        order = self.receive_to_ship("C-1", "zalando", line("SHIRT", "30.00", 3))
        self.cancel(order, "1").sudo()._mark_done()
        sale = order.sale_order_ids
        self.assertEqual(sale.order_line.product_uom_qty, 2)
        self.deliver(sale.picking_ids, None, None, quantities={self.shirt: 1})
        sale._action_cancel()
        told = [
            a.parameters["cancel_quantity"] for a in self.actions_of(order, "cancel")
        ]
        self.assertEqual(told, ["1", "1"])

    def shipped_in_parts(self, number):
        """Return an order whose only line came back as two, with its invoice."""
        order = self.receive_to_ship(
            number, "zalando", line("SHIRT", "48.00", 2), lengow_status="shipped"
        )
        self.shirt.invoice_policy = "order"
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        part = line(
            amount="24.00",
            marketplace_order_line_id=f"{number}-L0",
            lengow_status="shipped",
        )
        self.import_payload(
            payload(
                number,
                package(part),
                package(part),
                marketplace="zalando",
                lengow_status="shipped",
            )
        )
        self.assertFalse(order.change_kind, order.change_summary)
        self.assertEqual(len(order.line_ids), 2)
        return order, invoice

    def test_a_credit_note_gives_back_a_part_of_a_split_line(self):
        order, invoice = self.shipped_in_parts("R-1")
        credit = invoice._reverse_moves()
        credit.invoice_line_ids.quantity = 1
        credit.action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters.get("refund_quantity"), "1")

    def test_the_dialog_shows_a_split_line_once(self):
        order, _invoice = self.shipped_in_parts("R-2")
        wizard = self.wizard_of(order.action_open_refund())
        row = wizard.chosen_line_ids
        self.assertEqual((len(row), row.ordered_quantity, row.quantity), (1, 2, 2))
        self.assertAlmostEqual(row.amount, 48.0)

    def test_what_collides_is_no_refusal(self):
        order = self.receive_to_ship("C-3", "zalando", line("SHIRT", "30.00", 3))
        action = self.cancel(order, "1")

        words = "Busy"

        def collide(self, *args):
            raise UserError(words) from SerializationFailure("busy")

        with (
            patch.object(type(self.env["lengow.settlement"]), "_cut", collide),
            self.assertRaises(UserError),
        ):
            action.sudo()._mark_done()
