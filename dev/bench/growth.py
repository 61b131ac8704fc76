"""Whether ten times as many records cost ten times as much, and no more memory.

Each thing is done with few records and with many, in one run.
"""

import gc
import time
from dataclasses import dataclass
from itertools import pairwise


@dataclass
class Cost:
    """What it took to do something with some records."""

    records: int
    peak: float
    """The most memory that this process had meanwhile, in MB."""
    cpu: float
    """How long this process worked, in seconds."""
    queries: int
    longest: float
    """The most of that work between two commits."""


class Growth:
    """Measures things with few and with many records, and remembers what grows.

    :ivar list broken: the names of what does not keep a bound
    """

    def __init__(self, env):
        """Measure in a database.

        :param Environment env: of the database
        """
        self.env = env
        self.broken = []
        self._commits = []

    def compare(self, name, few, many, memory, cpu=1.3, queries=1.2, longest=60):
        """Do something with few records, then with many, and print what it takes.

        :param str name: of what is done
        :param few: a function that does it; returns with how many records
        :param many: the same with about ten times as many
        :param float memory: how many MB more it may take at its peak
        :param float cpu: how many times the work for a record
        :param float queries: how many times the queries for a record
        :param float longest: how many seconds of work may be lost by a stop
        """
        small, large = self._cost(few), self._cost(many)
        grown = large.peak - small.peak
        work = large.cpu / large.records / (small.cpu / small.records)
        asked = large.queries / large.records / (small.queries / small.records)
        print(f"  {name}: {small.records} → {large.records}")
        print(f"      {1000 * large.cpu / large.records:.2f} ms of work and "
              f"{large.queries / large.records:.2f} queries for each")  # fmt: skip
        self.hold(f"memory at the peak, {name}", grown, memory, "MB more")
        self.hold(f"work for each, {name}", work, cpu, "times")
        self.hold(f"queries for each, {name}", asked, queries, "times")
        self.hold(f"work between two commits, {name}", large.longest, longest, "s")

    def hold(self, name, value, most, unit):
        """Print a value, and remember it if it is more than it may be."""
        is_kept = value <= most
        print(f"      {'✓' if is_kept else '✗'} {value:6.2f} {unit:8} "
              f"(at most {most})  {name}")  # fmt: skip
        if not is_kept:
            self.broken.append(name)

    def _cost(self, do):
        self.env.cr.commit()  # the database is the benchmark's own
        self.env.invalidate_all()
        gc.collect()
        self._commits = [time.process_time()]
        Cron = type(self.env["ir.cron"])
        commit = Cron._commit_progress

        def watched(*args, **kwargs):
            result = commit(*args, **kwargs)
            self._commits.append(time.process_time())
            return result

        _forget_peak()
        queries, cpu = self.env.cr.sql_log_count, time.process_time()
        Cron._commit_progress = watched
        try:
            records = do()
            self.env.flush_all()
        finally:
            Cron._commit_progress = commit
        moments = [*self._commits, time.process_time()]
        return Cost(
            records,
            _peak(),
            time.process_time() - cpu,
            self.env.cr.sql_log_count - queries,
            max(b - a for a, b in pairwise(moments)),
        )


def _peak():
    with open("/proc/self/status") as file:
        line = next(line for line in file if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


def _forget_peak():
    # See proc(5): the peak is that of what follows.
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")
