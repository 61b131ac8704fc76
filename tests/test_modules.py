"""Beside Odoo's other modules: `make test-modules` has a database with them.

The table of charts and destinations says which position and rate an order gets, and
where somebody has to be told. A kind is how a position is recognised: `home` leaves
the domestic rate, `oss` and `b2b` are Odoo's own, `other` is any other, `none` is none.
"""

import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import LengowCase, address, line, package

TABLE = "lengow_connector/tests/data/charts.json"


@tagged("post_install", "-at_install", "-standard", "lengow_modules")
class TestBesideModules(LengowCase):
    def test_every_chart_taxes_every_destination_as_the_table_says(self):
        with file_open(TABLE) as file:
            table = json.load(file)
        for seller, expected in table["expected"].items():
            account = self.account_of(seller)
            for name, values in table["destinations"].items():
                with self.subTest(seller=seller, destination=name):
                    row = self.sell(account, seller, name, values)
                    found = self.outcome(row)
                    self.assertEqual(found, {"told": False, **expected[name]})

    def account_of(self, seller):
        """Return an account of the company with the chart of a country."""
        company = self.env["res.company"].search(
            [("name", "=", f"Lengow Chart {seller}")]
        )
        self.assertTrue(company, "make test-modules prepares the companies")
        self.create_product(
            f"CHART-{seller}",
            company_id=company.id,
            taxes_id=company.account_sale_tax_id.ids,
        )
        self.account.company_id = company
        return self.account

    def sell(self, account, seller, name, values):
        """Import an order of one destination."""
        business = {}
        country = {"common_country_iso_a2": values.get("country", seller)}
        place = {**country, "zipcode": values.get("zip", "1010"), "state_region": None}
        billing = address(type="billing", **place)
        if "vat" in values:
            billing.update(company="Exemple GmbH", vat_number=values["vat"])
            business["order_types"] = [{"type": "is_business"}]
        return self.import_order(
            f"{seller}-{name}",
            package(line(f"CHART-{seller}"), delivery=address(**place)),
            billing_address=billing,
            total_tax=None,
            **business,
        )

    def outcome(self, row):
        """Return kind, rate and whether somebody is told, as the table has them."""
        sale = row.sale_order_ids
        position = sale.fiscal_position_id
        rate = sum(sale.order_line.tax_ids.flatten_taxes_hierarchy().mapped("amount"))
        country = sale.partner_shipping_id.country_id
        kind = "other"
        if country == sale.company_id.account_fiscal_country_id and rate:
            kind = "home"
        elif not position:
            kind = "none"
        elif "OSS" in position.name:
            kind = "oss"
        elif position.vat_required:
            kind = "b2b"
        return {"kind": kind, "rate": rate, "told": bool(row.tax_doubt)}

    def test_import_asks_no_vies(self):
        self.company.vat_check_vies = True
        billing = address(
            company="Exemple SA", vat_number="BE0477472701", common_country_iso_a2="BE"
        )
        target = "odoo.addons.base_vat.models.res_partner.check_vies"
        with patch(target, side_effect=AssertionError("VIES was asked")) as asked:
            row = self.import_order(
                "V-1",
                package(delivery=address(common_country_iso_a2="BE")),
                billing_address=billing,
                order_types=[{"type": "is_business"}],
            )
        asked.assert_not_called()
        self.assertEqual(row.sale_order_ids.partner_id.vat, "BE0477472701")

    def test_coupon_of_a_loyalty_program_is_not_mailed_to_the_buyer(self):
        program = self.env["loyalty.program"].create(
            {
                "name": "Next time",
                "program_type": "next_order_coupons",
                "applies_on": "future",
                "trigger": "auto",
                "rule_ids": [(0, 0, {"minimum_amount": 1})],
                "reward_ids": [(0, 0, {"discount": 10})],
            }
        )
        self.assertTrue(program)
        before = self.env["mail.mail"].search([])
        self.import_order("L-1", package(line("SHIRT", "24.00")))
        self.assertFalse(self.env["mail.mail"].search([]) - before)
