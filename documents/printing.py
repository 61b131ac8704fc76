"""Many files become one PDF to print."""

import io
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageOps

from odoo.tools.pdf import PdfFileReader, PdfFileWriter

from .pages import decode, image_page, text_pages
from .pdf import UNREADABLE, GrowsTooLarge, count_pages, open_pdf, within_bounds

#: What may go wrong with a file that was kept before there were bounds for it, too.
UNPRINTABLE = (
    *UNREADABLE,
    GrowsTooLarge,
    Image.DecompressionBombError,
    OSError,
    SyntaxError,
)


@dataclass(frozen=True)
class Paper:
    """One file to print.

    :ivar str title: names it on the cover page and in the bookmarks
    :ivar str mimetype: as :func:`check_content` found it
    :ivar read: returns its content; called once, when its turn comes
    """

    title: str
    mimetype: str
    read: Callable[[], bytes]


class Printer:
    """Collects papers, and writes them as one PDF.

    Each file is read when its turn comes and given back at once, so that the pages are
    in memory once: in the PDF that grows.
    """

    def __init__(self):
        self._writer = PdfFileWriter()
        #: Pages so far, without the cover.
        self.page_count = 0
        #: What is in it, and on which page each begins.
        self.titles = []

    def add(self, paper):
        """Add the pages of a file.

        :param Paper paper: the next one
        :return: whether that worked; pages from before a damaged one stay
        :rtype: bool
        """
        first = self.page_count
        try:
            with within_bounds():
                if not self._add_pages(paper):
                    return False
        except UNPRINTABLE:
            self.page_count = len(self._writer.pages)
            return False
        if self.page_count > first:
            self._name_page(paper.title, first)
        return True

    def add_part(self, content, titles):
        """Add what another printer has written, which was within bounds.

        :param bytes content: a PDF
        :param list titles: what is in it, as of :attr:`titles`
        """
        first = self.page_count
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        for page in reader.pages:
            self._writer.add_page(page)
            self.page_count += 1
        self._forget(reader)
        for title, page_number in titles:
            self._name_page(title, first + page_number)

    def _name_page(self, title, page_number):
        self._writer.add_outline_item(title=title, page_number=page_number)
        self.titles.append((title, page_number))

    def _add_pages(self, paper):
        """Add the pages of a file; False when a password is needed."""
        reader = self._open(paper)
        if reader is None:
            return False
        count_pages(reader)
        for page in reader.pages:
            self._writer.add_page(page)
            self.page_count += 1
        self._forget(reader)
        return True

    def add_cover(self, title, lines):
        """Put a page in front that says what is missing.

        :param str title: its heading
        :param list lines: texts, one below the other
        """
        text = "\n".join([title, "", *lines])
        cover = PdfFileReader(io.BytesIO(text_pages(text)))
        for index, page in enumerate(cover.pages):
            self._writer.insert_page(page=page, index=index)
        self._forget(cover)

    def write_to(self, target):
        """Write the PDF.

        :param target: a binary file, open for writing
        """
        self._writer.write(target)

    def _open(self, paper):
        """Return a reader of the pages of a file; None when a password is needed."""
        content = paper.read()
        if not content:
            # Odoo reads nothing of a file that is gone: that is no blank page.
            raise OSError("There is nothing of the file")
        if paper.mimetype == "application/pdf":
            return open_pdf(content)
        if paper.mimetype == "text/plain":
            pages = text_pages(decode(content))
        else:
            pages = image_page(_upright(content))
        return PdfFileReader(io.BytesIO(pages))

    def _forget(self, reader):
        """Give the memory of a file back that was added.

        The library keeps its readers, but once it has copied their pages it needs
        neither their files nor what it remembers of them by an identity that Python
        may give to another reader. Its predecessor copies nothing before it writes.
        """
        if hasattr(self._writer, "reset_translation"):
            reader.stream.close()
            self._writer.reset_translation(reader)


def _upright(content):
    """Return an image turned the way its camera says."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        image = Image.open(io.BytesIO(content), formats=["PNG", "JPEG"])
        image.load()
    return ImageOps.exif_transpose(image)
