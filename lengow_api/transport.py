"""Carry calls to Lengow and answers back: token, retries, limits, typed errors.

This is the only module of the connector that sleeps, and it does so in the caller's
thread: no call is tried again later than ``max_wait`` seconds after it began.
"""

import random as random_module
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from .answers import Answer
from .body import read_body
from .endpoints import CONNECT_TIMEOUT, GET_TOKEN, Endpoint
from .errors import (
    AccessDeniedError,
    AuthenticationError,
    BadResponseError,
    LengowError,
    RateLimitedError,
    RequestRefusedError,
)
from .failures import failure_of
from .patience import Patience
from .reader import clean_text
from .redaction import get_logger
from .urls import check_base_url, resolve

_logger = get_logger(__name__)

#: Seconds a token is used: Lengow's tokens live 3600, its plugins keep them 3000.
TOKEN_LIFE = 3000.0
#: Seconds after the beginning of a call in which it may still be tried again.
MAX_WAIT = 60.0
#: Seconds that a call waits for its turn, so that all stay below Lengow's limit.
LONGEST_TURN = 10.0
_REDIRECTS = (301, 302, 303, 307, 308)
_MOST_REDIRECTS = 3
_DENIED = (401, 403)


class Transport:
    """One HTTP session with one Lengow account. Not for use by several threads.

    :param base_url: ``https://api.lengow.io``; plain ``http`` only to this machine.
    :param access_token: the first of the account's two keys.
    :param secret: the second.
    :param user_agent: names the program to Lengow.
    :param session: a ``requests`` session to use; it stays the caller's to close.
    :param sleep: waits that many seconds.
    :param clock: a monotonic clock in seconds.
    :param random: returns a number in [0, 1).
    :param max_wait: see :data:`MAX_WAIT`.
    :param take_turn: called before each request with the longest time it can wait;
        returns in how many seconds it may be made, and counts it unless that is longer.
        None sets no limit.
    :raise UnreachableError: when the address cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        access_token: str,
        secret: str,
        *,
        user_agent: str,
        session: requests.Session | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        random: Callable[[], float] = random_module.random,
        max_wait: float = MAX_WAIT,
        take_turn: Callable[[float], float] | None = None,
    ):
        self.base_url = check_base_url(base_url)
        self._access_token = clean_text(access_token) or ""
        self._secret = clean_text(secret) or ""
        self._headers = {
            "User-Agent": clean_header(user_agent),
            "Accept": "application/json, */*;q=0.1",
            "Accept-Encoding": "gzip",
        }
        self._session = session or _Session()
        self._owns_session = session is None
        self._sleep = sleep
        self._clock = clock
        self._random = random
        self._max_wait = max_wait
        self._take_turn = take_turn
        self._token: str | None = None
        self._token_expiry = 0.0
        #: What Lengow said when it gave the current token, without the token.
        self.token_answer: dict = {}
        #: Lengow's clock at its last answer, None while it has not told.
        self.server_time: datetime | None = None

    def close(self) -> None:
        """Forget the token and close the connections this transport opened."""
        self._token = None
        if self._owns_session:
            self._session.close()

    def call(self, endpoint: Endpoint, **request) -> Answer:
        """Make one call with a valid token and return its answer of success.

        Calls that may be repeated are, on 408, 429, 5xx, timeouts and lost
        connections; others never are. On 401 or 403 the token is renewed once: such
        a call certainly had no effect.

        :param request: ``params``, ``data``, ``json`` or ``files`` as ``requests``
            takes them.
        :raise LengowError: the subclass that fits.
        """
        call = _Call(endpoint, request, self._new_patience())
        return self._repeat(
            endpoint, call.patience, lambda: self._call_authorised(call)
        )

    def renew_token(self, patience: Patience | None = None) -> dict:
        """Ask for a token now, and return what Lengow said about the account.

        :param patience: what is left of the waiting time of the call that needs it.
        :return: the answer without the token itself.
        :raise AuthenticationError: when the keys are missing or not accepted.
        """
        self._token = None
        if not (self._access_token and self._secret):
            raise AuthenticationError("Both keys are needed to connect to Lengow.")
        patience = patience or self._new_patience()
        grant = self._repeat(GET_TOKEN, patience, self._ask_token)
        self._token = _token_of(grant)
        self._token_expiry = self._clock() + TOKEN_LIFE
        self.token_answer = {key: grant[key] for key in grant if key != "token"}
        return self.token_answer

    def _ask_token(self) -> object:
        keys = {"access_token": self._access_token, "secret": self._secret}
        answer = self._exchange(GET_TOKEN, {"data": keys}, token=None)
        if answer.is_success:
            try:
                return answer.json()
            except RequestRefusedError as error:
                raise _keys_refused(error) from None
        error = answer.error(self._secrets)
        if isinstance(error, RequestRefusedError | AccessDeniedError):
            raise _keys_refused(error)
        raise error

    def _call_authorised(self, call: "_Call") -> Answer:
        """Send a call with a token; the first denial costs the token, not the call."""
        answer = self._send_with_token(call)
        if answer.status in _DENIED and not call.was_renewed:
            call.was_renewed = True
            _logger.info("%s: the token is renewed", call.endpoint)
            self.renew_token(call.patience)
            answer = self._send_with_token(call)
        if not answer.is_success:
            raise answer.error(self._secrets)
        return answer

    def _send_with_token(self, call: "_Call") -> Answer:
        if self._token is None or self._clock() >= self._token_expiry:
            self.renew_token(call.patience)
        return self._exchange(call.endpoint, call.request, self._token)

    @property
    def _secrets(self) -> tuple[str, ...]:
        return (self._access_token, self._secret, self._token or "")

    def _repeat(self, endpoint: Endpoint, patience: Patience, attempt: Callable):
        """Run an attempt, and again as long as that is safe and worth it.

        Errors of another endpoint, the token's, have had their own repetitions.
        """
        attempts = 0
        while True:
            attempts += 1
            try:
                return attempt()
            except LengowError as error:
                if not endpoint.is_repeatable or error.endpoint != str(endpoint):
                    raise
                pause = patience.pause_after(error, attempts)
                if pause is None:
                    raise
                _logger.info("%s: %s Next try in %.1f s", endpoint, error, pause)
            # Sleeping here and nowhere else; bounded by max_wait.
            self._sleep(pause)

    def _new_patience(self) -> Patience:
        return Patience(self._max_wait, self._random, self._clock)

    def _exchange(self, endpoint: Endpoint, request: dict, token: str | None) -> Answer:
        """Send one request, following redirects that stay on Lengow's host."""
        url = self.base_url + endpoint.path
        for _hop in range(_MOST_REDIRECTS + 1):
            answer = self._send(endpoint, url, request, token)
            if answer.status not in _REDIRECTS:
                return answer
            url = _redirect_target(answer, url)
            # the new address has its own query
            request = {key: request[key] for key in request if key != "params"}
        raise answer.bad("Lengow redirects the call in a circle.")

    def _send(
        self, endpoint: Endpoint, url: str, request: dict, token: str | None
    ) -> Answer:
        self._await_turn(endpoint)
        try:
            response = self._session.request(
                endpoint.method,
                url,
                headers=self._headers,
                auth=_RawToken(token),
                timeout=endpoint.read_timeout,
                allow_redirects=False,
                stream=True,
                **request,
            )
        except (requests.RequestException, OSError, UnicodeError) as error:
            raise failure_of(error, endpoint) from None
        self.server_time = date_of(response.headers) or self.server_time
        with response:
            body = read_body(response, endpoint, self._clock)
        return Answer(endpoint, response.status_code, response.headers, body)

    def _await_turn(self, endpoint: Endpoint) -> None:
        """Wait until the call may be made.

        :raise RateLimitedError: when that takes too long; nothing was sent then.
        """
        pause = self._take_turn(LONGEST_TURN) if self._take_turn else 0.0
        if pause > LONGEST_TURN:
            raise RateLimitedError(
                "Too many calls wait for their turn.",
                endpoint=str(endpoint),
                retry_after=pause,
            )
        if pause:
            self._sleep(pause)


