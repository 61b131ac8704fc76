"""An imported order that changes at Lengow: address, lines, amounts."""

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import LengowCase, address, line, package, payload


@tagged("post_install", "-at_install")
class TestOrderChanges(LengowCase):
    def change(self, *packages, **values):
        """Let Lengow send order A-1 again, changed."""
        return self.import_payload(payload("A-1", *packages, **values))

    def deliver(self, sale, quantity=None):
        picking = sale.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        )
        picking.move_ids.quantity = quantity or picking.move_ids.product_uom_qty
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    # === WHAT COUNTS AS A CHANGE === #

    def test_unchanged_content_says_nothing(self):
        order = self.import_payload(payload())
        self.change(commission="9.99", lengow_status="shipped")
        self.assertEqual(order.lengow_status, "shipped")
        self.assertFalse(order.change_kind)
        self.assertFalse(order.imported_payload)
        self.assertEqual(order.sale_order_ids.state, "sale")

    def test_edited_street_says_what_changed(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        self.assertEqual(order.change_kind, "address")
        self.assertEqual(
            order.change_summary, "Delivery, street: 1 rue du Test → 2 rue du Test"
        )

    def test_change_is_not_in_the_chatter(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        self.env.flush_all()
        texts = str(order.message_ids.mapped("body"))
        tracked = order.message_ids.sudo().tracking_value_ids
        self.assertNotIn("rue du Test", texts)
        self.assertNotIn("rue du Test", str(tracked.mapped("old_value_char")))

    def test_change_that_is_taken_back_is_forgotten(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        self.change(commission="7.00")
        self.assertFalse(order.change_kind)
        self.assertFalse(order.imported_payload)

    def test_undecided_change_is_on_the_to_do_list_and_holds_the_delivery(self):
        self.account.user_id = self.user
        order = self.import_payload(payload())
        sale = order.sale_order_ids
        picking = sale.picking_ids
        self.assertFalse(picking.lengow_hold_reason)
        self.change(package(delivery=address(first_line="2 rue du Test")))
        activity = order.activity_ids
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("Delivery, street", activity.note)
        self.assertNotIn("rue du Test", activity.note)
        for record in (sale, picking):
            self.assertIn("keep the sale order as it is", record.lengow_hold_reason)
        with self.assertRaisesRegex(UserError, "on hold"):
            self.deliver(sale)
        activity.unlink()
        self.change(package(delivery=address(first_line="2 rue du Test")), comments="x")
        self.assertFalse(order.activity_ids, "it is no news")
        self.change(package(delivery=address(first_line="3 rue du Test")))
        self.assertTrue(order.activity_ids, "it is news")
        order.with_user(self.user).action_keep_as_is()
        self.assertFalse(order.activity_ids)
        self.assertEqual(self.deliver(sale).state, "done")

    def test_another_invoice_address_holds_nothing(self):
        order = self.import_payload(payload())
        self.change(billing_address=address(type="billing", first_line="9 rue du Test"))
        self.assertEqual(order.change_kind, "billing")
        self.assertTrue(order.activity_ids)
        self.assertEqual(self.deliver(order.sale_order_ids).state, "done")

    def test_line_that_was_shipped_elsewhere_holds_the_delivery(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.import_payload(payload("A-1", package(*lines)))
        lines[1]["lengow_status"] = "shipped"
        self.change(package(*lines))
        self.assertEqual(order.change_kind, "review")
        self.assertEqual(order.change_summary, "Line MUG: \N{EN DASH} → shipped")
        with self.assertRaisesRegex(UserError, "by hand"):
            order.action_apply_changes()

    def test_second_change_is_compared_with_the_import(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        self.change(package(delivery=address(first_line="3 rue du Test")))
        self.assertIn("1 rue du Test → 3 rue du Test", order.change_summary)

    def test_changed_quantity_is_content(self):
        order = self.import_payload(payload("A-1", package(line(quantity=1))))
        ref = order.line_ids.lengow_line_ref
        more = line(quantity=2, amount="48.00", marketplace_order_line_id=ref)
        self.change(package(more))
        self.assertEqual(order.change_kind, "content")
        self.assertEqual(
            order.change_summary, "Line SHIRT: 1 for 24.00\xa0€ → 2 for 48.00\xa0€"
        )

    def test_canceled_line_is_content(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.import_payload(payload("A-1", package(*lines)))
        lines[1]["lengow_status"] = "canceled"
        self.change(package(*lines))
        self.assertEqual(order.change_kind, "content")
        self.assertEqual(
            order.change_summary, "Line MUG: 1 for 10.00\xa0€ → \N{EN DASH}"
        )

    def test_line_split_into_parcels_is_no_change(self):
        two = line(quantity=2, amount="48.00", marketplace_order_line_id="L1")
        order = self.import_payload(payload("A-1", package(two)))
        one = line(quantity=1, amount="24.00", marketplace_order_line_id="L1")
        self.change(package(one), package(one), lengow_status="shipped")
        self.assertFalse(order.change_kind, order.change_summary)

    def test_erased_address_is_no_change(self):
        order = self.import_payload(payload())
        erased = dict.fromkeys(address(), None)
        self.change(package(delivery=erased), billing_address=None)
        self.assertFalse(order.change_kind, order.change_summary)

    def test_order_anonymised_at_lengow_forgets_its_change(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        self.change(anonymized=True)
        self.assertFalse(order.change_kind)
        self.assertFalse(order.imported_payload)

    def test_address_of_a_relay_order_is_content(self):
        relay = {"number": None, "relay": {"id": "R1", "name": "Shop", "type": "A2P"}}
        order = self.import_payload(payload("A-1", package(trackings=[relay])))
        moved = address(first_line="2 rue du Test")
        self.change(package(delivery=moved, trackings=[relay]))
        self.assertEqual(order.change_kind, "content")
        relay["relay"]["id"] = "R2"
        self.change(package(delivery=moved, trackings=[relay]))
        self.assertIn("Relay point: R1 → R2", order.change_summary)

    def test_packages_in_another_order_are_no_change(self):
        shirt = package(line("SHIRT"), delivery=address(first_line="1 rue A"))
        mug = package(line("MUG"), delivery=address(first_line="2 rue B"))
        order = self.import_payload(payload("A-1", shirt, mug))
        self.change(mug, shirt)
        self.assertFalse(order.change_kind, order.change_summary)

    def test_packages_in_another_order_keep_each_its_own_new_address(self):
        shirt = package(line("SHIRT"), delivery=address(first_line="1 rue A"))
        mug = package(line("MUG"), delivery=address(first_line="2 rue B"))
        order = self.import_payload(payload("A-1", shirt, mug))
        mug["delivery"]["first_line"] = "3 rue C"
        self.change(mug, shirt)
        self.assertEqual(
            order.change_summary,
            "Delivery, street: 2 rue B → 3 rue C",
        )
        order.action_apply_changes()
        streets = {
            sale.order_line.product_id.default_code: sale.partner_shipping_id.street
            for sale in order.sale_order_ids
        }
        self.assertEqual(streets, {"SHIRT": "1 rue A", "MUG": "3 rue C"})

    def test_two_relay_points_are_two_sale_orders(self):
        def relayed(sku, ref):
            relay = {"id": ref, "name": f"Shop {ref}", "type": "A2P"}
            return package(line(sku), trackings=[{"number": None, "relay": relay}])

        order = self.import_order(
            "A-1", relayed("SHIRT", "R1"), relayed("MUG", "R2"), relayed("MUG", "R1")
        )
        points = {
            sale.pickup_location_data["id"]: sale.order_line.product_id
            for sale in order.sale_order_ids
        }
        self.assertEqual(points, {"R1": self.shirt | self.mug, "R2": self.mug})

    def test_another_country_is_content(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(common_country_iso_a2="BE")))
        self.assertEqual(order.change_kind, "content")
        self.assertIn("country: FR → BE", order.change_summary)

    # === WHAT IS DONE ABOUT IT === #

    def test_applied_address_reaches_sale_order_and_open_delivery(self):
        order = self.import_payload(payload())
        sale = order.sale_order_ids
        total, position = sale.amount_total, sale.fiscal_position_id
        self.change(package(delivery=address(first_line="2 rue du Test")))
        order.with_user(self.user).action_apply_changes()
        self.assertEqual(order.sale_order_ids, sale)
        self.assertEqual(sale.partner_shipping_id.street, "2 rue du Test")
        self.assertEqual(sale.picking_ids.partner_id, sale.partner_shipping_id)
        self.assertEqual(sale.partner_invoice_id.street, "1 rue du Test")
        self.assertEqual(
            (sale.amount_total, sale.fiscal_position_id), (total, position)
        )
        self.assertFalse(sale.picking_ids.activity_ids)
        self.assertFalse(order.change_kind)

    def test_applied_address_leaves_done_deliveries(self):
        shirts = line(quantity=2, amount="48.00")
        order = self.import_payload(payload("A-1", package(shirts)))
        sale = order.sale_order_ids
        done = sale.picking_ids
        done.move_ids.write({"quantity": 1, "picked": True})
        done._action_done()
        old = done.partner_id
        self.change(package(shirts, delivery=address(first_line="2 rue du Test")))
        order.action_apply_changes()
        open_picking = sale.picking_ids - done
        self.assertEqual(done.partner_id, old)
        self.assertEqual(open_picking.partner_id.street, "2 rue du Test")

    def test_address_of_a_delivered_order_is_not_applied(self):
        order = self.import_payload(payload())
        self.deliver(order.sale_order_ids)
        self.change(package(delivery=address(first_line="2 rue du Test")))
        with self.assertRaisesRegex(UserError, "delivered already"):
            order.action_apply_changes()

    def test_changed_billing_address_is_applied_after_delivery(self):
        order = self.import_payload(payload())
        sale = order.sale_order_ids
        self.deliver(sale)
        self.change(billing_address=address(type="billing", first_line="9 rue du Test"))
        order.action_apply_changes()
        self.assertEqual(sale.partner_invoice_id.street, "9 rue du Test")
        self.assertEqual(sale.partner_shipping_id.street, "1 rue du Test")

    def test_applied_lines_import_again(self):
        order = self.import_payload(payload())
        old = order.sale_order_ids
        self.change(package(line(quantity=2, amount="48.00")))
        order.with_user(self.user).action_apply_changes()
        new = order.sale_order_ids - old
        self.assertEqual(old.state, "cancel")
        self.assertEqual((new.state, new.amount_total), ("sale", 48.0))
        self.assertEqual(order.line_ids.sale_line_id, new.order_line)
        self.assertFalse(order.change_kind)

    def test_fewer_pieces_reduce_the_sale_order_and_its_delivery(self):
        lines = [
            line(quantity=3, amount="72.00", marketplace_order_line_id="L1"),
            line("MUG", "10.00"),
        ]
        order = self.import_payload(payload("A-1", package(*lines)))
        sale = order.sale_order_ids
        lines[0].update(quantity=1, amount="24.00")
        lines[1]["lengow_status"] = "canceled"
        self.change(package(*lines))
        order.with_user(self.user).action_apply_changes()
        self.assertEqual(order.sale_order_ids, sale)
        self.assertAlmostEqual(sale.amount_total, 24.0)
        moves = sale.picking_ids.move_ids.filtered(lambda m: m.state != "cancel")
        self.assertEqual(moves.mapped("product_uom_qty"), [1.0])
        self.change(package(*lines), commission="3.00")
        self.assertFalse(order.change_kind, order.change_summary)

    def test_fewer_pieces_of_a_converted_order_are_reduced_in_its_own_currency(self):
        shirts = line(quantity=2, amount="20.00", marketplace_order_line_id="L1")
        lines = [{**shirts, "original_amount": "220.00"}, line("MUG", "10.00")]
        lines[1]["original_amount"] = "110.00"
        self.account.currency_conversion = True
        told = {
            "original_currency": {"iso_a3": "SEK", "symbol": "kr", "name": "Krona"},
            "original_total_order": "330.00",
        }
        order = self.import_order("A-1", package(*lines), **told)
        lines[0].update(quantity=1, amount="10.00", original_amount="110.00")
        self.change(package(*lines), **{**told, "original_total_order": "220.00"})
        self.assertIn("2 for 220.00\xa0kr → 1 for 110.00\xa0kr", order.change_summary)
        order.action_apply_changes()
        self.assertAlmostEqual(order._living_sales().amount_total, 20.0)

    def test_fewer_pieces_of_an_order_without_its_vat_are_reduced_without_it(self):
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        position.tax_ids = self.create_tax(0.0, original_tax_ids=[(4, self.tax.id)])
        told = {"tax": {"is_marketplace_deemed_supplier": True}}
        lines = [
            line(quantity=2, amount="24.00", tax="4.00", marketplace_order_line_id="L"),
            line("MUG", "12.00", tax="2.00"),
        ]
        order = self.import_order("A-1", package(*lines), total_tax="6.00", **told)
        sale = order.sale_order_ids
        self.assertAlmostEqual(sale.amount_total, 30.0)
        lines[0].update(quantity=1, amount="12.00", tax="2.00")
        self.change(package(*lines), total_tax="4.00", **told)
        order.action_apply_changes()
        self.assertAlmostEqual(order._living_sales().amount_total, 20.0)

    def test_fewer_pieces_for_an_unexplained_total_are_not_applied(self):
        lines = [line(quantity=2, amount="48.00", marketplace_order_line_id="L1")]
        order = self.import_order("A-1", package(*lines))
        sale = order.sale_order_ids
        lines[0].update(quantity=1, amount="24.00")
        self.change(package(*lines), total="20.00")
        self.assertEqual(order.change_kind, "content")
        why = "24.00 EUR, but Lengow announces 20.00"
        with self.assertRaisesRegex(UserError, why), self.env.cr.savepoint():
            order.with_user(self.user).action_apply_changes()
        self.assertEqual(order.change_kind, "content")
        self.assertEqual((sale.state, sale.amount_total), ("sale", 48.0))

    def test_fewer_pieces_reduce_a_locked_sale_order(self):
        lines = [line(quantity=3, amount="72.00", marketplace_order_line_id="L1")]
        order = self.import_order("A-1", package(*lines))
        sale = order.sale_order_ids
        sale.action_lock()
        lines[0].update(quantity=1, amount="24.00")
        self.change(package(*lines))
        order.with_user(self.user).action_apply_changes()
        self.assertEqual(order.sale_order_ids, sale)
        self.assertAlmostEqual(sale.amount_total, 24.0)
        self.assertTrue(sale.locked)

    def test_another_invoice_address_leaves_the_relay_point(self):
        relay = {"number": None, "relay": {"id": "R1", "name": "Shop", "type": "A2P"}}
        order = self.import_order("A-1", package(trackings=[relay]))
        sale = order.sale_order_ids
        point = sale.partner_shipping_id
        self.assertEqual(sale.picking_ids.partner_id, point)
        self.change(
            package(trackings=[relay]),
            billing_address=address(type="billing", first_line="9 rue du Test"),
        )
        self.assertEqual(order.change_kind, "billing")
        order.action_apply_changes()
        self.assertEqual(sale.partner_invoice_id.street, "9 rue du Test")
        self.assertEqual(sale.partner_shipping_id, point)
        self.assertEqual(sale.picking_ids.partner_id, point)

    def test_applied_address_reaches_a_delivery_that_is_still_to_come(self):
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", self.company.id)], limit=1
        )
        warehouse.delivery_steps = "pick_pack_ship"
        order = self.import_order()
        sale = order.sale_order_ids
        self.change(package(delivery=address(first_line="2 rue du Test")))
        order.action_apply_changes()
        for _step in range(3):
            self.deliver(sale)
        picking = sale.picking_ids.filtered(
            lambda picking: picking.picking_type_code == "outgoing"
        )
        self.assertEqual(picking.state, "done")
        self.assertEqual(picking.partner_id.street, "2 rue du Test")

    def test_line_that_gets_its_number_later_is_the_same_line(self):
        lines = [line(marketplace_order_line_id=None)]
        order = self.import_order("A-1", package(*lines))
        sold = order.line_ids.sale_line_id
        lines[0]["marketplace_order_line_id"] = "L1"
        self.change(package(*lines))
        self.assertFalse(order.change_kind, order.change_summary)
        self.assertEqual(order.line_ids.sale_line_id, sold)
        self.assertEqual(order.line_ids.lengow_line_ref, "L1")

    def test_line_without_a_number_is_held_as_any_other(self):
        for change in (
            {"refunded_amount": "5.00"},
            {"lengow_status": "shipped"},
            {"lengow_status": "refunded"},
        ):
            for ref in ("L1", None, "given later"):
                with self.subTest(change, ref=ref):
                    number = f"A-{ref}-{change}"
                    lines = [line("SHIRT"), line("MUG", amount="10.00")]
                    lines[1]["marketplace_order_line_id"] = ref if ref == "L1" else None
                    order = self.import_order(number, package(*lines))
                    lines[1].update(change, marketplace_order_line_id=ref)
                    self.import_payload(payload(number, package(*lines)))
                    self.assertTrue(order.change_kind)
                    order.action_keep_as_is()
                    lines[0]["amount"] = "24.0"
                    self.import_payload(payload(number, package(*lines)))
                    self.assertFalse(order.change_kind, order.change_summary)

    def test_number_that_comes_later_is_no_second_refund(self):
        lines = [line(marketplace_order_line_id=None, refunded_amount="5.00")]
        order = self.import_order("A-1", package(*lines))
        lines[0]["marketplace_order_line_id"] = "L1"
        self.change(package(*lines))
        self.assertFalse(order.change_kind, order.change_summary)
        self.assertFalse(order.activity_ids)

    def test_number_of_a_new_line_goes_to_no_line_that_stays_without(self):
        old = line(marketplace_order_line_id=None)
        order = self.import_order("A-1", package(old))
        row = order.line_ids
        self.change(package(line(marketplace_order_line_id="L2"), old))
        self.assertFalse(row.lengow_line_ref)
        self.assertEqual((order.line_ids - row).lengow_line_ref, "L2")

    def test_changed_lines_of_a_delivered_order_are_refused(self):
        order = self.import_payload(payload())
        self.deliver(order.sale_order_ids)
        self.change(package(line(quantity=2, amount="48.00")))
        with self.assertRaisesRegex(UserError, "is delivered"):
            order.action_apply_changes()
        order.with_user(self.user).action_keep_as_is()
        self.assertFalse(order.change_kind)
        self.assertEqual(order.sale_order_ids.state, "sale")

    def test_kept_change_does_not_come_back(self):
        order = self.import_payload(payload())
        self.change(package(delivery=address(first_line="2 rue du Test")))
        order.action_keep_as_is()
        self.change(
            package(delivery=address(first_line="2 rue du Test")), commission="3.00"
        )
        self.assertFalse(order.change_kind)

    def test_later_vat_number_is_offered(self):
        order = self.import_payload(payload())
        billing = address(type="billing", vat_number="FR23334175221")
        self.change(billing_address=billing)
        self.assertEqual(order.change_kind, "billing")
        self.assertIn("VAT number: \N{EN DASH} → FR23334175221", order.change_summary)

    # === IMPORT AGAIN === #

    def test_import_again_never_leaves_two_living_sale_orders(self):
        order = self.import_payload(payload())
        old = order.sale_order_ids
        old.action_lock()
        order.with_user(self.user).action_import_again()
        order.with_user(self.user).action_import_again()
        living = order.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        self.assertEqual(len(order.sale_order_ids), 3)
        self.assertEqual(len(living), 1)
        self.assertEqual(order.import_state, "imported")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            old.action_draft()
            self.env.flush_all()

    def test_import_again_refuses_after_delivery(self):
        order = self.import_payload(payload())
        self.deliver(order.sale_order_ids)
        with self.assertRaisesRegex(UserError, "delivered"):
            order.action_import_again()

    def test_import_again_refuses_after_a_posted_invoice(self):
        order = self.import_payload(payload())
        self.shirt.invoice_policy = "order"
        invoice = order.sale_order_ids._create_invoices()
        invoice.action_post()
        with self.assertRaisesRegex(UserError, "is posted"):
            order.action_import_again()
        self.assertEqual(order.sale_order_ids.state, "sale")

    def test_import_again_drops_a_draft_invoice(self):
        order = self.import_payload(payload())
        self.shirt.invoice_policy = "order"
        invoice = order.sale_order_ids._create_invoices()
        order.action_import_again()
        self.assertEqual(invoice.state, "cancel")

    def test_import_again_that_fails_changes_nothing(self):
        order = self.import_payload(payload())
        self.shirt.default_code = "OTHER"
        self.shirt.barcode = False
        with self.assertRaisesRegex(UserError, "Nothing was changed.*SHIRT"):
            order.action_import_again()

    def test_import_again_ignores_the_age(self):
        order = self.import_payload(payload())
        self.account.import_max_age_days = 1
        order.action_import_again()
        self.assertEqual(order.import_state, "imported")

    def test_only_imported_orders_are_imported_again(self):
        order = self.import_payload(payload("A-1", package(line("NOPE"))))
        with self.assertRaisesRegex(UserError, "not imported"):
            order.action_import_again()
