"""Files packed with gzip: equal contents make equal files."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

#: A third of the time of 6. The files are a tenth larger, and made every quarter of an
#: hour on the machine that takes the orders.
_LEVEL = 3


@contextmanager
def packing(file: BinaryIO) -> Iterator[gzip.GzipFile]:
    """Give a file to write to; what is written comes packed into another one.

    Should writing fail, the packed file has no end, and no reader takes it for whole.

    :param file: a binary file, open for writing, which is left open
    """
    # Neither the moment nor a name in it: they would make equal contents differ.
    packed = gzip.GzipFile("", "wb", _LEVEL, file, mtime=0)
    try:
        yield packed
    except BaseException:
        packed.fileobj = None
        raise
    packed.close()
