"""Counting of calls: a fixed window of a minute per route and account."""

from collections import defaultdict
from datetime import timedelta

from .errors import ApiError

WINDOW = timedelta(seconds=60)


class RateCounter:
    """Counts calls per account and route."""

    def __init__(self):
        self._windows = defaultdict(lambda: [None, 0])  # key -> [start, calls]

    def count(self, account_id, route, now, boundary):
        """Count one call.

        :param int | None boundary: calls allowed per window; None for no limit
        :raise ApiError: 429 with ``Retry-After`` when the boundary is passed
        """
        if boundary is None:
            return
        window = self._windows[account_id, route]
        if window[0] is None or now - window[0] >= WINDOW:
            window[:] = [now, 0]
        window[1] += 1
        if window[1] > boundary:
            seconds = max(1, int((window[0] + WINDOW - now).total_seconds()) + 1)
            message = f"Request limitation: {boundary} reached on {route}"
            raise ApiError(429, message, headers={"Retry-After": str(seconds)})

    def remaining(self, account_id, route, now, boundary):
        """Return ``(credit, seconds)`` left in the window, Nones without limit."""
        if boundary is None:
            return None, None
        start, calls = self._windows[account_id, route]
        if start is None or now - start >= WINDOW:
            return boundary, 0
        left = (start + WINDOW - now).total_seconds()
        return max(0, boundary - calls), int(left)
