"""VAT booked beside VAT told, by position, tax and country, and who sees it."""

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import address, line, package
from .common.companies import CompaniesCase
from .test_taxes import BUSINESS, TaxCase


@tagged("post_install", "-at_install")
class TestTaxReport(TaxCase):
    def rows(self, *orders, user=None):
        self.env.flush_all()
        self.env.invalidate_all()
        return (
            self.env["lengow.tax.report"]
            .with_user(user or self.user)
            .search([("order_id", "in", [order.id for order in orders])])
        )

    def total(self, name, *orders):
        return round(sum(self.rows(*orders).mapped(name)), 2)

    def test_booked_and_told_add_up_by_position_tax_and_country(self):
        reduced = self.create_tax(5.5)
        self.mug.taxes_id = reduced
        home = self.import_order(
            "A-1",
            package(line("SHIRT"), line("MUG", "10.55")),
            shipping="4.80",
            total_tax="5.35",
        )
        abroad = self.receive("A-2", total_tax="3.83")
        self.assertEqual(self.total("amount_tax", home), 5.35)
        self.assertEqual(self.total("amount_told", home), 5.35)
        self.assertEqual(self.total("amount_difference", home), 0.0)
        self.assertEqual(self.total("amount_untaxed", home), 34.0)
        groups = self.env["lengow.tax.report"]._read_group(
            [("order_id", "in", (home + abroad).ids)],
            ["fiscal_position_id", "tax_id", "country_id"],
            ["amount_tax:sum", "amount_told:sum", "order_count:count_distinct"],
        )
        found = {
            (position, tax.amount, country.code): (round(tax_sum, 2), round(told, 2), n)
            for position, tax, country, tax_sum, told, n in groups
        }
        none = self.env["account.fiscal.position"]
        self.assertEqual(
            found,
            {
                (none, 20.0, "FR"): (4.8, 4.8, 1),
                (none, 5.5, "FR"): (0.55, 0.55, 1),
                (self.oss, 19.0, "DE"): (3.83, 3.83, 1),
            },
        )
        self.assertFalse(any(self.rows(home, abroad).mapped("is_different")))

    def test_what_differs_by_more_than_cents_is_found(self):
        wrong = self.import_order("A-1", total_tax="4.20")
        right = self.import_order("A-2", total_tax="4.01")
        self.assertEqual(self.total("amount_difference", wrong), 0.2)
        self.assertTrue(all(self.rows(wrong).mapped("is_different")))
        self.assertFalse(any(self.rows(right).mapped("is_different")))
        sale = wrong.sale_order_ids
        sale.order_line.tax_ids = self.create_tax(5.0)
        self.assertEqual(self.total("amount_tax", wrong), round(sale.amount_tax, 2))
        sale.order_line.tax_ids = self.tax
        sale.order_line.price_unit = 25.2
        self.assertAlmostEqual(sale.amount_tax, 4.2)
        self.assertFalse(any(self.rows(wrong).mapped("is_different")), "corrected")

    def test_what_is_not_told_does_not_differ(self):
        row = self.import_order("A-1", total_tax=None)
        self.assertFalse(any(self.rows(row).mapped("is_told")))
        self.assertFalse(any(self.rows(row).mapped("is_different")))
        self.assertEqual(self.total("amount_difference", row), 0.0)
        business = self.import_order("A-2", total_tax="0.00", order_types=BUSINESS)
        self.assertTrue(all(self.rows(business).mapped("is_told")))
        self.assertTrue(all(self.rows(business).mapped("is_different")))
        self.assertEqual(self.total("amount_difference", business), -4.0)

    def test_vat_that_the_marketplace_pays_is_not_held_against_ours(self):
        self.account.deemed_supplier_fiscal_position_id = self.position(
            "Collected", auto_apply=False
        )
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        row = self.import_order("C-1", total_tax="4.00", **collected)
        self.assertFalse(any(self.rows(row).mapped("is_different")))
        self.assertEqual(self.total("amount_tax", row), 0.0)

    def test_what_is_due_by_the_piece_is_no_vat(self):
        eco = self.create_tax(0.42, amount_type="fixed", include_base_amount=True)
        eco.sequence = -1
        group = self.create_tax(
            0.0,
            amount_type="group",
            children_tax_ids=[Command.set((eco | self.tax).ids)],
        )
        for number, taxes in (("A-1", eco | self.tax), ("A-2", group)):
            self.shirt.taxes_id = taxes
            row = self.import_order(number, total_tax="4.00")
            self.assertEqual(self.total("amount_tax", row), 4.0, taxes.mapped("name"))
            self.assertFalse(any(self.rows(row).mapped("is_different")))
        self.assertEqual(self.rows(row).tax_id, group)

    def test_told_of_kept_lines_alone(self):
        gone = line("MUG", "10.00", tax="1.67", lengow_status="canceled")
        row = self.import_order(
            "A-1", package(line("SHIRT", tax="4.00"), gone), total_tax="5.67"
        )
        self.assertEqual(self.total("amount_told", row), 4.0)
        row = self.import_order(
            "A-2", package(line("SHIRT"), gone), shipping="6.00", total_tax="6.67"
        )
        self.assertFalse(any(self.rows(row).mapped("is_told")), "nobody tells it")

    def test_lines_do_not_tell_the_vat_of_a_fee_that_is_sold(self):
        gone = line("MUG", "10.00", tax="1.67", lengow_status="canceled")
        row = self.import_order(
            "A-1",
            package(line("SHIRT", tax="4.00"), gone),
            processing_fee="6.00",
            total_tax="6.67",
        )
        self.assertFalse(row.tax_doubt)
        self.assertFalse(any(self.rows(row).mapped("is_told")))
        self.assertFalse(any(self.rows(row).mapped("is_different")))

    def test_vat_of_a_fee_that_is_left_out_is_not_held_against_ours(self):
        self.account.fee_policy = "drop"
        values = {"processing_fee": "6.00", "total_tax": "5.00"}
        row = self.import_order("A-1", package(line("SHIRT", tax="4.00")), **values)
        self.assertEqual(self.total("amount_told", row), 4.0)
        self.assertFalse(any(self.rows(row).mapped("is_different")))
        row = self.import_order("A-2", **values)
        self.assertFalse(any(self.rows(row).mapped("is_told")), "nobody tells it")

    def test_order_of_two_deliveries_is_one_order(self):
        lyon = address(city="Lyon", zipcode="69001")
        row = self.import_order(
            "A-1",
            package(line("SHIRT")),
            package(line("MUG", "12.00"), delivery=lyon),
            total_tax="6.00",
        )
        self.assertEqual(len(row.sale_order_ids), 2)
        self.assertEqual(self.total("amount_told", row), 6.0)
        self.assertFalse(any(self.rows(row).mapped("is_different")))

    def test_free_order_shares_what_is_told_without_dividing_by_zero(self):
        row = self.import_order(
            "A-1", package(line("SHIRT", "0.00"), line("MUG", "0.00")), total_tax="0.10"
        )
        self.assertEqual(self.total("amount_told", row), 0.1)

    def test_canceled_sale_orders_book_nothing(self):
        row = self.import_order("A-1", total_tax="4.00")
        row.sale_order_ids._action_cancel()
        self.assertFalse(self.rows(row))

    def test_amounts_are_in_the_companys_currency(self):
        zloty = self.env.ref("base.PLN")
        zloty.active = True
        zloty.rate_ids.unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": zloty.id,
                "name": "2026-01-01",
                "rate": 4.0,
                "company_id": self.company.id,
            }
        )
        self.env["product.pricelist"].create({"name": "P", "currency_id": zloty.id})
        told = {"currency": {"iso_a3": "PLN"}, "total_tax": "4.40"}
        row = self.import_order("A-1", **told)
        rate = row.currency_rate
        self.assertAlmostEqual(self.total("amount_told", row), round(4.4 / rate, 2))
        self.assertTrue(all(self.rows(row).mapped("is_different")))

    def test_territory_is_a_dimension(self):
        to = {"common_country_iso_a2": "ES", "zipcode": "35001"}
        row = self.receive("T-1", delivery=to)
        self.assertEqual(set(self.rows(row).mapped("territory")), {"canaries"})

    def test_territory_goes_along_to_the_account_that_follows(self):
        to = {"common_country_iso_a2": "ES", "zipcode": "35001"}
        self.receive("T-1", delivery=to)
        self.account.active = False
        successor = self.create_account(name="Successor")
        successor.action_connect()
        self.sync(successor)
        heir = self.order("T-1", successor)
        self.assertTrue(heir.sale_order_ids)
        self.assertEqual(set(self.rows(heir).mapped("territory")), {"canaries"})

    # === PEOPLE === #

    def test_accountant_reads_it_and_opens_the_sale_order(self):
        row = self.import_order("A-1", total_tax="4.20")
        accountant = self.create_accountant()
        rows = self.rows(row, user=accountant)
        self.assertTrue(rows)
        self.assertEqual(rows[0].action_open_order()["res_model"], "sale.order")
        mine = self.rows(row)[0]
        self.assertEqual(mine.action_open_order()["res_model"], "lengow.order")
        fields = {"order_id": {"fields": {"display_name": {}}}, "marketplace_id": {}}
        (shown, *_rest) = rows.web_read(fields)
        self.assertIn("A-1", shown["order_id"]["display_name"])
        grouped = self.env["lengow.tax.report"].with_user(accountant)
        for name, value in (("order_name", "A-1"), ("marketplace_name", "Amazon")):
            self.assertIn(rows, grouped.search([(name, "ilike", value)]))
        self.assertTrue(
            grouped.formatted_read_group(
                [], ["marketplace_id"], ["amount_difference:sum"]
            )
        )

    def test_another_company_sees_nothing(self):
        row = self.import_order("A-1", total_tax="4.20")
        stranger = self.create_stranger("lengow_connector.group_user")
        self.assertFalse(self.rows(row, user=stranger))
        storekeeper = self.create_user("store", "stock.group_stock_user")
        with self.assertRaises(AccessError):
            self.rows(row, user=storekeeper)


