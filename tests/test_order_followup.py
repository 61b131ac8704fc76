"""Canceled, refused or refunded on the marketplace after the import."""

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload

CHANGE = "lengow_connector.mail_activity_type_marketplace_change"


@tagged("post_install", "-at_install")
class TestOrderFollowUp(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.shirt | cls.mug).invoice_policy = "order"
        cls.account.user_id = cls.user

    def imported(self, *packages, **values):
        return self.import_order("A-1", *packages, **values)

    def move(self, order, status, *packages, **values):
        self.import_payload(payload("A-1", *packages, lengow_status=status, **values))
        self.assertEqual(order.lengow_status, status)
        self.env.flush_all()

    def invoice(self, order, post=True):
        invoice = order.sale_order_ids._create_invoices()
        if post:
            invoice.action_post()
        return invoice

    def deliver(self, order):
        picking = order.sale_order_ids.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking._action_done()

    def change_activity(self, order):
        return order.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self.env.ref(CHANGE)
        )

    def credit_notes(self, order):
        return order.sale_order_ids.invoice_ids.filtered(
            lambda move: move.move_type == "out_refund"
        )

    # === CANCELED === #

    def test_canceled_before_delivery_cancels_and_says_why(self):
        for status in ("canceled", "refused"):
            with self.subTest(status):
                order = self.import_payload(payload(f"C-{status}"))
                sale = order.sale_order_ids
                sale.action_lock()
                self.import_payload(payload(f"C-{status}", lengow_status=status))
                self.assertEqual(sale.state, "cancel")
                self.assertEqual(set(sale.picking_ids.mapped("state")), {"cancel"})
                notes = " ".join(sale.message_ids.mapped("body"))
                self.assertIn("Canceled because the marketplace order", notes)
                self.assertFalse(self.change_activity(order))
                self.assertFalse(order.change_kind)

    def test_canceled_quotation_is_canceled(self):
        self.marketplace.workflow = "quotation"
        order = self.imported()
        self.move(order, "canceled")
        self.assertEqual(order.sale_order_ids.state, "cancel")

    def test_canceled_after_delivery_is_left_to_a_person(self):
        order = self.imported()
        self.deliver(order)
        self.move(order, "canceled")
        self.assertEqual(order.sale_order_ids.state, "sale")
        activity = self.change_activity(order)
        self.assertEqual(activity.user_id, self.user)
        self.assertIn("delivered", activity.note)

    def test_canceled_after_part_of_the_delivery_is_left_to_a_person(self):
        order = self.imported(package(line(quantity=2, amount="48.00")))
        self.deliver(order)
        self.move(order, "canceled", package(line(quantity=2, amount="48.00")))
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertTrue(self.change_activity(order))

    def test_canceled_with_a_draft_invoice_drops_it(self):
        order = self.imported()
        invoice = self.invoice(order, post=False)
        self.move(order, "canceled")
        self.assertEqual(invoice.state, "cancel")
        self.assertFalse(self.change_activity(order))

    def test_canceled_with_a_posted_invoice_keeps_it_and_asks(self):
        order = self.imported()
        invoice = self.invoice(order)
        self.move(order, "canceled")
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertEqual(invoice.state, "posted")
        self.assertIn(invoice.name, self.change_activity(order).note)

    def test_canceled_twice_asks_once(self):
        order = self.imported()
        self.deliver(order)
        self.move(order, "canceled")
        self.change_activity(order).unlink()
        self.move(order, "canceled", commission="2.00")
        self.assertFalse(self.change_activity(order))

    def test_canceled_before_import_closes_its_error(self):
        order = self.import_payload(payload("A-1", package(line("NOPE"))))
        self.assertEqual(order.import_state, "error")
        self.import_payload(
            payload("A-1", package(line("NOPE")), lengow_status="canceled")
        )
        self.assertEqual(order.import_state, "ignored")
        self.assertFalse(order.error_message)
        self.assertFalse(order.activity_ids)

    def test_what_odoo_refuses_becomes_an_activity(self):
        order = self.imported()
        other = self.import_payload(payload("A-2"))
        self.patch(
            type(self.env["sale.order"]),
            "_action_cancel",
            _refuse_for(order.sale_order_ids),
        )
        self.put(payload("A-1", lengow_status="canceled"))
        self.put(payload("A-2", lengow_status="canceled"))
        self.sync()
        self.assertEqual(order.lengow_status, "canceled")
        self.assertEqual(other.sale_order_ids.state, "cancel")
        refused = order.sale_order_ids.name
        self.assertIn(refused, self.change_activity(order).note)

    # === REFUNDED === #

    def test_refunded_before_delivery_cancels(self):
        order = self.imported()
        self.move(order, "refunded")
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertFalse(self.change_activity(order))

    def test_refund_proposes_a_draft_credit_note(self):
        for status in ("to_refund", "refunding", "refunded"):
            with self.subTest(status):
                order = self.import_payload(payload(f"R-{status}"))
                invoice = self.invoice(order)
                self.deliver(order)
                self.import_payload(payload(f"R-{status}", lengow_status=status))
                credit_note = self.credit_notes(order)
                self.assertEqual(credit_note.state, "draft")
                self.assertEqual(credit_note.amount_total, invoice.amount_total)
                self.assertEqual(credit_note.reversed_entry_id, invoice)
                self.assertEqual(credit_note.lengow_order_id, order)
                self.assertIn("draft credit note", self.change_activity(order).note)

    def test_refund_moving_on_proposes_only_one(self):
        order = self.imported()
        self.invoice(order)
        self.deliver(order)
        self.move(order, "to_refund")
        self.move(order, "refunding")
        self.move(order, "refunded")
        self.assertEqual(len(self.credit_notes(order)), 1)

    def test_refunded_undelivered_with_invoice_cancels_and_credits(self):
        order = self.imported()
        self.invoice(order)
        self.move(order, "refunded")
        self.assertEqual(order.sale_order_ids.state, "cancel")
        self.assertEqual(self.credit_notes(order).state, "draft")

    def test_refund_without_invoice_asks(self):
        order = self.imported()
        self.deliver(order)
        self.move(order, "refunded")
        self.assertFalse(self.credit_notes(order))
        self.assertIn("No invoice is posted", self.change_activity(order).note)

    def test_partial_refund_credits_the_refunded_lines(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        self.invoice(order)
        lines[1]["refunded_amount"] = "10.00"
        self.move(order, "partial_refunded", package(*lines))
        self.assertAlmostEqual(self.credit_notes(order).amount_total, 10.0)

    def test_partial_refund_of_part_of_a_line_credits_that_part(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        self.invoice(order)
        lines[0]["refunded_amount"] = "6.00"
        self.move(order, "partial_refunded", package(*lines))
        self.assertAlmostEqual(self.credit_notes(order).amount_total, 6.0)
        lines[1]["refunded_amount"] = "10.00"
        self.move(order, "partial_refunded", package(*lines))
        totals = self.credit_notes(order).mapped("amount_total")
        self.assertEqual(sorted(totals), [6.0, 10.0])

    def imported_in_krona(self):
        """Import an order that Lengow has converted.

        :return: the order, its line and what its next payload says of the buyer's money
        """
        self.account.currency_conversion = True
        told = {
            "original_currency": {"iso_a3": "SEK", "symbol": "kr", "name": "Krona"},
            "original_total_order": "264.00",
        }
        shirt = line(original_amount="264.00")
        return self.imported(package(shirt), **told), shirt, told

    def test_the_rate_of_the_day_is_no_second_refund(self):
        order, shirt, told = self.imported_in_krona()
        self.invoice(order)
        shirt.update(refunded_amount="6.00", original_refunded_amount="66.00")
        self.move(order, "partial_refunded", package(shirt), **told)
        shirt.update(refunded_amount="6.05", amount="24.20")
        self.move(order, "partial_refunded", package(shirt), **told)
        self.assertEqual(self.credit_notes(order).mapped("amount_total"), [6.0])

    def test_the_rate_of_the_day_is_no_second_refund_before_the_delivery(self):
        order, shirt, told = self.imported_in_krona()
        shirt.update(refunded_amount="6.00", original_refunded_amount="66.00")
        self.import_payload(payload("A-1", package(shirt), **told))
        self.assertEqual(order.change_kind, "review")
        order.action_keep_as_is()
        shirt.update(refunded_amount="6.05", amount="24.20")
        self.import_payload(payload("A-1", package(shirt), **told))
        self.assertFalse(order.change_kind, order.change_summary)

    def test_partial_refund_of_an_order_without_its_vat_is_credited_without_it(self):
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        position.tax_ids = self.create_tax(0.0, original_tax_ids=[(4, self.tax.id)])
        told = {"tax": {"is_marketplace_deemed_supplier": True}, "total_tax": "4.00"}
        shirt = line(tax="4.00")
        order = self.imported(package(shirt), **told)
        self.invoice(order)
        shirt["refunded_amount"] = "12.00"
        self.move(order, "partial_refunded", package(shirt), **told)
        self.assertAlmostEqual(self.credit_notes(order).amount_total, 10.0)

    def test_partial_refund_of_lines_without_numbers_credits_those_lines(self):
        unnumbered = {"marketplace_order_line_id": None}
        lines = [line("SHIRT", **unnumbered), line("MUG", "10.00", **unnumbered)]
        packages = [package(line("SHIRT", lengow_status="canceled", **unnumbered))]
        packages += [
            package(item, delivery=address(first_line=f"{number} rue du Test"))
            for number, item in enumerate(lines)
        ]
        order = self.imported(*packages, total="58.00")
        for sale in order.sale_order_ids:
            sale._create_invoices().action_post()
        lines[1]["refunded_amount"] = "10.00"
        self.move(order, "partial_refunded", *packages, total="58.00")
        credited = self.credit_notes(order).invoice_line_ids
        self.assertEqual(credited.mapped("price_total"), [10.0])
        self.assertEqual(credited.product_id, self.mug)

    def test_refund_credited_without_its_vat_is_not_credited_twice(self):
        position = self.env["account.fiscal.position"].create({"name": "Collected"})
        self.account.deemed_supplier_fiscal_position_id = position
        position.tax_ids = self.create_tax(0.0, original_tax_ids=[(4, self.tax.id)])
        told = {"tax": {"is_marketplace_deemed_supplier": True}, "total_tax": "4.00"}
        shirt = line(tax="4.00", marketplace_order_line_id=None)
        order = self.imported(package(shirt), **told)
        self.invoice(order)._reverse_moves()
        shirt["refunded_amount"] = "24.00"
        self.move(order, "partial_refunded", package(shirt), **told)
        self.assertEqual(len(self.credit_notes(order)), 1)

    def test_partial_refund_on_an_arbitrary_line_is_left_to_a_person(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        invoice = self.invoice(order)
        lines[1]["refunded_amount"] = "20.00"
        self.move(order, "partial_refunded", package(*lines))
        credit_note = self.credit_notes(order)
        self.assertAlmostEqual(credit_note.amount_total, invoice.amount_total)
        self.assertIn("20.00", self.change_activity(order).note)

    def test_refund_credited_in_odoo_proposes_nothing(self):
        order = self.imported()
        invoice = self.invoice(order)
        self.deliver(order)
        invoice._reverse_moves()
        self.move(order, "refunded")
        self.assertEqual(len(self.credit_notes(order)), 1)

    def test_refund_of_one_order_credits_nothing_of_another_on_its_invoice(self):
        order = self.imported(package(line("SHIRT"), line("MUG", amount="10.00")))
        other = self.import_order("B-1", package(line("SHIRT", amount="50.00")))
        sales = order.sale_order_ids | other.sale_order_ids
        merged = order.sale_order_ids._prepare_invoice()
        merged["invoice_line_ids"] = [
            (0, 0, sold._prepare_invoice_line()) for sold in sales.order_line
        ]
        self.env["account.move"].create(merged).action_post()
        self.deliver(order)
        self.deliver(other)
        refunded = line("MUG", amount="10.00", refunded_amount="10.00")
        self.move(order, "partial_refunded", package(line("SHIRT"), refunded))
        self.assertEqual(self.credit_notes(order).mapped("amount_total"), [10.0])
        self.move(order, "refunded", package(line("SHIRT"), refunded))
        totals = self.credit_notes(order).mapped("amount_total")
        self.assertEqual(sorted(totals), [10.0, 24.0])
        self.import_payload(
            payload(
                "B-1",
                package(line("SHIRT", amount="50.00")),
                lengow_status="refunded",
            )
        )
        totals = self.credit_notes(other).mapped("amount_total")
        self.assertEqual(totals, [50.0])

    def test_full_refund_after_a_partial_one_proposes_the_rest(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        self.invoice(order)
        self.deliver(order)
        lines[1]["refunded_amount"] = "10.00"
        self.move(order, "partial_refunded", package(*lines))
        lines[0]["refunded_amount"] = "24.00"
        self.move(order, "refunded", package(*lines))
        totals = self.credit_notes(order).mapped("amount_total")
        self.assertEqual(sorted(totals), [10.0, 24.0])

    def test_full_refund_after_a_goodwill_credit_proposes_the_rest(self):
        order = self.imported(package(line("SHIRT"), line("MUG", amount="10.00")))
        invoice = self.invoice(order)
        self.deliver(order)
        goodwill = invoice._reverse_moves()
        goodwill.invoice_line_ids[1:].unlink()
        goodwill.invoice_line_ids.write({"price_unit": 10, "sale_line_ids": False})
        goodwill.action_post()
        self.move(
            order, "refunded", package(line("SHIRT"), line("MUG", amount="10.00"))
        )
        totals = self.credit_notes(order).mapped("amount_total")
        self.assertAlmostEqual(sum({*totals, goodwill.amount_total}), 34.0)
        self.assertTrue(self.change_activity(order))

    def test_part_of_a_line_with_excluded_taxes_is_credited_to_the_cent(self):
        self.tax.price_include_override = "tax_excluded"
        for number, part in enumerate(("33.33", "9.99", "0.01", "17.77")):
            with self.subTest(part):
                lines = [line("SHIRT", "99.99", 3), line("MUG", amount="10.00")]
                order = self.import_payload(payload(f"E-{number}", package(*lines)))
                self.invoice(order)
                lines[0]["refunded_amount"] = part
                self.import_payload(
                    payload(
                        f"E-{number}", package(*lines), lengow_status="partial_refunded"
                    )
                )
                note = self.credit_notes(order)
                self.assertEqual(f"{note.amount_total:.2f}", part)
                note.action_post()
                self.assertEqual(f"{note.amount_total:.2f}", part)

    def test_refunded_line_before_its_delivery_is_held_and_told(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        lines[1].update(lengow_status="refunded", refunded_amount="10.00")
        self.move(order, "waiting_shipment", package(*lines))
        self.assertEqual(order.change_kind, "content")
        self.assertIn("MUG", order.change_summary)
        picking = order.sale_order_ids.picking_ids
        with self.assertRaisesRegex(UserError, "on hold"):
            picking.button_validate()
        order.with_user(self.user).action_apply_changes()
        self.assertEqual(order.sale_order_ids.amount_total, 24.0)
        left = picking.move_ids.filtered(lambda move: move.state != "cancel")
        self.assertEqual(left.product_id, self.shirt)
        left.write({"quantity": 1, "picked": True})
        picking.button_validate()
        self.assertEqual(picking.state, "done")

    def test_line_refunded_before_the_import_is_not_sold(self):
        gone = line("MUG", amount="10.00", lengow_status="refunded")
        order = self.imported(package(line("SHIRT"), gone))
        self.assertEqual(order.sale_order_ids.order_line.product_id, self.shirt)

    def test_line_refunded_after_its_delivery_is_told(self):
        lines = [line("SHIRT"), line("MUG", amount="10.00")]
        order = self.imported(package(*lines))
        self.invoice(order)
        self.deliver(order)
        self.move(order, "shipped", package(*lines))
        lines[1].update(lengow_status="refunded", refunded_amount="10.00")
        self.move(order, "shipped", package(*lines))
        self.assertAlmostEqual(self.credit_notes(order).amount_total, 10.0)

    def test_refund_that_was_denied_leaves_nothing_to_do(self):
        order = self.imported()
        self.deliver(order)
        self.move(order, "shipped")
        self.move(order, "to_refund")
        self.move(order, "canceled")
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertFalse(self.change_activity(order))
        self.assertIn("denied", str(order.message_ids.mapped("body")))

    # === REOPENED === #

    def test_reopened_after_cancellation_calls_somebody_who_imports_again(self):
        order = self.imported()
        self.move(order, "canceled")
        self.move(order, "waiting_shipment")
        self.assertEqual(order.change_kind, "reopened")
        self.assertIn("shipped again", order.activity_ids.note)
        order.with_user(self.user).action_apply_changes()
        self.assertEqual(order._living_sales().state, "sale")
        self.assertFalse(order.activity_ids)

    def test_reopened_after_an_unknown_status_calls_somebody(self):
        order = self.imported()
        self.move(order, "canceled")
        strange = {"lengow_status": "strange", "marketplace_status": "strange"}
        self.import_payload(payload("A-1", **strange))
        self.assertEqual(order.lengow_status, "unknown")
        self.move(order, "waiting_shipment")
        self.assertEqual(order.change_kind, "reopened")

    def test_status_that_went_back_and_forth_had_not_ended(self):
        order = self.imported()
        self.move(order, "accepted")
        self.move(order, "waiting_shipment")
        self.assertFalse(order.change_kind)
        self.assertFalse(order.activity_ids, order.activity_ids.mapped("note"))

    # === MOVES === #

    def test_shipped_on_the_marketplace_changes_the_status_only(self):
        order = self.imported()
        self.move(order, "shipped")
        self.move(order, "closed")
        self.assertEqual(order.sale_order_ids.state, "sale")
        self.assertFalse(order.activity_ids)
        self.assertFalse(order.change_kind)


def _refuse_for(refused):
    """Return a `_action_cancel` of a module that refuses one sale order."""
    original = type(refused)._action_cancel

    def _action_cancel(self):
        if refused & self:
            raise UserError(refused.name)
        return original(self)

    return _action_cancel
