"""What an order says about its documents.

The shape of an item of `documents` is published nowhere. An id, an address, or an
object with either, a name and a type are read; what has neither id nor address cannot
be fetched and is left out.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from .payload import Order
from .reader import clean_text
from .urls import is_same_origin

_IDS = ("id", "document_id", "doc_id", "uuid")
_URLS = ("url", "link", "href", "document_url", "download_url", "file_url")
_NAMES = ("name", "filename", "file_name", "title", "label", "document_name")
_TYPES = ("type", "document_type", "doc_type", "kind", "category")

_LONGEST_ID = 255
_LONGEST_NAME = 150
#: What browsers and servers agree on at the least; signed addresses are far shorter.
_LONGEST_URL = 4000

#: The first that fits names the kind: a "return delivery note" is a return note.
_KINDS = (
    ("return_note", re.compile(r"return|retour|rücksend|reso\b|devoluci")),
    ("invoice", re.compile(r"invoice|facture|rechnung|fattura|factura|credit|avoir")),
    (
        "delivery_note",
        re.compile(r"deliver|livraison|packing|shipping|lieferschein|consegna|albar"),
    ),
)
#: Parts of an address that only prove the right to read it, and change each time:
#: those of Amazon, Google and Azure. A mere "token" may be all that tells two
#: documents apart, so it stays.
_SIGNATURE = re.compile(
    r"x-(amz|goog)-.*|awsaccesskeyid|googleaccessid|key-pair-id|signature|expires|policy"
    r"|sig|s[eprtv]|spr|sk(oid|tid|t|e|s|v)",
    re.IGNORECASE,
)
_SIGNED = re.compile(r"x-(amz|goog)-signature|signature|sig", re.IGNORECASE)
_OWN_DOCUMENT = re.compile(r"/(?:api/)?v\d\.\d/document/([^/]+)/?")


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """A document that an order names.

    :ivar key: tells it from the order's other documents; the same when Lengow repeats
        it, even with a new signature in its address.
    :ivar kind: ``invoice`` (credit notes too), ``delivery_note``, ``return_note`` or
        ``other``.
    """

    key: str
    kind: str
    document_id: str | None = None
    url: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)


def read_document_refs(order: Order) -> tuple[DocumentRef, ...]:
    """Return the documents of an order and of its lines, each once, in that order.

    The invoice that the order itself gives an address of comes last, unless it is one
    of them.
    """
    found = {}
    for raw in _raw_items(order):
        ref = _read(raw)
        if ref:
            found.setdefault(ref.key, ref)
    invoice = _read_invoice(order.invoice_url)
    if invoice and not any(_is_same_address(ref, invoice) for ref in found.values()):
        found[invoice.key] = invoice
    return tuple(found.values())


def document_id_of(url: str, base_url: str) -> str | None:
    """Return the id in an address of Lengow's own download call.

    Such an address needs the account's token, which a plain link is never given.

    :param url: where a document is said to be.
    :param base_url: the address of the API.
    :return: None when the address is any other.
    """
    if not is_same_origin(url, base_url):
        return None
    match = _OWN_DOCUMENT.fullmatch(urlsplit(url).path)
    return unquote(match[1]) if match else None


def _raw_items(order: Order) -> Iterator[object]:
    yield from order.documents
    for line in order.lines:
        yield from line.documents


def _read(raw: object) -> DocumentRef | None:
    if not isinstance(raw, dict):
        text = clean_text(raw)
        is_url = bool(text and "://" in text)
        raw = {"url": text} if is_url else {"id": text}
    document_id = _first_text(raw, _IDS, _LONGEST_ID)
    url = _first_text(raw, _URLS, _LONGEST_URL)
    if document_id is None and url is None:
        return None
    name = _first_text(raw, _NAMES, _LONGEST_NAME) or _name_in(url)
    return DocumentRef(
        key=f"id:{document_id}" if document_id else f"url:{_digest(url)}",
        kind=_kind(_first_text(raw, _TYPES, _LONGEST_NAME), name),
        document_id=document_id,
        url=url,
        name=name,
    )


def _read_invoice(url: str | None) -> DocumentRef | None:
    if not url or "://" not in url:
        return None
    return _read({"url": url, "type": "invoice"})


def _is_same_address(ref: DocumentRef, other: DocumentRef) -> bool:
    return bool(ref.url and other.url) and _digest(ref.url) == _digest(other.url)


def _first_text(raw: dict, keys: tuple[str, ...], longest: int) -> str | None:
    """Return the first member that is text; one too long is no use in part."""
    for key in keys:
        member = raw.get(key)
        if isinstance(member, dict):
            # Lengow writes other types as {"type": …, "label": …}
            member = member.get("type") or member.get("label") or member.get("name")
        text = clean_text(member)
        if text and len(text) <= longest:
            return text
    return None


def _kind(type_text: str | None, name: str | None) -> str:
    for text in (type_text, name):
        words = re.sub(r"[_\-.]", " ", text or "").lower()
        for kind, pattern in _KINDS:
            if pattern.search(words):
                return kind
    return "other"


def _name_in(url: str | None) -> str | None:
    """Return the file name at the end of an address, if it looks like one."""
    try:
        last = unquote(urlsplit(url or "").path).rpartition("/")[2]
    except ValueError:
        return None
    text = clean_text(last)
    return text if text and "." in text and len(text) <= _LONGEST_NAME else None


def _digest(url: str) -> str:
    """Return the SHA-256 of an address without its signature."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return hashlib.sha256(url.encode()).hexdigest()
    query = parse_qsl(parts.query, keep_blank_values=True)
    if any(_SIGNED.fullmatch(name) for name, _value in query):
        query = [pair for pair in query if not _SIGNATURE.fullmatch(pair[0])]
    plain = parts._replace(query=urlencode(sorted(query)), fragment="").geturl()
    return hashlib.sha256(plain.encode()).hexdigest()
