"""What finds an order by a part of a text: by which indexes, and what they cost.

An index for parts of texts (trigrams) is dear to write. What it costs an order that
comes in is measured beside what it is good for.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parent.parent / "odoo_scripts"))
from costs import Meter
from many_orders import fill_orders, fill_sales

from odoo.tools import SQL

# Of each search what somebody types, and the indexes that have to answer it.
SEARCHES = {
    "number": ("name", "0123456", ["lengow_order__name_index"]),
    "buyer": (
        "customer_name",
        "Buyer 42",
        ["lengow_order__customer_name_index"],
    ),
    "SKU": ("line_ids.sku", "SKU-4711", ["lengow_order_line__sku_index"]),
    "tracking number": (
        "tracking",
        "6A000471",
        [
            "stock_picking__carrier_tracking_ref_index",
            "lengow_action__tracking_number_index",
        ],
    ),
    "own number": (
        "sale_order_ids.name",
        "S0012345",
        ["sale_order__name_index"],
    ),
}
ANYTHING = sorted({index for *_rest, indexes in SEARCHES.values() for index in indexes})
# The indexes of ours that hold parts of texts; of sale orders' names Odoo has its own.
TRIGRAMS = (
    "lengow_order__name_index",
    "lengow_order__customer_name_index",
    "lengow_order__email_index",
    "lengow_order_line__sku_index",
    "stock_picking__carrier_tracking_ref_index",
    "lengow_action__tracking_number_index",
)
# As the list asks: in its order, and as many as it counts.
LISTED = "due_at, order_date desc, id desc"
COUNTED = 10_001
WRITTEN = 5_000
ROUNDS = 2
UPDATE = """
UPDATE lengow_order SET lengow_status = 'closed', phase = 'closed', due_at = NULL
 WHERE account_id = %s
"""


def wrong_plans(env):
    """Return what is searched for without its indexes; print what is not.

    :param Environment env: of whoever searches
    :rtype: list[str]
    """
    Order, wrong = env["lengow.order"], []
    asked = {
        **SEARCHES,
        "anything": ("keyword", "0123456", ANYTHING),
    }
    for name, (field, word, indexes) in asked.items():
        domain = [(field, "ilike", word)]
        query = Order._search(domain, limit=COUNTED, order=LISTED)
        rows = env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row for (row,) in rows)
        missing = [index for index in indexes if index not in plan]
        whole = "Seq Scan on lengow_order " in plan
        print(f"  {'✗' if missing or whole else '✓'} plan: by {name}")
        if missing or whole:
            print(plan)
            wrong.append(f"plan: by {name}")
    return wrong


class WriteCost:
    """What writing some orders takes, with the indexes of :data:`TRIGRAMS` or not."""

    def __init__(self, env):
        """Measure in a database, where nothing stays.

        :param Environment env: of the database
        """
        self.env = env
        self._meter = Meter(env)

    def measure(self):
        """Print what both take of the database's processor time.

        :return: how many milliseconds an order costs more for the indexes
        :rtype: float
        """
        turns = [(self._run(), self._run(drop=True)) for _turn in range(ROUNDS)]
        dearer = 0.0
        for what in ("insert", "update"):
            pair = [
                min(turn[i][what] for turn in turns) * 1000 / WRITTEN for i in (0, 1)
            ]
            print(
                f"  {pair[0]:.3f} ms to {what} an order, {pair[1]:.3f} without"
                f" {len(TRIGRAMS)} trigram indexes"
            )
            dearer += pair[0] - pair[1]
        return dearer

    def _run(self, drop=False):
        savepoint = self.env.cr.savepoint()
        account = self._create_account()
        if drop:
            for index in TRIGRAMS:
                self.env.cr.execute(SQL("DROP INDEX %s", SQL.identifier(index)))
        taken = {
            "insert": self._cost(self._insert, account, drop),
            "update": self._cost(self._update, account, drop),
        }
        savepoint.close(rollback=True)
        self.env.invalidate_all(flush=False)
        return taken

    def _create_account(self):
        account = self.env["lengow.account"].create({"name": "Written"})
        self.env["lengow.marketplace"].create(
            {"account_id": account.id, "code": "written", "name": "Written"}
        )
        self.env.flush_all()
        return account

    def _cost(self, write, account, drop):
        def work():
            write(account)
            if not drop:
                # What is put off is to be paid, too.
                for index in TRIGRAMS:
                    self.env.cr.execute("SELECT gin_clean_pending_list(%s)", (index,))

        return self._meter.measure(work).database

    def _insert(self, account):
        fill_orders(self.env, account, account.marketplace_ids, WRITTEN)
        fill_sales(self.env, account)

    def _update(self, account):
        self.env.cr.execute(UPDATE, (account.id,))
