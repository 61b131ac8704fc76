from odoo import api, fields, models


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    document_ids = fields.One2many("lengow.document", "order_id", readonly=True)
    document_count = fields.Integer(
        string="Documents",
        compute="_compute_document_count",
        help="How many of the marketplace's documents are available.",
    )

    # === COMPUTE METHODS === #

    @api.depends("document_ids.state")
    def _compute_document_count(self):
        counts = dict(
            self.env["lengow.document"]._read_group(
                [("order_id", "in", self.ids), ("state", "=", "fetched")],
                ["order_id"],
                ["__count"],
            )
        )
        for order in self:
            order.document_count = counts.get(order._origin, 0)

    # === CRUD METHODS === #

    def unlink(self):
        """Override to delete the files of documents too."""
        self.document_ids.unlink()
        return super().unlink()

    # === ACTION METHODS === #

    def action_open_documents(self):
        """Open the documents of these orders."""
        self.check_access("read")
        return self.env["lengow.document"]._open_documents(
            [("order_id", "in", self.ids)]
        )

    def action_fetch_documents(self):
        """Download the missing documents of these orders now.

        :return: a notification with the outcome
        """
        self.check_access("write")
        return self.document_ids.action_fetch()

    def action_print_documents(self):
        """Ask which documents of these orders to print, in this order."""
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Print Documents"),
            "res_model": "lengow.document.print",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": self._name,
                "default_res_ids": self.ids,
                # Who looks at what is to be printed means that, not all of it again.
                "default_only_new": self.env.context.get("lengow_only_new", False),
            },
        }

    # === HELPERS === #

    def _get_mail_thread_data_attachments(self):
        """Override of `mail` to show the documents among the order's files."""
        return super()._get_mail_thread_data_attachments() | (
            self._readable_document_files()
        )

    def _readable_document_files(self):
        """Return the files of the documents that the user may read.

        :rtype: ir.attachment
        """
        documents = self.env["lengow.document"]
        if documents.has_access("read"):
            documents = documents.search([("order_id", "in", self.ids)])
        return documents.attachment_id
