"""Marketplaces whose orders are invoiced and noted as paid at once."""

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

    def test_failure_stays_on_the_order_and_leaves_no_draft(self):
        self.journal.inbound_payment_method_line_ids.unlink()
        row = self.import_and_invoice("I-1")
        self.assertEqual(row.import_state, "imported")
        self.assertEqual(row.invoice_state, "error")
        self.assertTrue(row.invoice_error)
        self.assertFalse(row.sale_order_ids.invoice_ids)

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
