"""How often, and how long, a call that failed is tried again."""

from collections.abc import Callable

from .errors import (
    ConnectionLostError,
    LengowError,
    RateLimitedError,
    RequestTimeoutError,
    ServerError,
)

MOST_ATTEMPTS = 4
_FIRST_PAUSE = 1.0
_LONGEST_PAUSE = 20.0
_WORTH_REPEATING = (
    RateLimitedError,
    ServerError,
    RequestTimeoutError,
    ConnectionLostError,
)


class Patience:
    """What is left of the waiting time of one call.

    :param max_wait: seconds that all pauses of the call may sum to, so that a call
        cannot hold up a worker.
    :param random: returns a number in [0, 1) to spread the pauses of many workers.
    """

    def __init__(self, max_wait: float, random: Callable[[], float]):
        self._left = max_wait
        self._random = random

    def pause_after(self, error: LengowError, attempt: int) -> float | None:
        """Return the seconds to wait before the next attempt, None to give up.

        What Lengow asks for with ``Retry-After`` is waited in full or, when it is
        more than what is left, not at all. Without it the pause grows exponentially,
        with full jitter.

        :param attempt: 1 after the first attempt.
        """
        if attempt >= MOST_ATTEMPTS or not isinstance(error, _WORTH_REPEATING):
            return None
        pause = error.retry_after or self._jittered(attempt)
        if pause > self._left:
            return None
        self._left -= pause
        return pause

    def _jittered(self, attempt: int) -> float:
        ceiling = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
        return ceiling * self._random()
