"""Commissions as analytic entries, or as draft vendor bills, one a month."""

from datetime import date
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, payload
from .common.companies import CompaniesCase

LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"
BOOKING = "odoo.addons.lengow_connector.models.sales.lengow_commission_booking"
MARCH, APRIL = "2026-03-04 04:20:00", "2026-04-02 04:20:00"


class CommissionCase(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.vendor = cls.env["res.partner"].create({"name": "The Marketplace"})
        cls.expense = cls.env["account.account"].create(
            {"name": "Commissions", "code": "COMM", "account_type": "expense"}
        )
        cls.journal = cls.env["account.journal"].create(
            {"name": "Commissions", "code": "COMM", "type": "purchase"}
        )

    def take(self, number, commission="1.50", day="2026-02-10", **values):
        """Import an order of a day, with its commission."""
        return self.import_payload(
            payload(
                number,
                commission=commission,
                marketplace_order_date=f"{day}T10:00:00Z",
                **values,
            )
        )

    def run_on(self, moment):
        with freeze_time(moment), self.crons():
            self.run_cron("cron_book_commissions")
        self.env.invalidate_all()

    def booked(self, orders):
        found = self.env["lengow.commission"].search([("order_id", "in", orders.ids)])
        return sorted(found.mapped("amount"))


@tagged("post_install", "-at_install")
class TestCommissionBills(CommissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.write(
            {
                "commission_booking": "bill",
                "commission_from": "2026-02-01",
                "commission_partner_id": cls.vendor.id,
                "commission_account_id": cls.expense.id,
                "commission_journal_id": cls.journal.id,
            }
        )

    def bills(self):
        return self.env["account.move"].search(
            [("partner_id", "=", self.vendor.id)], order="id"
        )

    # === A MONTH === #

    def test_month_that_is_over_is_a_draft_of_all_its_commissions(self):
        orders = self.take("C-1") | self.take("C-2", "2.25", "2026-02-28")
        self.take("C-3", "9.00", "2026-03-01")
        self.run_on(MARCH)
        [bill] = self.bills()
        self.assertEqual((bill.move_type, bill.state), ("in_invoice", "draft"))
        self.assertEqual(bill.journal_id, self.journal)
        self.assertEqual(bill.invoice_date, date(2026, 2, 28))
        self.assertAlmostEqual(bill.amount_total, 3.75)
        self.assertIn("2026-02", bill.ref)
        [line] = bill.invoice_line_ids
        self.assertEqual(line.account_id, self.expense)
        self.assertIn("February 2026 (orders: 2)", line.name)
        self.assertEqual(bill.lengow_commission_ids.order_id, orders)
        self.assertEqual(bill.lengow_commission_count, 2)
        bill.action_post()

    def test_no_order_is_billed_twice(self):
        orders = self.take("C-1")
        for _run in range(3):
            self.run_on(MARCH)
        self.assertEqual(len(self.bills()), 1)
        self.run_on(APRIL)
        self.assertEqual(len(self.bills()), 1)
        self.assertEqual(self.booked(orders), [1.5])

    def test_late_orders_and_changes_go_on_the_next_one(self):
        first = self.take("C-1", "5.00")
        self.run_on(MARCH)
        late = self.take("C-2", "2.00", "2026-02-27")
        self.take("C-1", "4.00")  # less was told after a refund
        new = self.take("C-3", "3.00", "2026-03-15")
        self.run_on("2026-03-20 04:20:00")
        self.assertEqual(len(self.bills()), 1, "not before the month is over")
        self.run_on(APRIL)
        bill = self.bills()[1]
        self.assertAlmostEqual(bill.amount_total, 4.0)
        self.assertEqual(len(bill.invoice_line_ids), 2, "a line for each month")
        self.assertEqual(self.booked(first), [-1.0, 5.0])
        self.assertEqual(self.booked(late | new), [2.0, 3.0])
        orders = first | late | new
        self.assertAlmostEqual(
            sum(self.bills().mapped("amount_total")),
            sum(orders.mapped("amount_commission")),
        )

    def test_what_comes_back_in_all_is_a_credit_note(self):
        order = self.take("C-1", "5.00")
        self.run_on(MARCH)
        self.take("C-1", "0.00")
        self.run_on(APRIL)
        refund = self.bills()[1]
        self.assertEqual(refund.move_type, "in_refund")
        self.assertAlmostEqual(refund.amount_total, 5.0)
        self.assertEqual(self.booked(order), [-5.0, 5.0])

    def test_what_sums_to_nothing_waits_for_the_next_one(self):
        first = self.take("C-1", "5.00")
        self.run_on(MARCH)
        self.take("C-1", "0.00")
        other = self.take("C-2", "5.00", "2026-03-02")
        self.run_on(APRIL)
        self.assertEqual(len(self.bills()), 1)
        self.take("C-3", "1.00", "2026-04-02")
        self.run_on("2026-05-02 04:20:00")
        self.assertAlmostEqual(self.bills()[1].amount_total, 1.0)
        self.assertEqual(self.booked(first | other), [-5.0, 5.0, 5.0])

    def test_a_bill_for_each_marketplace_and_currency(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        self.env["product.pricelist"].create({"name": "CHF", "currency_id": swiss.id})
        francs = {"iso_a3": "CHF", "symbol": "CHF", "name": "CHF"}
        self.take("C-1", "1.00")
        self.take("C-2", "2.00", currency=francs, original_currency=francs)
        self.take("C-3", "4.00", marketplace="galeries_lafayette")
        self.run_on(MARCH)
        found = {(b.currency_id.name, b.amount_total) for b in self.bills()}
        self.assertEqual(found, {("EUR", 1.0), ("CHF", 2.0), ("EUR", 4.0)})

    def test_taxes_are_those_that_are_set_and_no_others(self):
        tax = self.create_tax(20.0, included=False, type_tax_use="purchase")
        included = self.create_tax(20.0, type_tax_use="purchase")
        for number, (taxes, total) in enumerate(
            ((tax, 1.8), (included, 1.5), (tax.browse(), 1.5))
        ):
            self.account.commission_tax_ids = [Command.set(taxes.ids)]
            self.take(f"C-{number}", day=f"2026-0{number + 2}-10")
            self.run_on(f"2026-0{number + 3}-02 04:20:00")
            self.assertAlmostEqual(self.bills()[-1].amount_total, total)
            self.assertEqual(self.bills()[-1].invoice_line_ids.tax_ids, taxes)

    # === WHAT IS NOT BILLED === #

    def test_orders_before_the_day_it_began_are_not_booked(self):
        order = self.take("C-1", day="2026-01-31")
        self.run_on(MARCH)
        self.assertFalse(self.bills())
        self.assertEqual(self.booked(order), [])

    def test_orders_that_are_not_imported_are_not_booked(self):
        waiting = self.take("C-1", lengow_status="new")
        failing = self.take("C-2", total="1.00")
        self.run_on(MARCH)
        self.assertEqual(self.booked(waiting | failing), [])

    def test_nothing_is_booked_unless_it_is_set(self):
        self.account.commission_booking = "none"
        self.take("C-1")
        self.run_on(MARCH)
        self.assertFalse(self.bills())

    def test_marketplace_has_its_own_way(self):
        self.marketplace.commission_booking = "none"
        self.take("C-1", "1.00")
        self.take("C-2", "4.00", marketplace="galeries_lafayette")
        self.run_on(MARCH)
        self.assertEqual(self.bills().mapped("amount_total"), [4.0])

    # === A PERSON DELETES THE DRAFT === #

    def test_deleted_draft_is_made_anew_and_a_posted_bill_is_not(self):
        order = self.take("C-1")
        self.run_on(MARCH)
        self.bills().unlink()
        self.assertEqual(self.booked(order), [])
        self.run_on(MARCH)
        self.assertAlmostEqual(self.bills().amount_total, 1.5)
        self.bills().button_cancel()
        self.run_on(APRIL)
        self.assertEqual(len(self.bills()), 1, "a canceled one counts")

    # === WHAT IS WRONG === #

    def test_what_cannot_be_used_any_more_is_told_and_stops_no_other(self):
        other = self.find_marketplace("galeries_lafayette")
        other.commission_journal_id = self.env["account.journal"].create(
            {"name": "Gone", "code": "GONE", "type": "purchase"}
        )
        other.commission_journal_id.active = False
        self.take("C-1", "1.00")
        self.take("C-2", "4.00", marketplace="galeries_lafayette")
        with mute_logger(LOOP):
            self.run_on(MARCH)
        self.assertEqual(self.bills().mapped("amount_total"), [1.0])
        self.assertIn("Gone", other.commission_error)
        self.assertIn("archived", other.commission_error)
        [call] = self.account.activity_ids
        self.assertIn(other.name, call.summary)
        other.commission_journal_id.active = True
        self.env["lengow.pause"].search([]).unlink()
        self.run_on(MARCH)
        self.assertFalse(other.commission_error or self.account.activity_ids)
        self.assertEqual(len(self.bills()), 2)

    def test_a_collision_bills_nothing_and_the_next_run_does(self):
        self.take("C-1")
        Booking = type(self.env["lengow.commission.booking"])
        error = SerializationFailure("could not serialize access")
        with patch.object(Booking, "_note_booked", side_effect=error):
            self.run_on(MARCH)
        self.assertFalse(self.bills())
        self.run_on(MARCH)
        self.assertEqual(len(self.bills()), 1)

    def test_what_is_missing_is_refused_when_it_is_saved(self):
        with self.assertRaisesRegex(ValidationError, "Test Shop.*Commission Vendor"):
            self.account.commission_partner_id = False
        account = self.create_account(name="Another")
        self.assertEqual(account.commission_booking, "none")
        with self.assertRaisesRegex(ValidationError, "Another.*Commissions Since"):
            account.commission_booking = "analytic"
        with self.assertRaisesRegex(ValidationError, "Amazon.*Analytic"):
            self.marketplace.commission_booking = "analytic"
        self.vendor.active = False
        with self.assertRaisesRegex(ValidationError, "The Marketplace.*archived"):
            self.marketplace.commission_partner_id = self.vendor

    # === WHO SEES IT === #

    def test_accountants_see_commissions_and_users_do_not(self):
        self.take("C-1")
        self.run_on(MARCH)
        accountant = self.create_accountant()
        seen = self.env["lengow.commission"].with_user(accountant).search([])
        [values] = seen.web_read(
            {"order_name": {}, "marketplace_name": {}, "amount": {}}
        )
        self.assertEqual(values["order_name"], "C-1")
        opened = seen.action_open_order()
        self.assertEqual(opened["res_model"], "sale.order")
        self.assertEqual(opened["res_id"], seen.order_id.sudo().sale_order_ids.id)
        both = self.env["res.users"].browse(accountant.id)
        both.group_ids |= self.env.ref("lengow_connector.group_user")
        opened = seen.with_user(both).action_open_order()
        self.assertEqual(opened["res_model"], "lengow.order")
        both.group_ids -= self.env.ref("lengow_connector.group_user")
        action = self.bills().with_user(accountant).action_open_lengow_commissions()
        self.assertEqual(seen.search(action["domain"]), seen)
        for user in (self.user, self.manager):
            with self.assertRaises(AccessError):
                self.env["lengow.commission"].with_user(user).search([])
        with self.assertRaises(AccessError):
            seen.amount = 0.0

    def test_successor_of_an_account_bills_nothing_again(self):
        order = self.take("C-1")
        self.run_on(MARCH)
        [booked] = self.env["lengow.commission"].search([])
        self.account.active = False
        successor = self.create_account(name="Successor")
        successor.action_connect()
        successor.write(
            {
                "commission_booking": "bill",
                "commission_from": "2026-02-01",
                "commission_partner_id": self.vendor.id,
                "commission_account_id": self.expense.id,
            }
        )
        self.sync(successor)
        heir = self.order("C-1", successor)
        self.assertEqual(
            heir.sale_order_ids, order.sale_order_ids | heir.sale_order_ids
        )
        self.assertEqual(booked.order_id, heir)
        self.run_on(APRIL)
        self.assertEqual(len(self.bills()), 1)


@tagged("post_install", "-at_install")
class TestCommissionEntries(CommissionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Channels"})
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Commissions", "plan_id": plan.id}
        )
        cls.column = plan._column_name()
        cls.account.write(
            {
                "commission_booking": "analytic",
                "commission_from": "2026-02-01",
                "commission_analytic_id": cls.analytic.id,
            }
        )

    def entries(self):
        return self.env["account.analytic.line"].search(
            [(self.column, "=", self.analytic.id)], order="id"
        )

    def test_each_order_is_an_entry_at_night(self):
        order = self.take("C-1")
        self.run_on("2026-02-11 04:20:00")
        self.run_on("2026-02-12 04:20:00")
        [entry] = self.entries()
        self.assertAlmostEqual(entry.amount, -1.5)
        self.assertEqual((entry.date, entry.ref), (date(2026, 2, 10), "C-1"))
        self.assertEqual(self.booked(order), [1.5])

    def test_what_changes_is_another_entry(self):
        order = self.take("C-1", "5.00")
        self.run_on("2026-02-11 04:20:00")
        self.take("C-1", "4.00")
        self.run_on("2026-02-12 04:20:00")
        self.assertEqual(self.entries().mapped("amount"), [-5.0, 1.0])
        self.entries()[1].unlink()
        self.run_on("2026-02-13 04:20:00")
        self.assertEqual(self.entries().mapped("amount"), [-5.0, 1.0])
        self.assertEqual(self.booked(order), [-1.0, 5.0])

    def test_entry_is_in_the_currency_of_the_company(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": swiss.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 2.0,
            }
        )
        self.env["product.pricelist"].create({"name": "CHF", "currency_id": swiss.id})
        francs = {"iso_a3": "CHF", "symbol": "CHF", "name": "CHF"}
        self.take("C-1", "5.00", currency=francs, original_currency=francs)
        self.run_on("2026-02-11 04:20:00")
        self.assertAlmostEqual(self.entries().amount, -2.5)

    def test_what_has_no_exchange_rate_waits_for_one_and_says_so(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        self.env["product.pricelist"].create({"name": "CHF", "currency_id": swiss.id})
        francs = {"iso_a3": "CHF", "symbol": "CHF", "name": "CHF"}
        self.take("C-1", "5.00", currency=francs, original_currency=francs)
        self.take("C-2", "1.00")
        self.run_on("2026-02-11 04:20:00")
        self.assertEqual(self.entries().mapped("amount"), [-1.0])
        self.assertIn("CHF", self.marketplace.commission_error)
        self.assertEqual(len(self.account.activity_ids), 1)
        self.run_on("2026-02-12 04:20:00")
        self.assertEqual(len(self.account.activity_ids), 1, "called once")
        self.env["res.currency.rate"].create(
            {
                "currency_id": swiss.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 2.0,
            }
        )
        self.run_on("2026-02-13 04:20:00")
        self.assertEqual(self.entries().mapped("amount"), [-1.0, -2.5])
        self.assertFalse(self.marketplace.commission_error)
        self.assertFalse(self.account.activity_ids)

    def test_what_is_booked_one_way_is_not_booked_the_other(self):
        order = self.take("C-1")
        self.run_on("2026-02-11 04:20:00")
        self.account.write(
            {"commission_booking": "bill", "commission_partner_id": self.vendor.id}
        )
        self.run_on(MARCH)
        self.assertFalse(
            self.env["account.move"].search([("partner_id", "=", self.vendor.id)])
        )
        self.assertEqual(self.booked(order), [1.5])

    def test_a_year_of_orders_is_booked_in_several_runs(self):
        orders = self.take("C-1") | self.take("C-2") | self.take("C-3")
        with patch(f"{BOOKING}.ENTRIES_AT_ONCE", 2):
            self.run_on("2026-02-11 04:20:00")
            self.assertEqual(self.booked(orders), [1.5, 1.5])
            cron = self.env.ref("lengow_connector.cron_book_commissions")
            planned = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
            self.assertTrue(planned)
            self.run_on("2026-02-11 04:21:00")
        self.assertEqual(self.booked(orders), [1.5, 1.5, 1.5])
        self.assertEqual(len(self.entries()), 3)

    def test_what_is_not_booked_any_more_is_no_fault_any_more(self):
        self.take("C-1")
        self.analytic.active = False
        with mute_logger(LOOP):
            self.run_on("2026-02-11 04:20:00")
        self.assertIn("archived", self.marketplace.commission_error)
        self.assertTrue(self.account.activity_ids)
        self.env["lengow.pause"].search([]).unlink()
        self.account.commission_booking = "none"
        self.run_on("2026-02-12 04:20:00")
        self.assertFalse(self.marketplace.commission_error)
        self.assertFalse(self.account.activity_ids)

    def test_what_bills_alone_need_stops_no_entry(self):
        self.account.commission_journal_id = self.journal
        self.journal.active = False
        order = self.take("C-1")
        self.run_on("2026-02-11 04:20:00")
        self.assertFalse(self.marketplace.commission_error)
        self.assertEqual(self.booked(order), [1.5])


@tagged("post_install", "-at_install")
class TestCommissionsElsewhere(CommissionCase, CompaniesCase):
    """Commissions of orders that a rule gives to another company are booked there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        plan = cls.env["account.analytic.plan"].create({"name": "Channels"})
        cls.analytic = cls.env["account.analytic.account"].create(
            {"name": "Commissions", "plan_id": plan.id, "company_id": False}
        )
        cls.expense_b = cls.env["account.account"].create(
            {
                "name": "Commissions B",
                "code": "COMB",
                "account_type": "expense",
                "company_ids": [Command.set(cls.company_b.ids)],
            }
        )

    def book_as(self, booking, **values):
        self.account.write(
            {
                "commission_booking": booking,
                "commission_from": "2026-02-01",
                "commission_analytic_id": self.analytic.id,
                "commission_partner_id": self.vendor.id,
                **values,
            }
        )

    def take_from(self, number, company, commission="5.00", **values):
        order = self.receive_from(
            number,
            commission=commission,
            marketplace_order_date="2026-02-10T10:00:00Z",
            **values,
        )
        self.assertEqual(self.company_of(order), company)
        return order

    def entry_of(self, order):
        booked = self.env["lengow.commission"].search([("order_id", "=", order.id)])
        return booked.analytic_line_id

    def test_entry_is_in_the_company_of_its_order(self):
        self.book_as("analytic")
        ours = self.take_from("C-1", self.company)
        self.add_rule()
        theirs = self.take_from("C-2", self.company_b)
        self.run_on("2026-02-11 04:20:00")
        self.assertFalse(self.shop.commission_error)
        for order, company in ((ours, self.company), (theirs, self.company_b)):
            self.assertEqual(self.entry_of(order).company_id, company)
            self.assertAlmostEqual(self.entry_of(order).amount, -5.0)
        booked = self.env["lengow.commission"]
        seen = booked.with_user(self.accountant_b).search([("order_name", "!=", False)])
        self.assertEqual(seen.order_name, "C-2")

    def test_rate_is_that_of_the_company_of_the_order(self):
        self.book_as("analytic")
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        euro = self.env.ref("base.EUR")
        (swiss | euro).rate_ids.unlink()
        self.company_b.currency_id = swiss
        self.env["product.pricelist"].create({"name": "EUR", "currency_id": euro.id})
        self.add_rule()
        order = self.take_from("C-1", self.company_b)
        self.run_on("2026-02-11 04:20:00")
        self.assertEqual(self.booked(order), [])
        self.assertIn("EUR", self.shop.commission_error)
        self.env["res.currency.rate"].create(
            {
                "currency_id": euro.id,
                "company_id": self.company_b.id,
                "name": "2026-01-01",
                "rate": 2.0,
            }
        )
        self.run_on("2026-02-12 04:20:00")
        self.assertAlmostEqual(self.entry_of(order).amount, -2.5)
        self.assertFalse(self.shop.commission_error)

    def bills(self):
        bills = self.env["account.move"].search([("partner_id", "=", self.vendor.id)])
        return {bill.company_id: bill for bill in bills.sorted("id")}

    def test_a_bill_for_each_company_with_what_each_may_use(self):
        self.book_as(
            "bill",
            commission_account_id=self.expense.id,
            commission_journal_id=self.journal.id,
        )
        self.take_from("C-1", self.company, "1.00")
        self.add_rule()
        order = self.take_from("C-2", self.company_b, "5.00")
        self.run_on(MARCH)
        bills = self.bills()
        self.assertEqual(set(bills), {self.company, self.company_b})
        self.assertEqual(bills[self.company].amount_untaxed, 1.0)
        self.assertEqual(bills[self.company].journal_id, self.journal)
        theirs = bills[self.company_b]
        self.assertEqual(theirs.amount_untaxed, 5.0)
        self.assertEqual(theirs.journal_id.company_id, self.company_b)
        line = theirs.invoice_line_ids
        self.assertIn(self.company_b, line.account_id.company_ids)
        self.assertEqual(self.booked(order), [5.0])
        self.run_on("2026-03-05 04:20:00")
        self.assertEqual(
            len(self.env["account.move"].search([("partner_id", "=", self.vendor.id)])),
            2,
        )

    def test_what_a_company_may_not_use_is_told_and_stops_no_other(self):
        self.book_as("bill", commission_account_id=self.expense.id)
        self.vendor.company_id = self.company
        self.take_from("C-1", self.company, "1.00")
        self.add_rule()
        order = self.take_from("C-2", self.company_b, "5.00")
        self.run_on(MARCH)
        self.assertEqual(set(self.bills()), {self.company})
        self.assertIn("Company B", self.shop.commission_error)
        self.assertIn("Commission Vendor", self.shop.commission_error)
        self.run_on("2026-03-05 04:20:00")
        self.assertTrue(self.shop.commission_error, "said until it is mended")
        self.vendor.company_id = False
        self.run_on("2026-03-06 04:20:00")
        self.assertFalse(self.shop.commission_error)
        self.assertEqual(self.bills()[self.company_b].amount_untaxed, 5.0)
        self.assertEqual(self.booked(order), [5.0])


@tagged("post_install", "-at_install")
class TestCommissionDays(CommissionCase):
    """Days and months are those of the company, wherever the server is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.account.write(
            {
                "commission_booking": "bill",
                "commission_from": "2026-03-01",
                "commission_partner_id": cls.vendor.id,
                "commission_account_id": cls.expense.id,
                "commission_journal_id": cls.journal.id,
            }
        )

    def test_an_hour_before_midnight_in_utc_is_the_next_month_in_paris(self):
        order = self.import_payload(
            payload(
                "C-1", commission="1.50", marketplace_order_date="2026-02-28T23:30:00Z"
            )
        )
        before = self.import_payload(
            payload(
                "C-0", commission="9.00", marketplace_order_date="2026-02-28T22:30:00Z"
            )
        )
        late = self.import_payload(
            payload(
                "C-2", commission="2.00", marketplace_order_date="2026-03-31T22:30:00Z"
            )
        )
        # It is April in Paris already.
        self.run_on("2026-03-31 22:40:00")
        self.assertEqual(self.booked(order), [1.5])
        self.assertEqual(self.booked(before | late), [])
        booked = self.env["lengow.commission"].search([("order_id", "=", order.id)])
        self.assertEqual(booked.date, date(2026, 3, 1))
        self.assertEqual(booked.move_id.invoice_date, date(2026, 3, 31))
        self.assertIn("March 2026", booked.move_id.invoice_line_ids.name)
