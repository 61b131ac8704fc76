"""How long what a benchmark asks the server takes, and with how many queries."""

import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from costs import Meter

RUNS = 4


class Stopwatch:
    """Measures what is asked, and remembers what takes too long.

    :ivar list slow: the names of what did
    """

    def __init__(self, env):
        """Measure in a database, which has to run on this machine.

        :param Environment env: of the database
        """
        self.env = env
        self.slow = []
        self._meter = Meter(env)
        # Odoo adds up what the statements of a thread take that has these.
        self._thread = threading.current_thread()
        self._thread.query_count, self._thread.query_time = 0, 0.0

    def measure(self, name, ask, most=None, most_sql=None):
        """Print the best of some runs, each with an empty cache of records.

        A first one fills the plans and caches of the process. What something takes is
        what it does at best, or the processor's time for it in the mean: the clock
        tells what else the machine does, too.

        :param str name: of what is asked
        :param ask: a function that asks it
        :param float most: how many seconds it may take; None for any time
        :param float most_sql: how many of them in the database; None for any time
        """
        self._run(ask)
        runs = []
        cost = self._meter.measure(
            lambda: runs.extend(self._run(ask) for _run in range(RUNS))
        )
        seconds, sql = (min(times) for times in list(zip(*runs, strict=True))[:2])
        sql = min(sql, cost.database / RUNS)
        seconds = min(seconds, cost.processor / RUNS)
        is_slow = most is not None and seconds > most
        is_slow |= most_sql is not None and sql > most_sql
        print(
            f"  {'✗' if is_slow else '✓'} {seconds:6.3f} s {1000 * sql:6.1f} ms of SQL"
            f" {runs[-1][2]:4} queries  {name}"
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
