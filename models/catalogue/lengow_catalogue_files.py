"""The files of a catalog as they are kept: CSV always, XML and JSON for who asks.

    fetch ────► is there one of this CSV file? ─yes─► that one is sent
                  │ no
                  └─► made as a whole, then sent: the same bytes
    refresh ──► has somebody fetched it lately? ─yes─► made with the CSV file, and kept

Nearly every shop is read as CSV alone: the other formats would be half of what its
files cost, and nobody would read them.
"""

import logging
from datetime import timedelta

from odoo import fields, models

from ..errors import contained
from .lengow_catalogue import FILES_FIELD, OTHER_FORMATS
from .lengow_catalogue_address import MAIN_FILE
from .lengow_catalogue_fetch import KEPT_DAYS
from .published_file import is_there, make_room, packed, unpacked_rows

_logger = logging.getLogger(__name__)

PACKED = ".gz"
# Answers of the web server that carried a file, or would have: all, a part, the same.
GIVEN = (200, 206, 304)


class LengowCatalogueFiles(models.AbstractModel):
    """Keeps the files of catalogs, and makes those of other formats than CSV."""

    _name = "lengow.catalogue.files"
    _description = "Kept Files of Lengow Catalogs"

    def _store(self, catalogue, name, content, description):
        """Keep a file, if it differs from the one that there is.

        :param str name: of the file
        :param bytes content: packed
        :param str description: what is known of the content
        :return: whether it does
        :rtype: bool
        """
        Attachment = self.env["ir.attachment"].sudo()
        present = catalogue._attachment(name)
        checksum = Attachment._compute_checksum(content)
        if present.checksum == checksum and is_there(present):
            if present.description != description:
                present.description = description
            return False
        values = {"raw": content, "description": description}
        make_room(present)
        if present:
            present.write(values)
        else:
            Attachment.create(
                {
                    "name": f"{name}.gz",
                    "res_model": catalogue._name,
                    "res_id": catalogue.id,
                    "res_field": FILES_FIELD,
                    "mimetype": "application/gzip",
                    **values,
                }
            )
        return True

    # === OTHER FORMATS === #

    def _follow(self, catalogue):
        """Keep a file of each format that is fetched, as the CSV file is now.

        :param lengow.catalogue catalogue: one, at work
        """
        source = catalogue._attachment(MAIN_FILE)
        if not is_there(source):
            return  # nobody reads anything
        fetched = self._fetched(catalogue)
        for name in OTHER_FORMATS:
            present = catalogue._attachment(name)
            if name not in fetched:
                if present:
                    present.unlink()
            elif present.description != source.checksum or not is_there(present):
                self._keep(catalogue, source, name)

    def _keep(self, catalogue, source, name):
        """Keep a file of another format; what fails keeps no CSV file from Lengow.

        One that does not follow is not sent: whoever asks has it made.

        :param lengow.catalogue catalogue: one, at work
        :param ir.attachment source: the CSV file
        :param str name: of the other one
        """
        with contained(catalogue.env) as outcome:
            file = self._convert(source, name)
            self._store(catalogue, name, file.content, source.checksum)
        if outcome.error:
            _logger.error(
                "%s: no %s can be kept", catalogue, name, exc_info=outcome.error
            )

    def _find(self, catalogue, name):
        """Return a file as it is now, maybe made just for whoever asks.

        :param lengow.catalogue catalogue: one
        :param str name: of a published file
        :return: the attachment that is as old as the file is, none if there is no
            file; its content where that is not in the attachment
        :rtype: tuple[ir.attachment, PublishedFile | None]
        """
        present = catalogue._attachment(name)
        if name not in OTHER_FORMATS:
            return present, None
        source = catalogue._attachment(MAIN_FILE)
        if present.description == source.checksum and is_there(present):
            return present, None
        if not is_there(source):
            return source.browse(), None
        return source, self._convert(source, name)

    def _convert(self, source, name):
        """Return what a CSV file says in another format.

        :param ir.attachment source: the file
        :param str name: of the other one
        :rtype: PublishedFile
        """
        return packed(OTHER_FORMATS[name], *unpacked_rows(source.raw))

    def _fetched(self, catalogue):
        """Return the names of the files that somebody has fetched lately.

        :rtype: set[str]
        """
        since = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        names = [full for name in OTHER_FORMATS for full in (name, f"{name}{PACKED}")]
        groups = self.env["lengow.catalogue.fetch"]._read_group(
            [
                ("catalogue_id", "=", catalogue.id),
                ("fetched_at", ">=", since),
                ("file", "in", names),
                ("status", "in", GIVEN),
            ],
            ["file"],
        )
        return {name.removesuffix(PACKED) for (name,) in groups}
