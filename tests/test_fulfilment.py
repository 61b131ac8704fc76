"""What the marketplace ships itself leaves the warehouse that stands for its own."""

from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import address, line, package, payload
from .common.shipping import ShippingCase

FULFILLED = [{"type": "is_delivered_by_marketplace", "label": "Fulfilled"}]
CRON = "cron_deliver_fulfilled"
SALESMAN = "sales_team.group_sale_salesman_all_leads"
ODOO_DELIVERS = "odoo.addons.stock.models.stock_picking.StockPicking._action_done"


class FulfilmentCase(ShippingCase):
    """An account whose marketplaces ship from a warehouse of their own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fba = cls.env["stock.warehouse"].create({"name": "Amazon", "code": "FBA"})
        cls.account.write(
            {
                "import_fulfilled_by_marketplace": True,
                "fulfilment_warehouse_id": cls.fba.id,
            }
        )
        cls.shirt.invoice_policy = "delivery"

    def receive_fulfilled(self, number, *lines, status="shipped", **values):
        """Import an order that the marketplace ships."""
        order = self.receive_to_ship(
            number,
            values.pop("marketplace", "cdiscount"),
            *lines,
            lengow_status=status,
            **{"order_types": FULFILLED, **values},
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def receive_at(self, number, *statuses, trackings=(), **values):
        """Import an order of a shirt and two mugs, each at a status of its own."""
        lines = line(), line("MUG", "10.00", 2)
        for index, (one, status) in enumerate(zip(lines, statuses, strict=True)):
            one["marketplace_order_line_id"] = f"{number}-L{index}"
            one["lengow_status"] = status
        return self.import_payload(
            payload(
                number,
                package(*lines, trackings=trackings),
                marketplace="cdiscount",
                order_types=FULFILLED,
                **values,
            )
        )

    def validate(self):
        """Let the scheduled action run once."""
        with self.crons():
            self.run_cron(CRON)

    def again(self):
        """Let the scheduled action look once more at what it has left aside."""
        self.env["lengow.pause"].search([]).unlink()
        self.validate()

    def triggers(self):
        cron = self.env.ref(f"lengow_connector.{CRON}")
        return self.env["ir.cron.trigger"].search_count([("cron_id", "=", cron.id)])

    def stock(self, product, lot=None):
        """Return how much of a product, or of a lot, there is at the marketplace."""
        quants = self.env["stock.quant"].search(
            [
                ("product_id", "=", product.id),
                ("location_id", "child_of", self.fba.lot_stock_id.id),
            ]
        )
        quants = quants.filtered(lambda q: not lot or q.lot_id == lot)
        return sum(quants.mapped("quantity"))

    def add(self, product, quantity, lot=None, days=0):
        """Put so much of a product into the marketplace's warehouse, days ago."""
        self.env["stock.quant"]._update_available_quantity(
            product,
            self.fba.lot_stock_id,
            quantity,
            lot_id=lot,
            in_date=fields.Datetime.now() - timedelta(days=days),
        )

    def create_lot(self, name, product=None):
        return self.env["stock.lot"].create(
            {"name": name, "product_id": (product or self.shirt).id}
        )


