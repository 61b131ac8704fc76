"""What people open beside 1,000,000 orders of 24 marketplaces: the time of the server.

Everything is called as the web client calls it, by a user of Lengow, with the plans and
caches of a process that has served before. It takes a few minutes, so it runs by name
alone: ``make bench B=bench_screens``.
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
from costs import Meter
from lxml import etree
from many_orders import ORDER_TABLES, SALE_TABLES, create_orders, create_sales
from searches import COUNTED, LISTED, SEARCHES, WriteCost, wrong_plans
from stopwatch import Stopwatch

from odoo import Command, fields
from odoo.tools.safe_eval import safe_eval

ORDERS = 1_000_000
MARKETPLACES = 24
OPEN = 4_000
YEARS = 3
MOST_SECONDS = 0.3
MOST_SECONDS_TO_CREATE = 180
# Of the database, to find the orders of a search, and to group or count some.
MOST_SQL_OF_A_SEARCH = 0.050
MOST_SQL_OF_A_GROUP = 0.100
# Ten thousand orders lie on as many pages of the table, which have to be read.
RARE, MOST_SQL_OF_MANY = 1_000, 0.200
# Of writing an order into the indexes that find a part of a text.
MOST_WRITE_MS = 0.5
# Somebody searches for what there is once, for what there is often, and for nothing.
WORDS = (*(word for _field, word, _indexes in SEARCHES.values()), "nothing like it")

company = env.company
account = env["lengow.account"].create({"name": "Bench", "import_max_age_days": 0})
marketplaces = env["lengow.marketplace"].create(
    [
        {
            "account_id": account.id,
            "code": f"bench_{number}",
            "name": f"Marketplace {number}",
            "is_known": True,
            "definition": {"name": f"Marketplace {number}"},
        }
        for number in range(MARKETPLACES)
    ]
)
user = env["res.users"].create(
    {
        "name": "Bench",
        "login": "bench",
        "group_ids": [
            Command.link(env.ref(name).id)
            for name in ("base.group_user", "lengow_connector.group_user")
        ],
    }
)
seconds = YEARS * 365 * 24 * 3600 // ORDERS
now = fields.Datetime.now()
first = now - timedelta(seconds=seconds * ORDERS)


def create():
    begin = f"{first:%Y-%m-%d %H:%M}"
    create_orders(env, account, marketplaces, ORDERS, begin, seconds, OPEN)
    create_sales(env, account)
    # What is read is no transaction of its own, as in a database at work.
    env.cr.commit()


began = time.perf_counter()
cost = Meter(env).measure(create)
# The clock tells what else the machine does, too.
taken = min(time.perf_counter() - began, cost.processor)
print(f"  {ORDERS} orders created in {taken:.0f} s")
failed = ["creating the orders"] if taken > MOST_SECONDS_TO_CREATE else []
env.cr._cnx.autocommit = True  # what a database at work does by itself now and then
env.cr.execute(f"VACUUM {', '.join((*ORDER_TABLES, *SALE_TABLES))}")
env.cr._cnx.autocommit = False

mine = env(user=user, context={"lang": "en_US", "tz": "Europe/Paris"})
Order, Marketplace = mine["lengow.order"], mine["lengow.marketplace"]
Report = mine["lengow.order.report"]
stopwatch = Stopwatch(env)


def measure(what, ask, most=MOST_SECONDS, most_sql=None):
    stopwatch.measure(what, ask, most, most_sql)


def specification(model, view_type, xml_id=None):
    """Return what the web client asks for to show a view, and the view."""
    view_id = xml_id and env.ref(f"lengow_connector.{xml_id}").id
    views = model.get_views([(view_id, view_type)])
    tree = etree.fromstring(views["views"][view_type]["arch"])
    found = views["models"][model._name]["fields"]
    nested = {"many2one": {"fields": {"display_name": {}}}, "one2many": {}}
    names = {node.get("name") for node in tree.iter("field")} & set(found)
    return {name: nested.get(found[name]["type"], {}) for name in names}, tree


# === THE OVERVIEW === #

cards, _arch = specification(Marketplace, "kanban", "lengow_overview_view_kanban")
measure("overview: head", Marketplace.get_overview)
measure(
    "overview: cards",
    lambda: Marketplace.web_search_read([("is_busy", "=", True)], cards, limit=40),
)

# === THE LIST === #

rows, _arch = specification(Order, "list", "lengow_order_view_list")


def list_orders(domain=()):
    return Order.web_search_read(
        [*domain], rows, limit=80, order=LISTED, count_limit=COUNTED
    )


measure("list: all orders", list_orders)
measure(
    "list: the numbers above it",
    Order.get_overview,
    most_sql=MOST_SQL_OF_A_GROUP,
)
measure(
    "list: phase panel",
    lambda: Order.search_panel_select_range(
        "phase", enable_counters=False, expand=True
    ),
    most_sql=MOST_SQL_OF_A_GROUP,
)
measure(
    "list: marketplace panel",
    lambda: Order.search_panel_select_multi_range(
        "marketplace_id", enable_counters=False
    ),
    most_sql=MOST_SQL_OF_A_GROUP,
)
_fields, search = specification(Order, "search", "lengow_order_view_search")
context = {"uid": user.id, "context_today": now.date}
for node in search.iter("filter"):
    if domain := node.get("domain"):
        domain = safe_eval(domain, dict(context))
        measure(f"list: filter {node.get('name')}", lambda d=domain: list_orders(d))

# === SEARCHES === #

# Found as the list finds a page and its number; what is shown of a page costs the same
# whatever was searched for.
for node in search.iter("field"):
    if node.get("name") in ("marketplace_id", "account_id", "lengow_status", "phase"):
        continue
    for word in WORDS:
        default = [(node.get("name"), "ilike", word)]
        domain = node.get("filter_domain")
        domain = safe_eval(domain, {"self": word}) if domain else default
        shown = node.get("string") or node.get("name")
        number = len(Order.search(domain, limit=COUNTED))
        is_rare = number <= RARE
        measure(
            f"search: {shown} {word!r}, {number} found",
            lambda d=domain: Order.search(d, limit=COUNTED, order=LISTED),
            most_sql=MOST_SQL_OF_A_SEARCH if is_rare else MOST_SQL_OF_MANY,
        )
for field, word, _indexes in SEARCHES.values():
    measure(
        f"list: {field} {word!r}", lambda d=(field, "ilike", word): list_orders([d])
    )
failed += wrong_plans(mine)
write_ms = WriteCost(env).measure()
print(f"  {write_ms:.3f} ms an order for searches (most {MOST_WRITE_MS})")
if write_ms > MOST_WRITE_MS:
    failed.append("writing into the indexes of searches")

# === GROUPS === #

# All there ever was is read whole to be counted, however it is indexed. What merchants
# open is a job, as the heads of the lists and of the overview do, or a month.
month = [("order_date", ">=", f"{now - timedelta(days=31):%Y-%m-%d %H:%M:%S}")]
GROUPS = ("phase", "lengow_status", "marketplace_id", "order_date:month")
for kind, domain in {
    "to ship": [("job", "=", "to_ship")],
    "to fix": [("job", "=", "to_fix")],
    "to accept": [("job", "=", "to_accept")],
    "of a month": month,
}.items():
    for name in GROUPS:
        measure(
            f"list: {kind}, grouped by {name}",
            lambda n=name, d=domain: Order.formatted_read_group(d, [n], ["__count"]),
            most_sql=MOST_SQL_OF_A_GROUP,
        )
for name in GROUPS:
    measure(
        f"list: all, grouped by {name}",
        lambda n=name: Order.formatted_read_group([], [n], ["__count"]),
        most=None,
    )

# === THE ANALYSIS === #

MEASURES = ["amount_total:sum", "amount_net:sum", "order_count:count_distinct"]
for days, most in ((31, MOST_SECONDS), (365, None)):
    since = f"{now - timedelta(days=days):%Y-%m-%d %H:%M:%S}"
    measure(
        f"pivot: {days} days by marketplace",
        lambda s=since: Report.formatted_read_grouping_sets(
            [("order_date", ">=", s)], [[], ["marketplace_id"]], MEASURES
        ),
        most,
    )

# === WARNINGS === #

measure(
    "warnings before deadlines",
    lambda: env["lengow.deadline.warning"]._warn_accounts(account),
    most=5,
)

if failed := [*failed, *stopwatch.slow]:
    sys.exit(f"Too slow: {', '.join(failed)}.")
