"""Orders in every job, made as rows: how they come there is tested elsewhere."""

from datetime import timedelta

from odoo import Command, fields
from odoo.tools import SQL

from .shipping import ShippingCase

# What grows with every order.
LARGE_TABLES = ("lengow_order", "lengow_order_line", "lengow_action", "lengow_document")


class OverviewCase(ShippingCase):
    """What the tests of the overview need."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.now = fields.Datetime.now()
        cls.other_marketplace = cls.find_marketplace("zalando")
        cls.Overview = cls.env["lengow.overview"]

    def create_order(self, name, marketplace=None, **values):
        marketplace = marketplace or self.marketplace
        return self.env["lengow.order"].create(
            {
                "account_id": marketplace.account_id.id,
                "marketplace_id": marketplace.id,
                "name": name,
                "lengow_status": "waiting_shipment",
                "import_state": "imported",
                "order_date": self.now - timedelta(days=3),
                "currency_id": self.env.ref("base.EUR").id,
                "amount_total": 10.0,
                **values,
            }
        )

    def ask(self, order, kind, state="todo"):
        """Have something asked of the marketplace of an order."""
        values = {"order_id": order.id, "kind": kind, "state": state}
        return self.env["lengow.action"].create(values)

    def add_document(self, order, **values):
        return self.env["lengow.document"].create(
            {
                "order_id": order.id,
                "remote_key": order.name,
                "state": "fetched",
                **values,
            }
        )

    def create_one_of_each(self):
        """Create an order or more for each job, and some for none."""
        hours = timedelta(hours=1)
        self.create_order(
            "ACCEPT-1",
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=self.now + 5 * hours,
        )
        self.create_order(
            "ACCEPT-2",
            self.other_marketplace,
            lengow_status="waiting_acceptance",
            import_state="waiting",
            accept_before=self.now + hours,
        )
        self.create_order("LATE", ship_before=self.now - hours)
        self.create_order("LATER", ship_before=self.now + timedelta(days=9))
        self.create_order("UNDATED")
        self.create_order("PICKUP", lengow_status="pickup_to_prepare")
        self.create_order("FIX", import_state="error", lengow_status="shipped")
        self.create_order("BILL", invoice_state="error", lengow_status="shipped")
        self.ask(self.create_order("FAILED", lengow_status="shipped"), "ship", "failed")
        self.create_order("CHANGED", change_kind="address", lengow_status="shipped")
        unknown = [Command.create({"sku": "UNKNOWN", "is_to_match": True})]
        self.create_order("MATCH", lengow_status="shipped", line_ids=unknown)
        self.create_order("REFUND", lengow_status="to_refund")
        self.add_document(self.create_order("PRINT"))
        self.create_order("DONE", lengow_status="closed")

    # === COSTS === #

    def fill(self, count):
        """Put many orders beside the others, of years, a few of them open.

        None of their documents was ever printed: not every merchant does.
        """
        self.env.flush_all()
        self.env.cr.execute(
            """
            INSERT INTO lengow_order (account_id, company_id, marketplace_id, name,
                                      lengow_status, phase, import_state, order_date)
            SELECT %s, %s, %s, 'F-' || n,
                   CASE WHEN n %% 200 = 0 THEN 'waiting_shipment' ELSE 'shipped' END,
                   CASE WHEN n %% 200 = 0 THEN 'to_ship' ELSE 'in_transit' END,
                   'imported', now() - n * interval '1 hour'
            FROM generate_series(1, %s) AS n
            """,
            (self.account.id, self.company.id, self.marketplace.id, count),
        )
        self.env.cr.execute(
            """
            INSERT INTO lengow_action (order_id, account_id, company_id, kind, state)
            SELECT id, account_id, company_id, 'ship', 'done'
            FROM lengow_order WHERE name LIKE 'F-%'
            """
        )
        self.env.cr.execute(
            """
            INSERT INTO lengow_document (order_id, company_id, kind, remote_key, state)
            SELECT id, company_id, 'invoice', 'x', 'fetched'
            FROM lengow_order WHERE name LIKE 'F-%'
            """
        )
        self.env.cr.execute(
            """
            INSERT INTO lengow_order_line (order_id, company_id, sku)
            SELECT id, company_id, 'SHIRT' FROM lengow_order WHERE name LIKE 'F-%'
            """
        )
        for table in LARGE_TABLES:
            self.env.cr.execute(SQL("ANALYZE %s", SQL.identifier(table)))
        self.env.invalidate_all()

    def assert_uses_indexes(self, query):
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        plan = "\n".join(row[0] for row in rows)
        for table in LARGE_TABLES:
            self.assertNotRegex(plan, rf"Seq Scan on {table}\b", plan)
