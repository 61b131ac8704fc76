"""HTML as editors and themes leave it: its text, or a little of its shape."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree


def _tags(names: str) -> frozenset[str]:
    return frozenset(names.split())


#: Kept as they are, without attributes.
_KEPT_BLOCKS = _tags("p ul ol li h2 h3 h4 table thead tbody tfoot tr th td caption")
_KEPT_INLINE = _tags("b strong i em")
#: They end where another block begins.
_LINES = _tags("p h2 h3 h4")
#: What stands nowhere else.
_PARENTS = {
    "li": _tags("ul ol"),
    "tr": _tags("table thead tbody tfoot"),
    **dict.fromkeys(_tags("td th"), _tags("tr")),
    **dict.fromkeys(_tags("thead tbody tfoot caption"), _tags("table")),
}
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


@dataclass(slots=True)
class _Element:
    """An element that is open.

    :ivar bool is_written: whether it has shown anything yet
    :ivar bool is_dropped: whether it is never written: it only begins a line
    """

    tag: str
    is_dropped: bool
    is_written: bool = False


class _Writer:
    """Writes HTML; an element that shows nothing is never written.

    :ivar list pieces: written so far
    """

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._open: list[_Element] = []
        self._breaks = 0
        self._is_after_text = False

    def open(self, tag: str) -> None:
        """Begin an element; where it may not be it only begins a line."""
        is_misplaced = False
        if tag in _KEPT_BLOCKS:
            self.break_before_text()
            is_misplaced = not self._may_hold(tag)
        self._open.append(_Element(tag, is_misplaced))

    def close(self, tag: str) -> None:
        """End the element that was begun last."""
        if tag in _CELLS and not self._open[-1].is_dropped:
            self._write_open()
        element = self._open.pop()
        if element.is_dropped or not element.is_written:
            if tag in _KEPT_BLOCKS:
                self.break_before_text()
            return
        if tag in _KEPT_BLOCKS:
            self._end_line()
        self.pieces.append(f"</{tag}>")

    def text(self, text: str) -> None:
        """Write a text, its blanks as one each."""
        text = _BLANKS.sub(" ", text)
        if text != " ":
            is_new_line = self._write_open()
            self.pieces.append(
                html.escape(text.lstrip() if is_new_line else text, quote=False)
            )
            self._is_after_text = True
        elif self._is_after_text and not self._breaks:
            self.pieces.append(text)

    def line_break(self) -> None:
        """Break the line, if anything follows on the next one."""
        self._breaks += self._is_after_text

    def break_before_text(self) -> None:
        """Break the line, if it is not new."""
        self._breaks = max(self._breaks, int(self._is_after_text))

    def _may_hold(self, tag: str) -> bool:
        """Tell whether a block may stand in what is open.

        Emphasis that has shown nothing yet makes room for it.
        """
        around = ""
        for one in reversed(self._open):
            if one.is_dropped:
                continue
            if one.tag in _KEPT_BLOCKS:
                around = one.tag
                break
            if one.is_written:
                return False
            one.is_dropped = True
        if tag in _PARENTS:
            return around in _PARENTS[tag]
        return around not in _LINES

    def _write_open(self) -> bool:
        """Write the elements that were begun since; tell whether a line begins."""
        waiting = [one for one in self._open if not (one.is_written or one.is_dropped)]
        if any(one.tag in _KEPT_BLOCKS for one in waiting):
            self._end_line()
        is_new_line = self._breaks > 0 or not self._is_after_text
        # An empty line between two is enough.
        self.pieces += ["<br>"] * min(self._breaks, 2)
        self._breaks = 0
        for element in waiting:
            self.pieces.append(f"<{element.tag}>")
            element.is_written = True
        return is_new_line

    def _end_line(self) -> None:
        while self.pieces and not self.pieces[-1].startswith("<"):
            text = self.pieces.pop().rstrip()
            if text:
                self.pieces.append(text)
                break
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
