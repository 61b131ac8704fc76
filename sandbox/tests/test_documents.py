"""Documents of marketplaces, and invoices for them."""

import json

import pytest
import requests

METADATA = {
    "document_number": "INV/2026/00001",
    "issue_date": "2026-03-10T00:00:00Z",
    "due_date": "2026-04-09T00:00:00Z",
    "total_amount_excluding_taxes": 33.58,
    "total_tax_amount": 6.72,
}

PDF = b"%PDF-1.4\nnot much\n%%EOF\n"


@pytest.fixture
def upload(api, state, make_order):
    """Send an invoice for the one order there is."""
    state.put_order(make_order(marketplace="galeries_lafayette"))

    def send(content=PDF, path="/v3.0/document/", metadata=METADATA, **fields):
        fields = {
            "account_id": 4242,
            "order_id": "FR-1",
            "marketplace": "galeries_lafayette",
            "metadata": json.dumps(metadata),
            **fields,
        }
        files = {"upload": ("INV.pdf", content)} if content is not None else None
        return api.session.post(api.url + path, fields, files=files, timeout=5)

    return send


@pytest.mark.parametrize(
    "path", ["/v3.0/document", "/v3.0/document/", "/api/v3.1/document/"]
)
def test_an_invoice_is_kept(upload, state, path):
    answer = upload(path=path)
    assert answer.status_code == 200, answer.text
    (document,) = state.documents.uploads
    assert (document.content, document.filename) == (PDF, "INV.pdf")
    assert document.metadata == METADATA
    assert document.marketplace_order_id == "FR-1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"content": None}, "upload is mandatory"),
        ({"content": b"MZ..."}, "upload must be a PDF file"),
        ({"content": PDF + b" " * 10 * 1024 * 1024}, "upload is too large"),
        ({"order_id": ""}, "order_id is mandatory"),
        ({"marketplace": ""}, "marketplace is mandatory"),
        ({"metadata": None}, "metadata must be a JSON object"),
        ({"metadata": {}}, "metadata: document_number is mandatory"),
        ({"metadata": {**METADATA, "due_date": ""}}, "metadata: due_date is mandatory"),
        ({"account_id": ""}, "account_id is mandatory"),
    ],
)
def test_an_incomplete_invoice_is_refused(upload, state, changes, message):
    answer = upload(**changes)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, message)
    assert state.documents.uploads == []


def test_a_channel_without_the_feature_takes_no_invoice(upload, state, make_order):
    state.put_order(make_order(marketplace="bol"))
    answer = upload(marketplace="bol")
    assert answer.json()["error"]["message"] == "bol does not accept invoices"


def test_an_invoice_for_an_unknown_order_is_refused(upload):
    assert upload(order_id="FR-2").status_code == 404


def test_a_document_is_downloaded(api, other_api, state, make_order):
    state.put_order(make_order())
    record = state.find("cdiscount", "FR-1")
    document = state.documents.add(record, "note.pdf")
    for slash in ("", "/"):
        answer = api.get(f"/v3.0/document/{document.id}{slash}")
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/pdf"
        assert 'filename="note.pdf"' in answer.headers["Content-Disposition"]
        assert answer.content == document.content
    assert other_api.get(f"/v3.0/document/{document.id}").status_code == 404
    assert api.get("/v3.0/document/1").status_code == 404


def test_a_document_may_be_anything(api, state, make_order):
    state.put_order(make_order())
    record = state.find("cdiscount", "FR-1")
    document = state.documents.add(record, "x.bin", b"\x00", "application/octet-stream")
    assert api.get(f"/v3.0/document/{document.id}").content == b"\x00"


def test_the_made_up_pdf_has_a_right_table_of_offsets(state, make_order):
    state.put_order(make_order())
    record = state.find("cdiscount", "FR-1")
    content = state.documents.add(record, "a (b).pdf").content
    start = int(content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert content[start:].startswith(b"xref\n0 6\n")
    for number, row in enumerate(content[start:].splitlines()[3:8], 1):
        assert content[int(row.split()[0]) :].startswith(b"%d 0 obj" % number)


def test_the_seed_s_documents_can_be_downloaded(api, state):
    state.seed()
    items = [item for order in state.orders(4242) for item in order["documents"]]
    assert {item["type"] for item in items} == {
        "invoice",
        "delivery_note",
        "return_note",
    }
    for item in items:
        answer = api.get(f"/v3.0/document/{item['id']}")
        assert answer.content.startswith(b"%PDF-")


def test_a_body_that_is_far_too_large_is_refused(api):
    answer = api.session.post(
        api.url + "/v3.0/document/?account_id=4242",
        data=b"x" * (21 * 1024 * 1024),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        timeout=10,
    )
    assert answer.status_code == 413
    assert requests.get(api.url + "/_sandbox/", timeout=5).status_code == 200


def test_a_link_needs_no_token(api, state, make_order):
    state.put_order(make_order())
    record = state.find("cdiscount", "FR-1", 4242)
    document = state.documents.add(record, "bon de livraison.pdf", PDF)
    link = state.documents.link(document)
    answer = requests.get(api.url + link, timeout=5)
    assert (answer.status_code, answer.content) == (200, PDF)
    assert answer.headers["Content-Type"] == "application/pdf"
    other = requests.get(f"{api.url}/files/{document.id}/other.pdf", timeout=5)
    assert other.status_code == 404
