"""Counts of stock: what Odoo says, by the way it is asked and by the shorter one."""

from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from ..models.catalogue import stock_counts
from ..models.catalogue.stock_counts import Count, count
from .common import LengowCase


@tagged("post_install", "-at_install")
class TestCatalogueCounts(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls.env["stock.warehouse"].search([], limit=1)
        cls.second = cls.first.create({"name": "Second", "code": "SEC"})
        cls.customers = cls.env.ref("stock.stock_location_customers")
        cls.suppliers = cls.env.ref("stock.stock_location_suppliers")
        cls.mugs, cls.cloth, cls.lamps = cls.env["product.product"].create(
            [{"name": name, "is_storable": True} for name in ("Mug", "Cloth", "Lamp")]
        )

    def put(self, product, quantity, warehouse=None):
        self.env["stock.quant"]._update_available_quantity(
            product, (warehouse or self.first).lot_stock_id, quantity
        )

    def move(self, product, quantity, source, destination, is_reserved=False):
        move = self.env["stock.move"].create(
            {
                "product_id": product.id,
                "product_uom_qty": quantity,
                "location_id": source.id,
                "location_dest_id": destination.id,
            }
        )
        move._action_confirm()
        if is_reserved:
            move._action_assign()

    def counts(self, warehouses):
        """Return what both ways say, which has to be the same."""
        products = self.mugs | self.cloth | self.lamps
        self.assertTrue(stock_counts.are_known(self.env, stock_counts.COUNTED_BY))
        here = count(products, warehouses)
        with patch.object(stock_counts, "are_known", return_value=False):
            self.assertEqual(here, count(products, warehouses))
        return [here[product.id] for product in products]

    def test_both_ways_say_the_same(self):
        stock, other = self.first.lot_stock_id, self.second.lot_stock_id
        self.put(self.mugs, 10)
        self.put(self.mugs, 4, self.second)
        self.put(self.cloth, 2.345)
        self.put(self.lamps, -3)
        self.move(self.mugs, 3, stock, self.customers, is_reserved=True)
        self.move(self.mugs, 5, stock, self.customers)
        self.move(self.mugs, 7, self.suppliers, stock)
        self.move(self.mugs, 2, stock, other)
        self.move(self.cloth, 1.5, stock, self.customers, is_reserved=True)
        self.move(self.lamps, 1, self.suppliers, stock)
        mugs, cloth, lamps = self.counts(self.first)
        # Eight wait to leave for customers, two for the other warehouse.
        self.assertEqual(mugs, Count(10, 0))
        self.assertAlmostEqual(cloth.free, cloth.on_hand - 1.5)
        self.assertEqual(lamps, Count(-3, -3))
        mugs, _cloth, _lamps = self.counts(self.first | self.second)
        self.assertEqual(mugs, Count(14, 6))
        self.counts(self.second)

    def test_unreserved_deliveries_take_as_reserved_ones_do(self):
        stock = self.first.lot_stock_id
        self.put(self.mugs, 10)
        self.move(self.mugs, 4, stock, self.customers)
        self.assertEqual(self.counts(self.first)[0], Count(10, 6))
        self.env["stock.move"].search(
            [("product_id", "=", self.mugs.id)]
        )._action_assign()
        self.assertEqual(self.counts(self.first)[0], Count(10, 6))

    def test_other_units_are_counted_in_that_of_the_product(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        self.put(self.mugs, 30)
        picking_type = self.first.out_type_id
        picking = self.env["stock.picking"].create(
            {
                "picking_type_id": picking_type.id,
                "location_id": self.first.lot_stock_id.id,
                "location_dest_id": self.customers.id,
                "move_ids": [
                    Command.create(
                        {
                            "product_id": self.mugs.id,
                            "product_uom_qty": 2,
                            "product_uom": dozen.id,
                            "location_id": self.first.lot_stock_id.id,
                            "location_dest_id": self.customers.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        self.assertEqual(self.counts(self.first)[0], Count(30, 6))

    def test_without_a_warehouse_there_is_nothing(self):
        self.put(self.mugs, 10)
        self.assertEqual(self.counts(self.first.browse()), [Count()] * 3)

    def test_a_form_is_told_what_is_kept(self):
        self.put(self.mugs, 10)
        edited = self.mugs.new(origin=self.mugs)
        self.assertEqual(count(edited, self.first), {edited.id: Count(10, 10)})
