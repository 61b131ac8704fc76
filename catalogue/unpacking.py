"""Read finished files again: unpacked as they are sent, or a few rows of them.

A file of 100,000 rows is 250 MB when it is unpacked. None of this holds more than a
piece of it.
"""

import csv
import gzip
import io
import itertools
from collections.abc import Iterable, Iterator
from typing import BinaryIO

#: How much is unpacked at a time.
CHUNK = 256 * 1024
#: How a file is written, see :mod:`.formats`.
SEPARATOR = "|"
# A description may be longer than what Python reads of a field by itself.
_LONGEST_FIELD = 2**31 - 1
# The last bytes of a packed file: the size of what is in it, below 4 GiB.
_SIZE_BYTES = 4


def plain_size(packed: BinaryIO) -> int:
    """Return how many bytes a packed file has when it is unpacked.

    It stands at the end of a file that was packed in one go.

    :param packed: open, and left at its beginning.
    """
    packed.seek(-_SIZE_BYTES, io.SEEK_END)
    size = int.from_bytes(packed.read(_SIZE_BYTES), "little")
    packed.seek(0)
    return size


class Unpacked:
    """The bytes of a packed file, unpacked piece by piece while they are read.

    What is damaged raises an error before its last piece: whoever was told the size
    knows then that something is missing.

    :param packed: open, and closed with this.
    """

    def __init__(self, packed: BinaryIO):
        self._packed = packed
        self._plain = gzip.GzipFile(fileobj=packed)
        self._ahead: bytes | None = None

    def __iter__(self) -> "Unpacked":
        return self

    def __next__(self) -> bytes:
        # A piece is given out once the next one is there: with the last one comes the
        # proof that nothing before it was damaged.
        chunk = self._plain.read(CHUNK) if self._ahead is None else self._ahead
        if not chunk:
            raise StopIteration
        self._ahead = self._plain.read(CHUNK)
        return chunk

    def close(self) -> None:
        """Close the file; nobody may have read any of it."""
        self._packed.close()


def some_rows(
    packed: BinaryIO, offset: int = 0, limit: int | None = None
) -> tuple[list[str], Iterator[list[str]]]:
    """Return the headers and some of the rows of a packed CSV file, in its order.

    :param packed: open; the rows are read from it as they are asked for.
    :param offset: how many rows to leave out.
    :param limit: how many to return at most; all of them by default.
    """
    text = io.TextIOWrapper(gzip.GzipFile(fileobj=packed), encoding="utf-8", newline="")
    rows = _reader(text, strict=True)
    headers = next(rows, [])
    end = None if limit is None else offset + limit
    return headers, itertools.islice(rows, offset, end)


def first_rows(start: bytes, most: int) -> list[list[str]]:
    """Return the first rows of an unpacked CSV file of which only the start is known.

    :param start: maybe cut in the middle of a row, which is left out then.
    :param most: how many rows, the headers among them.
    """
    text = start.decode("utf-8", errors="ignore")
    reader = _reader(io.StringIO(text, newline=""))
    rows = list(itertools.islice(reader, most + 1))
    whole = rows if text.endswith("\r\n") else rows[:-1]
    return whole[:most]


def _reader(text: Iterable[str], **options: bool) -> Iterator[list[str]]:
    """Return a reader of rows, of fields of any length."""
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    return csv.reader(text, delimiter=SEPARATOR, **options)
