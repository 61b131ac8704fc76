"""Taxes of real countries: who is a business, which position, and who is told."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..lengow_api import Order
from ..mapper import ReferenceData
from ..mapper.buyer import BuyerMapper
from ..mapper.vat import TaxNumbers
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
class TestPersonalNumbers(TaxCase):
    """Numbers of people and companies that are no VAT numbers, and where they stand."""

    def sell_in(self, country):
        self.company.account_fiscal_country_id = self.env.ref(f"base.{country}")

    def buyer(self, number, country, **told):
        """Return the customer of an order that stays in a country."""
        here = {"common_country_iso_a2": country}
        row = self.receive(number, delivery=here, billing={**here, **told})
        return row.sale_order_ids.partner_id

    def test_nif_of_a_consumer_is_for_invoices_of_a_spanish_company(self):
        self.sell_in("es")
        told = {"marketplace_customer_id": "C-1"}
        here = {"common_country_iso_a2": "ES"}
        first = self.receive("N-1", delivery=here, billing=here, **told)
        self.assertFalse(first.sale_order_ids.partner_id.vat)
        row = self.receive(
            "N-2",
            delivery=here,
            billing=here,
            payments=[{"payment_terms": {"fiscalnb": "12345678-z"}}],
            **told,
        )
        sale = row.sale_order_ids
        self.assertEqual(sale.partner_id, first.sale_order_ids.partner_id)
        self.assertEqual(sale.partner_id.vat, "ES12345678Z")
        self.assertFalse(sale.partner_id.is_company)
        self.assertAlmostEqual(sale.amount_tax, 4.0)
        self.assertFalse(row.tax_doubt)
        self.assertEqual(self.buyer("N-3", "ES", vat_number="X1234567L").vat[-1], "L")

    def test_wrong_nif_or_a_seller_abroad_leave_it_out(self):
        self.sell_in("es")
        self.assertFalse(self.buyer("N-1", "ES", vat_number="12345678A").vat)
        self.assertFalse(self.buyer("N-2", "ES", vat_number="N/A").vat)
        self.sell_in("fr")
        self.assertFalse(self.buyer("N-3", "ES", vat_number="12345678Z").vat)

    def test_nif_of_a_person_makes_no_company_beside_a_known_business(self):
        self.sell_in("es")
        here = {"common_country_iso_a2": "ES"}
        told = {"marketplace_customer_id": "C-1"}
        company = {**here, "company": "Ejemplo SL", "vat_number": "B58378431"}
        first = self.receive(
            "N-1", delivery=here, billing=company, order_types=BUSINESS, **told
        )
        second = self.receive(
            "N-2", delivery=here, billing={**here, "vat_number": "12345678Z"}, **told
        )
        self.assertEqual(
            second.sale_order_ids.partner_id, first.sale_order_ids.partner_id
        )
        self.assertEqual(first.sale_order_ids.partner_id.vat, "ESB58378431")

    def test_siret_of_a_french_company_is_its_registry(self):
        self.sell_in("fr")
        told = {"marketplace_customer_id": "C-1"}
        france = {"common_country_iso_a2": "FR"}
        registries = []
        for index, number in enumerate(("1", "732 829 320 00074")):
            row = self.receive(
                f"S-{index}",
                delivery=france,
                billing=france,
                payments=[{"payment_terms": {"siret_number": number}}],
                **told,
            )
            registries.append(row.sale_order_ids.partner_id.company_registry)
        self.assertEqual(registries, [False, "73282932000074"])

    def test_codice_fiscale_is_kept_where_odoo_has_a_field_for_it(self):
        """Only the Italian localization brings the field: another one stands for it."""
        names = {*self.env["res.partner"]._fields, "l10n_it_codice_fiscale"}
        italy = self.env.ref("base.it")
        mapper = BuyerMapper(self.account, ReferenceData(self.env), {})
        for number, expected in (
            ("RSSMRA80A01H501U", "RSSMRA80A01H501U"),
            ("rssmra80a01 h501u", "RSSMRA80A01H501U"),
            ("RSSMRA80A01H501X", None),
        ):
            terms = [{"payment_terms": {"fiscalnb": number}}]
            content = Order.from_payload(payload("I-1", payments=terms))
            values = mapper._number_values(content, italy, TaxNumbers())
            self.assertNotIn("l10n_it_codice_fiscale", {*values} - names)
            with patch.object(BuyerMapper, "_partner_fields", return_value=names):
                values = mapper._number_values(content, italy, TaxNumbers())
            self.assertEqual(values.get("l10n_it_codice_fiscale"), expected)


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
        self.assertIn("Heligoland", row.tax_doubt)

    def test_position_with_postcodes_wins_over_that_of_the_country(self):
        spain = self.env.ref("base.es")
        oss = self.position("OSS Spain", 21.0, country_id=spain.id, sequence=1)
        own = self.position(
            "Canaries",
            country_id=spain.id,
            zip_from="35000",
            zip_to="35999",
            sequence=9,
        )
        to = {"common_country_iso_a2": "ES"}
        for index, zipcode in enumerate(("35001", "35 001", "E-35001")):
            row = self.receive(f"Z-{index}", delivery={**to, "zipcode": zipcode})
            self.assertEqual(row.sale_order_ids.fiscal_position_id, own, zipcode)
            self.assertEqual(row.tax_territory, "canaries")
            self.assertFalse(row.tax_doubt)
        row = self.receive("Z-9", delivery={**to, "zipcode": "28001"})
        self.assertEqual(row.sale_order_ids.fiscal_position_id, oss)
        self.assertFalse(row.tax_territory)

    def test_territory_without_a_position_of_its_own_is_an_export(self):
        spain = self.env.ref("base.es")
        self.position("OSS Spain", 21.0, country_id=spain.id, sequence=1)
        export = self.position("Export", sequence=20)
        for index, (country, to) in enumerate(
            (
                ("ES", {"zipcode": "38001"}),
                ("ES", {"zipcode": None, "state_region": "Las Palmas"}),
                ("ES", {"zipcode": "52001"}),
                ("DE", {"zipcode": "27498"}),
                ("DE", {"zipcode": "D-78266"}),
                ("IT", {"zipcode": "23030", "city": "Livigno"}),
                ("FI", {"zipcode": "22100"}),
                ("GB", {"zipcode": "JE2 3AB"}),
                ("DK", {"zipcode": "100"}),
                ("DK", {"zipcode": "FO-860"}),
                ("DK", {"zipcode": "DK-3900"}),
            )
        ):
            to = {**to, "common_country_iso_a2": country}
            row = self.receive(f"X-{index}", delivery=to)
            self.assertEqual(row.sale_order_ids.fiscal_position_id, export, to)
            self.assertAlmostEqual(row.sale_order_ids.amount_tax, 0.0)
            self.assertFalse(row.tax_doubt)
            self.assertTrue(row.tax_territory)
        row = self.receive("X-END", delivery={"zipcode": "27499"})
        self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)

    def test_territory_for_which_nothing_fits_is_told(self):
        spain = self.env.ref("base.es")
        oss = self.position("OSS Spain", 21.0, country_id=spain.id, sequence=1)
        to = {"common_country_iso_a2": "ES", "zipcode": "35001"}
        row = self.receive("T-1", delivery=to)
        self.assertFalse(row.sale_order_ids.fiscal_position_id)
        self.assertIn("Canary Islands", row.tax_doubt)
        self.assertNotIn("No fiscal position", row.tax_doubt)
        self.marketplace.fiscal_position_id = oss
        row = self.receive("T-2", delivery=to)
        self.assertIn("Canary Islands", row.tax_doubt, "set for the whole country")

    def test_northern_ireland_is_neither_export_nor_silent(self):
        self.position("Export", sequence=20)
        belfast = {"common_country_iso_a2": "GB", "zipcode": "BT1 1AA"}
        row = self.receive("N-1", delivery=belfast)
        self.assertIn("Northern Ireland", row.tax_doubt)
        kingdom = self.env.ref("base.uk")
        own = self.position(
            "NI", 20.0, country_id=kingdom.id, zip_from="BT", zip_to="BT99", sequence=30
        )
        row = self.receive("N-2", delivery=belfast)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, own)
        self.assertFalse(row.tax_doubt)
        row = self.receive("N-3", delivery={**belfast, "zipcode": "B1 1AA"})
        self.assertNotEqual(row.sale_order_ids.fiscal_position_id, own)

    def test_islands_of_portugal_have_rates_of_their_own(self):
        portugal = self.env.ref("base.pt")
        oss = self.position("OSS Portugal", 23.0, country_id=portugal.id, sequence=1)
        self.position("Export", sequence=20)
        places = (("9000-123", "madeira"), ("9760", "azores"), (None, "azores"))
        for index, (zipcode, territory) in enumerate(places):
            to = {"common_country_iso_a2": "PT", "zipcode": zipcode}
            state = {} if zipcode else {"state_region": "Açores"}
            row = self.receive(f"P-{index}", delivery={**to, **state})
            self.assertEqual(row.sale_order_ids.fiscal_position_id, oss, zipcode)
            self.assertEqual(row.tax_territory, territory)
            self.assertIn("other rules for VAT", row.tax_doubt)
        own = self.position(
            "OSS Madeira",
            22.0,
            country_id=portugal.id,
            zip_from="9000-000",
            zip_to="9399-999",
            sequence=30,
        )
        to = {"common_country_iso_a2": "PT", "zipcode": "9000-123"}
        row = self.receive("P-8", delivery=to)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, own)
        self.assertFalse(row.tax_doubt)
        row = self.receive("P-9", delivery={**to, "zipcode": "1000-001"})
        self.assertEqual(row.sale_order_ids.fiscal_position_id, oss)
        self.assertFalse(row.tax_territory)

    def test_rate_of_portugal_is_that_of_where_goods_leave(self):
        self.company.account_fiscal_country_id = self.env.ref("base.pt")
        to = {"common_country_iso_a2": "PT", "zipcode": "9000-123"}
        row = self.receive("P-1", delivery=to, billing=to)
        self.assertFalse(row.tax_doubt)
        self.assertFalse(row.tax_territory)

    def test_overseas_region_is_found_by_its_postcodes_under_any_code(self):
        france = self.env.ref("base.fr")
        own = self.position(
            "Overseas", country_id=france.id, zip_from="97000", zip_to="97999"
        )
        for code in ("FR", "RE"):
            to = {"common_country_iso_a2": code, "zipcode": "97410"}
            row = self.receive(f"O-{code}", delivery=to)
            self.assertEqual(row.sale_order_ids.fiscal_position_id, own, code)

    def test_company_in_a_territory_sells_there_at_home(self):
        self.company.account_fiscal_country_id = self.env.ref("base.es")
        self.company.partner_id.write(
            {"country_id": self.env.ref("base.es").id, "zip": "35001"}
        )
        self.position("Export", sequence=20)
        home = self.position(
            "IGIC", 7.0, country_id=self.env.ref("base.es").id, sequence=1
        )
        to = {"common_country_iso_a2": "ES", "zipcode": "38001"}
        row = self.receive("C-1", delivery=to, billing=to)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, home)
        self.assertFalse(row.tax_doubt)

    def test_home_delivery_raises_no_doubt(self):
        row = self.import_order("H-1", shipping="4.99", total_tax="4.83")
        self.assertFalse(row.tax_doubt)
        self.assertFalse(self.calls_about_taxes(row))


@tagged("post_install", "-at_install")
class TestStockAbroad(TaxCase):
    """What leaves from a warehouse in another country, of which taxes it is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.account_fiscal_country_id = cls.env.ref("base.fr")
        cls.germany = cls.env.ref("base.de")
        place = cls.env["res.partner"].create(
            {"name": "Lager", "country_id": cls.germany.id}
        )
        cls.marketplace.warehouse_id = cls.env["stock.warehouse"].create(
            {"name": "Lager", "code": "LAG", "partner_id": place.id}
        )

    def register(self):
        """Give the company a VAT number of Germany, and its position there."""
        return self.position(
            "Germany, registered",
            19.0,
            country_id=self.germany.id,
            foreign_vat="DE136695976",
            sequence=50,
        )

    def test_goods_that_stay_in_their_country_are_taxed_there(self):
        local = self.register()
        row = self.receive("S-1")
        self.assertEqual(row.sale_order_ids.fiscal_position_id, local)
        self.assertFalse(row.tax_doubt)
        self.marketplace.warehouse_id = False
        row = self.receive("S-2")
        self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)

    def test_goods_of_the_salespersons_warehouse_are_taxed_there(self):
        local, abroad = self.register(), self.marketplace.warehouse_id
        self.marketplace.warehouse_id = False
        self.manager.with_company(self.company).property_warehouse_id = abroad
        self.marketplace.salesperson_id = self.manager
        row = self.receive("S-1")
        self.assertEqual(row.sale_order_ids.warehouse_id, abroad)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, local)

    def test_whoever_imports_changes_no_taxes(self):
        self.register()
        abroad = self.marketplace.warehouse_id
        self.marketplace.warehouse_id = False
        self.env.user.with_company(self.company).property_warehouse_id = abroad
        row = self.receive("S-1")
        self.assertNotEqual(row.sale_order_ids.warehouse_id, abroad)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)

    def test_goods_of_the_marketplaces_warehouse_are_taxed_there(self):
        local = self.register()
        self.account.import_fulfilled_by_marketplace = True
        self.marketplace.fulfilment_warehouse_id = self.marketplace.warehouse_id
        self.marketplace.warehouse_id = False
        by_marketplace = [{"type": "is_delivered_by_marketplace", "label": "AFN"}]
        row = self.receive("S-1", order_types=by_marketplace)
        self.assertEqual(row.sale_order_ids.fiscal_position_id, local)
        self.assertFalse(row.tax_doubt)

    def test_without_a_registration_there_the_order_says_so(self):
        row = self.receive("S-1")
        self.assertEqual(row.sale_order_ids.fiscal_position_id, self.oss)
        self.assertIn("leave from Germany", row.tax_doubt)
        self.assertIn("leave from Germany", self.notes(row.sale_order_ids))
        row = self.receive("S-2", delivery={"common_country_iso_a2": "FR"})
        self.assertIn("leave from Germany", row.tax_doubt)
        self.marketplace.fiscal_position_id = self.position("By hand", 19.0)
        self.assertFalse(self.receive("S-3").tax_doubt, "somebody has decided")

    def test_distance_sales_from_there_follow_the_oss(self):
        self.register()
        austria = self.env.ref("base.at")
        oss = self.position("OSS Austria", 20.0, country_id=austria.id, sequence=5)
        row = self.receive("S-1", delivery={"common_country_iso_a2": "AT"})
        self.assertEqual(row.sale_order_ids.fiscal_position_id, oss)
        self.assertFalse(row.tax_doubt)

    def test_untaxed_supplies_from_there_are_told(self):
        self.register()
        self.position("Export", sequence=60)
        row = self.receive("S-1", delivery={"common_country_iso_a2": "US"})
        self.assertIn("leave from Germany", row.tax_doubt)


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
