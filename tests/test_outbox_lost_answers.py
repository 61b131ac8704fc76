"""After a lost answer: never sent again while it may have arrived."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.outbox import ACTIONS, OutboxCase

SHIP = {"carrier": "4PX", "tracking_number": "6a001"}


@tagged("post_install", "-at_install")
class TestLostAnswers(OutboxCase):
    def setUp(self):
        super().setUp()
        self.sandbox.settings.action_delay = 3600

    def lose_answer(self, number="LOST", cut="after"):
        """Send a shipment whose answer is lost; return it."""
        order = self.receive(number, status="waiting_shipment")
        action = order._plan_action("ship", SHIP)
        order.action_ids.filtered(lambda a: a.kind == "link").unlink()
        self.fault(ACTIONS, method="POST", cut=cut, times=1)
        self.send()
        self.assertEqual(action.state, "unknown")
        return action

    def look(self, action):
        self.pass_time(action, minutes=6)
        self.send()

    def assertPostedOnce(self):
        self.assertEqual(len(self.posts()), 1, "a second shipment")

    def test_what_the_order_shows_meanwhile_is_done_and_not_sent_again(self):
        action = self.lose_answer(cut="before")
        self.sandbox.move("zalando", "LOST", "shipped")
        action.order_id.action_refresh()
        self.look(action)
        self.assertEqual(action.state, "done")
        self.assertFalse(action.order_id.activity_ids)
        self.assertPostedOnce()

    def test_what_has_become_impossible_meanwhile_is_left_to_a_person(self):
        action = self.lose_answer(cut="before")
        self.sandbox.move("zalando", "LOST", "canceled")
        action.order_id.action_refresh()
        self.look(action)
        self.assertEqual((action.state, action.error_code), ("failed", "impossible"))
        self.assertPostedOnce()

    def test_action_that_lengow_completed_is_ours(self):
        action = self.lose_answer()
        self.sandbox.actions[0].arguments["tracking_url"] = "https://lengow.example/6"
        self.look(action)
        self.assertEqual(action.state, "accepted")
        self.assertPostedOnce()

    def test_action_that_lengow_wrote_in_capitals_is_ours(self):
        action = self.lose_answer()
        self.sandbox.actions[0].arguments["tracking_number"] = "6A001"
        self.look(action)
        self.assertEqual(action.state, "accepted")
        self.assertPostedOnce()

    def test_action_that_lengow_wrote_otherwise_is_a_case_for_a_person(self):
        action = self.lose_answer()
        self.sandbox.actions[0].arguments["carrier"] = "Four PX"
        self.look(action)
        self.assertEqual(action.state, "failed")
        self.assertIn(str(self.sandbox.actions[0].id), action.error_message)
        self.assertTrue(action.order_id.activity_ids)
        self.assertPostedOnce()
        action.action_retry()
        self.send()
        self.assertEqual(action.state, "accepted", "a person has looked")
        self.assertEqual(len(self.posts()), 2)

    def test_what_is_looked_for_again_stays_as_it_was_sent(self):
        action = self.lose_answer()
        self.sandbox.actions[0].arguments["carrier"] = "Four PX"
        self.look(action)
        self.assertEqual(action.error_code, "expired")
        action.action_retry()
        with self.assertRaisesRegex(UserError, "Nobody knows yet"):
            action._correct({**action.parameters, "tracking_number": "6A002"})
        self.assertFalse(action._is_revisable())
        with self.assertRaises(UserError):
            action.order_id._plan_action("ship", {**SHIP, "tracking_number": "6A002"})

    def test_what_may_have_arrived_counts_whatever_stops_the_looking(self):
        action = self.lose_answer()
        self.sandbox.actions[0].arguments["carrier"] = "Four PX"
        self.look(action)
        action.action_retry()
        sender = type(self.env["lengow.sender"])
        with (
            patch.object(sender, "_has_its_turn", side_effect=UserError("Oh dear")),
            mute_logger("odoo.addons.lengow_connector.models.settings.lengow_cron"),
        ):
            self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("Oh dear", action.error_message)
        with self.assertRaises(UserError):
            action.order_id._plan_action("ship", {**SHIP, "tracking_number": "6A002"})

    def test_what_was_refused_can_be_corrected_after_all(self):
        self.sandbox.settings.action_delay = 0
        self.sandbox.settings.fail_actions = "No such parcel"
        action = self.receive("AFTER", status="waiting_shipment")._plan_action(
            "ship", SHIP
        )
        self.send()
        self.follow()
        self.assertEqual(action.error_code, "marketplace")
        action.action_retry()
        action._correct({**action.parameters, "tracking_number": "6A002"})
        self.assertEqual(action.parameters["tracking_number"], "6A002")

    def test_of_several_that_match_the_living_one_is_adopted(self):
        action = self.lose_answer()
        with self.account._get_client() as client:
            ref = action.parameters["line"]
            client.create_action("zalando", "LOST", "ship", {**SHIP, "line": ref})
        refused = self.sandbox.actions[0]
        refused.error, refused.processed, refused.queued = "Too early", True, False
        self.look(action)
        self.assertEqual(action.remote_ref, str(self.sandbox.actions[1].id))

    def test_number_that_lengow_repeats_is_left_to_a_person(self):
        first = self.receive("N-1")._plan_action("accept")
        self.send()
        self.assertEqual(first.state, "accepted")
        second = self.receive("N-2")._plan_action("accept")
        self.fault(ACTIONS, method="POST", body={"id": first.remote_ref}, status=200)
        for _run in range(3):
            self.send()
            self.pass_time(second, minutes=6)
        self.assertEqual((second.state, second.error_code), ("failed", "duplicate"))
        self.assertIn(first.remote_ref, second.error_message)
        self.assertEqual(len(self.posts()), 2)

    def test_what_is_asked_for_again_has_three_days_again(self):
        action = self.receive("LATE")._plan_action("accept")
        self.send()
        self.pass_time(action, days=4)
        self.follow()
        self.assertEqual(action.error_code, "expired")
        action.action_retry()
        self.send()
        self.follow()
        self.assertEqual(action.state, "accepted")
        self.assertGreater(action.sent_at, fields.Datetime.now() - timedelta(hours=1))

    def test_what_lengow_finishes_on_the_fourth_day_is_done(self):
        action = self.receive("FOURTH")._plan_action("accept")
        self.send()
        self.pass_time(action, days=4)
        self.follow()
        self.assertEqual(action.error_code, "expired")
        self.sandbox.actions[0].processed = True
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertFalse(action.order_id.activity_ids)

    def test_what_lengow_has_counts_though_its_outcome_could_not_be_noted(self):
        order = self.receive("NOTED", status="waiting_shipment")
        action = order._plan_action("ship", SHIP)
        self.sandbox.settings.action_delay = 0
        self.send()
        self.assertEqual(action.state, "accepted")
        follower = type(self.env["lengow.follower"])
        with (
            patch.object(follower, "_take_outcome", side_effect=UserError("Oh dear")),
            mute_logger("odoo.addons.lengow_connector.models.settings.lengow_cron"),
        ):
            self.follow()
        self.assertEqual(action.state, "failed")
        self.assertTrue(action.remote_ref)
        self.assertIn("Oh dear", action.error_message)
        self.assertFalse(action._is_revisable(), "it has reached the marketplace")
        with self.assertRaises(UserError):
            order._plan_action("ship", {**SHIP, "tracking_number": "6a002"})
        with self.assertRaises(UserError):
            action._correct({**SHIP, "tracking_number": "6a002"})
        self.follow()
        self.assertEqual(action.state, "done")

    def test_text_of_an_error_is_bounded(self):
        self.sandbox.settings.action_delay = 0
        self.sandbox.settings.fail_actions = "x" * 300_000
        action = self.receive("LONG")._plan_action("accept")
        self.send()
        self.follow()
        self.assertEqual(action.state, "failed")
        self.assertLessEqual(len(action.error_message), 1000)
        self.assertLess(len(action.answer_text), 1500)
        self.assertLess(len(action.order_id.activity_ids.note), 1500)
