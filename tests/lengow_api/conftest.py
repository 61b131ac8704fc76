"""A tiny Lengow on 127.0.0.1, and the means to look at what it was asked."""

import json
import socket
import struct
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, settings

from lengow_api import LengowClient, Transport

# A machine that does something else meanwhile is not what is tested.
settings.register_profile(
    "plain",
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("plain")

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sandbox" / "data" / "samples"
MARKETPLACES = ROOT / "sandbox" / "data" / "marketplaces"
ANSWERS = ROOT / "tests" / "data"
KEYS = ("key-one", "key-two")
GRANT = {"token": "token-1", "account_id": 4242}


@dataclass
class Reply:
    """What the server does with one call.

    ``cut`` is ``"before"`` for a connection closed without an answer, or ``"mid"``
    for one closed after half of the body.
    """

    status: int = 200
    value: object = None
    body: bytes | None = None
    headers: dict = field(default_factory=dict)
    delay: float = 0.0
    cut: str | None = None
    chunked: bool = False

    @property
    def content(self) -> bytes:
        return json.dumps(self.value).encode() if self.body is None else self.body


@dataclass
class Call:
    """One call the server received."""

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes

    @property
    def form(self) -> dict:
        return dict(parse_qsl(self.body.decode()))


class FakeLengow(ThreadingHTTPServer):
    """Answer each path with its replies in turn, the last one again and again."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.calls: list[Call] = []
        self.replies: dict[str, list[Reply]] = {}
        self.on("/access/get_token", GRANT)

    def on(self, path: str, *replies: object) -> None:
        """Set the replies of a path; a plain value is the body of a success."""
        self.replies[path] = [
            reply if isinstance(reply, Reply) else Reply(value=reply)
            for reply in replies
        ]

    def next_reply(self, path: str) -> Reply:
        replies = self.replies.get(path, [Reply(404, {"error": "no such path"})])
        return replies.pop(0) if len(replies) > 1 else replies[0]

    def calls_to(self, path: str) -> list[Call]:
        return [call for call in self.calls if call.path == path]

    def handle_error(self, request, client_address):
        """Say nothing: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1

    def _answer(self):
        parts = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        self.server.calls.append(
            Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                dict(self.headers),
                self.rfile.read(length),
            )
        )
        reply = self.server.next_reply(parts.path)
        time.sleep(reply.delay)
        if reply.cut == "before":
            self._hang_up()
            return
        self._send(reply)

    do_GET = do_POST = do_PUT = do_PATCH = _answer

    def _send(self, reply):
        content = reply.content
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.chunked:
            self.send_header("Transfer-Encoding", "chunked")
            content = b"%x\r\n%s\r\n0\r\n\r\n" % (len(content), content)
        elif "Content-Length" not in reply.headers:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if reply.cut == "mid":
            self.wfile.write(content[: len(content) // 2])
            self.wfile.flush()
            self._hang_up()
            return
        self.wfile.write(content)

    def _hang_up(self):
        self.close_connection = True
        # end the stream for the client now, not when buffers are collected
        self.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 0, 0)
        )
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *_args):
        """Keep test output clean."""


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self):
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def server():
    """A running fake Lengow that accepts the keys."""
    fake = FakeLengow()
    thread = threading.Thread(target=fake.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield fake
    fake.shutdown()
    thread.join()
    fake.server_close()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def transport(server, clock):
    """A transport to the fake Lengow that never really sleeps."""
    carrier = Transport(
        server.url,
        *KEYS,
        user_agent="lengow-connector/19.0 Odoo/19.0",
        sleep=clock.sleep,
        clock=clock,
        random=lambda: 0.5,
    )
    yield carrier
    carrier.close()


@pytest.fixture
def client(server, transport):
    """A client over that transport."""
    return LengowClient(server.url, *KEYS, transport=transport)


@pytest.fixture
def reply():
    """The class of scripted replies."""
    return Reply


@pytest.fixture(scope="session")
def load():
    """Return a function that reads a sample order or definition, or another answer.

    Orders and definitions are the sandbox's, so that there is one set of them.
    """

    def read(name: str) -> object:
        folders = (SAMPLES, MARKETPLACES, ANSWERS)
        (path,) = (found for f in folders for found in f.rglob(f"{name}.json"))
        return json.loads(path.read_text(encoding="utf-8"))

    return read


@pytest.fixture(scope="session")
def sample_names():
    """The names of the sample orders' files."""
    return {path.stem for path in SAMPLES.rglob("*.json")}


@pytest.fixture
def zalando(load):
    """The most complete modern order, to be changed at will."""
    return load("v3-2024_zalando_waiting_shipment")["results"][0]
