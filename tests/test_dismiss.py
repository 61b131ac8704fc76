"""Setting orders and failed actions aside with a reason, and taking them up again."""

from datetime import timedelta

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..lengow_api import STATUS_CODES
from ..models.outbox.kinds import DECIDE_ACTIVITY
from .common import line, package, payload
from .common.outbox import OutboxCase

ACCEPT_SOON = "lengow_connector.mail_activity_type_accept_deadline"


def message_of(result):
    return result["params"]["message"]


class DismissCase(OutboxCase):
    def dismiss(self, records, reason="duplicate", note=False, user=None):
        """Dismiss with the dialog, as a person does."""
        records = records.with_user(user or self.user)
        dialog = self.wizard_of(records.action_open_dismiss(), user or self.user)
        name = "order_reason" if dialog.order_ids else "action_reason"
        dialog.write({name: reason, "note": note})
        return dialog.action_confirm()

    def take_up(self, records):
        return records.with_user(self.user).action_take_up()

    def in_error(self, number="E-1", **values):
        lines = [line("NOBODY", "10.00")]
        order = self.import_payload(payload(number, package(*lines), **values))
        self.assertEqual(order.import_state, "error")
        return order

    def offered(self, order):
        """Return the buttons above an order: the next steps, and the others."""
        seen = order.with_user(self.user)
        tree = etree.fromstring(seen.get_view(view_type="form")["arch"])
        values = {
            name: seen[name]
            for name in seen._fields
            if seen._has_field_access(seen._fields[name], "read")
        }
        steps, others = set(), set()
        for button in tree.iterfind("header/button"):
            if not safe_eval(button.get("invisible", "False"), dict(values)):
                is_step = "btn-primary" in button.get("class", "")
                (steps if is_step else others).add(button.get("name"))
        return steps, others

    def jobs_of(self, order):
        counts = self.env["lengow.overview"]._count([("id", "=", order.id)])
        return {name for name, count in counts.items() if count}


