"""Beside Odoo's other modules: `make test-modules` has a database with them.

The table of charts and destinations says which position and rate an order gets, and
where somebody has to be told. A kind is how a position is recognised: `home` leaves
the domestic rate, `oss` and `b2b` are Odoo's own, `other` is any other, `none` is none.
"""

import json
from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .common import address, line, package
from .common.orders import LengowCase
from .common.shipping import ShippingCase

TABLE = "lengow_connector/tests/data/charts.json"
# Beside what a rate makes of a total, half a cent for each of three lines.
ROUNDING = 0.015


class StaysHere:
    """Fails a test that calls another machine, also where the call is forgiven.

    Odoo's tests refuse such calls with a network error, which the modules that make
    them catch as they catch every other.
    """

    @classmethod
    def setUpClass(cls):
        cls.called = []
        super().setUpClass()

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        if not request.url.startswith("http://127.0.0.1:"):
            cls.called.append(request.url)
        return super()._request_handler(session, request, **kwargs)

    def setUp(self):
        super().setUp()
        self.called.clear()

    def tearDown(self):
        self.assertFalse(self.called, "another machine was called")
        super().tearDown()


@tagged("post_install", "-at_install", "-standard", "lengow_modules")
class TestCharts(StaysHere, LengowCase):
    def test_every_chart_taxes_every_destination_as_the_table_says(self):
        with file_open(TABLE) as file:
            table = json.load(file)
        for seller, expected in table["expected"].items():
            self.sell_as(seller)
            for name, values in table["destinations"].items():
                with self.subTest(seller=seller, destination=name):
                    row = self.sell(seller, name, values)
                    found = self.outcome(row)
                    self.assertEqual(found, {"told": False, **expected[name]})
                    self.assert_booked(row, found["rate"])

    def sell_as(self, seller):
        """Sell from now on for the company with the chart of a country."""
        company = self.env["res.company"].search(
            [("name", "=", f"Lengow Chart {seller}")]
        )
        self.assertTrue(company, "make test-modules prepares the companies")
        for sku in ("SHIRT", "MUG"):
            self.create_product(
                f"{sku}-{seller}",
                company_id=company.id,
                taxes_id=company.account_sale_tax_id.ids,
            )
        self.sandbox.clear_orders()
        # One living account reads a shop.
        self.account.active = False
        self.account = self.create_account(name=seller, company_id=company.id)
        self.account.action_connect()
        self.assertEqual(self.account.state, "connected", self.account.error_message)

    def sell(self, seller, name, values):
        """Import an order of one destination."""
        business = {}
        country = {"common_country_iso_a2": values.get("country", seller)}
        place = {**country, "zipcode": values.get("zip", "1010"), "state_region": None}
        billing = address(type="billing", **place)
        if "vat" in values:
            billing.update(company="Exemple GmbH", vat_number=values["vat"])
            business["order_types"] = [{"type": "is_business"}]
        lines = line(f"SHIRT-{seller}", "24.00"), line(f"MUG-{seller}", "38.89", 3)
        return self.import_order(
            f"{seller}-{name}",
            package(*lines, delivery=address(**place)),
            billing_address=billing,
            shipping="4.99",
            total_tax=None,
            **business,
        )

    def outcome(self, row):
        """Return kind, rate and whether somebody is told, as the table has them."""
        sale = row.sale_order_ids
        position = sale.fiscal_position_id
        rate = sum(sale.order_line.tax_ids.flatten_taxes_hierarchy().mapped("amount"))
        country = sale.partner_shipping_id.country_id
        kind = "other"
        if country == sale.company_id.account_fiscal_country_id and rate:
            kind = "home"
        elif not position:
            kind = "none"
        elif "OSS" in position.name:
            kind = "oss"
        elif position.vat_required:
            kind = "b2b"
        return {"kind": kind, "rate": rate, "told": bool(row.tax_doubt)}

    def assert_booked(self, row, rate):
        """Fail unless what the buyer paid is ordered and invoiced with its tax."""
        total = Decimal("67.88")
        included = float(total * Decimal(rate) / (100 + Decimal(rate)))
        sale = row.sale_order_ids.with_company(row.company_id)
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(invoice.currency_id.name, "EUR")
        for document in (sale, invoice):
            self.assertEqual(Decimal(f"{document.amount_total:.2f}"), total)
            self.assertAlmostEqual(document.amount_tax, included, delta=ROUNDING)


