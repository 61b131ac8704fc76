"""Where each query of an imported order comes from, beside those of bare Odoo.

A table for whoever looks for one that is not needed: ``make bench B=bench_queries``.
"""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from origins import watched
from rivals import BATCH, BareOrm, Shop, rolled_back

ORDERS = 2 * BATCH
FEWEST = 0.005

shop = Shop(env)
rows = shop.receive(ORDERS)
bare = BareOrm(shop, rows)


def ask(work):
    """Return what a piece of work asks for: its statements, by shape and origin."""
    with rolled_back(env):
        work()
    with rolled_back(env):
        env.invalidate_all()
        with watched() as found:
            work()
            env.flush_all()
        return found


def by_shape(found):
    counts = Counter()
    for (shape, _origin), count in found.items():
        counts[shape] += count
    return counts


imported = ask(lambda: shop.import_rows(rows))
plain = ask(lambda: bare.create(ORDERS))
ours, theirs = by_shape(imported), by_shape(plain)
print(f"  {'import':>7} {'bare':>7}  a query per order, and who asks for it")
for shape in sorted(ours | theirs, key=lambda s: ours[s] - theirs[s], reverse=True):
    counts = ours[shape] / ORDERS, theirs[shape] / ORDERS
    if max(counts) < FEWEST:
        continue
    origins = Counter(
        {origin: n for (one, origin), n in (imported + plain).items() if one == shape}
    )
    who = ", ".join(origin for origin, _count in origins.most_common(3))
    print(f"  {counts[0]:7.2f} {counts[1]:7.2f}  {shape}  [{who}]")
print(f"  {ours.total() / ORDERS:7.2f} {theirs.total() / ORDERS:7.2f}  together")
env.cr.rollback()
