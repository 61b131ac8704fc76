"""Orders and actions with every oddity a channel can send."""

import copy
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lengow_api import (
    Action,
    Order,
    PayloadError,
    order_identity,
    payload_digest,
    resolve_status,
)

IDENTITY = {"marketplace": "amazon_fr", "marketplace_order_id": "408-1"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=8,
)


def order(**members):
    return Order.from_payload({**IDENTITY, **members})


def paths(found):
    return [problem.path for problem in found.problems]


@pytest.mark.parametrize(
    ("payload", "path"),
    [
        (None, ""),
        ([], ""),
        ("order", ""),
        ({}, "marketplace"),
        ({"marketplace": "amazon_fr"}, "marketplace_order_id"),
        ({"marketplace": "amazon_fr", "marketplace_order_id": None}, None),
        ({"marketplace": "amazon_fr", "marketplace_order_id": "  "}, None),
        ({"marketplace": "amazon_fr", "marketplace_order_id": True}, None),
        ({"marketplace": "amazon_fr", "marketplace_order_id": 1.5}, None),
        ({"marketplace": "amazon_fr", "marketplace_order_id": ["1"]}, None),
        ({"marketplace": "amazon_fr", "marketplace_order_id": "1" * 256}, None),
        ({"marketplace": {}, "marketplace_order_id": "1"}, "marketplace"),
    ],
)
def test_order_without_identity_is_the_only_one_refused(payload, path):
    for read in (order_identity, Order.from_payload):
        with pytest.raises(PayloadError) as caught:
            read(payload)
        assert caught.value.path == ("marketplace_order_id" if path is None else path)


def test_identity_is_stripped_text_even_for_numbers():
    payload = {"marketplace": " fnac ", "marketplace_order_id": 123}
    assert order_identity(payload) == ("fnac", "123")
    bare = Order.from_payload(payload)
    assert (bare.marketplace, bare.marketplace_order_id) == ("fnac", "123")
    assert bare.problems == ()
    assert bare.lines == ()


def test_null_where_a_list_belongs_is_an_empty_list():
    found = order(
        packages=None,
        payments=None,
        documents=None,
        order_types=None,
        comments=None,
        merchant_order_id=None,
    )
    assert found.packages == found.payments == found.documents == ()
    assert found.order_types == frozenset()
    assert found.problems == ()


def test_object_where_a_list_belongs_is_a_problem():
    found = order(packages={"cart": []}, payments={"a": 1})
    assert found.packages == ()
    assert sorted(paths(found)) == ["packages", "payments"]


def test_null_inside_lists_is_passed_over():
    found = order(packages=[None, {"cart": [None, {"quantity": 1}]}])
    assert len(found.packages) == 1
    assert len(found.lines) == 1
    assert found.problems == ()


def test_problems_name_the_exact_place():
    found = order(
        total_order="12,50",
        updated_at="soon",
        currency={"iso_a3": "euro"},
        packages=[
            {
                "cart": [{"amount": float("nan"), "quantity": "two"}],
                "delivery": {"first_name": {"a": 1}, "trackings": [{"relay": 5}]},
            }
        ],
    )
    assert sorted(paths(found)) == [
        "currency",
        "packages[0].cart[0].amount",
        "packages[0].cart[0].quantity",
        "packages[0].delivery.first_name",
        "packages[0].delivery.trackings[0].relay",
        "total_order",
        "updated_at",
    ]
    assert found.total_order is None


@pytest.mark.parametrize(
    ("currency", "expected"),
    [
        ({"iso_a3": "EUR", "symbol": "€"}, "EUR"),
        ("eur", "EUR"),
        ({"iso_a3": None}, None),
        (None, None),
        ([], None),
        ("", None),
    ],
)
def test_currency_is_an_object_or_a_code(currency, expected):
    found = order(currency=currency)
    assert found.currency == expected
    assert found.problems == ()


@pytest.mark.parametrize(
    ("comments", "expected"),
    [("a", "a"), (["a", "", "b"], "a\nb"), ([], None), ("", None), (None, None)],
)
def test_comments_are_text_or_list_of_texts(comments, expected):
    assert order(comments=comments).comments == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["60"], ("60",)),
        ([60, 61], ("60", "61")),
        ("60", ("60",)),
        ([], ()),
        (None, ()),
    ],
)
def test_our_own_numbers_come_in_several_forms(value, expected):
    assert order(merchant_order_id=value).merchant_order_ids == expected


