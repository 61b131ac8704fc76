"""Redirects, headers, addresses, and what must stay secret."""

import logging

import pytest
import requests

from lengow_api import (
    BadResponseError,
    LengowError,
    RateLimitedError,
    RequestRefusedError,
    ServerError,
    Transport,
    UnreachableError,
)
from lengow_api.endpoints import (
    CREATE_ACTION,
    MARKETPLACES,
    ORDERS,
    Endpoint,
)
from lengow_api.transport import LONGEST_TURN, clean_header

LIST = {"count": 0, "next": None, "previous": None, "results": []}


# === REDIRECTS === #


def test_redirect_on_the_same_host_is_followed_with_its_query(server, transport, reply):
    target = {"Location": "/v3.0/orders/?page=1"}
    server.on(ORDERS.path, reply(301, {}, headers=target))
    server.on("/v3.0/orders/", LIST)
    assert transport.call(ORDERS, params={"page": "1"}).json() == LIST
    (followed,) = server.calls_to("/v3.0/orders/")
    assert followed.query == {"page": "1"}
    assert followed.headers["Authorization"] == "token-1"


@pytest.mark.parametrize(
    "target",
    [
        "http://localhost:1/v3.0/orders",
        "https://example.com/v3.0/orders",
        "//example.com/",
        "http://[broken",
        "",
    ],
)
def test_redirect_to_another_place_is_refused(target, server, transport, reply):
    server.on(ORDERS.path, reply(302, {}, headers={"Location": target}))
    with pytest.raises(BadResponseError, match="redirects") as caught:
        transport.call(ORDERS)
    assert "example" not in str(caught.value)


def test_redirect_without_target_and_endless_ones_are_refused(server, transport, reply):
    server.on(ORDERS.path, reply(302, {}))
    with pytest.raises(BadResponseError, match="another address"):
        transport.call(ORDERS)
    server.on(ORDERS.path, reply(302, {}, headers={"Location": ORDERS.path}))
    with pytest.raises(BadResponseError, match="circle"):
        transport.call(ORDERS)


def test_redirected_post_is_not_followed(server, transport, reply):
    server.on(CREATE_ACTION.path, reply(307, {}, headers={"Location": "/elsewhere"}))
    with pytest.raises(BadResponseError) as caught:
        transport.call(CREATE_ACTION)
    assert not caught.value.may_have_arrived
    assert server.calls_to("/elsewhere") == []


@pytest.mark.parametrize("status", [202, 204, 304])
def test_unexpected_status_is_a_bad_response(status, server, transport, reply):
    server.on(CREATE_ACTION.path, reply(status, body=b""))
    with pytest.raises(BadResponseError, match=str(status)) as caught:
        transport.call(CREATE_ACTION)
    assert caught.value.may_have_arrived


# === SESSION AND SECRECY === #


def test_session_of_the_caller_stays_open_and_netrc_is_not_read(
    server, tmp_path, monkeypatch
):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login camille password hush\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.on(ORDERS.path, LIST)
    with requests.Session() as session:
        transport = Transport(server.url, "a", "b", user_agent="x", session=session)
        transport.call(ORDERS)
        transport.close()
        assert session.adapters
        assert session.get(server.url + ORDERS.path, timeout=5).ok
    asked, listed, *_rest = server.calls
    assert "Authorization" not in asked.headers
    assert listed.headers["Authorization"] == "token-1"


def test_connecting_has_its_own_time_behind_a_plain_number(
    server, transport, monkeypatch
):
    seen = []

    def watch(cls):
        real = cls.send

        def send(self, request, **kwargs):
            seen.append(kwargs["timeout"])
            return real(self, request, **kwargs)

        monkeypatch.setattr(cls, "send", send)

    watch(requests.Session)
    watch(requests.adapters.HTTPAdapter)
    server.on(ORDERS.path, LIST)
    transport.call(ORDERS)
    assert seen == [10.0, (10.0, 10.0), 20.0, (10.0, 20.0)]


