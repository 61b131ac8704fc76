"""What happens around a catalog: what it is made of goes, or raises."""

import os
from contextlib import contextmanager
from unittest.mock import patch

from psycopg2.errors import ForeignKeyViolation

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common.catalogue import CatalogueCase
from .common.orders import LengowCase

REFRESHER = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_refresher"
COMPOSER = "odoo.addons.lengow_connector.models.catalogue.lengow_catalogue_composer"


@tagged("post_install", "-at_install")
class TestCatalogueUpheavals(CatalogueCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(self.left.clear)
        self.addCleanup(self.prices.clear)
        self.products = self.shirt | self.mug | self.hat | self.scarf

    @contextmanager
    def failing(self, service, method, product):
        """Have a service raise whenever a product is in a batch."""
        model = self.registry[service]
        present = getattr(model, method)

        def fail(self, catalogue, columns, products, *args, **kwargs):
            if product in products:
                message = "No way to read it"
                raise ValueError(message)
            return present(self, catalogue, columns, products, *args, **kwargs)

        with patch.object(model, method, fail), mute_logger(COMPOSER):
            yield

    # === WHAT CANNOT BE READ === #

    def test_product_whose_stock_cannot_be_read_keeps_no_other_from_being_told(self):
        self.publish()
        self.left[self.mug.id] = 2
        # Nobody has changed it: its stock alone is looked at.
        self.catalogue.sudo().content_until = "2100-01-01 00:00:00"
        with self.failing("lengow.catalogue.stock", "_read", self.hat):
            self.refresh()
        lines = self.read_file()
        self.assertEqual(lines["MUG"]["quantity"], "2")
        self.assertEqual(lines["HAT"]["quantity"], "0")
        self.assertIn("unreadable", self.row(self.hat).issues)
        self.assertFalse(self.catalogue.error_message)
        self.refresh()
        self.assertEqual(self.read_file()["HAT"]["quantity"], "5")

    def test_what_stops_every_product_fills_no_log(self):
        self.publish()
        with (
            patch.object(
                self.registry["lengow.catalogue.content"],
                "_read",
                side_effect=ValueError("No way to read it"),
            ),
            self.assertLogs(COMPOSER) as logged,
        ):
            self.refresh(is_whole=True)
        self.assertEqual(len(logged.records), 4)
        self.assertEqual(sum(bool(one.exc_info) for one in logged.records), 1)

    def test_new_prices_do_not_sell_what_cannot_be_read(self):
        self.publish()
        with self.failing("lengow.catalogue.content", "_read", self.hat):
            self.hat.name = "Bonnet"
            self.price_stamp[0] = "second"
            self.addCleanup(self.price_stamp.__setitem__, 0, "first")
            self.refresh()
        self.assertIn("unreadable", self.row(self.hat).issues)
        self.assertEqual(self.read_file()["HAT"]["quantity"], "0")

    def test_template_that_cannot_be_read_stops_no_other(self):
        self.catalogue.with_parents = True
        template = self.create_variants()
        self.catalogue.domain = "[('default_code', 'in', ['MUG', 'V-1', 'V-2'])]"
        with self.failing("lengow.catalogue.content", "_read_parents", template):
            self.publish()
        self.assertIn("MUG", self.read_file())
        self.refresh(is_whole=True)
        self.assertIn(f"T{template.id}", self.read_file())

    def create_variants(self):
        attribute = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [
                    Command.create({"name": "S"}),
                    Command.create({"name": "M"}),
                ],
            }
        )
        template = self.env["product.template"].create(
            {
                "name": "Coat",
                "list_price": 10,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(attribute.value_ids.ids)],
                        }
                    )
                ],
            }
        )
        for number, variant in enumerate(template.product_variant_ids, 1):
            variant.default_code = f"V-{number}"
        return template

    def test_first_file_comes_once_there_is_something_for_it(self):
        self.products.default_code = False
        self.catalogue.domain = f"[('id', 'in', {self.products.ids})]"
        self.catalogue.sudo().write({"state": "published"})
        with mute_logger("odoo.addons.lengow_connector.models.settings.lengow_cron"):
            self.refresh()
        self.assertIn("Nothing of", self.catalogue.error_message)
        self.mug.default_code = "MUG"
        self.refresh()
        self.assertEqual(set(self.read_file()), {"MUG"})
        self.assertFalse(self.catalogue.error_message)

    # === WHAT IS HELD === #

    def test_deleted_products_are_sold_no_more_while_their_loss_is_held(self):
        self.publish()
        (self.mug | self.hat | self.scarf).unlink()
        self.refresh()
        self.assertEqual(self.catalogue.state, "held")
        lines = self.read_file()
        self.assertEqual(
            [lines[name]["quantity"] for name in ("MUG", "HAT", "SCARF")], ["0"] * 3
        )

    # === WHAT IS DELETED === #

    def test_who_may_not_see_rows_deletes_a_product_and_all_of_it_is_withdrawn(self):
        coat = self.create_variants()
        self.catalogue.domain = "[('default_code', 'in', ['MUG', 'V-1', 'V-2'])]"
        self.catalogue.write({"with_parents": True, "hold_lost": 100})
        self.publish()
        rows = self.catalogue.row_ids.filtered(lambda row: row.product_tmpl_id == coat)
        self.assertEqual(len(rows), 3)
        keeper = self.create_user("keeper", "product.group_product_manager")
        coat.with_user(keeper).unlink()
        self.assertFalse(rows.product_id | coat.product_variant_ids.exists())
        self.assertFalse(rows.product_tmpl_id)
        self.refresh()
        self.assertEqual(rows.mapped("state"), ["withdrawn"] * 3)
        self.assertEqual(self.read_file()["V-1"]["quantity"], "0")

    def test_variant_of_several_is_deleted(self):
        coat = self.create_variants()
        self.catalogue.domain = "[('default_code', 'in', ['MUG', 'V-1', 'V-2'])]"
        self.catalogue.hold_lost = 100
        self.publish()
        small, medium = coat.product_variant_ids
        gone, stays = self.row(small), self.row(medium)
        small.unlink()
        self.refresh()
        self.assertEqual((gone.state, stays.state), ("withdrawn", "listed"))

    def test_variant_that_was_moved_stays_when_its_old_product_goes(self):
        """Modules move variants; their rows tell of the old product until a refresh."""
        self.publish()
        row, old = self.row(self.mug), self.mug.product_tmpl_id
        self.mug.product_tmpl_id = self.create_empty()
        old.unlink()
        self.assertEqual(row.product_id, self.mug)
        self.refresh()
        self.assertEqual(self.row(self.mug), row)
        self.assertEqual(self.read_file()["MUG"]["status"], "Enabled")

    def test_variant_that_was_moved_is_deleted_with_its_new_product(self):
        self.catalogue.hold_lost = 100
        self.publish()
        row, new = self.row(self.mug), self.create_empty()
        self.mug.product_tmpl_id = new
        new.unlink()
        self.assertFalse(row.product_id)
        self.refresh()
        self.assertEqual(row.state, "withdrawn")

    def create_empty(self):
        """Return a product that has no variant yet."""
        Template = self.env["product.template"]
        return Template.with_context(create_product_product=False).create(
            {"name": "Other"}
        )

    # === WHICH PRODUCTS NOBODY CAN TELL === #

    def break_selection(self):
        """Have the selection name a field that an uninstalled module has taken."""
        self.env.cr.execute(
            "UPDATE lengow_catalogue SET domain = %s WHERE id = %s",
            ["[('x_gone', '=', 1)]", self.catalogue.id],
        )
        self.env.invalidate_all()

    def calls(self):
        kind = "lengow_connector.mail_activity_type_catalogue_trouble"
        return self.catalogue.activity_search([kind])

    def test_selection_that_nobody_can_read_freezes_the_products_and_nothing_else(self):
        self.publish()
        domain = self.catalogue.domain
        self.break_selection()
        self.left[self.mug.id] = 2
        self.mug.name = "Cup"
        self.prices[self.hat.id] = 45.0
        self.hat.name = "Bonnet"
        new = self.create_product("NEW")
        for _run in range(2):
            self.refresh()
        lines = self.read_file()
        self.assertEqual(set(lines), {"SHIRT", "MUG", "HAT", "SCARF"})
        self.assertEqual((lines["MUG"]["name"], lines["MUG"]["quantity"]), ("Cup", "2"))
        self.assertEqual(lines["HAT"]["price_incl_tax"], "45.00")
        self.assertIn("cannot be searched", self.catalogue.error_message)
        self.assertIn("x_gone", self.catalogue.error_message)
        self.assertEqual(self.calls().user_id, self.catalogue.user_id)
        answer = self.catalogue.with_user(self.manager).action_refresh()["params"]
        self.assertEqual(answer["type"], "warning")
        self.assertIn("cannot be searched", answer["message"])
        self.catalogue.domain = domain.replace("]", ", 'NEW']", 1)
        self.refresh()
        self.assertFalse(self.catalogue.error_message)
        self.assertFalse(self.calls())
        self.assertTrue(self.row(new).published_at)

    def test_what_is_archived_leaves_a_selection_that_nobody_can_read(self):
        self.catalogue.hold_lost = 100
        self.publish()
        self.break_selection()
        self.mug.active = False
        self.refresh()
        self.assertEqual(self.row(self.mug).state, "withdrawn")
        self.assertEqual(self.read_file()["MUG"]["quantity"], "0")

    def test_selection_that_nobody_can_read_is_not_published_first(self):
        self.break_selection()
        with self.assertRaisesRegex(UserError, "cannot be searched"):
            self.catalogue.with_user(self.manager).action_publish()

    # === FILES THAT ARE LOST === #

    def lose(self, name):
        """Take a file from the disk, as a restored database without its files does."""
        attachment = self.catalogue._attachment(name)
        os.unlink(attachment._full_path(attachment.store_fname))

    def test_file_that_is_lost_is_made_anew_by_the_next_run(self):
        self.publish()
        before = {name: self.read_file(name) for name in ("catalogue.csv", "stock.csv")}
        checksum = self.catalogue.checksum
        self.lose("catalogue.csv")
        self.catalogue._attachment("stock.csv").unlink()
        self.refresh()
        for name, lines in before.items():
            self.assertEqual(self.read_file(name), lines)
        self.assertEqual(self.catalogue.checksum, checksum)
        self.assertFalse(self.catalogue.error_message)

    def test_files_that_are_kept_in_the_database_are_not_lost(self):
        self.env["ir.config_parameter"].set_param("ir_attachment.location", "db")
        self.publish()
        self.assertFalse(self.catalogue._attachment("catalogue.csv").store_fname)
        Publisher = self.registry["lengow.catalogue.publisher"]
        with patch.object(Publisher, "_publish_all", side_effect=AssertionError):
            self.refresh()
        self.assertFalse(self.catalogue.error_message)
        self.assertEqual(len(self.read_file()), 4)

    def test_file_that_is_lost_while_a_new_one_is_on_hold_is_told(self):
        self.publish()
        (self.mug | self.hat | self.scarf).active = False
        self.refresh()
        self.assertEqual(self.catalogue.state, "held")
        self.lose("catalogue.csv")
        for _run in range(2):
            self.refresh()
        self.assertEqual(self.catalogue.state, "held")
        self.assertIn("catalogue.csv", self.catalogue.error_message)
        self.assertTrue(self.calls())
        self.catalogue.with_user(self.manager).action_release()
        self.assertEqual(self.read_file()["MUG"]["quantity"], "0")
        self.refresh()
        self.assertFalse(self.catalogue.error_message)

    # === WHOSE PRODUCTS === #

    def test_selection_is_read_in_the_company_of_the_catalog(self):
        other = self.env["res.company"].create({"name": "Other"})
        for product in self.products:
            product.standard_price = 5
            product.with_company(other).standard_price = 0
        names = [*self.products.mapped("default_code")]
        self.catalogue.domain = (
            f"[('default_code', 'in', {names}), ('standard_price', '>', 0)]"
        )
        self.publish()
        refresher = self.env["lengow.catalogue.refresher"].with_company(other)
        refresher._refresh(self.catalogue)
        self.assertEqual(self.catalogue.withdrawn_count, 0)
        for product in self.products:
            product.with_company(other).standard_price = 5
        self.mug.standard_price = 0
        refresher._refresh(self.catalogue)
        self.env.invalidate_all()
        self.assertEqual(self.row(self.mug).state, "withdrawn")

    def test_branch_sells_what_belongs_to_the_company_above_it(self):
        self.mug.company_id = self.env.company
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.env.company.id}
        )
        catalogue = self.catalogue.sudo().new({"company_id": branch.id})
        catalogue.domain = "[('default_code', '=', 'MUG')]"
        self.assertEqual(
            self.env["product.product"].search(catalogue._selection()), self.mug
        )

    # === REFERENCES === #

    def test_reference_with_a_blank_keeps_no_other_out_without_a_word(self):
        self.env.cr.execute(
            "UPDATE product_product SET default_code = ' MUG' WHERE id = %s",
            [self.shirt.id],
        )
        self.env.invalidate_all()
        self.catalogue.domain = f"[('id', 'in', {self.products.ids})]"
        with patch(f"{REFRESHER}.BATCH", 1):
            self.publish()
        for product in (self.mug, self.shirt):
            row = self.row(product)
            self.assertTrue(
                row.identifier or "duplicate_identifier" in row.issues,
                f"{product.name}: {row.issues}",
            )
        self.refresh()
        self.assertIn("MUG", self.read_file())


