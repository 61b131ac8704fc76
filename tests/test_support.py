"""The report for support: what it tells, and what it keeps to itself."""

import json

from odoo.tests import HttpCase, new_test_user, tagged

from .common.privacy import AnonymiseCase


@tagged("post_install", "-at_install")
class TestSupport(AnonymiseCase, HttpCase):
    def test_report_tells_what_helps(self):
        order = self.import_marked()
        told = json.loads(self.env["lengow.support"]._report(self.account))
        self.assertEqual(told["account"]["name"], self.account.name)
        self.assertEqual(told["account"]["state"], "connected")
        self.assertEqual(
            told["counts"]["orders"],
            {f"imported / {order.lengow_status}": 1},
        )
        codes = [one["code"] for one in told["marketplaces"]]
        self.assertIn(order.marketplace_id.code, codes)
        self.assertIn("cron_fetch_orders", told["scheduled_actions"])
        self.assertIn("lengow_connector", told["versions"]["modules"])
        self.assertTrue(told["versions"]["odoo"].startswith("19.0"))

    def test_report_names_the_last_runs(self):
        cron = self.env.ref("lengow_connector.cron_fetch_orders")
        self.env["ir.cron.progress"].create({"cron_id": cron.id, "done": 7})
        (run, *_others) = self.env["lengow.support"]._runs()
        self.assertEqual((run["what"], run["done"]), ("cron_fetch_orders", 7))

    def test_report_counts_the_orders_of_this_account_alone(self):
        self.import_marked()
        other = self.account.copy({"name": "Other"})
        told = json.loads(self.env["lengow.support"]._report(other))
        self.assertFalse(told["counts"]["orders"])

    def test_report_holds_no_key_and_nothing_of_a_person(self):
        person = self.env["res.partner"].create({"name": "Somebody Private"})
        self.account.write({"invoice_partner_id": person.id})
        order = self.import_marked()
        report = self.env["lengow.support"]._report(self.account)
        account = self.account.sudo()
        for secret in (
            account.access_token,
            account.secret_token,
            account.base_url,
            person.name,
            order.name,
            order.sale_order_ids.name,
            self.env.user.name,
            self.prefix,
        ):
            self.assertTrue(secret)
            self.assertNotIn(secret, report)

    def test_report_is_a_file_for_managers(self):
        for group, status in (("group_manager", 200), ("group_user", 404)):
            login = f"support_{group}"
            new_test_user(
                self.env,
                login,
                groups=f"base.group_user,lengow_connector.{group}",
                password=login,
            )
            self.authenticate(login, login)
            action = self.env.ref("lengow_connector.lengow_account_report_action")
            self.assertEqual(action.binding_model_id.model, "lengow.account")
            answer = self.url_open(self.account.action_download_report()["url"])
            self.assertEqual(answer.status_code, status)
            if status == 200:
                self.assertEqual(answer.json()["account"]["name"], self.account.name)
                self.assertIn("attachment", answer.headers["Content-Disposition"])

    def test_nobody_learns_which_accounts_there_are(self):
        self.authenticate("admin", "admin")
        answer = self.url_open(f"/lengow/accounts/{self.account.id + 1000}/report")
        self.assertEqual(answer.status_code, 404)
