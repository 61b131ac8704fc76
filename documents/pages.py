"""Pages of paper for what is no PDF."""

import io
import textwrap
from functools import cache

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

MARGIN = 15 * mm
FONT_SIZE = 9
LEADING = 12
COLUMNS = 92
#: Of a text; a packing list has one page, or ten.
MOST_PAGES = 1000
#: Usual on servers, and knows the alphabets of all of Europe.
_FONT_FILES = (
    "DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/dejavu-sans-mono-fonts/DejaVuSansMono.ttf",
)


class TooManyPages(ValueError):
    """A text takes more paper than anybody prints."""


def decode(content):
    """Return the text of a file, in whatever of the two usual codings it came.

    :param bytes content: the file
    :rtype: str
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def check_text_pages(text):
    """Check that a text may become pages: a form feed is a byte, and a page a kilobyte.

    :param str text: as :func:`text_pages` takes it
    :raise TooManyPages: when it takes too many
    """
    count = 0
    for page in text.split("\f"):
        count += 1 + (len(page.splitlines()) + len(page) // COLUMNS) // _per_page()
        if count > MOST_PAGES:
            raise TooManyPages("The text has too many pages")


def text_pages(text):
    """Return a PDF of a text, in lines of a fixed width.

    :param str text: with line breaks, and form feeds where a page ends
    :rtype: bytes
    :raise TooManyPages: when it takes more paper than anybody prints
    """
    check_text_pages(text)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    font = _font()
    for page in text.expandtabs(8).split("\f"):
        lines = [part for line in page.splitlines() for part in _wrap(line)]
        for lines_of_page in _pages_of(lines):
            drawing = canvas.beginText(MARGIN, A4[1] - MARGIN - FONT_SIZE)
            drawing.setFont(font, FONT_SIZE, LEADING)
            for line in lines_of_page:
                drawing.textLine(_printable(line, font))
            canvas.drawText(drawing)
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def image_page(image):
    """Return a PDF of one page with an image as large as fits.

    :param PIL.Image.Image image: upright
    :rtype: bytes
    """
    width, height = image.size
    page_size = landscape(A4) if width > height else A4
    room = [side - 2 * MARGIN for side in page_size]
    scale = min(room[0] / width, room[1] / height)
    size = (width * scale, height * scale)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=page_size, invariant=True)
    canvas.drawImage(
        ImageReader(image),
        (page_size[0] - size[0]) / 2,
        (page_size[1] - size[1]) / 2,
        *size,
        mask="auto",
    )
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _wrap(line):
    return textwrap.wrap(line, COLUMNS, drop_whitespace=False) or [""]


def _per_page():
    return int((A4[1] - 2 * MARGIN) // LEADING)


def _pages_of(lines):
    per_page = _per_page()
    for start in range(0, max(len(lines), 1), per_page):
        yield lines[start : start + per_page]


def _printable(line, font):
    """Return a line with what its font can show."""
    if font == "Courier":
        return line.encode("cp1252", "replace").decode("cp1252")
    return line


@cache
def _font():
    """Return the name of a registered font of fixed width."""
    for path in _FONT_FILES:
        try:
            pdfmetrics.registerFont(TTFont("LengowMono", path))
        except (TTFError, OSError):
            continue
        return "LengowMono"
    return "Courier"
