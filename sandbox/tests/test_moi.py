"""Marking of orders with our own numbers."""

import pytest


@pytest.fixture
def mark(api, state, make_order):
    """Mark the one order there is."""
    state.put_order(make_order())

    def call(ids, **fields):
        fields = {
            "marketplace": "cdiscount",
            "marketplace_order_id": "FR-1",
            "merchant_order_id": ids,
            **fields,
        }
        return api.patch("/v3.0/orders/moi/", **fields)

    return call


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["S00001"], ["S00001"]),
        (["S00001", "S00002"], ["S00001", "S00002"]),
        ([60], ["60"]),
        ("S00001", ["S00001"]),
        ([], []),
    ],
)
def test_the_numbers_are_kept_as_a_list_of_texts(mark, api, state, clock, sent, kept):
    clock.pass_seconds(5)
    answer = mark(sent)
    assert answer.status_code == 200
    assert answer.json()["merchant_order_id"] == kept
    stored = state.get_order("cdiscount", "FR-1")
    assert stored["merchant_order_id"] == kept
    assert stored["updated_at"] == "2026-03-10T12:00:05.000000Z"


def test_a_marked_order_is_not_listed_as_unmarked(mark, api):
    assert api.get("/v3.0/orders", merchant_order_id="None").json()["count"] == 1
    mark(["S00001"])
    assert api.get("/v3.0/orders", merchant_order_id="None").json()["count"] == 0


@pytest.mark.parametrize("status", [404, 200])
def test_an_unknown_order_gets_the_detail_body(mark, state, status):
    state.settings.moi_not_found_status = status
    answer = mark(["S00001"], marketplace_order_id="FR-2")
    assert (answer.status_code, answer.json()) == (status, {"detail": "Pas trouvé."})


def test_another_account_s_order_is_unknown(mark, other_api):
    answer = other_api.patch(
        "/v3.0/orders/moi",
        marketplace="cdiscount",
        marketplace_order_id="FR-1",
        merchant_order_id=["X"],
    )
    assert answer.json() == {"detail": "Pas trouvé."}


@pytest.mark.parametrize(
    "fields",
    [
        {"merchant_order_id": None},
        {"merchant_order_id": [None]},
        {"merchant_order_id": [["S1"]]},
        {"merchant_order_id": {"id": "S1"}},
        {"merchant_order_id": [True]},
        {"marketplace": ""},
        {"marketplace_order_id": None},
        {"account_id": None},
    ],
)
def test_a_call_without_its_fields_is_refused(mark, fields):
    assert mark(fields.pop("merchant_order_id", ["S1"]), **fields).status_code == 400


def test_broken_json_is_refused(api):
    for body in (b"{", b"[]", b""):
        answer = api.session.patch(
            api.url + "/v3.0/orders/moi/?account_id=4242",
            data=body,
            headers={"Content-Type": "application/json"},
            timeout=5,
        )
        assert answer.status_code == 400
