"""A day of the job engine: two Odoo processes, of which some are killed at work.

    this shell ── runs the scheduled actions, which hand over ──► queue_job, committed
    job runner ── asks both processes in turn ──► jobs ──► PostgreSQL and a sandbox
    judge: everything happened exactly once, and every job says what is so

Runs in an Odoo shell, on a database of its own that has the engine's addon. Ends with a
message when something is not as it should be.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from backlog import create_backlog, create_products, find_wrong
from campaign_orders import payloads_for, prepare_accounts
from engine_servers import Servers

from odoo.addons.lengow_connector.sandbox import SandboxServer
from odoo.addons.lengow_connector_queue_job.models.lengow_engine import JOB_SIZES

ORDERS = 80
# Many small jobs, of which this process alone knows, as it makes them.
JOB_SIZES["cron_process_orders"] = 10
ACTIONS = "/v3.0/orders/actions/"
PATIENCE = 300


def run(env):
    """Go through the day; what is wrong ends it."""
    sandbox = SandboxServer(port=0, seed=False, action_delay=3600)
    with sandbox, Servers(env.cr.dbname, 2) as servers:
        import_with_one_killed(env, servers)
        servers.start()
        actions = plan(env, sandbox)
        lose_answer(env, sandbox, actions[0])
        kill_during_call(env, sandbox, servers, actions[1])
        expect(not failed_jobs(env), f"jobs have failed: {failed_jobs(env)}")


def import_with_one_killed(env, servers):
    """Import with both; one is killed when both have done something."""
    create_products(env)
    account_id = create_backlog(env, 1, ORDERS)
    env["lengow.order"]._cron_process_orders()
    began = time.monotonic()
    wait(env, "both do jobs", lambda: len(pids(env, "done")) == 2)
    wait(env, "a job is at work", lambda: pids(env, "started"))
    servers.kill(pids(env, "started").pop())
    wait_for_jobs(env)
    say(f"{ORDERS} orders in {time.monotonic() - began:.0f} s, one process killed")
    wrong = find_wrong(env, account_id, ORDERS)
    expect(not wrong, wrong)


def plan(env, sandbox):
    """Have orders come in, and return an action of each of two."""
    account = prepare_accounts(env, sandbox)
    for payload in payloads_for(16):
        sandbox.state.put_order(payload, touch=True)
    account.action_sync_orders()
    orders = account.order_ids.filtered(lambda order: "accept-" in order.name)
    account.order_ids.action_ids.unlink()
    env.cr.commit()
    return orders


def lose_answer(env, sandbox, order):
    """Lose the answer to a call: the job is done, and the outbox settles it."""
    sandbox.state.faults.add({"path": ACTIONS, "method": "POST", "cut": "after"})
    action = order._plan_action("accept")
    hand_over_actions(env)
    wait_for_jobs(env)
    expect(action.state == "unknown", f"after a lost answer it is {action.state}")
    settle(env, sandbox, action, "a lost answer")


def kill_during_call(env, sandbox, servers, order):
    """Kill a process during its call: its job is done again, the call is not."""
    sandbox.state.forget_actions()
    sandbox.state.calls.clear()
    sandbox.state.faults.add({"path": ACTIONS, "method": "POST", "delay": 2})
    action = order._plan_action("accept")
    hand_over_actions(env)
    wait(env, "the call is made", lambda: action.state == "sending")
    time.sleep(0.5)
    servers.kill(pids(env, "started").pop())
    wait_for_jobs(env)
    expect(action.state == "sending", f"after the kill it is {action.state}")
    settle(env, sandbox, action, "a kill")


def settle(env, sandbox, action, what):
    """Let time pass; the action is found at Lengow, and was sent once."""
    pass_time(action, "planned_at", "sent_at", "next_try_at")
    # It pauses, too: there was trouble with its connection.
    pass_time(action.account_id, "paused_until", "failing_since")
    hand_over_actions(env)
    wait_for_jobs(env)
    posts = len(sandbox.state.calls_to(ACTIONS, "POST"))
    expect(
        (action.state, posts, len(sandbox.state.actions)) == ("accepted", 1, 1),
        f"after {what} it is {action.state} ({action.error_message}), was sent "
        f"{posts} times, and Lengow has {len(sandbox.state.actions)}",
    )
    say(f"after {what}: sent once, and found")


def pass_time(record, *names):
    """Move what fields of a record say six minutes into the past."""
    for name in names:
        if record[name]:
            record[name] -= timedelta(minutes=6)


# === THE ENGINE === #


def hand_over_actions(env):
    """Run the scheduled action that sends."""
    env.cr.commit()
    env["lengow.action"]._cron_send_actions()


def jobs_in(env, *states):
    """Return the jobs in some states, as they are now."""
    return env["queue.job"].search([("state", "in", states)])


def pids(env, *states):
    """Return the processes that have had the jobs in some states."""
    return set(jobs_in(env, *states).mapped("worker_pid")) - {0}


def failed_jobs(env):
    """Return what the jobs say that have failed."""
    return jobs_in(env, "failed").mapped("exc_info")


def wait_for_jobs(env):
    """Wait until no job is left."""
    wait(
        env,
        "every job is done",
        lambda: not jobs_in(env, "pending", "enqueued", "started"),
    )


def wait(env, what, check):
    """Wait until something is so, with the eyes of a new transaction each time."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        env.cr.rollback()
        env.invalidate_all()
        if check():
            return
        # A runner with nothing to do looks once a minute for jobs that died.
        env.cr.execute("NOTIFY queue_job, 'nothing'")
        env.cr.commit()
        time.sleep(0.2)
    states = jobs_in(env, "pending", "enqueued", "started", "failed").mapped(
        lambda job: (job.name, job.state, job.result, job.exc_name)
    )
    sys.exit(f"In vain waited until {what}: {states}")


def expect(is_so, otherwise):
    """End with a message unless something is so."""
    if not is_so:
        sys.exit(f"engine: {otherwise}")


def say(sentence):
    """Print what was gone through."""
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


run(env)
