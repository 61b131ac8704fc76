import logging

from markupsafe import Markup

from odoo import fields, models

from ...documents import Paper
from ..errors import contained

_logger = logging.getLogger(__name__)


class LengowDocumentPrinter(models.AbstractModel):
    """Puts documents of marketplaces into a print, and keeps who has printed them."""

    _name = "lengow.document.printer"
    _description = "Printer of Marketplace Documents"

    def _add(self, printer, documents, seen, broken):
        """Add documents to a print.

        :param Printer printer: that collects them
        :param lengow.document documents: in the order of the print
        :param set seen: the ids of the files that had their turn; is added to
        :param set broken: those of them that are not in it, or not whole; is added to
        :return: those that are in the print, and a line for each that is not
        :rtype: tuple[lengow.document, list[str]]
        """
        printed, notes = documents.browse(), []
        for document in documents:
            reason, file = self._reason_not_to_print(document), document.attachment_id
            if not reason and file.id not in seen:
                seen.add(file.id)
                if not self._add_one(printer, document):
                    broken.add(file.id)
            if not reason and file.id in broken:
                reason = self.env._("it could not be read to its end")
            if reason:
                notes.append(f"• {self._title(document)}: {reason}")
            else:
                printed |= document
        return printed, notes

    def _add_one(self, printer, document):
        """Add a document, and return whether it is in the print, and whole."""
        is_whole = False
        with contained(self.env) as outcome:
            is_whole = printer.add(self._paper(document))
        if not outcome.error:
            return is_whole
        # Whoever keeps files elsewhere may raise anything.
        _logger.error("Document %s is not printed", document.id, exc_info=outcome.error)
        return False

    def _add_cover(self, printer, notes):
        """Say in front what is missing, if anything is.

        :param Printer printer: that has all of them
        :param list notes: a line for each that is missing
        """
        if notes:
            title = self.env._(
                "Documents that are not in this print, or not whole: %s", len(notes)
            )
            printer.add_cover(title, notes)

    def _note_printed(self, documents):
        """Keep on documents and orders who printed them, and when.

        :param lengow.document documents: that are in a print
        """
        documents_sudo = documents.sudo()  # accountants only read
        documents_sudo.write(
            {"printed_at": fields.Datetime.now(), "printed_by_id": self.env.uid}
        )
        notes = {
            order.id: Markup("<p>%s</p>")
            % self.env._(
                "Printed: %s", ", ".join(document._title() for document in of_order)
            )
            for order, of_order in documents_sudo.grouped("order_id").items()
        }
        documents_sudo.order_id._message_log_batch(bodies=notes)

    # === HELPERS === #

    def _reason_not_to_print(self, document):
        if document.state != "fetched":
            return self.env._("it has no file")
        if document.is_locked:
            return self.env._("it is protected by a password")
        return None

    def _paper(self, document):
        file = document.attachment_id

        def read():
            content = file.raw
            # the cache would keep every file of the print
            file.invalidate_recordset(["raw", "datas"], flush=False)
            return content

        return Paper(self._title(document), file.mimetype, read)

    def _title(self, document):
        return (
            f"{document.order_name} ({document.marketplace_name}), {document._title()}"
        )
