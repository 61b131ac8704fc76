"""What changes around a catalog while it is read, or before it is read again."""

from unittest.mock import patch

from odoo.tests import tagged

from ..models.catalogue.at_work import at_work
from .common.catalogue import CatalogueCase
from .common.orders import LengowCase

REFRESHER = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_refresher"


@tagged("post_install", "-at_install")
class TestCatalogueMeanwhile(CatalogueCase):
    def setUp(self):
        super().setUp()
        self.refresher = self.env["lengow.catalogue.refresher"]

    def begin(self, is_whole=True):
        """Begin a run and read half of the products."""
        catalogue = at_work(self.catalogue)
        self.shelves = self.refresher._begin(catalogue, is_whole=is_whole)
        while catalogue.run_stage != "products":
            self.refresher._advance(catalogue, self.shelves)
        self.refresher._advance(catalogue, self.shelves)
        return catalogue

    def go_on(self, catalogue):
        while catalogue.run_stage:
            self.refresher._advance(catalogue, self.shelves)

    # === SETTINGS === #

    def test_settings_changed_in_the_middle_count_for_the_whole_file(self):
        self.publish()
        with patch(f"{REFRESHER}.BATCH", 2):
            catalogue = self.begin()
            self.env["lengow.catalogue.column"].create(
                {
                    "catalogue_id": self.catalogue.id,
                    "header": "brand",
                    "source": "constant",
                    "constant": "ACME",
                }
            )
            self.go_on(catalogue)
        brands = [line["brand"] for line in self.read_file().values()]
        self.assertEqual(brands, ["ACME"] * 4)

    def test_settings_changed_at_the_end_count_for_the_whole_file(self):
        self.publish()
        catalogue = self.begin()
        while catalogue.run_stage != "finish":
            self.refresher._advance(catalogue, self.shelves)
        name = self.catalogue.column_ids.filtered(lambda c: c.header == "name")
        name.write({"source": "constant", "constant": "Anything"})
        self.go_on(catalogue)
        names = {line["name"] for line in self.read_file().values()}
        self.assertEqual(names, {"Anything"})

    # === PRODUCTS === #

    def test_product_that_goes_to_another_company_closes_no_list(self):
        """Its row stays, and is shown to who may not see the product."""
        self.publish()
        other = self.env["res.company"].create({"name": "Other"})
        Row = self.env["lengow.catalogue.row"].with_user(self.user)
        for is_refreshed in (False, True):
            self.mug.company_id = other
            if is_refreshed:
                self.refresh()
            self.env.flush_all()
            self.env.invalidate_all()
            with self.subTest(is_refreshed=is_refreshed):
                rows = Row.search([("catalogue_id", "=", self.catalogue.id)])
                self.assertIn(self.row(self.mug), rows)
                names = ("display_name", "quantity_reason", "offer", "issue_text")
                told = rows.web_read(
                    {
                        **{name: {} for name in names},
                        "details": {},
                        "product_id": {"fields": {"display_name": {}}},
                    }
                )
                self.assertEqual(len(told), 4)
        issues = self.env["lengow.catalogue.issue"].with_user(self.user)
        self.row(self.mug).sudo().write(
            {"state": "listed", "issues": ["no_ean"], "has_warning": True}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        found = issues.search([("catalogue_id", "=", self.catalogue.id)])
        self.assertIn("no_ean", found.mapped("code"))
        names = ("display_name", "barcode", "name", "hint", "can_mend", "is_mended")
        found.web_read({name: {} for name in names})


@tagged("post_install", "-at_install")
class TestCatalogueOtherCompanies(LengowCase):
    """What a shared product has of another company does not go out with it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id}
        )
        vendor = cls.env["res.partner"].create({"name": "Vendor"})
        cls.env["product.supplierinfo"].create(
            [
                {
                    "partner_id": vendor.id,
                    "product_tmpl_id": cls.mug.product_tmpl_id.id,
                    "product_code": code,
                    "company_id": company,
                }
                for code, company in (
                    ("OURS", cls.company.id),
                    ("THEIRS", cls.other.id),
                    ("SHARED", False),
                )
            ]
        )
        cls.foreign_tax = cls.env["account.tax"].create(
            {
                "name": "Their Tax",
                "amount": 7,
                "company_id": cls.other.id,
                "country_id": cls.env.ref("base.fr").id,
                "tax_group_id": cls.env["account.tax.group"]
                .create({"name": "Theirs", "company_id": cls.other.id})
                .id,
            }
        )
        cls.mug.taxes_id += cls.foreign_tax

    def told_by(self, path):
        column = self.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": self.catalogue.id,
                "header": "x",
                "source": "field",
                "path": path,
            }
        )
        catalogue = at_work(self.catalogue)
        products = self.mug.sudo().with_env(catalogue.env)
        content = self.env["lengow.catalogue.content"]
        return content._read(catalogue, column, products)[self.mug.id]["x"]

    def test_records_of_another_company_are_left_out_on_the_way(self):
        self.assertEqual(
            sorted(self.told_by("seller_ids.product_code").split(", ")),
            ["OURS", "SHARED"],
        )

    def test_records_of_another_company_are_left_out_at_the_end(self):
        told = self.told_by("taxes_id").split(", ")
        self.assertNotIn("Their Tax", told)
        self.assertEqual(told, (self.mug.taxes_id - self.foreign_tax).mapped("name"))
