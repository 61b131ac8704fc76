"""Many documents, one PDF: what is in it, what is not, who may and who did."""

import gc
import os
import tracemalloc
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger
from odoo.tools.pdf import DecodedStreamObject, NameObject

from ..wizards import lengow_document_print
from .common.documents import DocumentCase, image, pdf, pdf_with, texts_of


@tagged("post_install", "-at_install")
class TestDocumentPrint(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.create_accountant()

    def test_documents_come_in_the_order_of_the_list(self):
        orders = self.env["lengow.order"]
        for number in ("A-1", "A-2", "A-3"):
            orders |= self.order_with_documents(
                ("invoice.pdf", pdf(f"Invoice of {number}")),
                ("delivery_note.pdf", pdf(f"Note of {number}")),
                number=number,
            )
        listed = orders.sorted("name", reverse=True)
        texts = texts_of(self.print_pdf(listed))
        expected = [
            f"{kind} of {order.name}"
            for order in listed
            for kind in ("Invoice", "Note")
        ]
        self.assertEqual([text.strip() for text in texts], expected)
        notes = texts_of(self.print_pdf(listed, kind="delivery_note"))
        self.assertEqual(
            [text.strip() for text in notes],
            ["Note of A-3", "Note of A-2", "Note of A-1"],
        )

    def test_selected_documents_are_printed_as_they_are_selected(self):
        order = self.order_with_documents("a.pdf", "b.pdf", "c.pdf")
        a, b, c = order.document_ids.sorted("id")
        texts = texts_of(self.print_pdf(c + a))
        self.assertEqual([text.strip() for text in texts], ["c.pdf", "a.pdf"])
        self.assertTrue(a.printed_at)
        self.assertFalse(b.printed_at)

    def test_what_cannot_be_printed_is_named_in_front(self):
        order = self.order_with_documents(
            ("invoice_1.pdf", pdf("First")),
            ("invoice_2.pdf", pdf(password="secret")),
            ("invoice_3.png", image()),
        )
        good, locked, picture = order.document_ids.sorted("id")
        picture.attachment_id.write(
            {"raw": b"\x89PNG broken since", "mimetype": "image/png"}
        )
        missing = self.order_with_documents("late.pdf", number="A-2", fetch=False)
        texts = texts_of(self.print_pdf(order + missing))
        self.assertEqual(len(texts), 2)
        for words in (
            "not in this print, or not whole: 3",
            "A-1 (Amazon FR), invoice_2.pdf: it is protected by a password",
            "A-1 (Amazon FR), invoice_3.png: it could not be read",
            "A-2 (Amazon FR), late.pdf: it has no file",
        ):
            self.assertIn(words, texts[0])
        self.assertIn("First", texts[1])
        self.assertTrue(good.printed_at)
        self.assertFalse(locked.printed_at or missing.document_ids.printed_at)

    def test_who_printed_and_when_is_kept(self):
        order = self.order_with_documents("invoice.pdf")
        self.print_pdf(order.document_ids, user=self.accountant)
        document = order.document_ids
        self.assertEqual(document.printed_by_id, self.accountant)
        self.assertTrue(document.printed_at)
        self.print_pdf(order, user=self.user)
        self.assertEqual(document.printed_by_id, self.user)
        notes = order.message_ids.filtered(lambda m: "Printed: invoice.pdf" in m.body)
        self.assertEqual(
            set(notes.author_id), {self.accountant.partner_id, self.user.partner_id}
        )

    def test_only_what_was_not_printed_yet(self):
        order = self.order_with_documents("a.pdf", "b.pdf")
        self.print_pdf(order.document_ids.sorted("id")[0])
        texts = texts_of(self.print_pdf(order, only_new=True))
        self.assertEqual([text.strip() for text in texts], ["b.pdf"])

    def test_who_looks_at_what_is_to_be_printed_begins_with_that(self):
        order = self.order_with_documents("a.pdf", "b.pdf")
        other = self.order_with_documents("c.pdf", number="A-2")
        self.print_pdf(order.document_ids.sorted("id")[0])
        for is_asked, counts in ((True, (2, 2)), (False, (3, 2))):
            orders = (order + other).with_context(lengow_only_new=is_asked)
            action = orders.action_print_documents()
            job = self.env["lengow.document.print"].with_context(**action["context"])
            job = job.create({})
            self.assertEqual(job.only_new, is_asked)
            self.assertEqual((job.printable_count, job.order_count), counts)

    def test_the_same_file_is_printed_once(self):
        content = pdf("Same")
        order = self.order_with_documents(("a.pdf", content), ("b.pdf", content))
        self.assertEqual(len(texts_of(self.print_pdf(order))), 1)
        self.assertTrue(all(document.printed_at for document in order.document_ids))

    def test_file_that_cannot_be_read_is_printed_for_none_of_its_documents(self):
        content = pdf("Same")
        order = self.order_with_documents(("a.pdf", content), ("b.pdf", content))
        order.document_ids.attachment_id.write(
            {"raw": b"\x89PNG broken since", "mimetype": "image/png"}
        )
        good = self.order_with_documents("c.pdf", number="A-2").document_ids
        texts = texts_of(self.print_pdf(order + good.order_id))
        self.assertIn("not in this print, or not whole: 2", texts[0])
        self.assertTrue(good.printed_at)
        self.assertFalse(any(document.printed_at for document in order.document_ids))

    def test_file_that_is_lost_is_no_blank_page(self):
        order = self.order_with_documents(("note.txt", b"Pack what will be lost"))
        file = order.document_ids.attachment_id
        Path(file._full_path(file.store_fname)).unlink()
        self.env.invalidate_all()
        with mute_logger("odoo.addons.base.models.ir_attachment"):
            texts = texts_of(self.print_pdf(order))
        self.assertEqual(len(texts), 1)
        self.assertIn("note.txt: it could not be read", texts[0])
        self.assertFalse(order.document_ids.printed_at)

    def test_nothing_to_print_says_so(self):
        order = self.order_with_documents("a.pdf", fetch=False)
        with self.assertRaisesRegex(UserError, "None of these documents"):
            self.print_pdf(order)

    def test_too_much_for_one_pdf_says_so(self):
        order = self.order_with_documents("a.pdf", "b.pdf")
        self.patch(lengow_document_print, "MOST_DOCUMENTS", 1)
        with self.assertRaisesRegex(UserError, "2 documents"):
            self.print_pdf(order)

    def test_an_accountant_prints_without_seeing_orders_or_settings(self):
        order = self.order_with_documents("invoice.pdf")
        documents = self.env["lengow.document"].with_user(self.accountant)
        found = documents.search([("order_name", "=", "A-1")])
        self.assertEqual(found, order.document_ids)
        self.assertEqual(found.marketplace_name, "Amazon FR")
        self.assertTrue(found.attachment_id.raw)
        for model in ("lengow.order", "lengow.account", "lengow.marketplace"):
            self.assertFalse(
                self.env[model].with_user(self.accountant).has_access("read")
            )
        with self.assertRaises(AccessError):
            found.kind = "other"
        with self.assertRaises(AccessError):
            found.action_fetch()
        with self.assertRaises(AccessError):
            self.print_pdf(order, user=self.accountant)

    def test_nobody_else_sees_documents(self):
        order = self.order_with_documents("invoice.pdf")
        stranger = self.create_user("stranger", "base.group_user")
        document = order.document_ids.with_user(stranger)
        with self.assertRaises(AccessError):
            document.read(["name"])
        with self.assertRaises(AccessError):
            order.document_ids.attachment_id.with_user(stranger).read(["raw"])
        with self.assertRaises(AccessError):
            self.print_pdf(order.document_ids, user=stranger)

    def test_documents_stay_in_their_company(self):
        order = self.order_with_documents("invoice.pdf")
        other = self.env["res.company"].create({"name": "Other"})
        elsewhere = self.create_user(
            "elsewhere",
            "account.group_account_invoice",
            "lengow_connector.group_user",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        documents = self.env["lengow.document"].with_user(elsewhere)
        self.assertFalse(documents.search([]))
        with self.assertRaises(AccessError):
            self.print_pdf(order.document_ids, user=elsewhere)

    def test_a_user_corrects_the_kind_and_nothing_else(self):
        document = self.order_with_documents("unknown.pdf").document_ids
        mine = document.with_user(self.user)
        mine.kind = "invoice"
        self.assertEqual(document.kind, "invoice")
        for values in (
            {"url": "https://evil.example.com"},
            {"attachment_id": False},
            {"state": "todo"},
        ):
            with self.assertRaises(AccessError):
                mine.write(values)
        with self.assertRaises(AccessError):
            mine.unlink()

    def test_documents_show_on_the_sale_order_and_the_invoice(self):
        order = self.order_with_documents("invoice.pdf")
        sale = order.sale_order_ids
        invoice = sale._create_invoices()
        file = order.document_ids.attachment_id
        for record in (order, sale, invoice):
            record = record.sudo(False).with_user(self.env.ref("base.user_admin"))
            self.assertIn(file, record._get_mail_thread_data_attachments())
        for record in (sale, invoice):
            self.assertEqual(record.lengow_document_count, 1)
            action = record.action_open_lengow_documents()
            found = self.env["lengow.document"].search(action["domain"])
            self.assertEqual(found, order.document_ids)
        seen = invoice.with_user(self.accountant)
        self.assertEqual(seen.lengow_order_name, "A-1")
        self.assertEqual(seen.lengow_marketplace_name, "Amazon FR")
        self.assertEqual(seen.lengow_document_count, 1)
        self.assertIn(file, seen._get_mail_thread_data_attachments())

    def test_an_invoice_without_lengow_order_has_no_documents(self):
        self.order_with_documents("invoice.pdf")
        invoice = self.env["account.move"].create({"move_type": "out_invoice"})
        self.assertEqual(invoice.lengow_document_count, 0)
        self.assertFalse(invoice._get_mail_thread_data_attachments())

    def test_counting_documents_of_a_page_of_orders_costs_one_query(self):
        orders = self.env["lengow.order"]
        for number in range(4):
            orders |= self.order_with_documents(f"{number}.pdf", number=f"A-{number}")
        self.env.invalidate_all()
        with self.assertQueryCount(1):
            orders.mapped("document_count")

    def test_hundreds_of_documents_are_in_memory_once(self):
        """The PDF that grows holds every file; nothing else may."""
        size, count = 200_000, 150
        order = self.order_with_documents(("a.pdf", pdf("A")))
        first = order.document_ids
        documents = first
        for number in range(count):
            attachment = self.env["ir.attachment"].create(
                {
                    "name": f"{number}.pdf",
                    "raw": pdf_of_size(number, size),
                    "mimetype": "application/pdf",
                    "res_model": "lengow.document",
                    "res_id": first.id,
                }
            )
            documents += self.env["lengow.document"].create(
                {
                    "order_id": order.id,
                    "remote_key": f"n{number}",
                    "name": f"{number}.pdf",
                    "state": "fetched",
                    "attachment_id": attachment.id,
                }
            )
        self.env.invalidate_all()
        gc.collect()
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        job = self.env["lengow.document.print"].create(
            {"res_model": "lengow.document", "res_ids": documents.ids}
        )
        with job._write_pdf() as file:
            _now, peak = tracemalloc.get_traced_memory()
            written = file.tell()
        self.assertGreater(written, size * count)
        self.assertLess(peak, written * 1.5)


def pdf_of_size(number, size):
    """Return a PDF of about a size, whose content no other has."""

    def change(writer):
        stream = DecodedStreamObject()
        stream.set_data(os.urandom(size))
        writer.pages[0][NameObject("/Data")] = writer._add_object(stream)
        writer.add_metadata({"/Title": f"Document {number}"})

    return pdf_with(change)
