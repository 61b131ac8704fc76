"""A page of 100 unchanged orders beside 200,000 others: queries, time and plans.

What every run and every list asks for is answered by an index, never by reading the
whole table.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
from many_orders import create_orders

from odoo.tools import SQL

from odoo.addons.lengow_connector.lengow_api import payload_digest

ORDERS = 200_000
PAGE = 100
MOST_QUERIES = 3
MOST_SECONDS = 0.010  # of SQL, for a page

account = env["lengow.account"].create({"name": "Bench", "import_max_age_days": 0})
marketplace = env["lengow.marketplace"].create(
    {"account_id": account.id, "code": "bench", "name": "Bench", "is_known": True,
     "definition": {"name": "Bench"}}
)  # fmt: skip
began = time.perf_counter()
create_orders(env, account, marketplace, ORDERS)
print(f"  {ORDERS} orders created in {time.perf_counter() - began:.1f} s")


def problem(text):
    print(f"  ✗ {text}")
    problems.append(text)


def explain(model, domain, order=None, limit=None, analyse=False):
    """Return how PostgreSQL finds records: lines of the plan."""
    query = env[model]._search(domain, order=order, limit=limit).select()
    options = SQL("ANALYZE, TIMING OFF") if analyse else SQL("COSTS ON")
    rows = env.execute_query(SQL("EXPLAIN (%s) %s", options, query))
    return [row[0] for row in rows]


problems = []

# === A PAGE OF UNCHANGED ORDERS === #

rows = env["lengow.order"].search([("account_id", "=", account.id)], limit=PAGE)
page = [
    {"marketplace": "bench", "marketplace_order_id": row.name, "packages": []}
    for row in rows
]
for row, payload in zip(rows, page, strict=True):
    row.payload_digest = payload_digest(payload)
env.flush_all()
inbox = env["lengow.inbox"]
inbox._store(account, page)  # plans and caches of the process
env.invalidate_all()
queries, began = env.cr.sql_log_count, time.perf_counter()
touched, _unreadable = inbox._store(account, page)
queries, seconds = env.cr.sql_log_count - queries, time.perf_counter() - began
print(
    f"  a page of {PAGE} unchanged orders: {queries} queries, {seconds * 1000:.1f} ms"
)
if touched:
    problem(f"{len(touched)} unchanged orders were touched")
if queries > MOST_QUERIES:
    problem(f"{queries} queries, more than {MOST_QUERIES}")
known = explain(
    "lengow.order",
    [
        ("account_id", "=", account.id),
        ("marketplace_id", "in", marketplace.ids),
        ("name", "in", rows.mapped("name")),
    ],
    analyse=True,
)
spent = next(float(x.split()[2]) for x in known if x.startswith("Execution Time"))
print(f"  of it SQL to find them: {spent:.1f} ms")
if spent > MOST_SECONDS * 1000:
    problem(f"{spent:.1f} ms of SQL, more than {MOST_SECONDS * 1000:.0f}")

# === PLANS === #

Order = "lengow.order"
# as the list of orders shows them
LISTED = "due_at, order_date desc, id desc"
importing = [("import_state", "=", "ready"), ("account_id.state", "!=", "draft")]
for name, plan in {
    "known orders": known,
    "new errors": explain(Order, [("is_error_new", "=", True)]),
    "orders to import": explain(Order, importing, "order_date, id"),
    "orders that wait for a marketplace": explain(
        Order,
        [
            ("account_id", "=", account.id),
            ("import_state", "=", "error"),
            ("error_code", "=", "marketplace_unknown"),
        ],
    ),
    "orders with an unknown status": explain(
        Order, [("account_id", "=", account.id), ("lengow_status", "=", "unknown")]
    ),
    "orders to accept": explain(
        Order,
        [
            ("is_to_accept", "=", True),
            ("auto_accept_examined", "=", False),
            ("marketplace_id.auto_accept", "=", True),
        ],
        "order_date, id",
    ),
    "orders to invoice": explain(Order, [("invoice_state", "=", "todo")]),
    "the list": explain(Order, [], LISTED, limit=80),
    "the list by date": explain(Order, [], env[Order]._order, limit=80),
    "the list of a phase": explain(
        Order, [("phase", "=", "to_ship")], LISTED, limit=80
    ),
    "the list of a status": explain(
        Order, [("lengow_status", "=", "waiting_shipment")], LISTED, limit=80
    ),
    "the list of a month": explain(
        Order,
        [("order_date", ">=", "2025-06-01"), ("order_date", "<", "2025-07-01")],
        LISTED,
        limit=80,
    ),
    "an order by whatever is at hand": explain(
        Order, [("keyword", "ilike", "0123456")], LISTED, limit=80
    ),
    "an order by its parcel": explain(
        Order, [("tracking", "ilike", "6A00123456")], LISTED, limit=80
    ),
    "an order by a part of its number": explain(
        Order, [("name", "ilike", "0123456")], limit=80
    ),
    "actions to send": explain(
        "lengow.action", env["lengow.sender"]._due_domain(), "next_try_at, id"
    ),
}.items():
    whole = [row for row in plan if "Seq Scan on lengow_order" in row]
    print(f"  {'✗' if whole else '✓'} {name}")
    if whole:
        problem(f"{name}: reads the whole table:\n" + "\n".join(plan))

if problems:
    sys.exit(f"{len(problems)} limits are not kept.")
