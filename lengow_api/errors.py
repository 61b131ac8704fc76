"""What can go wrong between the caller and Lengow, one class per kind.

The classes are what a caller decides on; the messages are for logs and developers.
A message never holds a secret, a buyer's data or a response body: the code that
raises passes remote text through :func:`.redaction.redact` first.
"""


class LengowError(Exception):
    """Base of everything this package raises on purpose.

    :ivar code: stable name of the kind of error, to translate or to store.
    :ivar message: one plain English sentence without personal data or secrets.
    :ivar status: HTTP status of the answer, None when there was none.
    :ivar endpoint: method and path of the call (``"GET /v3.0/orders"``), no query.
    :ivar retry_after: seconds that Lengow asks to wait, None when it did not say.
    :ivar may_have_arrived: True when a call that changes something may have had its
        effect although no proper answer came back. Such a call must be reconciled,
        never repeated blindly.
    """

    code = "lengow"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        endpoint: str | None = None,
        retry_after: float | None = None,
        may_have_arrived: bool = False,
    ):
        super().__init__(message)
        self.message = message
        self.status = status
        self.endpoint = endpoint
        self.retry_after = retry_after
        self.may_have_arrived = may_have_arrived

    def __repr__(self) -> str:
        """Show the kind and the sentence, which are free of personal data."""
        return f"{type(self).__name__}({self.message!r}, status={self.status})"


class AuthenticationError(LengowError):
    """Lengow does not accept the pair of keys."""

    code = "authentication"


class AccessDeniedError(LengowError):
    """The keys are good, but a fresh token still gets 401 or 403 on this call."""

    code = "access_denied"


class RateLimitedError(LengowError):
    """Too many calls; ``retry_after`` says when the next one may be made."""

    code = "rate_limited"


class ServerError(LengowError):
    """Lengow failed on its side: any 5xx but 530, or 408."""

    code = "server_error"


class UnreachableError(LengowError):
    """No connection could be made: address, DNS, refusal, TLS or proxy."""

    code = "unreachable"


class RequestTimeoutError(LengowError):
    """Lengow did not answer, or not to the end, in the time of the endpoint."""

    code = "timeout"


class ConnectionLostError(LengowError):
    """The connection was cut after the request had begun."""

    code = "connection_lost"


class BadResponseError(LengowError):
    """The answer is not what the contract says: HTML, cut JSON, wrong shape, size."""

    code = "bad_response"


class TooLargeError(BadResponseError):
    """The answer is larger than the call allows; it was not read to its end."""

    code = "too_large"


class LinkRefusedError(LengowError):
    """A link leads where it may not be followed; nothing was asked there.

    :ivar host: the host that the link names, None when it names none.
    """

    code = "link_refused"

    def __init__(self, message: str, host: str | None = None):
        super().__init__(message)
        self.host = host


class NotFoundError(LengowError):
    """What was asked for does not exist in this Lengow account."""

    code = "not_found"


class RequestRefusedError(LengowError):
    """Lengow understood the call and refuses it; the call had no effect."""

    code = "refused"


class CatalogueDraftError(RequestRefusedError):
    """The catalogue is a draft, which takes no products before it is finished."""

    code = "catalogue_draft"


class PayloadError(LengowError, ValueError):
    """A value cannot be used at all: an order without identity, a naive date.

    :ivar path: where in the value, for example ``"marketplace_order_id"``.
    :ivar value: what was found there; it may be personal data, so never log it.
    """

    code = "payload"

    def __init__(self, message: str, path: str = "", value: object = None):
        super().__init__(message)
        self.path = path
        self.value = value
