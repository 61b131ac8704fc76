"""Read the body of an answer piece by piece, never more than is allowed.

The pieces are decompressed here and not by the HTTP library, so that the bound holds
for decompressed bytes even when a few kilobytes blow up to gigabytes.
"""

import zlib
from collections.abc import Callable, Iterator

import urllib3
from requests import Response

from .endpoints import Endpoint
from .errors import (
    BadResponseError,
    ConnectionLostError,
    RequestTimeoutError,
    TooLargeError,
)

_PIECE = 16 * 1024
#: Seconds a whole body may take, however steadily it drips.
_LONGEST_DOWNLOAD = 60.0


def read_body(
    response: Response, endpoint: Endpoint, clock: Callable[[], float]
) -> bytes:
    """Return the decompressed body of a streamed answer.

    :param clock: a monotonic clock in seconds.
    :raise TooLargeError: larger than the endpoint allows.
    :raise BadResponseError: in an encoding that was not asked for, or damaged.
    :raise ConnectionLostError: cut before its end.
    :raise RequestTimeoutError: stalled, or slower than a minute in all.
    """
    expand = _expander(response, endpoint)
    deadline = clock() + _LONGEST_DOWNLOAD
    body = bytearray()
    for piece in _raw_pieces(response, endpoint):
        body += expand(piece, endpoint.largest_body + 1 - len(body))
        if len(body) > endpoint.largest_body:
            what = f"more than {endpoint.largest_body} bytes"
            raise _bad(what, response, endpoint, TooLargeError)
        if clock() > deadline:
            raise _timed_out(endpoint)
    if not expand.is_complete:
        raise _cut(endpoint)
    return bytes(body)


def _raw_pieces(response: Response, endpoint: Endpoint) -> Iterator[bytes]:
    """Yield the bytes as sent, and check that all that were announced came."""
    received = 0
    # read1 returns what has come; older libraries only have read, which fills a piece
    read = getattr(response.raw, "read1", response.raw.read)
    try:
        while piece := read(_PIECE, decode_content=False):
            received += len(piece)
            yield piece
    except urllib3.exceptions.ReadTimeoutError:
        raise _timed_out(endpoint) from None
    except (urllib3.exceptions.HTTPError, OSError):
        raise _cut(endpoint) from None
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and received < int(announced):
        raise _cut(endpoint)


class _Plain:
    """Pass pieces on as they are."""

    is_complete = True

    def __call__(self, piece: bytes, room: int) -> bytes:
        return piece


class _Gzip:
    """Decompress pieces, at most ``room`` bytes at a time."""

    def __init__(self, on_garbage: Callable[[], BadResponseError]):
        self._on_garbage = on_garbage
        self._stream = zlib.decompressobj(wbits=31)
        self._has_begun = False

    @property
    def is_complete(self) -> bool:
        return self._stream.eof or not self._has_begun

    def __call__(self, piece: bytes, room: int) -> bytes:
        self._has_begun = True
        if self._stream.eof:
            # bytes behind the end are padding
            return b""
        try:
            return self._stream.decompress(piece, room)
        except zlib.error:
            raise self._on_garbage() from None


def _expander(response: Response, endpoint: Endpoint) -> _Plain | _Gzip:
    encoding = response.headers.get("Content-Encoding", "").strip().lower()
    if encoding in ("", "identity"):
        return _Plain()
    if encoding in ("gzip", "x-gzip"):
        return _Gzip(lambda: _bad("damaged gzip data", response, endpoint))
    raise _bad("an encoding that was not asked for", response, endpoint)


def _bad(
    what: str,
    response: Response,
    endpoint: Endpoint,
    kind: type[BadResponseError] = BadResponseError,
) -> BadResponseError:
    return kind(
        f"Lengow's answer has {what}.",
        status=response.status_code,
        endpoint=str(endpoint),
        may_have_arrived=not endpoint.is_repeatable,
    )


def _cut(endpoint: Endpoint) -> ConnectionLostError:
    return ConnectionLostError(
        "The connection to Lengow was cut in the middle of the answer.",
        endpoint=str(endpoint),
        may_have_arrived=not endpoint.is_repeatable,
    )


def _timed_out(endpoint: Endpoint) -> RequestTimeoutError:
    return RequestTimeoutError(
        "Lengow did not finish its answer in time.",
        endpoint=str(endpoint),
        may_have_arrived=not endpoint.is_repeatable,
    )
