"""Ask an address as a stranger would, and tell what came.

Nothing is sent that others have not got: no cookie, no key, no name of a database.
Only the start of the answer is read.
"""

import socket
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass

import requests
import urllib3

AGENT = "Odoo-Lengow-Check"
#: Of what is unpacked: enough for the first rows.
START = 64 * 1024
_SECONDS = 10.0
_MOST_SECONDS = 20.0
# zlib reads a gzip header with this.
_GZIP = 31
_PIECE = 8 * 1024


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of a visit.

    :ivar failure: why there was no answer: ``address``, ``name``, ``timeout``,
        ``certificate`` or ``connection``; empty if there was one.
    :ivar status: of the answer, 0 without one.
    :ivar seconds: until the answer began.
    :ivar size: of what was on its way, None if the answer does not tell.
    :ivar kind: the media type.
    :ivar is_packed: whether it was sent packed.
    :ivar location: where the answer leads instead.
    :ivar server: what calls itself the server.
    :ivar has_cookie: whether a cookie came with it.
    :ivar start: of the content, unpacked.
    """

    failure: str = ""
    status: int = 0
    seconds: float = 0.0
    size: int | None = None
    kind: str = ""
    is_packed: bool = False
    location: str = ""
    server: str = ""
    has_cookie: bool = False
    start: bytes = b""


def visit(url: str, clock: Callable[[], float] = time.monotonic) -> Visit:
    """Visit an address once, without following where it leads.

    :param clock: a monotonic clock in seconds.
    """
    started = clock()
    try:
        with requests.Session() as session:
            # neither keys nor proxies of this machine: Lengow has none of them
            session.trust_env = False
            with session.get(
                url,
                headers={"User-Agent": AGENT, "Accept-Encoding": "gzip"},
                timeout=_SECONDS,
                allow_redirects=False,
                stream=True,
            ) as response:
                seconds = clock() - started
                start = _start(response, lambda: clock() - started < _MOST_SECONDS)
                return _describe(response, seconds, start)
    except (requests.RequestException, OSError, ValueError) as error:
        return Visit(failure=_failure(error), seconds=clock() - started)


def _describe(response: requests.Response, seconds: float, start: bytes) -> Visit:
    headers = response.headers
    length = headers.get("Content-Length", "")
    return Visit(
        status=response.status_code,
        seconds=seconds,
        size=int(length) if length.isascii() and length.isdigit() else None,
        kind=headers.get("Content-Type", "").split(";")[0].strip().lower(),
        is_packed=_is_packed(response),
        location=headers.get("Location", ""),
        server=headers.get("Server", ""),
        has_cookie="Set-Cookie" in headers,
        start=start,
    )


def _is_packed(response: requests.Response) -> bool:
    return response.headers.get("Content-Encoding", "").lower() == "gzip"


def _start(response: requests.Response, has_time: Callable[[], bool]) -> bytes:
    """Return the first bytes of an answer, as they are once unpacked.

    An answer that breaks off, or drips, began all the same.
    """
    unpack = zlib.decompressobj(_GZIP) if _is_packed(response) else None
    start = b""
    try:
        while len(start) < START and has_time():
            piece = response.raw.read(_PIECE, decode_content=False)
            if not piece:
                break
            room = START - len(start)
            start += unpack.decompress(piece, room) if unpack else piece
    except (urllib3.exceptions.HTTPError, OSError, zlib.error):
        return start[:START]  # what came is what a stranger sees
    return start[:START]


def _failure(error: Exception) -> str:
    """Return the code of what was in the way."""
    causes = list(_causes(error))
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "name"
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate"
    if isinstance(error, requests.Timeout):
        return "timeout"
    # what requests says of an address that is none, too
    if isinstance(error, ValueError):
        return "address"
    return "connection"


def _causes(error: BaseException | None):
    """Yield an exception, and those that it came of."""
    seen = set()
    waiting = [error]
    while waiting:
        error = waiting.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        yield error
        reasons = [a for a in error.args if isinstance(a, BaseException)]
        if isinstance(reason := getattr(error, "reason", None), BaseException):
            reasons.append(reason)
        waiting += [error.__cause__, error.__context__, *reasons]
