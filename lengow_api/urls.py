"""Decide which addresses calls may go to."""

from urllib.parse import SplitResult, urljoin, urlsplit

from .errors import UnreachableError
from .reader import clean_text

_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_PORTS = {"http": 80, "https": 443}


def check_base_url(base_url: object) -> str:
    """Return an address that calls may be sent to, without its final slash.

    :raise UnreachableError: not a plain ``https`` address, nor ``http`` to this
        machine.
    """
    text = clean_text(base_url) or ""
    parts = _split(text)
    if parts is None or parts.username or parts.query or parts.fragment:
        raise UnreachableError("The address of Lengow's API is not valid.")
    is_local = parts.scheme == "http" and parts.hostname in _LOCAL_HOSTS
    if parts.scheme != "https" and not is_local:
        raise UnreachableError("The address of Lengow's API must begin with https://.")
    return text.rstrip("/")


def resolve(url: str, link: object) -> str | None:
    """Return where a link found at ``url`` leads, None unless to the same origin.

    Same origin means same scheme, host and port: the token goes nowhere else.
    """
    try:
        target = urljoin(url, link) if isinstance(link, str) else ""
    except ValueError:
        return None
    return target if _origin(target) == _origin(url) else None


def is_same_origin(url: str, other: str) -> bool:
    """Whether two addresses have the same scheme, host, port and user."""
    origin = _origin(url)
    return origin is not None and origin == _origin(other)


def is_same_server(url: str, other: str) -> bool:
    """Whether two addresses of the API are one, however they are spelt."""
    return is_same_origin(url, other) and _path(url) == _path(other)


def _path(url: str) -> str:
    return urlsplit(url).path.rstrip("/")


def _origin(url: str) -> tuple | None:
    parts = _split(url)
    if parts is None:
        return None
    port = parts.port or _PORTS.get(parts.scheme)
    return parts.scheme, parts.hostname, port, parts.username


def _split(url: str) -> SplitResult | None:
    """Return the parts of an address that has a host and a possible port."""
    try:
        parts = urlsplit(url)
        return parts if parts.hostname and parts.port != 0 else None
    except ValueError:
        return None
