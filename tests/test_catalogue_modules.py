"""What is left of kits and of goods that expire; `make test-modules` runs it."""

from datetime import timedelta
from itertools import combinations
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import tagged

from ..models.catalogue import stock_counts
from ..models.catalogue.at_work import at_work
from ..models.catalogue.stock_stamps import StockStamps
from ..models.inbox.kits import FOUND_BY, Kits
from ..models.overrides import are_known
from .common import line
from .test_catalogue_stamps import KeptRows
from .test_catalogue_stock import StockCase
from .test_modules import StaysHere


@tagged("post_install", "-at_install", "-standard", "lengow_modules")
class TestCatalogueBesideModules(StaysHere, StockCase):
    """Two of A and one of B are a kit; there are 9 of A and 10 of B."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.part_a, cls.part_b = (cls.create_product(f"PART-{name}") for name in "AB")
        cls.kit = cls.create_kit("KIT", (cls.part_a, 2), (cls.part_b, 1))
        cls.add_stock(cls.part_a, 9)
        cls.add_stock(cls.part_b, 10)

    @classmethod
    def create_kit(cls, sku, *parts, company=None, **values):
        kit = cls.create_product(sku, is_storable=False)
        cls.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "company_id": company and company.id,
                "bom_line_ids": [
                    Command.create({"product_id": part.id, "product_qty": quantity})
                    for part, quantity in parts
                ],
                **values,
            }
        )
        return kit

    def create_bom(self, template, **values):
        part = {"product_id": self.part_a.id, "product_qty": 1}
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": template.id,
                "type": "phantom",
                "company_id": False,
                "bom_line_ids": [Command.create(part)],
                **values,
            }
        )

    def boms(self, products):
        """Return what several products are made of as kits, looked up in one batch."""
        kits = Kits(self.env.company)
        kits.look_up(products)
        return {id_: bom or None for id_, bom in kits._boms.items()}

    def lefts(self, *products):
        """Return what is left of several products, read in one batch."""
        batch = self.env["product.product"].union(*products)
        columns = self.env["lengow.catalogue.column"]
        told = self.env["lengow.catalogue.stock"]._read(self.catalogue, columns, batch)
        return [told[product.id].quantity for product in products]

    # === KITS === #

    def test_a_kit_in_a_kit_that_is_made_elsewhere_is_as_many_as_its_parts(self):
        """Odoo takes the inner kit for a part: another type of operation makes it."""
        company = self.env.company
        here = self.env["stock.picking.type"].search(
            [("code", "=", "mrp_operation"), ("company_id", "=", company.id)], limit=1
        )
        elsewhere = here.copy({"name": "Elsewhere", "sequence_code": "ELSE"})
        inner = self.create_kit(
            "INNER", (self.part_a, 1), company=company, picking_type_id=elsewhere.id
        )
        inner.is_storable = True
        outer = self.create_kit(
            "OUTER", (inner, 1), company=company, picking_type_id=here.id
        )
        self.assertEqual(self.left(outer), 9)
        addons, methods = stock_counts.COUNTED_BY["product.product"]
        shortly = {"product.product": (addons | {"product_expiry"}, methods)}
        with patch.dict(stock_counts.COUNTED_BY, shortly):
            self.assertTrue(are_known(self.env, stock_counts.COUNTED_BY))
            self.assertEqual(self.left(outer), 9)

    def test_a_kit_is_as_many_as_its_scarcest_part_makes(self):
        self.assertEqual(self.left(self.kit), 4)
        self.assertEqual(self.lefts(self.kit, self.part_a, self.part_b), [4, 9, 10])

    def test_an_open_order_of_a_kit_takes_its_parts(self):
        self.shirts("A-1", 3, "accepted", sku="KIT")
        self.assertEqual(self.lefts(self.kit, self.part_a, self.part_b), [1, 3, 7])
        self.assertEqual(self.left(self.kit), 1)
        self.assertEqual(self.left(self.part_a), 3)
        told = self.stocked(self.kit)
        self.assertEqual((told.free, told.open_orders), (4, 3))

    def test_an_open_order_of_a_part_takes_from_the_kit(self):
        self.shirts("A-1", 5, "accepted", sku="PART-A")
        self.assertEqual(self.lefts(self.kit, self.part_a), [2, 4])

    def test_the_import_of_a_kit_does_not_take_its_parts_twice(self):
        order = self.shirts("A-1", 3, "accepted", sku="KIT")
        self.sandbox.move("cdiscount", "A-1", "waiting_shipment")
        order.action_refresh()
        self.sync()
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertEqual(self.lefts(self.kit, self.part_a, self.part_b), [1, 3, 7])

    def test_unreserved_deliveries_of_parts_take_from_the_kit(self):
        self.env["stock.picking.type"].search([]).reservation_method = "manual"
        self.sell_in_odoo(5, self.part_a).action_confirm()
        self.assertEqual(self.lefts(self.kit, self.part_a), [2, 4])

    def test_more_orders_than_parts_leave_nothing(self):
        self.shirts("A-1", 30, "accepted", sku="KIT")
        self.assertEqual(self.lefts(self.kit, self.part_a, self.part_b), [0, 0, 0])

    def test_a_kit_of_kits(self):
        double = self.create_kit("DOUBLE", (self.kit, 2), (self.shirt, 1))
        self.assertEqual(self.left(double), 2)
        self.shirts("A-1", 1, "accepted", sku="DOUBLE")
        self.assertEqual(
            self.lefts(double, self.kit, self.part_a, self.shirt), [1, 2, 5, 9]
        )

    def test_a_storable_kit_is_counted_by_its_parts(self):
        self.kit.is_storable = True
        self.assertEqual(self.left(self.kit), 4)

    def test_a_kit_of_what_has_no_stock_has_the_set_quantity(self):
        sand = self.create_product("SAND", is_storable=False)
        heap = self.create_kit("HEAP", (sand, 3))
        self.catalogue.untracked_quantity = 70
        self.assertEqual(self.left(heap), 70)
        mixed = self.create_kit("MIXED", (sand, 3), (self.part_b, 5))
        self.assertEqual(self.left(mixed), 2)

    def test_the_bill_of_materials_of_another_company_does_not_count(self):
        cap = self.create_kit("CAP", (self.part_a, 2), company=self.company_b)
        cap.is_storable = True
        self.add_stock(cap, 6)
        self.assertEqual(self.left(cap), 6)

    def test_the_safety_stock_of_a_kit_is_in_kits(self):
        self.catalogue.buffer = 1
        self.assertEqual(self.lefts(self.kit, self.part_a), [3, 8])

    def test_a_kit_by_warehouse(self):
        other = self.second_warehouse(0)
        column = self.create_column("other", warehouse_ids=[Command.set(other.ids)])
        self.assertEqual(self.stocked(self.kit, column).values, {"other": "0"})
        for part in (self.part_a, self.part_b):
            self.env["stock.quant"]._update_available_quantity(
                part, other.lot_stock_id, 4
            )
        told = self.stocked(self.kit, column)
        self.assertEqual(told.values, {"other": "2"})
        self.assertEqual(told.quantity, 6)

    def test_kits_of_a_batch_are_those_that_odoo_finds_of_each(self):
        size = self.env["product.attribute"].create(
            {
                "name": "Size",
                "value_ids": [Command.create({"name": name}) for name in "SML"],
            }
        )
        sizes = {
            "attribute_id": size.id,
            "value_ids": [Command.set(size.value_ids.ids)],
        }
        coat = self.env["product.template"].create(
            {"name": "Coat", "attribute_line_ids": [Command.create(sizes)]}
        )
        small, medium = coat.product_variant_ids[:2]
        theirs = self.company_b.id
        of_all = self.create_bom(coat, sequence=2)
        of_one = self.create_bom(coat, sequence=1, product_id=medium.id)
        self.create_bom(coat, sequence=0, product_id=small.id, type="normal")
        self.create_bom(coat, sequence=0, product_id=small.id, company_id=theirs)
        self.create_bom(self.mug.product_tmpl_id, company_id=theirs)
        self.shirt.type = "service"
        self.create_bom(self.shirt.product_tmpl_id)
        products = coat.product_variant_ids | self.kit | self.mug | self.shirt
        boms = self.env["mrp.bom"].sudo()
        asked = {"company_id": self.env.company.id, "bom_type": "phantom"}
        each = {one.id: boms._bom_find(one, **asked)[one] for one in products}
        self.assertEqual((each[small.id], each[medium.id]), (of_all, of_one))
        self.assertFalse(each[self.mug.id] | each[self.shirt.id])
        pairs = (one | other for one, other in combinations(products, 2))
        for batch in (products, *pairs):
            self.assertEqual(
                self.boms(batch), {one.id: each[one.id] or None for one in batch}
            )

    def test_a_module_that_finds_kits_in_another_way_is_asked(self):
        bom = self.kit.bom_ids

        def of_anything(_boms, products, *_args, **_kwargs):
            return dict.fromkeys(products, bom)

        both = self.kit | self.mug
        self.assertTrue(are_known(self.env, FOUND_BY))
        self.assertEqual(self.boms(both), {self.kit.id: bom, self.mug.id: None})
        with patch.object(self.registry["mrp.bom"], "_bom_find", of_anything):
            self.assertEqual(self.boms(both), dict.fromkeys(both.ids, bom))

    def test_accepting_by_itself_sees_the_same_parts(self):
        self.shop.write({"auto_accept": False})
        self.shirts("A-1", 4, "accepted", sku="KIT")
        lafayette = self.find_marketplace("galeries_lafayette")
        lafayette.write({"auto_accept": True, "auto_accept_stock": True})
        order = self.shirts(
            "A-2",
            2,
            "waiting_acceptance",
            sku="PART-A",
            marketplace="galeries_lafayette",
        )
        with self.crons():
            self.run_cron("cron_auto_accept")
        self.assertFalse(order.action_ids)
        self.assertIn("1 free, 2 needed", order.message_ids[0].body)

    # === GOODS THAT EXPIRE === #

    def test_what_is_expired_is_not_for_sale(self):
        milk = self.create_product("MILK", tracking="lot", use_expiration_date=True)
        now = fields.Datetime.now()
        for name, days, quantity in (("OLD", -1, 4), ("NEW", 30, 6)):
            lot = self.env["stock.lot"].create(
                {
                    "name": name,
                    "product_id": milk.id,
                    "removal_date": now + timedelta(days=days),
                    "expiration_date": now + timedelta(days=days),
                }
            )
            self.env["stock.quant"]._update_available_quantity(
                milk, self.warehouse.lot_stock_id, quantity, lot_id=lot
            )
        self.assertEqual(milk.qty_available, 10)
        self.assertEqual(self.left(milk), 6)
        self.env["stock.picking.type"].search([]).reservation_method = "manual"
        self.sell_in_odoo(3, milk).action_confirm()
        self.assertEqual(self.left(milk), 3)
        self.receive(
            "A-1",
            "cdiscount",
            "accepted",
            lines=[line("MILK", "2.00", 2, lengow_status="accepted")],
        )
        self.assertEqual(self.left(milk), 1)


@tagged("post_install", "-at_install", "-standard", "lengow_modules")
class TestCatalogueBesideModulesOfKeptRows(KeptRows, TestCatalogueBesideModules):
    """The same, with rows that were told before; and what changes without a move."""

    allow_inherited_tests_method = True

    def lefts(self, *products):
        lefts = super().lefts(*products)
        self.tell(self.catalogue)
        quantities = {row.product_id: row.quantity for row in self.catalogue.row_ids}
        self.assertEqual([quantities[product] for product in products], lefts)
        return lefts

    def create_milk(self):
        """Return a product with 4 pieces that expire in a day, and their lot."""
        milk = self.create_product("MILK", tracking="lot", use_expiration_date=True)
        lot = self.env["stock.lot"].create({"name": "NEW", "product_id": milk.id})
        lot.removal_date = fields.Datetime.now() + timedelta(days=1)
        self.env["stock.quant"]._update_available_quantity(
            milk, self.warehouse.lot_stock_id, 4, lot_id=lot
        )
        return milk, lot

    def make_kit_of_shirt(self):
        """Return the bill of materials by which a shirt is three of A."""
        return self.env["mrp.bom"].create(
            {
                "product_tmpl_id": self.shirt.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": self.part_a.id, "product_qty": 3})
                ],
            }
        )

    def test_what_becomes_a_kit_is_told(self):
        self.assertEqual(self.left(), 10)
        bom = self.make_kit_of_shirt()
        self.assertEqual(self.left(), 3)
        bom.type = "normal"
        self.assertEqual(self.left(), 10)

    def test_a_kit_of_other_parts_is_told(self):
        self.assertEqual(self.left(self.kit), 4)
        self.kit.bom_ids.bom_line_ids[0].product_qty = 3
        self.assertEqual(self.left(self.kit), 3)

    def test_what_expires_by_itself_is_told(self):
        milk, lot = self.create_milk()
        self.assertEqual(self.left(milk), 4)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            self.assertEqual(self.left(milk), 0)
            lot.removal_date += timedelta(days=9)
            self.assertEqual(self.left(milk), 4)

    def test_what_expires_while_quantities_are_told_is_told_afterwards(self):
        milk, _lot = self.create_milk()
        self.settle()
        midnight = freeze_time(fields.Datetime.now() + timedelta(days=3))
        keep = StockStamps.keep

        def keep_late(*args):
            with midnight:
                keep(*args)

        with patch.object(StockStamps, "keep", keep_late):
            self.assertEqual(self.left(milk), 4)
        with midnight:
            self.assertEqual(self.left(milk), 0)

    def test_what_was_a_kit_by_mistake_is_told_afterwards(self):
        """Which products are kits is looked up for some batches that follow."""
        move = self.env["stock.move"].create(
            {
                "product_id": self.shirt.id,
                "product_uom_qty": 50,
                "picking_type_id": self.warehouse.in_type_id.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self.left(), 10)
        bom = self.make_kit_of_shirt()
        catalogue = at_work(self.catalogue)
        refresher = self.env["lengow.catalogue.refresher"]
        shelves = refresher._begin(catalogue, is_whole=False)
        shelves.now().look(self.shirt, self.warehouse)
        bom.type = "normal"
        self.add_stock(self.shirt, 1)
        while catalogue.run_stage:
            refresher._advance(catalogue, shelves)
        self.assertEqual(self.left(), 11)
