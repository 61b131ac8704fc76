"""Orders full of markers, and a search of everything that Odoo keeps."""

import base64
import json
import os
import secrets
from itertools import count

from odoo import Command
from odoo.tools import SQL

from .documents import DocumentCase, image, pdf
from .orders import address, line, package, payload


class AnonymiseCase(DocumentCase):
    """Plants texts that name a buyer, and finds out where they are."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._numbers = count(1000)
        cls.marketplace.workflow = "confirm"
        (cls.shirt | cls.mug).invoice_policy = "order"

    def setUp(self):
        super().setUp()
        # Nothing else has it, nor have the files that earlier tests left behind.
        self.prefix = f"zq{secrets.token_hex(4)}"

    # === MARKERS === #

    def mark(self, what):
        """Return a text that is found nowhere else.

        :param str what: what it stands for, to read it in a failure
        """
        return f"{self.prefix}{next(self._numbers)}{what}"

    def marked_address(self, what, **values):
        """Return an address as Lengow sends it, a marker in every text."""
        names = (
            "first_name", "last_name", "full_name", "company", "first_line",
            "second_line", "complement", "city", "state_region", "phone_home",
            "phone_office", "phone_mobile", "full_address", "vat_number", "metas",
            "civility", "society",
        )  # fmt: skip
        return address(
            **{name: self.mark(f"{what}{name}".replace("_", "")) for name in names},
            email=f"{self.mark(what)}@example.com",
            **values,
        )

    def marked_payload(self, number="A-1", **values):
        """Return an order with a marker wherever Lengow may name the buyer."""
        tracking = {
            "number": self.mark("trackingnumber"),
            "url": f"https://example.com/{self.mark('trackingurl')}",
            "carrier": "COLISSIMO",
            "method": None,
            "relay": {"id": self.mark("relayid"), "name": self.mark("relayname")},
            "marketplace_order_line_ids": [],
        }
        remark = {"gift": self.mark("gift"), "order_line_meta": [self.mark("remark")]}
        delivery = self.marked_address("delivery")
        return payload(
            number,
            package(
                line("SHIRT", "24.00", 2, **remark),
                line("MUG", "10.00"),
                delivery=delivery,
                trackings=[tracking],
            ),
            billing_address=self.marked_address("billing", type="billing"),
            contact_address=self.marked_address("contact", type="contact"),
            comments=[self.mark("comment"), self.mark("comment")],
            marketplace_customer_id=self.mark("customerid"),
            invoice_number=self.mark("invoicenumber"),
            invoice_url=f"https://example.com/{self.mark('invoiceurl')}",
            payments=[
                {
                    "id": 1,
                    "type": "CARD",
                    "payment_terms": {
                        "external_transaction_id": self.mark("transaction"),
                        "vat_number": self.mark("fiscal"),
                    },
                }
            ],
            tax={"buyer_tax": {"type": "vat", "id": self.mark("buyertax")}},
            what_lengow_adds_tomorrow={"nested": [self.mark("tomorrow")]},
            **values,
        )

    # === A LIFE === #

    def import_marked(self, number="A-1", **values):
        """Return an imported order with a document, full of markers."""
        self.put(self.marked_payload(number, **values))
        record = self.sandbox.find("amazon_fr", number, 4242)
        document = self.sandbox.documents.add(
            record, f"{self.mark('filename')}.pdf", pdf(self.mark("page"))
        )
        record.payload["documents"] = [{"id": document.id, "name": document.filename}]
        self.sync()
        order = self.order(number)
        self.assertEqual(order.import_state, "imported", order.error_message)
        order.document_ids.action_fetch()
        # What the order only links to is at a server that nobody has allowed.
        states = order.document_ids.sorted("id").mapped("state")
        self.assertEqual(states, ["fetched", "refused"])
        return order

    def deliver(self, order):
        """Validate an order's delivery, with a tracking number and remarks."""
        picking = order.sale_order_ids.picking_ids
        picking.write(
            {
                "carrier_tracking_ref": self.mark("carriertracking"),
                "note": self.mark("pickingnote"),
                "signature": base64.b64encode(image()),
            }
        )
        for move in picking.move_ids:
            move.quantity = move.product_uom_qty
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def invoice(self, order, post):
        """Invoice an order, and perhaps post the invoice."""
        invoices = order.sale_order_ids._create_invoices()
        invoices.narration = self.mark("narration")
        if post:
            invoices.action_post()
        return invoices

    def talk_about(self, order):
        """Leave messages, mails, files, activities and changes wherever one can."""
        sale = order.sale_order_ids
        sale.write({"note": self.mark("salenote"), "signed_by": self.mark("signedby")})
        sale.order_line = [
            Command.create({"display_type": "line_note", "name": self.mark("linenote")})
        ]
        talked_about = [order, sale, *sale.picking_ids, *sale.invoice_ids]
        for record in [*talked_about, order.partner_id]:
            record.message_post(
                body=self.mark(f"body{record._table}"),
                subject=self.mark("subject"),
                message_type="comment",
                attachments=[(f"{self.mark('attached')}.txt", self.mark("content"))],
            )
            self.env["ir.attachment"].create(
                {
                    "name": self.mark("file"),
                    "raw": self.mark("filecontent").encode(),
                    "res_model": record._name,
                    "res_id": record.id,
                }
            )
            record.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.mark("summary"),
                note=self.mark("activitynote"),
            )
        # Changes that Odoo tracks with the old name and the new one.
        order.partner_id.with_context(tracking_disable=False).write(
            {"name": self.mark("renamed"), "image_1920": base64.b64encode(image())}
        )
        self.env.cr.flush()  # writes what was tracked, and what is to be sent
        self.quote(order)
        self.fail_action(order)

    def quote(self, order):
        """Have Odoo's short-lived tables quote the buyer."""
        name = order.partner_id.name
        self.env["bus.bus"].create(
            {"channel": "x", "message": json.dumps({"payload": {"name": name}})}
        )
        self.env.cr.execute(
            "INSERT INTO ir_logging (name, level, dbname, type, func, path, line, "
            "message) VALUES ('x', 'INFO', 'x', 'server', 'x', 'x', '1', %s)",
            [f"Something about {name}"],
        )
        left = self.env["mail.compose.message"].create({"body": f"<p>Dear {name}</p>"})
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_compose_message SET write_date = write_date - interval '2 h' "
            "WHERE id = %s",
            [left.id],
        )
        mail = self.env["mail.mail"].create(
            {
                "model": order._name,
                "res_id": order.id,
                "email_to": f"{self.mark('mailto')}@example.com",
                "body_html": self.mark("mailbody"),
            }
        )
        self.assertTrue(mail.mail_message_id)

    def fail_action(self, order):
        """Have an action with the buyer's data be refused, quoting it."""
        action = self.env["lengow.action"].create(
            {
                "order_id": order.id,
                "kind": "ship",
                "parameters": {"tracking_number": self.mark("sent")},
            }
        )
        action._mark_failed(
            "marketplace", self.mark("refusal"), {"errors": self.mark("answer")}
        )
        self.assertIn(self.prefix, "".join(order.activity_ids.mapped("note")))

    # === SEARCH === #

    def search_everything(self):
        """Return where markers are: `table.column`, or the path of a file.

        Every text and JSON column of every table is searched, and every file.

        :rtype: dict[str, set[str]]
        """
        self.env.flush_all()
        self.env["ir.attachment"]._gc_file_store_unsafe()
        return {**self._search_tables(), **self._search_files()}

    def _search_tables(self):
        columns = {}
        for table, column in self.env.execute_query(
            SQL(
                """
                SELECT c.table_name, c.column_name
                  FROM information_schema.columns c
                  JOIN information_schema.tables t USING (table_schema, table_name)
                 WHERE c.table_schema = current_schema AND t.table_type = 'BASE TABLE'
                   AND c.data_type IN ('text', 'character varying', 'json', 'jsonb',
                                       'bytea')
                """
            )
        ):
            columns.setdefault(table, []).append(column)
        self.assertGreater(len(columns), 200)
        found = {}
        for table, names in columns.items():
            texts = SQL(", ").join(
                SQL("%s::text", SQL.identifier(name)) for name in names
            )
            rows = self.env.execute_query(
                SQL(
                    "SELECT %s FROM %s t WHERE t::text ILIKE %s",
                    texts,
                    SQL.identifier(table),
                    f"%{self.prefix}%",
                )
            )
            for row in rows:
                for name, text in zip(names, row, strict=True):
                    if text and self.prefix in text.lower():
                        found.setdefault(f"{table}.{name}", set()).add(text[:200])
        return found

    def _search_files(self):
        found = {}
        attachments = self.env["ir.attachment"]
        for folder, _folders, names in os.walk(attachments._filestore()):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    content = file.read()
                if self.prefix.encode() in content.lower():
                    found[os.path.join(folder, name)] = {"a file"}
        return found
