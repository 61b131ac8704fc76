"""Taxes of real countries: who is a business, which position, and who is told."""

from odoo import Command
from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload

GERMANY = {"common_country_iso_a2": "DE"}
BUSINESS = [{"type": "is_business", "label": "B2B"}]


class TaxCase(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.vat = "FR23334175221"
        # A chart of accounts brings its own.
        cls.env["account.fiscal.position"].search([]).auto_apply = False
        europe = cls.env.ref("base.europe").id
        cls.b2b = cls.position(
            "Intra-EU B2B", vat_required=True, country_group_id=europe, sequence=1
        )
        cls.oss = cls.position(
            "OSS Germany", 19.0, country_id=cls.env.ref("base.de").id, sequence=5
        )

    @classmethod
    def position(cls, name, rate=None, **values):
        """Return a fiscal position that Odoo finds; without a rate it takes all tax."""
        position = cls.env["account.fiscal.position"].create(
            {"name": name, "auto_apply": True, **values}
        )
        if rate is not None:
            cls.create_tax(
                rate,
                fiscal_position_ids=[Command.link(position.id)],
                original_tax_ids=[Command.link(cls.tax.id)],
            )
        return position

    def receive(self, number="T-1", *, delivery=None, billing=None, **values):
        """Import an order to Germany, unless told otherwise, and return its row."""
        to = {**GERMANY, **(delivery or {})}
        return self.import_order(
            number,
            package(line("SHIRT"), delivery=address(**to)),
            billing_address=address(type="billing", **{**GERMANY, **(billing or {})}),
            **values,
        )

    def business(self, vat, **values):
        return {
            "billing": {"company": "Exemple GmbH", "vat_number": vat},
            "order_types": BUSINESS,
            **values,
        }

    def calls_about_taxes(self, row):
        kind = self.env.ref("lengow_connector.mail_activity_type_tax_doubt")
        return row.activity_ids.filtered(lambda a: a.activity_type_id == kind)

    def notes(self, record):
        return " ".join(record.message_ids.mapped("body"))


@tagged("post_install", "-at_install")
class TestVatNumbers(TaxCase):
    def test_good_number_of_a_business_is_kept_with_its_prefix(self):
        for index, told in enumerate(("DE136695976", "136695976", "de 136.695.976")):
            row = self.receive(f"V-{index}", **self.business(told))
            sale = row.sale_order_ids
            self.assertEqual(sale.partner_id.vat, "DE136695976", told)
            self.assertEqual(sale.fiscal_position_id, self.b2b)
            self.assertFalse(row.tax_doubt)

    def test_what_is_no_vat_number_leaves_the_vat_on_the_sale(self):
        told = ("N/A", "/", "0", "-", "unknown", "DE123", "DE999999999", "12/345/67890")
        for index, text in enumerate(told):
            row = self.receive(f"V-{index}", **self.business(text))
            sale = row.sale_order_ids
            self.assertFalse(sale.partner_id.vat, text)
            self.assertEqual(sale.fiscal_position_id, self.oss, text)
            self.assertIn("not valid", row.tax_doubt)

    def test_identity_number_of_a_private_buyer_frees_from_no_vat(self):
        spain, italy = ("ES", "12345678Z"), ("IT", "RSSMRA80A01H501U")
        for index, (country, number) in enumerate((spain, italy)):
            for company in (None, "c/o Bar Roma"):
                to = {"common_country_iso_a2": country}
                row = self.receive(
                    f"P-{index}-{bool(company)}",
                    delivery=to,
                    billing={**to, "vat_number": number, "company": company},
                    payments=[{"payment_terms": {"fiscalnb": number}}],
                )
                sale = row.sale_order_ids
                self.assertFalse(sale.partner_id.vat, number)
                self.assertNotEqual(sale.fiscal_position_id, self.b2b, number)
                self.assertAlmostEqual(sale.amount_tax, 4.0)

    def test_business_that_buys_privately_pays_vat(self):
        first = self.receive(
            "L-1", marketplace_customer_id="C-1", **self.business("DE136695976")
        )
        second = self.receive("L-2", marketplace_customer_id="C-1", total_tax="3.83")
        self.assertEqual(first.sale_order_ids.fiscal_position_id, self.b2b)
        self.assertEqual(second.sale_order_ids.fiscal_position_id, self.oss)
        self.assertAlmostEqual(second.sale_order_ids.amount_tax, 3.83)

    def test_relay_point_does_not_change_the_fiscal_position(self):
        self.receive(
            "L-1", marketplace_customer_id="C-1", **self.business("DE136695976")
        )
        tracking = {"relay": {"id": 15632, "name": "Kiosk", "type": "A2P"}}
        row = self.import_order(
            "L-2",
            package(delivery=address(**GERMANY), trackings=[tracking]),
            billing_address=address(type="billing", **GERMANY),
            marketplace_customer_id="C-1",
        )
        sale = row.sale_order_ids
        self.assertTrue(sale.partner_shipping_id.is_pickup_location)
        self.assertEqual(sale.fiscal_position_id, self.oss)
        self.assertEqual(sale._prepare_invoice()["fiscal_position_id"], self.oss.id)


@tagged("post_install", "-at_install")
class TestFiscalPositions(TaxCase):
    def test_fixed_customer_is_taxed_by_the_delivery(self):
        for vat in ("FR23334175221", False):
            self.marketplace.invoice_partner_id = self.env["res.partner"].create(
                {
                    "name": "Marketplace SA",
                    "vat": vat,
                    "country_id": vat and self.env.ref("base.fr").id,
                }
            )
            row = self.receive(f"F-{bool(vat)}")
            self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)

    def test_export_without_a_position_is_told_before_anybody_invoices(self):
        row = self.receive("E-1", delivery={"common_country_iso_a2": "US"})
        sale = row.sale_order_ids
        self.assertFalse(sale.fiscal_position_id)
        self.assertIn("United States", row.tax_doubt)
        self.assertIn("fiscal position", self.notes(row))
        self.assertIn("fiscal position", self.notes(sale))
        self.assertEqual(len(self.calls_about_taxes(row)), 1)
        again = self.receive("E-2", delivery={"common_country_iso_a2": "US"})
        self.assertTrue(again.tax_doubt)
        self.assertFalse(self.calls_about_taxes(again), "one call per cause")
        row.with_user(self.user).action_taxes_checked()
        self.assertFalse(row.tax_doubt)
        self.assertFalse(self.calls_about_taxes(row))

    def test_domestic_rate_that_a_position_leaves_standing_is_told(self):
        self.shirt.taxes_id = self.create_tax(5.5)
        row = self.receive("D-1")
        self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)
        self.assertIn("OSS Germany", row.tax_doubt)

    def test_overseas_region_is_told_by_its_postcode(self):
        overseas = self.position("Overseas", country_id=self.env.ref("base.re").id)
        home = {"common_country_iso_a2": "FR", "zipcode": "97400"}
        row = self.receive("O-1", delivery=home)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, overseas)
        self.assertEqual(row.sale_order_ids.partner_shipping_id.country_id.code, "FR")
        row = self.receive("O-2", delivery={"zipcode": "27498"})
        self.assertIn("territory", row.tax_doubt)

    def test_home_delivery_raises_no_doubt(self):
        row = self.import_order("H-1", shipping="4.99", total_tax="4.83")
        self.assertFalse(row.tax_doubt)
        self.assertFalse(self.calls_about_taxes(row))


