"""When an account is left alone, who looks after it, and from when it is read."""

from datetime import UTC, datetime, timedelta
from unittest.mock import PropertyMock, patch

from odoo import fields
from odoo.tests import tagged

from ..lengow_api import LengowClient
from .common import payload
from .common.outbox import ACTIONS, OutboxCase


@tagged("post_install", "-at_install")
class TestAccountPauses(OutboxCase):
    def calls_of_actions(self):
        return self.sandbox.calls_to(ACTIONS) + self.posts()

    def next_run_at(self, name="cron_send_actions"):
        """Return when a scheduled action is planned to run next, in the future."""
        triggers = self.env["ir.cron.trigger"].search(
            [
                ("cron_id", "=", self.env.ref(f"lengow_connector.{name}").id),
                ("call_at", ">", fields.Datetime.now()),
            ],
            order="call_at",
            limit=1,
        )
        return triggers.call_at

    # === PAUSES === #

    def test_pause_that_lengow_asks_for_is_the_accounts_over_all_runs(self):
        for number in ("A-1", "A-2", "A-3", "A-4"):
            self.receive(number)._plan_action("accept")
        self.env["ir.cron.trigger"].search([]).unlink()
        self.fault(ACTIONS, method="POST", status=429, headers={"Retry-After": "3600"})
        for _run in range(4):
            self.send()
        self.assertEqual(len(self.posts()), 1)
        until = self.account.paused_until
        self.assertGreater(until, fields.Datetime.now() + timedelta(minutes=59))
        self.assertGreaterEqual(self.next_run_at(), until - timedelta(seconds=1))

    def test_no_scheduled_action_calls_while_the_account_pauses(self):
        self.receive()._plan_action("accept")
        self.account._pause(3600)
        self.sandbox.calls.clear()
        with self.crons():
            for name in (
                "cron_fetch_orders",
                "cron_sync_marketplaces",
                "cron_send_actions",
                "cron_follow_actions",
                "cron_fetch_documents",
            ):
                self.run_cron(name)
        self.assertFalse(self.sandbox.calls)

    def test_outage_is_met_ever_more_rarely(self):
        action = self.receive()._plan_action("accept")
        self.fault(ACTIONS, status=503)
        pauses = []
        for _run in range(4):
            self.send()
            self.assertTrue(action.wait_reason)
            pause = self.account.paused_until - fields.Datetime.now()
            # In minutes: until here some seconds may have passed.
            pauses.append(round(pause / timedelta(minutes=1)))
            self.pass_time(action, hours=2)
        self.assertEqual(pauses, sorted(pauses))
        self.assertEqual(pauses[0], 1)
        self.assertGreaterEqual(pauses[-1], 14)

    def test_call_that_works_ends_the_pause(self):
        self.account._pause(3600)
        self.sync()
        self.assertFalse(self.account.paused_until)
        self.assertFalse(self.account.failing_since)

    # === ARCHIVED, REFUSED === #

    def test_archived_account_sends_nothing_but_follows_what_it_has_sent(self):
        sent = self.receive("A-1")._plan_action("accept")
        self.send()
        waiting = self.receive("A-2")._plan_action("accept")
        self.account.active = False
        self.send()
        self.assertEqual(waiting.state, "todo")
        self.assertIn("archived", waiting.wait_reason)
        self.follow()
        self.assertEqual(sent.state, "done")

    def test_keys_of_another_lengow_account_are_used_no_more(self):
        self.import_payload(payload("A-1"))
        access_token, secret = self.server.second_keys
        self.account.write({"access_token": access_token, "secret_token": secret})
        self.account.action_connect()
        self.assertEqual(self.account.state, "draft")
        sentence = self.account.error_message
        self.assertIn("belong to the Lengow account", sentence)
        self.sandbox.calls.clear()
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertFalse(self.sandbox.calls)
        self.assertEqual(self.account.error_message, sentence)

    # === THE WATERMARK === #

    def test_watermark_never_passes_lengows_own_clock(self):
        behind = datetime.now(UTC) - timedelta(hours=5)
        clock = patch.object(
            LengowClient, "server_time", PropertyMock(return_value=behind)
        )
        with clock, self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertLessEqual(
            self.account.orders_synced_until, behind.replace(tzinfo=None)
        )

    def test_lengows_clock_is_read_from_its_answers(self):
        with self.account._get_client() as client:
            self.assertIsNone(client.server_time)
            client.authenticate()
            self.assertLess(
                abs(client.server_time - datetime.now(UTC)), timedelta(minutes=1)
            )

    def test_runs_leave_no_message_about_the_watermark(self):
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.env.flush_all()
        before = self.account.message_ids
        with self.crons():
            for _run in range(3):
                self.run_cron("cron_fetch_orders")
        self.env.cr.precommit.run()
        self.assertEqual(self.account.message_ids, before)

    def test_person_who_sets_the_watermark_back_is_named(self):
        self.account.with_user(self.manager).orders_synced_until = "2026-01-01"
        self.assertIn(self.manager.name, self.account.message_ids[0].body)
        self.assertIn("2026-01-01", self.account.message_ids[0].body)

    # === WHO LOOKS AFTER IT === #

    def test_manager_takes_the_place_of_a_responsible_who_has_left(self):
        leaver = self.create_user("leaver", "lengow_connector.group_manager")
        self.account.user_id = leaver
        leaver.active = False
        found = self.account._find_responsible()
        self.assertTrue(found.active)
        self.assertTrue(found.has_group("lengow_connector.group_manager"))
        self.put(payload("BAD", total="1.00"))
        self.sync()
        to_fix = self.env.ref("lengow_connector.mail_activity_type_orders_to_fix")
        activity = self.account.activity_ids.filtered(
            lambda one: one.activity_type_id == to_fix
        )
        self.assertEqual(activity.user_id, found)

    def test_errors_are_mailed_to_the_company_where_the_responsible_has_no_mail(self):
        self.company.email = "shop@example.com"
        self.account.user_id = self.manager
        self.manager.partner_id.email = False
        self.put(payload("BAD", total="1.00"))
        self.sync()
        mail = self.env["mail.mail"].search([("subject", "ilike", "orders to fix")])
        self.assertIn("shop@example.com", mail.email_to)

    def test_failed_action_is_no_task_of_somebody_who_has_left(self):
        self.account.user_id = self.manager
        order = self.receive()
        action = order._plan_action("accept")
        self.manager.active = False
        action._mark_failed("marketplace", "No.")
        self.assertTrue(order.activity_ids.user_id.active)