def test_quantity_may_be_zero_or_missing():
    found = order(
        packages=[{"cart": [{"amount": "5", "quantity": 0}, {"amount": "5"}]}]
    )
    assert [line.quantity for line in found.lines] == [0, None]


@pytest.mark.parametrize(
    "members",
    [
        {"order_types": [{"type": "is_business", "label": "B2B"}]},
        {"payments": [{"payment_terms": {"fiscalnb": "1"}}]},
        {"payments": [{}, {"payment_terms": {"siret_number": "1"}}]},
        {"billing_address": {"vat_number": "FR1", "company": "Exemple"}},
        {"billing_address": {"vat_number": "FR1", "society": "Exemple"}},
    ],
)
def test_business_buyer_is_recognised_by_any_of_its_marks(members):
    assert order(**members).is_business


@pytest.mark.parametrize(
    "members",
    [
        {"billing_address": {"vat_number": "FR1"}},
        {"billing_address": {"company": "Exemple"}},
        {"payments": [{"payment_terms": None}]},
    ],
)
def test_half_a_mark_is_no_business(members):
    assert not order(**members).is_business


def test_order_types_drive_express_and_prime():
    found = order(order_types=[{"type": "is_express"}, {"type": "is_prime"}, {}])
    assert found.is_express
    assert found.is_prime
    assert not found.is_fulfilled_by_marketplace


@pytest.mark.parametrize(
    ("flags", "expected"), [([], False), ([True, False], False), ([True, True], True)]
)
def test_fulfilment_needs_the_flag_on_every_tracking(flags, expected):
    packages = [
        {"delivery": {"trackings": [{"is_delivered_by_marketplace": flag}]}}
        for flag in flags
    ]
    assert order(packages=packages).is_fulfilled_by_marketplace is expected


def test_tax_locale_and_deadline_are_read():
    found = order(
        tax={
            "order_tax_id": 9,
            "is_marketplace_deemed_supplier": True,
            "buyer_tax": {"type": "VAT", "id": "FR1"},
        },
        locale="de_DE",
        order_meta={"shipping_deadline": "2024-08-21T00:00:00Z"},
    )
    assert found.tax.is_marketplace_deemed_supplier
    assert (found.tax.id, found.tax.buyer_tax_id) == ("9", "FR1")
    assert found.locale == "de_DE"
    assert found.shipping_deadline.day == 21
    assert order(order_meta={"locale": "fr_FR"}).locale == "fr_FR"
    assert order(tax=None).tax is None


def test_empty_addresses_are_told_from_missing_ones():
    found = order(billing_address={}, contact_address={"id": 1, "type": "billing"})
    assert found.billing_address is None
    assert found.contact_address.is_empty
    assert not order(
        billing_address={"common_country_iso_a2": "fr"}
    ).billing_address.is_empty


def test_address_members_that_come_as_numbers_are_text():
    billing = order(
        billing_address={"zipcode": 1234, "phone_home": 33600000000}
    ).billing_address
    assert (billing.zipcode, billing.phone_home) == ("1234", "33600000000")


def test_repr_shows_no_buyer(zalando):
    zalando["packages"][0]["delivery"]["trackings"] = [
        {"number": "TRACK-1", "relay": {"name": "Chez Camille"}}
    ]
    zalando["payments"] = [{"payment_terms": {"vat_number": "FR-SECRET"}}]
    found = Order.from_payload(zalando)
    shown = " ".join(
        repr(one)
        for one in (
            found,
            *found.packages,
            found.billing_address,
            *found.payments,
            found.packages[0].trackings[0].relay,
        )
    )
    for private in (
        *("PRENOM", "NOM", "RUE", "masked", "06000", "12345", "TestD"),
        *("TRACK-1", "Camille", "SECRET"),
    ):
        assert private not in shown
    assert "4UT0-000001" in repr(found)


def test_lines_with_documents_can_be_keys(zalando):
    zalando["documents"] = [{"id": "d1"}]
    zalando["packages"][0]["cart"][0]["documents"] = [{"id": "d2"}]
    found = Order.from_payload(zalando)
    assert {found: 1, found.lines[0]: 2}
    assert found == Order.from_payload(zalando)


