"""How long the outbox tries by itself, and when it calls for a person."""

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common.outbox import ACTIONS, OutboxCase


@tagged("post_install", "-at_install")
class TestPatience(OutboxCase):
    def _fail_every_post(self, **members):
        self.fault(ACTIONS, method="POST", **members)

    def assertExpired(self, action, message):
        self.assertEqual((action.state, action.error_code), ("failed", "expired"))
        self.assertRegex(action.error_message, message)
        self.assertTrue(action.order_id.activity_ids)

    def test_what_never_arrives_calls_for_a_person_after_three_days(self):
        action = self.receive()._plan_action("accept")
        self._fail_every_post(status=500)
        self.send()
        self.assertEqual(action.state, "unknown")
        for _day in range(4):
            self.pass_time(action, days=1)
            self.send()
        self.assertExpired(action, "could not be sent.*Nothing has reached")
        self.assertFalse(self.sandbox.actions)
        self.assertLess(len(self.posts()), 6)

    def test_what_never_arrives_is_sent_ever_more_rarely(self):
        action = self.receive()._plan_action("accept")
        self._fail_every_post(status=500)
        self.send()
        pauses = []
        for _try in range(4):
            self.pass_time(action, hours=1)
            self.send()
            pause = action.next_try_at - fields.Datetime.now()
            pauses.append(round(pause.total_seconds() / 60))
        self.assertEqual(pauses, sorted(pauses))
        self.assertGreater(pauses[-1], 50)

    def test_a_person_may_correct_what_never_arrived(self):
        action = self.receive(status="waiting_shipment")._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "1"}
        )
        self.fault(ACTIONS, method="POST", status=429)
        self.send()
        self.assertFalse(action.sent_at, "it certainly did not arrive")
        self.pass_time(action, days=4)
        self.send()
        self.assertExpired(action, "Nothing has reached")
        self.sandbox.faults.clear()
        action._correct({"carrier": "4PX", "tracking_number": "2"})
        self.send()
        self.assertEqual(action.state, "accepted")
        self.assertEqual(self.sandbox.actions[0].arguments["tracking_number"], "2")

    def test_nobody_corrects_what_may_have_happened(self):
        action = self.receive(status="waiting_shipment")._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "1"}
        )
        self.fault(ACTIONS, method="POST", cut="after", times=1)
        self.send()
        self.fault(ACTIONS, method="GET", status=500)
        self.pass_time(action, days=4)
        self.send()
        self.assertExpired(action, "Check on the marketplace")
        with self.assertRaisesRegex(UserError, "Nobody knows yet"):
            action._correct({"carrier": "4PX", "tracking_number": "2"})
        self.sandbox.faults.clear()
        action.action_retry()
        self.send()
        self.assertEqual(action.state, "done", "it was found")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_what_may_have_happened_stays_so_however_often_it_is_looked_for(self):
        action = self.receive()._plan_action("accept")
        self.fault(ACTIONS, method="POST", cut="after", times=1)
        self.send()
        self.fault(ACTIONS, method="GET", status=500)
        for _try in range(2):
            self.pass_time(action, days=4)
            self.send()
            self.assertExpired(action, "Check on the marketplace")
            action.action_retry()
            self.send()
            self.assertEqual(action.state, "todo", "nobody could look")

    def test_an_unreachable_lengow_calls_for_a_person_after_three_days(self):
        action = self.receive()._plan_action("accept")
        self.account.sudo().base_url = "http://127.0.0.1:9"
        self.account.state = "connected"
        for _day in range(3):
            self.send()
            self.assertEqual(action.state, "todo")
            self.pass_time(action, days=1)
        self.send()
        self.assertExpired(action, "could not be sent")

    def test_a_failure_ends_when_the_marketplace_shows_it_done(self):
        order = self.receive()
        self.sandbox.settings.fail_actions = "Too late for that"
        action = order._plan_action("accept")
        self.send()
        self.follow()
        self.assertEqual(action.state, "failed")
        self.sandbox.move("zalando", order.name, "waiting_shipment")
        order.action_refresh()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(order.activity_ids)
