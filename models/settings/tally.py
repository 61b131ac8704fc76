"""What a run of a scheduled action has done so far, by account."""

import time
from collections import Counter, defaultdict
from contextlib import contextmanager

COUNTS = ("created", "updated", "imported", "failed", "ignored")


class Tally:
    """Counts of one run; what is undone before its commit does not count.

    :ivar dict seconds: how long each account took, by its id
    :ivar bool is_shared: whether another worker had some of what was due
    """

    def __init__(self):
        """Begin with nothing."""
        self.seconds = defaultdict(float)
        self.is_shared = False
        self._is_clocked = False
        self._kept = defaultdict(Counter)
        self._open = defaultdict(Counter)

    @contextmanager
    def clock(self, account_id):
        """Note how long an account takes, whatever comes of it; a part of it not twice.

        :param int account_id: whose records are at work
        """
        is_part, self._is_clocked = self._is_clocked, True
        began = time.monotonic()
        try:
            yield
        finally:
            if not is_part:
                self._is_clocked = False
                self.seconds[account_id] += time.monotonic() - began

    def add(self, account_id, **counts):
        """Count what is to be committed.

        :param int account_id: whose records they are
        :param int counts: how many, by the names of :data:`COUNTS`
        """
        self._open[account_id].update(counts)

    def keep(self):
        """Note that everything so far was committed."""
        for account_id, counts in self._open.items():
            self._kept[account_id].update(counts)
        self._open.clear()

    def drop(self):
        """Forget what was undone."""
        self._open.clear()

    def of(self, account_id):
        """Return what was done for an account, by the names of :data:`COUNTS`."""
        return {name: self._kept[account_id][name] for name in COUNTS}
