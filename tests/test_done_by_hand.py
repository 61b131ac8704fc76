"""What failed and was done at the marketplace by hand is not asked for once more."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .test_cancel_refund import CancelRefundCase


@tagged("post_install", "-at_install")
class TestDoneByHand(CancelRefundCase):
    def refused(self, actions, code="marketplace"):
        actions.sudo()._mark_failed(code, "No")
        return actions.sudo()

    def dismiss(self, actions, reason="by_hand"):
        self.env["lengow.dismissal"]._dismiss(actions.with_user(self.user), reason)
        self.assertEqual(set(actions.mapped("state")), {"canceled"})

    def refund(self, order, amount="24.00"):
        return order._plan_action(
            "refund",
            {"reason": "CustomerReturn", "refund_price": amount},
            lines=order.line_ids,
        )

    def test_what_was_refunded_by_hand_is_not_refunded_again(self):
        order = self.receive_to_ship("D-1", "amazon_fr", lengow_status="shipped")
        self.dismiss(self.refused(self.refund(order)))
        with self.assertRaisesRegex(UserError, "Done at the marketplace by hand"):
            self.refund(order, "1.00")
        order.action_ids.action_take_up()
        action = order.action_ids.filtered(lambda a: a.kind == "refund")
        action.action_retry()
        self.send()
        self.assertEqual(action.state, "accepted", action.error_message)

    def test_what_the_marketplace_will_not_do_can_be_asked_for_otherwise(self):
        order = self.receive_to_ship("D-2", "amazon_fr", lengow_status="shipped")
        for reason in ("impossible", "not_needed"):
            self.dismiss(self.refused(self.refund(order)), reason)
        self.assertTrue(self.refund(order, "1.00"))

    def credited(self, number):
        """Return an order that was shipped, and the draft of its credit note."""
        order = self.receive_to_ship(number, "zalando", lengow_status="shipped")
        self.deliver(order.sale_order_ids.picking_ids)
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        wizard.reverse_moves()
        return order, wizard.new_move_ids

    def test_a_credit_note_that_was_refunded_by_hand_is_not_told_again(self):
        order, credit = self.credited("D-3")
        credit.action_post()
        refund = self.actions_of(order, "refund")
        self.assertTrue(refund)
        self.dismiss(self.refused(refund))
        self.assertFalse(credit.with_user(self.manager).sudo().lengow_can_refund)
        credit.button_draft()
        credit.action_post()
        self.assertEqual(self.actions_of(order, "refund"), refund)

    def test_an_invoice_that_was_handed_over_is_not_sent_again(self):
        order = self.import_order("D-4", marketplace="galeries_lafayette")
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        action = self.actions_of(order, "invoice")
        self.assertTrue(action)
        self.dismiss(self.refused(action, "refused"))
        invoice.invalidate_recordset(["lengow_can_send_invoice"])
        self.assertFalse(invoice.lengow_can_send_invoice)
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.actions_of(order, "invoice"), action)

    def test_what_was_reported_by_hand_is_not_told_by_the_delivery(self):
        self.map_carrier("zalando", "4PX")
        lines = line(), line("MUG", "10.00", 1)
        order = self.receive_to_ship("D-5", "zalando", *lines)
        ship = order._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "1"}, lines=order.line_ids[0]
        )
        self.dismiss(self.refused(ship))
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "T1")
        refs = [a.parameters["line"] for a in self.ships_of(order, "todo")]
        self.assertEqual(refs, ["D-5-L1"])
        picking.carrier_tracking_ref = "T2"
        self.sweep()
        refs = [a.parameters["line"] for a in self.ships_of(order, "todo")]
        self.assertEqual(refs, ["D-5-L1"])

    def test_what_was_canceled_by_hand_is_held_until_the_marketplace_says_so(self):
        order = self.receive_to_ship("D-6", "zalando")
        picking = order.sale_order_ids.picking_ids
        cancel = order._plan_action("cancel")
        cancel.parameters = {}
        self.refused(cancel)
        self.assertFalse(picking.lengow_hold_reason)
        self.dismiss(cancel)
        picking.invalidate_recordset()
        self.assertTrue(picking.lengow_hold_reason)

    def test_a_part_that_was_canceled_by_hand_is_not_delivered(self):
        order = self.receive_to_ship("D-13", "zalando", line("MUG", "30.00", 3))
        sold = order.sale_order_ids.order_line
        lines, part = order.line_ids, {"cancel_quantity": "1"}
        cancel = self.refused(order._plan_action("cancel", part, lines=lines))
        self.assertEqual(sold.product_uom_qty, 3)
        self.dismiss(cancel)
        self.assertEqual(sold.product_uom_qty, 2)
        self.assertEqual(lines.quantity_canceled, 1)
        self.assertFalse(sold.order_id.picking_ids.lengow_hold_reason)
