"""Write a catalogue row by row, so that memory does not grow with its length.

All formats carry the same texts, and equal rows make equal bytes. Each is written from
one list of headings: no value can shift another, end a row or hide one.
"""

import re
from collections.abc import Iterable, Sequence
from json.encoder import encode_basestring
from typing import BinaryIO

from .headers import xml_name
from .texts import to_text

#: Of each format, as a server says it.
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xml": "application/xml",
    "json": "application/json",
}
#: What XML cannot hold, and UTF-8 neither.
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


_NAME = re.compile(r"[^\W\d][\w.-]*")
#: Stands between the values of a row that is one text. No value can hold it.
BETWEEN = "\x1f"
#: Stands between rows while they are one text. No value can hold it either.
_BETWEEN_ROWS = "\x1e"
_BETWEEN_IN_JSON = "\\u001f"
_CONTROLS = bytes(sorted({*range(0x20)} - set(b"\t\n\r")))
#: With which the UTF-8 of the last two of `_ILLEGAL` begins, and of a few other ones.
_RARE = b"\xef\xbf"
#: So many rows are written at once.
_AT_ONCE = 20


def write(
    file_format: str,
    file: BinaryIO,
    headers: Sequence[str],
    rows: Iterable[Sequence[str] | str],
) -> int:
    """Write a catalogue.

    :param file_format: ``csv``, ``xml`` or ``json``
    :param file: open for writing; it is left open
    :param headers: of the columns, no two of them alike
    :param rows: as :meth:`Table.extend` takes them; read one by one
    :return: how many rows were written
    :raise ValueError: two headings are alike, or a row has not a value for each
    """
    table = Table(file_format, file, headers)
    table.extend(rows)
    table.end()
    return table.count


class Table:
    """A catalogue that is written row by row.

    :ivar int count: of the rows so far
    """

    def __init__(self, file_format: str, file: BinaryIO, headers: Sequence[str]):
        """Begin the file.

        :param file_format: ``csv``, ``xml`` or ``json``
        :param file: open for writing; it is left open
        :param headers: of the columns, no two of them alike
        :raise ValueError: two headings are alike
        """
        if len(set(headers)) < len(headers):
            raise ValueError(f"There are headings twice in {list(headers)}")
        self.count = 0
        self._width = len(headers)
        self._format = _FORMATS[file_format](headers)
        self._file = file
        self._rows = []
        file.write(self._format.beginning)

    def extend(self, rows: Iterable[Sequence[str] | str]) -> None:
        """Write rows.

        :param rows: each as texts in the order of the headings; or all of them as one
            text, with `BETWEEN` between them; read one by one
        :raise ValueError: one has not a value for each heading
        """
        for row in rows:
            is_joined = isinstance(row, str)
            width = row.count(BETWEEN) + 1 if is_joined else len(row)
            if width != self._width:
                raise ValueError(
                    f"Row {self.count + 1} has {width} values, not {self._width}"
                )
            self.count += 1
            self._rows.append(row if is_joined else joined(row))
            if len(self._rows) >= _AT_ONCE:
                self._flush()

    def end(self) -> None:
        """End the file; without it it is not whole."""
        self._flush()
        self._file.write(self._format.end)

    def _flush(self) -> None:
        if not self._rows:
            return
        is_first = self.count == len(self._rows)
        before = self._format.first if is_first else self._format.between
        lines = self._format.lines(_legal(self._rows, self._width))
        self._file.write(before + lines)
        self._rows = []


def joined(row: Sequence[str]) -> str:
    """Return a row as one text, with `BETWEEN` between its values.

    They come from :func:`.texts.to_text`; one that does not must not stop the file.

    :param row: texts; nothing stands for an empty one
    """
    try:
        text = BETWEEN.join(row)
    except TypeError:
        row = [one if isinstance(one, str) else to_text(one) for one in row]
        text = BETWEEN.join(row)
    if text.count(BETWEEN) == len(row) - 1 and _can_be_kept(text):
        return text
    return BETWEEN.join(_ILLEGAL.sub("", one) for one in row)


def _can_be_kept(text: str) -> bool:
    """Whether a database takes a text: no lone surrogate, and nothing that ends it."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def _legal(rows: list[str], width: int) -> bytes:
    """Return rows as one text in UTF-8, without what one of the formats cannot hold.

    :param rows: each of so many values
    """
    try:
        data = _BETWEEN_ROWS.join(rows).encode()
    except UnicodeEncodeError:
        data = _RARE  # a lone surrogate, which goes, too
    controls = len(data) - len(data.translate(None, _CONTROLS))
    if controls == len(rows) * width - 1 and _RARE not in data:
        return data
    text = _BETWEEN_ROWS.join(
        BETWEEN.join(_ILLEGAL.sub("", text) for text in row.split(BETWEEN))
        for row in rows
    )
    return text.encode()


class _Csv:
    """To the byte what the csv module writes when it quotes all, and much faster."""

    first = between = end = b""

    def __init__(self, headers: Sequence[str]):
        self.beginning = self.lines(_legal([joined(headers)], len(headers)))

    def lines(self, rows: bytes) -> bytes:
        rows = rows.replace(b'"', b'""').replace(BETWEEN.encode(), b'"|"')
        rows = rows.replace(_BETWEEN_ROWS.encode(), b'"\r\n"')
        return b'"' + rows + b'"\r\n'


class _Xml:
    """To the byte what lxml writes, and much faster."""

    beginning = b"<?xml version='1.0' encoding='utf-8'?>\n<catalog>"
    first = between = b""
    end = b"</catalog>"

    def __init__(self, headers: Sequence[str]):
        names = [*map(xml_name, headers)]
        if wrong := [name for name in names if not _NAME.fullmatch(name)]:
            raise ValueError(f"No element can be called {wrong[0]!r}")
        fields = "".join(f"<{name}>%s</{name}>" for name in names)
        self._template = f"<product>{fields}</product>\n".encode()

    def lines(self, rows: bytes) -> bytes:
        for one, escaped in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;")):
            rows = rows.replace(one, escaped)
        return b"".join(
            self._template % tuple(row.split(BETWEEN.encode()))
            for row in rows.replace(b"\r", b"&#13;").split(_BETWEEN_ROWS.encode())
        )


class _Json:
    """To the byte what the json module writes, and much faster."""

    beginning = b'{"catalog":['
    first = b"\n"
    between = b",\n"
    end = b"\n]}\n"

    def __init__(self, headers: Sequence[str]):
        names = [_unformatted(encode_basestring(header)) for header in headers]
        self._template = "{" + ",".join(f'{name}:"%s"' for name in names) + "}"

    def lines(self, rows: bytes) -> bytes:
        lines = map(self._line, rows.decode().split(_BETWEEN_ROWS))
        return self.between.join(line.encode() for line in lines)

    def _line(self, row: str) -> str:
        if _BETWEEN_IN_JSON in row:
            values = [encode_basestring(one)[1:-1] for one in row.split(BETWEEN)]
        else:
            # All at once; what stands between them is a text of its own then.
            values = encode_basestring(row)[1:-1].split(_BETWEEN_IN_JSON)
        return self._template % tuple(values)


def _unformatted(text: str) -> str:
    return text.replace("%", "%%")


_FORMATS = {"csv": _Csv, "xml": _Xml, "json": _Json}