@tagged("post_install", "-at_install")
class TestDeliversItself(FulfilmentCase):
    def test_what_has_left_by_the_import_is_delivered_by_itself(self):
        self.add(self.shirt, 5)
        before = self.triggers()
        order = self.receive_fulfilled("F-1")
        sale = order.sale_order_ids
        self.assertGreater(self.triggers(), before)
        self.assertTrue(sale.lengow_is_fulfilled_by_marketplace)
        self.validate()
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertEqual(sale.order_line[0].qty_delivered, 1)
        self.assertEqual(sale.invoice_status, "to invoice")
        self.assertEqual(self.stock(self.shirt), 4)
        self.assertFalse(self.ships_of(order))
        self.assertFalse(sale.lengow_delivers_itself)
        self.again()
        self.assertEqual(self.stock(self.shirt), 4, "never twice")

    def test_it_waits_until_the_marketplace_has_shipped_it(self):
        self.add(self.shirt, 5)
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        picking = order.sale_order_ids.picking_ids
        self.validate()
        self.assertEqual(picking.state, "assigned")
        self.assertFalse(self.env["lengow.pause"].search([("res_id", "=", order.id)]))
        before = self.triggers()
        self.receive_fulfilled("F-1")
        self.assertGreater(self.triggers(), before)
        self.validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.stock(self.shirt), 4)

    def test_nobody_is_asked_to_report_what_the_marketplace_ships(self):
        ours = self.receive_to_ship("F-0", "cdiscount")
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        self.assertTrue(ours.can_ship and ours.can_report_shipment)
        self.assertFalse(order.can_ship or order.can_report_shipment)
        with self.assertRaisesRegex(UserError, "ships F-1 itself"):
            order.with_user(self.user).action_open_ship()
        action = (ours | order).with_user(self.user).action_open_ship()
        rows = self.wizard_of(action, self.user).row_ids
        reasons = {row.order_id.name: row.reason or "" for row in rows}
        self.assertIn("ships F-1 itself", reasons["F-1"])
        self.assertFalse(reasons["F-0"])

    def test_what_is_said_and_set_later_changes_nothing_of_it(self):
        order = self.receive_fulfilled("F-1")
        self.validate()
        self.account.fulfilment_warehouse_id = False
        self.receive_fulfilled("F-1", order_types=[], commission="2.00")
        self.assertFalse(order.is_fulfilled_by_marketplace)
        self.receive_fulfilled("F-1", status="closed", commission="3.00")
        self.again()
        sale = order.sale_order_ids
        self.assertEqual(len(sale.picking_ids), 1)
        self.assertEqual(sale.order_line[0].qty_delivered, 1)
        self.assertTrue(sale.lengow_is_fulfilled_by_marketplace)
        self.assertEqual(self.stock(self.shirt), -1)

    def test_what_odoo_does_not_know_of_leaves_all_the_same(self):
        self.add(self.mug, 1)
        order = self.receive_fulfilled("F-1", line(), line("MUG", "30.00", 3))
        self.validate()
        picking = order.sale_order_ids.picking_ids
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.backorder_ids)
        self.assertEqual(self.stock(self.shirt), -1)
        self.assertEqual(self.stock(self.mug), -2)

    def test_our_own_stock_and_orders_are_left_alone(self):
        self.add_stock(self.shirt, 3)
        ours = self.receive_to_ship("F-1")
        self.receive_fulfilled("F-2")
        self.validate()
        self.assertEqual(self.stock(self.shirt), -1)
        self.assertEqual(ours.sale_order_ids.picking_ids.state, "assigned")
        self.assertFalse(ours.sale_order_ids.lengow_delivers_itself)

    def test_without_a_warehouse_there_is_no_delivery(self):
        self.account.fulfilment_warehouse_id = False
        sale = self.receive_fulfilled("F-1").sale_order_ids
        self.validate()
        self.assertFalse(sale.picking_ids)
        self.assertFalse(sale.lengow_delivers_itself)
        self.assertEqual(sale.order_line[0].qty_delivered, 1)

    def test_a_warehouse_of_its_own_goes_before_the_accounts(self):
        own = self.env["stock.warehouse"].create({"name": "Cdiscount", "code": "CDF"})
        self.find_marketplace("cdiscount").fulfilment_warehouse_id = own
        picking = self.receive_fulfilled("F-1").sale_order_ids.picking_ids
        self.validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.location_id, own.lot_stock_id)

    def test_a_quotation_is_delivered_once_somebody_confirms_it(self):
        self.find_marketplace("cdiscount").workflow = "quotation"
        sale = self.receive_fulfilled("F-1").sale_order_ids
        self.validate()
        self.assertEqual(sale.state, "draft")
        salesman = self.create_user("salesman", SALESMAN)
        sale.with_user(salesman).action_confirm()
        self.validate()
        self.assertEqual(sale.picking_ids.state, "done")
        self.assertEqual(sale.order_line[0].qty_delivered, 1)

    def test_invoices_follow_what_is_delivered(self):
        marketplace = self.find_marketplace("cdiscount")
        marketplace.workflow = "invoice"
        marketplace.payment_journal_id = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertFalse(order.sale_order_ids.invoice_ids)
        self.receive_fulfilled("F-1")
        self.validate()
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(order.sale_order_ids.invoice_ids.state, "posted")
        self.assertEqual(order.sale_order_ids.invoice_status, "invoiced")

    def test_every_step_of_the_warehouse_is_done(self):
        for number, steps in enumerate(("pick_ship", "pick_pack_ship")):
            self.fba.delivery_steps = steps
            sale = self.receive_fulfilled(f"F-{number}").sale_order_ids
            self.validate()
            self.assertEqual(set(sale.picking_ids.mapped("state")), {"done"}, steps)
            self.assertEqual(len(sale.picking_ids), number + 2)
            self.assertEqual(sale.order_line[0].qty_delivered, 1)

    def test_parts_of_a_kit_and_units_of_a_pack_leave(self):
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        _picking, part_b = self.explode_kit(order)
        self.receive_fulfilled("F-1")
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "MUG-3-PACK",
                "product_id": self.mug.id,
                "factor": 3,
            }
        )
        pack = self.receive_fulfilled("F-2", line("MUG-3-PACK", "40.00", 2))
        self.validate()
        self.assertEqual(order.sale_order_ids.picking_ids.state, "done")
        self.assertEqual(self.stock(part_b), -1)
        self.assertEqual(self.stock(self.mug), -6)
        self.assertEqual(pack.sale_order_ids.order_line[0].qty_delivered, 6)

    def test_several_packages_are_delivered_each(self):
        content = payload(
            "F-1",
            package(line()),
            package(line("MUG", "10.00"), delivery=address(city="Lyon")),
            marketplace="cdiscount",
            lengow_status="shipped",
            order_types=FULFILLED,
        )
        order = self.import_payload(content)
        self.validate()
        self.assertEqual(
            set(order.sale_order_ids.picking_ids.mapped("state")), {"done"}
        )

    def test_nothing_is_bought_or_made_for_it(self):
        to_order = self.env.ref("stock.route_warehouse0_mto")
        to_order.active = True
        self.shirt.route_ids = to_order
        for number, steps in enumerate(("ship_only", "pick_ship", "pick_pack_ship")):
            self.fba.delivery_steps = steps
            sale = self.receive_fulfilled(f"F-{number}").sale_order_ids
            self.validate()
            moves = sale.picking_ids.move_ids
            self.assertEqual(moves[0].procure_method, "make_to_stock", steps)
            self.assertEqual(set(moves.mapped("state")), {"done"})
            self.assertEqual(len(moves), number + 1)

    def test_another_company_delivers_from_its_own_warehouse(self):
        other = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": self.company.currency_id.id}
        )
        warehouse = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        self.account.active = False  # one living account reads a shop
        self.account = self.create_account(
            company_id=other.id,
            import_fulfilled_by_marketplace=True,
            fulfilment_warehouse_id=warehouse.id,
        )
        self.account.action_connect()
        order = self.receive_fulfilled("F-1")
        self.validate()
        picking = order.sale_order_ids.picking_ids
        self.assertEqual((picking.state, picking.company_id), ("done", other))
        self.assertEqual(picking.location_id, warehouse.lot_stock_id)

    # === WHAT DOES NOT LEAVE, OR NOT YET === #

    def test_lines_leave_when_the_marketplace_has_shipped_them(self):
        order = self.receive_at(
            "F-1", "shipped", "waiting_shipment", lengow_status="waiting_shipment"
        )
        sale = order.sale_order_ids
        self.validate()
        left = sale.picking_ids.filtered(lambda p: p.state == "done")
        self.assertEqual(left.move_ids.product_id, self.shirt)
        self.assertTrue(sale.lengow_delivers_itself)
        self.receive_at("F-1", "shipped", "shipped", lengow_status="shipped")
        self.again()
        self.assertEqual(set(sale.picking_ids.mapped("state")), {"done"})
        self.assertEqual(self.stock(self.mug), -2)
        self.assertFalse(self.ships_of(order))

    def test_what_was_refunded_in_part_has_left_where_a_parcel_says_so(self):
        parcel = {
            "number": "OLD",
            "shipped_at": "2026-01-16T10:00:00Z",
            "marketplace_order_line_ids": ["F-1-L1"],
        }
        order = self.receive_at(
            "F-1",
            "partial_refunded",
            "partial_refunded",
            lengow_status="partial_refunded",
            trackings=[parcel],
        )
        self.validate()
        left = order.sale_order_ids.picking_ids.filtered(lambda p: p.state == "done")
        self.assertEqual(left.move_ids.product_id, self.mug)
        self.assertEqual(self.stock(self.mug), -2)
        self.assertEqual(self.stock(self.shirt), 0)

    def test_a_part_that_is_canceled_before_stays(self):
        order = self.receive_at(
            "F-1",
            "waiting_shipment",
            "waiting_shipment",
            lengow_status="waiting_shipment",
        )
        self.receive_at("F-1", "shipped", "canceled", lengow_status="shipped")
        sale = order.sale_order_ids
        self.validate()
        self.assertEqual(order.change_kind, "content")
        self.assertNotIn("done", sale.picking_ids.mapped("state"), "it is held")
        order.action_apply_changes()
        self.again()
        self.assertEqual(sale.order_line[:2].mapped("qty_delivered"), [1, 0])
        self.assertEqual(self.stock(self.mug), 0)

    def test_a_canceled_order_delivers_nothing(self):
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        self.receive_to_ship("F-1", lengow_status="canceled", order_types=FULFILLED)
        self.validate()
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertEqual(self.stock(self.shirt), 0)

    def test_the_fallback_product_is_matched_before_it_is_delivered(self):
        self.account.fallback_product_id = self.create_product("FALLBACK")
        order = self.receive_fulfilled("F-1", line("MYSTERY"))
        self.validate()
        sale = order.sale_order_ids
        self.assertNotIn("done", sale.picking_ids.mapped("state"))
        self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "MYSTERY", "product_id": self.mug.id}
        )
        self.assertEqual(sale.order_line[0].product_id, self.mug)
        self.validate()
        self.assertEqual(sale.order_line[0].qty_delivered, 1)
        self.assertEqual(self.stock(self.mug), -1)
        self.assertEqual(self.stock(self.account.fallback_product_id), 0)

    def test_the_fallback_product_of_one_package_is_matched_before_it_is_delivered(
        self,
    ):
        self.account.fallback_product_id = self.create_product("FALLBACK")
        order = self.import_payload(
            payload(
                "F-1",
                package(line()),
                package(line("MYSTERY", "10.00"), delivery=address(city="Lyon")),
                marketplace="cdiscount",
                lengow_status="shipped",
                order_types=FULFILLED,
            )
        )
        self.validate()
        unmatched = order.sale_order_ids.filtered("lengow_is_to_match")
        known = order.sale_order_ids - unmatched
        self.assertEqual(known.picking_ids.state, "done")
        self.assertEqual(unmatched.order_line.qty_delivered, 0)
        self.assertEqual(self.stock(self.account.fallback_product_id), 0)
        self.env["lengow.product.alias"].create(
            {"account_id": self.account.id, "sku": "MYSTERY", "product_id": self.mug.id}
        )
        self.again()
        self.assertEqual(unmatched.order_line.product_id, self.mug)
        self.assertEqual(unmatched.order_line.qty_delivered, 1)
        self.assertEqual(self.stock(self.mug), -1)

    # === WHAT PEOPLE DO === #

    def test_what_a_person_has_validated_is_what_left(self):
        order = self.receive_fulfilled("F-1", line("MUG", "30.00", 3))
        sale = order.sale_order_ids
        rest = self.deliver(sale.picking_ids, quantities={self.mug: 2}, method=None)
        self.assertFalse(sale.lengow_delivers_itself)
        self.again()
        self.assertNotEqual(rest.state, "done")
        self.assertEqual(self.stock(self.mug), -2)

    def test_what_a_person_has_canceled_stays(self):
        sale = self.receive_fulfilled("F-1").sale_order_ids
        sale.picking_ids.action_cancel()
        self.validate()
        self.assertEqual(sale.picking_ids.state, "cancel")
        self.assertEqual(self.stock(self.shirt), 0)
        self.assertFalse(sale.lengow_delivers_itself)

    def test_what_left_for_a_sale_order_that_was_canceled_leaves_once(self):
        self.add(self.shirt, 5)
        order = self.receive_fulfilled("F-1")
        self.validate()
        old = order.sale_order_ids
        old.with_context(lengow_tells_nothing=True)._action_cancel()
        order.action_import_again()
        new = order._living_sales()
        self.assertTrue(new - old)
        self.again()
        self.assertEqual(self.stock(self.shirt), 4)
        self.assertNotIn("done", new.picking_ids.mapped("state"), "for a person to say")

    def test_what_comes_back_is_received_by_people(self):
        order = self.receive_fulfilled("F-1")
        self.validate()
        picking = order.sale_order_ids.picking_ids
        wizard = (
            self.env["stock.return.picking"]
            .with_context(active_id=picking.id, active_model="stock.picking")
            .create({})
        )
        wizard.product_return_moves.quantity = 1
        back = self.env["stock.picking"].browse(
            wizard.action_create_returns()["res_id"]
        )
        self.again()
        self.assertNotEqual(back.state, "done")

    # === NOBODY IS CALLED === #

    def test_no_label_is_made_and_nobody_is_written_to(self):
        self.company.stock_move_email_validation = True
        order = self.receive_fulfilled("F-1")
        picking = order.sale_order_ids.picking_ids
        picking.carrier_id = self.method
        Carrier = self.env.registry["delivery.carrier"]
        with patch.object(Carrier, "send_shipping", side_effect=AssertionError):
            self.validate()
        self.assertEqual(picking.state, "done", picking.lengow_ship_message)
        self.assertFalse(
            picking.message_ids.filtered(lambda m: m.message_type != "notification")
        )


