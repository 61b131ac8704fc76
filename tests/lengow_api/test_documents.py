"""Documents of the marketplace, and our invoice."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lengow_api import (
    BadResponseError,
    LengowError,
    PayloadError,
    RequestRefusedError,
)

NOON = datetime(2024, 8, 19, 12, tzinfo=timezone(timedelta(hours=2)))
PDF = b"%PDF-1.4 content"


@pytest.mark.parametrize(
    ("disposition", "filename"),
    [
        ('attachment; filename="note 1.pdf"', "note 1.pdf"),
        ("attachment; filename*=UTF-8''bon%20%C3%A9.pdf", "bon é.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\x\\\\y.pdf"', "y.pdf"),
        ('attachment; filename=".."', None),
        ("attachment", None),
        ("", None),
    ],
)
def test_document_is_downloaded_with_a_bare_name(
    disposition, filename, server, client, reply
):
    headers = {"Content-Type": "Application/PDF; x=1"}
    if disposition:
        headers["Content-Disposition"] = disposition
    server.on("/v3.0/document/a%2Fb", reply(body=PDF, headers=headers))
    document = client.download_document("a/b")
    assert (document.content, document.content_type) == (PDF, "application/pdf")
    assert document.filename == filename
    assert "PDF" not in repr(document)
    assert server.calls[-1].query == {"account_id": "4242"}


def test_document_of_unknown_kind_is_passed_on(server, client, reply):
    server.on("/v3.0/document/5", reply(body=PDF))
    assert client.download_document(5).content_type == "application/octet-stream"


@pytest.mark.parametrize(
    ("content", "content_type", "error"),
    [
        (b"", "application/pdf", BadResponseError),
        (b"<html>", "text/html; charset=utf-8", BadResponseError),
        (b'{"a": 1}', "application/json", BadResponseError),
        (b'{"error": "gone"}', "application/json", RequestRefusedError),
    ],
)
def test_what_is_no_document_is_refused(
    content, content_type, error, server, client, reply
):
    headers = {"Content-Type": content_type}
    server.on("/v3.0/document/1", reply(body=content, headers=headers))
    with pytest.raises(error):
        client.download_document(1)


@pytest.mark.parametrize("document_id", [None, "", " ", [], True])
def test_document_without_id_is_refused(document_id, client):
    with pytest.raises(PayloadError, match="no id"):
        client.download_document(document_id)


@pytest.mark.parametrize(("body", "expected"), [(b"", {}), (b'{"id": 1}', {"id": 1})])
def test_invoice_is_uploaded_once_as_a_form_with_a_file(
    body, expected, server, client, reply
):
    server.on("/v3.0/document", reply(body=body))
    metadata = {
        "document_number": "INV/1",
        "issue_date": NOON,
        "total": Decimal("1.20"),
    }
    answer = client.upload_document("mirakl", "M-1", "INV 1.pdf", PDF, metadata)
    assert answer == expected
    call = server.calls[-1]
    assert call.headers["Content-Type"].startswith("multipart/form-data")
    for part in (
        b'name="order_id"\r\n\r\nM-1',
        b'name="account_id"\r\n\r\n4242',
        b'name="marketplace"\r\n\r\nmirakl',
        b'name="upload"; filename="INV 1.pdf"\r\nContent-Type: application/pdf',
        PDF,
        b'"document_number": "INV/1"',
        b'"issue_date": "2024-08-19T12:00:00+02:00"',
        b'"total": "1.20"',
    ):
        assert part in call.body


def test_failed_upload_is_not_repeated(server, client, reply):
    server.on("/v3.0/document", reply(502, {}))
    with pytest.raises(LengowError) as caught:
        client.upload_document("mirakl", "M-1", "i.pdf", PDF, {})
    assert caught.value.may_have_arrived
    assert len(server.calls_to("/v3.0/document")) == 1
