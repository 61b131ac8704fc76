"""When their time is over, nothing that names the buyers is left."""

from odoo.tests import tagged

from .anonymise_common import AnonymiseCase


@tagged("post_install", "-at_install")
class TestAnonymiseEverything(AnonymiseCase):
    """Plants markers in everything, and searches everything for them."""

    def test_nothing_is_left_of_a_buyer_without_invoice(self):
        order = self.import_marked()
        self.deliver(order)
        self.invoice(order, post=False)
        self.talk_about(order)
        before = self.search_everything()
        self.assertGreater(len(before), 30, before)
        order._anonymise()
        self.assertEqual(self.search_everything(), {})

    def test_posted_invoice_keeps_what_it_shows_and_nothing_else(self):
        order = self.import_marked()
        self.deliver(order)
        invoice = self.invoice(order, post=True)
        self.talk_about(order)
        filed = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", invoice.id)]
        )[:1]
        order._anonymise()
        found = self.search_everything()
        self.assertEqual(
            set(found),
            {
                "account_move.invoice_partner_display_name",
                "account_move.narration",
                # its customer and delivery address, archived
                "res_partner.name",
                "res_partner.complete_name",
                "res_partner.commercial_company_name",
                "res_partner.street",
                "res_partner.street2",
                "res_partner.city",
                "res_partner.vat",
                "res_partner.peppol_endpoint",  # the VAT number again
                # what somebody filed with the invoice
                "ir_attachment.name",
                "ir_attachment.index_content",
                self.env["ir.attachment"]._full_path(filed.store_fname),
            },
            found,
        )
        self.assertEqual(found["ir_attachment.name"], {filed.name})
        for partner in invoice.partner_id | invoice.partner_shipping_id:
            self.assertFalse(partner.active)
            self.assertFalse(partner.email)
            self.assertFalse(partner.phone)
