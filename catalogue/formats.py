"""Write a catalogue row by row, so that memory does not grow with its length.

All formats carry the same texts, and equal rows make equal bytes. Each is written from
one list of headings: no value can shift another, end a row or hide one.
"""

import io
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import BinaryIO

from lxml import etree

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


def write(
    file_format: str,
    file: BinaryIO,
    headers: Sequence[str],
    rows: Iterable[Sequence[str]],
) -> int:
    """Write a catalogue.

    :param file_format: ``csv``, ``xml`` or ``json``
    :param file: open for writing; it is left open
    :param headers: of the columns, no two of them alike
    :param rows: texts in the order of the headings; read one by one
    :return: how many rows were written
    :raise ValueError: two headings are alike, or a row has not a value for each
    """
    if len(set(headers)) < len(headers):
        raise ValueError(f"There are headings twice in {list(headers)}")
    counted = _Counted(rows, len(headers))
    _WRITERS[file_format](file, headers, counted)
    return counted.count


class _Counted:
    """Rows that fit, with legal texts.

    :ivar int count: of the rows so far
    """

    def __init__(self, rows: Iterable[Sequence[str]], width: int):
        self._rows = rows
        self._width = width
        self.count = 0

    def __iter__(self) -> Iterator[Sequence[str]]:
        for row in self._rows:
            if len(row) != self._width:
                raise ValueError(
                    f"Row {self.count + 1} has {len(row)} values, not {self._width}"
                )
            self.count += 1
            yield _legal(row)


def _legal(row: Sequence[str]) -> Sequence[str]:
    """Return a row without what one of the formats cannot hold.

    Rows come from :func:`.texts.to_text`; one that does not must not stop the file.
    """
    try:
        text = "".join(row)
        if text.isprintable() or not _ILLEGAL.search(text):
            return row
    except TypeError:
        row = [one if isinstance(one, str) else to_text(one) for one in row]
    return [_ILLEGAL.sub("", text) for text in row]


def _write_csv(file: BinaryIO, headers: Sequence[str], rows: Iterable) -> None:
    # To the byte what the csv module writes when it quotes all, at an eighth of its
    # time, which is most of the time that a file takes.
    with _text_of(file) as text:
        for row in itertools.chain([headers], rows):
            quoted = [value.replace('"', '""') for value in row]
            text.write('"' + '"|"'.join(quoted) + '"\r\n')


def _write_xml(file: BinaryIO, headers: Sequence[str], rows: Iterable) -> None:
    # One element is filled again and again; each time it is written out.
    product = etree.Element("product")
    product.tail = "\n"
    fields = [etree.SubElement(product, xml_name(header)) for header in headers]
    with etree.xmlfile(file, encoding="utf-8") as xml:
        xml.write_declaration()
        with xml.element("catalog"):
            for row in rows:
                for field, value in zip(fields, row, strict=True):
                    field.text = value
                xml.write(product)


def _write_json(file: BinaryIO, headers: Sequence[str], rows: Iterable) -> None:
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    with _text_of(file) as text:
        text.write('{"catalog":[')
        for number, row in enumerate(rows):
            text.write(",\n" if number else "\n")
            text.write(encode(dict(zip(headers, row, strict=True))))
        text.write("\n]}\n")


@contextmanager
def _text_of(file: BinaryIO) -> Iterator[io.TextIOWrapper]:
    """Give a binary file as one of text; it stays open, also after an error."""
    text = io.TextIOWrapper(file, "utf-8", newline="")
    try:
        yield text
    finally:
        text.detach()


_WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Iterable], None]] = {
    "csv": _write_csv,
    "xml": _write_xml,
    "json": _write_json,
}
