"""Texts that have broken the catalogues of others, and readers that forgive nothing."""

import csv
import io
import json

from lxml import etree

from catalogue.formats import write

# Whoever reads a catalogue takes long texts; Python's own limit is 128 kB.
csv.field_size_limit(1 << 24)

HOSTILE = {
    "quote": 'a "quoted" word and 19" more"',
    "pipe": "a|b||c",
    "quote and pipe": '"|"',
    "newlines": "one\r\ntwo\nthree\rfour\u2028five\u0085six\vseven\feight",
    "CDATA": "]]> and <![CDATA[ and ]]]]><![CDATA[>",
    "markup": "<script>alert('x')</script> & <b>bold</b> &amp; &#0;",
    "NUL": "be\0fore",
    "control characters": "a\x01b\x08c\x1bd\x7fe",
    "lone surrogate": "a\ud800b\udfffc",
    "not characters": "a\ufffeb\uffffc\ufeffd",
    "right to left": "\u200f\u05e9\u05dc\u05d5\u05dd\u200e \u202eabc\u202c \u0645",
    "blanks": " \t\u00a0 in \u3000 between \u202f ",
    "formula": "=HYPERLINK(1)",
    "backslash": 'ends with \\"',
    "emoji": "\U0001f469\u200d\U0001f467 \U0001f600",
    "empty": "",
    "long": "x" * (1 << 20),
    "long and bad": '"|]]>\n\0' * (1 << 17),
}


def file_of(file_format, headers, rows):
    """Return the bytes of a catalogue."""
    file = io.BytesIO()
    write(file_format, file, headers, rows)
    return file.getvalue()


def read(file_format, content):
    """Return a catalogue's headings and rows as a strict reader sees them."""
    return {"csv": read_csv, "xml": read_xml, "json": read_json}[file_format](content)


def read_csv(content):
    text = io.StringIO(content.decode("utf-8", "strict"), newline="")
    headers, *rows = csv.reader(text, delimiter="|", strict=True)
    return headers, rows


def read_xml(content):
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
    root = etree.fromstring(content, parser)
    assert root.tag == "catalog"
    assert {product.tag for product in root} <= {"product"}
    headers = [field.tag for field in root[0]] if len(root) else []
    return headers, [[field.text or "" for field in product] for product in root]


def read_json(content):
    products = json.loads(content.decode("utf-8", "strict"))["catalog"]
    headers = list(products[0]) if products else []
    return headers, [list(product.values()) for product in products]
