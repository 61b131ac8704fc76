"""The taxes of shipping and fees: as the goods, in proportion, as told, as set."""

import random
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .common import LengowCase, line, package


@tagged("post_install", "-at_install")
class TestServiceTaxes(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reduced = cls.create_tax(5.5)
        cls.mug.taxes_id = cls.reduced

    def goods(self, shirt="30.00", mug="10.00", **taxes):
        return package(
            line("SHIRT", shirt, tax=taxes.get("shirt_tax")),
            line("MUG", mug, tax=taxes.get("mug_tax")),
        )

    def beside(self, order, ref="shipping"):
        """Return total and tax of each line of a kind, as it is booked."""
        lines = order.sale_order_ids.order_line
        return [
            (li.price_total, li.tax_ids) for li in lines if li.lengow_line_ref == ref
        ]

    # === IN PROPORTION === #

    def test_shipping_in_proportion_is_a_line_for_each_tax(self):
        self.account.service_tax_policy = "proportion"
        order = self.import_order("T-1", self.goods(), shipping="4.99")
        self.assertEqual(self.beside(order), [(3.74, self.tax), (1.25, self.reduced)])
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 44.99)

    def test_fee_and_discount_are_shared_just_so(self):
        self.account.service_tax_policy = "proportion"
        order = self.import_order(
            "T-1", self.goods(), processing_fee="1.00", discount="2.00", total="39.00"
        )
        self.assertEqual(
            self.beside(order, "processing_fee"),
            [(0.75, self.tax), (0.25, self.reduced)],
        )
        self.assertEqual(
            self.beside(order, "discount"), [(-1.5, self.tax), (-0.5, self.reduced)]
        )

    def test_goods_of_one_tax_have_one_line_of_shipping(self):
        self.account.service_tax_policy = "proportion"
        order = self.import_order("T-1", shipping="4.99")
        self.assertEqual(self.beside(order), [(4.99, self.tax)])

    def test_free_goods_have_shipping_as_the_largest_line(self):
        self.account.service_tax_policy = "proportion"
        order = self.import_order("T-1", self.goods("0.00", "0.00"), shipping="4.99")
        self.assertEqual(self.beside(order), [(4.99, self.tax)])

    def test_a_cent_is_not_shared(self):
        self.account.service_tax_policy = "proportion"
        order = self.import_order("T-1", self.goods(), shipping="0.01")
        self.assertEqual(self.beside(order), [(0.01, self.tax)])

    def test_what_is_due_by_the_piece_is_not_due_on_shipping(self):
        self.account.service_tax_policy = "proportion"
        eco_tax = self.create_tax(0.13, amount_type="fixed", include_base_amount=True)
        self.shirt.taxes_id = eco_tax | self.tax
        order = self.import_order("T-1", self.goods(), shipping="4.00")
        self.assertEqual(self.beside(order), [(3.0, self.tax), (1.0, self.reduced)])

    def test_totals_stay_exact_whatever_the_taxes(self):
        self.account.service_tax_policy = "proportion"
        dice = random.Random(5)
        skus = []
        for rate in (20.0, 5.5, 10.0, 2.1, 0.0):
            tax = self.create_tax(rate, included=rate != 10.0)
            taxes = [Command.set(tax.ids)]
            self.create_product(f"RATE-{rate}", taxes_id=taxes)
            skus.append(f"RATE-{rate}")
        self.marketplace.workflow = "quotation"
        for number in range(30):
            amounts = [f"{dice.randint(1, 9999) / 100:.2f}" for _sku in skus]
            lines = map(line, skus, amounts, dice.choices((1, 2, 3, 7), k=5))
            shipping = f"{dice.randint(1, 999) / 100:.2f}"
            order = self.import_order(f"P-{number}", package(*lines), shipping=shipping)
            self.assertAlmostEqual(
                Decimal(f"{order.sale_order_ids.amount_total:.2f}"),
                sum(map(Decimal, amounts)) + Decimal(shipping),
            )

    def test_what_is_invoiced_sums_to_it_as_well(self):
        (self.shirt | self.mug).invoice_policy = "order"
        self.account.service_tax_policy = "proportion"
        order = self.import_order("T-1", self.goods(), shipping="4.99")
        invoice = order.sale_order_ids._create_invoices()
        self.assertAlmostEqual(invoice.amount_total, 44.99)

    # === AS TOLD === #

    def told(self, number, shipping_tax, *, shirt_tax="5.00", mug_tax="0.52", **values):
        """Import an order of which the marketplace tells the tax of shipping."""
        self.account.service_tax_policy = "told"
        goods = self.goods(shirt_tax=shirt_tax, mug_tax=mug_tax)
        lines = [Decimal(tax or 0) for tax in (shirt_tax, mug_tax)]
        values.setdefault("total_tax", str(sum(lines) + Decimal(shipping_tax)))
        return self.import_order(number, goods, shipping="4.99", **values)

    def test_shipping_has_the_tax_that_the_marketplace_tells(self):
        for number, tax, expected in (
            ("T-1", "0.83", self.tax),
            ("T-2", "0.26", self.reduced),
            ("T-3", "0.27", self.reduced),
        ):
            order = self.told(number, tax)
            self.assertEqual(self.beside(order), [(4.99, expected)], number)
            self.assertFalse(order.tax_doubt, number)

    def test_tax_that_no_goods_of_the_order_have_is_found_too(self):
        other = self.create_tax(10.0)
        order = self.told("T-1", "0.45")
        self.assertEqual(self.beside(order)[0][1].amount, other.amount)
        self.assertFalse(order.tax_doubt)

    def test_tax_of_another_position_is_none_of_this_order(self):
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        self.create_tax(7.0, fiscal_position_ids=[Command.set(position.ids)])
        order = self.told("T-1", "0.33")
        self.assertEqual(self.beside(order), [(4.99, self.tax)])
        self.assertIn("0.33", order.tax_doubt)

    def test_tax_that_fits_none_of_ours_is_noted(self):
        order = self.told("T-1", "1.20")
        self.assertEqual(self.beside(order), [(4.99, self.tax)])
        for words in ("1.20", "4.99", "largest line"):
            self.assertIn(words, order.tax_doubt)
        self.assertIn("1.20", str(order.sale_order_ids.message_ids.mapped("body")))

    def test_what_is_not_told_is_as_the_largest_line_without_a_word(self):
        for number, values in enumerate(
            (
                {"total_tax": None},
                {"total_tax": "0.00"},
                {"total_tax": "5.52"},  # that of the goods alone
                {"mug_tax": None},
            )
        ):
            order = self.told(f"T-{number}", "0.26", **values)
            self.assertEqual(self.beside(order), [(4.99, self.tax)], values)
            self.assertNotIn("fits no tax", order.tax_doubt or "")

    def test_order_of_which_something_is_gone_tells_nothing_of_shipping(self):
        self.account.service_tax_policy = "told"
        gone = line("MUG", "10.00", tax="0.52", lengow_status="canceled")
        order = self.import_order(
            "T-1",
            package(line("SHIRT", "30.00", tax="5.00"), gone),
            shipping="4.99",
            total_tax="5.78",
        )
        self.assertEqual(self.beside(order), [(4.99, self.tax)])

    def test_fee_has_the_told_tax_and_a_discount_that_of_the_goods(self):
        self.account.service_tax_policy = "told"
        goods = self.goods(shirt_tax="5.00", mug_tax="0.52")
        order = self.import_order(
            "T-1", goods, shipping="4.00", processing_fee="1.28", total_tax="5.80"
        )
        self.assertEqual(self.beside(order), [(4.0, self.reduced)])
        self.assertEqual(self.beside(order, "processing_fee"), [(1.28, self.reduced)])

    def test_vat_of_a_deemed_supplier_is_no_tax_of_ours(self):
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        order = self.told("T-1", "0.83", tax={"is_marketplace_deemed_supplier": True})
        self.assertFalse(self.beside(order)[0][1])

    # === PER MARKETPLACE === #

    def test_marketplace_has_its_own_way(self):
        self.account.service_tax_policy = "proportion"
        self.marketplace.service_tax_policy = "dominant"
        order = self.import_order("T-1", self.goods(), shipping="4.99")
        self.assertEqual(self.beside(order), [(4.99, self.tax)])
        self.marketplace.service_tax_policy = False
        order = self.import_order("T-2", self.goods(), shipping="4.99")
        self.assertEqual(len(self.beside(order)), 2)
