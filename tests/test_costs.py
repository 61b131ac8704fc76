"""What synchronizing costs: queries and writes are counted, plans are looked at."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.lengow_connector.lengow_api import Order
from odoo.addons.lengow_connector.mapper import ProductFinder

from .common import line, package, payload
from .common.shipping import ShippingCase


@tagged("post_install", "-at_install")
class TestCosts(ShippingCase):
    def setUp(self):
        super().setUp()
        self.inbox = self.env["lengow.inbox"]

    def store(self, payloads):
        """Store a page as a run does, and return how many queries that took."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.inbox._store(self.account, payloads)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before

    def versions(self, table, records):
        """Return the version of each row: another one after any UPDATE."""
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT id, xmin::text, ctid::text FROM %s WHERE id IN %s ORDER BY id",
                SQL.identifier(table),
                tuple(records.ids),
            )
        )

    def plan_of(self, model, domain, order=None, limit=None):
        """Return how PostgreSQL would find records, were there many."""
        query = self.env[model]._search(domain, order=order, limit=limit)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        return "\n".join(row[0] for row in rows)

    # === UNCHANGED === #

    def test_page_of_100_unchanged_orders_costs_three_queries(self):
        page = [payload(f"U-{number}") for number in range(100)]
        self.store(page)
        self.assertLessEqual(self.store(page), 3)

    # === CHANGED A LITTLE === #

    def imported(self, count=1):
        payloads = [payload(f"C-{number}") for number in range(count)]
        for one in payloads:
            self.put(one)
        self.sync()
        orders = self.account.order_ids
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})
        return orders, payloads

    def test_change_of_the_commission_writes_the_order_and_nothing_else(self):
        order, [before] = self.imported()
        order._plan_action("cancel", {"reason": "NoInventory"})
        watched = [
            ("sale_order", order.sale_order_ids),
            ("sale_order_line", order.sale_order_ids.order_line),
            ("stock_picking", order.sale_order_ids.picking_ids),
            ("lengow_action", order.action_ids),
            ("lengow_order_line", order.line_ids),
        ]
        versions = [self.versions(*one) for one in watched]
        self.store([{**before, "commission": "2.75"}])
        self.assertAlmostEqual(order.amount_commission, 2.75)
        self.assertEqual([self.versions(*one) for one in watched], versions)

    def test_queries_of_changed_orders_hardly_grow_with_their_number(self):
        _orders, payloads = self.imported(40)
        few = self.store([{**one, "commission": "2.75"} for one in payloads[:10]])
        many = self.store([{**one, "commission": "3.75"} for one in payloads])
        self.assertLessEqual(many - few, 30)
        self.assertLessEqual(many, 60)

    def test_line_that_changed_is_the_only_one_written(self):
        self.put(payload("C-1", package(line("SHIRT", "24.00"), line("MUG", "7.00"))))
        self.sync()
        order = self.order("C-1")
        shirt, mug = order.line_ids.sorted("sequence")
        kept = self.versions("lengow_order_line", shirt)
        changed = payload("C-1", package(line("SHIRT", "24.00"), line("MUG", "7.00")))
        changed["packages"][0]["cart"][1]["title"] = "Another title"
        self.store([changed])
        self.assertEqual(mug.title, "Another title")
        self.assertEqual(self.versions("lengow_order_line", shirt), kept)

    # === IMPORTED === #

    def test_products_are_read_at_once_however_many_an_order_has(self):
        def queries(prefix, count):
            skus = [f"{prefix}-{number}" for number in range(count)]
            self.env["product.product"].create(
                [{"name": sku, "default_code": sku, "taxes_id": []} for sku in skus]
            )
            lines = [(self.marketplace, self.read_line(sku)) for sku in skus]
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            finder = ProductFinder(self.account, lines)
            found = [finder.find(*one).product for one in lines]
            self.assertEqual([product.default_code for product in found], skus)
            self.assertFalse([product for product in found if product.taxes_id])
            return self.env.cr.sql_log_count - before

        queries("WARM", 2)
        self.assertEqual(queries("MANY", 12), queries("FEW", 2))

    def read_line(self, sku):
        return Order.from_payload(payload("C-1", package(line(sku)))).lines[0]

    def test_distributions_are_looked_for_where_there_are_some_and_once(self):
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        with patch.object(type(models), "search", autospec=True) as search:
            row = self.import_order("D-1", package(line("SHIRT")))
        self.assertFalse(search.call_count)
        cost = self.create_cost()
        models.create({"analytic_distribution": {str(cost.id): 100}})
        original = type(models).search
        with patch.object(type(models), "search", autospec=True) as search:
            search.side_effect = original
            again = self.import_order("D-2", package(line("SHIRT")))
        self.assertEqual(search.call_count, 1)
        sold = (row | again).sale_order_ids.order_line
        self.assertEqual(
            [one.analytic_distribution or {} for one in sold.sorted("id")],
            [{}, {str(cost.id): 100}],
        )

    def create_cost(self):
        plan = self.env["account.analytic.plan"].create({"name": "Channels"})
        return self.env["account.analytic.account"].create(
            {"name": "Marketplaces", "plan_id": plan.id}
        )

    def test_distribution_that_comes_to_be_within_an_import_counts_at_once(self):
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        hooks, cost = type(self.env["lengow.hooks"]), self.create_cost()
        original = hooks._prepare_sale_values

        def prepare(hook, draft, values):
            models.create(
                {
                    "partner_id": values["partner_id"],
                    "analytic_distribution": {str(cost.id): 100},
                }
            )
            return original(hook, draft, values)

        with patch.object(hooks, "_prepare_sale_values", prepare):
            row = self.import_order("D-1", package(line("SHIRT")))
        sold = row.sale_order_ids.order_line
        self.assertEqual(sold.analytic_distribution, {str(cost.id): 100})

    def test_distribution_that_changes_within_an_import_counts_at_once(self):
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        cost, other = self.create_cost(), self.create_cost()
        asked = models.with_context(lengow_distributions=True)
        vals = {"product_id": self.shirt.id, "company_id": self.company.id}
        self.assertEqual(asked._get_distribution(vals), {})
        general = models.create({"analytic_distribution": {str(cost.id): 100}})
        self.assertEqual(asked._get_distribution(vals), {str(cost.id): 100})
        general.product_id = self.mug
        self.assertEqual(asked._get_distribution(vals), {})
        general.write(
            {"product_id": False, "analytic_distribution": {str(other.id): 100}}
        )
        self.assertEqual(asked._get_distribution(vals), {str(other.id): 100})
        general.unlink()
        self.assertEqual(asked._get_distribution(vals), {})

    def test_distributions_are_those_that_whoever_asks_may_use(self):
        models = self.env["account.analytic.distribution.model"]
        models.search([]).unlink()
        company = self.env["res.company"].create({"name": "Another Company"})
        accountant = self.create_accountant()
        accountant.company_ids |= company
        models.create({"company_id": company.id})
        asked = models.with_user(accountant).with_context(lengow_distributions=True)
        vals = {"company_id": company.id}
        both, one = [self.company.id, company.id], self.company.ids
        for ids, count in ((both, 1), (one, 0), (both, 1)):
            with self.subTest(companies=ids):
                within = asked.with_context(allowed_company_ids=ids)
                found = within._get_applicable_models(vals)
                self.assertEqual(len(found), count)

    # === PLANS === #

    def fill(self, count):
        """Put many orders beside the others, with numbers as Amazon's."""
        self.env.cr.execute(
            """
            INSERT INTO lengow_order (account_id, company_id, marketplace_id, name,
                                      lengow_status, import_state)
            SELECT %s, %s, %s, format('%%s-%%s-%%s', 400 + n %% 9,
                   lpad((n * 7919 %% 9999991)::text, 7, '0'), lpad(n::text, 7, '0')),
                   'shipped', 'imported'
            FROM generate_series(1, %s) AS n
            """,
            (self.account.id, self.company.id, self.marketplace.id, count),
        )
        self.env.cr.execute("ANALYZE lengow_order")

    def test_known_orders_are_found_by_the_unique_index(self):
        self.fill(20000)
        asked = []
        Order = type(self.env["lengow.order"])
        original = Order.search_fetch

        def search_fetch(model, domain, *args, **kwargs):
            asked.append(domain)
            return original(model, domain, *args, **kwargs)

        with patch.object(Order, "search_fetch", search_fetch):
            self.store([payload(f"407-{n:07}-{n:07}") for n in range(100)])
        plan = self.plan_of("lengow.order", asked[0])
        self.assertIn("account_marketplace_name_uniq", plan)

    def test_new_errors_are_found_by_their_index(self):
        plan = self.plan_of("lengow.order", [("is_error_new", "=", True)])
        self.assertIn("new_error_idx", plan)

    def test_analysis_of_a_period_looks_at_no_other_orders(self):
        self.fill(20000)
        report = self.env["lengow.order.report"]
        period = [("order_date", ">=", "2021-03-01"), ("order_date", "<", "2021-04-01")]
        query = report._search([("company_id", "=", self.company.id), *period])
        marketplace = report._read_group_groupby(query.table, "marketplace_id", query)
        query.groupby = marketplace
        revenue = report._read_group_select("amount_total:sum", query)
        select = query.select(marketplace, revenue)
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        rows = self.env.execute_query(SQL("EXPLAIN %s", select))
        self.env.cr.execute("SET LOCAL enable_seqscan = on")
        plan = "\n".join(row[0] for row in rows)
        self.assertRegex(plan, "lengow_order_(list|company)_idx")
        self.assertRegex(plan, r"Index Cond: .*order_date")

    # === BUTTONS === #

    def test_import_of_a_selection_works_in_batches_until_its_time_is_over(self):
        for number in range(120):
            self.inbox._store(self.account, [payload(f"B-{number}")])
        orders = self.account.order_ids
        sizes = []
        importer = type(self.env["lengow.importer"])

        def process(_service, batch):
            sizes.append(len(batch))
            return 0

        self.patch(importer, "_process", process)
        imported, looked_at = self.env["lengow.importer"]._import_within(orders, 0)
        self.assertEqual((imported, sizes, len(looked_at)), (0, [50], 50))
        orders.action_import()
        self.assertEqual(sizes[1:], [50, 50, 20])

    def test_what_a_click_had_no_time_for_is_imported_by_the_scheduled_action(self):
        self.inbox._store(self.account, [payload(f"B-{n}") for n in range(60)])
        orders = self.account.order_ids
        before = self.env["ir.cron.trigger"].search([])
        self.patch(type(self.env["lengow.importer"]), "_process", lambda _s, _b: 0)
        self.env["lengow.importer"]._import_within(orders, 0)
        cron = self.env.ref("lengow_connector.cron_process_orders")
        planned = self.env["ir.cron.trigger"].search([]) - before
        self.assertIn(cron, planned.cron_id)

    def test_refresh_of_a_selection_ends_in_time_and_says_what_is_left(self):
        for number in range(3):
            self.put(payload(f"B-{number}"))
        self.sync()
        orders = self.account.order_ids
        reasons, rest = self.inbox._refresh_within(orders, 0)
        self.assertFalse(reasons)
        self.assertEqual(rest, orders)

    # === REPORTS === #

    def test_overlooked_shipments_are_found_from_the_deliveries(self):
        order = self.receive_to_ship("W-1")
        reporter = self.env["lengow.reporter"]
        self.patch(type(reporter), "_report", lambda *_: None)
        self.deliver(order.sale_order_ids.picking_ids, tracking="T")
        self.assertEqual(reporter._find_overlooked(), order)
        order.sale_order_ids.picking_ids.date_done = fields.Datetime.now() - timedelta(
            days=30
        )
        self.assertFalse(reporter._find_overlooked())
