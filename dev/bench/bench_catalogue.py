"""Catalogs of many products: how long, with how many queries, in how much memory.

All are ratios within one run, of processor time of the process and of its database,
since the clock tells what else the machine did, too. Whatever a machine does beside
only adds to it: what is compared is the least of several rounds that take turns.
Limits: making all rows and files costs at most 25 queries per 1,000 variants and a
tenth of the time of Odoo's own product feed for the same, where `website_sale` is at
hand; telling 1 % of changed quantities costs at most 4 queries per 1,000 and an eighth
of making all; what has not changed is not written; 5,000 rules of a pricelist cost at
most twice the prices without; memory stays.

``VARIANTS=`` says how many products there are (100,000 where it is not set), ``FEED=``
of how many Odoo's own feed is made, and ``FEED=0`` that it is not.
"""

import gc
import os
import sys
import time
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))
from catalogue_shop import create_products, install
from costs import Meter

from odoo.tools import SQL

VARIANTS = int(os.environ.get("VARIANTS", 100_000))
# It takes a while then, as all rows do: what is short may find a quiet moment.
FEED = int(os.environ.get("FEED", 3_000))
RULES = 5_000
ROUNDS = 3
MOST_QUERIES, MOST_OF_FEED = 25, 0.10
MOST_QUERIES_OF_QUANTITIES, MOST_OF_ALL = 4, 1 / 8
MOST_WITH_RULES = 2.0
MOST_MEGABYTES = 50
over = []


def memory():
    """Return how much memory the process has, in megabytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def peak_memory():
    """Return how much memory the process had at most since :func:`forget_peak`."""
    told = dict(
        line.split(":", 1)
        for line in Path("/proc/self/status").read_text().splitlines()
    )
    return int(told["VmHWM"].split()[0]) * 1024 / 1e6


def forget_peak():
    """Begin anew with the peak of the memory: what made the products is over."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")


def check(name, value, most, text):
    """Print what was measured beside its limit, and remember what is over it."""
    is_over = value > most
    print(f"  {'✗' if is_over else '✓'} {text}  {name}")
    if is_over:
        over.append(name)


class Measure:
    """What a piece of work takes: queries, seconds of the clock and of the processor.

    The processor is that of this process and of the database together.
    """

    def __enter__(self):
        env.invalidate_all()
        gc.collect()
        self._meter, self._began = Meter(env), time.perf_counter()
        self._before = self._meter.read()
        return self

    def __exit__(self, *_error):
        env.flush_all()
        self.wall = time.perf_counter() - self._began
        cost = self._meter.since(self._before)
        self.cpu, self.queries = cost.processor, cost.queries


def create_catalogue():
    account = env["lengow.account"].create({"name": "Bench"})
    return env["lengow.catalogue"].create(
        {
            "name": "Bench",
            "account_id": account.id,
            "domain": "[('default_code', '=like', 'BENCH-%')]",
            "hold_lost": 100,
            "hold_zero": 100,
            "hold_price": 100,
        }
    )


def refresh(is_whole=False):
    """Run the catalog as the scheduled action does, commits and all."""
    env["lengow.catalogue.schedule"]._refresh_committing(catalogue, is_whole)


def change_stock(share):
    """Let some products lose a piece."""
    env.cr.execute(
        "UPDATE stock_quant SET quantity = quantity - 1 WHERE product_id IN "
        "(SELECT product_id FROM lengow_catalogue_row WHERE catalogue_id = %s "
        "AND id %% %s = 0)",
        [catalogue.id, round(1 / share)],
    )
    env.cr.commit()


def forget_changes():
    """Let everything that was made look as if it had been there for days."""
    for table in ("product_product", "product_template", "product_category"):
        env.cr.execute(
            SQL(
                "UPDATE %s SET write_date = now() - interval '3 days'",
                SQL.identifier(table),
            )
        )
    env.cr.commit()


def rows_written():
    env.cr.execute("SELECT MAX(write_date) FROM lengow_catalogue_row")
    return env.cr.fetchone()[0]


def measure_prices():
    """Return how long the prices of products take: without rules, and with many."""
    products = env["product.product"].search(
        [("default_code", "=like", "BENCH-%")], limit=1000, order="id"
    )
    pricelist = env["product.pricelist"].create({"name": "Bench"})
    catalogue.pricelist_id = pricelist
    env.flush_all()
    seconds = []
    for rules in (0, RULES):
        if rules:
            templates = env["product.template"].search([], limit=rules, order="id").ids
            env["product.pricelist.item"].create(
                [
                    {
                        "pricelist_id": pricelist.id,
                        "applied_on": "1_product",
                        "product_tmpl_id": templates[number % len(templates)],
                        "compute_price": "percentage",
                        "percent_price": 5 + number % 20,
                    }
                    for number in range(rules)
                ]
            )
            env.flush_all()
        columns = catalogue.column_ids.filtered(lambda c: c.source == "price")
        best = []
        for _run in range(3):
            with Measure() as measure:
                env["lengow.catalogue.pricing"]._read(catalogue, columns, products)
            best.append(measure.cpu)
        seconds.append(min(best))
    return seconds


