"""Catalogs as records: their addresses, their columns, what stays once published."""

from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from ..catalogue.presets import PRESETS
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
            catalogue.read(["token"])
        self.assertNotEqual(catalogue.sudo().token, self.catalogue.token)

    def test_products_that_cannot_be_searched_are_refused(self):
        for domain in ("[('no_field', '=', 1)]", "x", "[", "[('name', '~~', 1)]"):
            with self.subTest(domain=domain), self.assertRaises(ValidationError):
                self.catalogue.domain = domain

    def test_company_that_the_account_does_not_serve_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        with self.assertRaisesRegex(ValidationError, "sells nothing for Elsewhere"):
            self.catalogue.company_id = other

    def test_catalog_has_the_columns_of_its_preset(self):
        for preset, columns in PRESETS.items():
            catalogue = self.env["lengow.catalogue"].create(
                {"name": preset, "account_id": self.account.id, "preset": preset}
            )
            self.assertEqual(
                catalogue.column_ids.mapped("header"), [c.header for c in columns]
            )
        catalogue.with_user(self.manager).preset = "magento"
        self.assertEqual(
            catalogue.column_ids.mapped("header"),
            [c.header for c in PRESETS["magento"]],
        )

    def test_header_that_lengow_does_not_take_is_refused(self):
        for header in ("größe", "a b", "a,b", "a/b", "50%", "x" * 59, "", "ID", "-"):
            with self.subTest(header=header), self.assertRaises(ValidationError):
                self.add_column(header=header, source="constant")

    def test_column_that_holds_nothing_is_refused(self):
        for source in ("standard", "field", "attribute", "price", "quantity"):
            with self.subTest(source=source), self.assertRaises(ValidationError):
                self.add_column(header="x", source=source)

    def test_field_that_cannot_go_out_is_refused(self):
        for path in (
            "no_such_field",
            "name.id",
            "categ_id.no_such",
            "image_1920",
            "create_uid.password",
            "product_tmpl_id." * 6 + "name",
        ):
            with self.subTest(path=path), self.assertRaises(ValidationError):
                self.add_column(header="x", source="field", path=path)

    def test_field_that_the_user_may_not_read_is_refused(self):
        column = self.env["lengow.catalogue.column"].with_user(self.manager)
        moves = self.registry["stock.move"]
        with (
            patch.object(moves, "check_access", side_effect=AccessError("no")),
            self.assertRaises(AccessError),
        ):
            column.create(
                {
                    "catalogue_id": self.catalogue.id,
                    "header": "x",
                    "source": "field",
                    "path": "stock_move_ids.reference",
                }
            )

    def test_path_of_no_field_is_a_sentence_to_managers_too(self):
        column = self.add_column(header="x", source="constant", constant="1")
        theirs = column.with_user(self.manager)
        theirs.path = "no_such_field"
        with self.assertRaisesRegex(ValidationError, "no_such_field"):
            theirs.source = "field"

    def add_column(self, **values):
        return self.env["lengow.catalogue.column"].create(
            {"catalogue_id": self.catalogue.id, **values}
        )

    def test_published_column_keeps_its_header(self):
        column = self.catalogue.column_ids[0]
        self.assertEqual(column.standard, "id")
        theirs = column.with_user(self.manager)
        theirs.header = "ident"
        column.is_published = True
        theirs.header = "ident"
        with self.assertRaisesRegex(UserError, "settings of channels"):
            theirs.header = "id"
        with self.assertRaisesRegex(UserError, "settings of channels"):
            theirs.standard = "sku"
        with self.assertRaisesRegex(UserError, "settings of channels"):
            theirs.unlink()

    def test_row_that_says_nothing_of_errors_has_none(self):
        row = self.env["lengow.catalogue.row"].create(
            {"catalogue_id": self.catalogue.id, "kind": "simple", "state": "listed"}
        )
        self.env.flush_all()
        self.env.cr.execute(
            "SELECT has_error, has_warning FROM lengow_catalogue_row WHERE id = %s",
            [row.id],
        )
        self.assertEqual(self.env.cr.fetchone(), (False, False))

    def test_published_catalog_is_not_deleted(self):
        self.catalogue.state = "published"
        with self.assertRaisesRegex(UserError, "Archive it"):
            self.catalogue.with_user(self.manager).unlink()
