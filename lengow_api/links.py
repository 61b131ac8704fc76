"""Follow links to documents that are not on Lengow's own API.

A link comes from outside, so it may try to make this server read what only this server
can reach. Therefore: https only, hosts from a list, every address of the host public,
and the connection is made to the very address that was checked, so that a name that
resolves differently a moment later changes nothing. Each redirect is checked like the
link itself. No proxy is used (it would resolve the name anew), no cookie and no key is
sent.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter

from .answers import Answer
from .body import read_body
from .documents import Document
from .endpoints import MEGABYTE, Endpoint
from .errors import BadResponseError, LinkRefusedError, UnreachableError
from .failures import failure_of
from .urls import is_same_origin

LINK = Endpoint("GET", "a document's link", 30.0, largest_body=25 * MEGABYTE)
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_HTTPS_PORT = 443
#: IPv4 addresses inside of IPv6 ones, as translators on the way understand them.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
#: What was once, or is within one network, and Python takes for the internet's.
_PRIVATE = (
    ipaddress.ip_network("fec0::/10"),  # RFC 3879
    ipaddress.ip_network("64:ff9b:1::/48"),  # RFC 8215
)


def resolve_host(host: str) -> list[str]:
    """Return the addresses of a host, in the order in which to try them.

    :raise OSError: when the name cannot be resolved.
    """
    found = socket.getaddrinfo(host, _HTTPS_PORT, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(entry[4][0] for entry in found))


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    inner = _inner_address(ip)
    if inner is not None:
        return is_public(str(inner))
    if any(ip in network for network in _PRIVATE):
        return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _inner_address(ip) -> ipaddress.IPv4Address | None:
    if ip.version == 4:
        return None
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


class LinkReader:
    """Reads documents from links, at most 25 MB each.

    :param hosts: names of hosts that links may lead to; ``*.example.com`` stands for
        every host below that name.
    :param own_url: address of the API. Links on its very origin are always followed,
        like the calls: whoever may set it is trusted with the keys.
    :param clock: a monotonic clock in seconds.
    :param resolve: finds the addresses of a host, see :func:`resolve_host`.
    :param is_allowed_address: tells whether an address may be connected to.
    :param certificates: file with certificates to trust; the usual ones by default.
    :param port: the one port that is spoken to.
    """

    def __init__(
        self,
        hosts: Iterable[str],
        *,
        own_url: str | None = None,
        clock: Callable[[], float],
        resolve: Callable[[str], list[str]] = resolve_host,
        is_allowed_address: Callable[[str], bool] = is_public,
        certificates: str | None = None,
        port: int = _HTTPS_PORT,
    ):
        self._hosts = [_plain_host(host) for host in hosts]
        self._own_url = own_url
        self._resolve = resolve
        self._is_allowed_address = is_allowed_address
        self._certificates = certificates
        self._port = port
        self._clock = clock

    def read(self, url: str) -> Document:
        """Return the document that a link leads to.

        :raise LinkRefusedError: when the link, or a redirect, leads where it may not.
        :raise TooLargeError: when it is larger than 25 MB.
        :raise LengowError: when it cannot be had; the subclass says why.
        """
        for _hop in range(_MOST_REDIRECTS + 1):
            answer = self._get(url)
            if answer.status not in _REDIRECTS:
                break
            url = _redirect_target(url, answer)
        else:
            raise BadResponseError("The link leads in a circle.", endpoint=str(LINK))
        if not answer.is_success:
            raise answer.error()
        return Document.from_answer(answer)

    def _get(self, url: str) -> Answer:
        """Make one request, to an address that was checked."""
        if self._own_url and is_same_origin(url, self._own_url):
            return self._send(_LinkSession(), url, {})
        parts = self._check(url)
        host, target = parts.hostname, parts.path or "/"
        if parts.query:
            target += f"?{parts.query}"
        failure = UnreachableError("The host has no address.", endpoint=str(LINK))
        for address in self._checked_addresses(host):
            session = _LinkSession(host, self._certificates)
            shown = f"[{address}]" if ":" in address else address
            try:
                return self._send(
                    session, f"https://{shown}:{self._port}{target}", {"Host": host}
                )
            except UnreachableError as error:
                failure = error
        raise failure

    def _send(self, session: requests.Session, url: str, headers: dict) -> Answer:
        headers = {"Accept": "*/*", "Accept-Encoding": "gzip", **headers}
        try:
            with (
                session,
                session.get(
                    url,
                    headers=headers,
                    timeout=LINK.read_timeout,
                    allow_redirects=False,
                    stream=True,
                ) as response,
            ):
                body = read_body(response, LINK, self._clock)
        except (requests.RequestException, OSError, UnicodeError) as error:
            raise failure_of(error, LINK) from None
        return Answer(LINK, response.status_code, response.headers, body)

    def _check(self, url: str) -> SplitResult:
        """Return the parts of a link that may be followed.

        :raise LinkRefusedError: when it may not.
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise LinkRefusedError("The link is not a valid address.") from None
        if not host:
            raise LinkRefusedError("The link names no host.")
        if parts.scheme != "https" or parts.username is not None or parts.password:
            raise LinkRefusedError("Only plain https links are followed.", host)
        if port not in (None, self._port):
            raise LinkRefusedError("The link names an unusual port.", host)
        if not self._is_allowed_host(host):
            raise LinkRefusedError("The link's host is not allowed.", host)
        return parts

    def _is_allowed_host(self, host: str) -> bool:
        host = _plain_host(host)
        return any(
            host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed
            for allowed in self._hosts
        )

    def _checked_addresses(self, host: str) -> list[str]:
        """Return the addresses of a host, all of which are public.

        :raise LinkRefusedError: when one is not.
        """
        try:
            addresses = self._resolve(host)
        except (OSError, UnicodeError):
            raise UnreachableError(
                "The link's host has no address.", endpoint=str(LINK)
            ) from None
        if not all(self._is_allowed_address(address) for address in addresses):
            raise LinkRefusedError("The link leads into a private network.", host)
        return addresses


class _LinkSession(requests.Session):
    """A session for one request, without anything that belongs to other calls.

    :param host: where to expect the certificate of this host whatever the address
        is; no host for an ordinary session.
    """

    def __init__(self, host: str | None = None, certificates: str | None = None):
        super().__init__()
        # proxies, .netrc and certificates of the environment are for other calls
        self.trust_env = False
        self.verify = certificates or True
        if host:
            self.mount("https://", _PinnedAdapter(host))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Override of `requests` to leave redirects with their bodies alone."""


class _PinnedAdapter(HTTPAdapter):
    """Connects to an IP address, and expects the certificate of a host there."""

    def __init__(self, host: str):
        self._host = host
        super().__init__()

    def init_poolmanager(self, *args, **kwargs):
        """Override of `requests` to name the host in the TLS handshake."""
        names = {"server_hostname": self._host, "assert_hostname": self._host}
        return super().init_poolmanager(*args, **kwargs, **names)


def _plain_host(host: str) -> str:
    return host.strip().rstrip(".").lower()


def _redirect_target(url: str, answer: Answer) -> str:
    try:
        return urljoin(url, answer.headers["Location"])
    except (KeyError, ValueError):
        raise BadResponseError("The link leads nowhere.", endpoint=str(LINK)) from None
