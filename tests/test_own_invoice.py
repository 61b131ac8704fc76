"""Our invoice reaches the marketplace that takes it, once, and no other."""

from datetime import date
from pathlib import Path

from lxml import etree

from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..models.outbox.kinds import kind_of
from .common import line, package, payload
from .common.documents import pdf
from .common.outbox import OutboxCase


@tagged("post_install", "-at_install")
class TestOwnInvoice(OutboxCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mirakl = cls.find_marketplace("galeries_lafayette")
        cls.accountant = cls.create_accountant()

    def setUp(self):
        super().setUp()
        self.sandbox.documents.uploads.clear()

    def invoice(self, number="G-1", marketplace="galeries_lafayette", **values):
        """Return the draft invoice of an imported order."""
        order = self.import_order(number, marketplace=marketplace, **values)
        return order.sale_order_ids._create_invoices()

    def with_pdf(self, move):
        """Give a document its legal PDF, as Odoo's own sending would have."""
        move.env["ir.attachment"].create(
            {
                "name": f"{move.name.replace('/', '_')}.pdf",
                "raw": pdf(f"Document {move.name}"),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
        )
        move.invalidate_recordset(["invoice_pdf_report_id", "invoice_pdf_report_file"])
        return move

    def post(self, move):
        """Post a document as an accountant does who is no Lengow user."""
        move.with_user(self.accountant).action_post()
        return self.action_of(move)

    def action_of(self, move):
        """Return the action that sends a document."""
        return self.env["lengow.action"].search(
            [("move_id", "=", move.id), ("kind", "=", "invoice")]
        )

    def test_posting_plans_and_calls_nobody(self):
        invoice = self.invoice()
        self.sandbox.calls.clear()
        action = self.post(invoice)
        self.assertEqual(action.state, "todo")
        self.assertEqual(action.order_id, invoice.lengow_order_id)
        self.assertFalse(self.sandbox.calls)
        self.assertFalse(invoice.invoice_pdf_report_id, "the PDF comes when it is sent")

    def test_the_invoice_is_sent_with_its_facts(self):
        invoice = self.invoice()
        invoice.invoice_date = date(2026, 1, 20)
        action = self.post(invoice)
        self.with_pdf(invoice)
        self.send()
        self.assertEqual(action.state, "done", action.error_message)
        (upload,) = self.sandbox.documents.uploads
        self.assertEqual(upload.marketplace_order_id, "G-1")
        self.assertEqual(upload.content, invoice.invoice_pdf_report_id.raw)
        self.assertEqual(
            upload.metadata,
            {
                "document_number": invoice.name,
                "issue_date": "2026-01-20T00:00:00Z",
                "due_date": f"{invoice.invoice_date_due}T00:00:00Z",
                "total_amount_excluding_taxes": 20.0,
                "total_tax_amount": 4.0,
            },
        )
        self.assertFalse(
            self.env["mail.mail"].search([("res_id", "=", invoice.id)]),
            "nobody is mailed",
        )

    def test_the_pdf_is_the_one_that_odoo_makes(self):
        invoice = self.invoice()
        action = self.post(invoice)
        with self.allow_pdf_render():
            kind_of("invoice").make_document(
                action.with_context(force_report_rendering=True)
            )
        document = kind_of("invoice").document(action)
        self.assertTrue(document["content"].startswith(b"%PDF-"))
        self.assertEqual(document["content"], invoice.invoice_pdf_report_id.raw)
        self.assertNotIn("proforma", document["filename"])
        self.assertFalse(self.env["mail.mail"].search([("model", "=", "account.move")]))

    def test_a_pdf_that_is_lost_is_not_sent_empty(self):
        invoice = self.invoice()
        action = self.post(invoice)
        file = self.with_pdf(invoice).invoice_pdf_report_id
        Path(file._full_path(file.store_fname)).unlink()
        self.env.invalidate_all()
        self.send()
        self.assertFalse(self.sandbox.documents.uploads)
        self.assertEqual(action.state, "failed")
        self.assertIn("There is no PDF of", action.error_message)

    def test_a_credit_note_is_sent_too(self):
        invoice = self.invoice()
        self.post(invoice)
        self.with_pdf(invoice)
        self.send()
        credit_note = invoice._reverse_moves([{"invoice_date": date(2026, 2, 1)}])
        self.assertEqual(self.post(credit_note).state, "todo")
        self.with_pdf(credit_note)
        self.send()
        self.assertEqual(self.action_of(credit_note).state, "done")
        sent = [u.metadata["document_number"] for u in self.sandbox.documents.uploads]
        self.assertEqual(sent, [invoice.name, credit_note.name])

    def test_marketplaces_that_take_no_invoice_get_none(self):
        invoice = self.invoice("Z-1", "zalando")
        self.assertFalse(self.post(invoice))
        self.assertFalse(invoice.lengow_invoice_state)

    def test_the_setting_turns_it_off_and_a_button_makes_up_for_it(self):
        self.mirakl.send_invoices = False
        invoice = self.invoice()
        self.assertFalse(self.post(invoice))
        self.mirakl.send_invoices = True
        seen = invoice.with_user(self.accountant)
        self.assertEqual(seen.lengow_invoice_state, "missing")
        seen.action_lengow_send_invoice()
        self.assertEqual(self.action_of(invoice).state, "todo")
        self.assertEqual(seen.lengow_invoice_state, "open")
        seen.action_lengow_send_invoice()
        self.assertEqual(len(self.action_of(invoice)), 1)

    def test_an_invoice_that_goes_back_to_draft_is_not_sent(self):
        invoice = self.invoice()
        action = self.post(invoice)
        invoice.button_draft()
        self.send()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(self.sandbox.documents.uploads)
        self.with_pdf(invoice)
        invoice.action_post()
        self.send()
        self.assertEqual(len(self.sandbox.documents.uploads), 1)

    def test_a_lost_answer_calls_for_somebody_and_sends_nothing_twice(self):
        invoice = self.invoice()
        action = self.post(invoice)
        self.with_pdf(invoice)
        self.sandbox.faults.add(path="/v3.0/document", method="POST", cut="after")
        self.send()
        self.assertEqual(action.state, "unknown")
        self.pass_time(action, minutes=10)
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("Look on the marketplace", action.error_message)
        self.assertEqual(len(self.sandbox.documents.uploads), 1)
        action.action_retry()
        self.send()
        self.assertEqual(action.state, "done")
        self.assertEqual(len(self.sandbox.documents.uploads), 2, "a person's decision")

    def test_a_refusal_says_why(self):
        invoice = self.invoice()
        action = self.post(invoice)
        self.with_pdf(invoice)
        self.sandbox.faults.add(
            path="/v3.0/document",
            method="POST",
            status=400,
            body={"error": {"message": "document_number is already known"}},
        )
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("already known", action.error_message)
        self.assertTrue(action.order_id.activity_ids)

    def test_a_pdf_that_cannot_be_made_says_why(self):
        invoice = self.invoice()
        action = self.post(invoice)
        reason = "No wkhtmltopdf on this server."
        problem = UserError(reason)

        def fail(*_args, **_kwargs):
            raise problem

        self.patch(
            self.registry["account.move.send"], "_generate_and_send_invoices", fail
        )
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("No wkhtmltopdf", action.error_message)
        self.assertFalse(self.sandbox.documents.uploads)

    def make_with(self, make):
        """Have invoices be made by a function instead of Odoo's own."""
        made = []

        def generate(_service, moves, **settings):
            made.append(settings)
            make(moves)

        sending = self.registry["account.move.send"]
        self.patch(sending, "_generate_and_send_invoices", generate)
        return made

    def test_a_localisation_that_commits_while_it_invoices_stops_nothing(self):
        def commit_as_localisations_do(moves):
            moves.env.cr.commit()
            self.with_pdf(moves)
            moves.env.cr.commit()

        action = self.post(self.invoice())
        self.make_with(commit_as_localisations_do)
        self.send()
        self.assertEqual(action.state, "done", action.error_message)
        self.assertEqual(len(self.sandbox.documents.uploads), 1)

    def test_making_the_pdf_tells_no_tax_authority(self):
        action = self.post(self.invoice())
        made = self.make_with(self.with_pdf)
        self.send()
        self.assertEqual(action.state, "done", action.error_message)
        self.assertEqual(
            made,
            [
                {
                    "sending_methods": [],
                    "extra_edis": set(),
                    "invoice_edi_format": False,
                }
            ],
        )

    def test_an_invoice_withdrawn_while_its_pdf_is_made_is_not_sent(self):
        action = self.post(self.invoice())

        def withdraw(moves):
            self.with_pdf(moves)
            moves.env["lengow.action"].browse(action.id)._mark_canceled("Withdrawn.")

        self.make_with(withdraw)
        self.send()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(self.sandbox.documents.uploads)

    def test_what_is_missing_for_the_pdf_is_said_in_odoo_s_words(self):
        action = self.post(self.invoice())

        def warn(_moves):
            words, button = "No layout yet.", "Open"
            raise RedirectWarning(words, 1, button)

        self.make_with(warn)
        self.send()
        self.assertEqual(action.state, "failed")
        self.assertIn("No layout yet.", action.error_message)

    def test_posted_again_it_is_sent_once(self):
        invoice = self.invoice()
        action = self.post(invoice)
        self.with_pdf(invoice)
        self.send()
        self.assertEqual(action.state, "done", action.error_message)
        invoice.button_draft()
        self.assertEqual(self.post(invoice), action)
        self.send()
        self.assertEqual(len(self.sandbox.documents.uploads), 1)

    def test_test_mode_sends_no_invoice(self):
        self.account.test_mode = True
        invoice = self.invoice()
        action = self.post(invoice)
        self.send()
        self.assertEqual(action.state, "withheld")
        self.account.test_mode = False
        self.send()
        self.assertFalse(self.sandbox.documents.uploads)
        self.assertEqual(
            invoice.lengow_invoice_state, "missing", "whoever wants to sends it"
        )

    def test_a_marketplace_that_invoices_itself_gets_no_invoice_made_here(self):
        self.mirakl.write({"invoiced_by_marketplace": True, "workflow": "invoice"})
        order = self.import_payload(
            payload("G-9", package(line()), marketplace="galeries_lafayette")
        )
        sale = order.sale_order_ids
        self.assertEqual(sale.state, "sale")
        self.assertFalse(order.invoice_state)
        self.assertEqual(sale.invoice_status, "no")
        with self.assertRaisesRegex(UserError, "invoices the buyer"):
            sale._create_invoices()
        self.mirakl.invoiced_by_marketplace = False
        self.assertEqual(sale.invoice_status, "to invoice")
        self.assertTrue(sale._create_invoices())

    def test_the_definition_decides_who_takes_invoices(self):
        self.assertTrue(self.mirakl.accepts_invoices)
        self.assertFalse(self.marketplace.accepts_invoices)

    # === WHAT MARKETPLACES HAVE NOT GOT YET === #

    def listed(self, *states):
        """Return the documents that an accountant finds in some states."""
        moves = self.env["account.move"].with_user(self.accountant)
        return moves.search([("lengow_invoice_state", "in", list(states))])

    def test_an_accountant_lists_what_the_marketplace_has_not_got_yet(self):
        self.mirakl.send_invoices = False
        unsent, waiting, refused, sent = (
            self.invoice(number) for number in ("G-1", "G-2", "G-3", "G-4")
        )
        self.post(unsent)
        draft = self.invoice("G-5")
        self.mirakl.send_invoices = True
        other = self.invoice("Z-1", "zalando")
        self.post(other)
        for move in (refused, sent):
            self.post(move)
            self.with_pdf(move)
        self.send()
        self.action_of(refused).state = "failed"
        self.post(waiting)
        self.assertEqual(
            [self.listed(state) for state in ("missing", "open", "failed", "sent")],
            [unsent, waiting, refused, sent],
        )
        everything = unsent | waiting | refused | sent
        for move in everything:
            self.assertIn(move, self.listed(move.lengow_invoice_state))
        self.assertFalse((draft | other) & self.listed("missing", "open", "failed"))
        self.assertLessEqual(draft | other, self.listed(False))

    def test_their_list_says_whose_they_are_and_takes_no_file(self):
        action = self.env.ref("lengow_connector.account_move_missing_action")
        moves = self.env["account.move"].with_user(self.accountant)
        tree = etree.fromstring(moves.get_view(action.view_id.id, "list")["arch"])
        context = safe_eval(action.context)

        def is_shown(field):
            hidden = safe_eval(
                field.get("column_invisible", "False"), {"context": context}
            )
            return not hidden and field.get("optional") != "hide"

        shown = [
            field.get("name") for field in tree.iterchildren("field") if is_shown(field)
        ]
        for name in (
            "invoice_partner_display_name",
            "invoice_date",
            "lengow_marketplace_name",
            "lengow_invoice_state",
            "amount_total_in_currency_signed",
        ):
            self.assertEqual(shown.count(name), 1, shown)
        self.assertLessEqual(len(shown), 8, shown)
        # Odoo's own lists of invoices take bills that are dropped on them, and show
        # invented ones where there are none.
        [cards] = [view for view, mode in action.views if mode == "kanban"]
        kanban = etree.fromstring(moves.get_view(cards, "kanban")["arch"])
        self.assertIsNotNone(kanban.find(".//field[@name='lengow_invoice_state']"))
        for view in (tree, kanban):
            self.assertFalse(view.get("js_class"))
            self.assertFalse(view.get("sample"))
            self.assertEqual(view.get("create"), "0")

    def test_many_are_sent_at_once_and_the_answer_says_how_many(self):
        self.mirakl.send_invoices = False
        invoices = self.invoice("G-1") | self.invoice("G-2") | self.invoice("G-3")
        invoices[:2].with_user(self.accountant).action_post()
        self.mirakl.send_invoices = True
        said = invoices.with_user(self.accountant).action_lengow_send_invoice()
        self.assertEqual(
            said["params"]["message"], "On the way to the marketplace: 2 of 3."
        )
        self.assertEqual(self.listed("open"), invoices[:2])
        said = invoices.with_user(self.accountant).action_lengow_send_invoice()
        self.assertEqual(said["params"]["type"], "info")

    def test_what_was_uploaded_by_hand_is_not_missing(self):
        invoice = self.invoice()
        self.post(invoice).state = "failed"
        self.assertEqual(self.listed("failed"), invoice)
        self.env["lengow.dismissal"]._dismiss(self.action_of(invoice), "by_hand")
        self.assertEqual(self.listed("sent"), invoice)
        self.assertFalse(self.listed("missing", "open", "failed"))

    def test_what_marketplaces_do_not_want_any_more_is_not_missing(self):
        self.mirakl.send_invoices = False
        invoice = self.invoice()
        self.post(invoice)
        self.mirakl.send_invoices = True
        self.assertEqual(self.listed("missing"), invoice)
        invoice.lengow_order_id.anonymised_at = "2026-01-01"
        self.assertFalse(self.listed("missing"))
        invoice.invalidate_recordset(["lengow_invoice_state"])
        self.assertFalse(invoice.lengow_invoice_state)

    def test_what_is_switched_off_or_archived_misses_nothing(self):
        self.mirakl.send_invoices = False
        invoice = self.invoice()
        self.post(invoice)
        self.mirakl.send_invoices = True
        for record in (self.mirakl, self.account):
            self.assertEqual(self.listed("missing"), invoice)
            record.active = False
            invoice.invalidate_recordset(["lengow_invoice_state"])
            self.assertFalse(invoice.lengow_invoice_state)
            self.assertFalse(self.listed("missing"))
            record.active = True

    def test_each_is_in_one_state_whatever_was_tried_before(self):
        invoice = self.invoice()
        self.post(invoice).state = "failed"
        self.action_of(invoice).copy({"state": "done"})
        self.assertEqual(self.listed("sent"), invoice)
        self.assertFalse(self.listed("missing", "open", "failed"))
        self.assertEqual(invoice.lengow_invoice_state, "sent")

    def test_an_invoice_that_names_no_order_is_listed_by_what_it_sells(self):
        self.mirakl.send_invoices = False
        invoice = self.invoice()
        order = invoice.lengow_order_id
        invoice.lengow_order_id = False
        self.post(invoice)
        self.assertEqual(invoice.lengow_order_id, order)
        self.mirakl.send_invoices = True
        self.assertEqual(self.listed("missing"), invoice)

    def test_in_test_mode_nobody_is_told_that_it_is_sent(self):
        self.account.test_mode = True
        invoice = self.invoice()
        planned = self.post(invoice)
        said = invoice.with_user(self.accountant).action_lengow_send_invoice()
        self.assertEqual(said["params"]["type"], "warning")
        self.assertIn(self.mirakl._reason_to_withhold(), said["params"]["message"])
        self.assertEqual(self.action_of(invoice), planned)

    def test_many_states_cost_no_more_queries_than_one(self):
        moves = self.env["account.move"]
        for number in ("G-1", "G-2", "G-3"):
            moves |= self.invoice(number)
        moves.action_post()

        def cost(moves):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves.with_user(self.accountant).mapped("lengow_invoice_state")
            return self.env.cr.sql_log_count - before

        cost(moves)  # what a process looks up once
        self.assertEqual(cost(moves), cost(moves[0]))
