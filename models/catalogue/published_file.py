"""The files of a catalog as bytes: written row by row, packed, and read again."""

import hashlib
import io
import os
from contextlib import ExitStack, suppress
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from ...catalogue.formats import Table
from ...catalogue.packing import packing
from ...catalogue.unpacking import some_rows

# Larger ones wait on the disk until they are whole.
IN_MEMORY = 1024 * 1024


class PublishedFile(NamedTuple):
    """A file as it is kept."""

    content: bytes
    """Packed."""
    row_count: int

    @property
    def checksum(self):
        """What its attachment has as a checksum, or would have.

        :rtype: str
        """
        return hashlib.sha1(self.content, usedforsecurity=False).hexdigest()


def packed(format_, headers, rows):
    """Return a file, packed.

    :param str format_: `csv`, `xml` or `json`
    :param headers: of the columns
    :param rows: as :meth:`~.formats.Table.extend` takes them, read one by one
    :rtype: PublishedFile
    """
    [file] = packed_together([(format_, headers)], [(rows,)])
    return file


def packed_together(tables, pages):
    """Return files whose rows are read together, packed.

    :param list tables: the format and the headers of each file
    :param pages: of each file the next rows, as :meth:`~.formats.Table.extend` takes
        them; read one by one
    :rtype: list[PublishedFile]
    """
    with ExitStack() as spooled:
        files = [spooled.enter_context(SpooledTemporaryFile(IN_MEMORY)) for _ in tables]
        with ExitStack() as packings:
            written = [
                Table(format_, packings.enter_context(packing(file)), headers)
                for (format_, headers), file in zip(tables, files, strict=True)
            ]
            for page in pages:
                for table, rows in zip(written, page, strict=True):
                    table.extend(rows)
            for table in written:
                table.end()
        for file in files:
            file.seek(0)
        return [
            PublishedFile(file.read(), table.count)
            for file, table in zip(files, written, strict=True)
        ]


def unpacked_rows(content):
    """Read a packed CSV file again.

    :param bytes content: as of :func:`packed`
    :return: its headers, and its rows one by one
    :rtype: tuple[list[str], Iterator[list[str]]]
    :raise EOFError: if it is cut off, or there is nothing of it
    """
    if not content:
        # Odoo reads nothing of a file that is gone: that is no catalog without rows.
        raise EOFError("There is nothing of the file")
    return some_rows(io.BytesIO(content))


def is_there(attachment):
    """Whether the content of a file can be read, and not its record alone.

    :param ir.attachment attachment: of a published file, maybe none
    :rtype: bool
    """
    if not attachment:
        return False
    if not attachment.store_fname:
        return bool(attachment.db_datas)
    path = attachment._full_path(attachment.store_fname)
    return os.path.isfile(path) and os.path.getsize(path) > 0


def make_room(attachment):
    """Remove the empty file that a crash has left of a packed one.

    Odoo would take it for another file, and write the same content never again.

    :param ir.attachment attachment: of a published file, maybe none
    """
    if attachment.store_fname and not is_there(attachment):
        with suppress(FileNotFoundError):
            os.unlink(attachment._full_path(attachment.store_fname))
