"""Decide by its content what a file is, and whether it may be kept.

Neither the name nor the announced type of a file counts: only PDF, PNG, JPEG and plain
text are kept, and nothing that acts by itself when it is opened.
"""

import io
import re
import warnings
from dataclasses import dataclass

from PIL import Image

from odoo.tools.mimetypes import guess_mimetype

from .pages import TooManyPages, check_text_pages, decode
from .pdf import (
    UNREADABLE,
    GrowsTooLarge,
    count_pages,
    is_active,
    names_actions,
    open_pdf,
    within_bounds,
)

EXTENSIONS = {
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "text/plain": ".txt",
}
#: A page of A3 at 300 dots per inch has 17 million.
MOST_PIXELS = 60_000_000
LONGEST_TEXT = 1024 * 1024
#: A PDF file ends with this mark; readers look for it in the last kilobyte.
_END_OF_PDF = b"%%EOF"
_MARKUP = re.compile(
    rb"<(!doctype|\?xml|/?(html|head|body|script|style|svg|iframe|object|embed|img|meta"
    rb"|link|form|a|div|table|p)\b)",
    re.IGNORECASE,
)
#: What Pillow raises for what is no picture; it documents only two of them.
NO_PICTURE = (*UNREADABLE, OSError, SyntaxError)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")


class ContentRefused(Exception):
    """A file is complete, and of a kind that is never kept.

    :ivar str code: ``kind``, ``active`` or ``too_large``
    """

    def __init__(self, code):
        super().__init__(code)
        self.code = code


class ContentDamaged(Exception):
    """A file cannot be read: it may be whole another time."""


@dataclass(frozen=True)
class CheckedContent:
    """What a file was found to be.

    :ivar str mimetype: one of :data:`EXTENSIONS`
    :ivar bool is_locked: whether a PDF opens with a password only
    """

    mimetype: str
    is_locked: bool = False

    @property
    def extension(self):
        """The usual end of the name of such a file, with its dot."""
        return EXTENSIONS[self.mimetype]


def check_content(content):
    """Return what a file is.

    :param bytes content: the whole file
    :rtype: CheckedContent
    :raise ContentRefused: when it may not be kept
    :raise ContentDamaged: when it is incomplete or broken
    """
    if not content.strip():
        raise ContentDamaged("empty")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"%PDF-"):
        return _check_pdf(content)
    mimetype = guess_mimetype(content)
    if mimetype in ("image/png", "image/jpeg"):
        return _check_image(content, mimetype)
    if mimetype == "text/plain":
        return _check_text(content)
    raise ContentRefused("kind")


def _check_pdf(content):
    if _END_OF_PDF not in content[-1024:]:
        raise ContentDamaged("cut")
    try:
        with within_bounds():
            reader = open_pdf(content)
            if reader is None:
                active = names_actions(content)
            else:
                active = is_active(reader)
                count_pages(reader)
    except GrowsTooLarge as error:
        raise ContentRefused("too_large") from error
    except UNREADABLE as error:
        raise ContentDamaged(type(error).__name__) from error
    if active:
        raise ContentRefused("active")
    return CheckedContent("application/pdf", is_locked=reader is None)


def _check_image(content, mimetype):
    """Check that an image is what it seems, and not one that explodes in memory."""
    kind = mimetype.removeprefix("image/").upper()
    try:
        with warnings.catch_warnings():
            # The bound here is ours: the library's own only warns.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[kind]) as image:
                width, height = image.size
                image.verify()
    except Image.DecompressionBombError as error:
        raise ContentRefused("too_large") from error
    except NO_PICTURE as error:
        raise ContentDamaged(type(error).__name__) from error
    if not 0 < width * height <= MOST_PIXELS:
        raise ContentRefused("too_large")
    return CheckedContent(mimetype)


def _check_text(content):
    if len(content) > LONGEST_TEXT:
        raise ContentRefused("too_large")
    if _MARKUP.search(content):
        raise ContentRefused("active")
    if _CONTROL.search(content):
        raise ContentRefused("kind")
    try:
        check_text_pages(decode(content))
    except TooManyPages as error:
        raise ContentRefused("too_large") from error
    return CheckedContent("text/plain")
