"""Links: what may be followed, and that nothing else is ever asked."""

import datetime
import ipaddress
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lengow_api import (
    BadResponseError,
    ConnectionLostError,
    LengowError,
    LinkReader,
    LinkRefusedError,
    NotFoundError,
    ServerError,
    TooLargeError,
    UnreachableError,
)
from lengow_api.links import is_public

PDF = b"%PDF-1.4 content"
HOST = "files.example.com"
HOSTS = [HOST, "*.cdn.example.com"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return the path of a certificate with its key, for the allowed hosts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.datetime.now(datetime.UTC)
    names = [x509.DNSName(host) for host in HOSTS]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "host.pem"
    path.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(path)


@pytest.fixture
def tls_server(server, certificate):
    """The fake server, speaking TLS as the allowed hosts."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


@pytest.fixture
def resolved():
    """The hosts that were looked up, in turn."""
    return []


@pytest.fixture
def reader(server, certificate, resolved):
    """A reader that finds every host on this machine and may connect to it."""

    def resolve(host):
        resolved.append(host)
        return ["127.0.0.1"]

    return LinkReader(
        HOSTS,
        clock=time.monotonic,
        resolve=resolve,
        is_allowed_address=lambda address: address == "127.0.0.1",
        certificates=certificate,
        port=server.server_port,
    )


@pytest.fixture
def unconnected(server, certificate):
    """Build a reader for the usual port whose hosts have the given addresses."""

    def build(*addresses):
        return LinkReader(
            HOSTS, clock=time.monotonic, resolve=lambda _host: list(addresses)
        )

    return build


def test_a_link_is_read_from_the_address_that_was_checked(
    tls_server, reader, reply, resolved
):
    headers = {"Content-Disposition": 'attachment; filename="a.pdf"'}
    tls_server.on("/note.pdf", reply(body=PDF, headers=headers))
    document = reader.read(f"https://{HOST}/note.pdf?a=%2F&b=1#top")
    assert (document.content, document.filename) == (PDF, "a.pdf")
    (call,) = tls_server.calls
    assert call.query == {"a": "/", "b": "1"}
    assert call.headers["Host"] == HOST
    assert not {"Authorization", "Cookie"} & set(call.headers)
    assert resolved == [HOST], "the name is resolved once, before it is checked"


def test_a_host_below_an_allowed_name_is_read(tls_server, reader, reply):
    tls_server.on("/n", reply(body=PDF))
    assert reader.read("https://eu.cdn.example.com/n").content == PDF


def test_a_server_with_another_certificate_is_not_believed(
    tls_server, certificate, server
):
    stranger = LinkReader(
        ["other.example.com"],
        clock=time.monotonic,
        resolve=lambda _host: ["127.0.0.1"],
        is_allowed_address=lambda _address: True,
        certificates=certificate,
        port=server.server_port,
    )
    with pytest.raises(UnreachableError, match="secure connection"):
        stranger.read("https://other.example.com/n")
    assert not tls_server.calls


@pytest.mark.parametrize(
    "url",
    [
        "http://files.example.com/n",
        "ftp://files.example.com/n",
        "file:///etc/passwd",
        "https://other.example.com/n",
        "https://files.example.com.evil.example/n",
        "https://cdn.example.com/n",
        "https://evilcdn.example.com/n",
        "https://user@files.example.com/n",
        "https://files.example.com:8443/n",
        "https://files.example.com\\@127.0.0.1/n",
        "https://127.0.0.1/n",
        "https://[::1]/n",
        "https:///n",
        "https://[bad/n",
        "//files.example.com/n",
        "",
    ],
)
def test_a_link_that_is_not_allowed_is_not_even_looked_up(
    url, reader, server, resolved
):
    with pytest.raises(LinkRefusedError):
        reader.read(url)
    assert not server.calls
    assert not resolved


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1%eth0",
    "fec0::1",
    "feff:ffff::1",
    "64:ff9b:1::a00:1",
    "fd00::1",
    "ff02::1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:a00:1::",
    "not an address",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_a_private_network_is_refused(address, unconnected):
    with pytest.raises(LinkRefusedError, match="private"):
        unconnected(address).read(f"https://{HOST}/n")


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1"])
def test_an_address_of_the_internet_is_public(address):
    assert ipaddress.ip_address(address)
    assert is_public(address)


def test_one_private_address_among_public_ones_is_enough_to_refuse(unconnected):
    with pytest.raises(LinkRefusedError):
        unconnected("93.184.216.34", "10.0.0.1").read(f"https://{HOST}/n")


def test_a_name_that_changes_its_address_gets_no_second_look(
    tls_server, certificate, reply
):
    """The classic trick: public while it is checked, private when it is used."""
    tls_server.on("/n", reply(body=PDF))
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    reader = LinkReader(
        HOSTS,
        clock=time.monotonic,
        resolve=lambda _host: next(answers),
        is_allowed_address=lambda address: address == "127.0.0.1",
        certificates=certificate,
        port=tls_server.server_port,
    )
    assert reader.read(f"https://{HOST}/n").content == PDF
    with pytest.raises(LinkRefusedError):
        reader.read(f"https://{HOST}/n")


def test_a_redirect_is_checked_like_the_link(tls_server, reader, reply, resolved):
    port = tls_server.server_port
    tls_server.on("/1", reply(302, headers={"Location": "/2"}))
    tls_server.on("/2", reply(307, headers={"Location": f"https://{HOST}:{port}/3"}))
    tls_server.on("/3", reply(body=PDF))
    assert reader.read(f"https://{HOST}/1").content == PDF
    assert resolved == [HOST] * 3


@pytest.mark.parametrize(
    "location",
    [
        "https://169.254.169.254/latest/meta-data/",
        "http://files.example.com/n",
        "https://other.example.com/n",
        "//localhost/n",
    ],
)
def test_a_redirect_out_of_the_allowed_hosts_is_refused(
    location, tls_server, reader, reply
):
    tls_server.on("/1", reply(302, headers={"Location": location}))
    with pytest.raises(LinkRefusedError):
        reader.read(f"https://{HOST}/1")
    assert len(tls_server.calls) == 1


@pytest.mark.parametrize("headers", [{}, {"Location": "/1"}, {"Location": "https://["}])
def test_a_redirect_without_end_or_aim_is_a_bad_answer(
    headers, tls_server, reader, reply
):
    tls_server.on("/1", reply(302, headers=headers))
    with pytest.raises(BadResponseError):
        reader.read(f"https://{HOST}/1")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"status": 404}, NotFoundError),
        ({"status": 500}, ServerError),
        ({"status": 403}, LengowError),
        ({"status": 204, "body": b""}, BadResponseError),
        ({"body": b""}, BadResponseError),
        ({"body": PDF, "cut": "before"}, ConnectionLostError),
        ({"body": PDF * 100, "cut": "mid"}, ConnectionLostError),
        (
            {"body": b"<html>", "headers": {"Content-Type": "text/html"}},
            BadResponseError,
        ),
    ],
)
def test_what_cannot_be_had_ends_in_a_typed_error(
    answer, error, tls_server, reader, reply
):
    tls_server.on("/1", reply(**answer))
    with pytest.raises(error):
        reader.read(f"https://{HOST}/1")


def test_more_than_25_megabytes_are_not_taken(tls_server, reader, reply):
    tls_server.on("/1", reply(body=bytes(25 * 1024 * 1024 + 1)))
    with pytest.raises(TooLargeError):
        reader.read(f"https://{HOST}/1")


def test_a_host_without_address_is_unreachable():
    def resolve(_host):
        raise OSError("no such name")

    reader = LinkReader(HOSTS, clock=time.monotonic, resolve=resolve)
    with pytest.raises(UnreachableError):
        reader.read(f"https://{HOST}/1")
    with pytest.raises(UnreachableError):
        LinkReader(HOSTS, clock=time.monotonic, resolve=lambda _host: []).read(
            f"https://{HOST}/1"
        )


def test_the_next_address_of_a_host_is_tried(tls_server, certificate, reply):
    tls_server.on("/1", reply(body=PDF))
    reader = LinkReader(
        HOSTS,
        clock=time.monotonic,
        resolve=lambda _host: ["127.0.0.9", "127.0.0.1"],
        is_allowed_address=lambda _address: True,
        certificates=certificate,
        port=tls_server.server_port,
    )
    assert reader.read(f"https://{HOST}/1").content == PDF


def test_a_link_on_the_api_itself_is_followed_without_keys(server, reply):
    server.on("/files/1", reply(body=PDF))
    reader = LinkReader([], own_url=server.url, clock=time.monotonic)
    assert reader.read(f"{server.url}/files/1?a=1").content == PDF
    assert "Authorization" not in server.calls[0].headers
    with pytest.raises(LinkRefusedError):
        reader.read(f"http://127.0.0.1:{server.server_port + 1}/files/1")


def test_proxies_of_the_environment_are_not_used(
    tls_server, reader, reply, monkeypatch
):
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    tls_server.on("/1", reply(body=PDF))
    assert reader.read(f"https://{HOST}/1").content == PDF
