"""Reading PDF files that strangers made, within bounds.

A file of a megabyte may grow to gigabytes while it is read: by streams that hold
nothing but blanks, by trees of pages that share their branches. So whatever is read
here is read :func:`within_bounds`.
"""

import io
import re
import struct
import zlib
from contextlib import contextmanager
from contextvars import ContextVar

from odoo.tools.pdf import (
    ArrayObject,
    DependencyError,
    DictionaryObject,
    IndirectObject,
    PdfFileReader,
    errors,
    filters,
)

#: What the library raises for damaged or odd files; it documents only the first.
UNREADABLE = (
    errors.PyPdfError,
    DependencyError,
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    NotImplementedError,
    RecursionError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
#: What a file may grow to while it is read. Pictures, fonts and what is drawn on pages
#: are not unpacked for that; the objects of a thick catalogue take some megabytes.
MOST_UNPACKED = 32 * 1024 * 1024
#: The same of what is not packed: each number takes fifty times its length in memory.
MOST_PLAIN = 16 * 1024 * 1024
#: What a marketplace sends for an order has one page, or ten.
MOST_PAGES = 1000
#: Actions that do something beyond the file itself (PDF 2.0, 12.6.4).
_ACTIONS = {
    "/GoToE",
    "/GoToR",
    "/ImportData",
    "/JavaScript",
    "/Launch",
    "/Movie",
    "/Rendition",
    "/RichMediaExecute",
    "/Sound",
    "/SubmitForm",
}
#: What a person may do with a click, but no file by itself when it is opened.
_ACTIONS_BY_ITSELF = {*_ACTIONS, "/Thread", "/URI"}
#: Keys of what runs a script; the forms of Adobe have scripts of their own.
_SCRIPTS = {"/JS", "/JavaScript", "/XFA"}
#: Where a file says what it does by itself.
_BY_ITSELF = ("/OpenAction", "/AA")
#: Objects to look at; a book of hundreds of pages has some thousands.
_MOST_OBJECTS = 200_000
_LONGEST_CHAIN = 50
_ACTION_NAMES = re.compile(
    b"/(%s)\\b" % b"|".join(name[1:].encode() for name in sorted(_ACTIONS | _SCRIPTS))
)
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_STREAMS = re.compile(rb"\bstream\r?\n.*?endstream", re.DOTALL)
#: How many bytes may still be unpacked, where somebody counts.
_left_to_unpack = ContextVar("left_to_unpack")
_unpack_unbounded = filters.decompress


class GrowsTooLarge(Exception):
    """A file is larger than any that is printed, once it is read."""


def _unpack(data):
    """Unpack what a PDF file has packed, within the bounds that somebody has set.

    Odoo replaces the library's own function by one without a bound, and older ones of
    the library never had one. Outside of :func:`within_bounds` that stays as it is.
    """
    left = _left_to_unpack.get(None)
    if left is None:
        return _unpack_unbounded(data)
    unpacker = zlib.decompressobj()
    unpacked = unpacker.decompress(data, left[0] + 1)
    left[0] -= len(unpacked)
    if left[0] < 0:
        raise GrowsTooLarge("The document grows too large")
    return unpacked


filters.decompress = _unpack


@contextmanager
def within_bounds():
    """Read a PDF file within bounds.

    :raise GrowsTooLarge: when it takes more than they allow
    """
    token = _left_to_unpack.set([MOST_UNPACKED])
    try:
        yield
    finally:
        _left_to_unpack.reset(token)


def open_pdf(content):
    """Return a reader of a PDF file, opened with the empty password if need be.

    :param bytes content: the file
    :return: a reader of the library that Odoo uses; None when a password is needed
    :raise UNREADABLE: any of these, when the file is damaged
    :raise GrowsTooLarge: when it is larger than any that is printed
    """
    if len(content) > MOST_PLAIN and len(_STREAMS.sub(b"", content)) > MOST_PLAIN:
        raise GrowsTooLarge("The document has too much that is not packed")
    reader = PdfFileReader(io.BytesIO(content), strict=False)
    # Many issuers only forbid changes: such a file opens without a password.
    if reader.is_encrypted and not reader.decrypt(""):
        return None
    return reader


def is_active(reader):
    """Tell whether a PDF file does anything when it is opened or clicked.

    Every object that the document reaches is looked at, in whatever way it is stored.
    A link to a web page, which somebody may click, is none.

    :raise GrowsTooLarge: when the document is larger than any that is printed
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
            if any(_acts_by_itself(item[key]) for key in _BY_ITSELF if key in item):
                return True
            to_see.extend(item.values())
        elif isinstance(item, ArrayObject):
            to_see.extend(item)
    raise GrowsTooLarge("The document has too many objects")


def names_actions(content):
    """Tell whether a file that nobody can open names what it would do.

    What is encrypted hides its texts and streams, but not the names outside of them.

    :param bytes content: the file
    :rtype: bool
    """
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    return bool(_ACTION_NAMES.search(content) or _ACTION_NAMES.search(plain))


def count_pages(reader):
    """Count the pages of a PDF file, as far as they may go.

    The number that a file tells may be a lie, and the tree of its pages may lead to the
    same page a million times.

    :raise GrowsTooLarge: when there are too many
    :rtype: int
    """
    to_see, pages = [(reader.trailer["/Root"]["/Pages"], 0)], 0
    for _count in range(10 * MOST_PAGES):
        if not to_see:
            return pages
        node, depth = to_see.pop()
        node = node.get_object()
        kids = node.get("/Kids") if isinstance(node, DictionaryObject) else None
        if not isinstance(kids, ArrayObject):
            pages += 1
        elif depth > _LONGEST_CHAIN or len(kids) > MOST_PAGES:
            break
        else:
            to_see.extend((kid, depth + 1) for kid in kids)
        if pages > MOST_PAGES:
            break
    raise GrowsTooLarge("The document has too many pages")


def _acts_by_itself(item):
    """Tell whether an action that nobody clicks does more than turn pages.

    :param item: an action, or a dictionary of actions by what sets them off
    """
    to_see = [item]
    for _count in range(_LONGEST_CHAIN):
        if not to_see:
            return False
        one = to_see.pop()
        one = one.get_object() if hasattr(one, "get_object") else one
        if isinstance(one, ArrayObject):
            # a place in the file, or actions one after the other
            to_see.extend(part for part in one if _may_be_action(part))
        elif isinstance(one, DictionaryObject):
            if one.get("/S") in _ACTIONS_BY_ITSELF:
                return True
            if "/S" in one:
                to_see.extend([one["/Next"]] if "/Next" in one else [])
            elif "/Type" not in one or one["/Type"] == "/Action":
                to_see.extend(one.values())
    # A chain of that length is made to be overlooked.
    return True


def _may_be_action(item):
    item = item.get_object() if hasattr(item, "get_object") else item
    return isinstance(item, DictionaryObject) and "/S" in item
