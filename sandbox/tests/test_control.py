"""The control side, over HTTP and in process."""

import pytest
import requests

from sandbox.errors import ControlError


def test_the_summary_says_what_there_is(api, make_order):
    api.control("PUT", "orders", make_order())
    summary = api.control("GET", "").json()
    assert (summary["orders"], summary["calls"], summary["faults"]) == (1, 1, 0)
    assert "bol" in summary["marketplaces"]


def test_orders_are_put_read_and_removed(api, state, make_order):
    assert api.control("PUT", "orders", make_order("A")).json() == {"stored": 1}
    others = [make_order("B"), make_order("C", marketplace="bol")]
    assert api.control("PUT", "orders", others).json() == {"stored": 2}
    assert len(api.control("GET", "orders").json()) == 3
    assert api.control("GET", "orders?marketplace=bol").json() == [others[1]]
    assert api.control("DELETE", "orders").status_code == 200
    assert state.orders() == []


def test_orders_may_be_put_for_an_account_and_touched(api, other_api, make_order):
    api.control("PUT", "orders?account_id=4343&touch=1", make_order())
    (order,) = other_api.get("/v3.0/orders").json()["results"]
    assert order["updated_at"] == "2026-03-10T12:00:00.000000Z"
    assert api.control("PUT", "orders?account_id=1", make_order()).status_code == 400


def test_even_nonsense_can_be_put(api):
    assert api.control("PUT", "orders", [None, 1, "x", {}]).json() == {"stored": 4}
    assert api.get("/v3.0/orders").json()["count"] == 4


def test_an_order_is_moved(api, state, clock, make_order):
    state.put_order(make_order("A/B 1"))
    clock.pass_seconds(1)
    path = "orders/cdiscount/A%2FB%201/status"
    answer = api.control("POST", path, {"status": "shipped"})
    assert answer.json()["marketplace_status"] == "Shipped"
    order = state.get_order("cdiscount", "A/B 1")
    line = order["packages"][0]["cart"][0]
    assert (order["lengow_status"], line["lengow_status"]) == ("shipped", "shipped")
    assert order["updated_at"] == "2026-03-10T12:00:01.000000Z"
    delivered = {"status": "shipped", "marketplace_status": "Delivered"}
    answer = api.control("POST", path, delivered)
    assert answer.json()["marketplace_status"] == "Delivered"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("orders/cdiscount/FR-1/status", {"status": "pickup_completed"}),
        ("orders/cdiscount/FR-1/status", {"status": "Shipped"}),
        ("orders/cdiscount/FR-1/status", {}),
        ("orders/cdiscount/FR-1/status", []),
        (
            "orders/cdiscount/FR-1/status",
            {"status": "shipped", "marketplace_status": "Accepted"},
        ),
        ("orders/cdiscount/FR-2/status", {"status": "shipped"}),
        ("orders/bol/FR-1/status", {"status": "shipped"}),
    ],
)
def test_an_impossible_move_is_refused(api, state, make_order, path, body):
    state.put_order(make_order())
    answer = api.control("POST", path, body)
    assert answer.status_code == 400
    assert state.get_order("cdiscount", "FR-1") == make_order()


def test_a_status_of_an_unknown_channel_needs_its_raw_status(state, make_order):
    state.put_order(make_order(marketplace="nothing"))
    with pytest.raises(ControlError, match="has no status"):
        state.move("nothing", "FR-1", "shipped")
    state.move("nothing", "FR-1", "shipped", marketplace_status="GONE")
    assert state.get_order("nothing", "FR-1")["marketplace_status"] == "GONE"


def test_calls_are_listed_and_forgotten(api, state):
    api.get("/v3.0/orders", page=2)
    calls = api.control("GET", "calls").json()
    assert [call["path"] for call in calls] == ["/access/get_token", "/v3.0/orders"]
    assert calls[1]["received_at"] == "2026-03-10T12:00:00.000000Z"
    assert [call.path for call in state.calls_to("/v3.0", "GET")] == ["/v3.0/orders"]
    api.control("DELETE", "calls")
    assert state.calls == []


