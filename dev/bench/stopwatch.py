"""How long what a benchmark asks the server takes, and with how many queries."""

import threading
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
        # Odoo adds up what the statements of a thread take that has these.
        self._thread = threading.current_thread()
        self._thread.query_count, self._thread.query_time = 0, 0.0

    def measure(self, name, ask, most=None, most_sql=None):
        """Print the best of some runs, each with an empty cache of records.

        The first one fills the plans and caches of the process.

        :param str name: of what is asked
        :param ask: a function that asks it
        :param float most: how many seconds it may take; None for any time
        :param float most_sql: how many of them in the database; None for any time
        """
        runs = [self._run(ask) for _run in range(RUNS)]
        seconds, sql = (min(times) for times in list(zip(*runs, strict=True))[:2])
        queries = runs[-1][2]
        is_slow = most is not None and seconds > most
        is_slow |= most_sql is not None and sql > most_sql
        print(
            f"  {'✗' if is_slow else '✓'} {seconds:6.3f} s {1000 * sql:6.1f} ms of SQL"
            f" {queries:4} queries  {name}"
        )
        if is_slow:
            self.slow.append(name)

    def _run(self, ask):
        """Return what one run takes: seconds, those of SQL, and queries."""
        self.env.invalidate_all()
        thread = self._thread
        queries, sql, began = thread.query_count, thread.query_time, time.perf_counter()
        ask()
        seconds = time.perf_counter() - began
        return seconds, thread.query_time - sql, thread.query_count - queries
