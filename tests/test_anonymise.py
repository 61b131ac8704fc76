"""When their time is over, nothing that names the buyers is left."""

import json
from datetime import date, timedelta
from unittest.mock import patch

from dateutil.relativedelta import relativedelta
from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import html2plaintext, mute_logger

from ..models.privacy.lengow_fate import Fate
from .common import address, line, package, payload
from .common.privacy import AnonymiseCase

MODULE = "odoo.addons.lengow_connector.models.privacy.lengow_anonymiser"
LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"


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
        # A VAT number, and where e-invoices go by it, where the number counts as one.
        numbers = {"res_partner.vat", "res_partner.peppol_endpoint"}
        self.assertEqual(
            set(found) - numbers,
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
        over = invoice.partner_id.lengow_anonymise_after + relativedelta(days=1)
        with self.crons(), freeze_time(over):
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()
        self.assertEqual(self.search_everything(), {})

    def test_invoice_that_need_not_be_kept_says_nothing_about_the_buyer(self):
        self.account.invoice_retention_years = 0
        order = self.import_marked()
        order.sale_order_ids.order_line = [
            Command.create({"display_type": "line_note", "name": self.mark("linenote")})
        ]
        self.deliver(order)
        self.invoice(order, post=True)
        self.talk_about(order)
        order._anonymise()
        self.assertEqual(self.search_everything(), {})

    def test_invoice_to_somebody_else_says_nothing_about_the_buyer_either(self):
        self.marketplace.invoice_partner_id = self.env["res.partner"].create(
            {"name": "Amazon", "country_id": self.env.ref("base.fr").id}
        )
        self.account.invoice_retention_years = 0
        order = self.import_marked()
        invoice = self.invoice(order, post=True)
        self.env["ir.attachment"].create(
            {
                "name": "invoice",
                "raw": self.mark("printed").encode(),
                "res_model": "account.move",
                "res_id": invoice.id,
            }
        )
        order._anonymise()
        self.assertEqual(invoice.partner_shipping_id.name, "Deleted customer")
        self.assertEqual(self.search_everything(), {})


@tagged("post_install", "-at_install")
class TestAnonymise(AnonymiseCase):
    """Whose data goes, whose stays, and what happens afterwards."""

    def anonymise(self, order):
        """Delete the data of an order as a click does."""
        preview = self.env["lengow.order.anonymise"].create(
            {"order_ids": [Command.set(order.ids)]}
        )
        preview.action_anonymise()
        return preview

    def note_of(self, order):
        return " ".join(html2plaintext(m.body) for m in order.message_ids)

    def import_plain(self, number="A-1", *packages, **values):
        values.setdefault("marketplace_customer_id", f"customer of {number}")
        return self.import_order(number, *packages, **values)

    # === WHAT STAYS OF AN ORDER === #

    def test_amounts_products_country_and_start_of_the_postcode_stay(self):
        order = self.import_plain(shipping="4.99")
        sale = order.sale_order_ids
        before = [
            (record, record.read(names)[0])
            for record, names in (
                (order, ["name", "amount_total", "country_id", "order_date"]),
                (order.line_ids, ["sku", "title", "quantity", "amount_total"]),
                (sale, ["name", "amount_total", "client_order_ref", "date_order"]),
            )
        ]
        order._anonymise()
        for record, values in before:
            self.assertEqual(record.read(list(values))[0], values)
        self.assertEqual(sale.partner_id.zip, "75")
        self.assertEqual(sale.partner_id.country_id, self.env.ref("base.fr"))
        self.assertEqual(sale.partner_id.name, "Deleted customer")
        self.assertEqual(order.payload["packages"][0]["delivery"]["zipcode"], "75")
        self.assertEqual(order.payload["total_order"], "28.99")
        self.assertEqual(order.line_ids.sale_line_id, sale.order_line[0])

    def test_note_says_what_was_done_but_not_whose_data_it_was(self):
        order = self.order_with_documents("invoice.pdf")
        order._anonymise()
        note = self.note_of(order)
        self.assertIn("The buyer's data was deleted.", note)
        self.assertIn("Documents deleted: 1.", note)
        self.assertNotIn("Camille", note)

    def test_twice_is_the_same_as_once(self):
        order = self.import_plain()
        order._anonymise()
        self.env.flush_all()
        notes, moment = order.message_ids, order.anonymised_at
        queries = self.env.cr.sql_log_count
        self.assertFalse(order._anonymise().orders)
        self.env.flush_all()
        self.assertLess(self.env.cr.sql_log_count - queries, 5)
        self.assertEqual((order.message_ids, order.anonymised_at), (notes, moment))

    def test_order_that_was_never_imported_loses_its_error_and_is_ignored(self):
        order = self.import_payload(payload("A-1", package(line("UNKNOWN"))))
        self.assertEqual(order.import_state, "error")
        order._anonymise()
        self.assertEqual(order.import_state, "ignored")
        self.assertFalse(order.error_message)
        self.assertFalse(order.is_error_new)
        order.action_import()
        self.assertEqual(order.import_state, "ignored")
        self.assertFalse(order.sale_order_ids)

    def test_imported_order_is_never_imported_again(self):
        order = self.import_plain()
        order._anonymise()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            order.action_import_again()

    # === CUSTOMERS === #

    def test_buyer_of_a_newer_order_stays_until_its_time_is_over(self):
        customer = {"marketplace_customer_id": "C-1"}
        old = self.import_plain("A-1", **customer)
        moved = address(first_line="2 rue Neuve")
        new = self.import_plain("A-2", package(delivery=moved), **customer)
        buyer = old.partner_id
        self.assertEqual(buyer, new.partner_id)
        old._anonymise()
        self.assertEqual(buyer.name, "Camille Exemple")
        self.assertTrue(buyer.active)
        self.assertIn("another marketplace order", self.note_of(old))
        new._anonymise()
        self.assertEqual(buyer.name, "Deleted customer")
        self.assertFalse(buyer.active)

    def test_address_of_a_buyer_goes_though_the_buyer_stays(self):
        customer = {"marketplace_customer_id": "C-1"}
        elsewhere = address(first_line="2 rue Ancienne")
        old = self.import_plain("A-1", package(delivery=elsewhere), **customer)
        self.import_plain("A-2", **customer)
        buyer, old_address = old.partner_id, old.sale_order_ids.partner_shipping_id
        self.assertNotEqual(old_address, buyer)
        old._anonymise()
        self.assertFalse(old_address.street)
        self.assertEqual(buyer.street, "1 rue du Test")

    def test_customer_that_is_used_outside_of_lengow_stays(self):
        order = self.import_plain()
        customer = order.partner_id
        self.env["sale.order"].create({"partner_id": customer.id})
        order._anonymise()
        self.assertEqual(customer.name, "Camille Exemple")
        self.assertEqual(customer.email, "camille@example.com")
        self.assertTrue(customer.active)
        self.assertIn("used outside of marketplace orders", self.note_of(order))
        self.assertFalse(order.customer_name)

    def test_any_reference_of_any_model_counts_as_a_use(self):
        order = self.import_plain()
        self.env["product.pricelist"].flush_model()
        for model, name, values in (
            ("res.users", "partner_id", {"login": "buyer-login"}),
            (
                "product.supplierinfo",
                "partner_id",
                {"price": 1.0, "product_tmpl_id": self.shirt.product_tmpl_id.id},
            ),
            ("account.analytic.account", "partner_id", None),
            ("stock.warehouse", "partner_id", None),
        ):
            with self.subTest(model=model), self.env.cr.savepoint() as savepoint:
                if values is None:
                    self.env[model].search([], limit=1)[name] = order.partner_id
                else:
                    self.env[model].create({name: order.partner_id.id, **values})
                plan = self.env["lengow.anonymiser"]._plan(order)
                if self.env[model].search_count([(name, "=", order.partner_id.id)]):
                    self.assertEqual(plan.fates[order.partner_id][0], Fate.SHARED)
                savepoint.close(rollback=True)
        self.env.invalidate_all()
        fates = self.env["lengow.anonymiser"]._plan(order).fates
        self.assertEqual(fates[order.partner_id][0], Fate.ERASED)

    def test_customer_that_was_not_created_by_the_import_stays(self):
        fixed = self.env["res.partner"].create(
            {"name": "Amazon", "country_id": self.env.ref("base.fr").id}
        )
        self.marketplace.invoice_partner_id = fixed
        order = self.import_plain()
        self.assertEqual(order.sale_order_ids.partner_id, fixed)
        self.assertEqual(order.partner_id.name, "Camille Exemple")
        order._anonymise()
        self.assertEqual(fixed.name, "Amazon")
        self.assertTrue(fixed.active)
        buyer = order.sale_order_ids.partner_shipping_id
        self.assertEqual(buyer.name, "Deleted customer")

    # === INVOICED CUSTOMERS === #

    def test_invoiced_customer_goes_when_the_invoice_need_not_be_kept_any_more(self):
        self.account.invoice_retention_years = 10
        order = self.import_plain()
        invoice = self.invoice(order, post=True)
        customer = order.partner_id
        order._anonymise()
        self.assertEqual(customer.name, "Camille Exemple")
        self.assertFalse(customer.email or customer.phone or customer.active)
        ends = invoice.date + relativedelta(month=12, day=31, years=10)
        self.assertEqual(customer.lengow_anonymise_after, ends)
        self.assertIn("posted invoice", self.note_of(order))
        with self.crons(), freeze_time(ends):
            self.run_cron("cron_anonymise")
        self.assertEqual(customer.name, "Camille Exemple")
        with self.crons(), freeze_time(ends + relativedelta(days=1)):
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()
        self.assertEqual(customer.name, "Deleted customer")
        self.assertEqual(invoice.invoice_partner_display_name, "Deleted customer")
        self.assertEqual(invoice.state, "posted")

    def test_retention_begins_when_the_fiscal_year_ends(self):
        self.company.write({"fiscalyear_last_month": "3", "fiscalyear_last_day": 31})
        order = self.import_plain()
        invoice = order.sale_order_ids._create_invoices()
        invoice.invoice_date = date(2026, 4, 2)
        invoice.action_post()
        order._anonymise()
        customer = invoice.partner_id
        self.assertEqual(customer.lengow_anonymise_after, date(2037, 3, 31))

    def test_nothing_ends_where_the_account_deletes_no_data(self):
        order = self.import_plain()
        self.invoice(order, post=True)
        customer = order.partner_id
        order._anonymise()
        over = customer.lengow_anonymise_after + relativedelta(days=1)
        off = {"anonymise_orders": False, "anonymise_off_reason": "A dispute"}
        self.account.write(off)
        with self.crons(), freeze_time(over):
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()
        self.assertEqual(customer.name, "Camille Exemple")

    def test_credit_note_of_an_accountant_belongs_to_the_order(self):
        order = self.import_plain()
        invoice = self.invoice(order, post=True)
        credit_note = invoice._reverse_moves()
        credit_note.action_post()
        order._anonymise()
        self.assertTrue(order.partner_id.browse(invoice.partner_id.id))
        self.assertEqual(
            invoice.partner_id.lengow_anonymise_after.year, invoice.date.year + 10
        )

    def test_customer_without_anything_to_keep_by_law_goes_at_once(self):
        self.account.invoice_retention_years = 0
        order = self.import_plain()
        invoice = self.invoice(order, post=True)
        order._anonymise()
        self.assertEqual(invoice.partner_id.name, "Deleted customer")

    def test_audit_trail_keeps_what_it_protects_and_nothing_else(self):
        order = self.import_plain()
        customer = order.partner_id
        self.invoice(order, post=True)
        self.company.restrictive_audit_trail = True
        customer.with_context(tracking_disable=False).phone = "+33123456789"
        customer.message_post(body="A word about them", message_type="comment")
        self.env.cr.flush()
        tracked = customer.message_ids.filtered("tracking_value_ids")
        self.assertTrue(tracked.filtered("account_audit_log_restricted"))
        order._anonymise()
        self.assertTrue(order.anonymised_at)
        self.assertFalse(order.customer_name)
        self.assertTrue(tracked.exists())
        self.assertNotIn("A word", " ".join(customer.message_ids.mapped("body")))
        self.assertIn("audit trail", self.note_of(order))
        over = customer.lengow_anonymise_after + relativedelta(days=1)
        with self.crons(), freeze_time(over):
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()
        self.assertEqual(customer.name, "Deleted customer")
        self.assertFalse(tracked.exists())

    # === WHAT COMES FROM A MARKETPLACE ORDER === #

    def test_what_comes_of_an_order_in_other_apps_is_no_foreign_use(self):
        order = self.import_plain()
        sale, customer = order.sale_order_ids, order.partner_id
        fate = self.env["lengow.fate"]
        own = self.env["sale.order"].create({"partner_id": customer.id})
        for record, wanted in (
            (sale.order_line[:1], Fate.ERASED),
            (sale.picking_ids.move_ids[:1], Fate.ERASED),
            (self.env["payment.transaction"].new({"sale_order_ids": sale}), None),
            (own, Fate.SHARED),
            (self.env["res.partner.category"].new({}), Fate.SHARED),
        ):
            with self.subTest(record=record):
                found = fate._fates_by_origin(record, {order.id})
                self.assertEqual(found, {wanted or Fate.ERASED})
        self.assertEqual(
            fate._fates_by_origin(sale.order_line[:1], set()), {Fate.NEEDED}
        )

    def other_apps(self, order):
        """Return records that an order brings about, of the apps that are here."""
        sale, line = order.sale_order_ids, order.sale_order_ids.order_line[:1]
        customer = order.partner_id
        vendor = self.env["res.partner"].create({"name": "A Vendor"})
        fitting = self.env["product.product"].create(
            {"name": "Fitting", "type": "service", "taxes_id": False}
        )
        service = self.env["sale.order.line"].create(
            {"order_id": sale.id, "product_id": fitting.id, "price_unit": 0.0}
        )
        bought = {
            "product_id": line.product_id.id,
            "product_qty": 1,
            "sale_line_id": line.id,
        }
        wanted = {
            "purchase.order": {
                "partner_id": vendor.id,
                "dest_address_id": customer.id,
                "note": self.mark("note"),
                "order_line": [Command.create(bought)],
            },
            "project.task": {
                "name": "Fitting",
                "description": self.mark("description"),
                "partner_id": customer.id,
                "sale_line_id": service.id,
            },
            "repair.order": {
                "partner_id": customer.id,
                "sale_order_id": sale.id,
                "internal_notes": self.mark("note"),
            },
            "calendar.event": {
                "name": self.mark("meeting"),
                "description": self.mark("contact"),
                "res_model_id": self.env["ir.model"]._get_id(sale._name),
                "res_model": sale._name,
                "res_id": sale.id,
            },
        }
        return [
            self.env[model].create(values)
            for model, values in wanted.items()
            if model in self.env
            if model != "purchase.order"
            or "sale_line_id" in self.env[f"{model}.line"]._fields
        ]

    def test_tasks_repairs_and_meetings_of_an_order_go_with_its_buyer(self):
        order = self.import_plain()
        customer = order.partner_id
        for record in self.other_apps(order):
            record.message_post(body=f"For {customer.name}: {self.mark('said')}")
        order._anonymise()
        self.assertEqual(customer.name, "Deleted customer", self.note_of(order))
        found = self.search_everything()
        # what is said with a supplier is the merchant's own
        kept = {"mail_message.body"} if "purchase.order" in self.env else set()
        self.assertLessEqual(set(found), kept, found)

    def test_message_about_a_record_of_the_order_is_no_foreign_use(self):
        order = self.import_plain()
        line = order.sale_order_ids.order_line[:1]
        message = self.env["mail.message"].create(
            {"model": line._name, "res_id": line.id, "author_id": order.partner_id.id}
        )
        plan = self.env["lengow.anonymiser"]._plan(order)
        self.assertEqual(plan.fates[order.partner_id][0], Fate.ERASED)
        message.write({"model": "res.partner.category", "res_id": 1})
        plan = self.env["lengow.anonymiser"]._plan(order)
        self.assertEqual(plan.fates[order.partner_id][0], Fate.SHARED)

    # === AFTERWARDS === #

    def test_fetching_again_brings_nothing_back(self):
        order = self.import_marked()
        order._anonymise()
        again = self.sandbox.find("amazon_fr", "A-1", 4242).payload
        changed = {**again, "lengow_status": "shipped", "commission": "3.00"}
        with self.subTest("unchanged orders cost no write"):
            self.env.flush_all()
            written = order.write_date
            self.env["lengow.inbox"]._store(self.account, [again])
            self.assertEqual(order.write_date, written)
        self.put(changed)
        self.sync()
        self.assertEqual(order.lengow_status, "shipped")
        self.assertEqual(order.amount_commission, 3.0)
        self.assertFalse(order.document_ids)
        self.assertFalse(order.change_kind)
        self.assertEqual(self.search_everything(), {})

    def test_order_that_lengow_has_anonymised_is_anonymised_here(self):
        order = self.import_marked()
        order.sale_order_ids._action_cancel()
        order.action_ids._mark_canceled("Done by hand.")
        blank = dict.fromkeys(address())
        masked = {**blank, "common_country_iso_a2": "FR", "zipcode": "75001"}
        self.put(
            payload(
                "A-1",
                package(
                    line("SHIRT", "24.00", 2), line("MUG", "10.00"), delivery=masked
                ),
                billing_address=masked,
                anonymized=True,
            )
        )
        self.sync()
        self.assertTrue(order.anonymised_at)
        self.assertEqual(order.import_state, "imported")
        self.assertEqual(self.search_everything(), {})

    def put_anonymised(self, number, **values):
        """Let Lengow say that it has deleted the buyer of an order."""
        blank = dict.fromkeys(address())
        masked = {**blank, "common_country_iso_a2": "FR", "zipcode": "75001"}
        self.put(
            payload(
                number,
                package(line(), delivery=masked),
                billing_address=masked,
                anonymized=True,
                **values,
            )
        )
        self.sync()

    def test_order_that_lengow_has_anonymised_keeps_its_buyer_until_delivered(self):
        order = self.import_plain()
        buyer = order.sale_order_ids.partner_shipping_id
        self.put_anonymised("A-1", marketplace_customer_id="customer of A-1")
        self.assertFalse(order.anonymised_at)
        self.assertEqual(buyer.name, "Camille Exemple")
        self.assertEqual(buyer.street, "1 rue du Test")
        note = "Lengow has deleted this buyer's data"
        self.assertEqual(self.note_of(order).count(note), 1)
        order.order_date = fields.Datetime.now()
        with self.crons():
            self.run_cron("cron_anonymise")
        self.assertFalse(order.anonymised_at)
        self.deliver(order)
        self.invoice(order, post=True)
        order.action_ids._mark_canceled("Done by hand.")
        with self.crons():
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()
        self.assertTrue(order.anonymised_at)

    def test_order_that_arrives_anonymised_is_stored_without_a_buyer(self):
        self.put(self.marked_payload(anonymized=True))
        self.sync()
        order = self.order("A-1")
        self.assertTrue(order.anonymised_at)
        self.assertEqual(order.import_state, "ignored")
        self.assertEqual(self.search_everything(), {})

    def test_payload_that_nobody_can_read_is_reduced_too(self):
        odd = self.marked_payload(packages=[None, {"cart": "x", "delivery": [1]}])
        odd.update(billing_address="text", currency=[], order_types={"a": 1})
        self.put(odd)
        self.sync()
        order = self.order("A-1")
        order._anonymise()
        self.assertTrue(order.anonymised_at)
        self.assertEqual(self.search_everything(), {})

    # === WHAT ELSE IS KNOWN OF A BUYER === #

    def test_bank_account_front_door_and_mails_of_a_buyer_go(self):
        order = self.import_plain()
        customer = order.partner_id
        iban = f"FR{self.mark('iban')}"
        bank = self.env["res.partner.bank"].create(
            {
                "partner_id": customer.id,
                "acc_number": iban,
                "acc_holder_name": self.mark("holder"),
            }
        )
        customer.write({"partner_latitude": 48.85, "partner_longitude": 2.35})
        self.env["mail.mail"].create(
            {"email_to": customer.email, "body_html": self.mark("queued")}
        )
        customer.message_post(body=self.mark("said"))
        self.account.invoice_retention_years = 0
        journal = self.env["account.journal"].create(
            {"name": "A Bank", "type": "bank", "code": "ABNK"}
        )
        paid = self.env["account.bank.statement.line"].create(
            {
                "journal_id": journal.id,
                "amount": 24.0,
                "partner_id": customer.id,
                "partner_name": self.mark("payer"),
                "account_number": self.mark("payeriban"),
                "payment_ref": self.mark("label"),
            }
        )
        order._anonymise()
        self.assertEqual(customer.name, "Deleted customer")
        self.assertEqual(paid.amount, 24.0)
        self.assertFalse(customer.partner_latitude or customer.partner_longitude)
        self.assertFalse(bank.active)
        self.assertEqual(self.search_everything(), {})

    def test_open_dialog_of_somebody_else_stays(self):
        order = self.import_plain()
        self.env["lengow.action"].create(
            {
                "order_id": order.id,
                "kind": "ship",
                "parameters": {"carrier": "Colissimo", "tracking_number": "6A00012345"},
            }
        )._mark_canceled("Not needed.")
        dialogs = self.env["mail.compose.message"].create(
            [
                {"body": "<p>It comes with Colissimo.</p>"},
                {"body": "<p>Camille Exemple, 6A00012345</p>"},
                {"body": "<p>Left: 6A00012345</p>"},
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_compose_message SET write_date = write_date - interval '2 h' "
            "WHERE id IN %s",
            [(dialogs[0].id, dialogs[2].id)],
        )
        order._anonymise()
        self.assertEqual(dialogs.exists(), dialogs[:2])

    # === ODOO'S OWN SEARCH FOR PERSONAL DATA === #

    def test_privacy_lookup_finds_everything_before_and_nothing_after(self):
        email = f"{self.mark('lookup')}@example.com"
        place = address(email=email)
        self.put_with_documents(
            "invoice.pdf",
            packages=[package(delivery=place)],
            billing_address=place,
        )
        self.put(
            payload(
                "A-2", package(line("UNKNOWN"), delivery=place), billing_address=place
            )
        )
        self.sync()
        imported, unknown = self.order("A-1"), self.order("A-2")
        self.env.flush_all()
        found = self.lookup(email)
        self.assertEqual(
            {(model, id_) for model, id_ in found if model.startswith("lengow.")},
            {
                ("lengow.order", imported.id),
                ("lengow.order", unknown.id),
                *(("lengow.action", action.id) for action in imported.action_ids),
                ("lengow.document", imported.document_ids.id),
            },
        )
        self.assertIn(("sale.order", imported.sale_order_ids.id), found)
        self.assertIn(("res.partner", imported.partner_id.id), found)
        (imported | unknown)._anonymise()
        self.assertEqual(self.lookup(email), set())

    def lookup(self, email):
        """Return what Odoo's privacy lookup finds: pairs of a model and an id."""
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Camille Nobody", "email": email}
        )
        wizard.action_lookup()
        return {(found.res_model, found.res_id) for found in wizard.line_ids}

    # === ON THE BUYER'S REQUEST === #

    def test_preview_says_what_goes_and_what_stays_and_why(self):
        order = self.order_with_documents("invoice.pdf", marketplace_customer_id="C-1")
        other = self.import_plain("A-2", marketplace_customer_id="C-2")
        self.env["sale.order"].create({"partner_id": other.partner_id.id})
        chosen = {"active_model": "lengow.order", "active_ids": (order | other).ids}
        preview = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .with_context(**chosen)
            .create({})
        )
        self.assertEqual(preview.order_count, 2)
        self.assertEqual(preview.document_count, 1)
        self.assertEqual(preview.partner_count, 1)
        self.assertEqual(preview.undelivered_count, 2)
        self.assertIn("1: A customer or address is also used outside", preview.kept)
        self.assertFalse(order.anonymised_at)
        preview.action_anonymise()
        self.assertTrue(order.anonymised_at and other.anonymised_at)

    def preview_of(self, orders, **values):
        return (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"order_ids": [Command.set(orders.ids)], **values})
        )

    def test_preview_names_who_stays_and_the_order_because_of_which(self):
        order = self.import_plain("A-1", marketplace_customer_id="C-1")
        other = self.import_plain("A-2", marketplace_customer_id="C-1")
        self.assertEqual(order.partner_id, other.partner_id)
        preview = self.preview_of(order)
        self.assertTrue(preview.has_keepers)
        self.assertIn("stays, because of", preview.listing)
        self.assertIn(f"/odoo/lengow-orders/{other.id}", preview.listing)
        name = order.partner_id.name
        message = preview.action_anonymise()["params"]["message"]
        self.assertIn(f"{name} stays, because of A-2.", message)
        self.assertTrue(order.anonymised_at)
        self.assertFalse(other.anonymised_at)

    def test_the_data_of_the_other_order_can_go_there_too(self):
        order = self.import_plain("A-1", marketplace_customer_id="C-1")
        other = self.import_plain("A-2", marketplace_customer_id="C-1")
        partner = order.partner_id
        preview = self.preview_of(order, include_keepers=True)
        self.assertEqual(preview.order_count, 2)
        self.assertNotIn("stays", preview.listing)
        params = preview.action_anonymise()["params"]
        self.assertEqual(params["message"], "Orders whose buyer's data is deleted: 2.")
        self.assertTrue(order.anonymised_at and other.anonymised_at)
        self.assertFalse(partner.active)

    def test_an_order_without_buyer_in_common_has_nothing_to_delete_there_too(self):
        order = self.import_plain("A-1", marketplace_customer_id="C-1")
        self.import_plain("A-2", marketplace_customer_id="C-2")
        preview = self.preview_of(order)
        self.assertFalse(preview.has_keepers)
        self.assertIn("Nothing of the buyer", preview.listing)

    def test_the_preview_of_an_account_names_the_same(self):
        order = self.import_plain("A-1", marketplace_customer_id="C-1")
        other = self.import_plain("A-2", marketplace_customer_id="C-1")
        order.order_date = fields.Datetime.now() - timedelta(days=400)
        preview = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"account_id": self.account.id})
        )
        self.assertIn(f"/odoo/lengow-orders/{order.id}", preview.listing)
        self.assertIn(f"/odoo/lengow-orders/{other.id}", preview.listing)
        self.assertFalse(preview.has_keepers, "their time is not over")

    def test_only_managers_delete(self):
        action = self.env.ref("lengow_connector.lengow_order_anonymise_action")
        self.assertEqual(
            action.group_ids, self.env.ref("lengow_connector.group_manager")
        )
        with self.assertRaises(AccessError):
            self.env["lengow.order.anonymise"].with_user(self.user).create({})

    def test_action_on_its_way_is_waited_for_on_a_click(self):
        order = self.import_plain()
        action = self.env["lengow.action"].create(
            {"order_id": order.id, "kind": "ship", "parameters": {"line": "1"}}
        )
        with self.assertRaisesRegex(UserError, "on its way to the marketplace"):
            self.anonymise(order)
        action.action_cancel()
        self.anonymise(order)
        self.assertTrue(order.anonymised_at)

    # === WHAT IS ANOTHER'S === #

    def test_number_of_a_buyer_stays_when_an_old_address_goes(self):
        customer = {"marketplace_customer_id": "C-1"}
        elsewhere = address(first_line="2 rue Ancienne")
        old = self.import_plain("A-1", package(delivery=elsewhere), **customer)
        self.import_plain("A-2", **customer)
        buyer, old_address = old.partner_id, old.sale_order_ids.partner_shipping_id
        buyer.vat = "FR23334175221"
        old_address.type = "contact"
        old._anonymise()
        self.assertFalse(old_address.street)
        self.assertEqual(buyer.vat, "FR23334175221")

    def test_mail_to_an_address_that_contains_the_buyers_stays(self):
        order = self.import_plain()
        email = order.partner_id.email
        mails = self.env["mail.mail"].create(
            [
                {"email_to": f"Other <x{email}>", "body_html": "x"},
                {"email_to": f"Buyer <{email.upper()}>", "body_html": "x"},
            ]
        )
        order._anonymise()
        self.assertEqual(mails.exists(), mails[0])

    def test_buyer_without_a_real_address_takes_nobodys_mail_along(self):
        order = self.import_plain()
        order.partner_id.email = "%"
        mail = self.env["mail.mail"].create(
            {"email_to": "anybody@example.org", "body_html": "x"}
        )
        order._anonymise()
        self.assertTrue(mail.exists())

    def test_message_that_quotes_a_name_as_html_does_is_found(self):
        order = self.import_plain()
        vendor = self.env["res.partner"].create({"name": "Vendor"})
        vendor.message_post(body="For O'Neil & Fils")
        said = vendor.message_ids[:1]
        self.assertIn("&amp;", said.body)
        bus = self.env["bus.bus"].create(
            {"channel": "x", "message": json.dumps({"body": said.body})}
        )
        order.partner_id.name = "O'Neil & Fils"
        privacy = self.env["lengow.privacy"]
        privacy._remove_messages_with(vendor, {"O'Neil & Fils"})
        self.assertFalse(said.exists())
        order._anonymise()
        self.assertFalse(bus.exists())


