"""What of a payload stays without its buyer."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import Order, PayloadError, personal_texts, reduce_payload

ORDER = {
    "marketplace": "amazon_fr",
    "marketplace_order_id": "A-1",
    "total_order": "24.00",
    "currency": {"iso_a3": "EUR"},
    "billing_address": {
        "first_name": "Camille",
        "last_name": "Exemple",
        "zipcode": "75001",
        "common_country_iso_a2": "FR",
        "email": "camille@example.com",
        "vat_number": "FR123",
        "company": "Exemple SARL",
    },
    "comments": "Ring at Camille's",
    "packages": [
        {
            "cart": [{"amount": "24.00", "quantity": 1, "title": "A mug", "x": "gift"}],
            "delivery": {
                "first_line": "1 rue du Test",
                "zipcode": 1234,
                "trackings": [
                    {"number": "6A123456", "carrier": "COLISSIMO", "relay": {"id": 5}}
                ],
            },
        }
    ],
}
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def test_reduced_order_keeps_numbers_and_products():
    reduced = reduce_payload(ORDER)
    order = Order.from_payload(reduced)
    assert order.marketplace_order_id == "A-1"
    assert order.currency == "EUR"
    assert order.lines[0].title == "A mug"
    assert str(order.lines[0].amount) == "24.00"
    assert reduced["billing_address"] == {
        "zipcode": "75",
        "common_country_iso_a2": "FR",
    }
    delivery = reduced["packages"][0]["delivery"]
    assert delivery == {"zipcode": "12", "trackings": [{"carrier": "COLISSIMO"}]}
    assert order.is_business  # its VAT number is gone


def test_reduced_order_names_nobody():
    text = json.dumps(reduce_payload(ORDER))
    for personal in ("Camille", "rue du Test", "6A123456", "gift", "FR123", "75001"):
        assert personal not in text


def test_twice_is_the_same_as_once():
    once = reduce_payload(ORDER)
    assert reduce_payload(once) == once


def test_order_without_identity_is_an_error():
    with pytest.raises(PayloadError):
        reduce_payload({"comments": "x"})


@given(st.dictionaries(st.sampled_from(sorted(ORDER)), ODD))
def test_odd_shapes_never_fail_and_bring_nothing_along(odd):
    payload = {**odd, "marketplace": "m", "marketplace_order_id": "1"}
    reduced = reduce_payload(payload)
    assert reduce_payload(reduced) == reduced
    assert "comments" not in reduced
    assert isinstance(personal_texts(payload), set)


def test_texts_that_tell_whom_are_found_and_short_ones_are_not():
    assert personal_texts(ORDER) == {
        "Camille Exemple",
        "camille@example.com",
        "Exemple SARL",
        "Ring at Camille's",
        "1 rue du Test",
        "6A123456",
    }
    assert personal_texts(None) == set()
