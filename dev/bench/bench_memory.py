"""How much memory an import of many orders takes, beside one of few.

Each runs in a process of its own, as a worker runs the scheduled action. It takes
minutes, so it runs by name alone: ``make bench B=bench_memory``. Limit: what 5,000
orders take at their peak is what 100 take, but for a little.
"""

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from backlog import create_backlog, create_products, find_wrong
from forks import fork, in_transaction

from odoo import sql_db

COUNTS = (100, int(os.environ.get("LENGOW_BENCH_ORDERS", "5000")))
MOST_GROWTH = 1.10
# What makes the kernel forget the peak of a process.
FORGET_PEAK = "5"

database = env.cr.dbname
# From here on each process has connections of its own; none is open when one is forked.
sql_db.close_db(database)


def memory(name):
    """Return a figure of this process in MB: `VmRSS` now, `VmHWM` at its peak."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    value = next(line.split()[1] for line in lines if line.startswith(f"{name}:"))
    return int(value) / 1024


def import_all(out):
    """Import what is there, and write the peak of the memory to a pipe."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text(FORGET_PEAK, encoding="ascii")
    in_transaction(database, lambda own: own["lengow.order"]._cron_process_orders())
    os.write(out, str(memory("VmHWM")).encode())


def apart(work, *args):
    """Do some work in a process of its own: this one is to stay as it is.

    :return: what the work has written to the pipe that it got
    """
    read, write = os.pipe()
    if os.waitpid(fork(work, write, *args), 0)[1]:
        sys.exit("It has failed.")
    os.close(write)
    with os.fdopen(read) as told:
        return told.read()


def create(out, number, count):
    """Create a shop with orders to be imported."""
    account_id = in_transaction(database, create_backlog, number, count)
    os.write(out, str(account_id).encode())


def check(out, account_id, count):
    """Write what is wrong, if anything is."""
    wrong = in_transaction(database, find_wrong, account_id, count)
    os.write(out, wrong.encode())


def peak(number, count):
    """Return the peak in MB of importing a number of orders."""
    account_id = int(apart(create, number, count))
    megabytes = float(apart(import_all))
    if wrong := apart(check, account_id, count):
        sys.exit(wrong)
    print(f"  {count:5} orders: {megabytes:6.1f} MB at the peak")
    return megabytes


in_transaction(database, create_products)
sql_db.close_db(database)
few, many = (peak(number, count) for number, count in enumerate(COUNTS, 1))
print(f"  {many / few:.2f} times as much (most {MOST_GROWTH})")
grows = many / few > MOST_GROWTH
# The shell would end its transaction, whose connection was closed before the forks.
sys.exit("The memory grows with the number of orders." if grows else 0)
