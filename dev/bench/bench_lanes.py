"""Importing the same backlog in one, two and four lanes, each a process of its own.

A lane is what a scheduled action runs in a worker. Every buyer orders twice, so that
lanes meet at buyers. Limits, which need two cores: two lanes are 1.7 times as fast as
one, four no slower than two; every order has one sale order, every buyer one contact.

Only the clock tells how long lanes take together, and whatever a machine does beside
adds to it: what is compared is the least of several rounds that take turns.
"""

import os
import sys
import time
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from backlog import create_backlog, create_products, find_wrong
from forks import fork, in_transaction

from odoo import sql_db

ORDERS = 1_000
LANES = (1, 2, 4)
ROUNDS = 2
LEAST_GAIN = 1.7
# Those that find no processor leave the work to the others (`settings/processors.py`);
# what the clock adds by itself is not theirs.
MOST_LOSS = 1.1

database = env.cr.dbname
# From here on each process has connections of its own; none is open when one is forked.
sql_db.close_db(database)


def run(work, *args):
    return in_transaction(database, work, *args)


def process(own):
    own["lengow.order"]._cron_process_orders()


def import_at(start):
    """Import what is there in a lane, once it is told to start."""
    os.read(start, 1)
    run(process)


def measure(shop, lanes):
    """Return how many seconds the lanes take for the backlog of a shop together."""
    account_id = run(create_backlog, shop, ORDERS)
    start, gate = os.pipe()
    sql_db.close_db(database)
    processes = [fork(import_at, start) for _lane in range(lanes)]
    began = time.perf_counter()
    os.write(gate, b"!" * lanes)
    failed = [pid for pid in processes if os.waitpid(pid, 0)[1]]
    seconds = time.perf_counter() - began
    os.close(start)
    os.close(gate)
    if failed:
        sys.exit("A lane has failed.")
    # What a lane has left to another run.
    run(process)
    run(check, account_id)
    return seconds


def check(own, account_id):
    """End here unless every order is imported once, and every buyer one contact."""
    if wrong := find_wrong(own, account_id, ORDERS):
        sys.exit(wrong)


run(create_products)
seconds, shops = {lanes: [] for lanes in LANES}, count(1)
for _round in range(ROUNDS):
    for lanes in LANES:
        seconds[lanes].append(measure(next(shops), lanes))
least = {lanes: min(seconds[lanes]) for lanes in LANES}
for lanes in LANES:
    rounds = ", ".join(f"{one:.1f}" for one in seconds[lanes])
    print(
        f"  {lanes} lanes: {least[lanes]:6.1f} s"
        f"  {least[1] / least[lanes]:.2f} times as fast as one  ({rounds} s)"
    )
failing = []
if least[1] / least[2] < LEAST_GAIN:
    failing.append(f"two lanes are less than {LEAST_GAIN} times as fast as one")
if least[4] > least[2] * MOST_LOSS:
    failing.append("four lanes are slower than two")
# The shell would end its transaction, whose connection was closed before the forks.
sys.exit(f"{'; '.join(failing)}." if failing else 0)
