"""Every kind of fault, over real HTTP."""

import json
import time

import pytest
import requests

from sandbox.errors import ControlError

ORDERS = "/v3.0/orders"


@pytest.fixture
def faults(state):
    return state.faults


@pytest.fixture
def three_orders(state, make_order):
    for number in "ABC":
        state.put_order(make_order(number))


def codes(api, count, path=ORDERS):
    return [api.get(path).status_code for _ in range(count)]


# === WHICH CALLS === #


def test_a_fault_is_for_one_call_unless_it_says_otherwise(api, faults):
    faults.add(path=ORDERS, status=500)
    assert codes(api, 3) == [500, 200, 200]


def test_times_and_skip(api, faults):
    faults.add({"path": ORDERS, "status": 503, "times": 2, "skip": 1})
    assert codes(api, 4) == [200, 503, 503, 200]
    assert len(faults) == 0


def test_a_fault_without_an_end_stays_until_it_is_removed(api, faults):
    faults.add(path=ORDERS, status=503, times=None)
    assert codes(api, 4) == [503] * 4
    faults.clear()
    assert codes(api, 1) == [200]


def test_a_path_is_a_prefix_unless_it_is_exact(api, faults):
    faults.add(path=ORDERS, status=500)
    assert codes(api, 2, ORDERS + "/actions/") == [500, 200]
    faults.add(path=ORDERS + "/", exact=True, status=500)
    assert codes(api, 1, ORDERS + "/actions/") == [200]
    assert codes(api, 1, "/v3.0/marketplaces") == [200]
    assert codes(api, 2) == [500, 200]


def test_a_fault_may_be_for_one_method(api, faults):
    faults.add(path=ORDERS, method="post", status=500)
    assert codes(api, 1, ORDERS + "/actions/") == [200]
    assert api.post(ORDERS + "/actions/").status_code == 500


def test_faults_take_calls_in_the_order_in_which_they_were_set(api, faults):
    faults.add(path=ORDERS, status=500)
    faults.add(path=ORDERS, status=502)
    assert codes(api, 3) == [500, 502, 200]


