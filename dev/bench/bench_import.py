"""Importing marketplace orders, against bare Odoo creating the same records.

Every measurement starts from the same database (a savepoint is rolled back between
them). What costs is processor time, of the process and of the database together.
Whatever else a machine does only adds to it: what is compared is the least that each of
the two took in several rounds, in which they take turns to be first. The import runs as
its scheduled action does: in its own batches, each with an empty cache. The bare ORM
has one batch of all. Limits: at most 1.05 times the bare ORM's processor time, and one
query an order more; queries per order that do not grow with the number of orders.
"""

import gc
import sys
from operator import attrgetter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from costs import Meter
from rivals import BareOrm, Shop, rolled_back, sold

ROUNDS = 5
FEW, MANY = 100, 200
MOST_PROCESSOR = 1.05
MOST_QUERIES = 1.0
MOST_GROWTH = 1.10

shop = Shop(env)
meter = Meter(env)


def measure(work):
    """Return the Cost of a piece of work, whose effects are undone."""
    with rolled_back(env):
        env.invalidate_all()
        gc.collect()
        return meter.measure(work)


def import_few():
    """Return the Cost of importing few orders, once it is known that it is right."""
    with rolled_back(env):
        rows = shop.receive(FEW)
        check_same(rows, BareOrm(shop, rows))
        return measure(lambda: shop.import_rows(rows))


def compare_many():
    """Return what importing many orders has cost at least, and the bare ORM."""
    with rolled_back(env):
        rows = shop.receive(MANY)
        bare = BareOrm(shop, rows)
        rounds = [
            take_turns(
                lambda: shop.import_rows(rows), lambda: bare.create(MANY), number % 2
            )
            for number in range(ROUNDS)
        ]
    least = [
        min(costs, key=attrgetter("processor")) for costs in zip(*rounds, strict=True)
    ]
    for kind, cost in zip(("import", "bare ORM"), least, strict=True):
        print(
            f"  {kind:8} {1000 * cost.processor / MANY:6.1f} ms of processor an order"
            f" ({1000 * cost.database / MANY:4.1f} of it in the database)"
            f" {cost.queries / MANY:6.2f} queries"
        )
    ratios = sorted(ours.processor / bare.processor for ours, bare in rounds)
    print(f"  in one round {ratios[0]:.3f} to {ratios[-1]:.3f} of the bare ORM's")
    return least


def take_turns(ours, theirs, is_theirs_first):
    """Return the Cost of two pieces of work, one after the other."""
    if is_theirs_first:
        return take_turns(theirs, ours, False)[::-1]
    return measure(ours), measure(theirs)


def check_same(rows, bare):
    """End here unless both ways make the same sale orders of all the orders."""
    with rolled_back(env):
        shop.import_rows(rows)
        if any(row.import_state != "imported" for row in rows):
            sys.exit("The import left orders behind; nothing was measured.")
        imported = sold(rows.sale_order_ids)
    with rolled_back(env):
        plain = sold(bare.create(len(rows)))
    if imported != plain:
        sys.exit("The bare ORM makes other sale orders; nothing was measured.")


def broken(title):
    """Print what an import costs; return the limits that are broken."""
    print(f"\n{title}")
    few = import_few()
    ours, bare = compare_many()
    ratio = ours.processor / bare.processor
    excess = (ours.queries - bare.queries) / MANY
    growth = ours.queries / few.queries * FEW / MANY
    print(f"  processor: {ratio:.3f} of the bare ORM's (most {MOST_PROCESSOR})")
    print(f"  queries: {excess:+.2f} an order (most {MOST_QUERIES})")
    print(f"  queries from {FEW} to {MANY} orders: {growth:.3f} (most {MOST_GROWTH})")
    checks = {
        "processor": ratio > MOST_PROCESSOR,
        "queries": excess > MOST_QUERIES,
        "growth": growth > MOST_GROWTH,
    }
    return [f"{title}: {name}" for name, is_broken in checks.items() if is_broken]


failed = broken("Each order with a new customer")
shop.invoice_one_customer()
failed += broken("One fixed customer for all orders")
env.cr.rollback()
if failed:
    sys.exit(f"Limits are not kept: {'; '.join(failed)}.")
