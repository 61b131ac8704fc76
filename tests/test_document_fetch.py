"""How documents come: once, checked, tried again where that may help."""

import socket
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..documents import ContentRefused
from ..lengow_api import LinkReader, transport
from ..models.documents.lengow_document import PAUSES
from .common import line, package, payload
from .common.documents import (
    DocumentCase,
    image,
    pdf,
    pdf_with,
    png_without_picture,
    script,
    swollen_pdf,
)

FETCHER = "odoo.addons.lengow_connector.models.documents.lengow_document_fetcher"


@tagged("post_install", "-at_install")
class TestDocumentFetch(DocumentCase):
    def fetch(self):
        """Let the scheduled action run."""
        with self.crons():
            self.run_cron("cron_fetch_documents")
        self.env.invalidate_all()

    def pass_time(self, documents):
        """Let the next try of documents be due."""
        documents.write({"next_try_at": fields.Datetime.now() - timedelta(minutes=1)})

    def calls(self):
        """Return the downloads that the sandbox saw."""
        return [
            call
            for call in self.sandbox.calls
            if call.path.startswith("/v3.0/document/")
        ]

    def document(self, content, name="invoice.pdf", **values):
        """Return the row of a document after one attempt to fetch it."""
        order = self.order_with_documents((name, content), fetch=False, **values)
        self.fetch()
        return order.document_ids

    # === WHAT BECOMES A ROW === #

    def test_documents_of_order_and_lines_become_rows_once(self):
        lines = package(
            line(documents=["L-1", {"id": "O-1", "name": "again"}]),
            line("MUG", documents=[{"url": "https://x.example.com/return.pdf"}]),
        )
        self.put_with_documents(number="A-1", packages=[lines])
        record = self.sandbox.find("amazon_fr", "A-1", 4242)
        record.payload["documents"] = [
            {"id": "O-1", "name": "i.pdf", "type": "invoice"}
        ]
        self.sync()
        order = self.order("A-1")
        found = [(d.remote_id, d.url, d.kind) for d in order.document_ids.sorted("id")]
        self.assertEqual(
            found,
            [
                ("O-1", False, "invoice"),
                ("L-1", False, "other"),
                (False, "https://x.example.com/return.pdf", "return_note"),
            ],
        )
        self.sync()
        self.assertEqual(len(order.document_ids), 3)

    def test_an_order_that_changes_keeps_its_documents(self):
        order = self.order_with_documents("invoice.pdf")
        attachment = order.document_ids.attachment_id
        self.put_with_documents("invoice.pdf", "delivery_note.pdf", comments="new")
        record = self.sandbox.find("amazon_fr", "A-1", 4242)
        record.payload["documents"][0]["id"] = order.document_ids.remote_id
        self.sync()
        self.assertEqual(len(order.document_ids), 2)
        self.assertEqual(order.document_ids.attachment_id, attachment)

    def test_documents_of_an_anonymised_order_are_not_taken(self):
        order = self.order_with_documents("invoice.pdf", fetch=False, anonymized=True)
        self.assertFalse(order.document_ids)

    def test_documents_go_with_the_buyer_s_data_and_do_not_come_back(self):
        order = self.order_with_documents("invoice.pdf")
        file = order.document_ids.attachment_id
        order._anonymise()
        self.assertFalse(order.document_ids)
        self.assertFalse(file.exists())
        self.put_with_documents("invoice.pdf", "return_note.pdf", comments="changed")
        self.sync()
        self.assertFalse(order.document_ids)

    def test_odd_documents_do_not_stop_the_order(self):
        for number, documents in enumerate(("x", {"id": 5}, [None, [], True, 0.5])):
            order = self.import_payload(payload(f"ODD-{number}", documents=documents))
            self.assertEqual(order.import_state, "imported", order.error_message)

    # === WHAT IS KEPT === #

    def test_a_good_file_is_kept_as_it_came(self):
        content = image("JPEG", (2500, 2500))
        document = self.document(content, "delivery_note.pdf")
        self.assertEqual(document.state, "fetched", document.error_message)
        self.assertEqual(document.kind, "delivery_note")
        file = document.attachment_id
        self.assertEqual(file.raw, content, "large images are not shrunk")
        self.assertEqual(file.mimetype, "image/jpeg")
        self.assertEqual(file.name, "delivery_note.pdf.jpg", "the name tells the truth")
        self.assertEqual(
            (file.res_model, file.res_id), ("lengow.document", document.id)
        )
        self.assertFalse(file.public)
        self.assertFalse(document.next_try_at)
        self.fetch()
        self.assertEqual(
            len(self.calls()), 1, "what was fetched is not asked for again"
        )

    def test_the_same_file_of_an_order_is_kept_once(self):
        content = pdf("Twice")
        order = self.order_with_documents(("a.pdf", content), ("b.pdf", content))
        self.assertEqual(set(order.document_ids.mapped("state")), {"fetched"})
        self.assertEqual(len(order.document_ids.attachment_id), 1)

    def test_a_file_with_a_password_is_kept_and_marked(self):
        document = self.document(pdf(password="secret"))
        self.assertEqual(document.state, "fetched")
        self.assertTrue(document.is_locked)

    def test_deleting_an_order_deletes_its_files(self):
        order = self.order_with_documents("invoice.pdf", lengow_status="canceled")
        attachment = order.document_ids.attachment_id
        self.assertTrue(attachment)
        order.unlink()
        self.assertFalse(attachment.exists())

    # === WHAT GOES WRONG === #

    def assert_failed(self, document, words):
        """Check that a document says why it failed, and is due again."""
        self.assertEqual(document.state, "failed")
        self.assertIn(words, document.error_message)
        self.assertFalse(document.attachment_id)
        self.assertEqual(document.attempt_count, 1)
        pause = document.next_try_at - fields.Datetime.now()
        self.assertLess(abs(pause - PAUSES[0]), timedelta(minutes=1))

    def assert_refused(self, document, words):
        """Check that a document says why it is not kept, and rests."""
        self.assertEqual(document.state, "refused", document.error_message)
        self.assertIn(words, document.error_message)
        self.assertFalse(document.attachment_id)
        self.assertFalse(document.next_try_at)

    def assert_nothing_stored(self):
        self.assertFalse(
            self.env["ir.attachment"].search([("res_model", "=", "lengow.document")])
        )

    def test_what_may_pass_is_tried_again(self):
        for number, (fault, words) in enumerate(
            [
                ({"status": 404}, "does not exist"),
                ({"status": 500, "times": None}, "has a problem"),
                ({"status": 403, "times": None}, "denied"),
                ({"cut": "mid", "times": None}, "broke off"),
                ({"cut": "short", "times": None}, "broke off"),
                ({"html": True}, "web page"),
                ({"body": ""}, "web page"),
            ]
        ):
            with self.subTest(fault):
                self.sandbox.faults.clear()
                self.sandbox.faults.add(path="/v3.0/document/", **fault)
                with self._hurry():
                    document = self.document(pdf(), number=f"F-{number}")
                self.assert_failed(document, words)
        self.assert_nothing_stored()

    def _hurry(self):
        """Let the client's own repetitions take no time."""
        return patch.object(transport.time, "sleep", lambda _seconds: None)

    def test_a_file_of_no_bytes_is_tried_again(self):
        self.assert_failed(self.document(b""), "empty")

    def test_a_file_that_is_cut_without_anyone_noticing_is_tried_again(self):
        whole = pdf("text " * 30)
        self.assert_failed(self.document(whole[: len(whole) // 2]), "damaged")
        self.assert_nothing_stored()

    def test_what_heals_is_fetched_by_a_later_run(self):
        self.sandbox.faults.add(path="/v3.0/document/", status=404)
        document = self.document(pdf("Healed"))
        self.assert_failed(document, "does not exist")
        self.fetch()
        self.assertEqual(len(self.calls()), 1, "not before its time")
        self.pass_time(document)
        self.fetch()
        self.assertEqual(document.state, "fetched")
        self.assertFalse(document.error_message)

    def test_attempts_end_and_a_click_begins_anew(self):
        self.sandbox.faults.add(path="/v3.0/document/", status=404, times=None)
        document = self.document(pdf())
        for _attempt in PAUSES:
            self.pass_time(document)
            self.fetch()
        self.assertEqual(document.attempt_count, len(PAUSES) + 1)
        self.assertFalse(document.next_try_at)
        self.assertEqual(document.state, "failed")
        self.sandbox.faults.clear()
        document.with_user(self.user).action_fetch()
        self.assertEqual(document.state, "fetched")
        again = document.with_user(self.user).action_fetch()
        self.assertIn("downloaded already", again["params"]["message"])

    def test_200_megabytes_are_not_taken(self):
        document = self.document(bytes(200 * 1024 * 1024))
        self.assert_refused(document, "25 MB")
        self.assert_nothing_stored()

    def test_a_web_page_called_pdf_is_not_kept(self):
        page = b"<html><script>alert(1)</script></html>"
        self.assert_refused(self.document(page, "invoice.pdf"), "neither")
        self.assert_nothing_stored()

    def test_a_pdf_with_a_script_is_not_kept(self):
        self.assert_refused(self.document(pdf_with(script)), "scripts")
        self.assert_nothing_stored()

    # === TROUBLE OF THE ACCOUNT === #

    def test_a_picture_without_picture_says_so_and_is_tried_again(self):
        document = self.document(png_without_picture(), "label.png")
        self.assertEqual(document.state, "failed")
        self.assertIn("damaged or incomplete", document.error_message)
        self.assertTrue(document.next_try_at)

    def test_a_pdf_that_grows_to_gigabytes_is_not_kept(self):
        document = self.document(swollen_pdf(40))
        self.assertEqual(document.state, "refused")
        self.assertIn("too large to print", document.error_message)

    def test_what_nobody_foresaw_undoes_nothing_of_the_documents_before(self):
        order = self.order_with_documents("a.pdf", "b.pdf", fetch=False)
        reading = patch(
            f"{FETCHER}.check_content",
            side_effect=[ContentRefused("kind"), ZeroDivisionError()],
        )
        with reading, mute_logger(FETCHER):
            order.document_ids.action_fetch()
        self.env.flush_all()
        self.env.invalidate_all()
        documents = order.document_ids.sorted("state")
        self.assertEqual(documents.mapped("state"), ["failed", "refused"])
        self.assertEqual(documents.mapped("attempt_count"), [1, 1])

    def test_what_nobody_foresaw_ends_on_its_document_and_stops_no_other(self):
        self.put_with_documents("a.pdf", number="A-1")
        self.put_with_documents("b.pdf", number="A-2")
        self.sync()
        first, second = self.order("A-1").document_ids, self.order("A-2").document_ids
        kept = type(self.env["ir.attachment"]).create
        problem = ZeroDivisionError("of another module")

        def create(attachments, values):
            if isinstance(values, dict) and values.get("res_id") == first.id:
                raise problem
            return kept(attachments, values)

        with (
            patch.object(type(self.env["ir.attachment"]), "create", create),
            mute_logger(FETCHER),
        ):
            self.fetch()
        self.assertEqual((first.state, second.state), ("failed", "fetched"))
        self.assertIn("ZeroDivisionError", first.error_message)
        self.assertEqual(first.attempt_count, 1)

    def test_trouble_of_the_account_costs_its_documents_no_attempt(self):
        order = self.order_with_documents("a.pdf", "b.pdf", fetch=False)
        self.sandbox.faults.add(
            path="/v3.0/document/",
            status=429,
            headers={"Retry-After": "7200"},
            times=None,
        )
        self.fetch()
        self.assertEqual(len(self.calls()), 1)
        self.assertEqual(self.account.error_code, "rate_limited")
        self.assertEqual(set(order.document_ids.mapped("state")), {"todo"})
        self.assertEqual(order.document_ids.mapped("attempt_count"), [0, 0])
        earliest = fields.Datetime.now() + timedelta(minutes=110)
        self.assertTrue(all(d.next_try_at > earliest for d in order.document_ids))

    def test_an_account_that_is_not_connected_fetches_nothing(self):
        self.order_with_documents("a.pdf", fetch=False)
        self.account.action_disconnect()
        self.fetch()
        self.assertFalse(self.calls())

    def test_a_worker_that_dies_leaves_the_document_for_later(self):
        order = self.order_with_documents("a.pdf", fetch=False)
        document = order.document_ids
        document._claim()
        self.assertEqual(document.attempt_count, 1)
        self.assertGreater(document.next_try_at, fields.Datetime.now())
        self.fetch()
        self.assertFalse(self.calls(), "another worker leaves it alone meanwhile")
        self.pass_time(document)
        self.fetch()
        self.assertEqual(document.state, "fetched")

    # === THE BUTTON === #

    def test_the_button_of_an_order_fetches_what_is_missing(self):
        order = self.order_with_documents("a.pdf", "b.pdf", fetch=False)
        answer = order.with_user(self.user).action_fetch_documents()
        self.assertEqual(answer["params"]["type"], "success")
        self.assertEqual(order.document_count, 2)
        order.with_user(self.user).action_fetch_documents()
        self.assertEqual(len(self.calls()), 2)

    def test_the_button_says_what_is_wrong(self):
        order = self.order_with_documents(("a.pdf", b"<html></html>"), fetch=False)
        answer = order.with_user(self.user).action_fetch_documents()
        self.assertEqual(answer["params"]["type"], "warning")
        self.assertIn("0 of 1", answer["params"]["message"])
        self.assertIn("neither a PDF", answer["params"]["message"])


@tagged("post_install", "-at_install")
class TestDocumentLinks(DocumentCase):
    def order_with_link(self, link):
        """Return the document of an order that names only a link."""
        (document,) = self.put_with_documents(("delivery_note.pdf", pdf("Linked")))
        record = self.sandbox.find("amazon_fr", "A-1", 4242)
        record.payload["documents"] = [link(document) if callable(link) else link]
        self.sync()
        row = self.order("A-1").document_ids
        row.action_fetch()
        return row

    def test_a_link_on_lengow_itself_is_followed_without_keys(self):
        row = self.order_with_link(
            lambda document: self.server.url + self.sandbox.documents.link(document)
        )
        self.assertEqual(row.state, "fetched", row.error_message)
        self.assertEqual(row.kind, "delivery_note")
        (call,) = [c for c in self.sandbox.calls if c.path.startswith("/files/")]
        self.assertIsNone(call.authorization)

    def test_a_link_to_the_download_call_uses_the_keys(self):
        row = self.order_with_link(
            lambda document: f"{self.server.url}/v3.0/document/{document.id}"
        )
        self.assertEqual(row.state, "fetched", row.error_message)

    def test_a_document_whose_number_is_unknown_is_read_by_its_link(self):
        row = self.order_with_link(
            lambda document: {
                "id": "no-such",
                "url": self.server.url + self.sandbox.documents.link(document),
            }
        )
        self.assertEqual(row.state, "fetched", row.error_message)

    def test_a_link_to_another_host_is_refused_and_says_what_to_do(self):
        for link in (
            "https://files.example.com/1.pdf",
            "http://127.0.0.1:1/1.pdf",
            "https://169.254.169.254/latest/meta-data/",
            "file:///etc/passwd",
        ):
            with self.subTest(link):
                self.sandbox.clear_orders()
                self.env["lengow.order"].search(
                    [("name", "=", "A-1")]
                ).document_ids.unlink()
                row = self.order_with_link(link)
                self.assertEqual(row.state, "refused")
                self.assertIn("A manager can allow", row.error_message)
                self.assertFalse(row.attachment_id)

    def test_a_redirect_to_a_private_address_is_refused(self):
        self.account.document_hosts = "*.lengow.io, internal.example.com"
        self.sandbox.faults.add(
            path="/files/",
            status=302,
            headers={"Location": "https://internal.example.com/secret"},
        )
        real = socket.getaddrinfo

        def resolve(host, *args, **kwargs):
            if host == "internal.example.com":
                return [(2, 1, 6, "", ("10.0.0.1", 443))]
            return real(host, *args, **kwargs)

        with patch.object(socket, "getaddrinfo", resolve):
            row = self.order_with_link(
                lambda document: self.server.url + self.sandbox.documents.link(document)
            )
        self.assertEqual(row.state, "refused")
        self.assertIn("private network", row.error_message)
        self.assertFalse(row.attachment_id)

    def test_the_hosts_of_the_account_are_those_of_the_reader(self):
        self.account.document_hosts = " a.example.com;*.b.example.com "
        with (
            patch.object(LinkReader, "__init__", return_value=None) as made,
            patch.object(LinkReader, "read", side_effect=AssertionError),
            mute_logger(FETCHER),
        ):
            self.order_with_link("https://a.example.com/1.pdf")
        self.assertEqual(made.call_args.args[0], ["a.example.com", "*.b.example.com"])

    def test_hosts_must_be_names_of_hosts(self):
        for hosts in ("https://a.example.com", "localhost", "10.0.0.1", "*", "*.com"):
            with self.subTest(hosts), self.assertRaises(ValidationError):
                self.account.document_hosts = hosts

    def test_a_new_link_gives_a_failed_document_new_tries(self):
        row = self.order_with_link("https://files.example.com/1.pdf?X-Amz-Signature=a")
        self.assertEqual(row.state, "refused")
        record = self.sandbox.find("amazon_fr", "A-1", 4242)
        record.payload["documents"] = [
            "https://files.example.com/1.pdf?X-Amz-Signature=b"
        ]
        self.sync()
        self.assertEqual(self.order("A-1").document_ids, row)
        self.assertEqual(row.state, "todo")
        self.assertTrue(row.url.endswith("=b"))
