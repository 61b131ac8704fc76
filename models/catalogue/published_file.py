"""The files of a catalog as bytes: written row by row, packed, and read again."""

import csv
import io
from contextlib import ExitStack
from tempfile import SpooledTemporaryFile
from typing import NamedTuple

from ...catalogue.formats import Table
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
    tables = [(headers, {format_: format_})]
    return packed_tables(tables, ((row,) for row in rows))[format_]


def packed_tables(tables, rows):
    """Return the files of tables whose rows are read together, packed.

    :param list tables: of each its headers, and the names of its files by their formats
    :param rows: of each table the texts in the order of its headers, read one by one
    :return: by the names of the files
    :rtype: dict[str, PublishedFile]
    """
    files, counts = {}, {}
    with ExitStack() as spooled:
        with ExitStack() as packings:
            written = []
            for headers, names in tables:
                opened = {}
                for format_, name in names.items():
                    file = spooled.enter_context(SpooledTemporaryFile(IN_MEMORY))
                    files[name] = file
                    opened[format_] = packings.enter_context(packing(file))
                written.append(Table(headers, opened))
            for together in rows:
                for table, row in zip(written, together, strict=True):
                    table.add(row)
            for table, (_headers, names) in zip(written, tables, strict=True):
                table.end()
                counts |= dict.fromkeys(names.values(), table.count)
        for file in files.values():
            file.seek(0)
        return {
            name: PublishedFile(file.read(), counts[name])
            for name, file in files.items()
        }


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
