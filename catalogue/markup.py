"""HTML as editors and themes leave it: its text, or a little of its shape."""

import html
import re
from collections.abc import Iterator

from lxml import etree


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Kept as they are, without attributes.
_KEPT_BLOCKS = _tags("p ul ol li h2 h3 h4 table thead tbody tfoot tr th td caption")
_KEPT_INLINE = _tags("b strong i em")
#: A cell may be empty: the next one must not take its place.
_CELLS = _tags("td th")
#: Where text ends on the screen, whether or not the element is kept.
_BLOCKS = _KEPT_BLOCKS | _tags(
    "address article aside blockquote body center dd details div dl dt fieldset "
    "figcaption figure footer form h1 h5 h6 header hr html legend main nav option "
    "pre section summary"
)
#: What is in them is no text that anybody reads there.
_SILENT = _tags(
    "audio button canvas embed head iframe math noembed noframes noscript object "
    "script select style svg template textarea title video"
)
#: No description has that many. Among more of them the parser, which looks for the
#: start of each end, would take minutes.
_MOST_TAGS = 5_000
_TAG = re.compile(r"<[^<>]*>")
_UNREAD = re.compile(
    r"<(script|style)\b.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL
)
_END_OF_PAGE = re.compile(r"</(?=body|html)", re.IGNORECASE)
_BLANKS = re.compile(r"\s+")


def pieces_of(markup: str) -> Iterator[str]:
    """Yield the pieces of text in HTML, with a blank wherever a line ends.

    :param markup: without what XML cannot hold
    """
    for kind, what in _tokens(markup):
        if kind == "text":
            yield what
        elif what in _BLOCKS or what == "br":
            yield " "


def reduced_pieces(markup: str) -> list[str]:
    """Return the pieces of HTML that has nothing but its text and simple shapes.

    :param markup: without what XML cannot hold
    """
    writer = _Writer()
    for kind, what in _tokens(markup):
        if kind == "text":
            writer.text(what)
        elif what == "br":
            if kind == "start":
                writer.line_break()
        elif what in _KEPT_BLOCKS or what in _KEPT_INLINE:
            (writer.open if kind == "start" else writer.close)(what)
        elif what in _BLOCKS:
            writer.break_before_text()
    return writer.pieces


class _Writer:
    """Writes HTML, and leaves out what would show nothing.

    :ivar list pieces: written so far
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        # Of each open element, where it began, and whether it has shown anything.
        self._open: list[list] = []
        self._breaks = 0
        self._is_after_text = False

    def open(self, tag: str) -> None:
        """Begin an element."""
        if tag in _KEPT_BLOCKS:
            self._end_line()
        else:
            self._write_breaks()
        self._open.append([len(self.pieces), False])
        self.pieces.append(f"<{tag}>")

    def close(self, tag: str) -> None:
        """End the element that was begun last; forget it if it is empty."""
        start, has_content = self._open.pop()
        if tag in _KEPT_BLOCKS:
            self._end_line()
        if not has_content and tag not in _CELLS:
            blank = " " if " " in self.pieces[start:] else ""
            del self.pieces[start:]
            self.pieces += [blank] if blank else []
            return
        self.pieces.append(f"</{tag}>")
        if self._open:
            self._open[-1][1] = True

    def text(self, text: str) -> None:
        """Write a text, its blanks as one each."""
        text = _BLANKS.sub(" ", text)
        if text != " ":
            if self._breaks or not self._is_after_text:
                text = text.lstrip()
            self._write_breaks()
            self._is_after_text = True
            if self._open:
                self._open[-1][1] = True
            self.pieces.append(html.escape(text, quote=False))
        elif self._is_after_text and not self._breaks:
            self.pieces.append(text)

    def line_break(self) -> None:
        """Break the line, if anything follows on the next one."""
        self._breaks += self._is_after_text

    def break_before_text(self) -> None:
        """Break the line, if it is not new."""
        self._breaks = max(self._breaks, int(self._is_after_text))

    def _write_breaks(self) -> None:
        # An empty line between two is enough.
        self.pieces += ["<br>"] * min(self._breaks, 2)
        self._breaks = 0

    def _end_line(self) -> None:
        if self.pieces and not self.pieces[-1].startswith("<"):
            self.pieces[-1] = self.pieces[-1].rstrip()
        self._breaks = 0
        self._is_after_text = False


def _tokens(markup: str) -> Iterator[tuple[str, str]]:
    """Yield ``("start", tag)``, ``("end", tag)`` and ``("text", text)`` in order."""
    if markup.count("<") > _MOST_TAGS:
        yield "text", html.unescape(_TAG.sub(" ", _UNREAD.sub(" ", markup)))
        return
    walk = etree.iterwalk(_parse(markup), events=("start", "end", "comment", "pi"))
    for event, element in walk:
        is_tag = event in ("start", "end") and element.tag not in _SILENT
        if is_tag:
            yield event, element.tag
        elif event == "start":
            walk.skip_subtree()
        if event == "start" and is_tag and element.text:
            yield "text", element.text
        if event != "start" and element.tail:
            yield "text", element.tail


def _parse(markup: str) -> etree._Element:
    # Bytes, because a declaration of another encoding in the text means nothing. What
    # follows the end of the page would be lost.
    page = _END_OF_PAGE.sub("</no", markup)
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    return etree.fromstring(f"<html><body>{page}</body></html>".encode(), parser)
