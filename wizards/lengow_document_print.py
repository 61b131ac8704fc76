from tempfile import TemporaryFile

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..documents import Printer
from ..models.documents.lengow_document import KINDS

# More than these are printed in the background: nobody waits for longer than some
# seconds without seeing how far it is.
MOST_AT_ONCE = 100
MOST_BYTES_AT_ONCE = 30 * 1024 * 1024
# What one PDF can hold: its pages are in memory while it is made.
MOST_DOCUMENTS = 2000
MOST_BYTES = 300 * 1024 * 1024


class LengowDocumentPrint(models.TransientModel):
    """Prints documents of marketplaces as one PDF.

    The PDF is made while it is downloaded and is kept nowhere: the buyer's data in it
    stays where the documents are. That of many documents is made in the background, and
    is there for a day.
    """

    _name = "lengow.document.print"
    _description = "Print Marketplace Documents"
    _inherit = ["lengow.dialog"]

    res_model = fields.Selection(
        [("lengow.order", "Orders"), ("lengow.document", "Documents")],
        required=True,
        readonly=True,
        default="lengow.document",
    )
    res_ids = fields.Json(
        required=True, readonly=True, help="What to print, in this order."
    )
    kind = fields.Selection(
        [
            ("all", "All Documents"),
            *((kind, labels) for kind, _label, labels in KINDS),
        ],
        string="Which",
        required=True,
        default="all",
    )
    only_new = fields.Boolean(
        string="Only What Was Not Printed Yet",
        help="Leave out what somebody has printed before.",
    )
    printable_count = fields.Integer(
        string="Documents",
        compute="_compute_counts",
        help="How many files of the chosen kind there are: an order may have several.",
    )
    order_count = fields.Integer(
        string="Orders",
        compute="_compute_counts",
        help="How many orders these documents belong to.",
    )
    missing_count = fields.Integer(
        string="Without a File",
        compute="_compute_counts",
        help="Documents that are not downloaded yet, or could not be. The first page "
        "names them.",
    )

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_ids", "kind", "only_new")
    def _compute_counts(self):
        for job in self:
            documents = job._get_documents()
            fetched = documents.filtered(lambda document: document.state == "fetched")
            job.printable_count = len(fetched.attachment_id)
            job.order_count = len(fetched.order_id)
            job.missing_count = len(documents - fetched)

    # === ACTION METHODS === #

    def action_print(self):
        """Open the PDF in a new tab, or show how far it is where that takes longer.

        :raise UserError: if there is nothing to print, or too much for one PDF
        """
        self.ensure_one()
        documents = self._get_documents()
        files = self._check_size(documents)
        size = sum(files.mapped("file_size"))
        if len(files) > MOST_AT_ONCE or size > MOST_BYTES_AT_ONCE:
            return self.env["lengow.background"]._begin("print", documents)._open()
        return {
            "type": "ir.actions.act_url",
            "url": f"/lengow/documents/print/{self.id}",
            "target": "new",
            "close": True,
        }

    # === BUSINESS METHODS === #

    def _get_documents(self):
        """Return what is to be printed, in the order in which it was listed.

        :rtype: lengow.document
        :raise AccessError: if the user may not read one of them
        """
        self.ensure_one()
        records = self.env[self.res_model].browse(self.res_ids or [])
        if self.res_model == "lengow.order":
            records = self._documents_of(records)
        records.check_access("read")
        if self.kind != "all":
            records = records.filtered(lambda document: document.kind == self.kind)
        if self.only_new:
            records = records.filtered(lambda document: not document.printed_at)
        return records

    def _documents_of(self, orders):
        orders.check_access("read")
        by_order = (
            self.env["lengow.document"]
            .search([("order_id", "in", orders.ids)], order="id")
            .grouped("order_id")
        )
        nothing = self.env["lengow.document"]
        return nothing.union(*[by_order.get(order, nothing) for order in orders])

    def _check_size(self, documents):
        """Refuse what cannot become one PDF, and return its files.

        :rtype: ir.attachment
        :raise UserError: if there is no file at all, or too much
        """
        files = documents.attachment_id
        if not files:
            raise UserError(
                self.env._(
                    "None of these documents is available yet. Download them first, or "
                    "choose another kind."
                )
            )
        size = sum(files.mapped("file_size"))
        if len(files) > MOST_DOCUMENTS or size > MOST_BYTES:
            raise UserError(
                self.env._(
                    "These are %(count)s documents with %(size)s MB. Print at most "
                    "%(most)s documents with %(most_size)s MB at once.",
                    count=len(files),
                    size=size // 1024**2,
                    most=MOST_DOCUMENTS,
                    most_size=MOST_BYTES // 1024**2,
                )
            )
        return files

    def _write_pdf(self):
        """Make the PDF and note on the documents who printed them.

        :return: an open file without a name, which vanishes when it is closed
        :raise UserError: if there is nothing to print, or too much for one PDF
        """
        documents = self._get_documents()
        self._check_size(documents)
        service, printer = self.env["lengow.document.printer"], Printer()
        printed, notes = service._add(printer, documents, set(), set())
        service._add_cover(printer, notes)
        pdf = TemporaryFile()  # noqa: SIM115  (the response closes it)
        printer.write_to(pdf)
        service._note_printed(printed)
        # The print is a page of its own: the list that asked for it is to follow.
        self.env["lengow.overview"]._announce()
        return pdf
