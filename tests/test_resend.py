"""Sending again what an outage has kept from marketplaces, all of it at once."""

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common.outbox import ACTIONS, OutboxCase

PASSING = (
    "Service temporarily unavailable, please try again",
    "HTTP 503",
    "Service indisponible, merci de réessayer",
    "Too many requests",
)
FOR_GOOD = ("No such parcel", "ERR-4711: insufficient stock", "Order 5031 is closed")
UNHEARD = ("Timeout while calling the marketplace", "504 Gateway Timeout: try again")


@tagged("post_install", "-at_install")
class TestResend(OutboxCase):
    def failed(self, number, code="marketplace", reason="", sent=False):
        action = self.receive(number)._plan_action("accept").sudo()
        if sent:
            action.sent_at = fields.Datetime.now()
        action._mark_failed(code, reason)
        return action

    def resend(self, user=None):
        return self.account.with_user(user or self.user).action_resend_failed()

    def test_what_an_outage_kept_is_sent_again(self):
        orders = [self.receive(f"R-{number}") for number in range(3)]
        actions = self.env["lengow.action"].union(
            *(order._plan_action("accept") for order in orders)
        )
        fault = self.fault(ACTIONS, method="POST", status=500)
        self.send()
        self.pass_time(actions, days=4)
        for action in actions:
            self.pass_time(action, days=4)
        for _run in range(4):
            self.send()
            self.pass_time(actions, days=4)
        self.assertEqual(set(actions.mapped("state")), {"failed"})
        self.assertEqual(self.account.resend_count, 3)
        self.sandbox.faults.clear()
        result = self.resend()
        self.assertIn("Sent again: 3.", result["params"]["message"])
        self.assertEqual(result["params"]["type"], "success")
        self.send()
        self.follow()
        self.assertEqual(set(actions.mapped("state")), {"done"})
        self.assertEqual(len(self.sandbox.actions), 3)
        self.assertFalse(self.account.resend_count)
        self.assertTrue(fault)

    def test_a_refusal_that_may_pass_is_sent_again_and_no_other(self):
        passing = [self.failed(f"P-{i}", reason=text) for i, text in enumerate(PASSING)]
        final = [self.failed(f"F-{i}", reason=text) for i, text in enumerate(FOR_GOOD)]
        unheard = [self.failed(f"U-{i}", reason=text) for i, text in enumerate(UNHEARD)]
        self.assertEqual(self.account.resend_count, len(PASSING))
        message = self.resend()["params"]["message"]
        self.assertIn(f"Sent again: {len(PASSING)}.", message)
        self.assertIn(f"may have been carried out: {len(UNHEARD)}.", message)
        self.assertIn(f"refused for good: {len(FOR_GOOD)}.", message)
        self.assertEqual({a.state for a in passing}, {"todo"})
        self.assertEqual({a.state for a in (*final, *unheard)}, {"failed"})

    def test_what_may_have_been_carried_out_is_never_sent_again(self):
        self.failed("D-1", "duplicate")
        action = self.receive()._plan_action("accept").sudo()
        self.fault(ACTIONS, method="POST", cut="after", times=1)
        self.send()
        self.fault(ACTIONS, method="GET", status=500)
        self.pass_time(action, days=4)
        self.send()
        self.assertEqual((action.state, action.error_code), ("failed", "expired"))
        self.assertFalse(self.account.resend_count)
        self.assertIn("carried out: 2", self.resend()["params"]["message"])
        self.sandbox.faults.clear()
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_what_odoo_could_not_prepare_is_sent_again(self):
        self.failed("A-1", "unexpected", "Odoo could not prepare it")
        self.failed("A-2", "impossible", "More than is left")
        self.failed("A-3", "refused", "Lengow refuses the call")
        self.assertEqual(self.account.resend_count, 1)

    def test_what_is_dismissed_stays_dismissed(self):
        action = self.failed("A-1", reason=PASSING[0])
        order = action.order_id
        order.dismissed_at = fields.Datetime.now()
        self.assertFalse(self.account.resend_count)
        self.assertEqual(self.resend()["params"]["type"], "info")
        order.dismissed_at = False
        self.env["lengow.dismissal"]._dismiss(action, "by_hand")
        self.assertFalse(self.account.resend_count)
        self.resend()
        self.assertEqual(action.state, "canceled")

    def test_an_account_that_sends_nothing_says_so(self):
        action = self.failed("A-1", reason=PASSING[0])
        self.account.test_mode = True
        result = self.resend()
        self.assertIn("test mode", result["params"]["message"])
        self.assertEqual(action.state, "failed")

    def test_a_pause_ends_with_the_asking(self):
        action = self.failed("A-1", reason=PASSING[0])
        self.account.paused_until = fields.Datetime.add(fields.Datetime.now(), hours=1)
        self.resend()
        self.assertEqual(action.state, "todo")
        self.assertFalse(self.account.paused_until)

    def test_chosen_ones_of_the_list_or_all(self):
        first = self.failed("A-1", reason=PASSING[0])
        second = self.failed("A-2", reason=PASSING[0])
        first.with_user(self.user).action_resend_failed()
        self.assertEqual((first.state, second.state), ("todo", "failed"))
        self.env["lengow.action"].with_user(self.user).action_resend_failed()
        self.assertEqual(second.state, "todo")

    def test_the_overview_says_how_many_of_which_account(self):
        self.failed("A-1", reason=PASSING[0])
        self.failed("A-2", reason=FOR_GOOD[0])
        health = self.env["lengow.marketplace"].with_user(self.user).get_overview()
        [resend] = health["health"]["resends"]
        self.assertEqual(resend["account_id"], self.account.id)
        self.assertEqual(resend["count"], 1)

    def test_nobody_resends_for_another_company(self):
        self.failed("A-1", reason=PASSING[0])
        stranger = self.create_stranger("lengow_connector.group_manager")
        with self.assertRaises(AccessError):
            self.resend(stranger)
