"""A merchant's day, job by job: what it comes to, and what it costs."""

import re
from datetime import timedelta
from pathlib import Path

from odoo.tests import tagged

from .common import line, package, payload
from .common.documents import DocumentCase
from .common.jobs import JOBS, OVERVIEW, JobCase
from .common.overview import OverviewCase

ROOT = Path(__file__).parent.parent


@tagged("post_install", "-at_install")
class TestJobsOfADay(OverviewCase, DocumentCase, JobCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The warehouse of whoever does everything alone.
        cls.shopkeeper = cls.create_user(
            "shopkeeper",
            "lengow_connector.group_manager",
            "stock.group_stock_manager",
            "sales_team.group_sale_manager",
            "account.group_account_manager",
        )
        warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        cls.env["stock.quant"]._update_available_quantity(
            cls.shirt, warehouse.lot_stock_id, 99
        )

    def setUp(self):
        super().setUp()
        self.account.undo_seconds = 60

    # === DECIDE === #

    def test_orders_of_five_marketplaces_are_accepted(self):
        orders = self.env["lengow.order"]
        for code in ("zalando", "fnac", "cdiscount", "galeries_lafayette", "veepee_fr"):
            orders |= self.receive(f"TOUR-{code}", code)
        self.start_tour(OVERVIEW, "lengow_job_accept", login="lengow-user")
        self.assertEqual(orders.mapped("pending_kind"), ["accept"] * 5)

    def test_three_orders_are_refused(self):
        orders = self.env["lengow.order"]
        for number in (1, 2, 3):
            orders |= self.receive(f"TOUR-{number}", "galeries_lafayette")
        self.start_tour(OVERVIEW, "lengow_job_refuse", login="lengow-user")
        reasons = [action.parameters["reason"] for action in orders.action_ids]
        self.assertEqual(reasons, ["Out of stock"] * 3)

    # === MEND === #

    def test_the_fiscal_position_is_said_in_the_row(self):
        position = self.env["account.fiscal.position"].create(
            {"name": "Paid by Marketplace"}
        )
        collected = {"tax": {"is_marketplace_deemed_supplier": True}}
        order = self.import_payload(payload("TOUR-VAT", **collected))
        self.assertEqual(order.error_code, "fiscal_position_missing")
        self.start_tour(
            OVERVIEW, "lengow_job_vat_paid_by_marketplace", login="shopkeeper"
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        self.assertEqual(order.sale_order_ids.fiscal_position_id, position)

    # === SHIP === #

    def test_a_delivery_without_carrier_asks_for_it(self):
        self.map_carrier("cdiscount", "Colissimo")
        order = self.receive_to_ship("TOUR-BARE", "cdiscount")
        self.start_tour(
            OVERVIEW, "lengow_job_deliver_without_carrier", login="shopkeeper"
        )
        self.assertEqual(order.sale_order_ids.picking_ids.state, "done")
        self.assertEqual(
            self.ships_of(order).parameters,
            {"carrier": "Colissimo", "tracking_number": "6A-BARE"},
        )

    def test_a_carrier_is_linked_and_the_number_comes_late(self):
        order = self.receive_to_ship("TOUR-LINK", "cdiscount")
        self.deliver(order.sale_order_ids.picking_ids)
        self.assertFalse(self.ships_of(order))
        self.start_tour(OVERVIEW, "lengow_job_link_carrier", login="shopkeeper")
        self.assertEqual(
            self.find_carrier("cdiscount", "Colissimo").carrier_id, self.method
        )
        self.assertEqual(
            self.ships_of(order).parameters,
            {"carrier": "Colissimo", "tracking_number": "6A-LATE"},
        )

    def test_eight_orders_are_shipped_at_once(self):
        orders = self.env["lengow.order"]
        for number in range(1, 9):
            orders |= self.receive_to_ship(f"TOUR-{number}", "cdiscount")
        self.start_tour(OVERVIEW, "lengow_job_ship_many", login="lengow-user")
        told = {
            ship.order_id.name: ship.parameters["tracking_number"]
            for ship in self.ships_of(orders)
        }
        self.assertEqual(told, {f"TOUR-{n}": f"N{n}" for n in range(1, 9)})

    # === CANCEL AND REFUND === #

    def test_one_of_three_pieces_is_canceled(self):
        order = self.receive_to_ship(
            "TOUR-CANCEL", "zalando", line("MUG", "30.00", 3), line()
        )
        self.start_tour(OVERVIEW, "lengow_job_cancel_a_piece", login="lengow-user")
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(
            cancel.parameters, {"line": "TOUR-CANCEL-L0", "cancel_quantity": "1"}
        )

    def test_ten_of_a_line_are_refunded(self):
        lines = [line("MUG", "30.00", lengow_status="shipped")]
        lines.append(line(lengow_status="shipped"))
        order = self.receive("TOUR-REFUND", "amazon_fr", "shipped", lines=lines)
        self.start_tour(OVERVIEW, "lengow_job_refund_a_part", login="lengow-user")
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_price"], "10.00")
        self.assertEqual(refund.parameters["line"], "MUG-30.00-1")

    # === SEE === #

    def test_what_must_ship_today_is_one_click_away(self):
        # About noon for the user, far from any midnight.
        self.user.tz = f"Etc/GMT{self.now.hour - 12:+d}"
        self.create_order("TODAY", ship_before=self.now + timedelta(hours=6))
        self.create_order("LATER", ship_before=self.now + timedelta(days=3))
        self.start_tour(OVERVIEW, "lengow_job_due_today", login="lengow-user")

    def test_what_failed_is_one_click_away(self):
        self.ask(self.create_order("FAILED"), "ship", "failed")
        self.create_order("FINE")
        self.start_tour(OVERVIEW, "lengow_job_failed", login="lengow-user")

    # === DOCUMENTS === #

    def test_the_documents_of_ten_orders_are_printed(self):
        for number in range(10):
            self.order_with_documents("delivery_note.pdf", number=f"A-{number}")
        self.start_tour(OVERVIEW, "lengow_job_print", login="lengow-user")
        documents = self.env["lengow.document"].search([])
        self.assertEqual(documents.printed_by_id, self.user)
        self.assertTrue(all(documents.mapped("printed_at")))

    def test_ten_orders_are_exported(self):
        self.user.group_ids |= self.env.ref("base.group_allow_export")
        for number in range(10):
            self.create_order(f"A-{number}")
        self.start_tour(OVERVIEW, "lengow_job_export", login="lengow-user")
        export = self.env["lengow.order.export"].search([], order="id desc", limit=1)
        self.assertEqual(export.order_count, 10)

    def test_an_accountant_finds_the_invoices(self):
        self.order_with_documents("invoice.pdf", "delivery_note.pdf")
        self.create_accountant()
        self.start_tour("/odoo", "lengow_job_accountant", login="accountant")

    # === SETTINGS === #

    def test_a_marketplace_is_configured(self):
        marketplace = self.find_marketplace("cdiscount")
        self.start_tour(OVERVIEW, "lengow_job_configure", login="shopkeeper")
        self.assertTrue(marketplace.auto_accept)
        self.assertEqual(marketplace.workflow, "confirm")
        self.assertEqual(
            self.find_carrier("cdiscount", "Colissimo").carrier_id, self.method
        )

    def test_a_sku_is_matched_ahead(self):
        self.start_tour(OVERVIEW, "lengow_job_alias", login="shopkeeper")
        alias = self.env["lengow.product.alias"].search([("sku", "=", "THEIR-SKU")])
        self.assertEqual(alias.product_id, self.shirt)
        order = self.import_payload(payload("A-1", package(line("THEIR-SKU"))))
        self.assertEqual(order.import_state, "imported", order.error_message)

    def test_the_data_of_a_buyer_is_deleted(self):
        order = self.receive_to_ship("TOUR-GONE", "cdiscount")
        self.assertEqual(order.partner_id.name, "Camille Exemple")
        self.start_tour(OVERVIEW, "lengow_job_delete_data", login="shopkeeper")
        self.assertTrue(order.anonymised_at)
        self.assertNotIn("Exemple", order.partner_id.name or "")

    # === THE TABLE === #

    def test_no_job_costs_more_than_the_best_unless_the_table_says_why(self):
        for tour, job in JOBS.items():
            with self.subTest(tour=tour, job=job.name):
                self.assertEqual(job.is_within_best, not job.above_best)

    def test_every_job_is_done_in_a_tour_that_is_counted(self):
        counted = {
            tour
            for path in ROOT.glob("tests/test_*.py")
            if "JobCase" in (text := path.read_text())
            for tour in re.findall(r'"(lengow_\w+)"', text)
        }
        self.assertLessEqual(set(JOBS), counted)