@tagged("post_install", "-at_install")
class TestLots(FulfilmentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.shirt.tracking = "lot"

    def lots_of(self, order):
        lines = order.sale_order_ids.picking_ids.move_line_ids
        return [(ml.lot_id.name, ml.quantity) for ml in lines.sorted("id")]

    def test_lots_leave_as_they_came_in(self):
        new, old = self.create_lot("NEW"), self.create_lot("OLD")
        self.add(self.shirt, 5, new, days=1)
        self.add(self.shirt, 2, old, days=9)
        order = self.receive_fulfilled("F-1", line("SHIRT", "60.00", 3))
        self.validate()
        self.assertEqual(order.sale_order_ids.picking_ids.state, "done")
        self.assertEqual(self.lots_of(order), [("OLD", 2), ("NEW", 1)])
        self.assertEqual(self.stock(self.shirt, new), 4)
        self.assertEqual(self.stock(self.shirt, old), 0)

    def test_serial_numbers_leave_one_by_one(self):
        self.mug.tracking = "serial"
        for name in ("S-1", "S-2", "S-3"):
            self.add(self.mug, 1, self.create_lot(name, self.mug))
        order = self.receive_fulfilled("F-1", line("MUG", "20.00", 2))
        self.validate()
        self.assertEqual(self.lots_of(order), [("S-1", 1), ("S-2", 1)])

    def test_missing_lots_are_named_and_awaited(self):
        lot = self.create_lot("OLD")
        self.add(self.shirt, 1, lot)
        order = self.receive_fulfilled("F-1", line("SHIRT", "60.00", 3))
        other = self.receive_fulfilled("F-2", line("MUG", "10.00"))
        self.validate()
        self.assertEqual(other.sale_order_ids.picking_ids.state, "done")
        picking = order.sale_order_ids.picking_ids
        self.assertNotEqual(picking.state, "done")
        self.assertFalse(picking.backorder_ids)
        self.assertIn("SHIRT", picking.lengow_ship_message)
        self.assertIn("(2)", picking.lengow_ship_message)
        self.assertIn(self.fba.lot_stock_id.display_name, picking.lengow_ship_message)
        self.assertEqual(order.ship_state, "unvalidated")
        stuck = self.env["lengow.order"].search([("ship_state", "=", "unvalidated")])
        self.assertEqual(stuck, order)
        banner = order.with_user(self.user).banners[0]
        self.assertIn("SHIRT", banner["text"])
        self.assertEqual(banner["buttons"][0]["name"], "action_open_pickings")
        self.assertEqual(
            len(self.env["stock.lot"].search([("product_id", "=", self.shirt.id)])), 1
        )
        self.add(self.shirt, 2, lot)
        self.again()
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.lengow_ship_state)
        self.assertFalse(order.ship_state)
        self.assertEqual(self.stock(self.shirt, lot), 0)

    def test_the_record_of_runs_counts_what_was_validated_and_what_was_not(self):
        self.receive_fulfilled("F-1")
        self.receive_fulfilled("F-2", line("MUG", "10.00"))
        self.validate()
        run = self.env["lengow.run"].search([("kind", "=", "deliver_fulfilled")])
        self.assertEqual((run.updated_count, run.failed_count), (1, 1))

    def test_try_again_does_it_at_once_and_says_so(self):
        order = self.receive_fulfilled("F-1")
        self.validate()
        picking = order.sale_order_ids.picking_ids
        said = picking.with_user(self.storeman).action_lengow_report()
        self.assertEqual(said["params"]["type"], "warning")
        self.assertIn("SHIRT", said["params"]["message"])
        self.add(self.shirt, 1, self.create_lot("OLD"))
        said = picking.with_user(self.storeman).action_lengow_report()
        self.assertEqual(said["params"]["type"], "success")
        self.assertEqual(picking.state, "done")

    def test_who_validates_it_by_hand_has_nothing_said_any_more(self):
        order = self.receive_fulfilled("F-1")
        self.validate()
        picking = order.sale_order_ids.picking_ids
        lot = self.create_lot("FOUND")
        picking.move_ids.move_line_ids = [
            Command.clear(),
            Command.create(
                {
                    "product_id": self.shirt.id,
                    "picking_id": picking.id,
                    "lot_id": lot.id,
                    "quantity": 1,
                }
            ),
        ]
        picking.with_user(self.storeman).button_validate()
        self.assertEqual(picking.state, "done")
        self.assertFalse(order.ship_state)
        self.assertFalse(order.sale_order_ids.lengow_delivers_itself)

    def test_goods_without_lots_where_lots_are_wanted_are_missing(self):
        self.shirt.tracking = "none"
        self.add(self.shirt, 4)
        self.shirt.tracking = "lot"
        order = self.receive_fulfilled("F-1")
        self.validate()
        self.assertEqual(order.ship_state, "unvalidated")

    def test_where_no_lots_are_used_none_are_needed(self):
        self.fba.out_type_id.write(
            {"use_create_lots": False, "use_existing_lots": False}
        )
        order = self.receive_fulfilled("F-1")
        self.validate()
        self.assertEqual(order.sale_order_ids.picking_ids.state, "done")

    def test_a_canceled_order_has_nothing_said_any_more(self):
        order = self.receive_fulfilled("F-1")
        self.validate()
        self.assertEqual(order.ship_state, "unvalidated")
        order.sale_order_ids.picking_ids.action_cancel()
        self.assertFalse(order.ship_state)


