"""Warnings before deadlines pass: one activity of an account, once a deadline."""

from ast import literal_eval
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common.overview import OverviewCase

ACCEPT = "lengow_connector.mail_activity_type_accept_deadline"
SHIP = "lengow_connector.mail_activity_type_ship_deadline"


@tagged("post_install", "-at_install")
class TestDeadlines(OverviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.write({"accept_warning_hours": 4, "ship_warning_hours": 4})

    def due_in(self, hours, name="SHIP", **values):
        deadline = fields.Datetime.now() + timedelta(hours=hours)
        return self.create_order(name, ship_before=deadline, **values)

    def to_accept_in(self, hours, name="ACCEPT", **values):
        return self.create_order(
            name,
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=fields.Datetime.now() + timedelta(hours=hours),
            **values,
        )

    def warn(self):
        with self.crons():
            self.run_cron("cron_warn_deadlines")
        self.env.invalidate_all()

    def warnings(self, xmlid=SHIP, account=None):
        return (account or self.account).activity_search([xmlid])

    def listed(self, name):
        """Return what the link of an activity opens."""
        action = self.env.ref(f"lengow_connector.lengow_order_{name}_soon_action")
        return self.env["lengow.order"].search(literal_eval(action.domain))

    def test_many_near_orders_are_one_activity_of_the_responsible(self):
        for number in range(5):
            self.due_in(1 + number / 2, f"SHIP-{number}")
        self.due_in(-1, "LATE")
        self.due_in(30, "FAR")
        self.warn()
        activity = self.warnings()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.account._find_responsible())
        self.assertIn("To ship soon: 6, late: 1, next by ", activity.summary)
        self.assertIn("/odoo/lengow-orders-ship-soon", activity.note)
        self.assertEqual(len(self.listed("ship")), 6)
        self.assertFalse(self.warnings(ACCEPT))

    def test_acceptances_are_an_activity_of_their_own(self):
        self.to_accept_in(1)
        self.due_in(2)
        self.warn()
        self.assertIn("To accept soon: 1, next by ", self.warnings(ACCEPT).summary)
        self.assertIn("To ship soon: 1, next by ", self.warnings().summary)
        self.assertEqual(self.listed("accept").name, "ACCEPT")

    def test_who_is_done_with_it_is_not_called_again_for_the_same(self):
        self.due_in(1)
        self.warn()
        self.warnings().action_done()
        self.warn()
        self.assertFalse(self.warnings())
        self.due_in(2, "ANOTHER")
        self.warn()
        self.assertIn("To ship soon: 2", self.warnings().summary)

    def test_a_deadline_that_moves_is_warned_about_when_it_is_near_again(self):
        order = self.due_in(1)
        self.warn()
        self.warnings().action_done()
        order.ship_before += timedelta(hours=40)
        self.warn()
        self.assertFalse(order.ship_warned_for)
        self.assertFalse(self.warnings())
        order.ship_before -= timedelta(hours=39)
        self.warn()
        self.assertEqual(len(self.warnings()), 1)

    def test_the_activity_goes_when_all_is_shipped_or_asked_for(self):
        shipped = self.due_in(1, "SHIPPED")
        pending = self.due_in(2, "PENDING")
        self.warn()
        shipped.lengow_status = "shipped"
        self.warn()
        self.assertIn("To ship soon: 1,", self.warnings().summary)
        self.ask(pending, "ship")
        self.warn()
        self.assertFalse(self.warnings())
        self.assertFalse(self.listed("ship"))

    def test_what_nobody_has_to_ship_or_accept_is_no_concern(self):
        self.due_in(1, "IGNORED", import_state="ignored")
        self.due_in(1, "FBA", is_fulfilled_by_marketplace=True)
        self.due_in(1, "CLOSED", lengow_status="closed")
        self.to_accept_in(1, "REFUSED").import_state = "ignored"
        self.create_order("UNDATED")
        self.warn()
        self.assertFalse(self.warnings() | self.warnings(ACCEPT))

    def test_no_hours_and_test_mode_mean_no_warning(self):
        self.due_in(1)
        self.to_accept_in(1)
        self.warn()
        self.account.ship_warning_hours = 0
        self.warn()
        self.assertFalse(self.warnings())
        self.assertTrue(self.warnings(ACCEPT))
        self.account.test_mode = True
        self.warn()
        self.assertFalse(self.warnings(ACCEPT))

    def test_accounts_are_warned_about_apart(self):
        access_token, secret = self.server.second_keys
        other = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        other.action_connect()
        self.due_in(1)
        self.create_order(
            "OTHER",
            other.marketplace_ids[:1],
            ship_before=fields.Datetime.now() + timedelta(hours=1),
        )
        self.warn()
        for account in (self.account, other):
            self.assertIn("To ship soon: 1,", self.warnings(account=account).summary)

    def test_the_summary_tells_the_time_where_the_responsible_is(self):
        responsible = self.account._find_responsible()
        responsible.tz = "Asia/Tokyo"
        order = self.due_in(3)
        self.warn()
        here = self.env["lengow.overview"].with_context(tz="Asia/Tokyo")
        self.assertIn(here._tell_time(order.ship_before), self.warnings().summary)
        local = fields.Datetime.context_timestamp(here, order.ship_before)
        self.assertEqual(self.warnings().date_deadline, local.date())

    def test_a_run_without_news_writes_nothing(self):
        self.due_in(1)
        self.warn()
        with self.assertQueryCount(30):
            self.env["lengow.deadline.warning"]._warn_accounts(self.account)
            self.env.flush_all()
        written = self.warnings().write_date
        self.env["lengow.deadline.warning"]._warn_accounts(self.account)
        self.assertEqual(self.warnings().write_date, written)

    def test_many_orders_cost_no_more_queries(self):
        for number in range(40):
            self.due_in(1, f"SHIP-{number}", email=f"{number}@example.com")
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(60):
            self.env["lengow.deadline.warning"]._warn_accounts(self.account)
            self.env.flush_all()

    def test_a_warning_goes_with_the_account_to_whoever_looks_after_it(self):
        self.account.user_id = self.user
        self.due_in(1)
        self.warn()
        self.assertEqual(self.warnings().user_id, self.user)
        self.account.user_id = self.manager
        self.assertEqual(self.warnings().user_id, self.manager)

    def test_a_disconnected_account_warns_of_nothing(self):
        self.due_in(1)
        self.warn()
        self.account.action_disconnect()
        self.warn()
        self.assertFalse(self.warnings())
