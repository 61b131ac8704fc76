"""Traps of Odoo 19 that an importer of orders falls into, each with its own test."""

from pathlib import Path

from psycopg2.errors import ForeignKeyViolation

from odoo import Command, fields
from odoo.tests import BaseCase, Form, tagged
from odoo.tools import mute_logger

from .. import tests
from .common import LengowCase, line, package, payload


@tagged("post_install", "-at_install")
class TestOdooTraps(LengowCase):
    def test_price_survives_a_change_of_quantity(self):
        """A price that equals Odoo's technical price is replaced by the product's."""
        self.marketplace.workflow = "quotation"
        order = self.import_payload(payload("A-1", package(line(amount="19.99"))))
        sale = order.sale_order_ids
        with Form(sale) as form, form.order_line.edit(0) as edited:
            edited.product_uom_qty = 3
        self.assertAlmostEqual(sale.order_line.price_unit, 19.99)
        self.assertAlmostEqual(sale.amount_total, 59.97)

    def test_price_survives_a_confirmation_by_hand(self):
        self.marketplace.workflow = "quotation"
        order = self.import_payload(payload("A-1", package(line(amount="19.99"))))
        order.sale_order_ids.action_confirm()
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 19.99)

    def test_confirmation_keeps_the_date_of_the_marketplace(self):
        """Confirming a sale order replaces its date by the current one."""
        order = self.import_payload(payload())
        sale = order.sale_order_ids
        expected = fields.Datetime.to_datetime("2026-01-15 10:30:00")
        self.assertEqual(sale.state, "sale")
        self.assertEqual(sale.date_order, expected)
        self.marketplace.workflow = "quotation"
        late = self.import_payload(payload("A-2")).sale_order_ids
        late.action_confirm()
        self.assertEqual(late.date_order, expected)

    def ordinary_sale_order(self):
        partner = self.env["res.partner"].create({"name": "Somebody"})
        return self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "date_order": "2020-01-01 00:00:00",
                "order_line": [Command.create({"product_id": self.mug.id})],
            }
        )

    def test_confirmation_of_other_sale_orders_keeps_to_odoo(self):
        sale = self.ordinary_sale_order()
        sale.action_confirm()
        self.assertGreater(sale.date_order.year, 2020)

    def test_confirmation_in_bulk_keeps_to_each_ones_date(self):
        self.marketplace.workflow = "quotation"
        first = self.import_payload(payload()).sale_order_ids
        second = self.import_payload(
            payload("A-2", marketplace_order_date="2026-02-01T08:00:00Z")
        ).sale_order_ids
        ordinary = self.ordinary_sale_order()
        (first | ordinary | second).action_confirm()
        self.assertEqual(str(first.date_order), "2026-01-15 10:30:00")
        self.assertEqual(str(second.date_order), "2026-02-01 08:00:00")
        self.assertGreater(ordinary.date_order.year, 2020)

    def test_currency_is_the_buyers_not_the_companys(self):
        """A currency given to a new sale order is dropped for its pricelist's."""
        pound = self.env.ref("base.GBP")
        pound.active = True
        self.env["product.pricelist"].create({"name": "GBP", "currency_id": pound.id})
        currency = {"iso_a3": "GBP", "symbol": "£", "name": "Pound"}
        order = self.import_payload(
            payload(currency=currency, original_currency=currency)
        )
        self.assertEqual(order.sale_order_ids.currency_id, pound)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 24.0)

    def test_price_with_tax_stays_the_total_when_taxes_come_on_top(self):
        """54.27 with tax becomes 65.12 when it is taken for a price without tax."""
        tax = self.create_tax(20.0, included=False)
        self.create_product("NET", taxes_id=[Command.set(tax.ids)])
        order = self.import_payload(payload("A-1", package(line("NET", "54.27"))))
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertAlmostEqual(order.sale_order_ids.amount_total, 54.27)
        self.assertAlmostEqual(order.sale_order_ids.amount_tax, 9.05, 2)

    def test_two_products_with_one_sku_are_both_named(self):
        """Odoo's own look-up returns one of them and hides the other."""
        self.create_product("TWIN", name="First Twin")
        self.create_product("TWIN", name="Second Twin")
        order = self.import_payload(payload("A-1", package(line("TWIN"))))
        self.assertEqual(order.error_code, "product_ambiguous")
        self.assertIn("First Twin", order.error_message)
        self.assertIn("Second Twin", order.error_message)

    def test_import_leaves_no_tracked_value_of_a_buyer(self):
        """Tracked values outlive the data that they were copied from."""
        order = self.import_payload(payload())
        self.cr.flush()
        partners = (
            order.sale_order_ids.partner_id | order.sale_order_ids.partner_id.child_ids
        )
        messages = self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "in", partners.ids)]
        )
        self.assertFalse(messages.sudo().tracking_value_ids)
        self.assertFalse(messages)
        self.assertFalse(partners.message_follower_ids)

    def test_buyer_is_archived_not_deleted_and_may_come_back(self):
        """A partner of a sale order cannot be deleted."""
        buyer = {"marketplace_customer_id": "BUYER-1"}
        order = self.import_payload(payload("A-1", **buyer))
        partner = order.sale_order_ids.partner_id
        with mute_logger("odoo.sql_db"), self.assertRaises(ForeignKeyViolation):
            partner.unlink()
        partner.active = False
        again = self.import_payload(payload("A-2", **buyer))
        self.assertEqual(again.import_state, "imported", again.error_message)

    def test_tests_bring_their_own_data(self):
        """Odoo 19 has no demonstration data unless it is asked for."""
        addon = self.env["ir.module.module"].search([("name", "=", "lengow_connector")])
        self.assertFalse(addon.demo)


@tagged("post_install", "-at_install")
class TestTheTests(BaseCase):
    def test_every_test_file_is_loaded(self):
        """Odoo runs what the package imports, and says nothing of the rest."""
        files = {path.stem for path in Path(__file__).parent.glob("test_*.py")}
        self.assertEqual(files, {n for n in vars(tests) if n.startswith("test_")})

    def test_every_test_class_is_one_of_odoos(self):
        """A plain test case is skipped without a word."""
        for name, module in vars(tests).items():
            for value in vars(module).values() if name.startswith("test_") else ():
                if isinstance(value, type) and value.__name__.startswith("Test"):
                    self.assertTrue(issubclass(value, BaseCase), value)
