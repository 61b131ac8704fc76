"""Broken connections and broken bodies, over real sockets."""

import gzip
import io
import json
import socket
import zlib

import pytest
import requests
import urllib3

from lengow_api import (
    BadResponseError,
    ConnectionLostError,
    RequestRefusedError,
    RequestTimeoutError,
    Transport,
    UnreachableError,
)
from lengow_api import body as body_module
from lengow_api.answers import retry_after
from lengow_api.body import read_body
from lengow_api.endpoints import CREATE_ACTION, ORDERS, Endpoint
from lengow_api.failures import failure_of

LIST = {"count": 0, "next": None, "previous": None, "results": []}
SOON = Endpoint("GET", "/soon", 0.15)
SOON_POST = Endpoint("POST", "/soon", 0.15, is_repeatable=False)
SMALL = Endpoint("GET", "/small", 5.0, largest_body=10_000)
PLAIN_GZIP = {"Content-Encoding": "gzip"}


# === TIME === #


def test_silent_server_times_out_and_reading_is_retried(
    server, transport, reply, clock
):
    server.on("/soon", reply(delay=0.4), reply(delay=0.4), LIST)
    assert transport.call(SOON).json() == LIST
    assert len(clock.slept) == 2


def test_silent_post_is_not_repeated_and_may_have_arrived(server, transport, reply):
    server.on("/soon", reply(delay=0.4))
    with pytest.raises(RequestTimeoutError, match=r"within 0\.15 s") as caught:
        transport.call(SOON_POST)
    assert caught.value.may_have_arrived
    assert len(server.calls_to("/soon")) == 1


def test_body_that_stalls_times_out(server, transport, reply):
    server.on("/soon", reply(body=b"[1", headers={"Content-Length": "100"}))
    with pytest.raises(RequestTimeoutError, match="did not finish"):
        transport.call(SOON)


# === CONNECTION === #


@pytest.mark.parametrize("cut", ["before", "mid"])
def test_cut_connection_is_retried_for_reading(cut, server, transport, reply, clock):
    server.on(ORDERS.path, reply(value=LIST, cut=cut), LIST)
    assert transport.call(ORDERS).json() == LIST
    assert clock.slept == [0.5]


@pytest.mark.parametrize("cut", ["before", "mid"])
@pytest.mark.parametrize("chunked", [False, True])
def test_cut_post_is_not_repeated_and_may_have_arrived(
    cut, chunked, server, transport, reply
):
    server.on(CREATE_ACTION.path, reply(value={"id": 1}, cut=cut, chunked=chunked))
    with pytest.raises(ConnectionLostError) as caught:
        transport.call(CREATE_ACTION)
    assert caught.value.may_have_arrived
    assert len(server.calls_to(CREATE_ACTION.path)) == 1


def test_body_shorter_than_announced_is_a_lost_connection(server, transport, reply):
    short = reply(
        body=b"[]", headers={"Content-Length": "5", "Connection": "close"}, cut="mid"
    )
    server.on(ORDERS.path, short)
    with pytest.raises(ConnectionLostError):
        transport.call(ORDERS)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_nobody_listening_is_unreachable_at_once(clock):
    transport = Transport(
        f"http://127.0.0.1:{free_port()}", "a", "b", user_agent="x", sleep=clock.sleep
    )
    with pytest.raises(UnreachableError) as caught:
        transport.call(CREATE_ACTION)
    transport.close()
    assert not caught.value.may_have_arrived
    assert clock.slept == []


def test_plain_server_behind_https_is_unreachable(server):
    transport = Transport(server.url.replace("http", "https"), "a", "b", user_agent="x")
    with pytest.raises(UnreachableError, match="secure connection"):
        transport.call(ORDERS)
    transport.close()


