"""A running sandbox with a clock that stands still, and a small client for it."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from sandbox import SandboxServer

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class FakeClock:
    """A clock that moves only when it is told to."""

    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now

    def pass_seconds(self, seconds):
        """Let time pass."""
        self.now += timedelta(seconds=seconds)


class Api:
    """Calls the API over HTTP with the token of one key pair."""

    def __init__(self, server, keys, account_id):
        self.url = server.url
        self.account_id = account_id
        self.keys = {"access_token": keys[0], "secret": keys[1]}
        self.session = requests.Session()

    def login(self):
        """Get a token and use it from now on."""
        answer = requests.post(self.url + "/access/get_token", self.keys, timeout=5)
        self.session.headers["Authorization"] = answer.json()["token"]
        return self

    def get(self, path, **params):
        """GET with the account's id."""
        params = {"account_id": self.account_id, **params}
        return self.session.get(self.url + path, params=params, timeout=5)

    def post(self, path, as_json=False, **fields):
        """POST a form or JSON with the account's id."""
        fields = {"account_id": self.account_id, **fields}
        body = {"json": fields} if as_json else {"data": fields}
        return self.session.post(self.url + path, timeout=5, **body)

    def patch(self, path, **fields):
        """PATCH JSON with the account's id."""
        fields = {"account_id": self.account_id, **fields}
        return self.session.patch(self.url + path, json=fields, timeout=5)

    def act(self, record_or_order, action_type, as_json=False, **arguments):
        """Ask for an action for an order."""
        order = getattr(record_or_order, "payload", record_or_order)
        return self.post(
            "/v3.0/orders/actions/",
            as_json=as_json,
            marketplace=order["marketplace"],
            marketplace_order_id=order["marketplace_order_id"],
            action_type=action_type,
            **arguments,
        )

    def control(self, method, path, value=None):
        """Call the control side."""
        address = f"{self.url}/_sandbox/{path}"
        return requests.request(method, address, json=value, timeout=5)


def order_payload(order_id="FR-1", **members):
    """Return a small order: one line of two pieces, on Cdiscount, placed yesterday."""
    line = {
        "marketplace_order_line_id": f"{order_id}-1",
        "marketplace_status": "InPreparation",
        "lengow_status": "waiting_shipment",
        "quantity": 2,
        "amount": "36.00",
        "original_amount": "36.00",
    }
    return {
        "marketplace": "cdiscount",
        "marketplace_order_id": order_id,
        "marketplace_status": "InPreparation",
        "lengow_status": "waiting_shipment",
        "merchant_order_id": None,
        "marketplace_order_date": "2026-03-09T12:00:00Z",
        "imported_at": "2026-03-09T12:10:00.5Z",
        "updated_at": "2026-03-09T12:20:00.123456Z",
        "total_order": 40.3,
        "shipping": 4.3,
        "currency": {"iso_a3": "EUR", "symbol": "€", "name": "Euro"},
        "packages": [{"cart": [line], "delivery": {"id": 1, "trackings": []}}],
        **members,
    }


@pytest.fixture(scope="session")
def running_server():
    """One server for all tests."""
    with SandboxServer(clock=FakeClock(), action_delay=10) as server:
        yield server


@pytest.fixture
def server(running_server):
    """The server, empty, at noon of a day in March."""
    running_server.state.settings.clock.now = NOW
    running_server.state.reset()
    return running_server


@pytest.fixture
def state(server):
    """The server's state."""
    return server.state


@pytest.fixture
def clock(state):
    """The server's clock."""
    return state.settings.clock


@pytest.fixture
def api(server):
    """A client of the first account, logged in."""
    return Api(server, server.keys, 4242).login()


@pytest.fixture
def other_api(server):
    """A client of the second account, logged in."""
    return Api(server, server.second_keys, 4343).login()


@pytest.fixture
def powerless_api(server):
    """A client whose keys are right but may do nothing, logged in."""
    return Api(server, server.keys_without_rights, 4444).login()


@pytest.fixture
def make_order():
    """Build the payload of a small order."""
    return order_payload
