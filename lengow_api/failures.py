"""Turn what the HTTP library raises into the errors of this package.

The library's own texts hold the address with its query, so they are not repeated.
"""

import requests
import urllib3

from .endpoints import Endpoint
from .errors import (
    ConnectionLostError,
    LengowError,
    RequestTimeoutError,
    UnreachableError,
)

_NEVER_SENT = "Lengow cannot be reached"
#: Library class to ours and a sentence; the first that fits counts. These are raised
#: before anything of the request is sent.
_BEFORE_SENDING = (
    (requests.exceptions.ProxyError, UnreachableError, "the proxy does not answer"),
    (requests.exceptions.ConnectTimeout, RequestTimeoutError, "no connection in time"),
    (requests.exceptions.InvalidProxyURL, UnreachableError, "bad proxy address"),
    (requests.exceptions.InvalidURL, UnreachableError, "the address is not valid"),
    (requests.exceptions.InvalidHeader, UnreachableError, "a header is not valid"),
    (requests.exceptions.InvalidSchema, UnreachableError, "bad kind of address"),
)


def failure_of(error: Exception, endpoint: Endpoint) -> LengowError:
    """Return the typed error for an exception of ``requests`` or of the system."""
    arrived = not endpoint.is_repeatable
    for library_class, kind, reason in _BEFORE_SENDING:
        if isinstance(error, library_class):
            return kind(f"{_NEVER_SENT}: {reason}.", endpoint=str(endpoint))
    if isinstance(error, requests.exceptions.SSLError):
        return UnreachableError(
            f"{_NEVER_SENT}: the secure connection fails.",
            endpoint=str(endpoint),
            may_have_arrived=arrived and not _is_certificate_trouble(error),
        )
    if isinstance(error, requests.exceptions.Timeout):
        return RequestTimeoutError(
            f"Lengow did not answer within {endpoint.read_timeout:g} seconds.",
            endpoint=str(endpoint),
            may_have_arrived=arrived,
        )
    if _was_never_connected(error):
        return UnreachableError(
            f"{_NEVER_SENT}: no connection can be made.", endpoint=str(endpoint)
        )
    return ConnectionLostError(
        "The connection to Lengow was cut before it answered.",
        endpoint=str(endpoint),
        may_have_arrived=arrived,
    )


def _was_never_connected(error: Exception) -> bool:
    """Whether name resolution or the connection itself failed."""
    if not isinstance(error, requests.exceptions.RequestException):
        # an OSError of the library itself: a certificate bundle that is not there
        return True
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)


def _is_certificate_trouble(error: Exception) -> bool:
    return "CERTIFICATE_VERIFY_FAILED" in str(error)
