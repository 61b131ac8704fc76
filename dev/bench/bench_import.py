"""Importing marketplace orders, against bare Odoo creating the same records.

Every measurement starts from the same database (a savepoint is rolled back between
them), and the ratios compare the best of several rounds within one run. Limits: not
slower than bare Odoo one by one; queries per order do not grow with the number of
orders.
"""

import gc
import sys
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from payloads import SKUS, payload

from odoo.addons.lengow_connector.mapper import QUIET, OrderMapper, SaleMapper

ROUNDS = 2
BATCH = 50
LIMIT_ONE_BY_ONE = 1.0
GOAL_BATCH = 1.15
LIMIT_GROWTH = 1.10

country = env.ref("base.fr")
company = env.company
products = env["product.product"].create(
    [
        {"name": f"Product of {sku}", "default_code": sku, "is_storable": True}
        for sku in SKUS
    ]
)
account = env["lengow.account"].create({"name": "Bench", "import_max_age_days": 0})
marketplace = env["lengow.marketplace"].create(
    {"account_id": account.id, "code": "bench", "name": "Bench", "is_known": True,
     "definition": {"name": "Bench"}}
)  # fmt: skip


def inbox(count):
    """Return fresh rows of the inbox, stored page by page."""
    rows = env["lengow.order"]
    for first in range(0, count, 100):
        page = [payload(number) for number in range(first, min(first + 100, count))]
        rows |= env["lengow.inbox"]._store(account, page)[0]
    return rows


def bare_values(rows):
    """Return what the import would create, as plain values of Odoo's own models."""
    mapper = OrderMapper(account, rows)
    return [draft for row in rows for draft in mapper.plan(row)]


def bare(rows, size):
    """Create and confirm the same partners and sale orders with the bare ORM."""
    quiet = env(context={**env.context, **QUIET})
    ours = ("lengow_marketplace_id", "lengow_customer_ref")
    for first in range(0, len(rows), size):
        drafts = prepared[first : first + size]
        partners = quiet["res.partner"].create(
            [{k: v for k, v in draft.delivery.values.items() if k not in ours}
             for draft in drafts]
        )  # fmt: skip
        new = iter(partners)
        vals_list = []
        for draft, values in zip(
            drafts, sale_values[first : first + size], strict=True
        ):
            partner = draft.delivery.partner or next(new)
            customer = draft.plan.buyer.contact.partner or partner
            vals_list.append(
                {**values, "partner_id": customer.id, "partner_invoice_id": customer.id,
                 "partner_shipping_id": partner.id}
            )  # fmt: skip
        quiet["sale.order"].create(vals_list).action_confirm()
    env.flush_all()


def plain(values):
    """Return a sale order's values without what only this addon adds."""
    lines = [
        (0, 0, {k: v for k, v in line.items() if k != "lengow_line_ref"})
        for _zero, _none, line in values["order_line"]
    ]
    ours = ("lengow_order_id", "lengow_package_index")
    kept = {k: v for k, v in values.items() if k not in ours}
    return {**kept, "order_line": lines}


def prepare(rows):
    """Plan the rows once, outside every measurement, for the bare ORM to create."""
    global prepared, sale_values
    prepared = bare_values(rows)
    stand_in = env["res.partner"].create(
        {"name": "Stand-in", "country_id": country.id, "company_id": company.id}
    )
    mapper = SaleMapper(account)
    sale_values = []
    for draft in prepared:
        buyer = draft.plan.buyer
        plans = [buyer.contact, buyer.invoice, draft.delivery]
        unset = [plan for plan in plans if not plan.partner]
        for plan in unset:
            plan.partner = stand_in
        sale_values.append(plain(mapper.values(draft)))
        for plan in unset:
            plan.partner = None


@contextmanager
def rolled_back():
    savepoint = env.cr.savepoint()
    yield
    env.flush_all()
    savepoint.close(rollback=True)
    env.invalidate_all(flush=False)
    gc.collect()


def measure(work):
    """Return seconds and queries of one piece of work, whose effects are undone."""
    with rolled_back():
        env.invalidate_all()
        queries, start = env.cr.sql_log_count, time.perf_counter()
        work()
        env.flush_all()
        return time.perf_counter() - start, env.cr.sql_log_count - queries


def import_rows(rows):
    for first in range(0, len(rows), BATCH):
        env["lengow.importer"]._process(rows[first : first + BATCH])


def compare(count):
    """Measure one number of orders; return best seconds and queries by kind."""
    with rolled_back():
        rows = inbox(count)
        prepare(rows)
        kinds = {
            "import": lambda: import_rows(rows),
            "bare, one by one": lambda: bare(rows, 1),
            "bare, one batch": lambda: bare(rows, count),
        }
        results = {}
        for _round in range(ROUNDS):
            for kind, work in kinds.items():
                seconds, queries = measure(work)
                best = results.get(kind, (seconds, queries))
                results[kind] = min(seconds, best[0]), queries
        if measure_imported(rows) != count:
            sys.exit("The import left orders behind; nothing was measured.")
        return results


def measure_imported(rows):
    with rolled_back():
        import_rows(rows)
        return len(rows.filtered(lambda row: row.import_state == "imported"))


def report(title, counts):
    """Print the ratios of some numbers of orders; return the failures."""
    print(f"\n{title}")
    by_count = {count: compare(count) for count in counts}
    for count, results in by_count.items():
        for kind, (seconds, queries) in results.items():
            print(
                f"  {count:4} orders  {kind:17} {1000 * seconds / count:7.1f} ms/order"
                f"  {queries / count:6.1f} queries/order"
            )
    results = by_count[counts[-1]]
    ours = results["import"][0]
    one_by_one = ours / results["bare, one by one"][0]
    batch = ours / results["bare, one batch"][0]
    few, many = (by_count[n]["import"] for n in (counts[0], counts[-1]))
    growth = (many[1] / counts[-1]) / (few[1] / counts[0])
    slower = (many[0] / counts[-1]) / (few[0] / counts[0])
    print(f"  ratio to bare, one by one: {one_by_one:.2f} (limit {LIMIT_ONE_BY_ONE})")
    print(f"  ratio to bare, one batch:  {batch:.2f} (goal {GOAL_BATCH})")
    print(
        f"  growth {counts[0]} → {counts[-1]} orders:"
        f" queries {growth:.2f}, time {slower:.2f}"
    )
    return one_by_one > LIMIT_ONE_BY_ONE or growth > LIMIT_GROWTH


failed = report("Each order with a new customer", (100, 500))
account.invoice_partner_id = env["res.partner"].create(
    {"name": "Fixed customer", "country_id": country.id}
)
failed |= report("One fixed customer for all orders", (100, 500))
env.cr.rollback()
if failed:
    sys.exit("A limit is not kept.")
