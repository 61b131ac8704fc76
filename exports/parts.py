"""Rows of a table that is not finished yet, kept between one batch and the next."""

import gzip
import json
from datetime import datetime


def pack_rows(rows):
    """Return rows as a part of a table.

    :param rows: lists of values, as :meth:`XlsxTable.write_row` takes them
    :rtype: bytes
    """
    lines = (json.dumps(row, default=datetime.isoformat) for row in rows)
    return gzip.compress("\n".join(lines).encode(), compresslevel=3)


def unpack_rows(part, columns):
    """Yield the rows of a part of a table.

    :param bytes part: as :func:`pack_rows` made it
    :param list columns: of :class:`Column`, for which the rows were made
    """
    moments = [i for i, column in enumerate(columns) if column.kind == "moment"]
    for line in gzip.decompress(part).splitlines():
        row = json.loads(line)
        for index in moments:
            row[index] = row[index] and datetime.fromisoformat(row[index])
        yield row
