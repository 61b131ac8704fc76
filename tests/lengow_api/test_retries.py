"""What is tried again, how long is waited, and what never is."""

import pytest

from lengow_api import (
    NotFoundError,
    RateLimitedError,
    RequestRefusedError,
    ServerError,
)
from lengow_api.endpoints import (
    CREATE_ACTION,
    LINK_ORDER,
    ORDERS,
)

TOKEN = "/access/get_token"
LIST = {"count": 0, "next": None, "previous": None, "results": []}
ERROR = {"error": {"message": "broken", "code": 500}}


# === RETRIES === #


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 540])
@pytest.mark.parametrize("endpoint", [ORDERS, LINK_ORDER])
def test_repeatable_call_is_tried_four_times_with_growing_pauses(
    endpoint, status, server, transport, reply, clock
):
    server.on(endpoint.path, reply(status, ERROR))
    with pytest.raises((ServerError, RateLimitedError)) as caught:
        transport.call(endpoint)
    assert len(server.calls_to(endpoint.path)) == 4
    assert clock.slept == [0.5, 1.0, 2.0]
    assert caught.value.status == status
    assert not caught.value.may_have_arrived


def test_passing_trouble_is_not_noticed(server, transport, reply):
    server.on(ORDERS.path, reply(500, ERROR), reply(cut="before"), reply(429), LIST)
    assert transport.call(ORDERS).json() == LIST


@pytest.mark.parametrize("status", [408, 500, 503, 540])
def test_post_is_never_repeated_and_may_have_arrived(status, server, transport, reply):
    server.on(CREATE_ACTION.path, reply(status, ERROR))
    with pytest.raises(ServerError) as caught:
        transport.call(CREATE_ACTION, data={"a": "b"})
    assert len(server.calls_to(CREATE_ACTION.path)) == 1
    assert caught.value.may_have_arrived


def test_limited_post_had_no_effect_and_says_when_to_come_back(
    server, transport, reply, clock
):
    server.on(CREATE_ACTION.path, reply(429, ERROR, headers={"Retry-After": "30"}))
    with pytest.raises(RateLimitedError) as caught:
        transport.call(CREATE_ACTION, data={})
    assert caught.value.retry_after == 30
    assert not caught.value.may_have_arrived
    assert clock.slept == []
    assert len(server.calls_to(CREATE_ACTION.path)) == 1


@pytest.mark.parametrize(
    ("status", "value", "kind", "code"),
    [
        (400, {"error": {"message": "no such filter"}}, RequestRefusedError, "refused"),
        (409, {"error": "no such filter"}, RequestRefusedError, "refused"),
        (422, {"detail": [{"msg": "no such filter"}]}, RequestRefusedError, "refused"),
        (530, {"detail": "no such filter"}, RequestRefusedError, "refused"),
        (404, {"error": {"message": "no such filter"}}, NotFoundError, "not_found"),
        (404, {"x": ["no such filter"]}, NotFoundError, "not_found"),
    ],
)
@pytest.mark.parametrize("endpoint", [ORDERS, CREATE_ACTION])
def test_refusal_is_final_and_says_why(
    endpoint, status, value, kind, code, server, transport, reply
):
    server.on(endpoint.path, reply(status, value))
    with pytest.raises(kind, match="no such filter") as caught:
        transport.call(endpoint)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert caught.value.endpoint == str(endpoint)
    assert not caught.value.may_have_arrived
    assert len(server.calls_to(endpoint.path)) == 1


# === RETRY-AFTER === #


@pytest.mark.parametrize("status", [429, 503])
def test_wait_that_lengow_asks_for_is_obeyed(status, server, transport, reply, clock):
    server.on(ORDERS.path, reply(status, ERROR, headers={"Retry-After": "17"}), LIST)
    transport.call(ORDERS)
    assert clock.slept == [17]


def test_wait_given_as_a_date_is_held_against_lengows_own_clock(
    server, transport, reply, clock
):
    headers = {
        "Retry-After": "Wed, 21 Oct 2015 07:28:30 GMT",
        "Date": "Wed, 21 Oct 2015 07:28:00 GMT",
    }
    server.on(ORDERS.path, reply(429, ERROR, headers=headers), LIST)
    transport.call(ORDERS)
    assert clock.slept == [30]


@pytest.mark.parametrize("header", ["soon", "-5", "", "1.5", "٣", "Wed, 99 Foo 2015"])
def test_unreadable_wait_falls_back_to_the_usual_pause(
    header, server, transport, reply, clock
):
    headers = {"Retry-After": header.encode().decode("latin-1")}
    server.on(ORDERS.path, reply(429, ERROR, headers=headers), LIST)
    transport.call(ORDERS)
    assert clock.slept == [0.5]


def test_wait_beyond_the_bound_is_left_to_the_caller(server, transport, reply, clock):
    server.on(ORDERS.path, reply(429, ERROR, headers={"Retry-After": "61"}))
    with pytest.raises(RateLimitedError) as caught:
        transport.call(ORDERS)
    assert caught.value.retry_after == 61
    assert clock.slept == []


def test_all_pauses_of_a_call_stay_within_the_bound(server, transport, reply, clock):
    slow_down = reply(429, ERROR, headers={"Retry-After": "25"})
    server.on(TOKEN, slow_down, {"token": "t"})
    server.on(ORDERS.path, slow_down)
    with pytest.raises(RateLimitedError):
        transport.call(ORDERS)
    assert clock.slept == [25, 25]


def test_slow_attempts_use_up_the_time_too(server, transport, reply, clock):
    slow = reply(503, ERROR, headers={"Retry-After": "1"})
    server.on(ORDERS.path, slow)
    transport.renew_token()
    real = transport._session.request

    def slowly(*args, **kwargs):
        clock.now += 29
        return real(*args, **kwargs)

    transport._session.request = slowly
    with pytest.raises(ServerError):
        transport.call(ORDERS)
    assert clock.slept == [1, 1]
    assert len(server.calls_to(ORDERS.path)) == 3
