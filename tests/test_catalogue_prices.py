"""What products cost in a catalog: pricelists, taxes, countries, dates, currencies."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time
from psycopg2.errors import SerializationFailure

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.product.models.product_pricelist_item import ProductPricelistItem

from ..models.catalogue.quotes import Quotes
from .common.companies import CompaniesCase

moment = fields.Datetime.to_datetime
NOW = moment("2026-06-15 12:00:00")
PRICING = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_pricing"


class PriceCase(CompaniesCase):
    """A shirt of 50.00, 20 % of tax included, in a catalog of the company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.partner_id.tz = "Europe/Paris"
        cls.pricelist = cls.create_pricelist("Amazon")
        cls.catalogue = cls.create_catalogue(pricelist_id=cls.pricelist.id)

    @classmethod
    def create_catalogue(cls, **values):
        """Return a catalog without any column."""
        catalogue = cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id, **values}
        )
        catalogue.column_ids.unlink()
        return catalogue

    @classmethod
    def create_pricelist(cls, name, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "currency_id": cls.company.currency_id.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def create_column(cls, header, price_kind="incl", **values):
        return cls.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": cls.catalogue.id,
                "header": header,
                "source": "price",
                "price_kind": price_kind,
                **values,
            }
        )

    @classmethod
    def create_columns(cls, *kinds):
        columns = cls.env["lengow.catalogue.column"]
        return columns.union(*(cls.create_column(kind, kind) for kind in kinds))

    @classmethod
    def add_item(cls, price=None, product=None, pricelist=None, **values):
        """Add a rule with a fixed price, or as its values say."""
        if price is not None:
            values.update(compute_price="fixed", fixed_price=price)
        if product:
            values.update(applied_on="0_product_variant", product_id=product.id)
        values.setdefault("pricelist_id", (pricelist or cls.pricelist).id)
        return cls.env["product.pricelist.item"].create(values)

    @classmethod
    def create_foreign_currency(cls, rate=None):
        """Return a currency of which one of ours is so many, or nobody knows."""
        foreign = cls.env["res.currency"].create({"name": "XLG", "symbol": "X"})
        if rate:
            cls.env["res.currency.rate"].create(
                {
                    "currency_id": foreign.id,
                    "company_id": cls.company.id,
                    "rate": rate,
                    "name": "2020-01-01",
                }
            )
        return foreign

    @classmethod
    def create_position(cls, name, *taxes):
        """Return a fiscal position that puts taxes in the place of the usual one."""
        position = cls.env["account.fiscal.position"].create({"name": name})
        for tax in taxes:
            tax.write(
                {
                    "fiscal_position_ids": [Command.link(position.id)],
                    "original_tax_ids": [Command.set(cls.tax.ids)],
                }
            )
        return position

    def priced(self, product=None, columns=None, catalogue=None):
        """Return what is told of one product."""
        product = product or self.shirt
        columns = columns or self.env["lengow.catalogue.column"]
        pricing = self.env["lengow.catalogue.pricing"]
        return pricing._read(catalogue or self.catalogue, columns, product)[product.id]

    def values(self, columns, product=None):
        return self.priced(product, columns).values


