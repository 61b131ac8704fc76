"""Random faults for every call of the outbox: errors, cuts, lost answers, delays."""

import random
import threading
from collections import Counter

from odoo.addons.lengow_connector.sandbox.faults import Fault

ACTIONS = "/v3.0/orders/actions"
# More than the senders wait for an answer, and less than they wait before they believe
# that a call was lost.
LATE = 1.5
# Name of the fault to what the sandbox does; the effect happens unless said otherwise.
OF_ANY_CALL = {
    "429": {"status": 429, "headers": {"Retry-After": "1"}},
    "500": {"status": 500},
    "502": {"html": True, "status": 502},
    "cut before": {"cut": "before"},
    "cut in the answer": {"cut": "mid"},
    "cut short": {"cut": "short"},
    "half an answer": {"truncate_json": True},
    "expired token": {"expire_token": True},
    "late": {"delay": LATE},
}
OF_POST = {
    **OF_ANY_CALL,
    "lost answer": {"cut": "after"},
    "502 after the effect": {"html": True, "status": 502, "effect": True},
    "web page after the effect": {"html": True, "effect": True},
    "503": {"status": 503},
}


class RandomFaults:
    """Takes the place of the sandbox's list of faults."""

    def __init__(self, seed, budget):
        """Be ready to spoil calls.

        :param int seed: decides which
        :param int budget: after so many faults the calls go well
        """
        self._random = random.Random(seed)  # noqa: S311
        self._lock = threading.Lock()
        self._budget = budget
        self.counts = Counter()

    @property
    def taken(self):
        """How many calls were spoiled."""
        return sum(self.counts.values())

    def take(self, method, path):
        """Return the fault for a call, or None."""
        with self._lock:
            is_post = method == "POST" and path.startswith(ACTIONS)
            chance = 0.5 if is_post else 0.12
            if self.taken >= self._budget or self._random.random() > chance:
                return None
            kinds = OF_POST if is_post else OF_ANY_CALL
            name = self._random.choice(sorted(kinds))
            self.counts[name] += 1
            return Fault(path="/", **kinds[name])

    def clear(self):
        """Spoil nothing more."""
        self._budget = 0

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0
