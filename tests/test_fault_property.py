"""One property for every fault: afterwards it is as if it had never been.

For each thing that may go wrong while orders are read, a run under the fault is
followed by a run without it. The database must then be the one that a single run
without any fault leaves: the same orders, lines, sale orders and partners, and no trace
of the fault.
"""

from datetime import datetime

from odoo.tests import tagged

from .common import LengowCase, address, line, package, payload

ORDERS, TOKEN = "/v3.0/orders", "/access/get_token"

FAULTS = {
    "keys refused": (TOKEN, {"status": 400}),
    "no token": (TOKEN, {"body": {}}),
    "token expired": (ORDERS, {"expire_token": True, "times": 1}),
    "no rights": (ORDERS, {"status": 403}),
    "call refused": (ORDERS, {"status": 400}),
    "rate limit": (ORDERS, {"status": 429, "headers": {"Retry-After": "3600"}}),
    "rate limit on page two": (ORDERS, {"status": 429, "skip": 1}),
    "server error": (ORDERS, {"status": 500}),
    "server error on page two": (ORDERS, {"status": 502, "skip": 1}),
    "server error once": (ORDERS, {"status": 503, "times": 1}),
    "HTML": (ORDERS, {"html": True}),
    "HTML on page three": (ORDERS, {"html": True, "skip": 2}),
    "cut before the answer": (ORDERS, {"cut": "before"}),
    "cut in the body": (ORDERS, {"cut": "mid"}),
    "cut in the body of page two": (ORDERS, {"cut": "short", "skip": 1}),
    "half of the JSON": (ORDERS, {"truncate_json": True}),
    "null for the list": (ORDERS, {"null_results": True}),
    "a text for the list": (ORDERS, {"replace": {"results": "none"}}),
    "a list for the answer": (ORDERS, {"body": []}),
    "an error with status 200": (ORDERS, {"body": {"error": {"message": "no"}}}),
    "a page that repeats": (ORDERS, {"repeat_page": True, "skip": 1, "times": 1}),
    "pages in a circle": (ORDERS, {"loop_next": True}),
    "next page elsewhere": (ORDERS, {"replace": {"next": "https://example.com/"}}),
    "count that is no number": (ORDERS, {"replace": {"count": "many"}}),
    "count that shrinks": (ORDERS, {"replace": {"count": 1}, "skip": 1, "times": 1}),
    "nothing to see": (ORDERS, {"replace": {"results": [], "next": None, "count": 0}}),
    "orders without identity": (
        ORDERS,
        {"replace": {"results": [{}, None, 7], "next": None, "count": 3}},
    ),
}


@tagged("post_install", "-at_install")
class TestFaultProperty(LengowCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.import_window_days = 0.5
        cls.outcomes = {}

    def put_orders(self):
        """Put orders of many fates, among them a buyer with two orders."""
        buyer = {"marketplace_customer_id": "BUYER-1"}
        self.put(payload("A-1", package(line("SHIRT"), line("MUG")), **buyer))
        self.put(payload("A-2", shipping="4.90", **buyer))
        self.put(payload("A-3", lengow_status="waiting_acceptance"))
        self.put(payload("A-4", lengow_status="canceled"))
        self.put(payload("A-5", package(line("UNKNOWN-SKU"))))
        self.put(payload("A-6", lengow_status="brand_new_status"))
        self.put(payload("A-7", marketplace="not_yet_described"))
        self.put(payload("A-8", total="1.00"))
        self.put(payload("A-9", package(line("MUG"), delivery=address(city="Lyon"))))

    def test_faulty_run_and_a_good_one_leave_what_a_good_one_leaves(self):
        self.put_orders()
        expected = self.outcome()
        self.assertEqual(len(expected["orders"]), 9)
        self.assertTrue(expected["sales"] and expected["partners"])
        for name, (path, members) in FAULTS.items():
            with self.subTest(fault=name), self.pages_of(3):
                self.assertEqual(self.outcome(path, members), expected)

    def outcome(self, path=None, members=None):
        """Return what two runs leave, the first one under a fault; leave nothing.

        Faults that leave the same database, but for the sentence about them, are
        followed by the same second run, so one is made for all of them.
        """
        savepoint = self.cr.savepoint()
        try:
            if path:
                self.fault(path, **members)
                self.sync()
                self.sandbox.faults.clear()
            left = str({**self.dump(), "account": self.account_values()})
            if left not in self.outcomes:
                self.sync()
                self.outcomes[left] = self.dump()
            return self.outcomes[left]
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()
            self.sandbox.faults.clear()

    def account_values(self):
        """Return what is kept of the account; whether there is a moment or sentence."""
        names = [
            name
            for name, field in self.account._fields.items()
            if field.store and not field.relational
        ]
        return {
            name: bool(value)
            if name == "error_message" or isinstance(value, datetime)
            else value
            for name, value in self.account.read(names)[0].items()
        }

    def dump(self):
        """Return the database without ids and moments."""
        account, orders = self.account, self.account.order_ids
        sales = orders.sale_order_ids
        partners = sales.partner_id | sales.partner_shipping_id
        new = partners | sales.partner_invoice_id | partners.child_ids
        return {
            "account": self.values(account, "state error_code error_message"),
            "marketplaces": self.values(
                account.marketplace_ids, "code name is_known active"
            ),
            "orders": self.values(
                orders,
                "name marketplace_id.code lengow_status lengow_status_code "
                "import_state state_reason error_code error_message amount_total "
                "customer_name order_date currency_id.name payload_digest",
            ),
            "lines": self.values(
                orders.line_ids,
                "order_id.name lengow_line_ref sku quantity amount_total lengow_status "
                "product_id.default_code sale_line_id.product_uom_qty",
            ),
            "sales": self.values(
                sales,
                "client_order_ref state amount_total amount_tax date_order "
                "partner_id.name partner_shipping_id.city currency_id.name",
            ),
            "sale lines": self.values(
                sales.order_line,
                "order_id.client_order_ref product_id.default_code product_uom_qty "
                "price_unit price_total",
            ),
            "pickings": self.values(
                sales.picking_ids, "sale_id.client_order_ref state"
            ),
            "partners": self.values(new, "name street city zip email parent_id.name"),
            "all partners": self.env["res.partner"].search_count([]),
            "all sales": self.env["sale.order"].search_count([]),
        }

    def values(self, records, paths):
        """Return the values of records at some paths, sorted."""
        return sorted(
            tuple(str(record.mapped(path)) for path in paths.split())
            for record in records
        )
