"""Importing the same backlog as jobs: in one, two and four processes, beside a cron.

Each process is an Odoo server with a job runner, as on servers of their own. Limits,
which need two cores: jobs in one process take at most a quarter longer than the
scheduled action does by itself, and two processes are 1.5 times as fast as one. Every
order has one sale order, every buyer one contact.
"""

import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
from backlog import create_backlog, create_products, find_wrong
from engine_servers import Servers

from odoo.addons.lengow_connector_queue_job.models.lengow_engine import JOB_SIZES

ORDERS = int(os.environ.get("LENGOW_BENCH_ORDERS", "1000"))
PROCESSES = (1, 2, 4)
MOST_COST = 1.25
LEAST_GAIN = 1.5
PATIENCE = 1_200
IMPORT = "cron_process_orders"


def measure(name, shop, work, orders=ORDERS):
    """Return how many seconds it takes to import the backlog of a shop."""
    account_id = create_backlog(env, shop, orders)
    env.cr.commit()
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    env.cr.rollback()
    env.invalidate_all()
    if wrong := find_wrong(env, account_id, orders):
        sys.exit(wrong)
    print(f"  {seconds:7.1f} s  {seconds / orders * 1000:6.1f} ms an order  {name}")
    return seconds


def import_at_once():
    """Let the scheduled action do it by itself."""
    engine = type(env["lengow.engine"])
    with patch.object(engine, "_hand_over", lambda *_args: False):
        env["lengow.order"]._cron_process_orders()


def import_as_jobs():
    """Hand over, and wait until the last job is done."""
    began = time.perf_counter()
    env["lengow.order"]._cron_process_orders()
    handed = time.perf_counter() - began
    jobs, deadline = env["queue.job"], time.monotonic() + PATIENCE
    while open_jobs := jobs.search(
        [("state", "in", ("pending", "enqueued", "started"))]
    ):
        if time.monotonic() > deadline:
            sys.exit(f"{len(open_jobs)} jobs are not done in {PATIENCE} s.")
        time.sleep(0.1)
        env.cr.rollback()
        env.invalidate_all()
    if failed := jobs.search_count([("state", "=", "failed")]):
        sys.exit(f"{failed} jobs have failed.")
    print(f"  {handed:7.1f} s of which are the handing over:")


create_products(env)
env.cr.commit()
# The first import of a process fills its caches.
measure("the scheduled action, warming up", 1, import_at_once, 20)
by_cron = measure("the scheduled action by itself", 2, import_at_once)
by_jobs = {}
for number, processes in enumerate(PROCESSES, 3):
    with Servers(env.cr.dbname, processes):
        with patch.dict(JOB_SIZES, {IMPORT: 10}):
            measure("jobs, warming up", number * 10, import_as_jobs, 20 * processes)
        what = f"jobs of {JOB_SIZES[IMPORT]}, processes: {processes}"
        by_jobs[processes] = measure(what, number, import_as_jobs)
        if processes == 1:
            with patch.dict(JOB_SIZES, {IMPORT: 1}):
                measure("jobs of 1, processes: 1", 9, import_as_jobs, ORDERS // 10)
for processes, seconds in by_jobs.items():
    gain, against_cron = by_jobs[1] / seconds, by_cron / seconds
    print(
        f"  {processes} processes: {gain:.2f} times as fast as one, "
        f"{against_cron:.2f} times as fast as the scheduled action"
    )
failing = []
if by_jobs[1] > by_cron * MOST_COST:
    failing.append(f"jobs take more than {MOST_COST} times as long as without them")
if by_jobs[1] / by_jobs[2] < LEAST_GAIN:
    failing.append(f"two processes are less than {LEAST_GAIN} times as fast as one")
if failing:
    sys.exit(f"{'; '.join(failing)}.")
