from odoo import api, fields, models
from odoo.exceptions import AccessError

KINDS = [
    ("invoice", "Invoice"),
    ("delivery_note", "Delivery Note"),
    ("return_note", "Return Note"),
    ("other", "Other"),
]


class LengowDocument(models.Model):
    """A document that a marketplace provides for an order, and its file.

    It carries the order's number, date and marketplace itself, so that accountants who
    are no Lengow users can find and print it without seeing the order.
    """

    _name = "lengow.document"
    _description = "Marketplace Document"
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
        KINDS,
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

    def write(self, vals):
        """Override to let people correct the kind of a document, and nothing else.

        Whoever could set a link or a file would reach what they may not read.
        """
        if not self.env.su and vals.keys() - {"kind"}:
            raise AccessError(
                self.env._("Only the kind of a marketplace document can be changed.")
            )
        return super().write(vals)

    # === ACTION METHODS === #

    def action_open_file(self):
        """Show the file in a new tab of the browser."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.attachment_id.id}",
            "target": "new",
        }

    def action_print(self):
        """Print exactly these documents, in this order, as one PDF."""
        job = self.env["lengow.document.print"].create(
            {"res_model": self._name, "res_ids": self.ids}
        )
        return job.action_print()

    def action_open_order(self):
        """Open the Lengow order of this document."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lengow.order",
            "res_id": self.order_id.id,
            "view_mode": "form",
        }

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
