"""The files of a catalog as bytes: written row by row, packed, and read again."""

import csv
import io
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from ...catalogue.formats import write
from ...catalogue.packing import packing, unpacking

# Larger ones wait on the disk until they are whole.
IN_MEMORY = 1024 * 1024
DELIMITER = "|"


class PublishedFile(NamedTuple):
    """A file as it is kept."""

    content: bytes
    """Packed."""
    row_count: int


def packed(format_, headers, rows):
    """Return a file, packed.

    :param str format_: `csv`, `xml` or `json`
    :param headers: of the columns
    :param rows: texts in the order of the headers, read one by one
    :rtype: PublishedFile
    """
    with SpooledTemporaryFile(IN_MEMORY) as file:
        with packing(file) as unpacked:
            count = write(format_, unpacked, headers, rows)
        file.seek(0)
        return PublishedFile(file.read(), count)


def unpacked_rows(content):
    """Read a packed CSV file again.

    :param bytes content: as of :func:`packed`
    :return: its headers, and its rows one by one
    :rtype: tuple[list[str], Iterator[list[str]]]
    """
    text = io.TextIOWrapper(unpacking(io.BytesIO(content)), "utf-8", newline="")
    reader = csv.reader(text, delimiter=DELIMITER, strict=True)
    # A description may be longer than what Python reads of a field.
    csv.field_size_limit(max(csv.field_size_limit(), len(content) * 1100))
    return next(reader, []), reader
