"""Starting, stopping, and many at once."""

import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from sandbox import SandboxServer

ROOT = Path(__file__).parents[2]


def test_it_starts_and_stops_and_starts_again_on_the_same_port(make_order):
    server = SandboxServer()
    with server:
        server.state.put_order(make_order())
        url = server.url
        assert requests.get(url + "/_sandbox/", timeout=5).json()["orders"] == 1
    with pytest.raises(requests.ConnectionError):
        requests.get(url + "/_sandbox/", timeout=5)
    with server:
        assert server.url == url
        assert requests.get(url + "/_sandbox/", timeout=5).json()["orders"] == 1


def test_it_does_not_start_twice():
    with SandboxServer() as server, pytest.raises(RuntimeError):
        server.start()
    server.stop()


def test_a_port_that_is_taken_is_an_error(server):
    with pytest.raises(OSError):
        SandboxServer(port=server.port).start()


def test_it_is_reached_on_this_machine_only(server):
    assert server.url.startswith("http://127.0.0.1:")


@pytest.mark.parametrize("settings", [{"nothing": 1}, {"action_delay": "x"}])
def test_wrong_settings_are_refused(settings):
    with pytest.raises(ValueError):
        SandboxServer(**settings)


def test_two_servers_do_not_share_anything(server, make_order):
    with SandboxServer(action_delay=0) as other:
        other.state.put_order(make_order())
        assert server.state.orders() == []
        assert other.state.settings.action_delay == 0


def test_many_calls_at_once_leave_nothing_out(api, state, make_order):
    for number in range(20):
        state.put_order(make_order(f"N{number}", marketplace="bol"))

    def work(number):
        order = make_order(f"N{number}", marketplace="bol")
        codes = [api.act(order, "ship", tracking_number="1").status_code]
        codes.append(
            api.patch(
                "/v3.0/orders/moi/",
                marketplace="bol",
                marketplace_order_id=f"N{number}",
                merchant_order_id=[number],
            ).status_code
        )
        codes.append(api.get("/v3.0/orders").status_code)
        return codes

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(work, range(20)))
    assert codes == [[200] * 3] * 20
    assert len({action.id for action in state.actions}) == 20
    marks = {order["merchant_order_id"][0] for order in state.orders()}
    assert marks == {str(number) for number in range(20)}
    assert len(state.calls) == 61


@pytest.fixture
def run():
    """Run ``python -m sandbox`` and return the process with its first lines."""
    processes = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "-B", "-m", "sandbox", *arguments],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.communicate()


@pytest.mark.parametrize(
    ("arguments", "orders"),
    [((), 115), (("--no-seed",), 0), (("--no-seed", "--samples"), 30)],
)
def test_the_command_serves_until_it_is_interrupted(run, arguments, orders):
    process = run("--port", "0", "--action-delay", "0", *arguments)
    line = process.stdout.readline()
    url = re.search(r"http://127\.0\.0\.1:\d+", line).group()
    assert requests.get(url + "/_sandbox/", timeout=5).json()["orders"] == orders
    settings = requests.get(url + "/_sandbox/settings", timeout=5).json()
    assert settings["action_delay"] == 0
    process.send_signal(signal.SIGINT)
    assert process.wait(5) == 0
    assert process.stderr.read() == ""


def test_the_command_says_when_its_port_is_taken(run, server):
    process = run("--port", str(server.port))
    assert process.wait(5) == 1
    error = process.stderr.read()
    assert error.startswith(f"Port {server.port} cannot be used")
    assert "Traceback" not in error