@tagged("post_install", "-at_install")
class TestTaxAmounts(TaxCase):
    def test_vat_charged_to_a_business_is_not_booked_as_none_without_a_word(self):
        row = self.receive(total_tax="4.00", **self.business("DE136695976"))
        self.assertAlmostEqual(row.sale_order_ids.amount_tax, 0.0)
        self.assertIn("4.00", row.tax_doubt)
        self.assertTrue(self.calls_about_taxes(row))

    def test_vat_that_differs_is_told_of_consumers_too(self):
        row = self.import_order("A-1", total_tax="4.20")
        self.assertIn("4.20", row.tax_doubt)
        self.assertFalse(self.import_order("A-2", total_tax="4.01").tax_doubt)
        self.assertFalse(self.import_order("A-3", total_tax=None).tax_doubt)

    def test_goods_without_any_tax_are_told(self):
        self.company.account_sale_tax_id = self.tax
        self.shirt.taxes_id = False
        row = self.import_order("A-1")
        self.assertIn("Shirt", row.tax_doubt)
        self.assertIn("no tax", self.notes(row.sale_order_ids))

    def test_eco_contribution_is_not_due_on_shipping_fees_and_discounts(self):
        eco = self.create_tax(0.42, amount_type="fixed", include_base_amount=True)
        eco.sequence = -1
        self.shirt.taxes_id = eco | self.tax
        row = self.import_order("A-1", shipping="4.99", processing_fee="1.00")
        goods, *services = row.sale_order_ids.order_line
        self.assertEqual(goods.tax_ids, eco | self.tax)
        for service in services:
            self.assertEqual(service.tax_ids, self.tax)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 29.99)

    def test_vat_that_the_marketplace_pays_is_no_turnover(self):
        self.account.deemed_supplier_fiscal_position_id = self.position(
            "Collected", auto_apply=False
        )
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        by_line = package(line("SHIRT", tax="4.00"))
        row = self.import_order("C-1", by_line, total_tax="4.00", **collected)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 20.0)
        self.assertFalse(row.tax_doubt)
        row = self.import_order("C-2", shipping="6.00", total_tax="5.00", **collected)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 25.0)
        row = self.import_order("C-3", **collected)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 24.0)
        self.assertTrue(row.tax_doubt)
        self.account.deemed_supplier_policy = "gross"
        row = self.import_order("C-4", total_tax="4.00", **collected)
        self.assertAlmostEqual(row.sale_order_ids.amount_total, 24.0)

    def test_vat_that_a_discount_has_reduced_is_for_a_person(self):
        self.account.deemed_supplier_fiscal_position_id = self.position(
            "Collected", auto_apply=False
        )
        shirt = line("SHIRT", tax="4.00")
        gone = line("MUG", "10.00", tax="1.67", lengow_status="canceled")
        told = {"discount": "6.00", "tax": {"is_marketplace_deemed_supplier": True}}
        for number, lines, total in (
            ("C-1", [shirt], "18.00"),
            ("C-2", [shirt, gone], "28.00"),
        ):
            with self.subTest(lines=len(lines)):
                row = self.import_order(number, package(*lines), total=total, **told)
                self.assertAlmostEqual(row.sale_order_ids.amount_total, 18.0)
                self.assertTrue(row.tax_doubt)

    def test_business_that_tells_no_number_is_taxed_as_told(self):
        order = payload("A-1", order_types=BUSINESS, total_tax="0.00")
        row = self.import_payload(order)
        self.assertAlmostEqual(row.sale_order_ids.amount_tax, 4.0)
        self.assertIn("0.00", row.tax_doubt)