@tagged("post_install", "-at_install")
class TestCatalogueOwnThings(LengowCase):
    """What a catalog is made of neither goes unnoticed nor is replaced by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.env.company.id)], limit=1
        )
        cls.outlet = cls.env["stock.warehouse"].create(
            {"name": "Outlet", "code": "OUT"}
        )
        cls.mug.is_storable = True
        cls.env["stock.quant"]._update_available_quantity(
            cls.mug, cls.first.lot_stock_id, 7
        )
        cls.catalogue = cls.env["lengow.catalogue"].create(
            {
                "name": "Shop",
                "account_id": cls.account.id,
                "domain": "[('default_code', '=', 'MUG')]",
                "warehouse_ids": [Command.set(cls.outlet.ids)],
            }
        )

    def left(self):
        stock = self.env["lengow.catalogue.stock"]
        columns = self.catalogue.column_ids.filtered(lambda c: c.source == "quantity")
        self.env.invalidate_all()
        return stock._read(self.catalogue, columns, self.mug)[self.mug.id]

    @contextmanager
    def refused(self):
        with mute_logger("odoo.sql_db"), self.cr.savepoint():
            yield

    def test_archived_warehouse_opens_no_other(self):
        self.assertEqual(self.left().quantity, 0)
        self.outlet.active = False
        told = self.left()
        self.assertEqual(told.quantity, 0)
        self.assertEqual({*told.values.values()}, {"0"})

    def test_archived_warehouse_of_a_column_opens_no_other(self):
        column = self.catalogue.column_ids.filtered(lambda c: c.source == "quantity")[0]
        self.catalogue.warehouse_ids = False
        column.warehouse_ids = self.outlet
        self.outlet.active = False
        self.assertEqual(self.left().values[column.header], "0")

    def test_pricelist_of_a_catalog_is_not_deleted(self):
        pricelist = self.env["product.pricelist"].create({"name": "Dear"})
        self.catalogue.pricelist_id = pricelist
        with self.assertRaises(ForeignKeyViolation), self.refused():
            pricelist.unlink()

    def test_pricelist_and_tax_country_of_a_column_are_not_deleted(self):
        pricelist = self.env["product.pricelist"].create({"name": "Dear"})
        position = self.env["account.fiscal.position"].create({"name": "Abroad"})
        column = self.catalogue.column_ids.filtered(lambda c: c.source == "price")[0]
        column.write({"pricelist_id": pricelist.id, "fiscal_position_id": position.id})
        for record in (pricelist, position):
            with self.assertRaises(ForeignKeyViolation), self.refused():
                record.unlink()
                self.env.flush_all()