@tagged("post_install", "-at_install")
class TestAnonymiseCron(AnonymiseCase):
    """Whose time is over, batch by batch."""

    def due_orders(self, count, months=7):
        """Return orders with a sale order each, placed some months ago."""
        for number in range(count):
            self.put(payload(f"D-{number}", marketplace_customer_id=f"C-{number}"))
        orders = self.sync()
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})
        orders.order_date = fields.Datetime.now() - relativedelta(months=months)
        self.env.flush_all()
        return orders

    def run_it(self):
        with self.crons():
            self.run_cron("cron_anonymise")
        self.env.invalidate_all()

    def test_orders_go_after_the_accounts_months_from_the_order_date(self):
        order = self.due_orders(1, months=7)
        self.account.anonymise_after_months = 8
        self.run_it()
        self.assertFalse(order.anonymised_at)
        self.account.anonymise_after_months = 7
        order.order_date -= relativedelta(days=1)
        self.run_it()
        self.assertTrue(order.anonymised_at)

    def test_order_without_a_date_goes_by_when_it_came(self):
        order = self.due_orders(1)
        order.order_date = False
        self.run_it()
        self.assertFalse(order.anonymised_at)

    def test_orders_of_archived_and_disconnected_accounts_go_too(self):
        order = self.due_orders(1)
        self.account.write({"active": False, "state": "draft"})
        self.run_it()
        self.assertTrue(order.anonymised_at)

    def test_months_are_one_to_hundred_and_twenty(self):
        for months in (0, 121):
            with (
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                self.account.anonymise_after_months = months
                self.env.flush_all()

    def test_off_needs_a_reason_that_is_logged(self):
        order = self.due_orders(1)
        for reason in (False, "  "):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.account.write(
                    {"anonymise_orders": False, "anonymise_off_reason": reason}
                )
        manager_account = self.account.with_user(self.manager)
        manager_account.write(
            {"anonymise_orders": False, "anonymise_off_reason": "A court case"}
        )
        note = self.account.message_ids[0]
        self.assertIn("A court case", note.body)
        self.assertEqual(note.author_id, self.manager.partner_id)
        self.run_it()
        self.assertFalse(order.anonymised_at)
        manager_account.anonymise_orders = True
        self.assertFalse(self.account.anonymise_off_reason)
        self.assertIn("deleted again", self.account.message_ids[0].body)
        self.run_it()
        self.assertTrue(order.anonymised_at)

    def test_action_that_was_never_sent_is_withdrawn(self):
        order = self.due_orders(1)
        action = self.env["lengow.action"].create(
            {"order_id": order.id, "kind": "ship", "parameters": {"tracking": "x"}}
        )
        self.run_it()
        self.assertEqual(action.state, "canceled")
        self.assertFalse(action.parameters)

    def test_order_whose_action_may_just_arrive_waits_for_the_answer(self):
        order = self.due_orders(1)
        action = self.env["lengow.action"].create(
            {"order_id": order.id, "kind": "ship", "parameters": {"tracking": "x"}}
        )
        action.write({"state": "unknown", "sent_at": fields.Datetime.now()})
        self.run_it()
        self.assertFalse(order.anonymised_at)
        self.assertEqual(action.state, "unknown")
        action.sent_at -= relativedelta(days=5)
        self.run_it()
        self.assertTrue(order.anonymised_at)

    def test_queries_do_not_grow_with_the_batches(self):
        self.due_orders(40)
        counts = []
        anonymiser = type(self.env["lengow.anonymiser"])
        original = anonymiser._anonymise

        def counted(service, batch):
            before = batch.env.cr.sql_log_count
            original(service, batch)
            batch.env.flush_all()
            counts.append(batch.env.cr.sql_log_count - before)

        with (
            patch(f"{MODULE}.BATCH_SIZE", 10),
            patch.object(anonymiser, "_anonymise", counted),
        ):
            self.run_it()
        self.assertEqual(len(counts), 4)
        # The first batch fills caches; the others cost the same.
        self.assertLessEqual(max(counts[1:]), min(counts[1:]) * 1.1 + 2, counts)

    def test_run_that_is_killed_leaves_whole_batches_and_the_next_one_finishes(self):
        orders = self.due_orders(30)
        calls = []
        anonymiser = type(self.env["lengow.anonymiser"])
        original = anonymiser._anonymise

        def killed(service, batch):
            calls.append(len(batch))
            result = original(service, batch)
            if len(calls) == 2:
                raise KeyboardInterrupt  # in the midst of the second batch
            return result

        with (
            patch(f"{MODULE}.BATCH_SIZE", 10),
            patch.object(anonymiser, "_anonymise", killed),
            self.assertRaises(KeyboardInterrupt),
        ):
            self.run_it()
        self.env.invalidate_all()
        done = orders.filtered("anonymised_at")
        for order in orders:
            erased = order.sale_order_ids.partner_id.name == "Deleted customer"
            self.assertEqual(bool(order.anonymised_at), erased)
            self.assertEqual(bool(order.customer_name), not erased)
        self.run_it()
        self.assertEqual(len(orders.filtered("anonymised_at")), 30)
        for order in done:
            self.assertEqual(len(order.message_ids), 1)
        self.assertEqual(calls[:2], [10, 10])

    def test_order_that_odoo_refuses_to_change_harms_only_itself(self):
        orders = self.due_orders(3)
        bad = orders[1]
        anonymiser = type(self.env["lengow.anonymiser"])
        original = anonymiser._anonymise

        def refuse(service, batch):
            if bad in batch:
                raise UserError(bad.name)
            return original(service, batch)

        with (
            patch.object(anonymiser, "_anonymise", refuse),
            self.assertLogs(LOOP, "ERROR"),
        ):
            self.run_it()
        self.assertEqual(orders.filtered("anonymised_at"), orders - bad)
        self.assertIn("not deleted", bad.activity_ids.summary)
        self.env["lengow.pause"].search([]).unlink()  # a day later
        self.run_it()
        self.assertTrue(bad.anonymised_at)
        self.assertFalse(bad.activity_ids)
