"""How long what a benchmark asks the server takes, and with how many queries."""

import time

RUNS = 4


class Stopwatch:
    """Measures what is asked, and remembers what takes too long.

    :ivar list slow: the names of what did
    """

    def __init__(self, env):
        """Measure in a database.

        :param Environment env: of the database
        """
        self.env = env
        self.slow = []

    def measure(self, name, ask, most=None):
        """Print the best of some runs, each with an empty cache of records.

        The first one fills the plans and caches of the process.

        :param str name: of what is asked
        :param ask: a function that asks it
        :param float most: how many seconds it may take; None for any time
        """
        best = None
        for _run in range(RUNS):
            self.env.invalidate_all()
            queries, began = self.env.cr.sql_log_count, time.perf_counter()
            ask()
            seconds = time.perf_counter() - began
            queries = self.env.cr.sql_log_count - queries
            best = seconds if best is None else min(best, seconds)
        is_slow = most is not None and best > most
        print(f"  {'✗' if is_slow else '✓'} {best:6.3f} s {queries:4} queries  {name}")
        if is_slow:
            self.slow.append(name)
