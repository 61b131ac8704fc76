"""Accounts that stand still: who is told, how often, and in which language."""

from datetime import timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common import payload
from .common.outbox import ACTIONS, OutboxCase


@tagged("post_install", "-at_install")
class TestAlarms(OutboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.manager.write({"lang": "fr_FR", "email": "manager@example.com"})
        cls.user.write({"lang": "en_US", "email": "user@example.com"})
        cls.account.alert_user_ids = cls.manager | cls.user
        cls.kind = cls.env.ref("lengow_connector.mail_activity_type_outage")
        cls.account.live_since = False  # it was connected long ago

    def watch(self):
        """Let the accounts be looked after, and return the mails that this makes."""
        before = self.env["mail.mail"].search([])
        with self.crons():
            self.run_cron("cron_watch_accounts")
        self.env.invalidate_all()
        return self.env["mail.mail"].search([]) - before

    def calls(self):
        return self.account.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.kind
        )

    def stand_still(self, **delta):
        self.account.last_sync_at = fields.Datetime.now() - timedelta(**delta)

    # === ONCE, AND ONCE WHEN IT IS OVER === #

    def test_account_that_is_well_calls_nobody(self):
        self.sync()
        self.assertFalse(self.watch())
        self.assertFalse(self.calls())
        self.assertFalse(self.account.outages)

    def test_nothing_fetched_for_an_hour_is_told_once(self):
        self.stand_still(minutes=50)
        self.assertFalse(self.watch())
        self.stand_still(minutes=70)
        mails = self.watch()
        self.assertEqual(
            sorted(mails.mapped("email_to")),
            sorted((self.manager | self.user).mapped("email_formatted")),
        )
        self.assertEqual(self.calls().user_id, self.manager | self.user)
        self.assertFalse(self.watch())
        self.calls().filtered(lambda a: a.user_id == self.user).action_done()
        self.assertFalse(self.watch())
        self.assertEqual(self.calls().user_id, self.manager, "done is done")

    def test_end_of_an_outage_is_told_once_and_the_next_one_anew(self):
        self.stand_still(hours=2)
        self.watch()
        self.sync()
        mails = self.watch()
        self.assertEqual(len(mails), 2)
        self.assertFalse(self.calls())
        self.assertFalse(self.watch())
        self.stand_still(hours=2)
        self.assertEqual(len(self.watch()), 2)

    def test_keys_that_fail_are_told_at_once_and_as_nothing_else(self):
        self.stand_still(hours=2)
        self.fault("/access/get_token", status=401)
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertEqual(len(self.watch()), 2)
        self.assertEqual(list(self.account.outages), ["keys"])

    def test_orders_that_wait_too_long_are_told(self):
        self.account.setup_state = False
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertFalse(self.watch())
        self.env.cr.execute(
            "UPDATE lengow_order SET write_date = write_date - interval '5 hours' "
            "WHERE account_id = %s",
            [self.account.id],
        )
        self.assertEqual(len(self.watch()), 2)
        self.assertEqual(list(self.account.outages), ["orders"])

    def test_actions_that_wait_too_long_are_told(self):
        action = self.receive()._plan_action("accept")
        self.fault(ACTIONS, status=503)
        self.send()
        self.assertFalse(self.watch())
        self.pass_time(action, hours=5)
        self.assertEqual(len(self.watch()), 2)
        self.assertEqual(list(self.account.outages), ["actions"])

    def test_what_is_set_to_never_is_never_told(self):
        self.account.write({"alert_minutes": 0, "alert_waiting_hours": 0})
        self.stand_still(hours=20)
        self.assertFalse(self.watch())

    def test_account_that_somebody_pauses_calls_nobody(self):
        self.account._mark_paused("")
        self.stand_still(hours=2)
        self.assertFalse(self.watch())

    def resume(self):
        self.account._mark_paused("")
        self.account._mark_resumed()

    def connect_again(self):
        self.account._mark_disconnected()
        self.account.action_connect()

    def test_who_goes_on_is_given_as_long_as_ever(self):
        trouble = self.env["lengow.overview"]._trouble_of
        action = self.receive()._plan_action("accept")
        for go_on in (self.resume, self.connect_again):
            with self.subTest(go_on=go_on.__name__):
                self.stand_still(days=2)
                self.pass_time(action, days=2)
                go_on()
                self.assertFalse(trouble(self.account))
                self.assertFalse(self.watch())
                self.assertFalse(self.account.outages)
                self.account.live_since -= timedelta(hours=5)
                self.assertTrue(trouble(self.account))
                self.assertEqual(len(self.watch()), 2)
                self.assertEqual(set(self.account.outages), {"silent", "actions"})
                self.stand_still(minutes=0)
                self.pass_time(action, days=-2)
                self.watch()
                self.assertFalse(self.account.outages)

    def test_what_stood_still_before_a_pause_is_not_over_by_it(self):
        self.stand_still(hours=2)
        self.watch()
        self.resume()
        self.assertFalse(self.watch())
        self.assertEqual(list(self.account.outages), ["silent"])

    def test_account_that_is_disconnected_or_archived_is_told_of_no_more(self):
        for values in ({"state": "draft"}, {"active": False}):
            with self.subTest(values=values):
                self.account.write({"state": "connected", "active": True})
                self.stand_still(hours=2)
                self.watch()
                self.assertTrue(self.calls())
                self.account.write(values)
                self.assertFalse(self.watch())
                self.assertFalse(self.calls())
                self.assertFalse(self.account.outages)

    # === WHAT FAILED === #

    def test_failed_actions_are_listed_once(self):
        self.watch()
        order = self.receive()
        action = order._plan_action("accept")
        action._mark_failed("marketplace", "No such parcel")
        self.assertFalse(self.watch(), "it may not be committed yet")
        action.closed_at -= timedelta(minutes=3)
        self.account.failures_told_until -= timedelta(minutes=10)
        mails = self.watch()
        self.assertEqual(len(mails), 2)
        self.assertIn(order.name, mails[0].body_html)
        self.assertNotIn(order.customer_name or "?", mails[0].body_html)
        self.assertFalse(self.watch())

    def test_failed_actions_are_named_in_the_language_of_who_reads_it(self):
        self.watch()
        action = self.receive()._plan_action("accept")
        action._mark_failed("marketplace", "No such parcel")
        action.closed_at -= timedelta(minutes=3)
        self.account.failures_told_until -= timedelta(minutes=10)
        bodies = {mail.email_to: str(mail.body_html) for mail in self.watch()}
        self.assertIn("Accepter", bodies[self.manager.email_formatted])
        self.assertNotIn("Accepter", bodies[self.user.email_formatted])

    def test_what_failed_before_anybody_watched_is_told_to_nobody(self):
        action = self.receive()._plan_action("accept")
        action._mark_failed("marketplace", "No such parcel")
        action.closed_at -= timedelta(hours=3)
        self.assertFalse(self.watch())
        self.assertFalse(self.watch())

    # === WHOM === #

    def test_failed_imports_are_mailed_to_all_of_them(self):
        self.put(payload("BAD", total="1.00"))
        self.sync()
        mails = self.env["mail.mail"].search([("body_html", "ilike", "BAD")])
        self.assertEqual(
            set(mails.mapped("email_to")),
            set((self.manager | self.user).mapped("email_formatted")),
        )

    def test_everybody_reads_it_in_their_language(self):
        seen = {
            user: account.env.lang
            for user, account in self.env["lengow.alarm"]._for_each(self.account)
        }
        self.assertEqual(seen, {self.manager: "fr_FR", self.user: "en_US"})
        languages = {account.env.lang for account, _ in self.account._mail_addresses()}
        self.assertEqual(languages, {"fr_FR", "en_US"})

    def test_without_anybody_chosen_it_is_the_responsible(self):
        self.account.write({"alert_user_ids": False, "user_id": self.user.id})
        self.stand_still(hours=2)
        self.assertEqual(self.watch().email_to, self.user.email_formatted)
        self.assertEqual(self.calls().user_id, self.user)

    def test_who_has_left_is_told_nothing(self):
        self.manager.active = False
        self.stand_still(hours=2)
        self.assertEqual(self.watch().email_to, self.user.email_formatted)

    def test_mails_can_be_switched_off_and_activities_stay(self):
        self.account.report_errors_by_mail = False
        self.stand_still(hours=2)
        self.assertFalse(self.watch())
        self.assertTrue(self.calls())

    def test_who_may_not_see_the_account_cannot_be_chosen(self):
        stranger = self.create_stranger("lengow_connector.group_manager")
        for user in (stranger, self.create_accountant()):
            with self.assertRaisesRegex(ValidationError, self.account.name):
                self.account.alert_user_ids = user
