"""What orders say about their documents, in every shape that may come."""

import pytest

from lengow_api import Order, document_id_of, read_document_refs

BASE = "https://api.lengow.io"
SIGNED = "https://files.example.com/note.pdf?X-Amz-Date=%s&X-Amz-Signature=%s&v=1"


def refs(*documents, lines=()):
    """Return the references of an order with these documents."""
    payload = {
        "marketplace": "amazon_fr",
        "marketplace_order_id": "A-1",
        "documents": list(documents),
        "packages": [{"cart": [{"documents": list(line)} for line in lines]}],
    }
    return read_document_refs(Order.from_payload(payload))


@pytest.mark.parametrize(
    ("raw", "document_id", "url", "name", "kind"),
    [
        (9001, "9001", None, None, "other"),
        (" abc-1 ", "abc-1", None, None, "other"),
        (
            "https://x.example.com/a/bon%20de%20livraison.pdf?k=1",
            None,
            "https://x.example.com/a/bon%20de%20livraison.pdf?k=1",
            "bon de livraison.pdf",
            "delivery_note",
        ),
        (
            {"id": 7, "type": "delivery_note", "name": "n.pdf"},
            "7",
            None,
            "n.pdf",
            "delivery_note",
        ),
        (
            {"document_id": "7", "document_type": {"type": "INVOICE", "label": "x"}},
            "7",
            None,
            None,
            "invoice",
        ),
        (
            {"url": "https://x.example.com/1", "label": "Return slip"},
            None,
            "https://x.example.com/1",
            "Return slip",
            "return_note",
        ),
        (
            {"id": "8", "link": "https://x.example.com/8.pdf", "kind": "packing-slip"},
            "8",
            "https://x.example.com/8.pdf",
            "8.pdf",
            "delivery_note",
        ),
    ],
)
def test_an_id_an_address_or_an_object_names_a_document(
    raw, document_id, url, name, kind
):
    (ref,) = refs(raw)
    assert (ref.document_id, ref.url, ref.name, ref.kind) == (
        document_id,
        url,
        name,
        kind,
    )


@pytest.mark.parametrize(
    "raw",
    [None, "", True, [], {}, {"name": "n.pdf"}, {"id": None}, {"id": [1]}, "x" * 300],
)
def test_what_names_nothing_is_left_out(raw):
    assert refs(raw) == ()


@pytest.mark.parametrize("documents", [None, "", {}, False])
def test_an_order_without_documents_has_none(documents):
    payload = {"marketplace": "m", "marketplace_order_id": "1", "documents": documents}
    order = Order.from_payload(payload)
    assert read_document_refs(order) == () == order.problems


@pytest.mark.parametrize("documents", ["9001", 9001, {"id": "9001"}])
def test_a_single_document_need_not_be_in_a_list(documents):
    payload = {"marketplace": "m", "marketplace_order_id": "1", "documents": documents}
    order = Order.from_payload(payload)
    assert [ref.document_id for ref in read_document_refs(order)] == ["9001"]
    assert not order.problems


def test_a_document_of_the_order_and_of_its_lines_counts_once():
    found = refs({"id": 1}, lines=[[{"id": "1"}, {"id": 2}], [2, 3]])
    assert [ref.document_id for ref in found] == ["1", "2", "3"]


def test_a_new_signature_does_not_make_a_new_document():
    first, second = refs(SIGNED % ("1", "aa")), refs(SIGNED % ("2", "bb"))
    assert first[0].key == second[0].key
    assert first[0].url != second[0].url


@pytest.mark.parametrize(
    "other",
    [
        "https://files.example.com/note.pdf?X-Amz-Date=1&X-Amz-Signature=aa&v=2",
        "https://files.example.com/other.pdf?X-Amz-Signature=aa&v=1",
        "https://other.example.com/note.pdf?X-Amz-Signature=aa&v=1",
    ],
)
def test_another_address_is_another_document(other):
    (first,), (second,) = refs(SIGNED % ("1", "aa")), refs(other)
    assert first.key != second.key


def test_without_a_signature_every_part_of_an_address_counts():
    first, second = refs(
        "https://x.example.com/d?st=1&token=a", "https://x.example.com/d?st=2&token=a"
    )
    assert first.key != second.key


@pytest.mark.parametrize(
    ("url", "document_id"),
    [
        (f"{BASE}/v3.0/document/9%2F1?account_id=1", "9/1"),
        (f"{BASE}:443/api/v3.1/document/77/", "77"),
        (f"{BASE}/v3.0/orders", None),
        ("http://api.lengow.io/v3.0/document/9", None),
        ("https://api.lengow.io.example.com/v3.0/document/9", None),
        ("https://x@api.lengow.io/v3.0/document/9", None),
        ("https://[bad/v3.0/document/9", None),
    ],
)
def test_an_address_of_the_download_call_is_an_id(url, document_id):
    assert document_id_of(url, BASE) == document_id


def test_addresses_and_names_stay_out_of_logs():
    (ref,) = refs({"url": "https://x.example.com/secret", "name": "Camille.pdf"})
    assert "secret" not in repr(ref)
    assert "Camille" not in repr(ref)


def refs_with_invoice(invoice_url, *documents):
    """Return the references of an order that gives the address of its invoice."""
    payload = {
        "marketplace": "m",
        "marketplace_order_id": "1",
        "invoice_url": invoice_url,
        "documents": list(documents),
    }
    return read_document_refs(Order.from_payload(payload))


def test_the_invoice_that_an_order_links_to_is_a_document():
    (ref,) = refs_with_invoice("https://files.test/1/INV-7.pdf")
    assert (ref.kind, ref.url) == ("invoice", "https://files.test/1/INV-7.pdf")
    assert ref.name == "INV-7.pdf"


def test_an_invoice_that_is_linked_and_listed_is_one_document():
    url = "https://files.test/1/INV-7.pdf"
    listed = {"id": "9001", "url": f"{url}?X-Amz-Signature=1", "type": "invoice"}
    (ref,) = refs_with_invoice(f"{url}?X-Amz-Signature=2", listed)
    assert ref.document_id == "9001"


def test_an_invoice_beside_other_documents_comes_last():
    found = refs_with_invoice("https://files.test/inv", {"id": "9001", "type": "label"})
    assert [ref.kind for ref in found] == ["other", "invoice"]


@pytest.mark.parametrize("invoice_url", [None, "", [], {}, False, "none", "INV-7", 12])
def test_what_is_no_address_is_no_invoice(invoice_url):
    assert refs_with_invoice(invoice_url) == ()