@pytest.mark.parametrize("as_json", [True, False])
def test_a_call_shows_what_it_carried(api, state, as_json):
    api.post("/v3.0/orders/actions/", as_json=as_json, carrier="GLS")
    assert state.calls[-1].body["carrier"] == "GLS"


def test_faults_are_set_listed_and_removed(api):
    fault = {"path": "/v3.0/orders", "status": 500, "times": 3}
    api.control("POST", "faults", fault)
    api.control("POST", "faults", [{"cut": "mid"}])
    faults = api.control("GET", "faults").json()
    assert faults == [
        {**fault, "skip": 0},
        {"path": "/", "times": 1, "skip": 0, "cut": "mid"},
    ]
    assert api.get("/v3.0/orders").status_code == 500
    api.control("DELETE", "faults")
    assert api.get("/v3.0/orders").status_code == 200


@pytest.mark.parametrize("body", ["x", 1, None, [1]])
def test_a_fault_must_be_an_object(api, body):
    assert api.control("POST", "faults", [body]).status_code == 400


def test_settings_are_shown_and_changed(api, state):
    assert api.control("GET", "settings").json()["action_delay"] == 10
    answer = api.control("PUT", "settings", {"action_delay": 0, "rate_limit": None})
    assert answer.json()["action_delay"] == 0
    assert "clock" not in answer.json()
    assert state.settings.action_delay == 0


@pytest.mark.parametrize(
    "values",
    [
        {"action_delay": "2"},
        {"action_delay": True},
        {"nothing": 1},
        {"clock": 1},
        {"fail_actions": None},
        [],
        {"action_delay": 1, "rate_limit": "x"},
    ],
)
def test_a_wrong_setting_changes_nothing(api, state, values):
    assert api.control("PUT", "settings", values).status_code == 400
    assert state.settings.action_delay == 10


def test_reset_forgets_everything(api, state, make_order):
    state.put_order(make_order())
    state.faults.add(status=500)
    state.settings.action_delay = 1
    state.marketplaces.clear()
    api.act(make_order(), "ship")
    summary = api.control("POST", "reset").json()
    del summary["marketplaces"]
    assert summary == {"orders": 0, "actions": 0, "calls": 0, "faults": 0}
    assert state.settings.action_delay == 10
    assert "bol" in state.marketplaces
    assert api.get("/v3.0/orders").status_code == 401
    assert api.control("POST", "reset", {"seed": True}).json()["orders"] > 60


def test_actions_are_shown(api, state, make_order):
    state.put_order(make_order(marketplace="bol"))
    api.act(make_order(marketplace="bol"), "ship", tracking_number="1")
    (action,) = api.control("GET", "actions").json()
    assert action["tracking_number"] == "1"


def test_samples_are_named_and_loaded(api, state):
    assert len(api.control("GET", "samples").json()) == 28
    name = "v3-2024_zalando_waiting_shipment"
    loaded = api.control("POST", "samples", {"name": name}).json()
    assert loaded == [["zalando", "4UT0-000001"]]
    assert api.control("POST", "samples", {"name": "nothing"}).status_code == 400
    assert len(api.control("POST", "samples", {}).json()) == 30


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "nothing", 404), ("PATCH", "orders", 405), ("POST", "orders", 405)],
)
def test_unknown_addresses(api, method, path, status):
    assert api.control(method, path).status_code == status


def test_broken_json_is_refused(server):
    for path in ("orders", "settings"):
        address = f"{server.url}/_sandbox/{path}"
        assert requests.put(address, data=b"{", timeout=5).status_code == 400


def test_the_control_side_is_not_among_the_calls_and_has_no_faults(api, state):
    state.faults.add(status=500, times=None)
    assert api.control("GET", "calls").status_code == 200
    assert len(state.calls) == 1
