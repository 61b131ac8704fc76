"""How the token is got, kept and renewed, over real HTTP."""

import pytest

from lengow_api import (
    AccessDeniedError,
    AuthenticationError,
    BadResponseError,
    Transport,
)
from lengow_api.endpoints import (
    CREATE_ACTION,
    ORDERS,
)
from lengow_api.transport import TOKEN_LIFE

TOKEN = "/access/get_token"
LIST = {"count": 0, "next": None, "previous": None, "results": []}
ERROR = {"error": {"message": "broken", "code": 500}}


def test_token_is_asked_once_by_form_and_sent_raw(server, transport):
    server.on(ORDERS.path, LIST)
    transport.call(ORDERS, params={"page": "1"})
    transport.call(ORDERS, params={"page": "2"})
    (asked,) = server.calls_to(TOKEN)
    assert asked.method == "POST"
    assert asked.form == {"access_token": "key-one", "secret": "key-two"}
    assert asked.query == {}
    assert "Authorization" not in asked.headers
    first, second = server.calls_to(ORDERS.path)
    assert first.headers["Authorization"] == "token-1"
    assert (first.query, second.query) == ({"page": "1"}, {"page": "2"})


def test_every_call_names_the_program_and_takes_gzip(server, transport):
    transport.renew_token()
    (asked,) = server.calls
    assert asked.headers["User-Agent"] == "lengow-connector/19.0 Odoo/19.0"
    assert asked.headers["Accept-Encoding"] == "gzip"


def test_token_is_renewed_before_lengow_forgets_it(server, transport, clock):
    server.on(ORDERS.path, LIST)
    transport.call(ORDERS)
    clock.now += TOKEN_LIFE - 1
    transport.call(ORDERS)
    assert len(server.calls_to(TOKEN)) == 1
    clock.now += 1
    transport.call(ORDERS)
    assert len(server.calls_to(TOKEN)) == 2


@pytest.mark.parametrize("status", [401, 403])
def test_expired_token_is_renewed_once_and_the_call_repeated(
    status, server, transport, reply
):
    server.on(ORDERS.path, reply(status, {"error": {"code": status}}), LIST)
    server.on(TOKEN, {"token": "old", "account_id": 1}, {"token": "new"})
    assert transport.call(ORDERS).json() == LIST
    assert [call.headers["Authorization"] for call in server.calls_to(ORDERS.path)] == [
        "old",
        "new",
    ]


def test_post_too_is_repeated_after_the_renewal(server, transport, reply):
    server.on(CREATE_ACTION.path, reply(403, {}), {"id": 1})
    assert transport.call(CREATE_ACTION, data={"a": "b"}).json() == {"id": 1}
    assert [call.form for call in server.calls_to(CREATE_ACTION.path)] == [
        {"a": "b"}
    ] * 2


@pytest.mark.parametrize("endpoint", [ORDERS, CREATE_ACTION])
def test_account_without_rights_is_told_after_one_renewal(
    endpoint, server, transport, reply
):
    server.on(endpoint.path, reply(403, {"error": {"message": "Forbidden"}}))
    with pytest.raises(AccessDeniedError, match="Forbidden") as caught:
        transport.call(endpoint)
    assert len(server.calls_to(endpoint.path)) == 2
    assert len(server.calls_to(TOKEN)) == 2
    assert not caught.value.may_have_arrived
    assert caught.value.status == 403


def test_one_call_never_renews_twice_over_its_retries(server, transport, reply):
    denied = reply(401, {})
    server.on(ORDERS.path, denied, reply(500, ERROR), denied)
    with pytest.raises(AccessDeniedError):
        transport.call(ORDERS)
    assert len(server.calls_to(ORDERS.path)) == 3
    assert len(server.calls_to(TOKEN)) == 2


@pytest.mark.parametrize(
    ("status", "value"),
    [
        (400, {"error": {"code": 403, "message": "Secret is not accepted"}}),
        (401, {"error": {"code": 401}}),
        (403, {"error": {"code": 400}}),
        (422, {"detail": []}),
        (200, {"error": {"code": 400, "message": "no"}}),
    ],
)
def test_refused_keys_are_an_authentication_error(
    status, value, server, transport, reply
):
    server.on(TOKEN, reply(status, value))
    with pytest.raises(AuthenticationError) as caught:
        transport.call(ORDERS)
    assert caught.value.code == "authentication"
    assert "key-" not in str(caught.value)
    assert len(server.calls) == 1


@pytest.mark.parametrize("keys", [("", "x"), ("x", " "), (None, "x"), (False, False)])
def test_missing_key_is_told_without_a_call(keys, server):
    transport = Transport(server.url, *keys, user_agent="x")
    with pytest.raises(AuthenticationError, match="Both keys"):
        transport.renew_token()
    transport.close()
    assert server.calls == []


@pytest.mark.parametrize(
    "grant", [{}, {"token": None}, {"token": ""}, {"token": "a\nb"}, {"token": "é"}, []]
)
def test_answer_without_a_usable_token_is_a_bad_response(grant, server, transport):
    server.on(TOKEN, grant)
    with pytest.raises(BadResponseError, match="no token"):
        transport.renew_token()


def test_renewal_returns_the_grant_without_the_token(transport):
    assert transport.renew_token() == {"account_id": 4242}


def test_token_call_is_retried_too(server, transport, reply, clock):
    server.on(TOKEN, reply(500, ERROR), reply(cut="before"), {"token": "t"})
    server.on(ORDERS.path, LIST)
    transport.call(ORDERS)
    assert clock.slept == [0.5, 1.0]
