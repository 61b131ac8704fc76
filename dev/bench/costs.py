"""What work costs: processor time of this process and of its database, and queries.

The clock tells what else a machine was doing, too; processor time hardly does.
"""

import os
import time
from pathlib import Path
from typing import NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")
# Of the fields of /proc/<pid>/stat behind the program's name.
USER, SYSTEM = 11, 12


class Cost(NamedTuple):
    """What a piece of work has cost.

    :ivar float process: seconds of processor of this process
    :ivar float database: the same of the database's process
    :ivar int queries: how many statements it took
    """

    process: float
    database: float
    queries: int

    @property
    def processor(self):
        """Seconds of processor of both."""
        return self.process + self.database


class Meter:
    """Measures in the transaction of an environment.

    The database has to run on this machine.
    """

    def __init__(self, env):
        """Measure the connection that an environment has.

        :param Environment env: of the database
        """
        self.cr = env.cr
        self.cr.execute("SELECT pg_backend_pid()")
        self._stat = Path(f"/proc/{self.cr.fetchone()[0]}/stat")

    def measure(self, work):
        """Return the Cost of a function without arguments."""
        before = self.read()
        work()
        return self.since(before)

    def since(self, before):
        """Return the Cost of what was done since.

        :param tuple before: what was read then
        """
        return Cost(*(b - a for a, b in zip(before, self.read(), strict=True)))

    def read(self):
        """Return what has been spent so far, to be compared with."""
        fields = self._stat.read_text(encoding="ascii").rpartition(")")[2].split()
        database = (int(fields[USER]) + int(fields[SYSTEM])) / TICKS
        return time.process_time(), database, self.cr.sql_log_count
