"""Orders with unknown SKUs that are imported all the same, and matched later."""

from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import line, package, payload
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestFallbackProduct(ShippingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fallback = cls.create_product("FALLBACK", name="Unknown Article")
        cls.account.fallback_product_id = cls.fallback
        cls.tax_of_mug = cls.create_tax(5.5)
        cls.mug.taxes_id = cls.tax_of_mug

    def receive_unknown(self, number="U-1", **values):
        order = self.import_payload(
            payload(
                number,
                package(line("MYSTERY", "30.00", 2, title="A blue mug"), line()),
                **values,
            )
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def match(self, order, product=None, factor=1):
        """Match the unknown SKU in the dialog; return what it says."""
        wizard = self.wizard_of(
            order.with_user(self.user).action_open_resolve(), self.user
        )
        row = wizard.line_ids
        self.assertEqual(row.sku, "MYSTERY")
        row.write({"product_id": (product or self.mug).id, "factor": factor})
        return wizard.action_pair()["params"]

    def unknown_line(self, order):
        return order.sale_order_ids.order_line[0]

    # === THE IMPORT === #

    def test_an_unknown_sku_is_sold_as_the_fallback_and_says_so(self):
        order = self.receive_unknown()
        sold = self.unknown_line(order)
        self.assertEqual(sold.product_id, self.fallback)
        self.assertEqual(sold.name, "[MYSTERY] A blue mug")
        self.assertTrue(sold.lengow_is_to_match)
        self.assertEqual(order.line_ids.mapped("is_to_match"), [True, False])
        self.assertFalse(order.line_ids[0].product_id)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 54.0)
        self.assertIn("MYSTERY", str(order.message_ids.mapped("body")))
        self.assertTrue(order.sale_order_ids.lengow_is_to_match)
        job = [("job", "=", "to_match")]
        self.assertEqual(self.env["lengow.order"].search(job), order)

    def test_without_a_fallback_it_stops_the_order(self):
        self.account.fallback_product_id = False
        order = self.import_payload(payload("U-2", package(line("MYSTERY"))))
        self.assertEqual(order.error_code, "product_missing")
        self.account.fallback_product_id = self.fallback
        self.assertEqual(order.import_state, "ready", "now there is one")

    def test_a_marketplace_may_have_its_own(self):
        other = self.create_product("OTHER-FALLBACK")
        self.marketplace.fallback_product_id = other
        self.assertEqual(self.unknown_line(self.receive_unknown()).product_id, other)

    def test_what_several_products_answer_to_stops_the_order_as_ever(self):
        self.create_product("TWICE")
        self.create_product("TWICE")
        order = self.import_payload(payload("U-3", package(line("TWICE"))))
        self.assertEqual(order.error_code, "product_ambiguous")

    def test_a_fallback_that_was_archived_stops_the_order_and_is_named(self):
        self.fallback.active = False
        order = self.import_payload(payload("U-4", package(line("MYSTERY"))))
        self.assertEqual(order.error_code, "product_unusable")
        self.assertIn("Unknown Article", order.error_message)
        known = self.import_payload(payload("U-5"))
        self.assertEqual(known.import_state, "imported", "it stops no other")

    def test_only_goods_for_sale_can_be_chosen(self):
        for values in ({"type": "service", "is_storable": False}, {"sale_ok": False}):
            product = self.create_product("UNFIT", **values)
            with self.assertRaisesRegex(ValidationError, "Unfit.*Test Shop"):
                self.account.fallback_product_id = product

    # === MATCHED LATER === #

    def test_matching_exchanges_the_product_and_its_delivery(self):
        order = self.receive_unknown()
        sale, sold = order.sale_order_ids, self.unknown_line(order)
        told = self.match(order)
        self.assertEqual(told["type"], "success")
        self.assertIn("1 of 1", told["message"])
        self.assertEqual(sold.product_id, self.mug)
        self.assertEqual(sold.tax_ids, self.tax_of_mug)
        self.assertAlmostEqual(sold.price_total, 30.0)
        self.assertAlmostEqual(sale.amount_total, 54.0)
        self.assertNotIn("MYSTERY", sold.name)
        self.assertFalse(sold.lengow_is_to_match)
        self.assertFalse(sale.lengow_is_to_match)
        self.assertEqual(order.line_ids[0].product_id, self.mug)
        moves = sale.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(
            {(m.product_id, m.product_uom_qty) for m in moves},
            {(self.mug, 2), (self.shirt, 1)},
        )
        self.assertIn("Unknown Article", str(order.message_ids[0].body))
        order.action_refresh()
        self.assertFalse(order.change_kind, "no news for the marketplace")

    def test_matching_as_a_pack_sells_its_units_for_the_same_total(self):
        order = self.receive_unknown()
        sold = self.unknown_line(order)
        self.match(order, factor=3)
        self.assertEqual((sold.product_uom_qty, sold.lengow_factor), (6, 3))
        self.assertAlmostEqual(sold.price_total, 30.0)
        self.assertEqual(order.line_ids[0].factor, 3)
        moves = sold.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(moves.product_uom_qty, 6)

    def test_a_quotation_gets_its_product_too(self):
        self.marketplace.workflow = "quotation"
        order = self.receive_unknown()
        self.match(order)
        self.assertEqual(order.sale_order_ids.state, "draft")
        self.assertEqual(self.unknown_line(order).product_id, self.mug)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 54.0)

    def test_what_is_canceled_is_nobodys_to_match(self):
        order = self.receive_unknown()
        order.sale_order_ids._action_cancel()
        self.assertFalse(any(order.line_ids.mapped("is_to_match")))
        job = [("job", "=", "to_match")]
        self.assertFalse(self.env["lengow.order"].search(job))

    def test_a_locked_sale_order_gets_its_product_and_stays_locked(self):
        order = self.receive_unknown()
        order.sale_order_ids.action_lock()
        self.match(order)
        self.assertEqual(self.unknown_line(order).product_id, self.mug)
        self.assertTrue(order.sale_order_ids.locked)
        moves = self.unknown_line(order).move_ids
        self.assertIn(self.mug, moves.product_id)

    def test_a_product_that_is_created_with_the_sku_is_matched_by_itself(self):
        order = self.receive_unknown()
        product = self.create_product("MYSTERY")
        self.assertEqual(self.unknown_line(order).product_id, product)

    def test_what_is_delivered_stays_and_says_why(self):
        order = self.receive_unknown()
        self.deliver(order.sale_order_ids.picking_ids, "T-1")
        sold = self.unknown_line(order)
        told = self.match(order)
        self.assertEqual(told["type"], "warning")
        self.assertIn(order.name, told["message"])
        self.assertEqual(sold.product_id, self.fallback)
        self.assertFalse(sold.lengow_is_to_match, "nothing is left to do")
        self.assertIn("delivered already", str(order.message_ids[0].body))
        job = [("job", "=", "to_match")]
        self.assertFalse(self.env["lengow.order"].search(job))

    def test_what_is_invoiced_stays_and_says_why(self):
        self.fallback.invoice_policy = "order"
        order = self.receive_unknown()
        order.sale_order_ids._create_invoices()
        self.match(order)
        self.assertEqual(self.unknown_line(order).product_id, self.fallback)
        self.assertIn("invoiced already", str(order.message_ids[0].body))

    def test_what_was_matched_is_shipped_as_ever(self):
        self.count_pieces()
        order = self.receive_unknown("U-9", marketplace="galeries_lafayette")
        self.match(order, factor=3)
        picking = order.sale_order_ids.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        self.deliver(picking, "T-1")
        told = {
            action.parameters["line"]: action.parameters["shipped_quantity"]
            for action in self.ships_of(order)
        }
        self.assertEqual(told, {"MYSTERY-30.00-2": "2", "SHIRT-24.00-1": "1"})