@tagged("post_install", "-at_install")
class TestWhatGoesWrong(FulfilmentCase):
    def test_what_odoo_refuses_is_said_and_tried_again(self):
        order = self.receive_fulfilled("F-1")
        with patch(ODOO_DELIVERS, side_effect=UserError("The period is locked.")):
            self.validate()
        picking = order.sale_order_ids.picking_ids
        self.assertIn("The period is locked.", picking.lengow_ship_message)
        self.assertNotEqual(picking.state, "done")
        self.assertEqual(self.stock(self.shirt), 0)
        self.again()
        self.assertEqual(picking.state, "done")
        self.assertFalse(picking.lengow_ship_message)

    @mute_logger("odoo.addons.lengow_connector.models.settings.lengow_cron")
    def test_whatever_another_module_raises_is_said(self):
        order = self.receive_fulfilled("F-1")
        with patch(ODOO_DELIVERS, side_effect=ValueError("boom")):
            self.validate()
        self.assertIn("could not be validated", order.ship_message)
        self.again()
        self.assertEqual(order.sale_order_ids.picking_ids.state, "done")

    def test_what_asks_for_something_is_said(self):
        order = self.receive_fulfilled("F-1")
        Picking = self.env.registry["stock.picking"]
        with patch.object(Picking, "_pre_action_done_hook", lambda self: {"a": 1}):
            self.validate()
        self.assertIn("Validate it in the inventory", order.ship_message)

    # === THE WAREHOUSE === #

    def test_an_archived_warehouse_stops_its_orders_and_no_others(self):
        self.fba.active = False
        stopped = self.receive_to_ship(
            "F-1", lengow_status="shipped", order_types=FULFILLED
        )
        self.assertEqual(stopped.error_code, "setting_unusable")
        self.assertIn("Amazon", stopped.error_message)
        self.assertIn(self.account.name, stopped.error_message)
        self.assertEqual(stopped.with_user(self.manager).fix_label, "Review Settings")
        ours = self.receive_to_ship("F-2")
        self.assertEqual(ours.import_state, "imported")
        opened = stopped.with_user(self.manager).action_fix()
        self.assertEqual(
            (opened["res_model"], opened["res_id"]), ("lengow.account", self.account.id)
        )
        self.fba.active = True
        self.assertEqual(stopped.import_state, "ready")

    def test_another_warehouse_mends_it_too(self):
        self.fba.active = False
        stopped = self.receive_to_ship(
            "F-1", lengow_status="shipped", order_types=FULFILLED
        )
        self.account.fulfilment_warehouse_id = False
        self.assertEqual(stopped.import_state, "ready")

    def test_a_warehouse_that_cannot_be_used_is_refused_by_name(self):
        self.account.fulfilment_warehouse_id = False
        self.fba.active = False
        for owner in (self.account, self.find_marketplace("cdiscount")):
            with self.assertRaisesRegex(ValidationError, "Amazon"):
                owner.fulfilment_warehouse_id = self.fba
        other = self.env["res.company"].create({"name": "Elsewhere"})
        foreign = self.env["stock.warehouse"].search([("company_id", "=", other.id)])
        with self.assertRaisesRegex(UserError, foreign.name):
            self.account.fulfilment_warehouse_id = foreign


