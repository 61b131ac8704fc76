"""Documents: those that marketplaces provide, and invoices that are sent to them."""

import itertools
import json
from dataclasses import dataclass, field
from urllib.parse import quote

from werkzeug.wrappers import Response

from .errors import ApiError
from .pdf import one_page_pdf
from .replies import json_reply

MAX_UPLOAD = 10 * 1024 * 1024  # bytes

MIRAKL_METADATA = (
    "document_number",
    "issue_date",
    "due_date",
    "total_amount_excluding_taxes",
    "total_tax_amount",
)
"""All mandatory on Mirakl channels (help centre, "How to send customer invoices")."""


@dataclass
class Document:
    """A document of an order, offered for download or uploaded."""

    id: str
    account_id: int
    marketplace: str
    marketplace_order_id: str
    filename: str
    content: bytes = field(repr=False)
    content_type: str = "application/pdf"
    metadata: dict = field(default_factory=dict)


class DocumentStore:
    """The documents of all orders, by id, and the uploads in the order of arrival."""

    def __init__(self):
        self._ids = itertools.count(9001)
        self.by_id = {}
        self.uploads = []

    def add(self, record, filename, content=None, content_type="application/pdf"):
        """Offer a document of an order for download.

        :param OrderRecord record: its order
        :param bytes content: default: a PDF of one page with the file's name on it
        :return: the document
        """
        marketplace, order_id = record.identity
        if content is None:
            content = one_page_pdf(f"{filename} - {order_id}")
        document = Document(
            str(next(self._ids)),
            record.account_id,
            marketplace,
            order_id,
            filename,
            content,
            content_type,
        )
        self.by_id[document.id] = document
        return document

    def link(self, document):
        """Return the path at which a document can be read without a token.

        It stands for the links of marketplaces that name files instead of ids.
        """
        return f"/files/{document.id}/{quote(document.filename)}"

    def receive(self, account_id, fields, upload, metadata):
        """Keep an uploaded invoice and return it as a document."""
        document = Document(
            str(next(self._ids)),
            account_id,
            fields["marketplace"],
            fields["order_id"],
            upload.filename,
            upload.read(),
            metadata=metadata,
        )
        self.uploads.append(document)
        return document


def download_document(state, request, account, document_id):
    """Answer ``GET /v3.0/document/<id>``: the bytes of a document of the account."""
    document = state.documents.by_id.get(document_id)
    if document is None or document.account_id != account.id:
        raise ApiError(404, f"Not found: document {document_id}")
    return _file(document)


def follow_link(state, request, document_id, filename):
    """Answer ``GET /files/<id>/<name>``: the bytes of a document of any account."""
    document = state.documents.by_id.get(document_id)
    if document is None or document.filename != filename:
        raise ApiError(404, f"Not found: file {filename}")
    return _file(document)


def _file(document):
    """Return the answer that carries a document."""
    disposition = f'attachment; filename="{document.filename}"'
    return Response(
        document.content,
        content_type=document.content_type,
        headers={"Content-Disposition": disposition},
    )


def upload_document(state, request, account):
    """Answer ``POST /v3.0/document``: take an invoice for an order.

    :raise ApiError: 400 when a field is missing, the metadata is incomplete, the file
        is no PDF or too large, or the channel takes no invoices; 404 for an unknown
        order
    """
    fields = _upload_fields(request)
    record = state.find(fields["marketplace"], fields["order_id"], account.id)
    if record is None:
        raise ApiError(404, f"Not found: order {fields['order_id']}")
    definition = state.marketplaces.get(fields["marketplace"]) or {}
    if not (definition.get("features") or {}).get("invoice_upload"):
        raise ApiError(400, f"{fields['marketplace']} does not accept invoices")
    metadata = _metadata(fields)
    upload = request.files["upload"]
    document = state.documents.receive(account.id, fields, upload, metadata)
    return json_reply({"id": document.id})


def _upload_fields(request):
    """Return the fields of an upload.

    :raise ApiError: 400 for a missing field, or a file that is no PDF or too large
    """
    for name in ("order_id", "marketplace", "metadata"):
        if not request.form.get(name):
            raise ApiError(400, f"{name} is mandatory")
    upload = request.files.get("upload")
    if upload is None:
        raise ApiError(400, "upload is mandatory")
    content = upload.read()
    upload.seek(0)
    if not content.startswith(b"%PDF-"):
        raise ApiError(400, "upload must be a PDF file")
    if len(content) > MAX_UPLOAD:
        raise ApiError(400, "upload is too large")
    return request.form.to_dict()


def _metadata(fields):
    """Return the metadata of an upload.

    :raise ApiError: 400 when it is no JSON object or a mandatory key is missing
    """
    try:
        metadata = json.loads(fields["metadata"])
    except ValueError as error:
        raise ApiError(400, "metadata must be JSON") from error
    if not isinstance(metadata, dict):
        raise ApiError(400, "metadata must be a JSON object")
    for name in MIRAKL_METADATA:
        if metadata.get(name) in (None, ""):
            raise ApiError(400, f"metadata: {name} is mandatory")
    return metadata