@tagged("post_install", "-at_install")
class TestFallbackTrouble(ShippingCase):
    """What comes between a line that is sold as the fallback product and its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fallback = cls.create_product("FALLBACK", name="Unknown Article")
        cls.account.fallback_product_id = cls.fallback

    def receive_unknown(self, number="U-1", **values):
        order = self.import_payload(
            payload(number, package(line("MYSTERY", "30.00", 2), line()), **values)
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def name_it(self):
        return self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "MYSTERY",
                "product_id": self.mug.id,
            }
        )

    def assertMatched(self, order):
        sold = order.sale_order_ids.order_line[0]
        self.assertEqual(sold.product_id, self.mug)

    def failing(self, error, cause=None):
        def fail(self, *args):
            raise error from cause

        return patch.object(type(self.env["lengow.pairing"]), "_exchange", fail)

    def unseen(self):
        """Let an alias come in beside an order, none of them knowing of the other."""
        return patch.object(
            type(self.env["lengow.second.look"]), "_match_soon", lambda *_args: 0
        )

    def test_a_collision_is_tried_again(self):
        self.receive_unknown()
        collision = SerializationFailure("busy")
        failing = self.failing(UserError("Busy"), collision)
        with failing, self.assertRaises(UserError):
            self.name_it()

    def test_what_fails_unexpectedly_can_be_matched_again(self):
        order = self.receive_unknown()
        with (
            mute_logger("odoo.addons.lengow_connector.models.sales.lengow_pairing"),
            self.failing(KeyError("x")),
        ):
            self.name_it()
        self.assertTrue(order.line_ids[0].is_to_match)
        self.assertIn("KeyError", str(order.message_ids[0].body))
        order.with_user(self.user).action_open_resolve()
        self.assertMatched(order)

    def test_what_is_deleted_is_nobodys_to_match(self):
        self.marketplace.workflow = "quotation"
        for number, what in (("U-1", "sale"), ("U-2", "line")):
            order = self.receive_unknown(number)
            sale = order.sale_order_ids
            (sale if what == "sale" else sale.order_line[0]).unlink()
            self.assertFalse(any(order.line_ids.mapped("is_to_match")), what)
        self.name_it()

    def test_what_is_reduced_to_nothing_is_nobodys_to_match(self):
        order = self.receive_unknown(marketplace="zalando")
        order._plan_action(
            "cancel", {}, lines={order.line_ids[0]: {"cancel_quantity": "2"}}
        ).sudo()._mark_done()
        sold = order.sale_order_ids.order_line[0]
        self.assertEqual(sold.product_uom_qty, 0)
        self.assertFalse(order.line_ids[0].is_to_match)
        self.name_it()
        self.assertEqual(sold.product_id, self.fallback)

    def test_an_alias_that_came_beside_the_order_counts_once_somebody_looks(self):
        order = self.receive_unknown()
        with self.unseen():
            self.name_it()
        order.with_user(self.user).action_open_resolve()
        self.assertMatched(order)

    def test_so_it_does_for_all_orders(self):
        order = self.receive_unknown()
        with self.unseen():
            self.name_it()
        self.env["lengow.order"].with_user(self.user).action_open_resolve()
        self.assertMatched(order)

    def test_what_the_marketplace_ships_itself_gets_its_product_too(self):
        self.account.import_fulfilled_by_marketplace = True
        order = self.receive_unknown(
            lengow_status="shipped",
            marketplace_status="Shipped",
            order_types=[{"type": "is_delivered_by_marketplace", "label": "AFN"}],
        )
        self.name_it()
        sold = order.sale_order_ids.order_line[0]
        self.assertEqual((sold.product_id, sold.product_uom_qty), (self.mug, 2))
        self.assertEqual(sold.qty_delivered, 2)
        self.assertFalse(sold.move_ids)

    def test_a_fallback_that_is_fit_again_lets_its_orders_go_on(self):
        for owner in (self.account, self.marketplace):
            if owner == self.marketplace:
                self.marketplace.fallback_product_id = self.create_product("OTHER")
            product = owner.fallback_product_id
            product.active = False
            order = self.import_payload(
                payload(f"F-{owner._name}", package(line("MYSTERY")))
            )
            self.assertEqual(order.error_code, "product_unusable")
            product.active = True
            self.assertEqual(order.import_state, "ready", owner._name)