def test_proxy_that_does_not_answer_is_unreachable(server, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    transport = Transport("https://lengow.invalid", "a", "b", user_agent="x")
    with pytest.raises(UnreachableError, match="proxy"):
        transport.call(ORDERS)
    transport.close()


def test_missing_certificate_bundle_is_unreachable(monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/bundle.pem")
    transport = Transport("https://127.0.0.1", "a", "b", user_agent="x")
    with pytest.raises(UnreachableError):
        transport.call(ORDERS)
    transport.close()


def library_error(reason):
    pool = urllib3.HTTPConnectionPool("x")
    return requests.ConnectionError(
        urllib3.exceptions.MaxRetryError(pool, "/v3.0/orders?email=a@b.c", reason)
    )


@pytest.mark.parametrize(
    ("error", "code", "may_have_arrived"),
    [
        (requests.exceptions.ProxyError("x"), "unreachable", False),
        (requests.exceptions.ConnectTimeout("x"), "timeout", False),
        (requests.exceptions.InvalidURL("x"), "unreachable", False),
        (requests.exceptions.InvalidHeader("x"), "unreachable", False),
        (
            requests.exceptions.SSLError("[SSL: CERTIFICATE_VERIFY_FAILED]"),
            *("unreachable", False),
        ),
        (requests.exceptions.SSLError("EOF"), "unreachable", True),
        (requests.exceptions.ReadTimeout("x"), "timeout", True),
        (
            library_error(urllib3.exceptions.NewConnectionError(None, "no")),
            *("unreachable", False),
        ),
        (
            library_error(urllib3.exceptions.ProtocolError("Connection aborted.")),
            *("connection_lost", True),
        ),
        (requests.ConnectionError(), "connection_lost", True),
        (requests.exceptions.ChunkedEncodingError("x"), "connection_lost", True),
        (OSError("no bundle"), "unreachable", False),
        (UnicodeError("label too long"), "unreachable", False),
    ],
)
def test_library_exception_becomes_a_typed_error(error, code, may_have_arrived):
    found = failure_of(error, CREATE_ACTION)
    assert (found.code, found.may_have_arrived) == (code, may_have_arrived)
    assert found.endpoint == "POST /v3.0/orders/actions/"
    assert "a@b.c" not in str(found)
    assert not failure_of(error, ORDERS).may_have_arrived


# === BODY === #


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"<!DOCTYPE html><p>Camille</p>", "a web page"),
        (b"  <html>", "a web page"),
        (json.dumps(LIST).encode()[:-3], "not complete JSON"),
        (b"", "empty"),
        (b"\xff\xfe\x00", "not complete JSON"),
        (b"[" * 100_000, "not complete JSON"),
        (b"1" * 5_000, "not complete JSON"),
    ],
    ids=["html", "html2", "cut", "empty", "binary", "deep", "long number"],
)
def test_body_that_is_no_json_is_a_bad_response(
    content, what, server, transport, reply
):
    server.on(ORDERS.path, reply(body=content))
    with pytest.raises(BadResponseError, match=what) as caught:
        transport.call(ORDERS).json()
    assert "Camille" not in str(caught.value)
    assert caught.value.endpoint == "GET /v3.0/orders"
    assert not caught.value.may_have_arrived
    server.on(CREATE_ACTION.path, reply(body=content))
    with pytest.raises(BadResponseError) as caught:
        transport.call(CREATE_ACTION).json()
    assert caught.value.may_have_arrived


@pytest.mark.parametrize("error", [{"message": "not yours"}, "not yours"])
def test_error_on_a_status_of_success_is_a_refusal(error, server, transport):
    server.on(ORDERS.path, {"error": error})
    with pytest.raises(RequestRefusedError, match="not yours"):
        transport.call(ORDERS).json()


def test_empty_error_member_is_no_error(server, transport):
    server.on(ORDERS.path, {"error": None, **LIST})
    assert transport.call(ORDERS).json()["results"] == []


@pytest.mark.parametrize("chunked", [False, True])
def test_body_within_and_beyond_the_bound(chunked, server, transport, reply):
    fitting = json.dumps("x" * 9_998).encode()
    server.on("/small", reply(body=fitting, chunked=chunked))
    assert transport.call(SMALL).body == fitting
    server.on("/small", reply(body=fitting + b" ", chunked=chunked))
    with pytest.raises(BadResponseError, match="more than 10000 bytes"):
        transport.call(SMALL)


