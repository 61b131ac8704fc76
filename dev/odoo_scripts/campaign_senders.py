"""Processes that send, and one that starts and kills them.

The nursery is forked from the Odoo shell, with the registry loaded; the senders are
forked from the nursery, so that a new one begins at once. No process shares a
connection to the database with another.
"""

import ctypes
import json
import os
import random
import select
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field, replace
from datetime import timedelta

from odoo import SUPERUSER_ID, api, sql_db
from odoo.modules.registry import Registry
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

ADDON = "odoo.addons.lengow_connector"
PR_SET_PDEATHSIG = 1  # <sys/prctl.h>, Linux alone
SENDERS = 2
# Seconds that a sender lives, at least and at most.
LIVES = (0.3, 1.8)
# Share of the kills that wait for a call: a call is short, and chance alone rarely
# hits.
AIMED = 0.6


@dataclass
class Kills:
    """What the nursery has done.

    :ivar orphaned: kills that left an action in `sending`, so during its call
    :ivar problems: what went wrong in a sender that was no transport trouble
    """

    count: int = 0
    orphaned: int = 0
    problems: list = field(default_factory=list)


class Nursery:
    """A process that keeps two senders alive and kills them at random."""

    def __init__(self, database, seed, most_kills):
        """Fork the nursery, which waits to be started.

        :param str database: in which the actions are
        :param int seed: decides when senders are killed
        :param int most_kills: after so many the senders live on
        """
        their_orders, self._orders = os.pipe()
        self._report, their_report = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _leave_connections()
            os.close(self._orders)  # so that it ends with the shell
            keeper = _Keeper(database, seed, most_kills)
            _end_after(lambda: keeper.run(their_orders, their_report))
        os.close(their_orders)
        os.close(their_report)

    def start(self):
        """Let the senders begin."""
        os.write(self._orders, b"!")

    def stop(self):
        """End every process; return the kills.

        :rtype: Kills
        """
        os.write(self._orders, b"!")
        with os.fdopen(self._report) as report:
            kills = Kills(**json.load(report))
        os.waitpid(self._pid, 0)
        return kills


class _Keeper:
    """The life of the nursery."""

    def __init__(self, database, seed, most_kills):
        self._database = database
        self._random = random.Random(seed)  # noqa: S311
        self._most_kills = most_kills
        self._crashes, self._crash_pipe = os.pipe()
        os.set_blocking(self._crashes, False)
        self._senders = []
        self._kills = Kills()

    def run(self, orders, report):
        if not os.read(orders, 1):
            return  # the shell ended before it started anything
        _make_impatient()
        self._senders = [self._fork() for _ in range(SENDERS)]
        while not _is_readable(orders, self._random.uniform(*LIVES) / SENDERS):
            if self._kills.count >= self._most_kills:
                continue
            if self._random.random() < AIMED:
                self._wait_for_a_call()
            self._kill(self._random.randrange(SENDERS))
        for pid in self._senders:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        self._kills.problems = self._read_crashes()
        os.write(report, json.dumps(vars(self._kills)).encode())

    def _fork(self):
        pid = os.fork()
        if pid == 0:
            _leave_connections()
            _end_after(lambda: _send_forever(self._database, self._crash_pipe))
        return pid

    def _kill(self, index):
        os.kill(self._senders[index], signal.SIGKILL)
        os.waitpid(self._senders[index], 0)
        self._kills.count += 1
        self._kills.orphaned += self._count_orphans()
        self._senders[index] = self._fork()

    def _wait_for_a_call(self):
        """Wait, though not for long, until a sender is about to call or waits."""
        for _try in range(100):
            with Registry(self._database).cursor() as cr:
                cr.execute(
                    "SELECT 1 FROM lengow_action WHERE state = 'sending' "
                    "AND sent_at > now() at time zone 'utc' - interval '1 second'"
                )
                if cr.rowcount:
                    break
            time.sleep(0.005)
        time.sleep(self._random.uniform(0, 0.03))

    def _count_orphans(self):
        """Say, as 1 or 0, whether a killed sender has left an action in `sending`."""
        try:
            with Registry(self._database).cursor() as cr:
                cr.execute(
                    "SELECT id FROM lengow_action WHERE state = 'sending' "
                    "AND sent_at > now() at time zone 'utc' - interval '1 second' "
                    "FOR UPDATE SKIP LOCKED"
                )
                return min(cr.rowcount, 1)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            return 0  # the other sender is at it: nothing is orphaned

    def _read_crashes(self):
        try:
            return [os.read(self._crashes, 4000).decode()]
        except BlockingIOError:
            return []


def _is_readable(pipe, seconds):
    """Wait for that long, or less when something comes; whether something has."""
    return bool(select.select([pipe], [], [], seconds)[0])


_left = []


def _leave_connections():
    """Forget the connections that the parent process uses, without closing them."""
    for pool in filter(None, (sql_db._Pool, sql_db._Pool_readonly)):
        _left.extend(pool._connections)
        pool._connections.clear()


def _end_after(work):
    """Do the work of a forked process, and end it without its parent's clean-up.

    It ends with its parent too, however that one ends.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    status = 1
    try:
        work()
        status = 0
    except BaseException:  # noqa: BLE001
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(status)


def _make_impatient():
    """Make seconds of what takes minutes, in this process and those it forks."""
    send = sys.modules[f"{ADDON}.models.outbox.lengow_sender"]
    send.SETTLE_TIME = timedelta(seconds=4)
    send.FIRST_LOOK = send.SHORTEST_PAUSE = timedelta(seconds=1)
    send.LONGEST_PAUSE = timedelta(seconds=2)
    health = sys.modules[f"{ADDON}.models.settings.lengow_account_health"]
    health.SHORTEST_PAUSE = timedelta(seconds=1)
    health.LONGEST_PAUSE = timedelta(seconds=2)
    loop = sys.modules[f"{ADDON}.models.settings.lengow_cron"]
    loop.COLLISION_PAUSE = loop.SHORTEST_PAUSE = timedelta(seconds=1)
    loop.LONGEST_PAUSE = timedelta(seconds=2)
    sys.modules[f"{ADDON}.lengow_api.patience"]._FIRST_PAUSE = 0.05
    endpoints = sys.modules[f"{ADDON}.lengow_api.endpoints"]
    for name in ("GET_TOKEN", "ACTIONS", "CREATE_ACTION", "LINK_ORDER"):
        endpoint = replace(getattr(endpoints, name), read_timeout=0.8)
        setattr(endpoints, name, endpoint)
    # The transport has the token's endpoint by name.
    transport = sys.modules[f"{ADDON}.lengow_api.transport"]
    transport.GET_TOKEN = endpoints.GET_TOKEN


def _send_forever(database, crashes):
    """Send and follow, as the scheduler would, until killed."""
    while True:
        for cron in ("_cron_send_actions", "_cron_follow_actions"):
            try:
                with Registry(database).cursor() as cr:
                    env = api.Environment(cr, SUPERUSER_ID, {})
                    getattr(env["lengow.action"], cron)()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                continue  # as the scheduler: the next run does it
            except Exception:  # noqa: BLE001
                os.write(crashes, traceback.format_exc()[-1500:].encode())
        time.sleep(0.05)