def test_no_secret_and_no_buyer_in_errors_and_logs(server, transport, reply, caplog):
    message = (
        "key-one key-two token-1 camille@example.com +33612345678 "
        "12345678-abcd-4abc-8abc-123456789abc first_name=Camille"
    )
    server.on(ORDERS.path, reply(500, {"error": {"message": message}}))
    with (
        caplog.at_level(logging.DEBUG, "lengow_api"),
        pytest.raises(ServerError) as caught,
    ):
        transport.call(ORDERS, params={"marketplace_order_id": "408-1"})
    for text in (str(caught.value), repr(caught.value), caplog.text):
        for private in (
            *("key-", "token-1", "camille", "Camille", "612345678", "12345678-"),
            "408-1",
        ):
            assert private not in text
    assert "Next try in" in caplog.text
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_long_message_of_the_api_is_cut(server, transport, reply):
    server.on(ORDERS.path, reply(400, {"error": {"message": "word " * 10_000}}))
    with pytest.raises(RequestRefusedError) as caught:
        transport.call(ORDERS)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    "value", [{"results": [{"first_name": "Camille"}]}, ["Camille"], "Camille", 5, None]
)
def test_bodies_that_are_no_envelope_are_never_repeated(
    value, server, transport, reply
):
    server.on(ORDERS.path, reply(400, value))
    with pytest.raises(RequestRefusedError) as caught:
        transport.call(ORDERS)
    assert "Camille" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://api.lengow.io",
        "ftp://127.0.0.1",
        "api.lengow.io",
        "https://",
        "https://user:pw@api.lengow.io",
        "https://api.lengow.io?x=1",
        "https://api.lengow.io:port",
        "https://[broken",
        "",
        None,
        False,
    ],
)
def test_address_that_would_leak_the_keys_is_refused(url):
    with pytest.raises(UnreachableError) as caught:
        Transport(url, "a", "b", user_agent="x")
    assert isinstance(caught.value, LengowError)


@pytest.mark.parametrize(
    ("url", "base"),
    [
        (" https://api.lengow.io/ ", "https://api.lengow.io"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1:1/lengow/", "http://127.0.0.1:1/lengow"),
    ],
)
def test_usable_address_is_kept_without_its_slash(url, base):
    transport = Transport(url, "a", "b", user_agent="x")
    assert transport.base_url == base
    transport.close()


def test_user_agent_cannot_break_the_header():
    assert clean_header("a\r\nX: 1\u00e9") == "aX: 1"
    assert clean_header("") == "lengow-connector"


def test_endpoint_names_itself_without_query():
    assert str(MARKETPLACES) == "GET /v3.0/marketplaces"
    assert str(Endpoint("GET", "/x", 1.0)) == "GET /x"


# === TURNS === #


def turns(server, clock, *pauses):
    """Return a transport whose calls have to wait so long, one after the other."""
    asked, left = [], list(pauses)

    def take_turn(longest):
        asked.append(longest)
        return left.pop(0) if left else 0.0

    carrier = Transport(
        server.url,
        "key-one",
        "key-two",
        user_agent="lengow-connector",
        sleep=clock.sleep,
        clock=clock,
        random=lambda: 0.5,
        take_turn=take_turn,
    )
    return carrier, asked


def test_every_request_has_its_turn_the_one_for_a_token_too(server, clock):
    server.on(ORDERS.path, LIST)
    transport, asked = turns(server, clock, 0.0, 2.5)
    transport.call(ORDERS)
    transport.call(ORDERS)
    assert len(asked) == len(server.calls) == 3
    assert clock.slept == [2.5]


def test_turn_that_is_too_far_away_sends_nothing(server, clock):
    server.on(CREATE_ACTION.path, LIST)
    transport, _asked = turns(server, clock, 0.0, LONGEST_TURN + 1)
    with pytest.raises(RateLimitedError) as caught:
        transport.call(CREATE_ACTION)
    assert caught.value.retry_after == LONGEST_TURN + 1
    assert not caught.value.may_have_arrived
    assert not server.calls_to(CREATE_ACTION.path)


def test_what_may_be_repeated_waits_for_its_turn_once_more(server, clock):
    server.on(ORDERS.path, LIST)
    transport, _asked = turns(server, clock, 0.0, LONGEST_TURN + 1)
    assert transport.call(ORDERS).json() == LIST
    assert clock.slept == [LONGEST_TURN + 1]
