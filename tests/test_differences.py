"""Differences to the marketplace's total that a person lets through, with a reason."""

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, RedirectWarning, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ..mapper.terms import Terms
from .common import LengowCase, address, line, package, payload
from .common.companies import CompaniesCase
from .test_import_errors import in_currency

REASON = "Voucher of the marketplace"


@tagged("post_install", "-at_install")
class TestDifferences(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.difference_limit = 5.0
        cls.product = cls.env.ref("lengow_connector.product_product_difference")

    def failing(self, number="D-1", *packages, total="25.50", **values):
        """Return an order of 24.00 that is announced with another total."""
        order = self.import_payload(payload(number, *packages, total=total, **values))
        self.assertEqual(order.error_code, "total_mismatch", order.error_message)
        return order

    def dialog(self, order, user=None):
        """Return the dialog that the button of the error opens, as a form."""
        as_user = order.with_user(user or self.user)
        self.assertEqual(as_user.fix_label, "Let Difference Through")
        action = as_user.action_fix()
        Dialog = self.env[action["res_model"]].with_user(user or self.user)
        return Form(Dialog.with_context(**action["context"]))

    def let_through(self, order, reason=REASON):
        form = self.dialog(order)
        form.reason = reason
        return form.save().action_confirm()["params"]

    def line_of(self, order):
        return order.sale_order_ids.order_line.filtered(
            lambda li: li.lengow_line_ref == "total_difference"
        )

    # === LET THROUGH === #

    def test_dialog_shows_both_sums_and_the_difference(self):
        form = self.dialog(self.failing())
        self.assertAlmostEqual(form.expected, 24.0)
        self.assertAlmostEqual(form.announced, 25.5)
        self.assertAlmostEqual(form.difference, 1.5)
        self.assertAlmostEqual(form.limit, 5.0)

    def test_difference_is_a_line_of_its_own_and_the_total_is_the_marketplaces(self):
        order = self.failing()
        told = self.let_through(order)
        self.assertEqual(told["type"], "success", told)
        sale = order.sale_order_ids
        self.assertAlmostEqual(sale.amount_total, 25.5)
        self.assertEqual(sale.state, "sale")
        [one] = self.line_of(order)
        self.assertEqual(one.product_id, self.product)
        self.assertAlmostEqual(one.price_total, 1.5)
        self.assertEqual(one.tax_ids, self.tax)

    def test_difference_may_take_something_away(self):
        order = self.failing(total="20.01")
        self.let_through(order)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 20.01)
        self.assertAlmostEqual(self.line_of(order).price_total, -3.99)
        self.assertAlmostEqual(order.difference_amount, -3.99)

    def test_difference_is_spread_where_one_sale_order_is_too_small(self):
        self.account.difference_limit = 50.0
        order = self.failing(
            "D-1",
            package(line("MUG", "20.00")),
            package(line("SHIRT", "30.00"), delivery=address(city="Lyon")),
            total="10.00",
        )
        self.let_through(order)
        totals = order.sale_order_ids.mapped("amount_total")
        self.assertEqual(sorted(totals), [0.0, 10.0])

    def test_who_when_and_why_are_kept_on_the_order_and_told(self):
        order = self.failing()
        self.let_through(order, f"  {REASON} ")
        self.assertEqual(order.difference_user_id, self.user)
        self.assertEqual(order.difference_reason, REASON)
        self.assertTrue(order.difference_at)
        self.assertIn(REASON, order.difference_label)
        for record in (order, order.sale_order_ids):
            notes = str(record.message_ids.mapped("body"))
            self.assertIn(REASON, notes)
            self.assertIn(self.user.name, notes)

    def test_invoice_totals_it_and_is_found_by_accountants(self):
        self.shirt.invoice_policy = "order"
        order = self.failing()
        self.let_through(order)
        invoice = order.sale_order_ids._create_invoices()
        self.assertAlmostEqual(invoice.amount_total, 25.5)
        accountant = self.create_accountant()
        for model, domain in (
            ("sale.order", [("order_line.lengow_line_ref", "=", "total_difference")]),
            (
                "account.move",
                [("line_ids.sale_line_ids.lengow_line_ref", "=", "total_difference")],
            ),
        ):
            found = self.env[model].with_user(accountant).search(domain)
            self.assertEqual(found.lengow_order_id, order, model)

    def test_invoiced_at_once_with_the_goods(self):
        self.shirt.invoice_policy = "order"
        self.marketplace.workflow = "invoice"
        self.account.payment_journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        order = self.failing(total="20.00")
        self.let_through(order)
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(order.invoice_state, "done", order.invoice_error)
        self.assertAlmostEqual(order.sale_order_ids.invoice_ids.amount_total, 20.0)

    # === THE LIMIT === #

    def test_nothing_is_let_through_unless_a_limit_is_set(self):
        account = self.create_account(name="Another")
        self.assertEqual(account.difference_limit, 0.0)
        self.account.difference_limit = 0.0
        order = self.failing()
        self.assertEqual(order.with_user(self.user).fix_label, "Refresh from Lengow")
        [banner] = order.with_user(self.user).banners
        self.assertRegex(banner["hint"], "D-1 is more than .*0.00.* set on Test Shop")
        with self.assertRaisesRegex(UserError, "D-1.*more than"):
            self.env["lengow.order.difference"].with_user(self.user)._open_for(order)

    def test_limit_holds_for_a_dialog_that_was_open_already(self):
        order = self.failing()
        self.assertFalse(order.with_user(self.user).banners[0]["hint"])
        form = self.dialog(order)
        form.reason = REASON
        late = form.save()
        self.account.difference_limit = 1.49
        with self.assertRaisesRegex(UserError, "1.49.*Test Shop"):
            late.action_confirm()
        self.account.difference_limit = 1.5
        late.action_confirm()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_limit_is_in_the_currency_of_the_company(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        order = self.import_payload(in_currency("CHF", number="D-1", total="34.00"))
        self.env["product.pricelist"].create({"name": "CHF", "currency_id": swiss.id})
        order.action_import()
        self.assertEqual(order.error_code, "total_mismatch", order.error_message)
        with self.assertRaisesRegex(UserError, "no exchange rate for CHF"):
            self.env["lengow.order.difference"]._open_for(order)
        rate = self.env["res.currency.rate"].create(
            {
                "currency_id": swiss.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 1.9,
            }
        )
        with self.assertRaisesRegex(UserError, "more than"):  # 5.26 EUR
            self.env["lengow.order.difference"]._open_for(order)
        rate.rate = 2.0
        order.currency_rate = 2.0
        self.let_through(order)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 34.0)

    def test_limit_is_not_negative_and_the_product_can_be_sold(self):
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.env.cr.savepoint(),
        ):
            self.account.difference_limit = -1.0
            self.env.flush_all()
        gone = self.create_product("GONE", type="service", active=False)
        with self.assertRaisesRegex(ValidationError, "Gone.*archived"):
            self.account.difference_product_id = gone

    # === WHAT IS REFUSED === #

    def test_a_reason_is_needed(self):
        form = self.dialog(self.failing())
        form.reason = "  "
        with self.assertRaisesRegex(UserError, "why"):
            form.save().action_confirm()

    def test_sums_that_nobody_has_seen_are_not_let_through(self):
        order = self.failing()
        form = self.dialog(order)
        form.reason = REASON
        late = form.save()
        self.put(payload("D-1", total="27.00"))
        self.sync()
        with self.assertRaisesRegex(UserError, "changed meanwhile"):
            late.action_confirm()
        self.assertEqual(order.import_state, "error")

    def test_several_orders_are_not_let_through_at_once(self):
        orders = self.failing("D-1") | self.failing("D-2")
        with self.assertRaisesRegex(UserError, "select one"):
            orders.with_user(self.user).action_fix()

    def test_an_order_without_difference_has_nothing_to_let_through(self):
        order = self.import_order("D-1")
        with self.assertRaisesRegex(UserError, "no difference"):
            self.env["lengow.order.difference"]._open_for(order)

    def test_strangers_and_accountants_let_nothing_through(self):
        order = self.failing()
        stranger = self.create_stranger("lengow_connector.group_manager")
        for user in (stranger, self.create_accountant()):
            Dialog = self.env["lengow.order.difference"].with_user(user)
            with self.assertRaises(AccessError):
                Dialog.create({"order_id": order.id, "reason": REASON})
        with self.assertRaises(AccessError):
            order.with_user(self.user).write({"difference_key": "24.00 25.50 EUR"})

    # === AS LONG AS THE TOTALS STAY === #

    def test_it_survives_a_refresh_while_something_else_is_wrong(self):
        order = self.failing()
        self.shirt.active = False
        told = self.let_through(order)
        self.assertEqual(told["type"], "warning")
        self.assertEqual(order.error_code, "product_unusable")
        self.put(payload("D-1", total="25.50", commission="2.00"))
        self.sync()
        with self.crons():
            self.shirt.active = True
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 25.5)

    def test_other_totals_are_asked_anew(self):
        for total, amount in (("26.50", "24.00"), ("25.50", "23.00")):
            number = f"D-{amount}"
            order = self.failing(number)
            self.shirt.active = False
            self.let_through(order)
            self.shirt.active = True
            changed = payload(number, package(line(amount=amount)), total=total)
            order = self.import_payload(changed)
            self.assertEqual(order.error_code, "total_mismatch")
            self.let_through(order)
            self.assertAlmostEqual(order.sale_order_ids.amount_total, float(total))

    def test_it_is_forgotten_where_the_totals_agree_in_the_end(self):
        order = self.failing()
        self.shirt.active = False
        self.let_through(order)
        self.shirt.active = True
        order = self.import_payload(payload("D-1"))
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertFalse(self.line_of(order))
        self.assertFalse(order.difference_amount or order.difference_label)

    def test_total_that_changes_after_the_import_is_asked_anew(self):
        order = self.failing()
        self.let_through(order)
        before = order.sale_order_ids
        self.put(payload("D-1", total="26.00"))
        self.sync()
        self.assertEqual(order.change_kind, "content")
        self.assertIn("Total", order.change_summary)
        with (
            self.assertRaisesRegex(RedirectWarning, "announces 26") as caught,
            self.env.cr.savepoint(),
        ):
            order.with_user(self.user).action_apply_changes()
        _words, action_id, label, context = caught.exception.args
        self.assertEqual(label, "Let Difference Through")
        action = self.env["ir.actions.act_window"].browse(action_id)
        Dialog = self.env[action.res_model].with_user(self.user)
        self.env.invalidate_all()
        form = Form(Dialog.with_context(**context))
        form.reason = "Another voucher"
        form.save().action_confirm()
        sale = order.sale_order_ids - before
        self.assertAlmostEqual(sale.amount_total, 26.0)
        self.assertEqual(before.state, "cancel")
        self.assertFalse(order.change_kind)
        self.assertEqual(order.difference_reason, "Another voucher")

    def test_an_unexplained_total_after_a_plain_import_bothers_nobody(self):
        order = self.import_order("D-1")
        self.put(payload("D-1", total="20.00"))
        self.sync()
        self.assertFalse(order.change_kind)

    # === ITS PRODUCT, AND THE END === #

    def test_product_that_cannot_be_sold_any_more_stops_the_order(self):
        order = self.failing()
        self.product.active = False
        told = self.let_through(order)
        self.assertIn("Marketplace Difference", told["message"])
        self.assertEqual(order.error_code, "setting_unusable")
        with self.crons():
            self.product.active = True
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_account_of_an_earlier_version_has_a_product_all_the_same(self):
        self.account.difference_product_id = False
        order = self.failing()
        self.let_through(order)
        self.assertEqual(self.line_of(order).product_id, self.product)

    def test_reason_goes_with_the_buyers_data(self):
        order = self.failing()
        self.let_through(order, "Camille Exemple paid more")
        order._anonymise()
        self.assertFalse(order.difference_reason)
        self.assertAlmostEqual(order.difference_amount, 1.5)
        for record in (order, order.sale_order_ids):
            self.assertNotIn("Camille", str(record.message_ids.mapped("body")))


