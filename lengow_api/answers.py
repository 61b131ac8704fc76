"""What an answer of Lengow means: its JSON value, or the typed error it stands for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from .endpoints import MULTI_STATUS, Endpoint
from .errors import (
    AccessDeniedError,
    BadResponseError,
    LengowError,
    NotFoundError,
    RateLimitedError,
    RequestRefusedError,
    ServerError,
)
from .redaction import redact

_LONGEST_MESSAGE = 300
_LONGEST_READ = 3000
#: Seconds for which anybody is left in peace, whatever they ask for.
_LONGEST_WISH = 24 * 60 * 60.0
#: Lengow's "logical error": a refusal in spite of its number.
_REFUSED_530 = 530


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. ``body`` is decompressed and may be personal data."""

    endpoint: Endpoint
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_success(self) -> bool:
        """Whether the status is one that Lengow uses for success of such a call."""
        return self.status in self.endpoint.successes

    def json(self) -> object:
        """Return the value of the body.

        :raise BadResponseError: when the body is not JSON (HTML, cut, empty).
        :raise RequestRefusedError: when it is an error envelope in spite of a
            status of success.
        """
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise self.bad(f"Lengow's answer is {self._what_it_is()}.") from None
        if self.is_success and self.status != MULTI_STATUS and _is_envelope(value):
            raise RequestRefusedError(
                f"Lengow refuses the call: {problem_text(value)}", **self._facts()
            )
        return value

    def bad(self, message: str) -> BadResponseError:
        """Return the error for an answer that is not what the contract says."""
        return BadResponseError(
            message, **self._facts(), may_have_arrived=not self.endpoint.is_repeatable
        )

    def error(self, secrets: tuple[str, ...] = ()) -> LengowError:
        """Return the typed error for a status that is not success.

        :param secrets: known secrets, to hide should the answer repeat one.
        """
        kind, sentence = _kind_of(self.status)
        detail = self._detail(secrets)
        return kind(
            f"{sentence}: {detail}" if detail else f"{sentence}.",
            **self._facts(),
            retry_after=retry_after(self.headers),
            may_have_arrived=(
                kind in (ServerError, BadResponseError)
                and not self.endpoint.is_repeatable
            ),
        )

    def _detail(self, secrets: tuple[str, ...]) -> str:
        try:
            return problem_text(json.loads(self.body), secrets)
        except (ValueError, RecursionError):
            return ""

    def _facts(self) -> dict:
        return {"status": self.status, "endpoint": str(self.endpoint)}

    def _what_it_is(self) -> str:
        start = self.body[:200].lstrip().lower()
        if not start:
            return "empty"
        if start.startswith(b"<"):
            return "a web page instead of JSON"
        return "not complete JSON"


def _kind_of(status: int) -> tuple[type[LengowError], str]:
    """Return the class of error for a status, and its sentence without full stop."""
    if status in (401, 403):
        return AccessDeniedError, "Lengow denies access with these keys"
    if status == 404:
        return NotFoundError, "Lengow does not find what was asked for"
    if status == 429:
        return RateLimitedError, "Lengow's limit of calls is reached"
    if status == 408 or (500 <= status <= 599 and status != _REFUSED_530):
        return ServerError, f"Lengow has a technical problem (HTTP {status})"
    if 400 <= status <= 499 or status == _REFUSED_530:
        return RequestRefusedError, f"Lengow refuses the call (HTTP {status})"
    return BadResponseError, f"Lengow answered with the unexpected HTTP status {status}"


def _is_envelope(value: object) -> bool:
    """Whether a value is an error, in spite of a status of success."""
    return isinstance(value, dict) and bool(value.get("error"))


def problem_text(value: object, secrets: tuple[str, ...] = ()) -> str:
    """Return what an error body says, redacted and cut to 300 characters.

    Reads the envelopes of the API, ``{"error": {"message"}}``, ``{"error": "text"}``,
    ``{"detail": ...}`` and ``{"detail": {"message", "errors"}}``, and the field errors
    of its web framework, ``{"field": ["text"]}``. Anything else is not repeated.
    """
    text = ""
    if isinstance(value, dict):
        error = value.get("error")
        message = error.get("message") if isinstance(error, dict) else error
        text = _as_text(message) or _detail(value.get("detail")) or _fields(value)
    text = redact(" ".join(text[:_LONGEST_READ].split()), secrets)
    return text if len(text) <= _LONGEST_MESSAGE else text[: _LONGEST_MESSAGE - 1] + "…"


def _detail(detail: object) -> str:
    if not isinstance(detail, dict):
        return _as_text(detail)
    texts = (_as_text(detail.get("message")), _as_text(detail.get("errors")))
    return " ".join(filter(None, texts))


def _as_text(message: object) -> str:
    """Return a text, or the ``msg`` members of a list of validation errors."""
    if isinstance(message, str):
        return message
    if not isinstance(message, list):
        return ""
    texts = (one.get("msg") if isinstance(one, dict) else one for one in message)
    return "; ".join(text for text in texts if isinstance(text, str))


def _fields(value: dict) -> str:
    """Return ``field: text`` for a body that is only lists of texts by field."""
    if not all(isinstance(texts, list) and _as_text(texts) for texts in value.values()):
        return ""
    return "; ".join(f"{name}: {_as_text(texts)}" for name, texts in value.items())


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Return the seconds of a ``Retry-After`` header, None when there is none.

    Both forms of RFC 9110 are read. A date is held against the answer's own ``Date``,
    so that a clock that is wrong on this side does not matter. Who asks for more than
    a day is asked again after one.
    """
    value = headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return min(float(value), _LONGEST_WISH)
    then = _http_date(value)
    if then is None:
        return None
    now = _http_date(headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (then - now).total_seconds()), _LONGEST_WISH)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
