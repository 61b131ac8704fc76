"""The lines of files, kept with the rows: they say what the values say."""

import json
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import SQL

from ..catalogue.formats import BETWEEN
from ..models.catalogue.at_work import at_work
from ..models.catalogue.layout import Layout
from ..models.catalogue.row_store import RowStore
from ..models.catalogue.standards import READERS
from .common.catalogue import CatalogueCase


@tagged("post_install", "-at_install")
class TestCatalogueLines(CatalogueCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.catalogue.with_parents = True

    def setUp(self):
        super().setUp()
        self.publish()

    def headers(self):
        return Layout(at_work(self.catalogue)).headers

    def assert_lines(self, *products):
        """Have the lines say what the values do, in the order of the columns."""
        self.env.invalidate_all()
        rows = self.catalogue.row_ids
        for row in rows:
            texts = [row.values.get(header, "") for header in self.headers()]
            self.assertEqual(row.line.split(BETWEEN), texts, row.identifier)
        self.assertLess({product.id for product in products}, {*rows.product_id.ids})

    def forget_lines(self):
        """Have rows as they were before there were lines."""
        self.env.cr.execute(
            "UPDATE lengow_catalogue_row SET line = NULL, line_stamp = NULL "
            "WHERE catalogue_id = %s",
            [self.catalogue.id],
        )

    def test_line_says_what_the_values_say(self):
        self.assert_lines(self.shirt, self.mug)
        self.left[self.mug.id] = 0
        self.prices[self.shirt.id] = 11.5
        self.hat.name = 'Hat | "red" \\u001f é\u2028'
        self.refresh()
        self.assert_lines(self.hat, self.mug)
        line = self.read_file()["HAT"]
        self.assertEqual(line["name"], 'Hat | "red" \\u001f é')

    def test_line_of_what_is_withdrawn_says_so(self):
        self.mug.active = False
        self.catalogue.hold_lost = 100
        self.refresh()
        self.assertEqual(self.row(self.mug).state, "withdrawn")
        self.assert_lines(self.mug)
        self.assertEqual(self.read_file()["MUG"]["status"], "Disabled")

    def test_lines_follow_the_order_of_the_columns(self):
        before = self.read_file()
        self.catalogue.column_ids.filtered(lambda c: c.header == "name").sequence = 99
        self.refresh()
        self.assert_lines(self.mug)
        now = self.read_file()
        self.assertEqual(now, before)
        self.assertEqual([*now["MUG"]][-1], "name")

    def test_lines_have_the_columns_that_are_new(self):
        self.create_column()
        self.refresh()
        self.assert_lines(self.mug)
        self.assertEqual(self.read_file()["MUG"]["origin"], "Lyon")

    def test_what_was_withdrawn_before_has_the_columns_that_are_new(self):
        """Its row is not made anew, and its line is of other columns."""
        self.mug.active = False
        self.catalogue.hold_lost = 100
        self.refresh()
        self.create_column()
        self.refresh()
        line = self.read_file()["MUG"]
        self.assertEqual((line["origin"], line["status"]), ("", "Disabled"))
        self.assertEqual(self.read_file()["HAT"]["origin"], "Lyon")

    def create_column(self, header="origin"):
        self.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": self.catalogue.id,
                "header": header,
                "sequence": 3,
                "source": "constant",
                "constant": "Lyon",
            }
        )

    def test_rows_without_lines_are_told_as_ever(self):
        before = self.read_file()
        self.forget_lines()
        self.left[self.mug.id] = 2
        self.refresh()
        now = self.read_file()
        self.assertEqual(now.pop("MUG")["quantity"], "2")
        before.pop("MUG")
        self.assertEqual(now, before)

    def test_rows_without_lines_get_them_and_have_not_changed(self):
        self.forget_lines()
        moment = "2026-01-01 00:00:00"
        self.env.cr.execute(
            "UPDATE lengow_catalogue_row SET changed_at = %s WHERE catalogue_id = %s",
            [moment, self.catalogue.id],
        )
        self.refresh(is_whole=True)
        self.assert_lines(self.mug)
        for row in self.catalogue.row_ids:
            self.assertEqual(str(row.changed_at), moment)

    def test_no_text_of_a_module_ends_a_value_or_stops_the_catalog(self):
        """What stands between values, or nobody can keep, is taken out of them."""
        for text in (f"a{BETWEEN}b", "a\ud800b", "a\0b"):
            with (
                self.subTest(text=ascii(text)),
                patch.dict(READERS, sku=lambda _product, _template, text=text: text),
            ):
                self.refresh(is_whole=True)
                self.assert_lines(self.mug)
                self.assertEqual(self.read_file()["MUG"]["sku"], "ab")

    def test_line_does_not_outlive_what_a_version_without_lines_writes(self):
        """As one does that goes on during an upgrade, or is put back for a day."""
        store = RowStore(at_work(self.catalogue))
        row = store.of_products([self.mug.id])[self.mug.id]
        row.values, row.quantity = {**row.values, "quantity": "1"}, 1
        row.seal("")
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_catalogue_row SET values = %s, quantity = 1, "
                "digest = %s WHERE id = %s",
                json.dumps(row.values),
                row.digest,
                row.id,
            )
        )
        self.left[self.mug.id] = 1
        self.refresh()
        self.assertEqual(self.read_file()["MUG"]["quantity"], "1")
        self.refresh(is_whole=True)
        self.assert_lines(self.mug)

    def test_value_of_before_that_holds_what_stands_between_stops_no_file(self):
        row = self.row(self.mug)
        self.mug.active = False
        self.catalogue.hold_lost = 100
        self.refresh()
        self.forget_lines()
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_catalogue_row SET digest = 'x', "
                "values = JSONB_SET(values, '{name}', %s) WHERE id = %s",
                '"a\\u001fb"',
                row.id,
            )
        )
        self.left[self.hat.id] = 1
        self.refresh()
        self.assertEqual(self.read_file()["MUG"]["name"], "ab")
        self.assertEqual(self.read_file()["HAT"]["quantity"], "1")

    def test_header_may_begin_with_a_hyphen(self):
        self.create_column("-origin")
        self.refresh()
        self.assert_lines(self.mug)
        self.assertEqual(self.read_file()["MUG"]["-origin"], "Lyon")

    def test_catalog_without_columns_can_be_looked_at(self):
        catalogue = self.create_catalogue(columns=()).with_user(self.manager)
        catalogue.action_refresh()
        self.assertTrue(catalogue.row_ids)
        action = catalogue.action_preview()
        dialog = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(dialog._read_first(), ([], []))
