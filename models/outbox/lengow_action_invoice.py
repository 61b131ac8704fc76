from odoo import api, models
from odoo.exceptions import UserError


class LengowAction(models.Model):
    """Our invoice or credit note, for the marketplace to hand to the buyer."""

    _inherit = "lengow.action"

    @api.model
    def _own_kinds(self):
        """Override to add our invoice."""
        return (*super()._own_kinds(), "invoice")

    def _credits(self, move):
        """Whether this is what a credit note has the marketplace do.

        :rtype: bool
        """
        return (
            self.move_id == move and self.kind != "invoice" and self.state != "canceled"
        )

    def _invoice_may_start(self):
        """Make the document, unless it is not wanted any more."""
        if self.move_id.state != "posted":
            self._mark_canceled(self.env._("The invoice is not posted any more."))
            return False
        if not self.marketplace_id._wants_invoices():
            self._mark_canceled(
                self.env._(
                    "The marketplace takes no invoices, or is set to get none from "
                    "here."
                )
            )
            return False
        try:
            with self.env.cr.savepoint():
                self._invoice_document()
        except UserError as error:
            self._mark_failed(
                "document",
                self.env._("Odoo could not make the PDF of the invoice: %s", error),
            )
            return False
        return True

    def _invoice_find_sent(self, client):
        """Call for somebody where the invoice may have arrived.

        Lengow has no list of the documents that it was sent, and a second invoice is
        worse than none.
        """
        if self.state == "todo":
            return False
        self._mark_failed(
            "expired",
            self.env._(
                "Lengow did not confirm the invoice. Look on the marketplace whether "
                "it is there: if so dismiss this, if not send it again."
            ),
        )
        return True

    def _invoice_make_call(self, client):
        """Send the document with what the marketplace wants to know about it.

        :raise LengowError: if there is no proper answer
        """
        document = self._invoice_document()
        self.parameters = self._invoice_metadata()
        answer = client.upload_document(
            self.marketplace_id.code,
            self.order_id.name,
            document["filename"],
            document["content"],
            self.parameters,
        )
        self._mark_done(answer)

    def _invoice_document(self):
        """Return the legal PDF of the invoice, made by Odoo if there is none yet.

        Nobody is mailed, and a proforma is never taken for it.

        :rtype: dict
        :raise UserError: if Odoo cannot make it
        """
        move = self.move_id.with_company(self.company_id)
        document = move._get_invoice_legal_documents("pdf")
        if not document:
            self.env["account.move.send"]._generate_and_send_invoices(
                move, sending_methods=[]
            )
            document = move._get_invoice_legal_documents("pdf")
        if not document:
            raise UserError(self.env._("There is no PDF of %s.", move.name))
        return document

    def _invoice_metadata(self):
        """Return what Mirakl's marketplaces ask for; amounts as on the document.

        Source: Lengow's help centre, "How to send customer invoices to the
        marketplace".

        :rtype: dict
        """
        move = self.move_id
        issued = move.invoice_date or move.date
        return {
            "document_number": move.name,
            "issue_date": _as_moment(issued),
            "due_date": _as_moment(move.invoice_date_due or issued),
            "total_amount_excluding_taxes": round(move.amount_untaxed, 2),
            "total_tax_amount": round(move.amount_tax, 2),
        }


def _as_moment(date):
    return f"{date.isoformat()}T00:00:00Z"
