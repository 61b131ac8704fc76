"""Reading PDF files that strangers made."""

import io
import struct
import zlib

from odoo.tools.pdf import (
    ArrayObject,
    DependencyError,
    DictionaryObject,
    IndirectObject,
    PdfFileReader,
    errors,
)

#: What the library raises for damaged or odd files; it documents only the first.
UNREADABLE = (
    errors.PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
#: Actions that do something beyond the file itself (PDF 2.0, 12.6.4).
_ACTIONS = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData"}
_SCRIPTS = {"/JS", "/JavaScript"}
#: Objects to look at; a book of hundreds of pages has some thousands.
_MOST_OBJECTS = 200_000


def open_pdf(content):
    """Return a reader of a PDF file, opened with the empty password if need be.

    :param bytes content: the file
    :return: a reader of the library that Odoo uses; None when a password is needed
    :raise UNREADABLE: any of these, when the file is damaged
    """
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    # Many issuers only forbid changes: such a file opens without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    return reader


def is_active(reader):
    """Tell whether a PDF file does anything when it is opened or clicked.

    Every object that the document reaches is looked at, in whatever way it is stored.

    :raise ValueError: when the document is larger than any that is printed
    :rtype: bool
    """
    to_see, seen = [reader.trailer["/Root"]], set()
    for _count in range(_MOST_OBJECTS):
        if not to_see:
            return False
        item = to_see.pop()
        if isinstance(item, IndirectObject):
            number = (item.idnum, item.generation)
            if number in seen:
                continue
            seen.add(number)
            item = item.get_object()
        if isinstance(item, DictionaryObject):
            if _SCRIPTS & item.keys() or item.get("/S") in _ACTIONS:
                return True
            to_see.extend(item.values())
        elif isinstance(item, ArrayObject):
            to_see.extend(item)
    raise ValueError("The document has too many objects")
