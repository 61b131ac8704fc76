"""Send actions through a sandbox that fails all the time, with senders that are killed.

    sandbox (threads here) ◄── HTTP, with random faults ── two senders, killed at random
                                                             │ forked by the nursery
    plan ── lengow.action, committed ── PostgreSQL ──────────┘
    judge: every intended action happened exactly once, every row tells the truth

Runs in an Odoo shell, on a database of its own. The process environment's
``LENGOW_CAMPAIGN`` is a JSON object: ``actions``, how many at least; ``seed``; and
``seconds``, after which it gives up. Ends with a message when something is not as
intended. The seed makes orders, faults and the moments of the killing the same again;
the machine decides how they fall together.
"""

import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from campaign_faults import RandomFaults
from campaign_orders import intended_of, payloads_for, prepare_accounts
from campaign_senders import Nursery

from odoo.addons.lengow_connector.sandbox import SandboxServer

request = {"actions": 60, "seed": 1, "seconds": 240}
request.update(json.loads(os.environ.get("LENGOW_CAMPAIGN", "{}")))
ACTION_DELAY = 0.3
# Everything but the POST of an action may be repeated, so that only this is counted.
OPEN_STATES = ("todo", "sending", "unknown", "accepted")


def run(env):
    """Run the campaign; return what was found wrong, sentence by sentence."""
    database = env.cr.dbname
    env.cr.rollback()
    # Forked before the sandbox has threads, and without connections to share.
    nursery = Nursery(database, request["seed"], most_kills=request["actions"])
    server = SandboxServer(port=0, seed=False, action_delay=ACTION_DELAY)
    with server:
        intended = plan(env, server)
        faults = server.state.faults = RandomFaults(
            request["seed"], budget=int(1.2 * request["actions"])
        )
        started = time.monotonic()
        nursery.start()
        try:
            wait_until_closed(env, started + request["seconds"])
        finally:
            kills = nursery.stop()
        took = time.monotonic() - started
        problems = [*judge(env, server.state, intended), *kills.problems]
        say(intended, faults, kills, took)
    return problems


def plan(env, server):
    """Put the orders, import them, and write every action into the outbox.

    :return: what has to happen, see :func:`campaign_orders.intended_of`
    """
    account = prepare_accounts(env, server)
    payloads = payloads_for(request["actions"])
    for payload in payloads:
        server.state.put_order(payload, touch=True)
    account.action_sync_orders()
    intended = intended_of(account)
    forgotten = {name for name, facts in intended.items() if facts["expect"] == "gone"}
    server.state.clear_orders()
    for payload in payloads:
        if payload["marketplace_order_id"] not in {i[0] for i in forgotten}:
            server.state.put_order(payload, touch=True)
    env.cr.commit()
    return intended


def wait_until_closed(env, deadline):
    """Wait until no action is open any more."""
    while time.monotonic() < deadline:
        env.cr.rollback()
        if not env["lengow.action"].search_count([("state", "in", OPEN_STATES)]):
            return
        time.sleep(0.5)


def judge(env, state, intended):
    """Hold the sandbox's actions and the outbox against what was intended."""
    env.cr.rollback()
    state.advance()
    happened = {}
    for remote in state.actions:
        key = (
            remote.marketplace_order_id,
            remote.action_type,
            as_key(remote.arguments),
        )
        happened.setdefault(key, []).append(remote)
    for key, facts in intended.items():
        yield from _wrong_number(key, facts, happened.pop(key, []))
    for key in happened:
        yield f"{key} happened, and nobody asked for it"
    remotes = {str(remote.id): remote for remote in state.actions}
    for action in env["lengow.action"].search([]):
        yield from _untrue(action, remotes, intended, state)


def _wrong_number(key, facts, remotes):
    wanted = 0 if facts["expect"] == "gone" else facts["count"]
    if len(remotes) != wanted:
        yield f"{key} happened {len(remotes)} times instead of {wanted}"


def _untrue(action, remotes, intended, state):
    """Yield what an action says that is not so."""
    name = f"action {action.id} ({action.order_id.name}, {action.kind})"
    if action.kind == "link":
        told = state.get_order(action.marketplace_id.code, action.order_id.name)
        numbers = (told or {}).get("merchant_order_id") or []
        # Of a sale order that was canceled before, no number is told.
        sales = action.order_id.sale_order_ids.filtered(lambda s: s.state != "cancel")
        if action.state == "done" and set(sales.mapped("name")) - set(numbers):
            yield f"{name} says that our number was told, and it was not"
        if action.state != "done" and told:
            yield f"{name} is {action.state}: {action.error_message}"
        return
    key = (action.order_id.name, action.kind, as_key(action.parameters))
    expected = {"done": "done", "refused": "failed", "gone": "failed"}
    wanted = expected[intended[key]["expect"]]
    if action.state != wanted:
        yield f"{name} is {action.state}, not {wanted}: {action.error_message}"
    remote = remotes.get(action.remote_ref)
    if action.state == "done" and not (remote and remote.processed):
        yield f"{name} says done, and its remote action is {remote}"


def as_key(arguments):
    """Return arguments in a form that can be compared."""
    return tuple(sorted((k, str(v)) for k, v in (arguments or {}).items()))


def say(intended, faults, kills, took):
    """Print what the campaign went through."""
    total = sum(facts["count"] for facts in intended.values())
    sys.stdout.write(
        f"{total} actions in {took:.0f} s, seed {request['seed']}: {faults.taken} "
        f"faults ({', '.join(f'{k} {n}' for k, n in sorted(faults.counts.items()))}), "
        f"{kills.count} senders killed, {kills.orphaned} of them during a call\n"
    )


found = run(env)
if found:
    sys.exit("\n".join(["fault campaign:", *found[:40]]))