@dataclass(slots=True)
class _Call:
    """A call under way, over all of its attempts."""

    endpoint: Endpoint
    request: dict
    patience: Patience
    was_renewed: bool = False


class _Session(requests.Session):
    """A session that leaves redirects to the transport.

    The library would otherwise read the body of a redirect whole, however large.
    """

    def __init__(self):
        super().__init__()
        for prefix in ("https://", "http://"):
            self.mount(prefix, _Adapter())

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Override of ``requests`` to see no redirect."""


class _Adapter(requests.adapters.HTTPAdapter):
    """Give connecting its own time.

    It is added this late because what wraps ``Session.send`` (test guards, tracing)
    takes a timeout for a number.
    """

    def send(self, request, timeout=None, **kwargs) -> requests.Response:
        """Override of ``requests`` to split the timeout into connect and read."""
        return super().send(request, timeout=(CONNECT_TIMEOUT, timeout), **kwargs)


class _RawToken(requests.auth.AuthBase):
    """Send the token as Lengow wants it, without a scheme such as ``Bearer``.

    Being an auth object, it also keeps the library from taking credentials out of a
    ``.netrc`` file.
    """

    def __init__(self, token: str | None):
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = self._token
        return request


def _redirect_target(answer: Answer, url: str) -> str:
    """Return the target of a redirect that may be followed.

    Only reading calls follow, and only on Lengow's own host: a redirected POST has
    had no effect, and which method the target wants is not ours to guess.
    """
    target = resolve(url, answer.headers.get("Location"))
    if answer.endpoint.method == "GET" and target:
        return target
    raise BadResponseError(
        "Lengow redirects the call to another address.",
        status=answer.status,
        endpoint=str(answer.endpoint),
    )


def _token_of(grant: object) -> str:
    """Return the token of an answer, which must be fit for a header."""
    token = grant.get("token") if isinstance(grant, dict) else None
    token = token.strip() if isinstance(token, str) else ""
    if not token or not token.isascii() or not token.isprintable():
        raise BadResponseError("Lengow gave no token.", endpoint=str(GET_TOKEN))
    return token


def _keys_refused(error: LengowError) -> AuthenticationError:
    return AuthenticationError(
        "Lengow does not accept these keys.",
        status=error.status,
        endpoint=str(GET_TOKEN),
    )


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Return when an answer was given by its sender's clock, None if it is not told."""
    try:
        moment = parsedate_to_datetime(headers.get("Date") or "")
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def clean_header(value: str) -> str:
    """Return a text that is safe as the value of a header."""
    printable = "".join(
        char for char in str(value) if char.isascii() and char.isprintable()
    )
    return printable.strip()[:200] or "lengow-connector"
