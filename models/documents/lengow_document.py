import time
from datetime import timedelta

from odoo import Command, api, fields, models

from ...lengow_api import read_document_refs
from ..ui import notification

# Every kind of document, with what one and what many of them are called.
KINDS = [
    ("invoice", "Invoice", "Invoices"),
    ("delivery_note", "Delivery Note", "Delivery Notes"),
    ("return_note", "Return Note", "Return Notes"),
    ("other", "Other", "Other Documents"),
]
# Marketplaces often name a document before they have made it, so the first tries are
# close; after five days nothing is to be expected by itself.
PAUSES = [
    timedelta(minutes=minutes) for minutes in (5, 30, 120, 360, 720, 1440, 2880, 2880)
]
BUTTON_SECONDS = 60


class LengowDocument(models.Model):
    """A document that a marketplace provides for an order, and its file.

    What an order says about its documents becomes rows here, which wait for their
    files; `lengow.document.fetcher` gets them.

    It carries the order's number, date and marketplace itself, so that accountants who
    are no Lengow users can find and print it without seeing the order.
    """

    _name = "lengow.document"
    _description = "Marketplace Document"
    _inherit = ["lengow.guarded"]
    _check_company_auto = True
    _order = "order_date desc, order_id.id desc, id"

    # === FIELDS: what Lengow says === #

    order_id = fields.Many2one(
        "lengow.order",
        string="Lengow Order",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    order_name = fields.Char(
        related="order_id.name",
        string="Marketplace Order",
        store=True,
        index="trigram",
    )
    marketplace_id = fields.Many2one(
        related="order_id.marketplace_id", store=True, index=True
    )
    marketplace_name = fields.Char(
        related="marketplace_id.name", string="Marketplace Name", store=True
    )
    order_date = fields.Datetime(related="order_id.order_date", store=True)
    # so that a search for a buyer's data finds it
    email = fields.Char(related="order_id.email", store=True)
    kind = fields.Selection(
        [(kind, label) for kind, label, _labels in KINDS],
        required=True,
        default="other",
        help="As the marketplace calls it, or as its name suggests. Correct it where "
        "the marketplace says nothing.",
    )
    name = fields.Char(readonly=True)
    remote_key = fields.Char(
        required=True,
        readonly=True,
        help="Tells the document from the order's other ones.",
    )
    remote_id = fields.Char(string="Lengow Document", readonly=True)
    url = fields.Char(string="Link", readonly=True, prefetch=False)

    # === FIELDS: the file === #

    # todo ──► fetched                 todo:    to be fetched at `next_try_at`
    #  │ ▲                             failed:  tried again at `next_try_at`; without
    #  ▼ │ click, or a new link                 it the attempts are used up
    # failed ──► fetched | refused     refused: complete, and not to be kept; says why
    state = fields.Selection(
        [
            ("todo", "To Download"),
            ("fetched", "Available"),
            ("failed", "Failed"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        default="todo",
    )
    attempt_count = fields.Integer(string="Attempts", readonly=True)
    next_try_at = fields.Datetime(
        string="Next Try", readonly=True, default=fields.Datetime.now
    )
    error_message = fields.Char(readonly=True)
    attachment_id = fields.Many2one(
        "ir.attachment",
        string="File",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    mimetype = fields.Char(related="attachment_id.mimetype", string="File Type")
    is_locked = fields.Boolean(
        string="Password-Protected",
        readonly=True,
        help="It can be opened with its password, but not be printed with others.",
    )
    printed_at = fields.Datetime(string="Printed on", readonly=True)
    printed_by_id = fields.Many2one("res.users", string="Printed by", readonly=True)

    _order_key_uniq = models.Constraint(
        "UNIQUE(order_id, remote_key)", "An order has each document once."
    )
    _due_idx = models.Index("(next_try_at) WHERE next_try_at IS NOT NULL")
    _to_print_idx = models.Index(
        "(order_id) WHERE state = 'fetched' AND printed_at IS NULL"
    )
    _list_idx = models.Index("(company_id, order_date DESC, order_id DESC, id)")

    # === COMPUTE METHODS === #

    @api.depends("name", "kind", "order_name")
    def _compute_display_name(self):
        for document in self:
            document.display_name = f"{document._title()} ({document.order_name})"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to have new documents fetched soon."""
        documents = super().create(vals_list)
        if documents:
            self.env.ref("lengow_connector.cron_fetch_documents")._trigger()
        return documents

    # === CRON METHODS === #

    @api.model
    def _cron_fetch_documents(self):
        """Fetch the documents that are due."""
        self.env["lengow.document.fetcher"]._cron_fetch()

    # === ACTION METHODS === #

    def action_open_file(self):
        """Show the file in a new tab of the browser."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}",
            "target": "new",
        }

    def action_print(self):
        """Print exactly these documents, in this order, as one PDF."""
        self.check_access("read")
        job = self.env["lengow.document.print"].create(
            {"res_model": self._name, "res_ids": self.ids}
        )
        return job.action_print()

    def action_open_order(self):
        """Open the Lengow order of this document."""
        self.ensure_one()
        self.check_access("read")
        return self.order_id._get_records_action()

    def action_fetch(self):
        """Download these documents now, as many as a click can bear.

        :return: a notification with the outcome
        """
        self.check_access("write")
        missing = self.sudo().filtered(lambda document: document.state != "fetched")
        missing.write(_restart_values())
        deadline = time.monotonic() + BUTTON_SECONDS
        self.env["lengow.document.fetcher"]._fetch_within(missing, deadline)
        if missing.filtered(lambda document: document.state == "todo"):
            self.env.ref("lengow_connector.cron_fetch_documents")._trigger()
        return self._fetch_notification(missing)

    def _fetch_notification(self, documents):
        """Say what became of documents that were asked for."""
        if not documents:
            return notification(
                "info", self.env._("These documents are downloaded already.")
            )
        account = self.sudo().order_id.account_id[:1]
        wrong = documents.filtered("error_message")
        fetched = documents.filtered(lambda document: document.state == "fetched")
        message = self.env._(
            "Documents downloaded: %(fetched)s of %(count)s.",
            fetched=len(fetched),
            count=len(documents),
        )
        if wrong:
            message += f" {wrong[0].error_message}"
        elif fetched != documents and account.error_message:
            message += f" {account.error_message}"
        kind = "success" if fetched == documents else "warning"
        return notification(kind, message)

    # === WHAT AN ORDER SAYS ABOUT ITS DOCUMENTS === #

    @api.model
    def _prepare_commands(self, content, known):
        """Return the commands that bring an order's documents up to its payload.

        What Lengow no longer names stays: a file that was fetched is the merchant's.

        :param lengow_api.Order content: as Lengow sent it
        :param lengow.order known: the row that exists already, or none
        :rtype: list
        """
        if content.anonymized or known.anonymised_at:
            # Documents are full of the buyer's data.
            return []
        documents = {document.remote_key: document for document in known.document_ids}
        commands = []
        for ref in read_document_refs(content):
            document = documents.get(ref.key)
            if not document:
                commands.append(Command.create(_prepare_values(ref)))
            elif document.state != "fetched" and document.url != (ref.url or False):
                # The old link has perhaps expired; the new one deserves new tries.
                values = {"url": ref.url, **_restart_values()}
                commands.append(Command.update(document.id, values))
        return commands

    # === STATE TRANSITIONS === #

    def _claim(self):
        """Count an attempt and date the next one, before the attempt is made."""
        now = fields.Datetime.now()
        for document in self:
            pause = PAUSES[document.attempt_count : document.attempt_count + 1]
            document.write(
                {
                    "attempt_count": document.attempt_count + 1,
                    "next_try_at": now + pause[0] if pause else False,
                }
            )

    def _mark_failed(self, reason):
        """Leave documents to be tried again when their next try is due.

        :param str reason: for people
        """
        self.write({"state": "failed", "error_message": reason})

    def _mark_refused(self, reason):
        """Give documents up whose files are not to be kept.

        :param str reason: for people
        """
        self.write({"state": "refused", "error_message": reason, "next_try_at": False})

    def _mark_fetched(self, file, name, is_locked):
        """Keep the file of a document.

        :param ir.attachment file: what was fetched and found good
        :param str name: of the document, if it has none
        :param bool is_locked: whether it opens with a password only
        """
        self.ensure_one()
        self.write(
            {
                "state": "fetched",
                "name": self.name or name,
                "attachment_id": file.id,
                "is_locked": is_locked,
                "error_message": False,
                "next_try_at": False,
            }
        )

    # === HELPERS === #

    @api.model
    def _open_documents(self, domain):
        """Return the action that lists the documents of a domain."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_document_action"
            ),
            "domain": domain,
            "context": {},
        }

    def _title(self):
        """Return the document's name, or what kind it is while it has none."""
        self.ensure_one()
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return self.name or labels[self.kind]


def _prepare_values(ref):
    """Return the values of a new document.

    :param lengow_api.DocumentRef ref: what the order says about it
    :rtype: dict
    """
    return {
        "kind": ref.kind,
        "name": ref.name,
        "remote_key": ref.key,
        "remote_id": ref.document_id,
        "url": ref.url,
    }


def _restart_values():
    """Return the values of a document that is to be fetched from the beginning.

    :rtype: dict
    """
    return {
        "state": "todo",
        "attempt_count": 0,
        "next_try_at": fields.Datetime.now(),
        "error_message": False,
    }
