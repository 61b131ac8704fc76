"""SKUs that stand for several units of a product: packs, and barcodes of packagings.

A sale order sells units and totals what the buyer paid; the marketplace is told whole
pieces, never a part of a pack.
"""

from decimal import Decimal

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .common import LengowCase, line, package, payload
from .common.shipping import ShippingCase

ORDERS = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


class PackCase(ShippingCase):
    """A pack of three mugs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.alias = cls.create_pack("MUG-3-PACK", 3)

    @classmethod
    def create_pack(cls, sku, factor, **values):
        return cls.env["lengow.product.alias"].create(
            {
                "account_id": cls.account.id,
                "sku": sku,
                "product_id": cls.mug.id,
                "factor": factor,
                **values,
            }
        )

    def receive_packs(self, number="P-1", pieces=3, marketplace="galeries_lafayette"):
        """Import an order of some packs; return it."""
        order = self.receive_to_ship(
            number, marketplace, line("MUG-3-PACK", "40.00", pieces)
        )
        self.assertEqual(order.import_state, "imported", order.error_message)
        return order

    def told(self, order):
        """Return the pieces that the planned shipments tell."""
        return [
            action.parameters.get("shipped_quantity") for action in self.ships_of(order)
        ]


@tagged("post_install", "-at_install")
class TestPackSales(PackCase):
    def test_an_order_sells_the_units_of_its_packs_for_what_was_paid(self):
        order = self.receive_packs(pieces=2)
        sold = order.sale_order_ids.order_line
        self.assertEqual(sold.product_id, self.mug)
        self.assertEqual(sold.product_uom_qty, 6)
        self.assertEqual(sold.lengow_factor, 3)
        self.assertAlmostEqual(sold.price_total, 40.0)
        self.assertAlmostEqual(sold.price_unit, 40 / 6, 4)
        self.assertEqual(order.line_ids.quantity, 2, "as the marketplace counts")
        self.assertEqual(order.line_ids.factor, 3)
        self.assertEqual(order.sale_order_ids.picking_ids.move_ids.product_uom_qty, 6)

    @ORDERS
    @given(
        cents=st.integers(1, 999999),
        pieces=st.integers(1, 40),
        factor=st.integers(1, 48) | st.sampled_from((0.25, 0.5, 1.5, 2.25)),
        rate=st.sampled_from((0.0, 2.1, 5.5, 20.0)),
        is_included=st.booleans(),
        method=st.sampled_from(("round_per_line", "round_globally")),
    )
    def test_whatever_the_factor_the_total_is_the_marketplaces(
        self, cents, pieces, factor, rate, is_included, method
    ):
        savepoint = self.env.cr.savepoint()
        self.company.tax_calculation_rounding_method = method
        self.mug.taxes_id = self.create_tax(rate, included=is_included)
        self.alias.factor = factor
        amount = f"{Decimal(cents) / 100:.2f}"
        order = self.import_order(
            "T-1",
            package(line("MUG-3-PACK", amount, pieces), line("SHIRT", "3.33", 3)),
            shipping="4.99",
        )
        sale = order.sale_order_ids
        sold = sale.order_line[0]
        self.assertEqual(
            sale.currency_id.compare_amounts(
                sale.amount_total, float(amount) + 3.33 + 4.99
            ),
            0,
        )
        self.assertAlmostEqual(sold.price_total, float(amount))
        self.assertAlmostEqual(sold.product_uom_qty, pieces * factor)
        self.assertEqual(sold._lengow_pieces(sold.product_uom_qty), pieces)
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        self.sandbox.clear_orders()

    def test_invoices_total_what_was_paid(self):
        order = self.receive_packs(pieces=1)
        sale = order.sale_order_ids
        self.mug.invoice_policy = "order"
        sale.order_line.qty_delivered = 3
        invoice = sale._create_invoices()
        invoice.action_post()
        self.assertAlmostEqual(invoice.amount_total, 40.0)

    def test_what_was_sold_stays_when_the_alias_changes(self):
        self.count_pieces()
        order = self.receive_packs(pieces=2)
        self.alias.factor = 6
        self.deliver(order.sale_order_ids.picking_ids, "T-1")
        self.assertEqual(self.told(order), ["2"])
        order.action_refresh()
        self.assertFalse(order.change_kind)

    def test_a_factor_is_more_than_nothing(self):
        for factor in (0, -1):
            with self.assertRaisesRegex(ValidationError, "MUG-3-PACK.*Mug"):
                self.alias.factor = factor

    def test_orders_that_wait_know_of_a_changed_factor(self):
        order = self.import_payload(
            payload(
                "W-1",
                package(line("MUG-3-PACK", lengow_status="waiting_acceptance")),
                lengow_status="waiting_acceptance",
            )
        )
        self.assertEqual(order.line_ids.factor, 3)
        self.alias.factor = 4
        self.assertEqual(order.line_ids.factor, 4)


@tagged("post_install", "-at_install")
class TestPackShipments(PackCase):
    def test_a_pack_is_told_with_the_parcel_of_its_last_unit(self):
        self.count_pieces()
        order = self.receive_packs(pieces=3)
        picking = order.sale_order_ids.picking_ids
        rest = self.deliver(picking, "T-1", quantities={self.mug: 4})
        self.assertEqual(self.told(order), ["1"])
        rest = self.deliver(rest, "T-2", quantities={self.mug: 1})
        self.assertEqual(self.told(order), ["1"], "two thirds of a pack are none")
        self.deliver(rest, "T-3")
        self.assertEqual(sorted(self.told(order)), ["1", "2"])

    def test_a_part_of_a_pack_that_stays_alone_is_told_nobody(self):
        self.map_carrier("galeries_lafayette", "LAPOSTE")
        order = self.receive_packs(pieces=1)
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T-1", quantities={self.mug: 2}
        )
        rest.action_cancel()
        self.assertFalse(self.ships_of(order))
        done = order.sale_order_ids.picking_ids.filtered(lambda p: p.state == "done")
        self.assertEqual(done.lengow_ship_state, "error")
        self.assertIn("MUG-3-PACK", done.lengow_ship_message)

    def test_the_dialog_ships_packs_and_validates_units(self):
        self.count_pieces()
        order = self.receive_packs(pieces=3)
        picking = order.sale_order_ids.picking_ids
        stock = picking.picking_type_id.warehouse_id.lot_stock_id
        self.env["stock.quant"]._update_available_quantity(self.mug, stock, 20)
        picking.action_assign()
        wizard = self.wizard_of(order.action_open_ship())
        self.assertEqual(wizard.chosen_line_ids.quantity, 3)
        self.assertTrue(wizard.is_validating)
        wizard.chosen_line_ids.quantity = 2
        self.enter(wizard, carrier="LAPOSTE", tracking_number="T-1")
        wizard.action_confirm()
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.move_ids.quantity, 6)
        self.assertEqual(picking.backorder_ids.move_ids.product_uom_qty, 3)
        self.assertEqual(self.told(order), ["2"])
        self.deliver(picking.backorder_ids, "T-2")
        self.assertEqual(sorted(self.told(order)), ["1", "2"])


@tagged("post_install", "-at_install")
class TestPackSettlements(PackCase):
    def test_the_rest_of_a_delivery_is_canceled_in_packs(self):
        order = self.receive_packs(pieces=3, marketplace="zalando")
        self.deliver(order.sale_order_ids.picking_ids, "T-1", quantities={self.mug: 3})
        order.sale_order_ids.action_cancel()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters, {"line": "P-1-L0", "cancel_quantity": "2"})
        self.send()
        self.assertEqual(cancel.state, "accepted", cancel.error_message)

    def test_packs_that_the_marketplace_canceled_leave_their_units(self):
        order = self.receive_packs(pieces=3, marketplace="zalando")
        wizard = self.wizard_of(order.action_open_cancel())
        wizard.chosen_line_ids.is_chosen = True
        self.assertEqual(wizard.chosen_line_ids.quantity, 3)
        wizard.chosen_line_ids.quantity = 1
        wizard.action_confirm()
        self.sandbox.settings.action_delay = 0
        self.send()
        self.follow()
        sold = order.sale_order_ids.order_line
        self.assertEqual(sold.product_uom_qty, 6)
        self.assertAlmostEqual(sold.price_total, 26.67)
        self.assertEqual(order.line_ids.quantity_canceled, 1)
        self.assertEqual(order.sale_order_ids.picking_ids.move_ids.product_uom_qty, 6)
        self.assertFalse(order.sale_order_ids.lengow_hold_reason)
        order.action_refresh()
        self.assertFalse(order.change_kind, order.change_summary)

    def test_a_credited_pack_is_refunded_as_one(self):
        order = self.receive_to_ship(
            "P-1", "zalando", line("MUG-3-PACK", "40.00", 2), lengow_status="shipped"
        )
        sale = order.sale_order_ids
        self.deliver(sale.picking_ids)
        invoice = sale._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        credit.invoice_line_ids.quantity = 3
        credit.action_post()
        refund = self.actions_of(order, "refund")
        self.assertEqual(refund.parameters["refund_quantity"], "1")

    def test_a_broken_pack_is_left_to_a_person(self):
        order = self.receive_packs(pieces=3, marketplace="zalando")
        self.deliver(order.sale_order_ids.picking_ids, "T-1", quantities={self.mug: 4})
        order.sale_order_ids._action_cancel()
        self.assertFalse(self.actions_of(order, "cancel"))
        self.assertRegex(
            self.activities_of(order, "to_cancel").note, "pack of 3.*units: 4"
        )

    def test_a_credit_note_gives_back_packs(self):
        order = self.receive_packs(pieces=2)
        sale = order.sale_order_ids
        self.mug.invoice_policy = "order"
        invoice = sale._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        told = credit._lengow_credit()["lines"][order.line_ids]
        self.assertEqual((told.ordered, told.quantity), (2, 2))
        self.assertFalse(told.is_partial)
        credit.invoice_line_ids.quantity = 3
        told = credit._lengow_credit()["lines"][order.line_ids]
        self.assertEqual(told.quantity, 1)
        credit.invoice_line_ids.quantity = 4
        told = credit._lengow_credit()["lines"][order.line_ids]
        self.assertEqual(told.quantity, 0, "by its amount only")
        self.assertTrue(told.is_partial)


@tagged("post_install", "-at_install")
class TestPackStock(PackCase):
    def setUp(self):
        super().setUp()
        self.zalando = self.find_marketplace("zalando")
        self.zalando.auto_accept = True
        self.account.user_id = self.manager
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        self.env["stock.quant"]._update_available_quantity(
            self.mug, warehouse.lot_stock_id, 7
        )

    def examine(self, number, pieces):
        order = self.import_payload(
            payload(
                number,
                package(
                    line(
                        "MUG-3-PACK",
                        f"{pieces * 180}.00",
                        pieces,
                        lengow_status="waiting_acceptance",
                    )
                ),
                marketplace="zalando",
                lengow_status="waiting_acceptance",
            )
        )
        with self.crons():
            self.run_cron("cron_auto_accept")
        return order

    def test_stock_is_promised_in_units(self):
        self.assertTrue(self.actions_of(self.examine("S-1", 2), "accept"))
        second = self.examine("S-2", 1)
        self.assertFalse(second.action_ids)
        self.assertIn("1 free, 3 needed", second.activity_ids.note)

    def test_what_is_missing_is_told_in_units(self):
        order = self.examine("S-3", 3)
        self.assertFalse(order.action_ids)
        self.assertEqual(order.line_ids.stock_label, "7 free, 2 missing")

    def test_the_price_floor_is_for_a_unit(self):
        self.zalando.auto_accept_price_floor = 100
        self.mug.list_price = 70
        order = self.examine("S-4", 1)
        self.assertFalse(order.action_ids)
        self.assertIn("60", order.activity_ids.note)


@tagged("post_install", "-at_install")
class TestPackagings(LengowCase):
    def pack(self, barcode="4006381333948", **values):
        return self.env["product.uom"].create(
            {
                "barcode": barcode,
                "product_id": self.mug.id,
                "uom_id": self.env.ref("uom.product_uom_pack_6").id,
                **values,
            }
        )

    def test_the_barcode_of_a_packaging_sells_its_units(self):
        self.pack()
        order = self.import_order(
            "B-1", package(line("4006381333948", "59.95", 2, title=None))
        )
        sold = order.sale_order_ids.order_line
        self.assertEqual(sold.product_id, self.mug)
        self.assertEqual((sold.product_uom_qty, sold.lengow_factor), (12, 6))
        self.assertEqual(sold.product_uom_id, self.mug.uom_id)
        self.assertAlmostEqual(sold.price_total, 59.95)

    def test_an_alias_counts_more_than_a_packaging(self):
        self.pack()
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "4006381333948",
                "product_id": self.shirt.id,
            }
        )
        order = self.import_order("B-2", package(line("4006381333948", "59.95", 2)))
        sold = order.sale_order_ids.order_line
        self.assertEqual((sold.product_id, sold.product_uom_qty), (self.shirt, 2))

    def test_a_unit_that_can_be_converted_at_last_lets_its_orders_go_on(self):
        unit = self.env["uom.uom"].create({"name": "Tray", "relative_factor": 1})
        self.pack(uom_id=unit.id)
        order = self.import_payload(
            payload("B-7", package(line("4006381333948", "59.95", 2)))
        )
        self.assertEqual(order.error_code, "product_unusable")
        unit.write({"relative_uom_id": self.mug.uom_id.id, "relative_factor": 4})
        self.assertEqual(order.import_state, "ready")
        self.assertEqual(order.line_ids.factor, 4)

    def test_without_its_packaging_a_sku_is_unknown_again(self):
        packaging = self.pack()
        order = self.import_payload(
            payload(
                "B-6",
                package(line("4006381333948", lengow_status="waiting_acceptance")),
                lengow_status="waiting_acceptance",
            )
        )
        self.assertEqual(
            (order.line_ids.product_id, order.line_ids.factor), (self.mug, 6)
        )
        packaging.unlink()
        self.assertFalse(order.line_ids.product_id)

    def test_a_unit_that_cannot_be_converted_says_so(self):
        self.mug.uom_id = self.env.ref("uom.product_uom_kgm")
        self.pack()
        order = self.import_payload(
            payload("B-3", package(line("4006381333948", "59.95", 2)))
        )
        self.assertEqual(order.error_code, "product_unusable")
        self.assertRegex(order.error_message, "4006381333948.*Pack of 6.*Mug.*kg")

    def test_a_new_packaging_lets_waiting_orders_go_on(self):
        order = self.import_payload(
            payload("B-4", package(line("4006381333948", "59.95", 2)))
        )
        self.assertEqual(order.error_code, "product_missing")
        self.pack()
        self.assertEqual(order.import_state, "ready")

    def test_the_packaging_of_another_company_is_none_of_ours(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.pack(company_id=other.id)
        order = self.import_payload(
            payload("B-5", package(line("4006381333948", "59.95", 2)))
        )
        self.assertEqual(order.error_code, "product_missing")


@tagged("post_install", "-at_install")
class TestPackAdoption(PackCase):
    def adopt(self, units):
        """Bring back an order of two packs whose sale order sells so many units."""
        sent = payload("F-1", package(line("MUG-3-PACK", "40.00", 2)))
        order = self.import_payload(sent)
        sale = order.sale_order_ids
        sale.order_line.write(
            {"product_uom_qty": units, "lengow_factor": 1, "lengow_line_ref": False}
        )
        sale.lengow_order_id = False
        order.action_ids.unlink()
        order.unlink()
        self.env.flush_all()
        return self.import_payload({**sent, "merchant_order_id": [sale.name]}), sale

    def test_packs_that_were_sold_as_units_are_recognized(self):
        order, sale = self.adopt(6)
        self.assertEqual(order.line_ids.sale_line_id, sale.order_line)
        self.assertEqual((order.line_ids.factor, sale.order_line.lengow_factor), (3, 3))

    def test_packs_that_were_sold_as_a_product_of_their_own_stay_so(self):
        order, sale = self.adopt(2)
        self.assertEqual(order.line_ids.sale_line_id, sale.order_line)
        self.assertEqual((order.line_ids.factor, sale.order_line.lengow_factor), (1, 1))

    def test_another_quantity_is_not_linked(self):
        order, sale = self.adopt(5)
        self.assertEqual(order.sale_order_ids, sale)
        self.assertFalse(order.line_ids.sale_line_id)


@tagged("post_install", "-at_install")
class TestPackChanges(PackCase):
    def test_fewer_packs_reduce_the_units(self):
        order = self.receive_packs("R-1", pieces=3)
        self.receive_to_ship(
            "R-1", "galeries_lafayette", line("MUG-3-PACK", "26.67", 2)
        )
        self.assertEqual(order.change_kind, "content")
        order.action_apply_changes()
        sold = order.sale_order_ids.order_line
        self.assertEqual(sold.product_uom_qty, 6)
        self.assertAlmostEqual(sold.price_total, 26.67)
        self.assertFalse(order.change_kind)

    def test_a_part_of_a_pack_is_asked_of_no_marketplace(self):
        self.count_pieces()
        order = self.receive_packs("R-2", pieces=3)
        with self.assertRaisesRegex(UserError, "part of a pack"):
            order._plan_action(
                "ship",
                {"carrier": "LAPOSTE", "tracking_number": "T-1"},
                lines={order.line_ids: {"shipped_quantity": "1.5"}},
            )


@tagged("post_install", "-at_install")
class TestOtherUnits(ShippingCase):
    """Somebody counts by the dozen what the marketplace counts piece by piece."""

    def setUp(self):
        super().setUp()
        self.dozen = self.env.ref("uom.product_uom_dozen")

    def sell_dozens(self, marketplace, pieces):
        self.find_marketplace(marketplace).workflow = "quotation"
        order = self.receive_to_ship("Q-1", marketplace, line(quantity=pieces))
        sale = order.sale_order_ids
        sale.order_line.write(
            {"product_uom_id": self.dozen.id, "product_uom_qty": pieces / 12}
        )
        sale.action_confirm()
        return order

    def test_shipments_tell_pieces(self):
        self.count_pieces()
        order = self.sell_dozens("galeries_lafayette", 12)
        rest = self.deliver(
            order.sale_order_ids.picking_ids, "T1", quantities={self.shirt: 7}
        )
        self.deliver(rest, "T2")
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(sorted(told), ["5", "7"])

    def test_cancellations_tell_pieces(self):
        order = self.sell_dozens("zalando", 24)
        sale = order.sale_order_ids
        self.deliver(sale.picking_ids, "T1", quantities={self.shirt: 11})
        sale._action_cancel()
        cancel = self.actions_of(order, "cancel")
        self.assertEqual(cancel.parameters["cancel_quantity"], "13")

    def test_what_the_marketplace_canceled_is_taken_in_units(self):
        order = self.sell_dozens("zalando", 24)
        order._plan_action(
            "cancel", {}, lines={order.line_ids: {"cancel_quantity": "12"}}
        ).sudo()._mark_done()
        self.assertEqual(order.sale_order_ids.order_line.product_uom_qty, 1)
        self.assertEqual(order.line_ids.quantity_canceled, 12)

    def test_credit_notes_tell_pieces(self):
        order = self.receive_to_ship(
            "C-1", "zalando", line("SHIRT", "240.00", 24), lengow_status="shipped"
        )
        self.shirt.invoice_policy = "order"
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        credit = invoice._reverse_moves()
        credit.invoice_line_ids.write(
            {"product_uom_id": self.dozen.id, "quantity": 1, "price_unit": 120.0}
        )
        told = credit._lengow_credit()["lines"][order.line_ids]
        self.assertEqual(told.quantity, 12)

    def test_a_pack_of_dozens_is_told_as_one(self):
        self.env["lengow.product.alias"].create(
            {
                "account_id": self.account.id,
                "sku": "SHIRT-6",
                "product_id": self.shirt.id,
                "factor": 6,
            }
        )
        self.count_pieces()
        self.find_marketplace("galeries_lafayette").workflow = "quotation"
        order = self.receive_to_ship(
            "Q-2", "galeries_lafayette", line("SHIRT-6", "60.00", 2)
        )
        sale = order.sale_order_ids
        sale.order_line.write({"product_uom_id": self.dozen.id, "product_uom_qty": 1})
        sale.action_confirm()
        rest = self.deliver(sale.picking_ids, "T1", quantities={self.shirt: 7})
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(told, ["1"])
        self.deliver(rest, "T2")
        told = [a.parameters["shipped_quantity"] for a in self.ships_of(order)]
        self.assertEqual(told, ["1", "1"])