@pytest.mark.parametrize(
    "members",
    [
        {"colour": "red"},
        {"times": 0},
        {"times": "2"},
        {"skip": -1},
        {"status": "500"},
        {"status": True},
        {"delay": "1"},
        {"cut": "sideways"},
        {"headers": "Retry-After: 1"},
        {"html": 1},
        {"path": None},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(api, faults, members):
    with pytest.raises(ControlError):
        faults.add(**members)
    answer = api.control("POST", "faults", members)
    assert answer.status_code == 400
    assert len(faults) == 0


# === WHAT GOES WRONG === #


def test_status_body_and_headers(api, faults):
    body = {"error": {"code": 429, "message": "Request limitation"}}
    faults.add(path=ORDERS, status=429, body=body, headers={"Retry-After": "7"})
    answer = api.get(ORDERS)
    assert (answer.status_code, answer.json()) == (429, body)
    assert answer.headers["Retry-After"] == "7"


def test_a_status_alone_comes_with_the_envelope(api, faults):
    faults.add(path=ORDERS, status=502)
    assert api.get(ORDERS).json()["error"]["code"] == 502


@pytest.mark.parametrize(
    ("body", "text"), [("", ""), ("nonsense", "nonsense"), ([1], "[1]"), (0, "0")]
)
def test_a_body_alone_comes_with_200(api, faults, body, text):
    faults.add(path=ORDERS, body=body)
    answer = api.get(ORDERS)
    assert (answer.status_code, answer.text) == (200, text)


def test_headers_alone_are_added_to_the_true_answer(api, faults):
    faults.add(path=ORDERS, headers={"X-Test": "1"})
    answer = api.get(ORDERS)
    assert (answer.json()["count"], answer.headers["X-Test"]) == (0, "1")


@pytest.mark.parametrize(("members", "status"), [({}, 200), ({"status": 502}, 502)])
def test_html(api, faults, members, status):
    faults.add(path=ORDERS, html=True, **members)
    answer = api.get(ORDERS)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_delay(api, faults):
    faults.add(path=ORDERS, delay=0.3)
    with pytest.raises(requests.ReadTimeout):
        requests.get(api.url + ORDERS, timeout=0.1)
    faults.add(path=ORDERS, delay=0.2)
    start = time.monotonic()
    assert codes(api, 1) == [200]
    assert time.monotonic() - start >= 0.2


def test_a_delayed_call_does_not_hold_up_others(api, faults):
    faults.add(path=ORDERS, delay=0.5)
    with pytest.raises(requests.ReadTimeout):
        requests.get(api.url + ORDERS, timeout=0.05)
    start = time.monotonic()
    assert codes(api, 1) == [200]
    assert time.monotonic() - start < 0.4


def test_truncated_json(api, faults, three_orders):
    faults.add(path=ORDERS, truncate_json=True)
    answer = api.get(ORDERS)
    assert answer.status_code == 200
    with pytest.raises(ValueError):
        answer.json()
    assert codes(api, 1) == [200]


def test_an_expired_token(api, faults):
    faults.add(path=ORDERS, expire_token=True)
    assert codes(api, 2) == [403, 403]
    api.login()
    assert codes(api, 1) == [200]


def test_a_page_that_repeats_the_first(api, faults, three_orders):
    faults.add(path=ORDERS, repeat_page=True, skip=1)
    first = api.get(ORDERS, page_size=2).json()
    second = api.session.get(first["next"], timeout=5).json()
    assert second["results"] == first["results"]
    assert (second["next"], second["count"]) == (None, 3)


def test_a_next_that_leads_back(api, faults, three_orders):
    faults.add(path=ORDERS, loop_next=True)
    answer = api.get(ORDERS, page_size=2)
    assert answer.json()["next"] == answer.url


@pytest.mark.parametrize(
    ("members", "changed"),
    [
        ({"null_results": True}, {"results": None}),
        (
            {"replace": {"results": {}, "count": "many"}},
            {"results": {}, "count": "many"},
        ),
        (
            {"replace": {"next": "https://example.com/"}},
            {"next": "https://example.com/"},
        ),
        ({"replace": {"error": "text"}}, {"error": "text"}),
    ],
)
def test_replaced_members(api, faults, three_orders, members, changed):
    faults.add(path=ORDERS, **members)
    answer = api.get(ORDERS).json()
    assert {name: answer[name] for name in changed} == changed
    assert set(answer) >= {"count", "next", "previous", "results"}


# === CUT CONNECTIONS AND LOST ANSWERS === #


@pytest.fixture
def ship(api, state, make_order):
    """Ask for a shipment of the one order there is."""
    order = make_order(marketplace="bol")
    state.put_order(order)
    return lambda: api.act(order, "ship", tracking_number="T1")


@pytest.mark.parametrize(
    ("cut", "happened"), [("before", 0), ("mid", 1), ("short", 1), ("after", 1)]
)
def test_a_cut_connection(state, faults, ship, cut, happened):
    faults.add(path=ORDERS + "/actions", method="POST", cut=cut)
    with pytest.raises(
        (requests.ConnectionError, requests.exceptions.ChunkedEncodingError)
    ):
        ship()
    assert len(state.actions) == happened
    assert state.calls[-1].status is None
    assert ship().status_code == 200


@pytest.mark.parametrize(
    "members", [{"status": 500}, {"html": True}, {"body": "lost"}, {"status": 504}]
)
@pytest.mark.parametrize("effect", [True, False])
def test_a_replaced_answer_may_hide_an_effect(state, faults, ship, members, effect):
    faults.add(path=ORDERS + "/actions", effect=effect, **members)
    assert "id" not in ship().text[:5]
    assert len(state.actions) == effect


def test_a_cut_token_call_and_a_cut_list(api, faults, three_orders):
    for path in ("/access/get_token", ORDERS):
        faults.add(path=path, cut="mid")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.login()
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.get(ORDERS)
    assert api.login().get(ORDERS).json()["count"] == 3


def test_several_effects_at_once(api, faults, three_orders):
    faults.add(path=ORDERS, delay=0.05, null_results=True, headers={"X-Test": "1"})
    answer = api.get(ORDERS)
    assert (answer.json()["results"], answer.headers["X-Test"]) == (None, "1")


def test_the_call_says_which_fault_it_met(api, state, faults):
    faults.add(path=ORDERS, status=500)
    api.get(ORDERS)
    fault = state.calls[-1].fault
    assert (fault["path"], fault["status"]) == (ORDERS, 500)
    json.dumps(state.calls[-1].as_json())
