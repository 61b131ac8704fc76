"""Documents and exports as people get them: in the browser, over HTTP."""

import io
from ast import literal_eval
from datetime import UTC, datetime

from openpyxl import load_workbook

from odoo.tests import HttpCase, tagged

from .common import line, package
from .common.documents import DocumentCase, pdf, texts_of


@tagged("post_install", "-at_install")
class TestDocumentTours(DocumentCase, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls.create_accountant()

    def last_job(self, model, user):
        """Return what a user asked for last."""
        return self.env[model].search(
            [("create_uid", "=", user.id)], order="id desc", limit=1
        )

    def test_an_accountant_prints_ten_invoices(self):
        today = datetime.now(UTC).isoformat()
        for number in range(11):
            name = f"TODAY-{number}" if number < 10 else "EARLIER"
            self.order_with_documents(
                ("invoice.pdf", pdf(f"Invoice of {name}")),
                ("delivery_note.pdf", pdf(f"Note of {name}")),
                number=name,
                marketplace_order_date=today,
            )
        self.start_tour(
            "/odoo/lengow-documents", "lengow_print_documents", login="accountant"
        )
        job = self.last_job("lengow.document.print", self.accountant)
        answer = self.url_open(f"/lengow/documents/print/{job.id}")
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("inline", answer.headers["Content-Disposition"])
        self.assertEqual(int(answer.headers["Content-Length"]), len(answer.content))
        texts = [text.strip() for text in texts_of(answer.content)]
        listed = self.env["lengow.document"].search(
            [("order_name", "like", "TODAY"), ("kind", "=", "invoice")]
        )
        self.assertEqual(texts, [f"Invoice of {d.order_name}" for d in listed])
        self.assertEqual(len(texts), 10)
        self.assertEqual(listed.printed_by_id, self.accountant)
        self.assertTrue(all(listed.mapped("printed_at")))

    def test_the_menu_of_accountants_leads_to_the_documents(self):
        menus = self.env["ir.ui.menu"].with_user(self.accountant)
        visible = menus.browse(menus._visible_menu_ids())
        menu = self.env.ref("lengow_connector.account_menu_lengow_document")
        self.assertIn(menu, visible)
        root = self.env.ref("lengow_connector.lengow_menu_root")
        self.assertNotIn(root, visible)

    def test_accountants_see_invoices_first(self):
        menu = self.env.ref("lengow_connector.account_menu_lengow_document")
        views = menu.action.search_view_id.arch
        self.assertEqual(
            literal_eval(menu.action.context), {"search_default_invoice": 1}
        )
        self.assertIn('name="invoice"', views)

    def test_nobody_draws_documents_who_may_only_read_them(self):
        order = self.order_with_documents("invoice.pdf")
        file = order.document_ids.attachment_id
        self.assertTrue(file)
        self.assertFalse(self._is_drawn(order, "lengow-user"), "it is, and kept")
        self.assertTrue(self._is_drawn(order.sale_order_ids, "accountant"))
        self.assertFalse(file.thumbnail)

    def _is_drawn(self, record, login):
        """Return what the conversation of a record tells somebody of its only file."""
        self.authenticate(login, login)
        params = {
            "thread_model": record._name,
            "thread_id": record.id,
            "request_list": ["attachments"],
        }
        data = self.make_jsonrpc_request(
            "/mail/data", {"fetch_params": [["mail.thread", params]]}
        )
        [file] = data["ir.attachment"]
        return file["has_thumbnail"]

    def test_a_user_prints_delivery_notes_of_selected_orders(self):
        for number in ("A-1", "A-2", "A-3"):
            self.order_with_documents("invoice.pdf", "delivery_note.pdf", number=number)
        self.start_tour(
            "/odoo/lengow-orders",
            "lengow_print_documents_of_orders",
            login="lengow-user",
        )
        printed = self.env["lengow.document"].search([("printed_at", "!=", False)])
        self.assertEqual(
            printed.mapped(lambda d: (d.order_name, d.name)),
            [("A-2", "delivery_note.pdf"), ("A-1", "delivery_note.pdf")],
        )

    def test_a_user_exports_selected_orders(self):
        self.user.group_ids |= self.env.ref("base.group_allow_export")
        for number in ("A-1", "A-2", "A-3"):
            lines = package(line(), line("MUG", title="=cmd|' /C calc'!A1"))
            self.order_with_documents(number=number, packages=[lines], total="48.00")
        self.start_tour(
            "/odoo/lengow-orders", "lengow_export_orders", login="lengow-user"
        )
        export = self.last_job("lengow.order.export", self.user)
        self.assertEqual((export.scope, export.row_per), ("selection", "line"))
        answer = self.url_open(f"/lengow/orders/export/{export.id}")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        sheet = load_workbook(io.BytesIO(answer.content)).active
        rows = [
            dict(zip(rows_headings(sheet), row, strict=True)) for row in rows_of(sheet)
        ]
        self.assertEqual(
            [(row["Marketplace Order"], row["SKU"]) for row in rows],
            [("A-3", "SHIRT"), ("A-3", "MUG"), ("A-1", "SHIRT"), ("A-1", "MUG")],
        )
        self.assertEqual(rows[1]["Description"], "=cmd|' /C calc'!A1")
        cell = sheet.cell(3, rows_headings(sheet).index("Description") + 1)
        self.assertEqual(cell.data_type, "s", "it is a text, no formula")
        self.assertTrue(cell.quotePrefix)

    def test_a_job_of_somebody_else_is_not_there(self):
        order = self.order_with_documents("invoice.pdf")
        job = (
            self.env["lengow.document.print"]
            .with_user(self.user)
            .create({"res_model": "lengow.order", "res_ids": order.ids})
        )
        self.user.group_ids |= self.env.ref("base.group_allow_export")
        export = self.env["lengow.order.export"].with_user(self.user).create({})
        for login, status in ((None, 404), ("accountant", 404), ("lengow-user", 200)):
            self.authenticate(login, login)
            for path in (f"documents/print/{job.id}", f"orders/export/{export.id}"):
                with self.subTest(login=login, path=path):
                    answer = self.url_open(f"/lengow/{path}", allow_redirects=False)
                    expected = 303 if login is None else status
                    self.assertEqual(answer.status_code, expected)

    def test_a_print_that_cannot_be_made_says_why(self):
        order = self.order_with_documents("invoice.pdf")
        job = (
            self.env["lengow.document.print"]
            .with_user(self.user)
            .create({"res_model": "lengow.order", "res_ids": order.ids})
        )
        order.document_ids.unlink()
        self.authenticate("lengow-user", "lengow-user")
        answer = self.url_open(f"/lengow/documents/print/{job.id}")
        self.assertEqual(answer.status_code, 422)
        self.assertIn("None of these documents is available", answer.text)


def rows_headings(sheet):
    """Return the headings of a sheet."""
    return [cell.value for cell in sheet[1]]


def rows_of(sheet):
    """Return the values of the rows of a sheet, without its headings."""
    return list(sheet.iter_rows(min_row=2, values_only=True))
