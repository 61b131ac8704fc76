"""How much of a product may still be sold, and what lowers it."""

from odoo import Command, fields
from odoo.tests import tagged

from .common import line
from .common.companies import CompaniesCase

FULFILLED = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]


class StockCase(CompaniesCase):
    """A catalog of the company; there are 10 shirts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.add_stock(cls.shirt, 10)
        cls.catalogue = cls.create_catalogue()

    @classmethod
    def create_catalogue(cls, **values):
        return cls.env["lengow.catalogue"].create(
            {"name": "Shop", "account_id": cls.account.id, **values}
        )

    @classmethod
    def create_column(cls, header, **values):
        return cls.env["lengow.catalogue.column"].create(
            {
                "catalogue_id": cls.catalogue.id,
                "header": header,
                "source": "quantity",
                "quantity_kind": "sellable",
                **values,
            }
        )

    def stocked(self, product=None, columns=None, catalogue=None):
        """Return what is told of one product."""
        product = product or self.shirt
        columns = columns or self.env["lengow.catalogue.column"]
        stock = self.env["lengow.catalogue.stock"]
        self.env.flush_all()
        return stock._read(catalogue or self.catalogue, columns, product)[product.id]

    def left(self, product=None, catalogue=None):
        return self.stocked(product, catalogue=catalogue).quantity

    def shirts(self, number, quantity, status="waiting_shipment", **values):
        """Let an order of shirts come in."""
        sku = values.pop("sku", "SHIRT")
        one = line(sku, f"{quantity * 60}.00", quantity, lengow_status=status)
        more = values.pop("more", [])
        values.setdefault("marketplace", "cdiscount")
        return self.receive(number, lines=[one, *more], status=status, **values)

    def second_warehouse(self, quantity):
        other = self.env["stock.warehouse"].create({"name": "Other", "code": "OTH"})
        if quantity:
            self.env["stock.quant"]._update_available_quantity(
                self.shirt, other.lot_stock_id, quantity
            )
        return other

    def sell_in_odoo(self, quantity, product=None, warehouse=None):
        """Return a quotation that has nothing to do with Lengow."""
        product = product or self.shirt
        return self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Walk-in"}).id,
                "warehouse_id": (warehouse or self.warehouse).id,
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                ],
            }
        )


@tagged("post_install", "-at_install")
class TestCatalogueStock(StockCase):
    # === WHAT ODOO KNOWS === #

    def test_what_is_on_hand_is_for_sale(self):
        self.assertEqual(self.left(), 10)
        self.assertEqual(self.left(self.mug), 0)

    def test_a_reserved_delivery_lowers_it(self):
        self.sell_in_odoo(3).action_confirm()
        self.assertEqual(self.shirt.free_qty, 7)
        self.assertEqual(self.left(), 7)

    def test_a_confirmed_order_that_reserves_nothing_lowers_it(self):
        self.env["stock.picking.type"].search([]).reservation_method = "manual"
        self.sell_in_odoo(3).action_confirm()
        self.assertEqual(self.shirt.free_qty, 10)
        self.assertEqual(self.left(), 7)

    def test_a_quotation_of_odoo_lowers_nothing(self):
        self.sell_in_odoo(3)
        self.assertEqual(self.left(), 10)

    def test_what_comes_in_is_not_for_sale_before(self):
        picking_type = self.warehouse.in_type_id
        move = self.env["stock.move"].create(
            {
                "product_id": self.shirt.id,
                "product_uom_qty": 50,
                "picking_type_id": picking_type.id,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": picking_type.default_location_dest_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self.shirt.incoming_qty, 50)
        self.assertEqual(self.left(), 10)

    def test_less_than_nothing_is_nothing(self):
        self.add_stock(self.shirt, -25)
        self.assertEqual(self.left(), 0)

    def test_a_part_of_a_piece_is_none(self):
        self.mug.uom_id = self.env.ref("uom.product_uom_kgm")
        self.add_stock(self.mug, 2.75)
        self.assertEqual(self.left(self.mug), 2)
        self.add_stock(self.mug, 0.25)
        self.assertEqual(self.left(self.mug), 3)

    def test_goods_without_stock_and_services_have_the_set_quantity(self):
        service = self.create_product("SETUP", type="service", is_storable=False)
        loose = self.create_product("SAND", is_storable=False)
        self.catalogue.domain = "[('sale_ok', '=', True)]"
        self.catalogue.untracked_quantity = 50
        self.assertEqual(self.left(service), 50)
        self.assertEqual(self.left(loose), 50)
        self.shirts("A-1", 2, sku="SAND", status="waiting_acceptance")
        self.assertEqual(self.left(loose), 50)

    def test_a_combo_is_sold_by_what_is_in_it(self):
        combo = self.env["product.combo"].create(
            {
                "name": "Choice",
                "combo_item_ids": [Command.create({"product_id": self.shirt.id})],
            }
        )
        menu = self.create_product(
            "MENU",
            type="combo",
            is_storable=False,
            combo_ids=[Command.set(combo.ids)],
        )
        self.assertEqual(self.left(menu), 0)

    # === BOUNDS === #

    def test_the_safety_stock_is_never_offered(self):
        self.catalogue.buffer = 3
        self.assertEqual(self.left(), 7)
        self.catalogue.buffer = 30
        self.assertEqual(self.left(), 0)

    def test_a_product_has_a_safety_stock_of_its_own(self):
        self.catalogue.buffer = 3
        self.shirt.write({"lengow_has_buffer": True, "lengow_buffer": 8})
        self.assertEqual(self.left(), 2)
        self.shirt.lengow_buffer = 0
        self.assertEqual(self.left(), 10)
        self.shirt.write({"lengow_has_buffer": False, "lengow_buffer": 9})
        self.assertEqual(self.left(), 7)

    def test_no_more_than_the_largest_quantity_is_told(self):
        self.catalogue.write({"maximum_quantity": 4, "untracked_quantity": 90})
        self.assertEqual(self.left(), 4)
        loose = self.create_product("SAND", is_storable=False)
        self.assertEqual(self.left(loose), 4)
        self.catalogue.maximum_quantity = 40
        self.assertEqual(self.left(), 10)

    def test_it_says_why_it_is_less_than_what_is_free(self):
        self.catalogue.buffer = 1
        self.sell_in_odoo(2).action_confirm()
        self.shirts("A-1", 3, "accepted")
        told = self.stocked()
        self.assertEqual(told.free, 8)
        self.assertEqual(told.open_orders, 3)
        self.assertEqual(told.buffer, 1)
        self.assertEqual(told.quantity, 4)

    # === OPEN ORDERS === #

    def test_an_order_in_the_inbox_lowers_it(self):
        for number, status in enumerate(
            ("new", "waiting_acceptance", "accepted"), start=1
        ):
            order = self.shirts(f"A-{number}", 1, status)
            self.assertEqual(order.import_state, "waiting", status)
            self.assertEqual(self.left(), 10 - number, status)

    def test_its_import_does_not_lower_it_twice(self):
        order = self.shirts("A-1", 4, "accepted")
        self.assertEqual(self.left(), 6)
        self.sandbox.move("cdiscount", "A-1", "waiting_shipment")
        order.action_refresh()
        self.sync()
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertEqual(self.left(), 6)

    def test_its_delivery_does_not_lower_it_twice(self):
        order = self.shirts("A-1", 4)
        self.deliver(order.sale_order_ids.picking_ids)
        self.assertEqual(self.shirt.qty_available, 6)
        self.assertEqual(self.left(), 6)

    def test_its_delivery_in_three_steps_lowers_it_once(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.shirts("A-1", 4)
        self.assertEqual(self.left(), 6)
        steps = 0
        while waiting := order.sale_order_ids.picking_ids.filtered(
            lambda picking: picking.state == "assigned"
        ):
            waiting.move_ids.picked = True
            waiting.button_validate()
            self.assertEqual(self.left(), 6)
            steps += 1
        self.assertEqual(steps, 3)
        self.assertEqual(self.shirt.qty_available, 6)

    def test_its_cancellation_raises_it(self):
        order = self.shirts("A-1", 4, "accepted")
        self.assertEqual(self.left(), 6)
        self.sandbox.move("cdiscount", "A-1", "canceled")
        order.action_refresh()
        self.assertEqual(self.left(), 10)

    def test_its_cancellation_after_the_import_raises_it(self):
        order = self.shirts("A-1", 4)
        self.sandbox.move("cdiscount", "A-1", "canceled")
        order.action_refresh()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertEqual(self.left(), 10)

    def test_its_dismissal_raises_it(self):
        order = self.shirts("A-1", 4, "accepted")
        order._mark_ignored("Somebody else ships it.")
        self.assertEqual(self.left(), 10)

    def test_a_quotation_lowers_it_and_its_confirmation_not_twice(self):
        self.find_marketplace("cdiscount").workflow = "quotation"
        order = self.shirts("A-1", 4)
        self.assertEqual(order.sale_order_ids.state, "draft")
        self.assertEqual(self.left(), 6)
        order.sale_order_ids.action_confirm()
        self.assertEqual(self.left(), 6)

    def test_a_quotation_of_what_has_left_by_another_way_lowers_nothing(self):
        self.find_marketplace("cdiscount").workflow = "quotation"
        order = self.shirts("A-1", 4)
        self.sandbox.move("cdiscount", "A-1", "shipped")
        order.action_refresh()
        self.assertEqual(order.sale_order_ids.state, "draft")
        self.assertEqual(self.left(), 10)

    def test_an_order_in_error_lowers_it(self):
        order = self.shirts("A-1", 4, more=[line("NOBODY", "1.00", 1)])
        self.assertEqual(order.import_state, "error")
        self.assertEqual(self.left(), 6)

    def test_an_order_of_an_unknown_status_lowers_it(self):
        self.shirts("A-1", 4, "sent_to_mars")
        self.assertEqual(self.left(), 6)

    def test_lines_that_are_canceled_or_given_back_take_nothing(self):
        more = [
            line("SHIRT", "60.00", 1, lengow_status=status, marketplace_order_line_id=n)
            for n, status in enumerate(("canceled", "refused", "refunded", "shipped"))
        ]
        self.shirts("A-1", 2, "accepted", more=more)
        self.assertEqual(self.left(), 8)

    def test_what_the_marketplace_ships_takes_nothing(self):
        self.account.import_fulfilled_by_marketplace = True
        self.shirts("A-1", 4, "accepted", order_types=FULFILLED)
        self.assertEqual(self.left(), 10)

    def test_an_unknown_sku_lowers_nothing_and_is_counted(self):
        order = self.shirts("A-1", 4, "accepted", sku="NOBODY")
        shelf = self.env["lengow.catalogue.stock"]._begin(self.catalogue)
        self.assertEqual(shelf.unknown_orders, order)
        self.assertEqual(self.left(), 10)
        self.env["lengow.catalogue.refresher"]._refresh(self.catalogue)
        self.assertEqual(self.catalogue.unknown_count, 1)
        self.assertEqual(self.opened(), order)

    def opened(self):
        """Return the orders that a user sees who asks which ones lower nothing."""
        action = self.catalogue.with_user(self.user).action_open_unknown()
        Order = self.env[action["res_model"]].with_user(self.user)
        return Order.search(action["domain"])

    def test_what_nobody_has_matched_yet_is_matched_by_its_sku(self):
        order = self.shirts("A-1", 4, "accepted")
        order.line_ids.product_id = False
        self.assertEqual(self.left(), 6)

    def test_a_pack_takes_each_of_its_pieces(self):
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "SHIRT-3",
                "product_id": self.shirt.id,
                "factor": 3,
            }
        )
        self.shirts("A-1", 2, "accepted", sku="SHIRT-3")
        self.assertEqual(self.left(), 4)

    def test_orders_of_an_archived_account_take_nothing(self):
        self.shirts("A-1", 4, "accepted")
        self.account.active = False
        self.assertEqual(self.left(), 10)

    def test_orders_of_another_account_of_the_company_lower_it(self):
        self.shirts("A-1", 4, "accepted")
        self.account.active = False
        other = self.create_account(name="Second")
        other.action_connect()
        self.sync(other)
        self.assertEqual(self.order("A-1", other).import_state, "waiting")
        self.assertEqual(self.left(), 6)

    # === WAREHOUSES === #

    def test_all_warehouses_of_the_company_count_unless_some_are_chosen(self):
        other = self.second_warehouse(5)
        self.assertEqual(self.left(), 15)
        self.catalogue.warehouse_ids = other
        self.assertEqual(self.left(), 5)
        self.catalogue.warehouse_ids = other | self.warehouse
        self.assertEqual(self.left(), 15)

    def test_an_order_lowers_what_is_in_its_own_warehouse(self):
        other = self.second_warehouse(5)
        self.find_marketplace("cdiscount").warehouse_id = other
        self.shirts("A-1", 4, "accepted")
        self.assertEqual(self.left(), 11)
        self.catalogue.warehouse_ids = self.warehouse
        self.assertEqual(self.left(), 10)
        self.catalogue.warehouse_ids = other
        self.assertEqual(self.left(), 1)

    def test_a_quotation_lowers_what_is_in_the_warehouse_that_it_names(self):
        other = self.second_warehouse(5)
        self.find_marketplace("cdiscount").workflow = "quotation"
        order = self.shirts("A-1", 4)
        order.sale_order_ids.warehouse_id = other
        self.catalogue.warehouse_ids = self.warehouse
        self.assertEqual(self.left(), 10)
        self.catalogue.warehouse_ids = other
        self.assertEqual(self.left(), 1)

    def test_columns_tell_of_warehouses_of_their_own(self):
        other = self.second_warehouse(5)
        self.catalogue.buffer = 1
        self.sell_in_odoo(2).action_confirm()
        columns = (
            self.create_column("here")
            | self.create_column("other", warehouse_ids=[Command.set(other.ids)])
            | self.create_column("held", quantity_kind="on_hand")
        )
        self.assertEqual(
            self.stocked(columns=columns).values,
            {"here": "12", "other": "4", "held": "15"},
        )

    def test_a_move_between_the_chosen_warehouses_takes_nothing_from_them(self):
        other = self.second_warehouse(0)
        self.warehouse.int_type_id.reservation_method = "manual"
        move = self.env["stock.move"].create(
            {
                "product_id": self.shirt.id,
                "product_uom_qty": 4,
                "picking_type_id": self.warehouse.int_type_id.id,
                "location_id": self.warehouse.lot_stock_id.id,
                "location_dest_id": other.lot_stock_id.id,
            }
        )
        move._action_confirm()
        self.assertEqual(self.left(), 10)
        self.catalogue.warehouse_ids = self.warehouse
        self.assertEqual(self.left(), 6)

    # === COMPANIES === #

    def test_another_company_has_a_stock_and_orders_of_its_own(self):
        self.env["stock.quant"]._update_available_quantity(
            self.shirt, self.warehouse_b.lot_stock_id, 3
        )
        self.add_rule(marketplace_id=self.shop.id)
        theirs = self.create_catalogue(name="B", company_id=self.company_b.id)
        order = self.shirts("A-1", 2, "accepted")
        self.assertEqual(order.company_id, self.company_b)
        self.assertEqual(self.left(), 10)
        self.assertEqual(self.left(catalogue=theirs), 1)

    def test_the_company_decides_whoever_asks_from_wherever(self):
        self.env["stock.quant"]._update_available_quantity(
            self.shirt, self.warehouse_b.lot_stock_id, 3
        )
        stock = self.env["lengow.catalogue.stock"].with_context(
            allowed_company_ids=[self.company_b.id, self.company.id],
            warehouse_id=self.warehouse_b.id,
            location=self.warehouse_b.lot_stock_id.id,
            to_date=fields.Datetime.to_datetime("2020-01-01"),
        )
        for env in (stock.env, stock.with_user(self.manager).env):
            told = env["lengow.catalogue.stock"]._read(
                self.catalogue.with_env(env),
                self.env["lengow.catalogue.column"].with_env(env),
                self.shirt.with_env(env),
            )
            self.assertEqual(told[self.shirt.id].quantity, 10)

    def test_a_company_without_warehouse_has_nothing(self):
        self.env["stock.warehouse"].search(
            [("company_id", "=", self.company_b.id)]
        ).active = False
        self.add_rule(marketplace_id=self.shop.id)
        theirs = self.create_catalogue(name="B", company_id=self.company_b.id)
        self.assertEqual(self.left(catalogue=theirs), 0)


@tagged("post_install", "-at_install")
class TestCatalogueStockQueries(StockCase):
    def test_a_batch_takes_as_many_queries_for_any_number(self):
        few = self.env["product.product"].create(
            [{"name": f"P{n}", "is_storable": True} for n in range(3)]
        )
        many = self.env["product.product"].create(
            [{"name": f"Q{n}", "is_storable": True} for n in range(60)]
        )
        for number, sku in enumerate(("SHIRT", "MUG", "NOBODY", "SHIRT")):
            self.shirts(f"A-{number}", 1, "accepted", sku=sku)
        self.left()
        counts = [self.count_queries(products) for products in (few, many)]
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 8)

    def count_queries(self, products):
        """Return what a batch costs of a pass that has begun."""
        stock = self.env["lengow.catalogue.stock"]
        columns = self.env["lengow.catalogue.column"]
        begun = stock._begin(self.catalogue)
        self.env.flush_all()
        products.invalidate_recordset()
        before = self.cr.sql_log_count
        stock._read(self.catalogue, columns, products, begun)
        return self.cr.sql_log_count - before

    def test_open_orders_are_read_with_as_many_queries_for_any_number(self):
        stock = self.env["lengow.catalogue.stock"]
        self.shirts("A-0", 1, "accepted")
        self.left()
        counts = []
        for number in (1, 6):
            for index in range(number):
                self.shirts(f"A-{number}-{index}", 1, "accepted")
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            stock._begin(self.catalogue)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)
