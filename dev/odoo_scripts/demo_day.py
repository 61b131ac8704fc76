"""Do a day's work on the orders of the demo, so that every job has something to show.

Documents are fetched, orders invoiced, a delivery leaves, an acceptance waits for its
answer and another one is refused; an order is dismissed; then a marketplace changes an
order that was imported already. What is there from an earlier run is not done again.

Runs in an Odoo shell. The process environment's ``LENGOW_DEMO`` is a JSON object:
``base_url`` of the sandbox, and ``output``, the file to write. That file is a JSON
object, too: ``jobs`` of the overview with their numbers, and how many ``accounts``,
``invoices``, ``invoice_documents``, ``pending`` and ``dismissed`` orders there are.
"""

import json
import os
import urllib.request
from pathlib import Path

from odoo import SUPERUSER_ID

REFUSAL = "ERR-4711: the stock of this offer is insufficient"
# Longer than anybody looks around.
NO_ANSWER = 7 * 24 * 3600
IMPORTED = ("import_state", "=", "imported")
DISMISSED = [("dismissed_at", "!=", False)]

request = json.loads(os.environ["LENGOW_DEMO"])
env = env(user=env.ref("base.user_admin"))
Order = env["lengow.order"]
# The sandbox is on this machine, where a proxy would not find it.
direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def control(method, path, body=None):
    """Call the control side of the sandbox; return its answer."""
    # Its address is of the demo itself, never a file.
    call = urllib.request.Request(  # noqa: S310
        f"{request['base_url']}/_sandbox/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
        method=method,
    )
    with direct.open(call, timeout=30) as answer:
        return json.load(answer)


def find_order(code, status, *more):
    """Return the oldest order of a marketplace at a status that nobody touched yet."""
    domain = [
        ("marketplace_id.code", "=", code),
        ("lengow_status", "=", status),
        ("pending_kind", "=", False),
        ("action_ids", "not any", [("kind", "!=", "link")]),
        *more,
    ]
    return Order.search(domain, order="order_date, id", limit=1)


def run(model, cron):
    """Run a scheduled action, as the system does."""
    env.flush_all()
    getattr(env[model].with_user(SUPERUSER_ID), cron)()
    env.invalidate_all()


def send(**settings):
    """Send what is planned, to a sandbox with other settings for as long."""
    usual = control("GET", "settings")
    control("PUT", "settings", settings)
    try:
        run("lengow.action", "_cron_send_actions")
        run("lengow.action", "_cron_follow_actions")
    finally:
        control("PUT", "settings", {name: usual[name] for name in settings})


def be_refused():
    """Have an acceptance refused by the marketplace."""
    if not Order.search_count([("action_ids", "any", [("state", "=", "failed")])]):
        for order in find_order("zalando", "waiting_acceptance"):
            order._plan_action("accept")
        send(action_delay=0.0, fail_actions=REFUSAL)


def leave_pending():
    """Have an acceptance and a shipment wait for their answers."""
    if Order.search_count([("pending_kind", "!=", False)]):
        return
    for order in find_order("cdiscount", "waiting_acceptance"):
        order._plan_action("accept")
    order = find_order("fnac", "waiting_shipment", IMPORTED)
    for picking in order.sale_order_ids.picking_ids:
        picking.carrier_tracking_ref = "6A12345678901"
        picking.move_ids.picked = True
        # A person would be asked by a dialog or two.
        picking._action_done()
    send(action_delay=float(NO_ANSWER))


def dismiss_an_order():
    """Set an order aside that is settled elsewhere, with the reason."""
    if not Order.search_count(DISMISSED):
        for order in find_order("fnac", "waiting_acceptance"):
            note = "The buyer ordered again in our own shop."
            env["lengow.dismissal"]._dismiss(order, "buyer", note)


def change_an_order():
    """Have a buyer change the address of an order that is imported already."""
    order = find_order("manomano_fr", "waiting_shipment", IMPORTED)
    payloads = control("GET", f"orders?marketplace={order.marketplace_id.code}")
    payload = next(p for p in payloads if p["marketplace_order_id"] == order.name)
    payload["packages"][0]["delivery"].update(
        first_line="7 avenue du Test", zipcode="33000", city="Bordeaux"
    )
    control("PUT", "orders?touch=1", payload)
    order.account_id.action_sync_orders()


run("lengow.document", "_cron_fetch_documents")
run("lengow.order", "_cron_invoice_orders")
be_refused()
leave_pending()
dismiss_an_order()
change_an_order()
env.cr.commit()  # the shell itself undoes everything at its end
sold = [("lengow_order_id", "!=", False), ("state", "=", "posted")]
report = {
    "jobs": {
        str(label): env["lengow.overview"]._count()[name]
        for name, label in env["lengow.overview"]._labels()
    },
    "accounts": env["lengow.account"].search_count([]),
    "invoices": env["account.move"].search_count(sold),
    "invoice_documents": env["lengow.document"].search_count(
        [("kind", "=", "invoice"), ("state", "=", "fetched")]
    ),
    "pending": Order.search_count([("pending_kind", "!=", False)]),
    "dismissed": Order.search_count(DISMISSED),
}
Path(request["output"]).write_text(json.dumps(report, indent=1), encoding="utf-8")
