"""What a stranger gets of an address, over real HTTP."""

import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from catalogue import visit as visiting
from catalogue.visit import visit


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.seen.append(dict(self.headers))
        self.server.answer(self)

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.seen = []
    server.url = f"http://127.0.0.1:{server.server_address[1]}/x"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def reply(body=b"", status=200, **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_plain_answer_tells_everything(server):
    server.answer = reply(b"id\r\n1\r\n", Content_Type="text/csv; charset=utf-8")
    found = visit(server.url)
    assert (found.failure, found.status, found.size) == ("", 200, 7)
    assert (found.kind, found.is_packed, found.start) == (
        "text/csv",
        False,
        b"id\r\n1\r\n",
    )
    assert found.seconds >= 0
    assert not found.has_cookie


def test_packed_answer_is_unpacked(server):
    body = gzip.compress(b"id\r\n1\r\n")
    server.answer = reply(body, Content_Encoding="gzip")
    found = visit(server.url)
    assert found.is_packed
    assert (found.size, found.start) == (len(body), b"id\r\n1\r\n")


@pytest.mark.parametrize("is_packed", [True, False])
def test_only_the_start_is_read(server, is_packed):
    content = b"0123456789" * 1_000_000
    encoding = {"Content_Encoding": "gzip"} if is_packed else {}
    body = gzip.compress(content) if is_packed else content
    server.answer = reply(body, **encoding)
    found = visit(server.url)
    assert found.start == content[: visiting.START]


def test_redirect_is_told_and_not_followed(server):
    server.answer = reply(status=301, Location="/elsewhere")
    found = visit(server.url)
    assert (found.status, found.location) == (301, "/elsewhere")
    assert len(server.seen) == 1


def test_nothing_is_sent_that_a_stranger_has_not_got(server, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.answer = reply(Set_Cookie="session_id=x")
    assert visit(server.url).has_cookie
    visit(server.url)
    sent = {name.lower() for headers in server.seen for name in headers}
    assert not sent & {"authorization", "cookie", "x-odoo-database"}
    assert server.seen[0]["User-Agent"] == visiting.AGENT


@pytest.mark.parametrize(
    "headers", [{"Content_Encoding": "gzip"}, {"Content_Encoding": "br"}]
)
def test_content_that_lies_about_itself_raises_nothing(server, headers):
    server.answer = reply(b"this is not packed", **headers)
    assert visit(server.url).status == 200


def test_answer_that_breaks_off_began_all_the_same(server):
    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        handler.wfile.write(b"id")
        handler.close_connection = True

    server.answer = answer
    found = visit(server.url)
    assert (found.status, found.size) == (200, 1000)


def test_silence_is_a_timeout(server, monkeypatch):
    monkeypatch.setattr(visiting, "_SECONDS", 0.2)
    gone = threading.Event()
    server.answer = lambda handler: gone.wait(5)
    assert visit(server.url).failure == "timeout"
    gone.set()


def test_closed_port_is_no_connection():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert visit(f"http://127.0.0.1:{port}/").failure == "connection"


def test_https_on_a_plain_port_is_no_certificate(server):
    server.answer = reply()
    url = server.url.replace("http:", "https:")
    assert visit(url).failure in ("certificate", "connection")


def test_name_that_nobody_knows(monkeypatch):
    def unknown(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert visit("https://shop.example.invalid/x").failure == "name"


@pytest.mark.parametrize(
    "url", ["shop.example.com/x", "ftp://x/", "http://", "http://[", "http://a..b/"]
)
def test_what_is_no_address(url):
    assert visit(url).failure in ("address", "name")
