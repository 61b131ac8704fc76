"""The files of a catalog: what Lengow reads, and what waits for a person."""

from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import format_amount

from .common.catalogue import TenProductsCase

WITHDRAWAL = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_withdrawal"


@tagged("post_install", "-at_install")
class TestCataloguePublish(TenProductsCase):
    # === WHAT IS LOST === #

    def test_file_that_would_lose_many_products_waits_with_numbers_and_examples(self):
        self.more[:3].active = False
        self.left[self.mug.id] = 2
        self.refresh()
        self.assert_held("3 of 10 products would be lost", "P-0, P-1, P-2", "20 %")
        now = self.read_file()
        self.assertEqual(set(now), set(self.before))
        self.assertEqual(now["P-0"]["status"], "Enabled")
        self.assertEqual(now["MUG"]["quantity"], "2", "quantities go on")
        self.assertEqual(self.read_file("stock.csv")["MUG"]["stock_quantity"], "2")

    def test_what_is_held_keeps_texts_and_prices_too(self):
        self.more[:3].active = False
        self.mug.name = "Cup"
        self.prices[self.mug.id] = 45.0
        self.refresh()
        line = self.read_file()["MUG"]
        self.assertEqual((line["name"], line["price_incl_tax"]), ("Mug", "50.00"))
        line = self.read_file("stock.csv")["MUG"]
        self.assertEqual(line["stock_price_incl_tax"], "50.00")

    def test_no_more_is_sold_of_what_would_be_lost_than_there_is(self):
        self.more[:3].active = False
        self.refresh()
        self.left[self.more[0].id] = 1
        self.left[self.more[1].id] = 90
        self.left[self.mug.id] = 4
        self.refresh()
        now = self.read_file()
        self.assertEqual(now["P-0"]["quantity"], "1")
        self.assertEqual(now["P-1"]["quantity"], "5")
        self.assertEqual(self.read_file("stock.csv")["P-0"]["stock_quantity"], "1")

    def test_few_lost_products_do_not_wait(self):
        self.more[:2].active = False
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(self.read_file()["P-0"]["status"], "Disabled")

    def test_products_lost_after_their_days_do_not_wait(self):
        self.more[:2].active = False
        self.catalogue.withdrawn_days = 0
        self.refresh()
        self.more[2].active = False
        self.refresh()
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(len(self.read_file()), 7)

    def test_without_days_the_next_run_removes_whatever_the_clock_says(self):
        self.catalogue.withdrawn_days = 0
        now = fields.Datetime.now()
        for product, seconds in zip(self.more[:2], (0, 3), strict=True):
            with self.subTest(seconds=seconds):
                product.active = False
                with freeze_time(now):
                    self.refresh()
                self.assertEqual(self.row(product).state, "withdrawn")
                told = self.read_file()[self.row(product).identifier]
                self.assertEqual((told["quantity"], told["status"]), ("0", "Disabled"))
                with freeze_time(now + timedelta(seconds=seconds)):
                    self.refresh()
                self.assertEqual(self.row(product).state, "removed")

    def test_run_that_withdraws_removes_nothing_however_long_it_takes(self):
        self.catalogue.withdrawn_days = 0
        self.more[:2].active = False
        batches = patch(f"{WITHDRAWAL}.BATCH", 1)
        with batches, freeze_time(fields.Datetime.now(), auto_tick_seconds=1):
            self.env["lengow.catalogue.refresher"]._refresh(self.catalogue)
        for product in self.more[:2]:
            self.assertEqual(self.row(product).state, "withdrawn")

    def test_days_of_withdrawal_begin_when_lengow_reads_of_it(self):
        self.more[:3].active = False
        self.refresh()
        rows = self.row(self.more[0]) | self.row(self.more[1]) | self.row(self.more[2])
        rows.withdrawn_at = fields.Datetime.now() - timedelta(days=20)
        self.refresh()
        self.assertEqual(set(rows.mapped("state")), {"withdrawn"})
        self.catalogue.with_user(self.manager).action_release()
        self.refresh()
        self.assertEqual(set(rows.mapped("state")), {"withdrawn"})
        self.assertEqual(self.read_file()["P-0"]["quantity"], "0")

    def test_hold_ends_by_itself_with_its_reason(self):
        self.more[:3].active = False
        self.refresh()
        self.more[:3].active = True
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertFalse(self.catalogue.hold_reason)
        self.assertFalse(self.catalogue.activity_ids)
        self.assertEqual(self.read_file(), self.before)

    def test_hold_has_a_name_among_what_is_to_be_done(self):
        self.more[:3].active = False
        self.refresh()
        self.assertEqual(self.catalogue.activity_ids.summary, "Catalog on Hold")

    def test_hold_is_decided_once_as_long_as_nothing_changes(self):
        self.more[:3].active = False
        self.refresh()
        messages = self.catalogue.message_ids
        checksum = self.catalogue.checksum
        with self.counted_writes() as statements:
            self.refresh()
        self.assertEqual(statements, [])
        self.assertEqual(self.catalogue.message_ids, messages)
        self.assertEqual(self.catalogue.checksum, checksum)

    def test_release_lets_it_go(self):
        self.more[:3].active = False
        self.refresh()
        self.catalogue.with_user(self.manager).action_release()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(self.read_file()["P-0"]["status"], "Disabled")
        self.assertFalse(self.catalogue.activity_ids)
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")

    def test_what_is_not_held_cannot_be_released(self):
        with self.assertRaisesRegex(UserError, "not on hold"):
            self.catalogue.with_user(self.manager).action_release()

    # === PRICES === #

    def test_prices_that_jump_wait(self):
        for product in self.more[:4]:
            self.prices[product.id] = 5.0
        self.left[self.mug.id] = 2
        self.refresh(is_whole=True)
        currency = self.catalogue.company_id.currency_id
        old, new = (format_amount(self.env, price, currency) for price in (50.0, 5.0))
        self.assert_held("4 of 10 prices", f"P-0 ({old} → {new})", "30 %")
        self.assertIn(currency.symbol, new)
        now = self.read_file()
        self.assertEqual(now["P-0"]["price_incl_tax"], "50.00")
        self.assertEqual(now["MUG"]["quantity"], "2")

    # === COLUMNS === #

    def add_column(self, **values):
        return self.env["lengow.catalogue.column"].create(
            {"catalogue_id": self.catalogue.id, "sequence": 99, **values}
        )

    def test_column_that_can_be_read_no_more_keeps_the_last_file(self):
        column = self.add_column(
            header="unit", source="field", path="uom_id.name", use_template=False
        )
        self.refresh()
        unit = self.read_file()["MUG"]["unit"]
        self.assertTrue(unit)
        # As after the uninstallation of the module that had the field.
        self.env.cr.execute(
            "UPDATE lengow_catalogue_column SET path = 'no_such.name' WHERE id = %s",
            [column.id],
        )
        self.env.invalidate_all()
        self.left[self.mug.id] = 2
        self.refresh()
        self.assertIn("no_such", column.issue)
        self.assert_held("The column unit would be empty", "no_such")
        now = self.read_file()["MUG"]
        self.assertEqual((now["unit"], now["quantity"]), (unit, "2"))
        self.catalogue.with_user(self.manager).action_release()
        self.assertEqual(self.read_file()["MUG"]["unit"], "")
        self.left[self.mug.id] = 3
        self.refresh()
        self.assertEqual(self.catalogue.state, "published", "somebody has agreed")

    def test_what_was_agreed_to_stays_so_in_every_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        column = self.add_column(header="unit", source="field", path="uom_id.name")
        self.refresh()
        self.env.cr.execute(
            "UPDATE lengow_catalogue_column SET path = 'no_such.name' WHERE id = %s",
            [column.id],
        )
        self.env.invalidate_all()
        self.refresh()
        self.assert_held("The column unit would be empty")
        theirs = self.catalogue.with_user(self.manager).with_context(lang="fr_FR")
        theirs.action_release()
        issue, stamp = column.issue, self.catalogue.layout_stamp
        theirs.action_refresh()
        self.env.invalidate_all()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(column.issue, issue)
        self.assertEqual(self.catalogue.layout_stamp, stamp)
        self.assertTrue(column.is_issue_accepted)
        column.sudo().path = "uom_id.name"
        self.refresh()
        self.assertFalse(column.is_issue_accepted)

    def test_column_of_a_removed_language_keeps_the_last_file(self):
        lang = self.env["res.lang"]._activate_lang("de_DE")
        column = self.add_column(
            header="name_de", source="standard", standard="name", lang_id=lang.id
        )
        self.mug.with_context(lang="de_DE").name = "Becher"
        self.refresh()
        self.assertEqual(self.read_file()["MUG"]["name_de"], "Becher")
        lang.active = False
        self.refresh()
        self.assert_held("The column name_de would be empty", "not installed")
        self.assertEqual(self.read_file()["MUG"]["name_de"], "Becher")
        lang.active = True
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertFalse(column.issue)

    def test_new_column_with_an_issue_is_empty_and_holds_nothing(self):
        column = self.add_column(header="x", source="field", path="categ_id.name")
        self.env.cr.execute(
            "UPDATE lengow_catalogue_column SET path = 'no_such' WHERE id = %s",
            [column.id],
        )
        self.env.invalidate_all()
        self.refresh()
        self.assertEqual(self.catalogue.state, "published")
        self.assertEqual(self.read_file()["MUG"]["x"], "")
        self.assertTrue(column.issue)

    def test_headers_are_frozen_with_the_first_file(self):
        self.assertEqual(set(self.catalogue.column_ids.mapped("is_published")), {True})

    # === HOW FILES ARE KEPT === #

    def test_files_know_how_many_rows_they_have(self):
        for name in ("catalogue.csv", "stock.csv"):
            with self.subTest(name=name):
                file = self.catalogue._attachment(name)
                self.assertEqual(file.name, f"{name}.gz")
                self.assertEqual(file.description, "10")
        self.assertFalse(self.catalogue._attachment("../secret"))

    def test_files_are_no_documents_of_the_chatter(self):
        self.assertFalse(
            self.env["ir.attachment"].search(
                [
                    ("res_model", "=", "lengow.catalogue"),
                    ("res_id", "=", self.catalogue.id),
                ]
            )
        )
        self.assertEqual(len(self.catalogue.file_ids), 2)
        with self.assertRaises(AccessError):
            self.catalogue.with_user(self.manager).read(["file_ids"])
