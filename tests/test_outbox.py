"""The outbox: an action reaches the marketplace once, and says what became of it."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import line
from .common.outbox import ACTIONS, OutboxCase


@tagged("post_install", "-at_install")
class TestOutbox(OutboxCase):
    def test_planning_sends_nothing(self):
        order = self.receive()
        self.sandbox.calls.clear()
        action = order._plan_action("accept")
        self.assertEqual(action.state, "todo")
        self.assertFalse(self.sandbox.calls)

    def test_an_action_is_sent_then_done(self):
        self.sandbox.settings.action_delay = 3600
        order = self.receive()
        action = order._plan_action("accept")
        self.send()
        self.assertEqual(action.state, "accepted", action.error_message)
        self.assertTrue(action.remote_ref)
        self.follow()
        self.assertEqual(action.state, "accepted")
        remote = self.sandbox.actions[0]
        remote.processed = True
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.posts()), 1)

    def test_neither_queued_nor_processed_without_error_still_waits(self):
        self.sandbox.settings.action_delay = 3600
        self.sandbox.settings.no_error = None
        action = self.receive()._plan_action("accept")
        self.send()
        self.follow()
        self.assertEqual(action.state, "accepted")

    def test_a_refusal_of_the_marketplace_is_shown_to_a_person(self):
        self.sandbox.settings.fail_actions = "Too late for that"
        order = self.receive()
        action = order._plan_action("accept")
        self.send()
        self.follow()
        self.assertEqual(action.state, "failed")
        self.assertEqual(action.error_message, "Too late for that")
        self.assertEqual(len(order.activity_ids), 1)
        self.sandbox.settings.fail_actions = ""
        action.action_retry()
        self.send()
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertFalse(order.activity_ids)
        self.assertEqual(len(self.posts()), 2)

    def test_a_refusal_of_lengow_fails_at_once(self):
        action = self.receive()._plan_action("accept")
        self.sandbox.faults.add(
            path=ACTIONS, method="POST", status=400, body={"error": {"message": "No"}}
        )
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("No", action.error_message)

    def test_too_many_calls_wait_as_long_as_lengow_asks(self):
        first, second = (self.receive(f"A-{n}")._plan_action("accept") for n in (1, 2))
        self.sandbox.faults.add(
            path=ACTIONS, method="POST", status=429, headers={"Retry-After": "600"}
        )
        self.send()
        self.assertEqual(first.state, "todo")
        wait = first.next_try_at - fields.Datetime.now()
        self.assertGreater(wait, timedelta(minutes=9))
        self.assertEqual(second.state, "todo", "the account pauses")
        self.pass_time(first, minutes=11)
        self.send()
        self.assertEqual((first | second).mapped("state"), ["accepted"] * 2)
        self.assertEqual(len(self.sandbox.actions), 2)

    def test_a_lost_answer_is_found_and_not_sent_again(self):
        action = self.receive()._plan_action("accept")
        self.sandbox.faults.add(path=ACTIONS, method="POST", cut="after")
        self.send()
        self.assertEqual(action.state, "unknown")
        self.pass_time(action, minutes=2)
        self.send()
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.posts()), 1)
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_a_lost_call_is_sent_again_once_it_is_certainly_absent(self):
        action = self.receive()._plan_action("accept")
        self.sandbox.faults.add(path=ACTIONS, method="POST", cut="before")
        self.send()
        self.assertEqual(action.state, "unknown")
        self.pass_time(action, minutes=2)
        self.send()
        self.assertEqual(action.state, "unknown", "it might still be under way")
        self.pass_time(action, minutes=6)
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_a_server_error_may_have_had_its_effect(self):
        action = self.receive()._plan_action("accept")
        self.sandbox.faults.add(path=ACTIONS, method="POST", status=502, effect=True)
        self.send()
        self.assertEqual(action.state, "unknown")
        self.pass_time(action, minutes=6)
        self.send()
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_a_killed_sender_is_settled_by_looking(self):
        self.sandbox.settings.action_delay = 3600
        order = self.receive()
        action = order._plan_action("accept")
        with self.account._get_client() as client:
            sender = self.env["lengow.sender"]
            self.assertIsNone(sender._prepare_to_send(action, client))
            self.assertEqual(action.state, "sending")
            client.create_action("zalando", order.name, "accept", {})
        self.send()
        self.assertEqual(action.state, "sending", "its sender may still be at work")
        self.pass_time(action, minutes=2)
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_what_runs_at_lengow_already_is_adopted(self):
        self.sandbox.settings.action_delay = 3600
        order = self.receive(marketplace="amazon_fr", status="waiting_shipment")
        arguments = {"carrier": "Other", "carrier_name": "X", "shipping_method": "Std"}
        ref = order.line_ids.lengow_line_ref
        with self.account._get_client() as client:
            remote = client.create_action(
                "amazon_fr",
                order.name,
                "ship",
                {**arguments, "line": ref, "shipping_date": "2026-01-01"},
            )
        action = order._plan_action(
            "ship", {**arguments, "shipping_date": "2026-01-02"}
        )
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertEqual(action.remote_ref, remote.id)
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_other_arguments_are_another_action(self):
        self.sandbox.settings.action_delay = 3600
        lines = [line(quantity=3, lengow_status="waiting_shipment")]
        order = self.receive(status="waiting_shipment", lines=lines)
        one, two = (
            order._plan_action("cancel", {"cancel_quantity": number})
            for number in ("1", "2")
        )
        self.send()
        self.assertEqual((one | two).mapped("state"), ["accepted"] * 2)
        self.assertNotEqual(one.remote_ref, two.remote_ref)

    def test_asking_twice_is_asking_once(self):
        order = self.receive()
        self.assertEqual(order._plan_action("accept"), order._plan_action("accept"))

    def test_a_repetition_that_slipped_in_is_not_sent(self):
        order = self.receive()
        first = order._plan_action("accept")
        second = first.copy()
        self.send()
        self.assertEqual(first.state, "accepted")
        self.assertEqual(second.state, "canceled")
        self.assertEqual(len(self.posts()), 1)

    def test_an_old_unanswered_action_calls_for_a_person(self):
        self.sandbox.settings.action_delay = 10**6
        order = self.receive()
        action = order._plan_action("accept")
        self.send()
        self.pass_time(action, days=4)
        self.follow()
        self.assertEqual((action.state, action.error_code), ("failed", "expired"))
        self.assertTrue(order.activity_ids)
        action.action_retry()
        self.send()
        self.assertEqual(action.state, "accepted", "it is still the same one")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_an_unreachable_lengow_is_retried_then_a_person_is_called(self):
        action = self.receive()._plan_action("accept")
        self.account.sudo().base_url = "http://127.0.0.1:9"
        self.account.state = "connected"
        self.send()
        self.assertEqual(action.state, "todo")
        self.assertTrue(action.wait_reason)

    def test_nothing_is_sent_in_test_mode(self):
        action = self.receive()._plan_action("accept")
        self.account.test_mode = True
        self.send()
        self.assertEqual(action.state, "todo")
        self.assertIn("test mode", action.wait_reason)
        self.assertFalse(self.posts())

    def test_nothing_is_sent_from_a_copy(self):
        action = self.receive()._plan_action("accept")
        self.env["ir.config_parameter"].set_param("database.is_neutralized", "True")
        self.send()
        self.assertEqual(action.state, "todo")
        self.assertIn("copy", action.wait_reason)
        self.assertFalse(self.posts())

    def test_a_waiting_action_can_be_withdrawn_and_a_sent_one_cannot(self):
        order = self.receive()
        action = order._plan_action("accept")
        action.with_user(self.user).action_cancel()
        self.assertEqual(action.state, "canceled")
        again = order._plan_action("accept")
        self.sandbox.settings.action_delay = 3600
        self.send()
        with self.assertRaises(UserError):
            again.with_user(self.user).action_cancel()

    def test_what_the_order_has_left_behind_is_not_sent(self):
        order = self.receive()
        action = order._plan_action("accept")
        self.sandbox.move("zalando", order.name, "waiting_shipment")
        order.action_refresh()
        self.send()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(self.posts())

    def test_what_has_become_impossible_calls_for_a_person(self):
        order = self.receive()
        action = order._plan_action("accept")
        self.sandbox.move("zalando", order.name, "canceled")
        order.action_refresh()
        self.send()
        self.assertEqual((action.state, action.error_code), ("failed", "impossible"))
        self.assertFalse(self.posts())

    def test_a_failure_that_no_longer_matters_is_closed(self):
        self.sandbox.settings.fail_actions = "Too late for that"
        order = self.receive()
        action = order._plan_action("accept")
        self.send()
        self.follow()
        self.assertTrue(order.activity_ids)
        self.sandbox.move("zalando", order.name, "waiting_shipment")
        order.action_refresh()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(order.activity_ids)

    def test_201_is_a_success(self):
        self.sandbox.settings.action_created_status = 201
        self.addCleanup(setattr, self.sandbox.settings, "action_created_status", 200)
        action = self.receive()._plan_action("accept")
        self.send()
        self.assertEqual(action.state, "accepted")

    def test_two_deliveries_that_report_the_same_are_two_actions(self):
        self.sandbox.settings.action_delay = 3600
        lines = [line(quantity=2, lengow_status="waiting_shipment")]
        order = self.receive(status="waiting_shipment", lines=lines)
        picking = order.sale_order_ids.picking_ids
        first, second = (
            order._plan_action("cancel", {"cancel_quantity": "1"}, picking=one)
            for one in (picking, picking.copy())
        )
        self.sandbox.faults.add(path=ACTIONS, method="POST", cut="after")
        self.send()
        self.assertEqual(first.state, "unknown")
        self.assertEqual(second.state, "todo", "it cannot be told from the first yet")
        self.pass_time(first | second, minutes=6)
        self.send()
        self.pass_time(second, minutes=6)
        self.send()
        self.assertEqual((first | second).mapped("state"), ["accepted"] * 2)
        self.assertEqual(len(self.sandbox.actions), 2)
        self.assertEqual(len({first.remote_ref, second.remote_ref}), 2)

    def test_a_roll_back_asks_for_nothing(self):
        order = self.receive()
        with self.assertRaises(ZeroDivisionError), self.env.cr.savepoint():
            order._plan_action("accept")
            raise ZeroDivisionError
        self.assertFalse(order.action_ids)

    def test_many_are_decided_and_the_others_say_why_not(self):
        orders = self.receive("A-1") | self.receive("A-2") | self.receive("A-3")
        orders[1]._plan_action("accept")
        shipped = self.receive("A-4", status="waiting_shipment")
        answer = (orders | shipped).with_user(self.user).action_accept()
        decide = self.wizard_of(answer["params"]["next"])
        outcome = {line.order_id.name: line.state for line in decide.line_ids}
        self.assertEqual(
            outcome,
            {
                "A-1": "planned",
                "A-2": "left_out",
                "A-3": "planned",
                "A-4": "left_out",
            },
        )
        self.assertTrue(all(decide.line_ids.filtered("reason").mapped("reason")))
        self.assertEqual(orders.action_ids.mapped("kind"), ["accept"] * 3)

    def test_one_is_accepted_at_once_where_nothing_is_to_be_known(self):
        self.account.undo_seconds = 30
        order = self.receive()
        answer = order.with_user(self.user).action_accept()
        self.assertEqual(order.action_ids.kind, "accept")
        self.assertEqual(answer["params"]["undo_ids"], order.action_ids.ids)
        self.assertEqual(answer["params"]["next"]["tag"], "soft_reload")
        order.with_user(self.user).action_undo()
        self.assertEqual(order.action_ids.state, "canceled")

    def test_one_that_needs_something_to_be_known_is_asked_about(self):
        order = self.receive("F-1", "fnac")
        answer = order.with_user(self.user).action_accept()
        self.assertEqual(answer["res_model"], "lengow.order.decide")
        self.assertFalse(order.action_ids)

    def test_a_refusal_is_asked_about(self):
        order = self.receive()
        answer = order.with_user(self.user).action_refuse()
        self.assertEqual(answer["res_model"], "lengow.order.decide")
        self.assertFalse(order.action_ids)

    def test_an_order_is_refused_for_a_reason_of_its_own(self):
        orders = self.env["lengow.order"]
        for number in ("R-1", "R-2", "R-3"):
            orders |= self.receive(number, "galeries_lafayette")
        decide = self.wizard_of(orders.action_refuse())
        self.enter(decide, reason="Out of stock")
        rows = {row.order_id.name: row for row in decide.line_ids}
        self.assertEqual(rows["R-1"].cells[0]["name"], "reason")
        rows["R-2"].own_reason = "Wrong price"
        decide.action_confirm()
        told = {a.order_id.name: a.parameters["reason"] for a in orders.action_ids}
        self.assertEqual(
            told, {"R-1": "Out of stock", "R-2": "Wrong price", "R-3": "Out of stock"}
        )

    def test_what_was_sent_is_listed_in_the_words_of_the_dialogs(self):
        order = self.receive()
        action = order._plan_action("accept")
        action.parameters = {
            "tracking_number": "6A1",
            "line": order.line_ids.lengow_line_ref,
            "from_address_mail": "shop@example.com",
        }
        self.assertEqual(
            action.parameters_text,
            f"{order.line_ids.sku}, Tracking Number: 6A1, "
            "Sender's Email: shop@example.com",
        )

    def test_our_order_number_is_told_after_import(self):
        order = self.receive(status="waiting_shipment")
        link = order.action_ids
        self.assertEqual(link.kind, "link")
        self.sandbox.faults.add(path="/v3.0/orders/moi", status=500, times=4)
        self.send()
        self.assertEqual(link.state, "todo")
        self.pass_time(link, minutes=5)
        self.send()
        self.assertEqual(link.state, "done")
        told = self.sandbox.get_order("zalando", order.name)["merchant_order_id"]
        self.assertIn(order.sale_order_ids.name, str(told))
