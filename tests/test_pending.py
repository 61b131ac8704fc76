"""What was asked for shows at once, can be undone for a moment, and is no work."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from ..models.overview.jobs import JOBS
from .common import line
from .common.outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestPending(OutboxCase):
    def jobs_of(self, order):
        """Return the jobs in which an order is counted."""
        return [
            job.name
            for job in JOBS
            if not job.part_of and order in order.search(job.domain)
        ]

    def decide(self, orders, kind="accept"):
        """Decide orders the way the dialog does, and return what it answers."""
        decide = self.env["lengow.order.decide"].create(
            {"kind": kind, "order_ids": orders.ids}
        )
        return decide.action_confirm()

    # === UNDER WAY === #

    def test_order_that_is_accepted_is_no_more_to_be_accepted(self):
        order = self.receive()
        self.assertEqual(self.jobs_of(order), ["to_accept"])
        self.decide(order)
        self.assertEqual(order.pending_label, "Accepting…")
        self.assertEqual(self.jobs_of(order), [])
        self.send()
        self.assertEqual(order.pending_label, "Accepting…")
        self.follow()
        self.assertEqual(order.action_ids.state, "done")
        self.assertEqual(order.pending_label, "Accepting…", "nobody has read it again")
        self.sync()
        self.assertEqual(order.lengow_status, "waiting_shipment")
        self.assertFalse(order.pending_kind)
        self.assertFalse(order.pending_since)
        self.assertEqual(self.jobs_of(order), ["to_ship"])

    def test_order_whose_acceptance_fails_is_to_be_accepted_again(self):
        order = self.receive()
        self.decide(order)
        self.sandbox.settings.fail_actions = "No stock"
        self.send()
        self.follow()
        self.assertEqual(order.action_ids.state, "failed")
        self.assertFalse(order.pending_kind)
        self.assertEqual(self.jobs_of(order), ["to_accept", "action_failed"])

    def test_what_has_led_to_nothing_for_a_day_is_work_again(self):
        order = self.receive()
        self.decide(order)
        self.assertEqual(self.jobs_of(order), [])
        order.pending_since -= timedelta(days=1, minutes=1)
        self.assertEqual(self.jobs_of(order), ["to_accept"])

    def test_part_that_is_shipped_leaves_the_rest_to_be_shipped(self):
        lines = [
            line(lengow_status="waiting_shipment", marketplace_order_line_id=ref)
            for ref in ("L-1", "L-2")
        ]
        order = self.receive(status="waiting_shipment", lines=lines)
        rule = order._find_action_rule("ship")
        parameters = self.fitting(rule, rule.arguments.keys() - {"line"})
        order._plan_action("ship", parameters, order.line_ids[:1])
        self.assertEqual(order.pending_label, "Shipping…")
        self.send()
        self.follow()
        self.assertEqual(
            order.action_ids.filtered(lambda a: a.kind == "ship").state, "done"
        )
        self.assertFalse(order.pending_kind)
        self.assertEqual(self.jobs_of(order), ["to_ship"])

    def test_refund_that_is_done_is_under_way_only_where_it_was_due(self):
        order = self.receive(status="shipped")
        rule = order._find_action_rule("refund")
        order._plan_action("refund", self.fitting(rule, rule.arguments.keys()))
        self.assertEqual(order.pending_label, "Refunding…")
        self.send()
        self.follow()
        self.assertEqual(self.actions_of(order, "refund").state, "done")
        self.assertFalse(order.pending_kind, "it may stay shipped for ever")
        order.lengow_status = "to_refund"
        self.assertEqual(order.pending_kind, "refund")
        self.assertEqual(self.jobs_of(order), [])

    def test_order_in_test_mode_stays_to_be_accepted(self):
        order = self.receive()
        self.account.test_mode = True
        answer = self.decide(order)["params"]
        self.assertEqual(answer["type"], "warning")
        self.assertIn("test mode", answer["message"])
        self.assertFalse(answer["undo_ids"])
        self.assertFalse(order.pending_kind)
        self.assertEqual(self.jobs_of(order), ["to_accept"])

    def test_what_was_sent_is_followed_soon(self):
        self.decide(self.receive())
        cron = self.env.ref("lengow_connector.cron_follow_actions")
        with patch.object(type(cron), "_trigger", autospec=True) as trigger:
            self.send()
        moments = [
            call.args[1] for call in trigger.call_args_list if call.args[0] == cron
        ]
        self.assertEqual(len(moments), 1)
        self.assertLess(min(moments[0]), fields.Datetime.now() + timedelta(minutes=1))

    # === A MOMENT TO UNDO === #

    def test_what_is_undone_in_time_is_never_sent(self):
        self.account.undo_seconds = 30
        order = self.receive()
        answer = self.decide(order)["params"]
        self.assertIn(answer["seconds"], range(20, 31), "what is left of it")
        self.assertEqual(answer["undo_ids"], order.action_ids.ids)
        self.assertIn("Accept, A-1", answer["message"])
        self.assertTrue(order.can_undo)
        self.send()
        self.assertFalse(self.posts())
        undone = self.env["lengow.action"].browse(answer["undo_ids"]).action_undo()
        self.assertEqual(undone["params"]["type"], "success")
        self.assertFalse(order.pending_kind)
        self.assertFalse(order.can_undo)
        self.assertEqual(self.jobs_of(order), ["to_accept"])
        self.pass_time(order.action_ids, minutes=5)
        self.send()
        self.assertFalse(self.posts())

    def test_what_nobody_undoes_is_sent_when_the_time_is_over(self):
        self.account.undo_seconds = 30
        order = self.receive()
        self.decide(order)
        self.send()
        self.assertFalse(self.posts())
        self.assertIn("undone", order.action_ids.wait_reason)
        self.pass_time(order.action_ids, seconds=31)
        self.assertFalse(order.can_undo)
        self.send()
        self.assertEqual(len(self.posts()), 1)

    def test_what_was_sent_cannot_be_undone(self):
        order = self.receive()
        self.decide(order)
        self.send()
        undone = order.action_ids.action_undo()
        self.assertEqual(undone["params"]["type"], "warning")
        self.assertIn("Accept, A-1", undone["params"]["message"])
        self.assertEqual(order.action_ids.state, "accepted")

    def test_what_was_undone_before_is_not_said_to_be_sent(self):
        self.account.undo_seconds = 30
        orders = self.receive("A-1") | self.receive("A-2")
        self.decide(orders)
        orders[0].action_undo()
        again = orders[0].action_ids.action_undo()["params"]
        self.assertEqual(again["message"], "There is nothing left to undo.")
        rest = orders.action_ids.action_undo()["params"]
        self.assertEqual(rest["type"], "success")

    def test_undo_of_an_order_with_nothing_to_undo_says_so(self):
        self.assertEqual(self.receive().action_undo()["params"]["type"], "warning")

    def test_conversation_tells_who_has_asked_for_what(self):
        order = self.receive()
        self.decide(order)
        note = order.message_ids[:1]
        self.assertEqual(note.author_id, self.env.user.partner_id)
        self.assertIn("Accept", note.body)

    def test_dialog_of_many_orders_ends_with_one_message(self):
        orders = self.receive("A-1") | self.receive("A-2")
        answer = self.decide(orders)["params"]
        self.assertIn("2 orders", answer["message"])
        self.assertEqual(answer["next"]["type"], "ir.actions.act_window_close")

    def test_dialog_with_an_order_left_out_stays_open(self):
        orders = self.receive("A-1") | self.receive("A-2", status="shipped")
        answer = self.decide(orders)["params"]
        self.assertEqual(answer["next"]["res_model"], "lengow.order.decide")
        self.assertTrue(answer["next"]["views"], "the client opens it by itself")
        self.assertIn("A-1", answer["message"])

    # === WHAT AN UNDO LEAVES === #

    def test_call_for_somebody_stays_until_what_it_is_for_is_sent(self):
        self.account.undo_seconds = 30
        order = self.receive(status="waiting_shipment")
        settlement = self.env["lengow.settlement"]
        settlement._ask_somebody_to(order, "cancel", "Out of stock.")
        order._plan_action("cancel")
        order.action_ids._mark_canceled("Undone.")
        self.assertTrue(self.activities_of(order, "to_cancel"))
        order._plan_action("cancel")
        self.send()
        self.assertEqual(len(self.posts()), 1)
        self.assertFalse(self.activities_of(order, "to_cancel"))

    def test_call_for_something_else_stays_when_the_first_is_sent(self):
        order = self.receive(status="waiting_shipment")
        order._plan_action("cancel")
        self.env["lengow.settlement"]._ask_somebody_to(order, "cancel", "And this.")
        self.pass_time(self.actions_of(order, "cancel"), minutes=5)
        self.send()
        self.assertTrue(self.activities_of(order, "to_cancel"))

    def test_who_asks_again_does_not_hold_it_any_longer(self):
        self.account.undo_seconds = 30
        order = self.receive()
        values = {"kind": "accept", "order_ids": order.ids}
        first, second = self.env["lengow.order.decide"].create([values, values])
        first.action_confirm()
        self.pass_time(order.action_ids, seconds=20)
        due = order.action_ids.next_try_at
        answer = second.action_confirm()["params"]
        self.assertEqual(order.action_ids.next_try_at, due)
        self.assertLessEqual(answer["seconds"], 10)

    def test_conversation_tells_who_has_undone_it(self):
        self.account.undo_seconds = 30
        order = self.receive()
        self.decide(order)
        order.with_user(self.user).action_undo()
        note = order.message_ids.sorted("id")[-1]
        self.assertEqual(note.author_id, self.user.partner_id)
        self.assertIn("Undone before it was sent: Accept", note.body)
