"""Catalogs as records: their addresses, their columns, what stays once published."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LengowCase


@tagged("post_install", "-at_install")
class TestCatalogueModels(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id}
        )

    def test_managers_get_an_address_that_they_cannot_read(self):
        catalogue = (
            self.env["lengow.catalogue"].with_user(self.manager).create({"name": "B"})
        )
        self.assertEqual(catalogue.account_id, self.account)
        self.assertGreaterEqual(len(catalogue.sudo().token), 43)
        with self.assertRaises(AccessError):
            catalogue.token  # noqa: B018
        self.assertNotEqual(catalogue.sudo().token, self.catalogue.token)

    def test_products_that_cannot_be_searched_are_refused(self):
        for domain in ("[('no_field', '=', 1)]", "x", "[", "[('name', '~~', 1)]"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.catalogue.domain = domain

    def test_company_that_the_account_does_not_serve_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "sells nothing for Elsewhere"):
            self.catalogue.company_id = other

    def test_published_column_keeps_its_header(self):
        column = self.env["lengow.catalogue.column"].create(
            {"catalogue_id": self.catalogue.id, "header": "id", "standard": "id"}
        )
        theirs = column.with_user(self.manager)
        theirs.header = "ident"
        column.is_published = True
        theirs.header = "ident"
        with self.assertRaisesRegex(UserError, "settings of channels"):
            theirs.header = "id"
        with self.assertRaisesRegex(UserError, "settings of channels"):
            theirs.unlink()

    def test_published_catalog_is_not_deleted(self):
        self.catalogue.state = "published"
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.catalogue.with_user(self.manager).unlink()