@pytest.mark.parametrize("name", ["gzip", "x-gzip", "GZIP"])
@pytest.mark.parametrize("chunked", [False, True])
def test_gzip_is_read(name, chunked, server, transport, reply):
    content = gzip.compress(json.dumps({**LIST, "pad": "é" * 100_000}).encode())
    server.on(
        ORDERS.path,
        reply(body=content, headers={"Content-Encoding": name}, chunked=chunked),
    )
    assert transport.call(ORDERS).json()["pad"] == "é" * 100_000


def test_gzip_bomb_is_refused_before_it_unfolds(server, transport, reply, monkeypatch):
    unfolded = []
    real = body_module._Gzip.__call__

    def watched(self, piece, room):
        content = real(self, piece, room)
        unfolded.append(len(content))
        return content

    monkeypatch.setattr(body_module._Gzip, "__call__", watched)
    bomb = gzip.compress(bytes(30_000_000))
    server.on("/small", reply(body=bomb, headers=PLAIN_GZIP))
    with pytest.raises(BadResponseError, match="more than 10000 bytes"):
        transport.call(SMALL)
    assert sum(unfolded) == 10_001


def test_damaged_and_cut_gzip_and_other_encodings(server, transport, reply):
    good = gzip.compress(json.dumps(LIST).encode())
    server.on(ORDERS.path, reply(body=b"no gzip at all", headers=PLAIN_GZIP))
    with pytest.raises(BadResponseError, match="damaged gzip"):
        transport.call(ORDERS)
    server.on(ORDERS.path, reply(body=good[:-9], headers=PLAIN_GZIP))
    with pytest.raises(ConnectionLostError):
        transport.call(ORDERS)
    server.on(ORDERS.path, reply(body=good + b"\0" * 20_000, headers=PLAIN_GZIP))
    assert transport.call(ORDERS).json() == LIST
    server.on(ORDERS.path, reply(body=b"", headers=PLAIN_GZIP))
    with pytest.raises(BadResponseError, match="empty"):
        transport.call(ORDERS).json()
    deflated = zlib.compress(b"{}")
    server.on(
        ORDERS.path, reply(body=deflated, headers={"Content-Encoding": "deflate"})
    )
    with pytest.raises(BadResponseError, match="not asked for"):
        transport.call(ORDERS)


class OldRaw:
    """The raw side of an answer in older libraries: no read1, no length check."""

    def __init__(self, content):
        self.stream = io.BytesIO(content)

    def read(self, amount, decode_content):
        assert decode_content is False
        return self.stream.read(amount)


@pytest.mark.parametrize("length", ["6", "", "many"])
def test_older_library_is_read_as_well(length):
    response = requests.Response()
    response.raw = OldRaw(b"[1, 2]")
    response.headers["Content-Length"] = length
    assert read_body(response, ORDERS, lambda: 0.0) == b"[1, 2]"


def test_body_that_drips_for_ever_times_out():
    response = requests.Response()
    response.raw = OldRaw(bytes(100_000))
    minutes = iter(range(0, 600, 20))
    with pytest.raises(RequestTimeoutError, match="did not finish"):
        read_body(response, ORDERS, lambda: next(minutes))


def test_short_body_is_noticed_with_an_older_library():
    response = requests.Response()
    response.raw = OldRaw(b"[1, 2")
    response.headers["Content-Length"] = "6"
    with pytest.raises(ConnectionLostError):
        read_body(response, ORDERS, lambda: 0.0)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": " 12 "}, 12),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "9" * 400}, 24 * 60 * 60),
        ({"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}, 24 * 60 * 60),
        (
            {
                "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT",
                "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
            },
            30,
        ),
        (
            {
                "Retry-After": "Wed, 21 Oct 2015 07:28:30",
                "Date": "Wed, 21 Oct 2015 07:28:00 -0000",
            },
            30,
        ),
        ({"Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT"}, 0),
    ],
)
def test_retry_after_is_read_in_both_forms(headers, expected):
    assert retry_after(headers) == expected