@tagged("post_install", "-at_install", "-standard", "lengow_modules")
class TestBesideModules(StaysHere, ShippingCase):
    # === VIES === #

    @contextmanager
    def vies_is_asked_for_nothing(self):
        self.company.vat_check_vies = True
        target = "odoo.addons.base_vat.models.res_partner.check_vies"
        with patch(target, side_effect=AssertionError("VIES was asked")) as asked:
            yield
            self.env.flush_all()
        asked.assert_not_called()

    def sell_to_business(self, number, vat):
        """Import an order that a Belgian customer places as a business."""
        place = {"common_country_iso_a2": "BE", "zipcode": "1000"}
        billing = address(company="Exemple SA", vat_number=vat, **place)
        return self.import_order(
            number,
            package(delivery=address(first_line="2 rue du Test", **place)),
            billing_address=billing,
            marketplace_customer_id="C-1",
            order_types=[{"type": "is_business"}],
        )

    def test_import_asks_no_vies(self):
        with self.vies_is_asked_for_nothing():
            row = self.sell_to_business("V-1", "BE0477472701")
        sale = row.sale_order_ids
        self.assertEqual(sale.partner_id.vat, "BE0477472701")
        self.assertNotEqual(sale.partner_shipping_id, sale.partner_id)

    def test_what_is_no_vat_number_stops_no_order_and_is_not_asked_either(self):
        with self.vies_is_asked_for_nothing():
            rows = [
                self.sell_to_business(f"V-{index}", vat)
                for index, vat in enumerate(("BE0000000000", "0", "/", "n/a"))
            ]
        for row in rows:
            self.assertFalse(row.sale_order_ids.partner_id.vat)

    def test_neither_a_number_that_comes_later_nor_the_deletion_asks_vies(self):
        with self.vies_is_asked_for_nothing():
            first = self.sell_to_business("V-1", None)
            second = self.sell_to_business("V-2", "BE0477472701")
            self.assertEqual(second.partner_id.vat, "BE0477472701")
            (first | second)._anonymise()

    # === LOYALTY === #

    def create_program(self, kind, **values):
        """Return a program that every order takes part in by itself."""
        return self.env["loyalty.program"].create(
            {
                "name": kind,
                "program_type": kind,
                "applies_on": "current",
                "trigger": "auto",
                "rule_ids": [Command.create({"minimum_amount": 1, **values})],
                "reward_ids": [Command.create({"discount": 10, "required_points": 1})],
            }
        )

    def test_no_program_changes_what_the_buyer_paid(self):
        self.create_program("promotion")
        loyalty = self.create_program("loyalty", reward_point_amount=5)
        loyalty.applies_on = "both"
        gifts = self.create_program("next_order_coupons")
        gifts.applies_on = "future"
        row = self.import_order("L-1", package(line("SHIRT", "24.00")), shipping="4.99")
        again = self.import_order("L-2", package(line("SHIRT", "24.00")))
        for sale, total in ((row.sale_order_ids, 28.99), (again.sale_order_ids, 24.0)):
            self.assertEqual(sale.state, "sale")
            self.assertAlmostEqual(sale.amount_total, total)
            self.assertFalse(sale.order_line.reward_id)
            invoice = sale._create_invoices()
            invoice.action_post()
            self.assertAlmostEqual(invoice.amount_total, total)

    def test_coupon_of_a_loyalty_program_is_not_mailed_to_the_buyer(self):
        self.create_program("next_order_coupons").applies_on = "future"
        before = self.env["mail.mail"].search([])
        self.import_order("L-1", package(line("SHIRT", "24.00")))
        self.assertFalse(self.env["mail.mail"].search([]) - before)

    # === OTHER WAYS TO DELIVER === #

    def test_what_a_supplier_ships_is_told_as_shipped(self):
        self.map_carrier("cdiscount", "Colissimo")
        supplier = self.env["res.partner"].create({"name": "Supplier Exemple"})
        self.mug.route_ids = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.mug.seller_ids = [Command.create({"partner_id": supplier.id, "price": 5})]
        order = self.receive_to_ship("D-1", "cdiscount", line("MUG", "12.00"))
        sale = order.sale_order_ids
        purchase = sale._get_purchase_orders()
        self.assertEqual(purchase.partner_id, supplier)
        purchase.button_confirm()
        self.assertFalse(self.ships_of(order))
        self.deliver(purchase.picking_ids, "T1")
        ship = self.ships_of(order)
        self.assertEqual(ship.parameters["tracking_number"], "T1")
        self.assertEqual(sale.order_line.qty_delivered, 1)

    def create_kit(self, sku="KIT"):
        """Return the two parts of a kit: two of the one, and one of the other."""
        part_a, part_b = (self.create_product(f"PART-{name}") for name in "AB")
        kit = self.create_product(sku, is_storable=False)
        self.env["mrp.bom"].create(
            {
                "product_tmpl_id": kit.product_tmpl_id.id,
                "type": "phantom",
                "bom_line_ids": [
                    Command.create({"product_id": part_a.id, "product_qty": 2}),
                    Command.create({"product_id": part_b.id, "product_qty": 1}),
                ],
            }
        )
        return part_a, part_b

    def test_what_the_marketplace_ships_leaves_by_itself(self):
        part_a, part_b = self.create_kit()
        part_b.tracking = "lot"
        supplier = self.env["res.partner"].create({"name": "Supplier Exemple"})
        self.mug.route_ids = self.env.ref("stock_dropshipping.route_drop_shipping")
        self.mug.seller_ids = [Command.create({"partner_id": supplier.id, "price": 5})]
        fba = self.env["stock.warehouse"].create({"name": "FBA", "code": "FBA"})
        lot = self.env["stock.lot"].create({"name": "L-1", "product_id": part_b.id})
        self.env["stock.quant"]._update_available_quantity(
            part_b, fba.lot_stock_id, 5, lot_id=lot
        )
        self.account.write(
            {"import_fulfilled_by_marketplace": True, "fulfilment_warehouse_id": fba.id}
        )
        order = self.receive_to_ship(
            "K-1",
            "cdiscount",
            line("KIT", "48.00", 2),
            line("MUG", "12.00"),
            lengow_status="shipped",
            order_types=[{"type": "is_delivered_by_marketplace", "label": "AFN"}],
        )
        with self.crons():
            self.run_cron("cron_deliver_fulfilled")
        sale = order.sale_order_ids
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertEqual(sale.order_line[:2].mapped("qty_delivered"), [2, 1])
        self.assertFalse(sale._get_purchase_orders())
        moved = sale.picking_ids.move_line_ids
        found = {ml.product_id: (ml.quantity, ml.lot_id) for ml in moved}
        none = lot.browse()
        self.assertEqual(
            found, {part_a: (4, none), part_b: (2, lot), self.mug: (1, none)}
        )

    def test_a_kit_is_told_as_shipped_when_its_last_part_leaves(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        _part_a, part_b = self.create_kit()
        order = self.receive_to_ship("K-1", "galeries_lafayette", line("KIT"))
        sale = order.sale_order_ids
        self.assertAlmostEqual(sale.amount_total, 24.0)
        rest = self.deliver(sale.picking_ids, "T1", quantities={part_b: 0})
        self.assertFalse(self.ships_of(order))
        self.deliver(rest, "T2")
        self.assertEqual(self.ships_of(order).parameters["line"], "K-1-L0")
        self.assertEqual(sale.order_line.qty_delivered, 1)

    def test_a_service_opens_its_task_and_leaves_the_total_alone(self):
        project = self.env["project.project"].create({"name": "Fittings"})
        self.create_product(
            "FITTING",
            type="service",
            is_storable=False,
            service_tracking="task_global_project",
            project_id=project.id,
        )
        lines = line("SHIRT", "24.00"), line("FITTING", "15.00")
        sale = self.import_order("P-1", package(*lines)).sale_order_ids
        self.assertAlmostEqual(sale.amount_total, 39.0)
        self.assertEqual(sale.tasks_ids.project_id, project)