@tagged("post_install", "-at_install")
class TestCataloguePrices(PriceCase):
    # === PRICELISTS === #

    def test_the_sales_price_where_no_rule_says_otherwise(self):
        told = self.priced()
        self.assertEqual((told.price, told.regular, told.problem), (50, 50, None))

    def test_the_sales_price_in_the_company_s_currency_without_pricelist(self):
        self.catalogue.pricelist_id = False
        columns = self.create_columns("incl", "excl")
        self.assertEqual(self.values(columns), {"incl": "50.00", "excl": "41.67"})

    def test_sales_prices_of_many_at_once_are_those_that_odoo_says_of_each(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "XL", "default_extra_price": 2.5}),
                ],
            }
        )
        line = {"attribute_id": size.id, "value_ids": [Command.set(size.value_ids.ids)]}
        coat = self.env["product.template"].create(
            {
                "name": "Coat",
                "list_price": 19.995,
                "uom_id": self.env.ref("uom.product_uom_dozen").id,
                "attribute_line_ids": [Command.create(line)],
            }
        )
        foreign = self.create_foreign_currency(rate=1.37)
        products = coat.product_variant_ids | self.shirt | self.mug
        pricelist = self.env["product.pricelist"]
        for currency in (self.company.currency_id, foreign):
            asked = {"currency": currency, "date": NOW}
            told = pricelist._compute_price_rule(products, 1.0, **asked)
            wanted = {id_: price for id_, (price, _rule) in told.items()}
            quotes = Quotes(self.company, products, NOW)
            self.assertEqual(quotes._sales_prices(currency), wanted)
            self.assertEqual(len({*wanted.values()}), 3)

    def test_sales_price_is_as_a_module_says(self):
        self.catalogue.pricelist_id = False
        column = self.create_column("incl")

        def dearer(item, product, *args, **kwargs):
            return product.list_price + 1

        Item = self.registry["product.pricelist.item"]
        with patch.object(Item, "_compute_base_price", dearer):
            self.assertEqual(self.values(column), {"incl": "51.00"})
        self.assertEqual(self.values(column), {"incl": "50.00"})

    def test_a_rule_of_the_pricelist(self):
        self.add_item(40, self.shirt)
        columns = self.create_columns("incl", "regular_incl", "discount_amount")
        columns |= self.create_columns("discount_percent")
        self.assertEqual(
            self.values(columns),
            {
                "incl": "40.00",
                "regular_incl": "50.00",
                "discount_amount": "10.00",
                "discount_percent": "20.00",
            },
        )

    def test_a_price_above_the_sales_price_is_the_regular_one(self):
        self.add_item(60, self.shirt)
        told = self.priced(
            columns=self.create_columns("regular_incl", "discount_amount")
        )
        self.assertEqual((told.price, told.regular), (60, 60))
        self.assertEqual(
            told.values, {"regular_incl": "60.00", "discount_amount": "0.00"}
        )

    def test_rules_of_template_category_and_all(self):
        category = self.env["product.category"].create({"name": "Clothes"})
        below = category.create({"name": "Summer", "parent_id": category.id})
        self.shirt.categ_id = below
        self.add_item(45, applied_on="3_global")
        self.assertEqual(self.priced().price, 45)
        self.assertEqual(self.priced(self.mug).price, 45)
        self.add_item(44, applied_on="2_product_category", categ_id=category.id)
        self.assertEqual(self.priced().price, 44)
        self.assertEqual(self.priced(self.mug).price, 45)
        template = self.shirt.product_tmpl_id
        self.add_item(43, applied_on="1_product", product_tmpl_id=template.id)
        self.assertEqual(self.priced().price, 43)
        self.add_item(42, self.shirt)
        self.assertEqual(self.priced().price, 42)

    def test_a_rule_for_many_pieces_is_not_for_one(self):
        self.add_item(30, self.shirt, min_quantity=10)
        self.assertEqual(self.priced().price, 50)

    def test_a_pricelist_that_builds_on_another(self):
        base = self.create_pricelist("Shop")
        self.add_item(30, self.shirt, base)
        self.add_item(
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=base.id,
            percent_price=10,
        )
        self.assertEqual(self.priced().price, 27)
        self.assertEqual(self.priced(self.mug).price, 45)

    def test_prices_are_odoo_s_own(self):
        """Each price is that of a sale order line of the same product."""
        self.add_item(compute_price="percentage", percent_price=7)
        self.add_item(
            applied_on="1_product",
            product_tmpl_id=self.mug.product_tmpl_id.id,
            compute_price="formula",
            base="standard_price",
            price_markup=33,
            price_round=0.05,
            price_surcharge=-0.01,
        )
        self.mug.standard_price = 7.77
        reduced = self.create_tax(5.5)
        position = self.create_position("Reduced", reduced)
        self.catalogue.fiscal_position_id = position
        products = self.shirt | self.mug
        sale = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Walk-in"}).id,
                "pricelist_id": self.pricelist.id,
                "fiscal_position_id": position.id,
                "order_line": [Command.create({"product_id": p.id}) for p in products],
            }
        )
        pricing = self.env["lengow.catalogue.pricing"]
        columns = self.create_columns("excl")
        told = pricing._read(self.catalogue, columns, products)
        for line in sale.order_line:
            self.assertEqual(line.tax_ids, reduced)
            self.assertAlmostEqual(told[line.product_id.id].price, line.price_total)
            self.assertEqual(
                told[line.product_id.id].values, {"excl": f"{line.price_subtotal:.2f}"}
            )

    # === DATES === #

    @freeze_time(NOW)
    def test_a_reduced_price_tells_its_dates_in_the_shop_s_time(self):
        columns = self.create_columns("incl", "start", "end")
        item = self.add_item(
            40,
            self.shirt,
            date_start=moment("2026-06-01"),
            date_end=moment("2026-07-01"),
        )
        self.assertEqual(
            self.values(columns),
            {
                "incl": "40.00",
                "start": "2026-06-01 02:00:00",
                "end": "2026-07-01 02:00:00",
            },
        )
        item.fixed_price = 60
        self.assertEqual(
            self.values(columns), {"incl": "60.00", "start": "", "end": ""}
        )

    @freeze_time(NOW)
    def test_a_rule_that_begins_tomorrow(self):
        columns = self.create_columns("incl", "start")
        self.add_item(40, self.shirt, date_start=NOW + timedelta(days=1))
        self.assertEqual(self.values(columns), {"incl": "50.00", "start": ""})
        with freeze_time(NOW + timedelta(days=1, seconds=1)):
            self.assertEqual(self.values(columns)["incl"], "40.00")

    def test_a_product_without_discount_has_no_dates(self):
        self.assertEqual(
            self.values(self.create_columns("start", "end")), {"start": "", "end": ""}
        )

    # === TAXES === #

    def test_a_price_without_tax_gets_it(self):
        tax = self.create_tax(20.0, included=False)
        self.shirt.taxes_id = tax
        columns = self.create_columns("incl", "excl")
        self.assertEqual(self.values(columns), {"incl": "60.00", "excl": "50.00"})

    def test_several_taxes(self):
        taxes = self.create_tax(10.0) | self.create_tax(10.0)
        self.shirt.write({"taxes_id": taxes, "list_price": 100})
        columns = self.create_columns("incl", "excl")
        self.assertEqual(self.values(columns), {"incl": "100.00", "excl": "83.34"})

    def test_a_price_does_not_depend_on_its_neighbors(self):
        """What is rounded together shares what is left of a cent."""
        tax = self.create_tax(21.0)
        self.company.tax_calculation_rounding_method = "round_globally"
        products = self.env["product.product"].create(
            [
                {"name": f"P{n}", "list_price": 21.53, "taxes_id": tax.ids}
                for n in range(7)
            ]
        )
        columns = self.create_columns("excl")
        pricing = self.env["lengow.catalogue.pricing"]
        together = pricing._read(self.catalogue, columns, products)
        self.assertEqual({t.values["excl"] for t in together.values()}, {"17.79"})
        self.assertEqual({t.price for t in together.values()}, {21.53})

    def test_no_price_gains_or_loses_a_cent_by_its_tax(self):
        products = self.env["product.product"].create(
            [
                {"name": f"P{cents}", "list_price": cents / 100}
                for cents in range(1, 200)
            ]
        )
        pricing = self.env["lengow.catalogue.pricing"]
        for rate in (5.5, 19, 20, 21):
            products.taxes_id = self.create_tax(rate)
            told = pricing._read(
                self.catalogue, self.env["lengow.catalogue.column"], products
            )
            for product in products:
                self.assertAlmostEqual(told[product.id].price, product.list_price)

    def test_a_fiscal_position_changes_the_tax_and_the_price_with_it(self):
        self.catalogue.fiscal_position_id = self.create_position(
            "DE", self.create_tax(19.0)
        )
        columns = self.create_columns("incl", "excl")
        self.assertEqual(self.values(columns), {"incl": "49.58", "excl": "41.66"})

    def test_a_fiscal_position_without_taxes_removes_all(self):
        self.catalogue.fiscal_position_id = self.create_position("Export")
        columns = self.create_columns("incl", "excl")
        told = self.priced(columns=columns)
        self.assertEqual(told.values, {"incl": "41.67", "excl": "41.67"})
        self.assertFalse(told.problem)

    def test_a_product_without_tax_is_told(self):
        self.company.account_sale_tax_id = self.tax
        self.shirt.taxes_id = False
        told = self.priced()
        self.assertEqual((told.price, told.problem), (50, "no_tax"))
        self.company.account_sale_tax_id = False
        self.assertFalse(self.priced().problem, "a company that charges none")

    def test_a_product_with_the_tax_of_another_company_is_told(self):
        self.shirt.taxes_id = self.tax_b
        told = self.priced()
        self.assertEqual((told.price, told.problem), (50, "foreign_tax"))

    def test_products_of_one_price_and_one_tax_have_one_total(self):
        twin = self.create_product("TWIN")
        taxed = self.create_product("TAXED", taxes_id=self.create_tax(5.5).ids)
        products = self.shirt | twin | taxed
        columns = self.create_columns("excl")
        pricing = self.env["lengow.catalogue.pricing"]
        told = pricing._read(self.catalogue, columns, products)
        self.assertEqual(
            [told[product.id].values["excl"] for product in products],
            ["41.67", "41.67", "47.39"],
        )

    # === COUNTRIES AND CURRENCIES === #

    def test_several_countries_in_one_row(self):
        position = self.create_position("DE", self.create_tax(19.0))
        german = self.create_pricelist("DE")
        self.add_item(47.6, self.shirt, german)
        self.add_item(40, self.shirt)
        columns = (
            self.create_column("price_incl_tax")
            | self.create_column("price_incl_tax_de", pricelist_id=german.id)
            | self.create_column(
                "net_de", "excl", pricelist_id=german.id, fiscal_position_id=position.id
            )
            | self.create_column("at_de", fiscal_position_id=position.id)
        )
        self.assertEqual(
            self.values(columns),
            {
                "price_incl_tax": "40.00",
                "price_incl_tax_de": "47.60",
                "net_de": "39.66",
                "at_de": "39.67",
            },
        )

    def test_another_currency(self):
        foreign = self.create_foreign_currency(rate=2.0)
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        column = self.create_column("abroad", pricelist_id=abroad.id)
        self.assertEqual(self.values(column), {"abroad": "100.00"})
        self.add_item(90, self.shirt, abroad)
        self.assertEqual(self.values(column), {"abroad": "90.00"})

    def test_a_currency_without_cents(self):
        foreign = self.create_foreign_currency(rate=2.015)
        foreign.rounding = 1.0
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        column = self.create_column("abroad", pricelist_id=abroad.id)
        self.assertEqual(self.values(column), {"abroad": "101"})

    def test_a_rate_that_odoo_does_not_have_is_never_counted_as_one(self):
        abroad = self.create_pricelist(
            "Abroad", currency_id=self.create_foreign_currency().id
        )
        self.catalogue.pricelist_id = abroad
        columns = self.create_columns("incl", "regular_incl", "start")
        told = self.priced(columns=columns)
        self.assertEqual((told.price, told.problem), (0, "no_rate"))
        self.assertEqual(set(told.values.values()), {""})
        self.add_item(90, self.shirt, abroad)
        told = self.priced(columns=columns)
        self.assertEqual((told.price, told.regular, told.problem), (90, 90, None))
        on_top = self.create_pricelist("On top", currency_id=abroad.currency_id.id)
        self.add_item(
            pricelist=on_top,
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=abroad.id,
            percent_price=10,
        )
        self.catalogue.pricelist_id = on_top
        self.assertEqual(self.priced().price, 81)
        self.assertEqual(self.priced(self.mug).problem, "no_rate")

    def test_another_company_has_prices_and_taxes_of_its_own(self):
        self.add_rule(marketplace_id=self.shop.id)
        theirs = self.create_catalogue(name="B", company_id=self.company_b.id)
        column = self.create_column("excl", "excl", catalogue_id=theirs.id)
        told = self.priced(columns=column, catalogue=theirs)
        self.assertEqual(told.values, {"excl": "41.32"})
        for env in (self.env, self.env(user=self.manager)):
            env = env(context={"allowed_company_ids": self.company_b.ids})
            told = env["lengow.catalogue.pricing"]._read(
                self.catalogue.with_env(env),
                self.create_column(f"of_{env.uid}", "excl").with_env(env),
                self.shirt.with_env(env),
            )
            self.assertEqual(told[self.shirt.id].values, {f"of_{env.uid}": "41.67"})

    # === WHAT FAILS === #

    @contextmanager
    def failing(self, product, error):
        """Let the rules of one product raise something."""
        compute = ProductPricelistItem._compute_price

        def failing(item, priced, *args, **kwargs):
            if priced == product:
                if isinstance(error, str):
                    item.env.cr.execute(error)
                raise error
            return compute(item, priced, *args, **kwargs)

        with patch.object(ProductPricelistItem, "_compute_price", failing):
            yield

    def test_a_rule_that_fails_is_the_issue_of_its_row_alone(self):
        products = self.shirt | self.mug | self.create_product("CAP")
        columns = self.create_columns("incl", "start")
        pricing = self.env["lengow.catalogue.pricing"]
        for error in (UserError("No"), ZeroDivisionError(), "SELECT 1 / 0"):
            with (
                self.subTest(error=error),
                self.failing(self.mug, error),
                self.assertLogs(PRICING, "WARNING") as logs,
                mute_logger("odoo.sql_db"),
            ):
                told = pricing._read(self.catalogue, columns, products)
            self.assertEqual(len(logs.records), 1)
            self.assertEqual(told[self.mug.id].problem, "price_failed")
            self.assertEqual(told[self.mug.id].price, 0)
            self.assertEqual(told[self.mug.id].values, {"incl": "", "start": ""})
            for product in products - self.mug:
                self.assertFalse(told[product.id].problem)
                self.assertEqual(told[product.id].price, 50)

    def test_a_collision_is_no_fault_of_a_row(self):
        with (
            self.failing(self.mug, SerializationFailure()),
            self.assertRaises(SerializationFailure),
        ):
            self.env["lengow.catalogue.pricing"]._read(
                self.catalogue,
                self.env["lengow.catalogue.column"],
                self.shirt | self.mug,
            )

    # === HOW OFTEN IT ASKS === #

    def create_many(self, count):
        return self.env["product.product"].create(
            [
                {"name": f"P{n}", "list_price": 10 + n, "taxes_id": self.tax.ids}
                for n in range(count)
            ]
        )

    def count_queries(self, products, columns):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        told = self.env["lengow.catalogue.pricing"]._read(
            self.catalogue, columns, products
        )
        return self.cr.sql_log_count - before, told

    def test_a_batch_takes_as_many_queries_for_any_number(self):
        base = self.create_pricelist("Shop")
        self.add_item(
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=base.id,
            percent_price=10,
        )
        foreign = self.create_foreign_currency(rate=2.0)
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        columns = self.create_columns("incl", "regular_excl", "start")
        columns |= self.create_column("abroad", pricelist_id=abroad.id)
        few, many = self.create_many(3), self.create_many(40)
        for product in few | many:
            self.add_item(product.list_price - 1, product, base)
        self.count_queries(few, columns)
        counts = [self.count_queries(products, columns) for products in (few, many)]
        self.assertEqual(counts[0][0], counts[1][0])
        self.assertLess(counts[0][0], 40)
        for product in many:
            self.assertAlmostEqual(
                counts[1][1][product.id].price, round((product.list_price - 1) * 0.9, 2)
            )

    # === WHEN THEY CHANGE BY THEMSELVES === #

    def next_change(self, *columns):
        columns = self.env["lengow.catalogue.column"].union(*columns)
        pricing = self.env["lengow.catalogue.pricing"]
        return pricing._next_change(self.catalogue, columns)

    @freeze_time(NOW)
    def test_the_next_change_is_the_next_begin_or_end_of_a_rule(self):
        self.assertFalse(self.next_change())
        self.add_item(40, self.shirt, date_end=NOW - timedelta(days=1))
        self.add_item(40, self.shirt, date_start=NOW - timedelta(days=1))
        self.assertFalse(self.next_change())
        end = NOW + timedelta(days=9)
        self.add_item(40, self.shirt, date_end=end)
        self.assertEqual(self.next_change(), end + timedelta(seconds=1))
        begin = NOW + timedelta(days=3)
        self.add_item(40, self.mug, date_start=begin, date_end=end)
        self.assertEqual(self.next_change(), begin)

    @freeze_time(NOW)
    def test_rules_of_columns_and_of_pricelists_below_count_too(self):
        day = timedelta(days=1)
        below, other = self.create_pricelist("Below"), self.create_pricelist("Other")
        self.add_item(40, self.shirt, other, date_start=NOW + 3 * day)
        self.assertFalse(self.next_change())
        column = self.create_column("other", pricelist_id=other.id)
        self.assertEqual(self.next_change(column), NOW + 3 * day)
        self.add_item(40, self.shirt, below, date_start=NOW + 2 * day)
        self.add_item(
            pricelist=other,
            compute_price="percentage",
            base="pricelist",
            base_pricelist_id=below.id,
        )
        self.assertEqual(self.next_change(column), NOW + 2 * day)

    @freeze_time(NOW)
    def test_a_rate_that_holds_from_a_day_on_counts(self):
        foreign = self.create_foreign_currency(rate=2.0)
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        column = self.create_column("abroad", pricelist_id=abroad.id)
        self.assertFalse(self.next_change(column))
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "company_id": self.company.id,
                "rate": 3.0,
                "name": "2026-06-20",
            }
        )
        self.assertEqual(self.next_change(column), moment("2026-06-20"))

    # === THE STAMP === #

    def stamp(self, *columns):
        columns = self.env["lengow.catalogue.column"].union(*columns)
        self.env.flush_all()
        return self.env["lengow.catalogue.pricing"]._stamp(self.catalogue, columns)

    def test_the_stamp_is_the_same_while_nothing_changes(self):
        before = self.stamp()
        self.shirt.list_price = 70
        self.env.invalidate_all()
        self.assertEqual(self.stamp(), before)

    def test_the_stamp_changes_with_whatever_makes_prices(self):
        foreign = self.create_foreign_currency(rate=2.0)
        abroad = self.create_pricelist("Abroad", currency_id=foreign.id)
        column = self.create_column("abroad", pricelist_id=abroad.id)
        reduced = self.create_tax(5.5)
        position = self.create_position("DE", reduced)
        seen = {self.stamp(column)}

        def assert_changed(what):
            self.env.flush_all()
            self.env.invalidate_all()
            stamp = self.stamp(column)
            self.assertNotIn(stamp, seen, what)
            seen.add(stamp)

        item = self.add_item(40, self.shirt)
        assert_changed("a rule")
        # In a transaction everything is written at one time.
        self.env.flush_all()
        self.cr.execute(
            "UPDATE product_pricelist_item SET write_date = %s WHERE id = %s",
            [fields.Datetime.now() + timedelta(seconds=5), item.id],
        )
        assert_changed("a changed rule")
        item.unlink()
        item = self.add_item(40, self.shirt, abroad)
        assert_changed("a rule of the pricelist of a column")
        self.catalogue.fiscal_position_id = position
        assert_changed("a fiscal position")
        reduced.original_tax_ids = False
        assert_changed("what a fiscal position maps")
        foreign.rate_ids.rate = 2.5
        assert_changed("a rate")
        self.company.partner_id.tz = "UTC"
        assert_changed("the time in which dates are told")
        abroad.currency_id = self.company.currency_id
        assert_changed("the currency of a pricelist")
        self.company.tax_calculation_rounding_method = (
            "round_per_line"
            if self.company.tax_calculation_rounding_method == "round_globally"
            else "round_globally"
        )
        assert_changed("how taxes are rounded")

    @freeze_time(NOW)
    def test_the_stamp_changes_when_a_rule_begins_and_when_it_ends(self):
        day = timedelta(days=1)
        self.add_item(40, self.shirt, date_start=NOW + day, date_end=NOW + 2 * day)
        stamps = set()
        for days in (0, 1.5, 2.5):
            with freeze_time(NOW + days * day):
                stamps |= {self.stamp(), self.stamp()}
        self.assertEqual(len(stamps), 3)