@tagged("post_install", "-at_install")
class TestDifferencesElsewhere(CompaniesCase):
    """The limit is the account's, and the order another company's."""

    def failing(self, **values):
        self.account.difference_limit = 5.0
        self.add_rule()
        order = self.receive_from("D-1", total="25.50", **values)
        self.assertEqual(order.error_code, "total_mismatch", order.error_message)
        self.assertEqual(order.company_id, self.company_b)
        self.forget()
        return order

    def forget(self):
        """Read anew, by the rights of whoever reads."""
        self.env.flush_all()
        self.env.invalidate_all()

    def test_who_works_in_the_orders_company_alone_lets_it_through(self):
        order = self.failing().with_user(self.user_b)
        self.assertEqual(order.fix_label, "Let Difference Through")
        self.forget()
        action = order.action_fix()
        self.forget()
        Dialog = self.env[action["res_model"]].with_user(self.user_b)
        form = Form(Dialog.with_context(**action["context"]))
        self.assertAlmostEqual(form.limit, 5.0)
        form.reason = REASON
        dialog = form.save()
        self.forget()
        dialog.action_confirm()
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sudo().sale_order_ids.amount_total, 25.5)

    def test_limit_is_held_against_nothing_without_a_rate_of_the_accounts_company(self):
        swiss = self.env.ref("base.CHF")
        swiss.active = True
        swiss.rate_ids.unlink()
        self.company_b.currency_id = swiss
        francs = {"iso_a3": "CHF", "symbol": "CHF", "name": "CHF"}
        order = self.failing(currency=francs, original_currency=francs)
        self.assertEqual(order.currency_rate, 1.0)
        with self.assertRaisesRegex(UserError, "no exchange rate for CHF"):
            self.env["lengow.order.difference"]._open_for(order)
        self.env["res.currency.rate"].create(
            {
                "currency_id": swiss.id,
                "company_id": self.company.id,
                "name": "2026-01-01",
                "rate": 0.25,
            }
        )
        with self.assertRaisesRegex(UserError, "more than"):  # 6 EUR
            self.env["lengow.order.difference"]._open_for(order)


