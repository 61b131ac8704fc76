"""Whatever the taxes, a sale order totals what the buyer paid, to the cent."""

import random
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged

from .common import LengowCase, line, package, payload

ORDERS_PER_SETUP = 300


@tagged("post_install", "-at_install")
class TestImportTotals(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["lengow.marketplace"].search([]).workflow = "quotation"
        cls.rates = (20.0, 5.5, 10.0, 2.1, 0.0)

    def test_included_taxes_rounded_by_line(self):
        self._check_generated_orders("round_per_line", included=True, seed=1)

    def test_included_taxes_rounded_globally(self):
        self._check_generated_orders("round_globally", included=True, seed=2)

    def test_excluded_taxes_rounded_by_line(self):
        self._check_generated_orders("round_per_line", included=False, seed=3)

    def test_excluded_taxes_rounded_globally(self):
        self._check_generated_orders("round_globally", included=False, seed=4)

    def test_included_and_excluded_taxes_on_one_line(self):
        included = self.create_tax(20.0)
        excluded = self.create_tax(5.5, included=False)
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            self.shirt.taxes_id = included | excluded
            order = self.import_payload(
                payload(
                    f"MIX-{method}",
                    package(line("SHIRT", "19.99", 3), line("MUG", "0.07", 3)),
                    shipping="4.99",
                )
            )
            self.assertEqual(order.import_state, "imported", order.error_message)
            self.assertAlmostEqual(order.sale_order_ids.amount_total, 25.05)

    def test_converted_amounts_of_which_one_is_taken_off(self):
        order = self.import_payload(
            payload(
                "LESS",
                package(
                    line("SHIRT", "10.335"),
                    line("SHIRT", "10.335"),
                    line("MUG", "-3.333"),
                ),
            )
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 17.34)

    def test_fixed_tax_inside_the_price(self):
        eco_tax = self.create_tax(0.13, amount_type="fixed", include_base_amount=True)
        self.shirt.taxes_id = eco_tax | self.tax
        order = self.import_payload(payload("ECO", package(line("SHIRT", "19.99", 3))))
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 19.99)

    def test_the_smallest_amounts_that_rounding_can_split(self):
        self.company.tax_calculation_rounding_method = "round_per_line"
        self.shirt.taxes_id = self.create_tax(20.0, included=False)
        for cents in range(1, 13):
            amount = f"0.{cents:02d}"
            order = self.import_payload(
                payload(f"TINY-{cents}", package(line("SHIRT", amount)))
            )
            self.assertEqual(order.import_state, "imported", order.error_message)
            self.assertAlmostEqual(order.sale_order_ids.amount_total, cents / 100)

    # === HELPERS === #

    def _check_generated_orders(self, method, included, seed):
        self.company.tax_calculation_rounding_method = method
        self._create_taxed_products(included)
        dice = random.Random(seed)
        totals = {}
        for number in range(ORDERS_PER_SETUP):
            generated = self._generate(f"GEN-{seed}-{number}", dice)
            totals[generated["marketplace_order_id"]] = generated["total_order"]
            self.put(generated)
        orders = self.sync()
        wrong = [
            (order.name, order.error_message or order.sale_order_ids.amount_total)
            for order in orders
            if order.currency_id.compare_amounts(
                order.sale_order_ids.amount_total, float(totals[order.name])
            )
        ]
        self.assertFalse(wrong, f"seed {seed}")
        self.assertEqual(len(orders), ORDERS_PER_SETUP)
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})

    def _create_taxed_products(self, included):
        for rate in self.rates:
            tax = self.create_tax(rate, included=included)
            taxes = [Command.set(tax.ids)]
            self.create_product(f"VAT{rate}-{included}", taxes_id=taxes)
        self.skus = [f"VAT{rate}-{included}" for rate in self.rates]

    def _generate(self, number, dice):
        """Return an order whose quantities need not divide its amounts."""
        lines = [
            line(
                dice.choice(self.skus),
                f"{Decimal(dice.randint(1, 99999)) / 100:.2f}",
                dice.choice((1, 1, 2, 3, 7, 11)),
                marketplace_order_line_id=f"{number}-{index}",
            )
            for index in range(dice.randint(1, 5))
        ]
        extras = {}
        if dice.random() < 0.7:
            extras["shipping"] = f"{Decimal(dice.randint(1, 2999)) / 100:.2f}"
        if dice.random() < 0.3:
            extras["processing_fee"] = f"{Decimal(dice.randint(1, 999)) / 100:.2f}"
        order = payload(number, package(*lines), **extras)
        if dice.random() < 0.2:
            discount = Decimal(dice.randint(1, 100)) / 100
            total = Decimal(order["total_order"])
            if discount < total:
                order.update(discount=str(discount), total_order=str(total - discount))
        return order