@tagged("post_install", "-at_install")
class TestDismissOrders(DismissCase):
    def test_a_dismissed_order_says_why_who_and_when(self):
        order = self.in_error()
        self.dismiss(order, "test_order", "Ordered by the agency")
        self.assertEqual(order.import_state, "ignored")
        self.assertEqual(order.dismissed_by_id, self.user)
        self.assertEqual(order.state_reason, "Dismissed: Test order")
        banner = order.with_user(self.user).banners[0]
        for word in (self.user.name, "Test order", "Ordered by the agency"):
            self.assertIn(word, banner["text"])
        self.assertIn("Ordered by the agency", order.message_ids[0].body)

    def test_a_dismissed_order_leaves_every_job_and_the_errors_of_the_account(self):
        order = self.in_error()
        self.assertIn("to_fix", self.jobs_of(order))
        self.assertTrue(self.account.activity_ids)
        self.dismiss(order)
        self.assertFalse(self.jobs_of(order))
        self.assertFalse(order.job)
        self.assertEqual(order.phase, "closed")
        self.assertFalse(order.due_at)
        self.assertFalse(self.account.activity_ids)
        self.assertFalse(self.account.order_error_count)

    def test_nothing_is_the_next_step_of_a_dismissed_order(self):
        """What can be told to the marketplace still can, and is proposed no more."""
        told = set()
        for number, marketplace in (("E-1", "zalando"), ("E-2", "ebay_fr")):
            order = self.in_error(number, marketplace=marketplace)
            # There a shipment is reported though there is no sale order.
            order.marketplace_id.workflow = "quotation"
            self.dismiss(order)
            for status in STATUS_CODES:
                with self.subTest(marketplace=marketplace, status=status):
                    order.lengow_status = status
                    steps, others = self.offered(order)
                    self.assertFalse(steps)
                    told |= others
        self.assertLessEqual(
            {
                "action_accept",
                "action_open_ship",
                "action_pickup_ready",
                "action_pickup_complete",
            },
            told,
        )

    def test_what_waits_for_acceptance_leaves_its_job_and_its_calls(self):
        zalando = self.find_marketplace("zalando")
        zalando.write({"auto_accept": True, "acceptance_hours": 1})
        now = fields.Datetime.now().isoformat() + "Z"
        lines = [line("NOBODY", lengow_status="waiting_acceptance")]
        order = self.receive(lines=lines, marketplace_order_date=now)
        with self.crons():
            self.run_cron("cron_auto_accept")
            self.run_cron("cron_warn_deadlines")
        self.assertEqual(
            order.activity_ids.activity_type_id, self.env.ref(DECIDE_ACTIVITY)
        )
        self.assertTrue(self.account.activity_search([ACCEPT_SOON]))
        self.dismiss(order)
        self.assertFalse(order.activity_ids)
        self.assertFalse(self.jobs_of(order))
        with self.crons():
            self.run_cron("cron_warn_deadlines")
        self.assertFalse(self.account.activity_search([ACCEPT_SOON]))
        # A change at Lengow has it examined again, or would.
        self.sandbox.move(
            "zalando", order.name, "waiting_acceptance", marketplace_status="x"
        )
        order.action_refresh()
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.activity_ids)

    def test_what_is_accepted_by_itself_is_not_once_it_is_dismissed(self):
        zalando = self.find_marketplace("zalando")
        zalando.write({"auto_accept": True, "auto_accept_known_skus": False})
        zalando.auto_accept_stock = False
        order = self.receive("A-1")
        with self.crons():
            self.run_cron("cron_auto_accept")
        accept = self.actions_of(order, "accept")
        self.assertEqual(accept.state, "todo", order.message_ids.mapped("body"))
        self.dismiss(order, "fraud")
        self.assertEqual(accept.state, "canceled")
        self.send()
        self.assertFalse(self.posts())
        self.take_up(order)
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertIn("todo", self.actions_of(order, "accept").mapped("state"))

    def test_what_a_person_has_asked_for_is_sent_though_the_order_is_dismissed(self):
        orders = self.receive("A-1"), self.receive("A-2", "galeries_lafayette")
        for order, kind in zip(orders, ("accept", "refuse"), strict=True):
            order.with_user(self.user)._plan_action(kind)
            self.dismiss(order, "elsewhere")
        self.send()
        self.assertEqual(len(self.posts()), 2)

    def test_nothing_imports_a_dismissed_order(self):
        order = self.in_error()
        self.dismiss(order)
        self.create_product("NOBODY")
        self.assertEqual(order.import_state, "ignored")
        result = order.with_user(self.user).action_import()
        self.assertIn("to be taken up again first: 1", message_of(result))
        with self.crons():
            self.run_cron("cron_process_orders")
        self.sync()
        self.env["lengow.inbox"]._reread(order)
        self.assertEqual(order.import_state, "ignored")
        self.assertFalse(order.is_asked_for)
        self.assertFalse(order.sale_order_ids)

    def test_a_dismissed_order_survives_what_lengow_sends(self):
        order = self.receive()
        self.dismiss(order)
        reason = order.state_reason
        for status in ("waiting_shipment", "shipped", "canceled", "waiting_shipment"):
            self.sandbox.move("zalando", order.name, status)
            self.sync()
            self.assertEqual(order.lengow_status, status)
            self.assertEqual(order.import_state, "ignored")
            self.assertEqual(order.state_reason, reason)
            self.assertFalse(self.jobs_of(order))

    def test_what_is_taken_up_is_imported(self):
        order = self.in_error()
        self.dismiss(order, note="x")
        self.create_product("NOBODY")
        result = self.take_up(order)
        self.assertEqual(result["params"]["type"], "success")
        self.assertEqual(order.import_state, "ready")
        for name in ("dismissed_at", "dismiss_reason", "dismiss_note", "dismiss_label"):
            self.assertFalse(order[name])
        with self.crons():
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported")

    def test_what_is_taken_up_is_not_too_old_by_now(self):
        self.account.import_max_age_days = 0
        order = self.in_error()
        old = self.in_error("E-2")
        self.account.import_max_age_days = 1
        self.env["lengow.judge"]._judge(old, at_first_sight=True)
        self.assertEqual(old.import_state, "ignored")
        self.assertEqual(old.state_reason, "It was placed more than a day ago.")
        self.dismiss(order | old)
        self.take_up(order | old)
        self.assertEqual(order.import_state, "ready")
        self.assertEqual(old.import_state, "ignored", "it was before")

    def test_what_is_a_sale_order_is_not_dismissed(self):
        sold = self.import_order("A-1")
        with self.assertRaisesRegex(UserError, "is a sale order already"):
            sold.with_user(self.user).action_open_dismiss()
        other = self.in_error()
        both = (sold | other).with_user(self.user)
        dialog = self.wizard_of(both.action_open_dismiss(), self.user)
        self.assertEqual(dialog.dismissed_count, 1)
        self.assertIn("A-1 is a sale order", dialog.left_out)
        dialog.order_reason = "duplicate"
        result = dialog.action_confirm()
        self.assertIn("Dismissed: 1. Left out: 1.", message_of(result))
        self.assertEqual(sold.import_state, "imported")
        self.assertEqual(other.import_state, "ignored")

    def test_what_became_a_sale_order_while_the_dialog_was_open_stays_one(self):
        order = self.in_error()
        dialog = self.wizard_of(order.action_open_dismiss())
        self.create_product("NOBODY")
        order.action_import()
        self.assertEqual(order.import_state, "imported")
        dialog.order_reason = "duplicate"
        with self.assertRaisesRegex(UserError, "is a sale order already"):
            dialog.action_confirm()
        self.assertFalse(order.dismissed_at)

    def test_a_reason_is_required_and_another_one_is_written(self):
        order = self.in_error()
        dialog = self.wizard_of(order.action_open_dismiss())
        with self.assertRaisesRegex(UserError, "Choose a reason"):
            dialog.action_confirm()
        dialog.write({"order_reason": "other", "note": "  "})
        with self.assertRaisesRegex(UserError, "Say in the note"):
            dialog.action_confirm()
        self.assertFalse(order.dismissed_at)

    def test_twice_is_once(self):
        order = self.in_error()
        self.dismiss(order)
        with self.assertRaisesRegex(UserError, "dismissed already"):
            order.with_user(self.user).action_open_dismiss()
        self.take_up(order)
        with self.assertRaisesRegex(UserError, "is not dismissed"):
            self.take_up(order)
        with self.assertRaises(UserError):
            self.env["lengow.order"].with_user(self.user).action_open_dismiss()

    def test_the_note_goes_with_the_buyers_data(self):
        order = self.in_error()
        self.dismiss(order, note="Camille Exemple called")
        order._anonymise()
        self.assertFalse(order.dismiss_note)
        self.assertEqual(order.import_state, "ignored")
        self.assertEqual(order.dismiss_reason, "duplicate")

    def test_whoever_may_not_act_may_not_dismiss(self):
        order = self.in_error()
        stranger = self.create_stranger("lengow_connector.group_manager")
        for method in ("action_open_dismiss", "action_take_up"):
            with self.assertRaises(AccessError):
                getattr(order.with_user(stranger), method)()


