"""Every error opens its mend, and all the orders that waited for the same go on."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..mapper.problems import ERROR_CODES, ImportProblem
from ..models.sales.lengow_mend import MENDED_BY, MENDS
from .common import LengowCase, line, package, payload
from .test_import_errors import in_currency

CODES = [code for code, _label in ERROR_CODES]


@tagged("post_install", "-at_install")
class TestMend(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls.create_user(
            "lengow-admin",
            "lengow_connector.group_manager",
            "base.group_system",
            "account.group_account_manager",
            "sales_team.group_sale_manager",
            "product.group_product_manager",
        )
        cls.krona = cls.env.ref("base.SEK")
        cls.krona.active = False
        cls.env["product.pricelist"].search(
            [("currency_id", "=", cls.krona.id)]
        ).unlink()

    def failing(self, code, number="E-1"):
        """Return an order in error that says nothing but its code."""
        order = self.import_payload(payload(number))
        order.sale_order_ids._action_cancel()
        order.sale_order_ids.lengow_order_id = False
        order._mark_error(ImportProblem(code, "Something is wrong."))
        return order

    def fix(self, order, user=None):
        return order.with_user(user or self.admin).action_fix()

    def go_on(self):
        with self.crons():
            self.run_cron("cron_process_orders")

    # === THE TABLE === #

    def test_every_error_has_its_mend(self):
        self.assertEqual(set(MENDS), set(CODES))
        for name in MENDS.values():
            self.assertTrue(hasattr(self.env["lengow.mend"], name), name)

    def test_every_error_shows_a_button_that_answers(self):
        order = self.failing("unexpected")
        for code in CODES:
            with self.subTest(code=code), self.env.cr.savepoint() as savepoint:
                order._mark_error(ImportProblem(code, "Something is wrong."))
                self.assertTrue(order.with_user(self.admin).fix_label)
                self.assertFalse(order.with_user(self.admin).fix_hint)
                result = self.fix(order)
                self.assertIsInstance(result, dict)
                savepoint.rollback()
            self.env.invalidate_all()

    def test_every_mend_is_of_an_error_that_there_is(self):
        for model, fields in MENDED_BY.items():
            for name, codes in fields.items():
                with self.subTest(model=model, field=name):
                    self.assertIn(name, self.env[model]._fields)
                    self.assertLessEqual(set(codes), set(CODES))

    def test_what_is_not_wrong_needs_no_mend(self):
        order = self.import_order()
        self.assertFalse(order.fix_label or order.fix_hint)
        with self.assertRaisesRegex(UserError, "nothing to fix"):
            self.fix(order)

    # === WHO MAY === #

    def test_who_may_not_mend_sees_who_can(self):
        order = self.failing("currency_unknown").with_user(self.user)
        self.assertFalse(order.fix_label)
        self.assertIn("Activate EUR", order.fix_hint)
        self.assertIn("Administrator", order.fix_hint)
        with self.assertRaisesRegex(UserError, "Administrator"):
            order.action_fix()

    def test_user_does_not_change_settings(self):
        order = self.failing("fiscal_position_missing").with_user(self.user)
        self.assertFalse(order.fix_label)
        self.assertIn("Manager", order.fix_hint)
        with self.assertRaises(AccessError):
            self.env["lengow.order.setting"].with_user(self.user).create(
                {"order_id": order.id, "kind": "fiscal_position"}
            )

    def test_user_matches_products_and_tries_again(self):
        for code in ("product_missing", "unexpected", "address_missing"):
            order = self.failing(code, f"E-{code}")
            self.assertTrue(order.with_user(self.user).fix_label, code)

    # === MENDED BY THE BUTTON === #

    def test_currency_is_activated_with_its_pricelist_for_all_orders(self):
        first = self.import_payload(in_currency("SEK", number="E-1"))
        other = self.import_payload(in_currency("SEK", number="E-2"))
        unrelated = self.import_payload(payload("E-3", package(line("NOPE"))))
        self.assertEqual(first.error_message, "SEK is not active.")
        self.assertEqual(first.with_user(self.admin).fix_label, "Activate SEK")
        result = self.fix(first)["params"]
        self.assertTrue(self.krona.active)
        self.assertEqual(first.import_state, "imported", first.error_message)
        self.assertEqual(other.import_state, "imported", other.error_message)
        self.assertEqual(unrelated.import_state, "error")
        self.assertIn("2 of 2", result["message"])

    def test_orders_of_a_company_that_is_not_seen_are_neither_counted_nor_named(self):
        first = self.import_payload(in_currency("SEK", number="E-1"))
        other = self.import_payload(in_currency("SEK", number="SECRET-2"))
        company = self.env["res.company"].create({"name": "Elsewhere"})
        elsewhere = self.create_account(
            name="Elsewhere", company_id=company.id, access_token="x", user_id=False
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_order SET account_id = %s, company_id = %s WHERE id = %s",
            [elsewhere.id, company.id, other.id],
        )
        self.env.invalidate_all()
        result = self.fix(first)["params"]
        self.assertIn("1 of 1", result["message"])
        self.assertNotIn("SECRET-2", result["message"])

    def test_second_click_finds_nothing_to_fix(self):
        order = self.import_payload(in_currency("SEK"))
        self.fix(order)
        with self.assertRaisesRegex(UserError, "nothing to fix"):
            self.fix(order)

    def test_currency_that_odoo_does_not_know_is_created(self):
        order = self.import_payload(in_currency("QQQ"))
        action = self.fix(order)
        self.assertEqual(action["res_model"], "res.currency")
        self.assertEqual(action["context"], {"default_name": "QQQ"})
        self.env["res.currency"].create(
            {"name": "QQQ", "symbol": "Q", "full_name": "Test Currency"}
        )
        self.assertEqual(order.import_state, "ready")

    def test_pricelist_is_created(self):
        self.krona.active = True
        order = self.import_payload(in_currency("SEK"))
        self.assertEqual(order.error_code, "pricelist_missing")
        self.assertEqual(order.with_user(self.admin).fix_label, "Create SEK Pricelist")
        self.fix(order)
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_fiscal_position_is_chosen_in_a_dialog(self):
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        first = self.import_payload(payload("E-1", **collected))
        other = self.import_payload(payload("E-2", marketplace="zalando", **collected))
        self.assertEqual(first.error_code, "fiscal_position_missing")
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        dialog = self.wizard_of(self.fix(first), self.admin)
        dialog.deemed_supplier_fiscal_position_id = position
        result = dialog.action_confirm()
        self.assertEqual(self.account.deemed_supplier_fiscal_position_id, position)
        self.assertEqual(first.import_state, "imported", first.error_message)
        self.assertEqual(other.import_state, "imported", other.error_message)
        self.assertIn("2 of 2", result["params"]["message"])

    def test_fiscal_position_of_one_marketplace_stays_there(self):
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        first = self.import_payload(payload("E-1", **collected))
        other = self.import_payload(payload("E-2", marketplace="zalando", **collected))
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        dialog = self.wizard_of(self.fix(first), self.admin)
        dialog.write(
            {"scope": "marketplace", "deemed_supplier_fiscal_position_id": position.id}
        )
        dialog.action_confirm()
        self.assertFalse(self.account.deemed_supplier_fiscal_position_id)
        self.assertEqual(first.import_state, "imported", first.error_message)
        self.assertEqual(other.import_state, "error")

    def test_settings_of_two_accounts_are_not_asked_for_in_one(self):
        code = "fiscal_position_missing"
        account = self.env["lengow.account"].create({"name": "Another Shop"})
        marketplace = self.env["lengow.marketplace"].create(
            {"name": "Bol.com", "code": "bol", "account_id": account.id}
        )
        other = self.env["lengow.order"].create(
            {
                "name": "E-2",
                "account_id": account.id,
                "marketplace_id": marketplace.id,
                "import_state": "error",
                "error_code": code,
            }
        )
        with self.assertRaisesRegex(UserError, "several accounts"):
            self.fix(self.failing(code) | other)

    def test_conversion_is_stopped_and_the_order_is_read_again(self):
        self.account.currency_conversion = True
        order = self.import_payload(payload(total="-1"))
        self.assertEqual(order.error_code, "no_exchange_rate")
        dialog = self.wizard_of(self.fix(order), self.admin)
        self.put(payload())
        dialog.action_confirm()
        self.assertFalse(self.account.currency_conversion)
        self.assertNotEqual(order.import_state, "error", order.error_message)

    def test_unknown_sku_opens_the_matching(self):
        order = self.import_payload(payload("E-1", package(line("NOPE"))))
        self.assertEqual(self.fix(order)["res_model"], "lengow.order.resolve")

    def test_taxes_of_the_products_open(self):
        order = self.failing("tax_mismatch")
        action = self.fix(order)
        self.assertEqual(action["res_model"], "account.tax")
        self.assertEqual(action["res_id"], self.tax.id)

    def test_payment_journal_is_chosen_in_a_dialog(self):
        self.marketplace.workflow = "invoice"
        self.shirt.invoice_policy = "order"
        orders = self.import_payload(payload("E-1")) | self.import_payload(
            payload("E-2")
        )
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(set(orders.mapped("invoice_state")), {"error"})
        order = orders[0]
        self.assertEqual(order.with_user(self.admin).fix_label, "Set Payment Journal")
        dialog = self.wizard_of(self.fix(order), self.admin)
        dialog.payment_journal_id = self.env["account.journal"].create(
            {"name": "Amazon", "code": "AMZ", "type": "bank"}
        )
        dialog.action_confirm()
        self.assertEqual(set(orders.mapped("invoice_state")), {"done"})
        invoices = orders.sale_order_ids.invoice_ids
        self.assertLessEqual(
            set(invoices.mapped("payment_state")), {"paid", "in_payment"}
        )

    def test_orders_that_need_different_things_are_not_mixed(self):
        orders = self.failing("product_missing", "E-1") | self.failing(
            "fiscal_position_missing", "E-2"
        )
        with self.assertRaisesRegex(UserError, "Match Products, Set Fiscal Position"):
            self.fix(orders)

    # === MENDED ELSEWHERE IN ODOO === #

    def test_orders_go_on_once_the_currency_is_activated_in_its_list(self):
        order = self.import_payload(in_currency("SEK"))
        self.env["product.pricelist"].create(
            {"name": "Swedish", "currency_id": self.krona.id}
        )
        self.assertEqual(order.import_state, "error")
        self.krona.active = True
        self.assertEqual(order.import_state, "ready")
        self.go_on()
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_orders_go_on_once_the_product_exists(self):
        order = self.import_payload(payload("E-1", package(line("LATE"))))
        other = self.import_payload(payload("E-2", package(line("NEVER"))))
        self.create_product("LATE")
        self.assertEqual(order.import_state, "ready")
        self.assertEqual(other.import_state, "error")

    def test_orders_go_on_once_the_product_gets_the_reference(self):
        order = self.import_payload(payload("E-1", package(line("LATE_FBA"))))
        self.mug.product_tmpl_id.default_code = "LATE"
        self.assertEqual(order.import_state, "ready")

    def test_orders_go_on_once_twins_have_different_references(self):
        self.create_product("TWIN")
        twin = self.create_product("TWIN")
        order = self.import_payload(payload("E-1", package(line("TWIN"))))
        self.assertEqual(order.error_code, "product_ambiguous")
        twin.default_code = "OTHER"
        self.assertEqual(order.import_state, "ready")

    def test_orders_go_on_once_the_product_may_be_sold(self):
        gift = self.create_product("GIFT", sale_ok=False)
        order = self.import_payload(payload("E-1", package(line("GIFT"))))
        self.assertEqual(order.error_code, "product_unusable")
        gift.sale_ok = True
        self.assertEqual(order.import_state, "ready")

    def test_orders_go_on_once_the_product_of_an_alias_is_back(self):
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "CALLED-OTHERWISE",
                "product_id": self.mug.id,
            }
        )
        self.mug.product_tmpl_id.active = False
        order = self.import_payload(payload("E-1", package(line("CALLED-OTHERWISE"))))
        self.assertEqual(order.error_code, "product_unusable")
        self.mug.product_tmpl_id.active = True
        self.assertEqual(order.import_state, "ready")

    def test_a_new_product_tries_no_order_with_other_taxes_again(self):
        order = self.failing("tax_mismatch")
        self.create_product("UNRELATED")
        self.assertEqual(order.import_state, "error")

    def test_orders_go_on_once_a_tax_is_mended(self):
        order = self.failing("tax_mismatch")
        self.tax.name = "Another name"
        self.assertEqual(order.import_state, "error")
        self.tax.amount = 19.0
        self.assertEqual(order.import_state, "ready")

    def test_orders_go_on_once_the_sale_order_has_another_reference(self):
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.company.partner_id.id,
                "client_order_ref": "E-1",
                "origin": "E-1",
                "date_order": "2020-01-01 00:00:00",
            }
        )
        order = self.import_payload(payload("E-1"))
        self.assertEqual(order.error_code, "already_here")
        action = self.fix(order)
        self.assertEqual(action["res_id"], sale.id)
        sale.client_order_ref = "Something else"
        self.assertEqual(order.import_state, "ready")

    def test_what_nobody_waits_for_costs_five_queries(self):
        self.env.flush_all()
        self.assertEqual(self.shirt.default_code, "SHIRT")
        self.env["lengow.mend"]._match_fields("product.product")
        self.env["lengow.mend"]._match_fields("product.template")
        # Its aliases, its packagings, what it was published as, the lines that name it
        # so, and what waits.
        with self.assertQueryCount(5):
            self.env["lengow.mend"]._note_mended(self.shirt)
