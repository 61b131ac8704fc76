"""What a run of a scheduled action has done so far, by account."""

from collections import Counter, defaultdict

COUNTS = ("created", "updated", "imported", "failed", "ignored")


class Tally:
    """Counts of one run; what is undone before its commit does not count.

    :ivar dict seconds: how long each account took, by its id
    """

    def __init__(self):
        """Begin with nothing."""
        self.seconds = defaultdict(float)
        self._kept = defaultdict(Counter)
        self._open = defaultdict(Counter)

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
