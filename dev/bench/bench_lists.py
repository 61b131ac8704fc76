"""What the list of orders and its board ask the server, beside 200,000 orders.

As a user with the rules of access, without the time of the browser and of the network.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
from many_orders import create_orders
from stopwatch import Stopwatch

from odoo.tests import new_test_user

ORDERS = 200_000
PAGE = 80
CARDS = 40
MOST_SECONDS = 0.1
# Of whole pages, which work out buttons and badges of each row, too.
MOST_SECONDS_OF_A_PAGE = 1.0

account = env["lengow.account"].create({"name": "Bench", "import_max_age_days": 0})
marketplace = env["lengow.marketplace"].create(
    {"account_id": account.id, "code": "bench", "name": "Bench", "is_known": True,
     "definition": {"name": "Bench"}}
)  # fmt: skip
create_orders(env, account, marketplace, ORDERS)
user = new_test_user(env, "bench-user", groups="lengow_connector.group_user")
Order = env(user=user)["lengow.order"]
view = env.ref("lengow_connector.lengow_order_view_list")
LISTED = "due_at, order_date desc, id desc"
shown = Order.get_views([(view.id, "list")])["views"]["list"]["arch"]
columns = {
    name: {}
    for name in Order._fields
    if f'name="{name}"' in shown and Order._fields[name].type != "one2many"
}
stopwatch = Stopwatch(env)


def measure(name, ask, most=MOST_SECONDS):
    stopwatch.measure(name, ask, most)


def page(domain, order=LISTED):
    return lambda: Order.web_search_read(
        domain, columns, limit=PAGE, order=order, count_limit=10001
    )


def ids(domain, order=LISTED):
    return lambda: Order.search(domain, limit=PAGE, order=order).ids


number = Order.search([], limit=1, offset=5000).name
measure("the list, its rows", page([]), MOST_SECONDS_OF_A_PAGE)
measure("the list, found", ids([]))
measure("to ship, its rows", page([("job", "=", "to_ship")]), MOST_SECONDS_OF_A_PAGE)
measure("late to ship, found", ids([("job", "=", "late")]))
measure("a phase, found", ids([("phase", "=", "in_transit")]))
measure("a status, found", ids([("lengow_status", "=", "shipped")]))
month = [("order_date", ">=", "2023-06-01"), ("order_date", "<", "2023-07-01")]
measure("a month, found", ids(month))
measure("by a number", ids([("keyword", "ilike", number)]))
measure("by a part of a number", ids([("keyword", "ilike", number[-7:])]))
measure("by an e-mail", ids([("keyword", "ilike", "buyer12345@")]))
measure("by a SKU", ids([("keyword", "ilike", "SKU-4711")]))
measure("by a buyer of many", ids([("keyword", "ilike", "Buyer 42")]))
measure("by a tracking number", ids([("tracking", "ilike", "6A0001234")]))
measure("chips", lambda: Order.get_overview([]))
of_one = [("marketplace_id", "in", marketplace.ids)]
measure("chips of a marketplace", lambda: Order.get_overview(of_one))
measure(
    "chips of a search",
    lambda: Order.get_overview([("keyword", "ilike", number[-7:])]),
)
measure(
    "board",
    lambda: Order.with_context(read_group_expand=True).web_read_group(
        [],
        ["phase"],
        ["__count"],
        auto_unfold=True,
        unfold_read_specification={"name": {}, "due_at": {}, "customer_name": {}},
        unfold_read_default_limit=CARDS,
        order=LISTED,
    ),
    MOST_SECONDS_OF_A_PAGE,
)
measure(
    "marketplaces of the panel",
    lambda: Order.search_panel_select_multi_range(
        "marketplace_id", enable_counters=False, search_domain=[]
    ),
)
measure(
    "phases of the panel",
    lambda: Order.search_panel_select_range(
        "phase", enable_counters=False, expand=True
    ),
)

if stopwatch.slow:
    sys.exit(f"Too slow: {', '.join(stopwatch.slow)}.")
