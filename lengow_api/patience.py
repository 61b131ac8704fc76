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
    """What is left of the time in which one call may be tried again.

    :param max_wait: seconds after which no attempt begins any more, counting pauses
        and slow answers alike, so that a call cannot hold up a worker for minutes.
    :param random: returns a number in [0, 1) to spread the pauses of many workers.
    :param clock: a monotonic clock in seconds.
    """

    def __init__(
        self,
        max_wait: float,
        random: Callable[[], float],
        clock: Callable[[], float],
    ):
        self._random = random
        self._clock = clock
        self._deadline = clock() + max_wait

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
        return pause if self._clock() + pause <= self._deadline else None

    def _jittered(self, attempt: int) -> float:
        ceiling = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
        return ceiling * self._random()
