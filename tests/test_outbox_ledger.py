"""What excludes each other is not both asked for, and nothing is asked for twice."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestLedger(ShippingCase):
    def assertRefused(self, order, kind, parameters=None, **kwargs):
        before = order.action_ids
        with self.assertRaises(UserError) as caught:
            order._plan_action(kind, parameters, **kwargs)
        self.assertEqual(order.action_ids, before)
        return str(caught.exception)

    # === WHAT EXCLUDES EACH OTHER === #

    def test_accept_and_refuse_exclude_each_other(self):
        order = self.receive("L-1", "galeries_lafayette")
        reason = {"reason": "Out of stock"}
        order._plan_action("accept")
        self.assertFalse(order.can_refuse)
        self.assertIn("Accept", self.assertRefused(order, "refuse", reason))
        decide = self.wizard_of(order.with_user(self.user).action_refuse())
        with self.assertRaisesRegex(UserError, "Accept"):
            decide.action_confirm()
        self.send()
        self.assertRefused(order, "refuse", reason)
        self.assertEqual(len(self.posts()), 1)

    def test_of_two_that_slipped_in_at_once_the_first_is_sent(self):
        order = self.receive("L-2", "galeries_lafayette")
        first = order._plan_action("accept")
        second = first.copy({"kind": "refuse"})
        self.send()
        self.assertEqual(first.state, "accepted")
        self.assertEqual((second.state, second.error_code), ("failed", "impossible"))
        self.assertEqual(len(self.posts()), 1)

    def test_ship_and_cancel_exclude_each_other(self):
        order = self.receive_to_ship("L-3", "zalando", line(), line("MUG", "9.00", 1))
        first, second = order.line_ids
        order._plan_action("cancel", lines=first)
        ship = {"carrier": "4PX", "tracking_number": "1"}
        sentence = self.assertRefused(order, "ship", ship, lines=first)
        self.assertIn("Cancel", sentence)
        shipped = order._plan_action("ship", ship)
        self.assertEqual(shipped.parameters["line"], second.lengow_line_ref)
        self.assertRefused(order, "cancel", lines=second)
        self.assertFalse(order.can_cancel or order.can_ship)

    def test_cancel_and_refund_exclude_each_other(self):
        def change(actions):
            actions["refund"]["status"] = ["waiting_shipment"]

        self.define("ebay_fr", change)
        order = self.receive_to_ship("L-4", "ebay_fr")
        order._plan_action("cancel", {"reason": "OUT_OF_STOCK"})
        self.assertRefused(order, "refund", {"reason": "OTHER"})
        self.assertFalse(order.can_refund)

    # === NOTHING TWICE === #

    def test_a_second_ship_dialog_says_what_is_under_way(self):
        order = self.receive_to_ship("L-5", "cdiscount")
        first, late = (self.wizard_of(order.action_open_ship()) for _n in "12")
        self.enter(first, carrier="DPD", tracking_number="1")
        first.action_confirm()
        first.action_confirm()  # a double click
        self.enter(late, carrier="DPD", tracking_number="2")
        with self.assertRaisesRegex(UserError, "Ship"):
            late.action_confirm()
        with self.assertRaisesRegex(UserError, "Ship"):
            order.action_open_ship()
        self.send()
        self.assertEqual(len(self.posts()), 1)

    def test_a_second_refund_or_cancel_dialog_says_what_is_under_way(self):
        for kind, status, reasons in (
            ("refund", "shipped", ("RETURN", "OTHER")),
            ("cancel", "waiting_shipment", ("OUT_OF_STOCK", "OTHER")),
        ):
            with self.subTest(kind):
                order = self.receive_to_ship(
                    f"L-6-{kind}", "ebay_fr", lengow_status=status
                )
                open_ = getattr(order, f"action_open_{kind}")
                first, late = (self.wizard_of(open_()) for _n in "12")
                (first | late).chosen_line_ids.is_chosen = True
                self.enter(first, reason=reasons[0])
                self.enter(late, reason=reasons[1])
                first.action_confirm()
                with self.assertRaisesRegex(UserError, kind.title()):
                    late.action_confirm()
                with self.assertRaisesRegex(UserError, kind.title()):
                    open_()
                self.assertEqual(len(self.actions_of(order, kind)), 1)

    def test_pieces_never_exceed_what_was_ordered(self):
        order = self.receive_to_ship("L-7", "zalando", line("MUG", "30.00", 3))
        order._plan_action("cancel", {"cancel_quantity": "2"})
        self.assertIn(
            "1 of 3", self.assertRefused(order, "cancel", {"cancel_quantity": "3"})
        )
        self.send()
        order._plan_action("cancel", {"cancel_quantity": "1"})
        self.assertRefused(order, "cancel", {"cancel_quantity": "1"})

    # === MONEY === #

    def refundable(self, number, *lines):
        return self.receive_to_ship(
            number, "amazon_fr", *lines, lengow_status="shipped"
        )

    def refund(self, order, price, **values):
        return order._plan_action(
            "refund", {"reason": "CustomerReturn", "refund_price": price, **values}
        )

    def test_no_more_is_refunded_than_was_paid(self):
        order = self.refundable("L-8")
        with self.assertRaisesRegex(UserError, "24"):
            self.refund(order, "9999.00")
        self.refund(order, "20.00")
        with self.assertRaisesRegex(UserError, "Refund"):
            self.refund(order, "4.01")
        with self.assertRaises(UserError):
            order._plan_action("refund", {"reason": "CustomerReturn"})
        self.refund(order, "4.00")
        self.assertFalse(order.can_refund)
        self.send()
        self.assertEqual(len(self.posts()), 2)

    def test_no_more_shipping_is_refunded_than_was_paid(self):
        order = self.refundable("L-9")
        with self.assertRaises(UserError):
            self.refund(order, "24.00", refund_shipping_price="5.00")

    def test_second_of_two_equal_partial_refunds_is_sent_too(self):
        self.sandbox.settings.action_delay = 3600
        order = self.refundable("L-10")
        self.refund(order, "2.50")
        self.send()
        self.refund(order, "2.50")
        refunds = self.actions_of(order, "refund")
        self.assertEqual(len(refunds), 2)
        self.send()
        self.pass_time(refunds, minutes=2)
        self.send()
        self.assertEqual(refunds.mapped("state"), ["accepted"] * 2)
        self.assertEqual(len(self.posts()), 2)

    def test_what_may_have_been_refunded_counts_until_somebody_has_looked(self):
        order = self.refundable("L-11")
        refund = self.refund(order, "24.00")
        refund._mark_sending(False)
        refund._mark_failed("expired", "Nobody knows.")
        with self.assertRaises(UserError):
            self.refund(order, "1.00")
        refund.action_cancel()
        self.refund(order, "1.00")
