"""The rows of a catalog: written once, changed where something has changed."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models.catalogue import lengow_catalogue_refresher as refresher_module
from ..models.catalogue import lengow_catalogue_schedule as schedule_module
from .common import payload
from .common.catalogue import CatalogueCase

SHELF = "odoo.addons.lengow_connector.models.catalogue.shelf"
COMPOSER = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_composer"


@tagged("post_install", "-at_install")
class TestCatalogueRefresh(CatalogueCase):
    def test_publication_gives_every_product_a_row_and_a_line(self):
        self.publish()
        self.assertEqual(self.catalogue.state, "published")
        lines = self.read_file()
        self.assertEqual(set(lines), {"SHIRT", "MUG", "HAT", "SCARF"})
        self.assertEqual(lines["MUG"]["quantity"], "5")
        self.assertEqual(lines["MUG"]["price_incl_tax"], "50.00")
        self.assertEqual(lines["MUG"]["status"], "Enabled")
        self.assertEqual(lines["MUG"]["availability"], "instock")
        self.assertEqual(lines["MUG"]["type"], "simple")
        self.assertEqual(self.row(self.mug).identifier, "MUG")
        self.assertEqual(self.catalogue.listed_count, 4)
        self.assertTrue(self.catalogue.checksum)

    # === NOTHING HAS CHANGED === #

    def test_run_that_finds_nothing_changed_writes_no_row_and_no_file(self):
        self.publish()
        checksum, published = self.catalogue.checksum, self.catalogue.published_at
        files = self.catalogue.file_ids.mapped("write_date")
        for is_whole in (False, True):
            with self.subTest(is_whole=is_whole), self.counted_writes() as statements:
                self.refresh(is_whole=is_whole)
                self.assertEqual(statements, [])
            self.assertEqual(self.catalogue.checksum, checksum)
            self.assertEqual(self.catalogue.published_at, published)
            self.assertEqual(self.catalogue.file_ids.mapped("write_date"), files)

    def test_stock_file_has_headers_of_its_own(self):
        self.publish()
        line = self.read_file("stock.csv")["MUG"]
        self.assertEqual(
            list(line),
            ["id", "stock_quantity", "stock_price_incl_tax", "stock_updated_at"],
        )
        self.assertEqual(line["stock_quantity"], "5")
        self.assertEqual(line["stock_price_incl_tax"], "50.00")
        self.assertRegex(line["stock_updated_at"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    # === QUANTITIES === #

    def test_quantity_is_told_without_reading_anything_else(self):
        self.publish()
        self.left[self.mug.id] = 2
        self.addCleanup(self.left.clear)
        Content = self.registry["lengow.catalogue.content"]
        with patch.object(Content, "_read", side_effect=AssertionError):
            self.env["lengow.catalogue.refresher"]._refresh(
                self.catalogue, parts=("quantity",)
            )
        self.assertEqual(self.read_file()["MUG"]["quantity"], "2")
        self.assertEqual(self.read_file("stock.csv")["MUG"]["stock_quantity"], "2")
        self.assertEqual(self.row(self.mug).published_quantity, 2)

    def test_product_that_sells_out_says_so_in_every_column(self):
        self.publish()
        self.left[self.mug.id] = 0
        self.addCleanup(self.left.clear)
        with self.counted_writes() as statements:
            self.refresh()
        line = self.read_file()["MUG"]
        self.assertEqual((line["quantity"], line["availability"]), ("0", "outofstock"))
        self.assertEqual(line["status"], "Enabled")
        self.assertEqual(self.catalogue.out_of_stock_count, 1)
        # The row, and twice what is kept of the new file.
        self.assertEqual(len(statements), 3, statements)

    def test_open_orders_are_read_once_for_all_batches_of_a_run(self):
        self.publish()
        with self.small_batches(), self.counted_shelves() as shelves:
            self.refresh(is_whole=True)
            self.assertEqual(len(shelves), 1)
            self.refresh()
            self.assertEqual(len(shelves), 2)
            with patch(f"{SHELF}.LONGEST", -1):
                self.refresh()
            self.assertGreater(len(shelves), 2 + 4)

    def test_run_that_took_long_looks_at_quantities_again_before_it_publishes(self):
        self.publish()
        refresher = self.env["lengow.catalogue.refresher"]
        for minutes, told in ((0, "5"), (6, "2")):
            self.left.clear()
            catalogue = refresher_module.at_work(self.catalogue)
            shelves = refresher._begin(catalogue, is_whole=True)
            while catalogue.run_stage in ("withdraw", "products"):
                refresher._advance(catalogue, shelves)
            self.left[self.mug.id] = 2
            self.addCleanup(self.left.clear)
            began = fields.Datetime.now() - timedelta(minutes=minutes)
            catalogue.run = {
                **catalogue.run,
                "began": fields.Datetime.to_string(began),
            }
            while catalogue.run_stage:
                refresher._advance(catalogue, shelves)
            self.assertEqual(self.read_file()["MUG"]["quantity"], told)

    @contextmanager
    def small_batches(self):
        with (
            patch.object(refresher_module, "BATCH", 1),
            patch.object(refresher_module, "QUANTITY_BATCH", 1),
        ):
            yield

    @contextmanager
    def counted_shelves(self):
        """Give a list of how often open orders are read meanwhile."""
        Stock, shelves = self.registry["lengow.catalogue.stock"], []
        begin = Stock._begin

        def count(service, catalogue):
            shelves.append(catalogue)
            return begin(service, catalogue)

        with patch.object(Stock, "_begin", count):
            yield shelves

    # === PRICES === #

    def test_prices_are_read_again_when_a_rule_may_have_changed_them(self):
        self.publish()
        self.env.cr.execute(
            "UPDATE product_product SET write_date = write_date - interval '1 day'; "
            "UPDATE product_template SET write_date = write_date - interval '1 day'"
        )
        self.prices[self.mug.id] = 45.0
        self.addCleanup(self.prices.clear)
        self.refresh()
        self.assertEqual(self.read_file()["MUG"]["price_incl_tax"], "50.00")
        self.price_stamp[0] = "second"
        self.addCleanup(self.price_stamp.__setitem__, 0, "first")
        self.refresh()
        self.assertEqual(self.read_file()["MUG"]["price_incl_tax"], "45.00")
        self.assertEqual(self.row(self.mug).price, 45.0)

    def test_price_that_fails_is_an_error_of_its_row_alone(self):
        self.publish()
        Pricing = self.registry["lengow.catalogue.pricing"]
        read = Pricing._read

        def fail(service, catalogue, columns, products):
            found = read(service, catalogue, columns, products)
            found[self.mug.id] = found[self.mug.id]._replace(problem="price_failed")
            return found

        with patch.object(Pricing, "_read", fail):
            self.refresh()
        self.assertEqual(self.row(self.mug).issues[0], "price_failed")
        self.assertFalse(self.row(self.hat).has_error)
        line = self.read_file()["MUG"]
        self.assertEqual((line["quantity"], line["status"]), ("0", "Disabled"))

    def test_who_is_responsible_is_called_once_for_what_goes_on_failing(self):
        self.publish()
        schedule = self.env["lengow.catalogue.schedule"]
        failing = self.catalogue.sudo()

        def called():
            kind = "lengow_connector.mail_activity_type_catalogue_trouble"
            return failing.activity_search([kind])

        schedule._note_failure(failing, ValueError("domain"))
        self.assertIn("ValueError", failing.error_message)
        self.assertFalse(called(), "it may be through a moment later")
        for _run in range(2):
            schedule._note_failure(failing, UserError("Choose products."))
        self.assertEqual(called().user_id, self.manager)
        self.assertIn("Choose products.", called().note)
        self.refresh()
        self.assertFalse(failing.error_message)
        self.assertFalse(called())

    # === PRODUCTS THAT CHANGE === #

    def test_new_product_joins(self):
        self.publish()
        new = self.create_product("NEW-1")
        names = ["SHIRT", "MUG", "HAT", "SCARF", "NEW-1"]
        self.catalogue.domain = f"[('default_code', 'in', {names})]"
        self.refresh()
        self.assertIn("NEW-1", self.read_file())
        self.assertTrue(self.row(new).published_at)

    def test_renamed_product_is_told_and_keeps_its_identifier(self):
        self.publish()
        self.mug.write({"name": "Cup", "default_code": "CUP"})
        products = self.shirt | self.mug | self.hat | self.scarf
        self.catalogue.domain = f"[('id', 'in', {products.ids})]"
        self.refresh()
        line = self.read_file()["MUG"]
        self.assertEqual((line["name"], line["sku"]), ("Cup", "CUP"))

    def test_selection_is_the_switch_on_products_where_it_is_asked_for(self):
        self.mug.lengow_is_selected = True
        self.catalogue.only_selected = True
        self.publish()
        self.assertEqual(set(self.read_file()), {"MUG"})

    def test_combos_and_products_of_other_companies_are_left_out(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.hat.company_id = other
        self.publish()
        self.assertEqual(set(self.read_file()), {"SHIRT", "MUG", "SCARF"})

    # === WHAT CANNOT BE READ === #

    @mute_logger(COMPOSER)
    def test_product_that_cannot_be_read_is_an_issue_of_its_row_alone(self):
        self.publish()
        with self.unreadable(self.mug):
            self.refresh()
        self.assertEqual(self.row(self.mug).issues[0], "unreadable")
        self.assertEqual(self.catalogue.error_count, 1)
        line = self.read_file()["MUG"]
        self.assertEqual(line["name"], "Mug", "as it was said last")
        self.assertEqual((line["quantity"], line["status"]), ("0", "Disabled"))
        self.assertEqual(self.read_file()["HAT"]["quantity"], "5")
        self.refresh()
        self.assertFalse(self.row(self.mug).has_error)
        self.assertEqual(self.read_file()["MUG"]["quantity"], "5")

    @mute_logger(COMPOSER)
    def test_product_that_was_never_readable_is_not_published(self):
        with self.unreadable(self.mug):
            self.publish()
        self.assertEqual(set(self.read_file()), {"SHIRT", "HAT", "SCARF"})
        self.assertTrue(self.row(self.mug).has_error)

    def test_collision_is_none_of_a_products_issues(self):
        Content = self.registry["lengow.catalogue.content"]
        collision = SerializationFailure("could not serialize access")
        with (
            patch.object(Content, "_read", side_effect=collision),
            self.assertRaises(SerializationFailure),
        ):
            self.env["lengow.catalogue.refresher"]._refresh(self.catalogue)

    def unreadable(self, product):
        Content = self.registry["lengow.catalogue.content"]
        read = Content._read

        def fail(service, catalogue, columns, products):
            if product in products:
                raise ZeroDivisionError("a bug of another module")
            return read(service, catalogue, columns, products)

        return patch.object(Content, "_read", fail)

    def test_product_without_a_name_or_a_reference_blocks_itself_alone(self):
        self.hat.default_code = False
        self.catalogue.domain = f"[('id', 'in', {(self.mug | self.hat).ids})]"
        self.publish()
        self.assertEqual(set(self.read_file()), {"MUG"})
        self.assertEqual(self.row(self.hat).issues[0], "no_identifier")
        self.hat.default_code = "HAT"
        self.refresh()
        self.assertEqual(set(self.read_file()), {"MUG", "HAT"})

    # === WITHDRAWAL === #

    def test_withdrawn_product_stays_with_nothing_left_for_its_days(self):
        self.catalogue.hold_lost = 100
        self.publish()
        self.mug.active = False
        self.refresh()
        row = self.row(self.mug)
        self.assertEqual(row.state, "withdrawn")
        line = self.read_file()["MUG"]
        self.assertEqual(
            (line["quantity"], line["status"], line["availability"], line["name"]),
            ("0", "Disabled", "outofstock", "Mug"),
        )
        self.assertEqual(self.catalogue.withdrawn_count, 1)
        row.withdrawn_at = fields.Datetime.now() - timedelta(days=14)
        self.refresh()
        self.assertIn("MUG", self.read_file())
        row.withdrawn_at = fields.Datetime.now() - timedelta(days=16)
        self.refresh()
        self.assertNotIn("MUG", self.read_file())
        self.assertEqual(row.state, "removed")
        self.assertEqual(row.identifier, "MUG")

    def test_product_that_comes_back_goes_on_with_its_row(self):
        self.catalogue.hold_lost = 100
        self.publish()
        row = self.row(self.mug)
        for state in ("withdrawn", "removed"):
            with self.subTest(state=state):
                self.mug.active = False
                self.refresh()
                if state == "removed":
                    row.withdrawn_at = fields.Datetime.now() - timedelta(days=16)
                    self.refresh()
                self.assertEqual(row.state, state)
                self.mug.active = True
                self.refresh()
                self.assertEqual(self.row(self.mug), row)
                self.assertEqual(self.read_file()["MUG"]["status"], "Enabled")
                self.assertFalse(row.withdrawn_at)

    def test_deleted_product_is_withdrawn(self):
        self.catalogue.hold_lost = 100
        self.publish()
        row = self.row(self.mug)
        self.mug.product_tmpl_id.unlink()
        self.refresh()
        self.assertEqual(row.state, "withdrawn")
        self.assertEqual(self.read_file()["MUG"]["quantity"], "0")

    def test_product_that_was_never_published_is_forgotten(self):
        self.catalogue.with_user(self.manager).action_refresh()
        self.assertTrue(self.row(self.mug))
        self.catalogue.domain = "[('default_code', '=', 'HAT')]"
        self.catalogue.with_user(self.manager).action_refresh()
        self.assertEqual(self.catalogue.row_ids.product_id, self.hat)

    # === BATCHES === #

    def test_run_that_is_stopped_goes_on_where_it_was(self):
        seen = []
        Composer = self.registry["lengow.catalogue.composer"]
        compose = Composer._compose

        def note(service, catalogue, products, *args, **kwargs):
            seen.append(products.ids)
            return compose(service, catalogue, products, *args, **kwargs)

        refresher = self.env["lengow.catalogue.refresher"]
        with (
            patch.object(refresher_module, "BATCH", 1),
            patch.object(Composer, "_compose", note),
        ):
            catalogue = refresher_module.at_work(self.catalogue)
            shelves = refresher._begin(catalogue, is_whole=True)
            for _step in range(3):
                refresher._advance(catalogue, shelves)
            self.assertEqual(self.catalogue.run_stage, "products")
            refresher._refresh(self.catalogue)
        products = (self.shirt | self.mug | self.hat | self.scarf).sorted("id")
        self.assertEqual(seen, [[id_] for id_ in products.ids])
        self.assertFalse(self.catalogue.run_stage)

    def test_click_that_takes_too_long_leaves_the_rest_to_the_scheduled_action(self):
        with patch.object(schedule_module, "BUTTON_SECONDS", -1):
            self.catalogue.with_user(self.manager).action_publish()
        self.assertEqual(self.catalogue.state, "published")
        self.assertTrue(self.catalogue.run_stage)
        self.assertFalse(self.catalogue._attachment("catalogue.csv"))
        self.refresh()
        self.assertFalse(self.catalogue.run_stage)
        self.assertEqual(len(self.read_file()), 4)

    def test_change_of_a_column_has_every_product_read_anew(self):
        self.publish()
        self.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": self.catalogue.id,
                "header": "condition",
                "source": "constant",
                "constant": "new",
                "sequence": 99,
            }
        )
        self.env.cr.execute(
            "UPDATE product_product SET write_date = write_date - interval '1 day'; "
            "UPDATE product_template SET write_date = write_date - interval '1 day'"
        )
        self.refresh()
        self.assertEqual(
            {line["condition"] for line in self.read_file().values()}, {"new"}
        )

    # === WHAT A MERCHANT SEES === #

    def test_nothing_to_publish_is_refused(self):
        self.catalogue.domain = "[('default_code', '=', 'NOBODY')]"
        with self.assertRaisesRegex(UserError, "no product"):
            self.catalogue.with_user(self.manager).action_publish()

    def test_catalog_without_identifiers_is_refused(self):
        self.catalogue.column_ids.filtered(lambda c: c.header == "id").unlink()
        with self.assertRaisesRegex(UserError, "no column with the identifier"):
            self.catalogue.with_user(self.manager).action_publish()

    def test_orders_that_come_have_the_quantities_told_anew(self):
        cron = self.env.ref("lengow_connector.cron_refresh_catalogues")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)])
        triggers.unlink()
        self.publish()
        self.put(payload("A-1"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        self.assertTrue(self.env["ir.cron.trigger"].search([("cron_id", "=", cron.id)]))