@tagged("post_install", "-at_install")
class TestFees(LengowCase):
    def import_fee(self, number="F-1", *packages, fee="3.50", **values):
        return self.import_order(number, *packages, processing_fee=fee, **values)

    def refs(self, order):
        return {
            li.lengow_line_ref: li.price_total
            for li in order.sale_order_ids.order_line
            if li.lengow_line_ref in ("shipping", "processing_fee")
        }

    def test_fee_is_a_line_of_its_own_by_default(self):
        order = self.import_fee(shipping="4.00")
        self.assertEqual(self.refs(order), {"shipping": 4.0, "processing_fee": 3.5})
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 31.5)
        self.assertFalse(order.left_out_fee)

    def test_fee_with_shipping(self):
        self.account.fee_policy = "shipping"
        order = self.import_fee("F-1", shipping="4.00")
        self.assertEqual(self.refs(order), {"shipping": 7.5})
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 31.5)
        self.assertEqual(self.refs(self.import_fee("F-2")), {"shipping": 3.5})

    def test_fee_that_is_left_out_is_named_on_order_and_sale_order(self):
        self.account.fee_policy = "drop"
        order = self.import_fee(shipping="4.00")
        self.assertEqual(self.refs(order), {"shipping": 4.0})
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 28.0)
        self.assertAlmostEqual(order.left_out_fee, 3.5)
        for record in (order, order.sale_order_ids):
            notes = str(record.message_ids.mapped("body"))
            for amount in ("3.50", "28.00", "31.50"):
                self.assertIn(amount, notes)

    def test_fee_that_is_left_out_may_be_missing_in_the_total_as_well(self):
        values = {"shipping": "4.00", "processing_fee": "3.50", "total": "28.00"}
        order = self.import_payload(payload("F-1", **values))
        self.assertEqual(order.error_code, "total_mismatch")
        with self.crons():
            self.account.fee_policy = "drop"
            self.run_cron("cron_process_orders")
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 28.0)
        self.assertAlmostEqual(order.left_out_fee, 3.5)

    def test_leaving_the_fee_out_explains_no_other_difference(self):
        self.account.fee_policy = "drop"
        for number, total in (("F-1", "27.99"), ("F-2", "28.01"), ("F-3", "31.49")):
            values = {"shipping": "4.00", "processing_fee": "3.50", "total": total}
            order = self.import_payload(payload(number, **values))
            self.assertEqual(order.error_code, "total_mismatch", total)

    def test_fee_left_out_beside_a_difference_that_is_let_through(self):
        self.account.write({"fee_policy": "drop", "difference_limit": 5.0})
        order = self.import_payload(payload("F-1", processing_fee="3.50", total="28"))
        self.assertEqual(order.error_code, "total_mismatch")
        totals = self.env["lengow.difference"]._totals(order)
        self.env["lengow.difference"]._let_through(order, totals.key, "Known")
        order.action_import()
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 24.5)

    def test_vat_of_a_fee_that_is_left_out_is_no_doubt(self):
        self.account.fee_policy = "drop"
        for number, tax, is_doubtful in (("F-1", "4.00", False), ("F-2", "2.00", True)):
            order = self.import_fee(
                number, package(line(tax=tax)), fee="6.00", total_tax="5.00"
            )
            self.assertAlmostEqual(order.left_out_fee, 6.0)
            self.assertEqual(bool(order.tax_doubt), is_doubtful, order.tax_doubt)

    def test_marketplace_has_its_own_way(self):
        self.account.fee_policy = "drop"
        self.marketplace.fee_policy = "import"
        order = self.import_fee("F-1")
        self.assertEqual(self.refs(order), {"processing_fee": 3.5})
        self.marketplace.fee_policy = False
        self.assertEqual(self.refs(self.import_fee("F-2")), {})

    def test_fee_that_is_not_sold_changes_nothing_when_it_changes(self):
        self.account.fee_policy = "drop"
        order = self.import_fee()
        self.put(payload("F-1", processing_fee="4.00"))
        self.sync()
        self.assertFalse(order.change_kind)
        sold = self.import_fee("F-2", marketplace="galeries_lafayette")
        self.assertAlmostEqual(sold.left_out_fee, 3.5)
        self.account.fee_policy = "import"
        kept = self.import_fee("F-3")
        self.put(payload("F-3", processing_fee="4.00"))
        self.sync()
        self.assertEqual(kept.change_kind, "content")

    def test_vat_of_a_deemed_supplier_is_taken_off_what_is_sold_only(self):
        self.account.fee_policy = "drop"
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        order = self.import_fee(
            "F-1",
            package(line(amount="24.00", tax="4.00")),
            shipping="6.00",
            fee="6.00",
            total_tax="6.00",
            tax={"is_marketplace_deemed_supplier": True},
        )
        self.assertAlmostEqual(order.left_out_fee, 5.0)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 25.0)

    def test_fee_with_shipping_is_told_of_in_a_refund_of_shipping(self):
        self.account.fee_policy = "shipping"
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        order = self.import_fee(
            "F-1",
            package(line(amount="24.00", tax="4.00")),
            shipping="6.00",
            fee="6.00",
            total_tax="6.00",
            tax={"is_marketplace_deemed_supplier": True},
        )
        self.assertEqual(self.refs(order), {"shipping": 10.0})
        self.assertAlmostEqual(float(Terms(order).of_shipping()), 1.2)

    def test_totals_stay_exact_whatever_is_set(self):
        digits = {"import": 0, "shipping": 0, "drop": 1}
        self.shirt.taxes_id = [Command.set(self.create_tax(5.5, included=False).ids)]
        for policy, is_less in digits.items():
            self.account.fee_policy = policy
            for cents in (1, 7, 99, 333):
                fee = f"{cents / 100:.2f}"
                order = self.import_fee(
                    f"{policy}-{cents}",
                    package(line("SHIRT", "19.99", 3), line("MUG", "0.07", 3)),
                    fee=fee,
                    shipping="4.99",
                )
                total = 25.05 + (0 if is_less else cents / 100)
                self.assertAlmostEqual(order.sale_order_ids.amount_total, total)