def create_feed():
    """Return Odoo's own feed of some of the products, and how many; None without it."""
    if "product.feed" not in env:
        return None, 0
    website = env["website"].search([], limit=1)
    products = env["product.product"].search(
        [("default_code", "=like", "BENCH-%")], limit=FEED, order="id"
    )
    products.product_tmpl_id.is_published = True
    feed = env["product.feed"].create({"name": "Bench", "website_id": website.id})
    env.cr.commit()
    return feed, len(feed._get_feed_products())


def measure_feed(feed):
    """Return the Measure of making Odoo's own feed."""
    # Only once the module is there.
    from odoo.tests import HttpCase  # noqa: PLC0415

    from odoo.addons.website_sale.tests.common import MockRequest  # noqa: PLC0415

    # A shell listens on no port that the pretended request could name.
    no_port = patch.object(HttpCase, "http_port", return_value=None)
    with no_port, MockRequest(env, website=feed.website_id), Measure() as measure:
        feed._render_gmc_feed()
    return measure


def measure_whole():
    """Return the Measure of making all rows and files of a catalog that has none."""
    env.cr.execute("TRUNCATE lengow_catalogue_row CASCADE")
    # The rows are those of before, and the files would be, too.
    catalogue.files_stamp = False
    env.cr.commit()
    with Measure() as measure:
        refresh(is_whole=True)
    return measure


def measure_quantities():
    """Return the Measure of telling the quantities that have changed, 1 % of all."""
    change_stock(0.01)
    with Measure() as measure:
        refresh()
    return measure


def least(measures):
    return min(measures, key=lambda measure: measure.cpu)


if FEED:
    env = install(env)
print(f"  creating {VARIANTS:,} products")
VARIANTS = create_products(env, VARIANTS)
catalogue = create_catalogue()
catalogue.state = "published"
env.cr.commit()
thousands = VARIANTS / 1000

feed, in_feed = create_feed()
forget_peak()
start = memory()
wholes, feeds = [measure_whole()], []
most = max(peak_memory() - start, 0.0)
for _round in range(ROUNDS):
    if feed:
        feeds.append(measure_feed(feed))
    wholes.append(measure_whole())
whole = least(wholes)
check(
    "queries per 1,000 variants, making all rows and files",
    whole.queries / thousands,
    MOST_QUERIES,
    f"{whole.queries / thousands:6.1f}",
)
print(
    f"          {whole.cpu / thousands:.3f} s of the processor, "
    f"{whole.wall / thousands:.3f} s of the clock, per 1,000"
)
check("MB more of memory meanwhile", most, MOST_MEGABYTES, f"{most:6.1f}")
if feed:
    made = least(feeds)
    seconds, queries = (1000 * n / in_feed for n in (made.cpu, made.queries))
    share = whole.cpu / thousands / seconds
    check(
        f"of Odoo's own feed ({seconds:.1f} s and {queries:.0f} queries per 1,000, "
        f"of {in_feed:,})",
        share,
        MOST_OF_FEED,
        f"{share:6.1%}",
    )
else:
    print("  Odoo's own feed (website_sale) is not at hand")

forget_changes()
refresh()
# As PostgreSQL does by itself, sooner or later.
env.cr.execute("ANALYZE")
env.cr.commit()
quantities = least(measure_quantities() for _round in range(ROUNDS))
check(
    "queries per 1,000 variants, 1 % of the quantities changed",
    quantities.queries / thousands,
    MOST_QUERIES_OF_QUANTITIES,
    f"{quantities.queries / thousands:6.1f}",
)
share = quantities.cpu / whole.cpu
check(
    f"of making all, 1 % of the quantities changed ({quantities.cpu:.2f} s)",
    share,
    MOST_OF_ALL,
    f"{share:6.1%}",
)

before, checksum = rows_written(), catalogue.checksum
with Measure() as nothing:
    refresh()
    env.invalidate_all()
check("rows written, nothing changed", rows_written() != before, 0, "      ")
check("another file, nothing changed", catalogue.checksum != checksum, 0, "      ")
with Measure() as rebuilt:
    refresh(is_whole=True)
    env.invalidate_all()
check("rows written, all read again", rows_written() != before, 0, "      ")

with Measure() as pull:
    size = len(catalogue._attachment("catalogue.csv").raw)
check("queries of a pull", pull.queries, 3, f"{pull.queries:6}")
print(f"          {size / 1e6:.1f} MB, packed")

without, with_rules = measure_prices()
check(
    f"times the prices without rules, with {RULES:,} of them",
    with_rules / without,
    MOST_WITH_RULES,
    f"{with_rules / without:6.2f}",
)

if over:
    sys.exit(f"Over the limit: {', '.join(over)}.")
