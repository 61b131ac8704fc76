"""Errors for people: activities, one mail per run, counters."""

from unittest.mock import patch

from lxml import etree

from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.safe_eval import safe_eval

from odoo.addons.base.models import ir_cron

from ..models.sales import lengow_importer
from .common import LengowCase, address, line, package, payload

TO_FIX = "lengow_connector.mail_activity_type_orders_to_fix"


@tagged("post_install", "-at_install")
class TestOrderErrors(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.email = "responsible@example.com"
        cls.account.user_id = cls.user

    def mails(self):
        return self.env["mail.mail"].search([("email_to", "ilike", self.user.email)])

    def broken(self, number="A-1", sku="NOPE"):
        return self.import_payload(payload(number, package(line(sku))))

    def activity(self, account=None):
        return self.env["mail.activity"].search(
            [
                ("res_model", "=", "lengow.account"),
                ("res_id", "=", (account or self.account).id),
                ("activity_type_id", "=", self.env.ref(TO_FIX).id),
            ]
        )

    # === ACTIVITY === #

    def test_error_is_an_activity_of_the_responsible(self):
        order = self.broken()
        activity = self.activity()
        self.assertEqual(activity.user_id, self.user)
        self.assertEqual(activity.summary, "Unknown product (1)")
        self.assertFalse(order.activity_ids)
        self.assertEqual(activity.state, "today")
        self.assertEqual(activity.activity_type_id.decoration_type, "danger")

    def test_orders_with_the_same_error_are_one_thing_to_do(self):
        for number in range(5):
            self.put(payload(f"A-{number}", package(line(f"NOPE-{number}"))))
        nowhere = address(common_country_iso_a2=None)
        self.put(payload("B-1", package(delivery=nowhere), billing_address=nowhere))
        self.sync()
        self.assertEqual(
            set(self.activity().mapped("summary")),
            {"Unknown product (5)", "No country (1)"},
        )
        counted = self.activity().filtered(lambda a: "5" in a.summary)
        counted.date_deadline = "2030-01-01"  # what a person changes stays
        self.create_product("NOPE-0")
        self.sync()
        self.order("A-0").action_import()
        self.assertEqual(counted.summary, "Unknown product (4)")
        self.assertEqual(str(counted.date_deadline), "2030-01-01")

    def test_accounts_have_their_own_things_to_do(self):
        self.broken()
        other = self.create_account(name="Other Shop")
        self.assertFalse(self.activity(other))
        self.assertEqual(len(self.activity()), 1)

    def test_same_error_is_not_repeated(self):
        order = self.broken()
        activity, mails = self.activity(), self.mails()
        order.action_import()
        self.broken()
        order.with_user(self.user).action_import()
        self.assertEqual(self.activity(), activity)
        self.assertEqual(self.mails(), mails)

    def test_what_takes_several_turns_of_a_run_is_one_mail(self):
        for number in range(4):
            self.put(payload(f"A-{number}", package(line(f"NOPE-{number}"))))
        with (
            patch.object(lengow_importer, "BATCH_SIZE", 1),
            patch.object(ir_cron, "MIN_TIME_PER_JOB", 0),
            self.crons(),
        ):
            self.run_cron("cron_fetch_orders")
            self.run_cron("cron_process_orders")
        self.env.invalidate_all()
        self.assertEqual(set(self.account.order_ids.mapped("import_state")), {"error"})
        self.assertEqual(len(self.mails()), 1)
        self.assertIn("(4)", self.mails().subject)

    def test_run_that_takes_long_says_meanwhile_what_it_has_met(self):
        todo = self.env["lengow.todo"]
        order = self.import_payload(payload("A-1"))
        order.write({"invoice_state": "error", "invoice_error": "Period is closed"})
        todo._settle_turn(is_through=False)
        self.assertFalse(self.mails(), "there is more to come")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_order SET write_date = write_date - INTERVAL '20 minutes' "
            "WHERE id = %s",
            [order.id],
        )
        todo._settle_turn(is_through=False)
        self.assertIn("(1)", self.mails().subject)

    def test_what_is_marked_as_done_comes_back_with_a_new_error_only(self):
        order = self.broken()
        self.activity().action_done()
        self.sync()
        order.action_import()
        self.assertFalse(self.activity())
        self.broken("A-2", "NEITHER")
        self.assertEqual(self.activity().summary, "Unknown product (2)")

    def test_another_error_replaces_the_first(self):
        order = self.broken()
        first = self.activity()
        nowhere = address(common_country_iso_a2=None)
        self.import_payload(
            payload("A-1", package(delivery=nowhere), billing_address=nowhere)
        )
        self.assertEqual(order.error_code, "country_missing")
        self.assertFalse(first.exists())
        self.assertEqual(self.activity().summary, "No country (1)")
        self.assertEqual(len(self.mails()), 2)

    def test_activity_closes_when_the_order_is_imported(self):
        order = self.broken()
        self.create_product("NOPE")
        order.action_import()
        self.assertEqual(order.import_state, "imported")
        self.assertFalse(self.activity())
        self.assertFalse(order.reported_error)

    def test_activity_closes_when_the_order_is_canceled(self):
        self.broken()
        self.import_payload(
            payload("A-1", package(line("NOPE")), lengow_status="canceled")
        )
        self.assertFalse(self.activity())

    def test_error_that_comes_back_is_reported_again(self):
        self.broken()
        self.import_payload(
            payload("A-1", package(line("NOPE")), lengow_status="canceled")
        )
        self.broken()
        self.assertTrue(self.activity())
        self.assertEqual(len(self.mails()), 2)

    def test_account_without_responsible_still_has_activities(self):
        self.account.user_id = False
        self.broken()
        self.assertEqual(len(self.activity()), 1)
        self.assertTrue(self.activity().user_id.active)

    def test_archived_responsible_gets_nothing_and_a_manager_gets_it(self):
        self.user.active = False
        self.broken()
        somebody = self.activity().user_id
        self.assertTrue(somebody.active)
        self.assertNotEqual(somebody, self.user)

    def test_failed_invoice_is_reported_and_closed_like_any_error(self):
        order = self.import_payload(payload())
        order.write({"invoice_state": "error", "invoice_error": "Period is closed"})
        self.env["lengow.todo"]._settle_errors()
        self.assertEqual(self.activity().summary, "Not Invoiced (1)")
        self.assertIn("Not Invoiced", self.mails().body_html)
        self.assertNotIn("Period", self.mails().body_html)
        self.assertEqual(self.env["lengow.order"].get_overview()["to_fix"], 1)
        order.invoice_state = "done"
        self.env["lengow.todo"]._settle_errors()
        self.assertFalse(self.activity())

    # === WHOSE IT IS === #

    def test_what_somebody_has_canceled_comes_back_with_a_new_error_only(self):
        self.broken()
        self.activity().unlink()
        self.env["lengow.todo"]._settle_errors()
        self.assertFalse(self.activity())
        self.broken("A-2")
        self.assertEqual(self.activity().summary, "Unknown product (2)")

    def test_what_was_mended_and_goes_wrong_again_is_called_for_again(self):
        order = self.broken()
        self.activity().unlink()
        self.create_product("NOPE")
        order.action_import()
        self.env["lengow.todo"]._settle_errors()
        self.broken("A-2", "NEVER")
        self.assertEqual(self.activity().summary, "Unknown product (1)")

    def test_an_archived_account_calls_nobody(self):
        self.broken()
        self.account.active = False
        self.env["lengow.todo"]._settle_errors()
        self.assertFalse(self.activity())
        self.account.active = True
        self.env["lengow.todo"]._settle_errors()
        self.assertEqual(self.activity().summary, "Unknown product (1)")

    def test_another_language_counts_on_in_the_same_activity(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.broken()
        activity = self.activity()
        self.user.lang = "fr_FR"
        label = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "lengow.order"),
                ("field_id.name", "=", "error_code"),
                ("value", "=", "product_missing"),
            ]
        )
        label.with_context(lang="fr_FR").name = "Produit inconnu"
        self.broken("A-2")
        self.assertEqual(self.activity(), activity)
        self.assertEqual(activity.summary, "Produit inconnu (2)")

    def test_another_responsible_takes_over_what_there_is_to_do(self):
        order = self.broken()
        order._call_person(TO_FIX, "Look", "at it")
        by_hand = self.account.activity_schedule(
            "mail.mail_activity_data_todo", user_id=self.user.id, automated=False
        )
        mine, of_order = self.activity(), order.activity_ids
        self.assertEqual((mine | of_order).user_id, self.user)
        self.account.user_id = self.manager
        self.assertEqual((mine | of_order).user_id, self.manager)
        self.assertEqual(by_hand.user_id, self.user)

    def test_who_leaves_hands_over_what_there_is_to_do(self):
        self.broken()
        self.user.action_archive()
        self.assertTrue(self.activity().user_id.active)
        self.assertNotEqual(self.activity().user_id, self.user)

    def test_who_is_deleted_hands_over_what_there_is_to_do(self):
        leaver = self.create_user("leaver", "lengow_connector.group_user")
        self.account.user_id = leaver
        self.broken()
        activity = self.activity()
        self.assertEqual(activity.user_id, leaver)
        self.account.user_id = False
        activity.user_id = leaver
        leaver.unlink()
        self.assertTrue(self.activity().user_id)

    def test_who_may_look_after_it_no_more_hands_over_what_there_is_to_do(self):
        order = self.broken()
        order._call_person(TO_FIX, "Look", "at it")
        mine, of_order = self.activity(), order.activity_ids
        self.assertEqual((mine | of_order).user_id, self.user)
        users = self.env.ref("lengow_connector.group_user")
        other = self.env["res.company"].create({"name": "Another Company"})
        for loss in (
            {"group_ids": [(3, users.id)]},
            {"company_id": other.id, "company_ids": [(6, 0, other.ids)]},
            {"active": False},
        ):
            with self.subTest(loss):
                (mine | of_order).user_id = self.user
                before = {name: self.user[name] for name in loss}
                self.user.write(loss)
                with self.crons():
                    self.run_cron("cron_process_orders")
                for somebody in (mine | of_order).mapped("user_id"):
                    self.assertNotEqual(somebody, self.user)
                    self.assertTrue(order.with_user(somebody).has_access("read"))
                self.user.write(
                    {
                        name: [(6, 0, value.ids)]
                        if name.endswith("_ids")
                        else value.id
                        if name == "company_id"
                        else value
                        for name, value in before.items()
                    }
                )

    def test_who_may_not_see_the_orders_is_called_to_none(self):
        self.user.group_ids -= self.env.ref("lengow_connector.group_user")
        self.broken()
        somebody = self.activity().user_id
        self.assertTrue(self.account.with_user(somebody).has_access("read"))

    # === PRODUCTS === #

    def test_an_order_that_fails_shows_the_products_that_are_known(self):
        order = self.import_payload(
            payload("A-1", package(line("SHIRT"), line("NOPE")))
        )
        self.assertEqual(order.error_code, "product_missing")
        known, unknown = order.line_ids.sorted("sequence")
        self.assertEqual(known.product_id, self.shirt)
        self.assertFalse(unknown.product_id)

    def test_only_what_waits_for_a_product_is_to_be_matched(self):
        canceled = line("GONE", lengow_status="canceled")
        lines = package(line("SHIRT"), line("NOPE"), canceled)
        order = self.import_payload(payload("A-1", lines))
        self.assertEqual(order.line_ids.mapped("may_match"), [False, True, False])
        self.marketplace.active = False
        self.assertFalse(any(order.line_ids.mapped("may_match")))
        self.marketplace.active = True
        self.create_product("NOPE")
        self.sync()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertFalse(any(order.line_ids.mapped("may_match")))

    def test_products_that_cannot_be_noted_stop_no_order(self):
        original = type(self.env["lengow.matcher"])._match

        def match(matcher, orders):
            if "A-1" in orders.mapped("name"):
                self.env.cr.execute("SELECT 1 / 0")
            return original(matcher, orders)

        self.patch(type(self.env["lengow.matcher"]), "_match", match)
        self.put(payload("A-1", package(line("NOPE"))))
        self.put(payload("A-2", package(line("SHIRT"), line("NEITHER"))))
        self.put(payload("A-3"))
        with (
            self.assertLogs("odoo.addons.lengow_connector", "ERROR"),
            mute_logger("odoo.sql_db"),
        ):
            self.sync()
        self.assertEqual(self.order("A-1").error_code, "product_missing")
        self.assertIn(self.shirt, self.order("A-2").line_ids.product_id)
        self.assertEqual(self.order("A-3").import_state, "imported")

    def test_a_line_that_is_added_in_front_gets_its_own_product(self):
        lines = line("SHIRT", marketplace_order_line_id="L-1")
        waits = {"lengow_status": "waiting_acceptance", "marketplace_status": "New"}
        order = self.import_payload(payload("A-1", package(lines), **waits))
        self.assertEqual(order.line_ids.product_id, self.shirt)
        first = line("MUG", marketplace_order_line_id="L-0")
        self.import_payload(payload("A-1", package(first, lines), **waits))
        for one in order.line_ids:
            self.assertEqual(one.product_id.default_code, one.sku)

    # === MAIL === #

    def test_one_mail_per_run_without_data_of_a_buyer(self):
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number, package(line("NOPE", title="Secret title"))))
        self.sync()
        mail = self.mails()
        self.assertEqual(len(mail), 1)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, "Test Shop: marketplace orders to fix (3)")
        self.assertIn(f"/odoo/lengow-orders/{self.order('A-2').id}", mail.body_html)
        self.assertIn("Unknown product", mail.body_html)
        for personal in ("Camille", "Exemple", "rue du Test", "0600000000", "75001"):
            self.assertNotIn(personal, mail.body_html)

    def test_next_run_reports_new_errors_only(self):
        self.broken("A-1")
        self.broken("A-2", "NADA")
        latest = self.mails().sorted("id")[-1]
        self.assertNotIn("A-1", latest.body_html)
        self.assertIn("A-2", latest.body_html)

    def test_mail_can_be_switched_off(self):
        self.account.report_errors_by_mail = False
        self.broken()
        self.assertFalse(self.mails())
        self.assertTrue(self.activity())

    def test_long_mail_is_cut(self):
        for number in range(60):
            self.put(payload(f"A-{number}", package(line("NOPE"))))
        self.sync()
        self.assertEqual(self.mails().body_html.count("/odoo/lengow-orders/"), 50)
        self.assertIn("10", self.mails().body_html)

    def test_crons_report_once_for_fetch_and_import(self):
        self.put(payload("A-1", package(line("NOPE"))))
        self.put(payload("A-2", total="not a number"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
            self.assertFalse(self.mails())
            self.run_cron("cron_process_orders")
            self.assertEqual(len(self.mails()), 1)
            self.assertIn("A-1", self.mails().body_html)
            self.assertIn("A-2", self.mails().body_html)
            self.run_cron("cron_process_orders")
            self.assertEqual(len(self.mails()), 1)

    # === COST === #

    def test_reporting_many_errors_costs_as_many_queries_as_few(self):
        few, many = (self._queries_to_report(count) for count in (10, 110))
        self.assertLess((many - few) / 100, 0.5)

    def _queries_to_report(self, count):
        Order = self.env["lengow.order"]
        orders = Order.create(
            [
                {
                    "account_id": self.account.id,
                    "marketplace_id": self.marketplace.id,
                    "name": f"Q-{count}-{number}",
                    "import_state": "error",
                    "error_code": "product_missing",
                    "error_message": f"SKU {number}",
                }
                for number in range(count)
            ]
        )
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.env["lengow.todo"]._settle_errors()
        self.env.flush_all()
        self.assertTrue(all(orders.mapped("reported_error")))
        return self.env.cr.sql_log_count - before

    # === FOR PEOPLE WITHOUT ACCESS TO SALE ORDERS === #

    def test_order_is_shown_and_found_without_access_to_sale_orders(self):
        order = self.import_payload(payload()).with_user(self.user)
        self.assertEqual(order.sale_order_count, 1)
        self.assertEqual(order.picking_count, 1)
        number = order.sudo().sale_order_ids.name
        found = order.search([("sale_order_ids.name", "=", number)])
        self.assertEqual(found, order)

    # === COUNTERS === #

    def test_counters_equal_their_filters(self):
        self.broken("A-1")
        self.import_payload(payload("A-2", lengow_status="waiting_acceptance"))
        late = line(max_shipping_date="2026-01-20T10:00:00Z")
        self.import_payload(payload("A-3", package(late)))
        self.import_payload(payload("A-4"))
        moved = package(delivery=address(first_line="2 rue du Test"))
        self.import_payload(payload("A-4", moved))
        Order = self.env["lengow.order"].with_user(self.user)
        counts = Order.get_overview()
        filters = self._search_filters()
        for name, count in counts.items():
            self.assertEqual(count, Order.search_count(filters[name]), name)
        expected = {"to_fix": 1, "to_accept": 1, "to_ship": 3, "late": 1, "changed": 1}
        self.assertEqual({name: counts[name] for name in expected}, expected)

    def _search_filters(self):
        view = self.env.ref("lengow_connector.lengow_order_view_search")
        return {
            node.get("name"): safe_eval(node.get("domain"))
            for node in etree.fromstring(view.arch).iter("filter")
            if node.get("domain")
        }

    def test_counters_stay_within_the_companies(self):
        self.broken("A-1")
        other = self.env["res.company"].create({"name": "Another Company"})
        self.user.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        counts = self.env["lengow.order"].with_user(self.user).get_overview()
        self.assertFalse(any(counts.values()))