def test_digest_ignores_the_order_of_keys_and_sees_every_change(zalando):
    shuffled = dict(reversed(zalando.items()))
    assert payload_digest(shuffled) == payload_digest(zalando)
    zalando["packages"][0]["cart"][0]["amount"] = "36.01"
    assert payload_digest(shuffled) == payload_digest(zalando)
    changed = copy.deepcopy(zalando)
    changed["packages"][0]["cart"][0]["amount"] = "36.02"
    assert payload_digest(changed) != payload_digest(zalando)
    assert len(payload_digest(None)) == 64


@given(JSON)
def test_any_json_is_read_or_refused_with_a_payload_error(value):
    assert len(payload_digest(value)) == 64
    for payload in (value, {**IDENTITY, "packages": value, "billing_address": value}):
        try:
            Order.from_payload(payload)
        except PayloadError:
            assert payload is value


def spots(value, path=()):
    """Return the path of every member of a JSON value."""
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    return [
        spot
        for key, member in members
        for spot in [(*path, key), *spots(member, (*path, key))]
    ]


@given(data=st.data(), junk=JSON)
def test_junk_anywhere_in_an_order_never_stops_the_reading(data, junk, load):
    payload = load("composed_b2b_vat_waiting_shipment")["results"][0]
    *way, last = data.draw(st.sampled_from(spots(payload)))
    place = payload
    for key in way:
        place = place[key]
    place[last] = junk
    try:
        found = Order.from_payload(payload)
    except PayloadError:
        assert last in IDENTITY
        return
    resolve_status(found)
    for value in (
        found.total_order,
        found.shipping,
        *(li.amount for li in found.lines),
    ):
        assert value is None or (isinstance(value, Decimal) and value.is_finite())
    repr(found)
    hash(found)


@pytest.mark.parametrize("payload", [None, [], {}, {"id": None}, {"id": True}])
def test_action_without_id_is_refused(payload):
    with pytest.raises(PayloadError, match="no id"):
        Action.from_payload(payload)


@pytest.mark.parametrize(
    ("members", "outcome"),
    [
        ({"queued": False, "processed": False, "errors": ""}, "waiting"),
        ({"queued": False, "processed": False, "errors": None}, "waiting"),
        ({"queued": False, "processed": False}, "waiting"),
        ({"queued": True, "processed": False, "errors": ""}, "waiting"),
        ({"queued": True, "processed": False, "errors": "not yet"}, "waiting"),
        ({"queued": False, "processed": True, "errors": ""}, "done"),
        ({"queued": False, "processed": True, "errors": []}, "done"),
        ({"queued": "False", "processed": "True", "errors": None}, "done"),
        ({"queued": False, "processed": False, "errors": "refused"}, "failed"),
        ({"queued": False, "processed": True, "errors": "refused"}, "failed"),
    ],
)
def test_outcome_of_an_action_follows_queue_and_errors(members, outcome):
    assert Action.from_payload({"id": 1, **members}).outcome == outcome


def test_action_keeps_arguments_and_hides_them_in_its_repr():
    action = Action.from_payload(
        {
            "id": 13,
            "action_type": "ship",
            "tracking_number": "TRACK-1",
            "carrier": None,
            "line": "L1",
            "errors": [{"carrier": ["is unknown"]}, "and more"],
        }
    )
    assert action.id == "13"
    assert action.arguments == {"tracking_number": "TRACK-1", "line": "L1"}
    assert action.errors == "carrier: is unknown\nand more"
    assert "TRACK-1" not in repr(action)
    assert hash(action)


@given(JSON)
def test_any_json_is_an_action_or_a_payload_error(value):
    for payload in (value, {"id": 1, "errors": value, "queued": value}):
        try:
            Action.from_payload(payload)
        except PayloadError:
            assert payload is value


def test_reading_survives_what_the_wire_allows():
    text = '{"marketplace": "a", "marketplace_order_id": "b\\u0000\\ud800", "x": 1e999}'
    found = Order.from_payload(json.loads(text))
    found.marketplace_order_id.encode()
    assert "\x00" not in found.marketplace_order_id