@tagged("post_install", "-at_install")
class TestMark(FulfilmentCase):
    def test_sale_orders_and_deliveries_carry_the_mark_and_are_found(self):
        fulfilled = self.receive_fulfilled("F-1", status="waiting_shipment")
        ours = self.receive_to_ship("F-2")
        sales = (fulfilled | ours).sale_order_ids
        name = "lengow_is_fulfilled_by_marketplace"
        self.assertEqual(
            sales.search([(name, "=", True), ("id", "in", sales.ids)]),
            fulfilled.sale_order_ids,
        )
        pickings = sales.picking_ids.with_user(self.storeman)
        for value, order in ((True, fulfilled), (False, ours)):
            found = pickings.search([("id", "in", pickings.ids), (name, "=", value)])
            self.assertEqual(found.ids, order.sale_order_ids.picking_ids.ids)
            self.assertEqual(found[name], value)

    def test_nothing_is_asked_for_that_the_marketplace_ships(self):
        order = self.receive_fulfilled("F-1", status="waiting_shipment")
        picking = order.sale_order_ids.picking_ids
        self.assertFalse(picking.lengow_lacks_carrier)
        self.assertFalse(picking.lengow_lacks_tracking)
        self.assertFalse(picking.lengow_carrier_missing)
        self.assertFalse(order.with_user(self.storeman).sudo().can_deliver)