@tagged("post_install", "-at_install")
class TestDismissActions(DismissCase):
    def failed(self, number="A-1", reason="No such parcel"):
        order = self.receive(number, status="waiting_shipment")
        action = order.with_user(self.user)._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "1"}
        )
        self.sandbox.settings.fail_actions = reason
        self.send()
        self.follow()
        self.sandbox.settings.fail_actions = ""
        self.assertEqual(action.state, "failed")
        return action.sudo()

    def test_a_dismissed_action_leaves_the_failed_job_and_the_activities(self):
        action = self.failed()
        order = action.order_id
        self.assertTrue(self.activities_of(order, "action_failed"))
        self.assertIn("action_failed", self.jobs_of(order))
        self.dismiss(action, "by_hand", "In the back office")
        self.assertEqual(action.state, "canceled")
        self.assertFalse(self.activities_of(order, "action_failed"))
        self.assertNotIn("action_failed", self.jobs_of(order))
        self.assertIn("In the back office", action.dismiss_label)
        self.assertIn("No such parcel", action.error_message)

    def test_what_is_taken_up_is_as_it_had_failed(self):
        action = self.failed()
        names = ("error_code", "error_message", "answer", "seen_refs", "sent_at")
        before = action.read(names)
        self.dismiss(action, "not_needed")
        self.take_up(action)
        self.assertEqual(action.state, "failed")
        self.assertEqual(action.read(names), before)
        self.assertTrue(self.activities_of(action.order_id, "action_failed"))
        action.with_user(self.user)._correct({"carrier": "4PX", "tracking_number": "2"})
        self.send()
        self.follow()
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.sandbox.actions), 2)

    def test_what_may_have_arrived_is_still_looked_for_after_it_was_dismissed(self):
        action = self.receive()._plan_action("accept").sudo()
        self.fault("/v3.0/orders/actions", method="POST", cut="after", times=1)
        self.send()
        self.fault("/v3.0/orders/actions", method="GET", status=500)
        self.pass_time(action, days=4)
        self.send()
        self.assertEqual((action.state, action.error_code), ("failed", "expired"))
        self.dismiss(action, "not_needed")
        self.take_up(action)
        with self.assertRaisesRegex(UserError, "Nobody knows yet"):
            action._correct({})
        self.sandbox.faults.clear()
        action.with_user(self.user).action_retry()
        self.send()
        self.assertEqual(action.state, "done", "it was found")
        self.assertEqual(len(self.sandbox.actions), 1)

    def test_what_was_asked_for_anew_meanwhile_is_not_sent_twice(self):
        action = self.failed()
        order = action.order_id
        self.dismiss(action, "not_needed")
        order._plan_action("ship", {"carrier": "4PX", "tracking_number": "1"})
        self.send()
        self.follow()
        self.take_up(action)
        action.with_user(self.user).action_retry()
        self.send()
        self.assertNotEqual(action.state, "accepted")
        done = [a for a in self.sandbox.actions if not a.error]
        self.assertEqual(len(done), 1)

    def test_what_the_marketplace_shows_done_is_not_taken_up(self):
        action = self.failed()
        order = action.order_id
        self.dismiss(action, "by_hand")
        self.sandbox.move("zalando", order.name, "shipped")
        order.action_refresh()
        with self.assertRaisesRegex(UserError, "the marketplace shows it done"):
            self.take_up(action)
        self.assertEqual(action.state, "canceled")

    def test_only_what_has_failed_is_dismissed(self):
        action = self.receive()._plan_action("accept")
        with self.assertRaisesRegex(UserError, "has not failed"):
            action.with_user(self.user).action_open_dismiss()
        self.send()
        with self.assertRaisesRegex(UserError, "has not failed"):
            action.with_user(self.user).action_open_dismiss()

    def test_many_are_dismissed_and_taken_up_at_once(self):
        actions = self.failed("A-1") | self.failed("A-2") | self.failed("A-3")
        result = self.dismiss(actions, "by_hand")
        self.assertIn("Dismissed: 3.", message_of(result))
        self.assertEqual(set(actions.mapped("state")), {"canceled"})
        self.assertIn("Taken up again: 3.", message_of(self.take_up(actions)))
        self.assertEqual(set(actions.mapped("state")), {"failed"})

    def test_cancel_sending_of_what_has_failed_can_be_taken_back(self):
        action = self.failed()
        action.with_user(self.user).action_cancel()
        self.assertEqual(action.dismiss_reason, "not_needed")
        self.take_up(action)
        self.assertEqual(action.state, "failed")

    def test_a_call_stays_while_another_action_has_failed(self):
        action = self.failed()
        order = action.order_id
        other = order.sudo()._plan_action(
            "ship", {"carrier": "4PX", "tracking_number": "7"}
        )
        other._mark_failed("marketplace", "No")
        self.dismiss(action, "by_hand")
        self.assertTrue(self.activities_of(order, "action_failed"))
        self.dismiss(other, "by_hand")
        self.assertFalse(self.activities_of(order, "action_failed"))

    def test_a_dismissed_order_is_called_for_again_with_its_failed_action(self):
        order = self.receive()
        order._plan_action("accept").sudo()._mark_failed("marketplace", "No")
        self.assertTrue(self.activities_of(order, "action_failed"))
        self.dismiss(order)
        self.assertFalse(order.activity_ids)
        self.take_up(order)
        self.assertTrue(self.activities_of(order, "action_failed"))
        self.assertIn("action_failed", self.jobs_of(order))

    def test_the_buyers_data_gone_nothing_is_sent_again(self):
        action = self.failed()
        self.dismiss(action, "by_hand", "Camille Exemple called")
        action.order_id._anonymise()
        self.assertFalse(action.dismiss_note)
        with self.assertRaisesRegex(UserError, "data has been deleted"):
            self.take_up(action)

    def test_time_passes_between_dismissing_and_taking_up(self):
        action = self.failed()
        self.dismiss(action, "by_hand")
        action.dismissed_at -= timedelta(days=30)
        self.take_up(action)
        action.with_user(self.user).action_retry()
        self.send()
        self.assertEqual(action.state, "accepted")
