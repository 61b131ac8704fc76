"""What failed and was done at the marketplace by hand is not asked for once more."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .test_cancel_refund import CancelRefundCase

LABEL = "buy_shipment_label"


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
        with self.assertRaisesRegex(UserError, "Already done at the marketplace"):
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
        invoice.invalidate_recordset(["lengow_invoice_state"])
        self.assertEqual(invoice.lengow_invoice_state, "sent")
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

    # === WHAT IS ANSWERED AT LAST === #

    def unanswered(self, order, **values):
        """Refund an order, and wait in vain for an answer."""
        self.sandbox.settings.action_delay = 10**6
        action = self.refund(order, **values)
        self.send()
        self.pass_time(action, days=4)
        self.follow()
        self.assertEqual((action.state, action.error_code), ("failed", "expired"))
        return action.sudo()

    def test_what_was_dismissed_and_is_done_later_is_done(self):
        for number, reason in (("D-16", "impossible"), ("D-17", "not_needed")):
            order = self.receive_to_ship(number, "amazon_fr", lengow_status="shipped")
            action = self.unanswered(order)
            self.dismiss(action, reason)
            self.sandbox.actions[-1].processed = True
            self.follow()
            self.assertEqual(action.state, "done")
            self.assertFalse(action.dismissed_at)
            with self.assertRaisesRegex(UserError, "Refund .Done."):
                self.refund(order)

    def test_what_was_dismissed_and_is_refused_later_stays_dismissed(self):
        order = self.receive_to_ship("D-18", "amazon_fr", lengow_status="shipped")
        action = self.unanswered(order)
        self.dismiss(action)
        remote = self.sandbox.actions[-1]
        remote.error, remote.processed, remote.queued = "No such line", True, False
        self.follow()
        self.assertEqual(action.state, "canceled")
        self.assertTrue(action.dismissed_at)
        self.assertFalse(self.activities_of(order, "action_failed"))

    # === WHAT TOOK THE PLACE OF WHAT FAILED === #

    def test_what_a_newer_report_replaced_is_not_taken_up(self):
        self.map_carrier("zalando", "4PX")
        lines = line(), line("MUG", "10.00", 1)
        order = self.receive_to_ship("D-7", "zalando", *lines)
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OLD")
        old = self.refused(self.ships_of(order)[:1])
        self.dismiss(old, "not_needed")
        picking.carrier_tracking_ref = "NEW"
        new = self.ships_of(order, "todo").filtered(
            lambda a: a.parameters["line"] == old.parameters["line"]
        )
        self.assertEqual(new.parameters["tracking_number"], "NEW")
        self.send()
        with self.assertRaisesRegex(UserError, "0 of 1 left"):
            old.with_user(self.user).action_take_up()
        self.assertEqual(old.state, "canceled")

    def test_what_a_newer_report_replaced_is_not_sent_after_it(self):
        self.map_carrier("zalando", "4PX")
        lines = line(), line("MUG", "10.00", 1)
        order = self.receive_to_ship("D-10", "zalando", *lines)
        picking = order.sale_order_ids.picking_ids
        self.deliver(picking, "OLD")
        old = self.ships_of(order)[:1]
        self.dismiss(self.refused(old), "not_needed")
        old.sudo().write({"dismissed_at": False, "dismiss_reason": False})
        picking.carrier_tracking_ref = "NEW"
        self.send()
        old.sudo().state = "failed"
        old.action_retry()
        self.send()
        told = [one.arguments for one in self.sandbox.actions]
        self.assertNotIn("OLD", [one["tracking_number"] for one in told])
        self.assertEqual(old.state, "failed")

    def test_another_parcel_of_the_same_delivery_takes_no_place(self):
        self.count_pieces()
        order = self.receive_to_ship(
            "D-11", "galeries_lafayette", line("MUG", "30.00", 3)
        )
        picking = order.sale_order_ids.picking_ids
        picking.write({"carrier_id": self.method.id, "carrier_tracking_ref": "P1,P2"})
        self.pack(picking, 2, 1)
        picking.button_validate()
        first, second = self.ships_of(order).sorted("id")
        self.assertEqual(first.picking_id, second.picking_id)
        self.dismiss(self.refused(first), "not_needed")
        second.state = "done"
        first.action_take_up()
        self.assertEqual(first.state, "failed")

    def test_an_invoice_that_was_sent_anew_is_not_taken_up(self):
        order = self.import_order("D-12", marketplace="galeries_lafayette")
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        first = self.refused(self.actions_of(order, "invoice"), "refused")
        self.dismiss(first, "not_needed")
        invoice.button_draft()
        invoice.action_post()
        second = self.actions_of(order, "invoice") - first
        second.write({"state": "done", "parameters": {"document_number": "x"}})
        with self.assertRaisesRegex(UserError, "requested already"):
            first.action_take_up()

    def label(self, order):
        """Return what is bought once more by every request."""
        return self.env["lengow.action"].create(
            {"order_id": order.id, "kind": LABEL, "parameters": {"weight": "1"}}
        )

    def test_what_was_asked_for_anew_is_not_resent_with_the_others(self):
        order = self.receive_to_ship("D-8", "amazon_fr")
        first = self.label(order)
        first._mark_failed("marketplace", "HTTP 503")
        self.assertEqual(self.account.resend_count, 1)
        second = self.label(order)
        self.account.invalidate_recordset(["resend_count"])
        for state in ("todo", "accepted", "done"):
            second.state = state
            self.assertFalse(self.account.resend_count, state)
            self.account.action_resend_failed()
            self.assertEqual(first.state, "failed")

    def test_what_failed_twice_is_resent_once(self):
        order = self.receive_to_ship("D-19", "amazon_fr", lengow_status="shipped")
        first, second = (
            self.refused(self.refund(order, "5.00")) for _click in range(2)
        )
        (first | second).error_message = "HTTP 503"
        self.assertEqual(self.account.resend_count, 1)
        self.account.action_resend_failed()
        self.assertEqual((first.state, second.state), ("failed", "todo"))
        self.send()
        self.assertEqual(len(self.posts()), 1)

    def test_our_number_is_told_again_whatever_was_told_since(self):
        order = self.receive_to_ship("D-14", "amazon_fr")
        link = self.actions_of(order, "link")
        link._mark_failed("unexpected", "No")
        self.env["lengow.outbox"]._plan_links(order)
        self.assertEqual(self.account.resend_count, 1)

    def test_what_is_under_way_is_not_retried(self):
        order = self.receive_to_ship("D-9", "amazon_fr")
        first = self.label(order)
        first._mark_failed("marketplace", "HTTP 503")
        first.planned_at -= timedelta(minutes=5)
        second = self.label(order)
        second.write({"state": "accepted", "planned_at": first.planned_at})
        first.action_retry()
        self.send()
        self.assertEqual(first.state, "canceled")
        self.assertFalse(self.posts())