@tagged("post_install", "-at_install")
class TestTaxesElsewhere(CompaniesCase):
    """The taxes of orders that a rule gives to another company."""

    def test_vat_that_the_marketplace_pays_is_told_by_the_rule(self):
        position = (
            self.env["account.fiscal.position"]
            .with_company(self.company_b)
            .create({"name": "Collected", "company_id": self.company_b.id})
        )
        self.add_rule(deemed_supplier_fiscal_position_id=position.id)
        order = self.receive_from(
            "C-1", total_tax="4.00", tax={"is_marketplace_deemed_supplier": True}
        )
        self.assertEqual(self.company_of(order), self.company_b)
        self.assertEqual(order.sale_order_ids.fiscal_position_id, position)
        self.env.flush_all()
        Report = self.env["lengow.tax.report"].with_user(self.user_b)
        rows = Report.search([("order_id", "=", order.id)])
        self.assertTrue(rows)
        self.assertFalse(any(rows.mapped("is_told")))
        self.assertFalse(any(rows.mapped("is_different")))

    def test_people_of_each_company_are_called_to_its_taxes(self):
        self.add_rule(marketplace_id=self.shop.id)
        wrong = "VAT differs from the marketplace's"
        for marketplace, country, company in (
            ("amazon_fr", "FR", self.company),
            ("cdiscount", "BE", self.company_b),
        ):
            summaries = []
            # An order has one call, and maybe another doubt that comes first.
            for number in range(4):
                order = self.receive_from(
                    f"{marketplace}-{number}", marketplace, country, total_tax="1.00"
                )
                self.assertEqual(self.company_of(order), company)
                self.assertRegex(
                    order.tax_doubt, r"charged 1\.00.€ of VAT.* books [\d.]+.€\. Check"
                )
                summaries += order.activity_ids.mapped("summary")
            self.assertEqual(summaries.count(wrong), 1, summaries)
