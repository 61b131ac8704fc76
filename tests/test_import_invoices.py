"""Marketplaces whose orders are invoiced and noted as paid at once."""

from unittest.mock import patch

from odoo.tests import tagged

from .common import LengowCase, line, package, payload


@tagged("post_install", "-at_install")
class TestImportInvoices(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.journal = cls.env["account.journal"].create(
            {"name": "Amazon", "code": "AMZ", "type": "bank"}
        )
        cls.marketplace.write(
            {"workflow": "invoice", "payment_journal_id": cls.journal.id}
        )
        (cls.shirt | cls.mug).invoice_policy = "order"

    def import_and_invoice(self, *args, **kwargs):
        row = self.import_payload(payload(*args, **kwargs))
        with self.crons():
            self.run_cron("cron_invoice_orders")
        return row

    def test_invoice_equals_the_order_and_is_paid_in_the_marketplace_journal(self):
        row = self.import_and_invoice(
            "I-1", package(line("SHIRT", "10.00", 3)), shipping="4.99"
        )
        invoice = row.sale_order_ids.invoice_ids
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        self.assertEqual(invoice.state, "posted")
        self.assertAlmostEqual(invoice.amount_total, 14.99)
        self.assertEqual(invoice.lengow_order_id, row)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))
        self.assertEqual(invoice.matched_payment_ids.journal_id, self.journal)

    def test_what_is_invoiced_on_delivery_waits_for_it(self):
        self.mug.invoice_policy = "delivery"
        row = self.import_and_invoice(
            "I-1", package(line("SHIRT", "10.00"), line("MUG", "7.00"))
        )
        self.assertEqual(row.invoice_state, "todo")
        picking = row.sale_order_ids.picking_ids
        picking.move_ids.quantity = 1
        picking.button_validate()
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(row.invoice_state, "done")
        self.assertAlmostEqual(
            sum(row.sale_order_ids.invoice_ids.mapped("amount_total")), 17.0
        )

    def test_what_has_ended_and_is_not_read_yet_waits(self):
        row = self.import_payload(payload("I-1"))
        row.unread_from, row.unread_end = "imported", True
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(row.invoice_state, "todo")
        self.assertFalse(row.sale_order_ids.invoice_ids)
        row.unread_from = row.unread_end = False
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(row.invoice_state, "done", row.invoice_error)

    def test_failure_goes_once_somebody_has_invoiced_and_paid_by_hand(self):
        self.journal.inbound_payment_method_line_ids.unlink()
        row = self.import_and_invoice("I-1")
        self.assertEqual(row.invoice_state, "error")
        invoice = row.sale_order_ids._create_invoices()
        invoice.action_post()
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual(row.invoice_state, "error", "nobody has paid yet")
        cash = self.env["account.journal"].create(
            {"name": "By Hand", "code": "HAND", "type": "bank"}
        )
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": cash.id})._create_payments()
        with self.crons():
            self.run_cron("cron_invoice_orders")
        self.assertEqual((row.invoice_state, row.invoice_error), ("done", False))

    def test_failure_stays_on_the_order_and_leaves_no_draft(self):
        self.journal.inbound_payment_method_line_ids.unlink()
        row = self.import_and_invoice("I-1")
        self.assertEqual(row.import_state, "imported")
        self.assertEqual(row.invoice_state, "error")
        self.assertTrue(row.invoice_error)
        self.assertFalse(row.sale_order_ids.invoice_ids)

    def test_what_is_paid_beside_the_goods_is_invoiced_with_them(self):
        self.shirt.invoice_policy = "delivery"
        for number, values in (
            ("I-1", {"shipping": "4.99"}),
            ("I-2", {"discount": "3.00", "total": "21.00"}),
        ):
            with self.subTest(values):
                row = self.import_and_invoice(number, **values)
                self.assertEqual(row.invoice_state, "todo", row.invoice_error)
                self.assertFalse(row.sale_order_ids.invoice_ids)
                self.deliver(row, 1)
                self.invoice_by_cron()
                self.assertEqual(row.invoice_state, "done", row.invoice_error)
                self.assertAlmostEqual(
                    row.sale_order_ids.invoice_ids.amount_total,
                    row.sale_order_ids.amount_total,
                )

    def test_what_somebody_left_off_an_invoice_is_invoiced_after_it(self):
        self.shirt.invoice_policy = "delivery"
        for number, pieces in (("I-1", 3), ("I-2", 2)):
            with self.subTest(delivered=pieces):
                shirts = package(line("SHIRT", "30.00", 3))
                row = self.import_payload(payload(number, shirts, shipping="5.00"))
                self.deliver(row, pieces)
                row.sale_order_ids.picking_ids.filtered(
                    lambda picking: picking.state != "done"
                ).action_cancel()
                invoice = row.sale_order_ids._create_invoices()
                invoice.invoice_line_ids.filtered(
                    lambda li: li.product_id != self.shirt
                ).unlink()
                invoice.action_post()
                self.invoice_by_cron()
                self.assertEqual(self.totals(row), [pieces * 10.0, 5.0])

    def test_a_discount_waits_for_goods_that_are_worth_it(self):
        (self.shirt | self.mug).invoice_policy = "delivery"
        lines = [line("SHIRT", "90.00"), line("MUG", "10.00")]
        row = self.import_payload(
            payload("I-1", package(*lines), discount="20.00", total="80.00")
        )
        picking = row.sale_order_ids.picking_ids
        for move in picking.move_ids:
            move.quantity = float(move.product_id == self.mug)
        picking.with_context(skip_backorder=True).button_validate()
        self.invoice_by_cron()
        self.assertEqual(row.invoice_state, "todo", row.invoice_error)
        self.deliver(row, 1)
        self.invoice_by_cron()
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        self.assertEqual(self.totals(row), [80.0])

    def test_what_came_back_stops_no_invoice_of_what_is_still_to_leave(self):
        self.shirt.invoice_policy = "delivery"
        row = self.import_payload(payload("I-1", package(line("SHIRT", "30.00", 3))))
        self.deliver(row, 2)
        self.invoice_by_cron()
        delivery = row.sale_order_ids.picking_ids.filtered(lambda p: p.state == "done")
        dialog = self.env["stock.return.picking"].create({"picking_id": delivery.id})
        dialog.product_return_moves.quantity = 1
        returned = dialog._create_return()
        returned.move_ids.quantity = 1
        returned.button_validate()
        self.assertEqual(row.sale_order_ids.order_line.qty_delivered, 1)
        self.invoice_by_cron()
        self.assertEqual(row.invoice_state, "todo", row.invoice_error)

    # === PARTS === #

    def deliver(self, row, quantity):
        """Deliver so many of everything that is open, and leave the rest open."""
        picking = row.sale_order_ids.picking_ids.filtered(
            lambda p: p.state not in ("done", "cancel")
        )
        for move in picking.move_ids:
            move.quantity = min(quantity, move.product_uom_qty)
        picking.with_context(skip_backorder=True).button_validate()

    def invoice_by_cron(self):
        with self.crons():
            self.run_cron("cron_invoice_orders")

    def totals(self, row):
        return row.sale_order_ids.invoice_ids.mapped("amount_total")

    def test_three_deliveries_are_invoiced_to_the_cent_under_every_tax(self):
        lines = []
        for taxes in self.tax_setups():
            for amount in ("10.00", "33.33", "0.07"):
                sku = f"T{len(lines)}"
                product = self.create_product(sku, invoice_policy="delivery")
                product.taxes_id = taxes
                lines.append(line(sku, amount, 3))
        for method in ("round_per_line", "round_globally"):
            self.company.tax_calculation_rounding_method = method
            row = self.import_payload(payload(f"P-{method}", package(*lines)))
            self.assertEqual(row.import_state, "imported", row.error_message)
            for _delivery in range(3):
                self.deliver(row, 1)
                self.env["lengow.invoicing"]._invoice(row)
            self.assertEqual(row.invoice_state, "done", row.invoice_error)
            self.assertEqual(len(self.totals(row)), 3)
            self.assertAlmostEqual(sum(self.totals(row)), row.amount_total)
            for sold in row.sale_order_ids.order_line:
                invoiced = sum(sold.invoice_lines.mapped("price_total"))
                self.assertAlmostEqual(invoiced, sold.price_total, msg=sold.name)

    def tax_setups(self):
        included, excluded = self.create_tax(20.0), self.create_tax(5.5, included=False)
        eco = self.create_tax(0.13, amount_type="fixed", include_base_amount=True)
        return [
            included,
            excluded,
            included | excluded,
            eco | included,
            self.create_tax(0.0),
            self.env["account.tax"],
        ]

    def test_returned_goods_are_credited_with_what_they_were_invoiced(self):
        self.mug.invoice_policy = "delivery"
        self.mug.taxes_id = self.create_tax(20.0, included=False)
        row = self.import_payload(payload("I-1", package(line("MUG", "33.34", 3))))
        self.deliver(row, 3)
        self.env["lengow.invoicing"]._invoice(row)
        sale = row.sale_order_ids
        for left in (2, 0):
            sale.order_line.qty_delivered = left
            sale._create_invoices(final=True).action_post()
        credited = sale.invoice_ids.filtered(lambda m: m.move_type == "out_refund")
        self.assertEqual(len(credited), 2)
        self.assertAlmostEqual(sum(credited.mapped("amount_total")), 33.34)

    def test_what_is_never_delivered_is_not_missed_on_the_invoice(self):
        self.mug.invoice_policy = "delivery"
        row = self.import_payload(payload("I-1", package(line("MUG", "30.00", 3))))
        picking = row.sale_order_ids.picking_ids
        picking.move_ids.quantity = 2
        picking.with_context(
            skip_backorder=True, picking_ids_not_to_backorder=picking.ids
        ).button_validate()
        self.invoice_by_cron()
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        self.assertEqual(self.totals(row), [20.0])

    def test_an_invoice_that_somebody_made_wrong_still_stops(self):
        row = self.import_payload(payload("I-1", package(line("SHIRT", "30.00", 3))))
        sale = row.sale_order_ids
        with patch.object(
            type(self.env["sale.order.line"]),
            "_prepare_invoice_line",
            lambda line, **values: {
                "product_id": line.product_id.id,
                "quantity": line.qty_to_invoice,
                "price_unit": 9.0,
                "sale_line_ids": [(4, line.id)],
                **values,
            },
        ):
            self.env["lengow.invoicing"]._invoice(row)
        self.assertEqual(row.invoice_state, "error")
        self.assertIn("instead of 30.00\xa0€", row.invoice_error)
        self.assertFalse(sale.invoice_ids)

    # === WHAT NEEDS NO PAYMENT, OR NO INVOICE === #

    def test_a_free_order_is_invoiced_and_needs_no_payment(self):
        row = self.import_and_invoice("I-1", package(line("SHIRT", "0.00")))
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        self.assertEqual(row.sale_order_ids.invoice_ids.state, "posted")

    def test_a_canceled_draft_does_not_count(self):
        row = self.import_payload(payload("I-1"))
        row.sale_order_ids._create_invoices().button_cancel()
        self.invoice_by_cron()
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        posted = row.sale_order_ids.invoice_ids.filtered(lambda m: m.state == "posted")
        self.assertEqual(posted.amount_total, 24.0)

    def test_an_order_that_is_canceled_does_not_wait_for_its_invoice(self):
        row = self.import_payload(payload("I-1"))
        self.assertEqual(row.invoice_state, "todo")
        row.sale_order_ids._action_cancel()
        self.assertFalse(row.invoice_state)

    # === JOURNALS === #

    def test_without_a_payment_journal_the_order_says_that_it_is_not_paid(self):
        self.marketplace.payment_journal_id = False
        row = self.import_and_invoice("I-1")
        invoice = row.sale_order_ids.invoice_ids
        self.assertEqual(invoice.state, "posted")
        self.assertEqual(row.invoice_state, "error")
        self.assertIn("payment journal", row.invoice_error)
        self.account.payment_journal_id = self.journal
        self.assertIn("Amazon", self.marketplace.inherited_payment_journal)
        row.action_invoice_again()
        self.assertEqual(row.invoice_state, "done", row.invoice_error)
        self.assertIn(invoice.payment_state, ("paid", "in_payment"))

    def test_invoices_go_to_the_journal_of_the_marketplace_or_account(self):
        journals = self.env["account.journal"].create(
            [
                {"name": f"Sales {code}", "code": code, "type": "sale"}
                for code in ("MPA", "MPB")
            ]
        )
        self.account.invoice_journal_id = journals[0]
        first = self.import_and_invoice("I-1")
        self.marketplace.invoice_journal_id = journals[1]
        second = self.import_and_invoice("I-2")
        for row, journal in zip((first, second), journals, strict=True):
            self.assertEqual(row.sale_order_ids.invoice_ids.journal_id, journal)

    def test_two_orders_of_a_buyer_have_an_invoice_each(self):
        self.marketplace.workflow = "confirm"
        orders = self.env["lengow.order"]
        for number in ("I-1", "I-2"):
            orders |= self.import_payload(payload(number, marketplace_customer_id="7"))
        sales = orders.sale_order_ids
        self.assertEqual(len(sales.partner_shipping_id), 1)
        other = self.env["sale.order"].create(
            {
                "partner_id": sales.partner_id.id,
                "partner_shipping_id": sales.partner_shipping_id.id,
                "order_line": [(0, 0, {"product_id": self.shirt.id})],
            }
        )
        other.action_confirm()
        invoices = (sales | other)._create_invoices()
        self.assertEqual(len(invoices), 3)
        self.assertFalse(orders - invoices.lengow_order_id)

    def test_no_mail_ever_goes_to_the_buyer(self):
        self.company.stock_move_email_validation = True
        row = self.import_and_invoice("I-1")
        picking = row.sale_order_ids.picking_ids
        picking.move_ids.quantity = 1
        picking.button_validate()
        sale = row.sale_order_ids
        buyer = sale.partner_id
        sale._send_order_confirmation_mail()
        sale.message_post(
            body="Thanks", partner_ids=buyer.ids, subtype_xmlid="mail.mt_comment"
        )
        composer = self.env["mail.compose.message"].with_context(
            active_model="sale.order", active_ids=sale.ids
        )
        composer.create(
            {
                "composition_mode": "mass_mail",
                "model": "sale.order",
                "res_ids": str(sale.ids),
                "subject": "Thanks",
                "body": "Thanks",
            }
        )._action_send_mail()
        self.env["account.move.send"]._generate_and_send_invoices(
            sale.invoice_ids, sending_methods=["email"]
        )
        mails = self.env["mail.mail"].search([("recipient_ids", "in", buyer.ids)])
        notified = self.env["mail.notification"].search(
            [("res_partner_id", "in", buyer.ids)]
        )
        self.assertFalse(mails.mapped(lambda m: (m.model, m.subject, m.email_to)))
        self.assertFalse(notified)
