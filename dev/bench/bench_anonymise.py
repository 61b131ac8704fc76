"""Deleting the buyers' data of 2,000 orders: queries per order and memory stay flat.

Each order has a customer of its own, a sale order, a delivery and a message. The limits
hold the last batches against the first ones of the same run.
"""

import gc
import sys
import time

ORDERS = 2000
BATCH = 100
LIMIT_QUERIES = 1.15
LIMIT_TIME = 1.5
LIMIT_MEMORY = 50  # MB

account = env["lengow.account"].create({"name": "Bench", "import_max_age_days": 0})
env["lengow.marketplace"].create(
    {"account_id": account.id, "code": "bench", "name": "Bench", "is_known": True,
     "definition": {"name": "Bench"}}
)  # fmt: skip
env["product.product"].create(
    {"name": "Product", "default_code": "BENCH", "is_storable": True}
)


def payload(number):
    place = {
        "first_name": f"Buyer {number}", "last_name": "Exemple",
        "first_line": f"{number} rue du Test", "zipcode": f"{10 + number % 80}001",
        "city": "Paris", "common_country_iso_a2": "FR",
        "email": f"buyer{number}@example.com", "phone_mobile": "0600000000",
    }  # fmt: skip
    line = {
        "marketplace_order_line_id": f"{number}", "quantity": 1, "title": "T",
        "merchant_product_id": {"field": "sku", "id": "BENCH"}, "amount": "10.00",
        "lengow_status": "waiting_shipment",
    }  # fmt: skip
    return {
        "marketplace": "bench", "marketplace_order_id": f"N-{number}",
        "lengow_status": "waiting_shipment", "marketplace_customer_id": f"C-{number}",
        "marketplace_order_date": "2020-01-15T10:00:00Z", "total_order": "10.00",
        "currency": {"iso_a3": "EUR"}, "billing_address": place,
        "packages": [
            {"cart": [line], "delivery": {**place, "first_line": f"{number} quai"}}
        ],
    }  # fmt: skip


def resident():
    """Return the memory of this process in MB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096 / 1024**2


for first in range(0, ORDERS, BATCH):
    rows, _unread = env["lengow.inbox"]._store(
        account, [payload(n) for n in range(first, first + BATCH)]
    )
    env["lengow.importer"]._process(rows)
    for sale in rows.sale_order_ids:
        sale.message_post(body="A remark", message_type="comment")
    env.cr.commit()  # the database is the benchmark's own

due = env["lengow.order"].search_count(account._due_for_anonymisation_domain())
if due != ORDERS:
    sys.exit(f"{due} of {ORDERS} orders are due; nothing was measured.")

batches = []
last = time.perf_counter(), env.cr.sql_log_count
commit = type(env["ir.cron"])._commit_progress


def measured_commit(self, processed=0, **kwargs):
    global last
    result = commit(self, processed, **kwargs)
    if processed:
        gc.collect()
        now = time.perf_counter(), env.cr.sql_log_count
        batches.append((now[0] - last[0], now[1] - last[1], resident()))
        last = time.perf_counter(), env.cr.sql_log_count
    return result


type(env["ir.cron"])._commit_progress = measured_commit
try:
    env["lengow.order"]._cron_anonymise()
finally:
    type(env["ir.cron"])._commit_progress = commit

left = env["lengow.order"].search_count(account._due_for_anonymisation_domain())
if left or len(batches) != ORDERS // BATCH:
    sys.exit(f"{left} orders are left after {len(batches)} batches.")


def mean(part, index):
    return sum(batch[index] for batch in part) / len(part)


# The first batch fills Odoo's caches.
early, late = batches[1:6], batches[-5:]
time_ratio = mean(late, 0) / mean(early, 0)
query_ratio = mean(late, 1) / mean(early, 1)
growth = late[-1][2] - early[0][2]
print(
    f"  {1000 * mean(late, 0) / BATCH:.1f} ms/order, "
    f"{mean(late, 1) / BATCH:.1f} queries/order"
)
print(f"  last batches to first: time {time_ratio:.2f} (limit {LIMIT_TIME}), "
      f"queries {query_ratio:.2f} (limit {LIMIT_QUERIES})")  # fmt: skip
print(f"  memory growth {growth:.1f} MB (limit {LIMIT_MEMORY})")
if time_ratio > LIMIT_TIME or query_ratio > LIMIT_QUERIES or growth > LIMIT_MEMORY:
    sys.exit("A limit is not kept.")
