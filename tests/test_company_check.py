"""What the company of an account needs, and who opens where it is done."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import address, line, package, payload
from .test_taxes import GERMANY, TaxCase


@tagged("post_install", "-at_install")
class TestCompanyCheck(TaxCase):
    """Each point is to do until what it asks for is there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        france = cls.env.ref("base.fr")
        cls.company.account_fiscal_country_id = france
        cls.company.account_sale_tax_id = cls.tax
        # Whatever the database has for sale: ours alone is looked at.
        cls.env["product.template"].search(
            [("id", "!=", cls.shirt.product_tmpl_id.id)]
        ).sale_ok = False

    def points(self):
        return {
            point.name: point
            for point in self.env["lengow.readiness"]._points(self.account)
            if point.company == self.company
        }

    def check(self, name, is_done, *words):
        """Fail unless a point is done or not, and says so."""
        point = self.points()[name]
        self.assertEqual(point.is_done, is_done, point.text)
        for word in words:
            self.assertIn(word, point.text)

    def receive_only(self, number, **values):
        """Let an order come in without importing it."""
        self.env["lengow.inbox"]._store(self.account, [payload(number, **values)])

    # === POINTS === #

    def test_chart_of_accounts_or_that_of_the_parent(self):
        self.account.company_id.chart_template = False
        self.check("chart", False, self.company.name)
        self.account.company_id.chart_template = "generic_coa"
        self.check("chart", True)
        company = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        readiness = self.env["lengow.readiness"]
        self.assertTrue(readiness._chart(self.account.with_company(company)).is_done)

    def test_warehouse(self):
        self.check("warehouse", True)
        warehouses = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)]
        )
        warehouses.active = False
        self.check("warehouse", False, "no warehouse")

    def test_currency_needs_to_be_active_with_a_pricelist_and_a_rate(self):
        zloty = self.env.ref("base.PLN")
        zloty.active = False
        zloty.rate_ids.unlink()
        self.check("currencies", True)
        self.receive_only("P-1", currency={"iso_a3": "PLN"})
        self.check("currencies", False, "Activate PLN", "rate of PLN")
        zloty.active = True
        self.env["product.pricelist"].search([("currency_id", "=", zloty.id)]).unlink()
        self.check("currencies", False, "pricelist in PLN", "rate of PLN")
        self.env["product.pricelist"].create(
            {"name": "PLN", "currency_id": zloty.id, "company_id": False}
        )
        self.env["res.currency.rate"].create(
            {"currency_id": zloty.id, "rate": 4.3, "company_id": self.company.id}
        )
        self.check("currencies", True, "PLN")

    def test_products_without_a_tax_of_the_company(self):
        self.check("products", True)
        other = self.env["res.company"].create({"name": "Other"})
        self.shirt.taxes_id = (
            self.env["account.tax"]
            .with_company(other)
            .create(
                {
                    "name": "Other's",
                    "company_id": other.id,
                    "country_id": self.env.ref("base.fr").id,
                    "tax_group_id": self.env["account.tax.group"]
                    .create({"name": "G", "company_id": other.id})
                    .id,
                }
            )
        )
        self.check("products", False, "Shirt")
        self.company.account_sale_tax_id = False
        self.check("products", True)

    def test_what_is_paid_beside_goods_needs_no_tax_of_its_own(self):
        beside = self.env["lengow.readiness"]._service_products(self.account)
        beside |= self.account.difference_product_id
        beside.sale_ok = True
        beside.taxes_id = False
        self.check("products", True)

    def test_every_currency_is_named_and_how_many_more_products_there_are(self):
        for number, code in enumerate(("PLN", "SEK", "CZK", "HUF")):
            self.env.ref(f"base.{code}").active = False
            self.receive_only(f"C-{number}", currency={"iso_a3": code})
        self.check("currencies", False, "Activate", "PLN", "SEK", "CZK", "HUF")
        for number in range(5):
            self.create_product(f"BARE-{number}", taxes_id=False)
        self.check("products", False, "and 2 more.")

    def test_products_open_where_none_lacks_a_tax(self):
        self.check("products", True)
        [row] = self.dialog(self.env.user).row_ids.filtered(
            lambda row: row.code == "products" and row.company_id == self.company
        )
        found = self.env["product.template"].search(row.action_open()["domain"])
        self.assertIn(self.shirt.product_tmpl_id, found)

    def test_rate_that_the_oss_mapping_does_not_know(self):
        self.check("union", True, "OSS Germany")
        reduced = self.create_tax(5.5)
        self.shirt.taxes_id = reduced
        self.check("union", False, reduced.name, "OSS Germany")
        self.create_tax(
            7.0,
            fiscal_position_ids=[Command.link(self.oss.id)],
            original_tax_ids=[Command.link(reduced.id)],
        )
        self.check("union", True)

    def test_taxes_of_another_country_are_not_mapped_once_more(self):
        germany = self.env.ref("base.de")
        group = self.env["account.tax.group"].create(
            {"name": "VAT of Germany", "country_id": germany.id}
        )
        german = self.create_tax(7.0, country_id=germany.id, tax_group_id=group.id)
        self.shirt.taxes_id |= german
        self.check("union", True, "OSS Germany")

    def test_company_that_a_rule_gives_orders_to_is_checked_too(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": company.id}
        )
        self.env.user.company_ids |= company
        self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        ).active = False
        points = {
            point.label: point
            for point in self.env["lengow.readiness"]._points(self.account)
        }
        self.assertFalse(points["Other: Chart of Accounts"].is_done)
        warehouse = points["Other: Warehouse"]
        self.assertFalse(warehouse.is_done)
        self.assertIn("Other has no warehouse", warehouse.text)
        self.assertTrue(points["Warehouse"].is_done)
        # Who has nothing to do with it learns nothing of it.
        readiness = self.env["lengow.readiness"].with_user(self.manager)
        seen = readiness._points(self.account.with_user(self.manager))
        self.assertEqual({point.company for point in seen}, {self.company})
        self.manager.company_ids |= company
        rows = self.dialog(self.manager).row_ids
        self.assertEqual(rows.company_id, self.company | company)
        [row] = rows.filtered(lambda row: row.name == "Other: Warehouse")
        action = row.with_user(self.env.user).action_open()
        warehouses = self.env["stock.warehouse"].with_context(active_test=False)
        self.assertEqual(warehouses.search(action["domain"]).company_id, company)

    def test_orders_to_the_union_without_any_position(self):
        self.oss.auto_apply = False
        self.check("union", True)
        self.receive("U-1", delivery=GERMANY)
        self.check("union", False, "OSS")
        self.company.account_fiscal_country_id = self.env.ref("base.us")
        self.check("union", True, "outside the EU")

    def test_export_position_is_detected_and_takes_the_tax_away(self):
        self.check("export", False, "No fiscal position")
        export = self.position("Export", 20.0, sequence=50)
        self.check("export", True, "Export")
        export.tax_ids = self.tax
        self.check("export", False, "leaves")

    def test_stock_abroad_needs_a_tax_id_there(self):
        self.check("stock_abroad", True)
        germany = self.env.ref("base.de")
        place = self.env["res.partner"].create(
            {"name": "Lager", "country_id": germany.id}
        )
        self.marketplace.warehouse_id = self.env["stock.warehouse"].create(
            {"name": "Lager", "code": "LAG", "partner_id": place.id}
        )
        self.check("stock_abroad", False, "Germany")
        self.position("DE", country_id=germany.id, foreign_vat="DE136695976")
        self.check("stock_abroad", True)

    def test_default_warehouse_may_lie_abroad(self):
        warehouse = self.env.user._get_default_warehouse_id()
        warehouse.partner_id = self.env["res.partner"].create(
            {"name": "Lager", "country_id": self.env.ref("base.de").id}
        )
        self.assertFalse(self.account.warehouse_id)
        self.check("stock_abroad", False, "Germany")

    def test_orders_of_another_company_are_nothing_of_this_one(self):
        company = self.env["res.company"].create({"name": "Other"})
        self.env["lengow.routing.rule"].create(
            {"account_id": self.account.id, "company_id": company.id}
        )
        self.oss.auto_apply = False
        self.env.ref("base.PLN").active = False
        to = package(line(), delivery=address(**GERMANY))
        self.env["lengow.inbox"]._store(
            self.account, [payload("P-1", to, currency={"iso_a3": "PLN"})]
        )
        self.assertEqual(self.order("P-1").company_id, company)
        self.assertEqual(self.order("P-1").currency_id.name, "PLN")
        self.assertEqual(self.order("P-1").country_id.code, "DE")
        self.check("currencies", True)
        self.check("union", True)

    def test_a_marketplace_may_have_shipping_taxed_by_its_own(self):
        self.account.shipping_product_id.taxes_id = False
        self.marketplace.service_tax_policy = "product"
        self.check("services", False, self.account.shipping_product_id.name)

    def test_shipping_has_a_tax_where_it_is_to_have_its_own(self):
        self.account.shipping_product_id.taxes_id = False
        self.check("services", True)
        self.account.service_tax_policy = "product"
        self.check("services", False, self.account.shipping_product_id.name)
        for product in self.env["lengow.readiness"]._service_products(self.account):
            product.taxes_id = self.tax
        self.check("services", True)

    # === DIALOG === #

    def dialog(self, user):
        action = self.account.with_user(user).action_setup_company()
        return self.env[action["res_model"]].with_user(user).browse(action["res_id"])

    def test_dialog_shows_every_point_and_opens_what_the_user_may_mend(self):
        accountant = self.create_user(
            "lengow-accountant",
            "lengow_connector.group_manager",
            "account.group_account_manager",
        )
        dialog = self.dialog(accountant)
        self.assertEqual(len(dialog.row_ids), len(self.points()))
        todo = dialog.row_ids.filtered(lambda row: row.state == "todo")
        self.assertEqual(dialog.todo_count, len(todo))
        rows = {row.code: row for row in dialog.row_ids}
        self.assertTrue(rows["export"].may_open)
        self.assertFalse(rows["chart"].may_open)
        action = rows["export"].action_open()
        self.assertEqual(action["res_model"], "account.fiscal.position")
        positions = self.env["account.fiscal.position"].search(action["domain"])
        self.assertIn(self.oss, positions)

    def test_who_may_not_mend_a_point_is_told_who_can(self):
        rows = {row.code: row for row in self.dialog(self.manager).row_ids}
        self.assertEqual(rows["export"].state, "todo")
        self.assertFalse(rows["export"].may_open)
        self.assertIn("Ask somebody with the rights", rows["export"].text)
        self.assertNotIn("Ask somebody", rows["products"].text)

    def test_the_oss_mapping_is_kept_in_the_settings(self):
        [row] = self.dialog(self.env.user).row_ids.filtered(
            lambda row: row.code == "union" and row.company_id == self.company
        )
        self.assertEqual(row.action_open()["res_model"], "res.config.settings")

    def test_every_point_opens_something(self):
        self.shirt.taxes_id = False
        for row in self.dialog(self.env.user).row_ids:
            action = row.action_open()
            self.assertIn(action["type"], ("ir.actions.act_window",), row.code)
            self.env[action["res_model"]].search(action.get("domain") or [])

    def test_only_managers_look(self):
        with self.assertRaises(AccessError):
            self.account.with_user(self.user).action_setup_company()

    def test_connecting_says_what_is_to_do(self):
        self.account.action_disconnect()
        message = self.account.action_connect()["params"]["message"]
        self.assertIn("Exports", message)
        self.assertIn("Check Company", message)

    def test_step_of_the_setup_is_done_once_somebody_has_looked(self):
        self.account.setup_state = "importing"
        step = self.step()
        self.assertFalse(step["is_done"])
        self.assertIn("Exports", step["text"])
        self.dialog(self.manager).action_confirm()
        self.assertTrue(self.step()["is_done"])

    def step(self):
        (checklist,) = self.env["lengow.setup"]._checklists()
        return next(s for s in checklist["steps"] if s["name"] == "company")
