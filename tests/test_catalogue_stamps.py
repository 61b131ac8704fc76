"""What has not moved is not asked for again; and whatever moves, its row says so."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.catalogue import shelf, stock_stamps
from ..models.catalogue.shelf import Shelf
from ..models.overrides import are_known
from . import test_catalogue_stock


class KeptRows:
    """Holds what rows say against what is left, each time somebody looks."""

    def setUp(self):
        super().setUp()
        self.settle()
        self.tell(self.catalogue)
        self.tell(self.catalogue)

    def settle(self):
        """Let what was written be written long ago: it is not read as a whole then."""
        self.env.flush_all()
        for table in ("product_product", "product_template", "product_category"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET write_date = write_date - interval '3 days'",
                    SQL.identifier(table),
                )
            )
        self.env.invalidate_all()

    def tell(self, catalogue):
        """Have a catalog tell quantities, as its scheduled action does."""
        self.env["lengow.catalogue.refresher"]._refresh(catalogue)
        self.env.invalidate_all()

    def stocked(self, product=None, columns=None, catalogue=None):
        told = super().stocked(product, columns, catalogue)
        catalogue = catalogue or self.catalogue
        self.tell(catalogue)
        row = catalogue.row_ids.filtered(
            lambda row: row.product_id == (product or self.shirt)
        )
        if not row.has_error:
            self.assertEqual(row.quantity, told.quantity)
            for header, text in told.values.items():
                self.assertEqual(row.values[header], text)
        return told


@tagged("post_install", "-at_install")
class TestCatalogueStockOfKeptRows(KeptRows, test_catalogue_stock.TestCatalogueStock):
    """Everything that changes what is left, with rows that were told before it."""

    allow_inherited_tests_method = True


@tagged("post_install", "-at_install")
class TestCatalogueStamps(KeptRows, test_catalogue_stock.StockCase):
    @contextmanager
    def asked(self):
        """Give a list of the products that Odoo is asked for meanwhile."""
        asked, ask = [], Shelf._levels

        def asking(shelf, products, *args):
            asked.extend(products.mapped("default_code"))
            return ask(shelf, products, *args)

        with patch.object(Shelf, "_levels", asking):
            yield asked

    # === WHO IS ASKED === #

    def test_what_has_not_moved_is_not_asked_for(self):
        with self.asked() as asked:
            self.tell(self.catalogue)
        self.assertFalse(asked)

    def test_what_has_moved_is_asked_for_once(self):
        self.add_stock(self.shirt, 5)
        with self.asked() as asked:
            self.tell(self.catalogue)
            self.tell(self.catalogue)
        self.assertEqual(asked, ["SHIRT"])
        self.assertEqual(self.left(), 15)

    def test_what_moves_without_another_quantity_is_asked_for_once(self):
        self.catalogue.maximum_quantity = 4
        self.tell(self.catalogue)
        self.add_stock(self.shirt, 5)
        with self.asked() as asked:
            self.tell(self.catalogue)
            self.tell(self.catalogue)
        self.assertEqual(asked, ["SHIRT"])

    def test_what_open_orders_take_from_is_asked_for_each_time(self):
        order = self.shirts("A-1", 4, "accepted")
        with self.asked() as asked:
            self.tell(self.catalogue)
            self.tell(self.catalogue)
        self.assertEqual(asked, ["SHIRT"] * 2)
        order._mark_ignored("Somebody else ships it.")
        self.assertEqual(self.left(), 10)
        with self.asked() as asked:
            self.tell(self.catalogue)
        self.assertFalse(asked)

    def test_a_module_that_has_a_say_is_always_asked(self):
        Product = self.registry["product.product"]
        quantities = Product._compute_quantities_dict

        def one_less(products, *args, **kwargs):
            told = quantities(products, *args, **kwargs)
            return {
                id_: {name: number - 1 for name, number in numbers.items()}
                for id_, numbers in told.items()
            }

        with patch.object(Product, "_compute_quantities_dict", one_less):
            self.tell(self.catalogue)
            self.assertEqual(self.left(), 9)
        self.assertEqual(self.left(), 10)

    def test_who_replaces_a_method_of_odoo_has_a_say(self):
        Product = next(
            model
            for model in self.registry["product.product"].__mro__
            if model.__module__ == "odoo.addons.stock.models.product"
        )
        quantities = Product._compute_quantities_dict

        def none_free(products, *args, **kwargs):
            told = quantities(products, *args, **kwargs)
            return {id_: {**numbers, "free_qty": 0} for id_, numbers in told.items()}

        with patch.object(Product, "_compute_quantities_dict", none_free):
            self.assertEqual(self.left(), 0)
        self.assertEqual(self.left(), 10)

    def test_odoo_and_what_is_installed_of_it_is_known(self):
        self.assertTrue(are_known(self.env, stock_stamps.DECIDED_BY))

    def test_an_order_that_comes_in_meanwhile_leaves_no_trace(self):
        stamps, orders = stock_stamps.StockStamps, []
        page = stamps.page

        def and_then(*args):
            found = page(*args)
            if not orders:
                orders.append(self.shirts("A-1", 4, "accepted"))
            return found

        self.add_stock(self.shirt, 5)
        with (
            patch.object(shelf, "LONGEST", -1),
            patch.object(stamps, "page", and_then),
        ):
            self.tell(self.catalogue)
        orders[0]._mark_ignored("Somebody else ships it.")
        self.assertEqual(self.left(), 15)

    # === WHAT MOVES === #

    def test_a_transfer_that_changes_no_sum_is_told(self):
        other = self.second_warehouse(0)
        column = self.create_column("other", warehouse_ids=[Command.set(other.ids)])
        self.assertEqual(self.stocked(columns=column).values, {"other": "0"})
        quant = self.shirt.stock_quant_ids.filtered(
            lambda quant: quant.location_id == self.warehouse.lot_stock_id
        )
        self.env.cr.execute(
            "UPDATE stock_quant SET location_id = %s WHERE id = %s",
            [other.lot_stock_id.id, quant.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.stocked(columns=column).values, {"other": "10"})

    def test_what_is_deleted_is_told(self):
        self.env.cr.execute(
            "DELETE FROM stock_quant WHERE product_id = %s", [self.shirt.id]
        )
        self.env.invalidate_all()
        self.assertEqual(self.left(), 0)

    def test_what_is_reserved_is_not_taken_for_what_is_there(self):
        self.env.cr.execute(
            "UPDATE stock_quant SET quantity = 0, reserved_quantity = quantity "
            "WHERE product_id = %s AND quantity > 0",
            [self.shirt.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.left(), 0)

    def test_a_location_that_leaves_its_warehouse_is_told(self):
        stock = self.warehouse.lot_stock_id
        shelf = self.env["stock.location"].create(
            {"name": "Shelf", "location_id": stock.id}
        )
        self.env["stock.quant"]._update_available_quantity(self.shirt, shelf, 3)
        self.assertEqual(self.left(), 13)
        shelf.location_id = self.second_warehouse(0).lot_stock_id
        self.catalogue.warehouse_ids = self.warehouse
        self.assertEqual(self.left(), 10)
        shelf.location_id = stock
        self.assertEqual(self.left(), 13)

    def test_what_is_moved_on_to_another_place_is_told(self):
        self.env["stock.picking.type"].search([]).reservation_method = "manual"
        sale = self.sell_in_odoo(3)
        sale.action_confirm()
        self.assertEqual(self.left(), 7)
        move = sale.picking_ids.move_ids
        move.location_final_id = move.location_dest_id = self.warehouse.lot_stock_id
        self.assertEqual(self.left(), 10)

    def test_a_delivery_that_is_canceled_is_told(self):
        sale = self.sell_in_odoo(3)
        sale.action_confirm()
        self.assertEqual(self.left(), 7)
        sale._action_cancel()
        self.assertEqual(self.left(), 10)

    def test_a_warehouse_that_is_closed_is_told(self):
        other = self.second_warehouse(4)
        self.assertEqual(self.left(), 14)
        for is_open, left in ((False, 10), (True, 14)):
            # Odoo would have it emptied first.
            self.env.cr.execute(
                "UPDATE stock_warehouse SET active = %s WHERE id = %s",
                [is_open, other.id],
            )
            self.env.invalidate_all()
            self.assertEqual(self.left(), left)

    def test_what_is_put_back_by_hand_is_told(self):
        self.add_stock(self.shirt, -4)
        self.assertEqual(self.left(), 6)
        self.add_stock(self.shirt, 4)
        self.assertEqual(self.left(), 10)

    def test_a_row_that_says_another_quantity_is_mended(self):
        row = self.catalogue.row_ids.filtered(lambda row: row.product_id == self.shirt)
        self.env.cr.execute(
            "UPDATE lengow_catalogue_row SET quantity = 3, digest = 'other' "
            "WHERE id = %s",
            [row.id],
        )
        self.env.invalidate_all()
        self.assertEqual(self.left(), 10)

    def test_what_is_read_anew_as_a_whole_is_told_afterwards(self):
        stamps = stock_stamps.StockStamps
        self.add_stock(self.shirt, 5)
        with patch.object(stamps, "keep", autospec=True):
            self.tell(self.catalogue)
        self.shirt.name = "Another"
        self.add_stock(self.shirt, -5)
        self.assertEqual(self.left(), 10)
