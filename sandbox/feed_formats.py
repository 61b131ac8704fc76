"""Strict readers of the formats in which Lengow takes a catalogue."""

import csv
import io
import json
import re

from lxml import etree

LONGEST_VALUE = 1 << 24
MARK_OF_ORDER = b"\xef\xbb\xbf"
_HEADER = re.compile(r"[A-Za-z0-9_-]{1,58}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class FeedFault(ValueError):
    """A file that Lengow would not read to its end."""


def read_feed(kind, content):
    """Return the headers and the rows of a file.

    :param str kind: ``csv``, ``xml`` or ``json``
    :param bytes content: the whole file, unpacked
    :return: list of texts, and list of lists of texts
    :rtype: tuple
    :raise FeedFault: naming the first thing that is wrong
    """
    if content.startswith(MARK_OF_ORDER):
        raise FeedFault("A mark of byte order at the start")
    headers, rows = READERS[kind](content)
    _check_headers(headers)
    for number, row in enumerate(rows, 1):
        if len(row) != len(headers):
            raise FeedFault(f"Row {number} has {len(row)} of {len(headers)} values")
    return headers, rows


def _check_headers(headers):
    for header in headers:
        if not _HEADER.fullmatch(header):
            raise FeedFault(f"The header {header!r} has what none may have")
    lowered = [header.lower() for header in headers]
    for header in headers:
        if lowered.count(header.lower()) > 1:
            raise FeedFault(f"The header {header!r} is there twice")


def _decode(content):
    try:
        text = content.decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        raise FeedFault(f"No UTF-8 at byte {error.start}") from error
    if found := _CONTROL.search(text):
        raise FeedFault(f"A control character at {found.start()}")
    return text


def _read_csv(content):
    csv.field_size_limit(LONGEST_VALUE)
    text = _decode(content)
    if not text.endswith("\r\n"):
        raise FeedFault("The last line has no end")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter="|", strict=True)
    try:
        headers, *rows = reader
    except csv.Error as error:
        raise FeedFault(f"CSV, line {reader.line_num}: {error}") from error
    return headers, rows


def _read_xml(content):
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise FeedFault(f"XML: {error.msg}") from error
    if root.tag != "catalog" or {one.tag for one in root} - {"product"}:
        raise FeedFault("XML: something else than products in a catalog")
    headers = [one.tag for one in root[0]] if len(root) else []
    for number, product in enumerate(root, 1):
        if [one.tag for one in product] != headers:
            raise FeedFault(f"XML: product {number} has other elements")
    return headers, [[one.text or "" for one in product] for product in root]


def _read_json(content):
    try:
        value = json.loads(_decode(content), object_pairs_hook=_without_doubles)
    except (ValueError, RecursionError) as error:
        raise FeedFault(f"JSON: {error}") from error
    products = value.get("catalog") if isinstance(value, dict) else None
    if not isinstance(products, list):
        raise FeedFault("JSON: no list of products in a catalog")
    headers = list(products[0]) if products else []
    for number, product in enumerate(products, 1):
        if list(product) != headers:
            raise FeedFault(f"JSON: product {number} has other members")
        if not all(isinstance(one, str) for one in product.values()):
            raise FeedFault(f"JSON: product {number} has more than texts")
    return headers, [list(product.values()) for product in products]


def _without_doubles(pairs):
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a member is there twice")
    return dict(pairs)


READERS = {"csv": _read_csv, "xml": _read_xml, "json": _read_json}
