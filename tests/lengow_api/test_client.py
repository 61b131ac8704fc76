"""What each method of the client sends, and what it makes of the answers."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest

from lengow_api import (
    AuthenticationError,
    BadResponseError,
    LengowClient,
    NotFoundError,
    PayloadError,
    RequestRefusedError,
)

ORDERS = "/v3.0/orders"
ACTIONS = "/v3.0/orders/actions/"
MOI = "/v3.0/orders/moi/"
NOON = datetime(2024, 8, 19, 12, tzinfo=timezone(timedelta(hours=2)))


def listing(results, next_link=None, count=None):
    return {"count": count, "next": next_link, "previous": None, "results": results}


# === ACCOUNT === #


def test_client_knows_the_account_after_authentication(server, client):
    assert client.account_id is None
    assert client.authenticate() == 4242
    assert client.account_id == 4242
    client.authenticate()
    assert len(server.calls) == 2


@pytest.mark.parametrize(
    ("ref", "expected"), [("7", 7), (7, 7), (None, 4242), ("", 4242), (False, 4242)]
)
def test_given_account_wins_over_the_keys_own(ref, expected, server, transport):
    client = LengowClient(server.url, "a", "b", account_ref=ref, transport=transport)
    assert client.authenticate() == expected
    server.on("/v3.0/marketplaces", {"mirakl": {}})
    assert client.get_marketplaces() == {"mirakl": {}}
    assert server.calls[-1].query == {"account_id": str(expected)}


def test_account_reference_must_be_a_number(server, transport):
    with pytest.raises(PayloadError, match="number"):
        LengowClient(server.url, "a", "b", account_ref="abc", transport=transport)


@pytest.mark.parametrize("account", [None, "x", [], {}])
def test_keys_without_account_are_a_bad_response(account, server, client):
    server.on("/access/get_token", {"token": "t", "account_id": account})
    with pytest.raises(BadResponseError, match="which account"):
        client.authenticate()
    with pytest.raises(BadResponseError):
        client.get_marketplaces()


def test_account_id_may_come_as_text(server, client):
    server.on("/access/get_token", {"token": "t", "account_id": "4242"})
    assert client.authenticate() == 4242


def test_refused_keys_reach_the_caller(server, client, reply):
    server.on("/access/get_token", reply(400, {"error": {"code": 400}}))
    with pytest.raises(AuthenticationError):
        client.authenticate()


def test_client_builds_its_own_transport_and_closes_it(server):
    server.on("/v3.0/marketplaces", {"mirakl": {}})
    with LengowClient(f"{server.url}/", "a", "b", user_agent="me/1") as client:
        assert client.get_marketplaces() == {"mirakl": {}}
    assert server.calls[-1].headers["User-Agent"] == "me/1"


def test_answers_of_the_wrong_shape_are_refused(server, client):
    for answer in ("text", ["x"], 1):
        server.on("/v3.0/marketplaces", answer)
        with pytest.raises(BadResponseError):
            client.get_marketplaces()


def test_marketplaces_come_by_code(server, client):
    server.on("/v3.0/marketplaces", {"amazon_fr": {"name": "A"}, "odd": None})
    assert client.get_marketplaces() == {"amazon_fr": {"name": "A"}, "odd": {}}
    assert server.calls[-1].query == {"account_id": "4242"}
    client.get_marketplaces("amazon_fr")
    assert server.calls[-1].query == {"account_id": "4242", "marketplace": "amazon_fr"}
    server.on("/v3.0/marketplaces", [])
    assert client.get_marketplaces() == {}


# === ONE ORDER === #


def test_one_order_is_found_however_old_it_is(server, client, zalando):
    noise = [None, {"marketplace": "zalando"}, {**zalando, "marketplace_order_id": "x"}]
    server.on(ORDERS, listing([*noise, zalando]))
    assert client.get_order("zalando", "4UT0-000001") == zalando
    query = server.calls[-1].query
    assert query["updated_from"].startswith("1900")
    assert query["marketplace_order_id"] == "4UT0-000001"


def test_order_that_lengow_does_not_have_is_none(server, client):
    server.on(ORDERS, listing([]))
    assert client.get_order("zalando", "x") is None


def test_our_numbers_are_sent_as_a_whole_list_of_texts(server, client, zalando):
    server.on(MOI, zalando)
    assert client.set_merchant_order_ids("zalando", "4UT0-000001", ["S1", 2]) == zalando
    call = server.calls[-1]
    assert call.method == "PATCH"
    assert json.loads(call.body) == {
        "account_id": "4242",
        "marketplace": "zalando",
        "marketplace_order_id": "4UT0-000001",
        "merchant_order_id": ["S1", "2"],
    }


@pytest.mark.parametrize("status", [200, 404])
def test_unknown_order_is_told_in_either_way(status, server, client, reply):
    server.on(MOI, reply(status, {"detail": "Pas trouvé."}))
    with pytest.raises(NotFoundError) as caught:
        client.set_merchant_order_ids("zalando", "x", [])
    assert caught.value.status == status


# === ACTIONS === #


def test_action_is_posted_as_a_form(server, client, load):
    server.on(ACTIONS, load("action_v3_ship_post_response_line_2016"))
    action = client.create_action(
        "galeries_lafayette",
        "1300435653833-A",
        "ship",
        {
            "tracking_number": "T 1",
            "refund_price": Decimal("1E+1"),
            "shipping_date": NOON,
            "quantity": 2,
            "carrier": None,
            "tracking_url": "",
            "custom_carrier": False,
            "account_id": "intruder",
            "marketplace": "intruder",
        },
    )
    assert action.outcome == "waiting"
    assert action.arguments["line"] == "1300435581913-A-1"
    call = server.calls[-1]
    assert call.query == {}
    assert call.form == {
        "account_id": "4242",
        "marketplace": "galeries_lafayette",
        "marketplace_order_id": "1300435653833-A",
        "action_type": "ship",
        "tracking_number": "T 1",
        "refund_price": "10",
        "shipping_date": "2024-08-19T12:00:00+02:00",
        "quantity": "2",
    }


@pytest.mark.parametrize("value", [["a"], {"a": 1}, NOON.replace(tzinfo=None)])
def test_argument_that_cannot_be_sent_is_refused_before_the_call(value, server, client):
    client.authenticate()
    with pytest.raises(PayloadError) as caught:
        client.create_action("a", "b", "ship", {"line": value})
    assert caught.value.path == "line"
    assert server.calls_to(ACTIONS) == []


@pytest.mark.parametrize("answer", [{}, [], None, {"detail": "x"}, {"id": None}])
def test_answer_without_action_id_may_have_arrived(answer, server, client):
    server.on(ACTIONS, answer)
    with pytest.raises(BadResponseError) as caught:
        client.create_action("a", "b", "ship", {})
    assert caught.value.may_have_arrived
    assert len(server.calls_to(ACTIONS)) == 1


def test_refused_action_says_why_and_had_no_effect(server, client, reply):
    server.on(ACTIONS, reply(400, {"tracking_number": ["This field is required."]}))
    with pytest.raises(
        RequestRefusedError, match=r"tracking_number: This field is required\."
    ) as caught:
        client.create_action("a", "b", "ship", {})
    assert not caught.value.may_have_arrived


def test_actions_are_listed_over_all_pages(server, client, load):
    queued = load("action_v3_ship_list_queued_2016")["results"]
    done = load("action_v3_ship_processed_2016")
    server.on(
        ACTIONS, listing(queued, f"{server.url}{ACTIONS}?page=2"), listing([done])
    )
    actions = list(
        client.iter_actions(queued=True, line="L1", updated_from=NOON, carrier=None)
    )
    assert [action.outcome for action in actions] == ["waiting", "done"]
    query = server.calls_to(ACTIONS)[0].query
    assert query == {
        "account_id": "4242",
        "page": "1",
        "queued": "True",
        "line": "L1",
        "updated_from": "2024-08-19T12:00:00+02:00",
    }


def test_item_that_is_no_action_is_a_bad_response(server, client):
    server.on(ACTIONS, listing([{"action_type": "ship"}]))
    with pytest.raises(BadResponseError, match="no id"):
        list(client.iter_actions())


def test_filters_are_checked_at_once(client):
    with pytest.raises(PayloadError):
        client.iter_actions(updated_from=NOON.replace(tzinfo=None))


# === LIMITS === #


@pytest.mark.parametrize(
    ("answer", "limit"),
    [
        ([], None),
        ({}, None),
        (["?", {"url_base": "/v3.0/orders", "boundary": None}], None),
        ([{"url_base": "/v3.0/orders", "boundary": "500"}], None),
        ([{"url_base": "/v3.0/orders", "boundary": 0}], None),
        (
            [
                {"url_base": "/v3.0/orders", "boundary": 500},
                {"url_base": "/v3.0/orders/actions", "boundary": 300},
                {"url_base": "/v3.0/report/export", "boundary": True},
                {"url_base": "/v1.0/report/export", "boundary": 10},
                {"boundary": 10},
            ],
            300,
        ),
    ],
)
def test_limit_is_the_tightest_that_lengow_tells(server, client, answer, limit):
    server.on("/rate-limits", answer)
    assert client.get_call_limit() == limit
