"""Two at once: processes side by side, as workers are, each with its own connection.

Odoo's usual test case keeps everything in one transaction, in which nothing can happen
at the same time. These tests commit, so they remove what they made, before and after.
"""

import multiprocessing
import time
import traceback
from functools import partial
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, sql_db
from odoo.exceptions import UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.service.model import retrying
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tests.common import _super_send as _send
from odoo.tools import mute_logger

from ..models.sales import lengow_importer
from ..models.settings import lengow_limiter
from ..sandbox import SandboxServer
from .common import line, package, payload

NAME = "Concurrency Test"
SKU = "CONCURRENCY-TEST"
PATIENCE = 60  # seconds
# Forked, a worker starts in milliseconds, with the modules that are loaded here.
processes = multiprocessing.get_context("fork")


@tagged("post_install", "-at_install")
class TestConcurrency(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = Registry(get_db_name())
        cls.server = SandboxServer(port=0, seed=False, action_delay=0).start()
        cls.addClassCleanup(cls.server.stop)
        cls.in_transaction(cls._remove_everything)
        cls.addClassCleanup(cls.in_transaction, cls._remove_everything)
        cls.account_id = cls.in_transaction(cls._create_account)

    @classmethod
    def _request_handler(cls, session, request, /, **kwargs):
        """Override to let the sandbox be called with the client's own time-outs."""
        return _send(session, request, **kwargs)

    @classmethod
    def in_transaction(cls, work):
        """Run a function in a transaction of its own, as the server runs a request.

        :param work: callable that takes an environment
        :return: what it returns
        """
        with cls.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            return retrying(lambda: work(env), env)

    @classmethod
    def _create_account(cls, env):
        access_token, secret = cls.server.keys
        env["product.product"].create(
            {"name": NAME, "default_code": SKU, "type": "service", "taxes_id": False}
        )
        account = env["lengow.account"].create(
            {
                "name": NAME,
                "access_token": access_token,
                "secret_token": secret,
                "base_url": cls.server.url,
                "import_window_days": 0.5,
                "import_max_age_days": 0,
            }
        )
        account.action_connect()
        return account.id

    @classmethod
    def _remove_everything(cls, env):
        accounts = env["lengow.account"].search([("name", "=", NAME)])
        orders = accounts.order_ids
        sales = orders.sale_order_ids
        partners = env["res.partner"].with_context(active_test=False)
        buyers = partners.search(
            [("lengow_marketplace_id.account_id", "in", accounts.ids)]
        )
        sales._action_cancel()
        sales.unlink()
        orders.unlink()
        buyers.child_ids.unlink()
        buyers.unlink()
        accounts.unlink()
        env["product.product"].search([("default_code", "=", SKU)]).unlink()
        crons = ("cron_fetch_orders", "cron_process_orders")
        env["ir.cron.trigger"].search(
            [("cron_id", "in", [env.ref(f"lengow_connector.{c}").id for c in crons])]
        ).unlink()

    def setUp(self):
        super().setUp()
        self.server.state.clear_orders()
        self.server.state.faults.clear()
        self.in_transaction(self._forget_orders)

    def _forget_orders(self, env):
        """Start over: no watermark, and no orders of an earlier test to import."""
        account = env["lengow.account"].browse(self.account_id)
        account.orders_synced_until = False
        account.order_ids.filtered(lambda o: o.import_state == "ready")._mark_waiting(
            ""
        )

    def put(self, prefix, count, **values):
        """Put orders into the sandbox and return their numbers."""
        numbers = [f"{prefix}-{number}" for number in range(count)]
        for number in numbers:
            order = payload(
                number, package(line(SKU, marketplace_order_line_id=number)), **values
            )
            self.server.state.put_order(order, touch=True)
        return numbers

    def at_once(self, *works):
        """Run functions at the same time, each in a process and transaction of its own.

        :return: what each ended with: None, or the sentence of the UserError it raised
        """
        # A connection must not be shared with a fork; the one that the bus listens on
        # is not closed, which would leave it deaf for the tests to come.
        sql_db.close_db(get_db_name())
        start = processes.Barrier(len(works))
        outcomes = processes.SimpleQueue()
        workers = [
            processes.Process(target=self._work, args=(work, start, outcomes))
            for work in works
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(PATIENCE)
            self.assertEqual(worker.exitcode, 0, "a worker did not end by itself")
        ended = [outcomes.get() for _worker in workers]
        trouble = "\n".join(trouble for _said, trouble in ended if trouble)
        self.assertFalse(trouble, trouble)
        return [said for said, _trouble in ended]

    def _work(self, work, start, outcomes):
        """Do a worker's work and tell how it ended: the sentence and the traceback."""
        starts = [start]  # whoever has to try again does not wait again
        # Kept as it is: closed here, it would be closed for the parent, too.
        self.inherited = sql_db._Pool, sql_db._Pool_readonly
        sql_db._Pool = sql_db._Pool_readonly = None

        def run(env):
            work(env, starts.pop() if starts else None)

        try:
            with mute_logger("odoo.sql_db"):
                self.in_transaction(run)
            outcomes.put((None, None))
        except UserError as error:
            outcomes.put((str(error), None))
        except Exception:  # noqa: BLE001  (a thread's failure is raised by the test)
            outcomes.put((None, traceback.format_exc()))

    def assert_imported_once(self, numbers):
        """Check that every order is one row with one confirmed sale order."""

        def read(env):
            orders = env["lengow.order"].search(
                [("account_id", "=", self.account_id), ("name", "in", numbers)]
            )
            sales = env["sale.order"].search([("client_order_ref", "in", numbers)])
            return (
                sorted(orders.mapped("name")),
                sorted(sales.mapped("client_order_ref")),
                {o.error_message or o.import_state for o in orders},
                set(sales.mapped("state")),
                all(sale.lengow_order_id in orders for sale in sales),
            )

        rows, sales, states, sale_states, linked = self.in_transaction(read)
        self.assertEqual(rows, sorted(numbers))
        self.assertEqual(states, {"imported"})
        self.assertEqual(sales, sorted(numbers))
        self.assertEqual(sale_states, {"sale"})
        self.assertTrue(linked)

    # === WHAT WORKERS DO === #

    def synchronize(self, env, start=None):
        account = env["lengow.account"].browse(self.account_id)
        self._start_with(account, start)
        account.action_sync_orders()

    def fetch(self, env, start=None):
        accounts = env["lengow.account"]
        self._start_with(accounts.browse(self.account_id), start)
        accounts._cron_fetch_orders()

    def process(self, env, start=None):
        orders = env["lengow.order"]
        self._start_with(orders.search([], limit=1), start)
        orders._cron_process_orders()

    def follow(self, env, start=None, later=0):
        self._start_with(env["lengow.account"].browse(self.account_id), start)
        # What has begun has committed by then, and is still at it.
        time.sleep(later)
        env.cr.rollback()
        env["lengow.action"]._cron_follow_actions()

    def click(self, env, start=None):
        order = env["lengow.order"].search([("name", "=", "ONE-0")])
        self._start_with(order, start)
        order.action_import()

    def _start_with(self, records, start):
        """Read something, so that the transaction begins, and wait for the others."""
        records.mapped("display_name")
        if start:
            start.wait(PATIENCE)

    # === TESTS === #

    def test_two_clicks_at_once_import_every_order_once(self):
        numbers = self.put("CLICKS", 20)
        self.server.state.faults.add(path="/v3.0/orders", delay=0.3, times=1)
        outcomes = self.at_once(self.synchronize, self.synchronize)
        refused = [sentence for sentence in outcomes if sentence]
        self.assertLessEqual(len(refused), 1)
        for sentence in refused:
            self.assertIn("being synchronized right now", sentence)
        self.assert_imported_once(numbers)

    def test_two_fetches_at_once_store_every_order_once(self):
        numbers = self.put("FETCHES", 20)
        self.server.state.faults.add(path="/v3.0/orders", delay=0.3, times=1)
        self.at_once(self.fetch, self.fetch)
        self.in_transaction(self.process)
        self.assert_imported_once(numbers)

    def test_two_imports_at_once_share_the_backlog(self):
        numbers = self.put("IMPORTS", 60)
        self.in_transaction(self.fetch)
        with patch.object(lengow_importer, "BATCH_SIZE", 10):
            self.at_once(self.process, self.process)
        self.assert_imported_once(numbers)

    def test_two_lanes_at_once_follow_an_account_once(self):
        numbers = self.put("FOLLOWED", 1)
        self.in_transaction(self.fetch)
        path = "/v3.0/orders/actions"

        def accept(env):
            env["lengow.action"].create(
                {
                    "order_id": self._order(env, numbers[0]).id,
                    "kind": "ship",
                    "state": "accepted",
                    "remote_ref": "4242",
                    "sent_at": fields.Datetime.now(),
                }
            )

        self.in_transaction(accept)
        self.server.state.calls.clear()
        self.server.state.faults.add(path=path, delay=2, times=None)
        self.at_once(self.follow, partial(self.follow, later=0.5))
        self.assertEqual(len(self.server.state.calls_to(path)), 1)

    def test_click_and_crons_at_once_import_every_order_once(self):
        numbers = self.put("MIXED", 30)
        self.in_transaction(self.fetch)
        numbers += self.put("MIXED-LATE", 10)
        self.server.state.faults.add(path="/v3.0/orders", delay=0.1, times=2)
        with patch.object(lengow_importer, "BATCH_SIZE", 10):
            self.at_once(self.synchronize, self.fetch, self.process)
        self.in_transaction(self.fetch)
        self.in_transaction(self.process)
        self.assert_imported_once(numbers)

    def test_two_clicks_on_one_order_import_it_once(self):
        numbers = self.put("ONE", 1)
        self.in_transaction(self.fetch)
        self.at_once(self.click, self.click)
        self.assert_imported_once(numbers)

    def test_two_orders_of_one_new_buyer_at_once_make_one_contact(self):
        numbers = self.put("BUYER", 8, marketplace_customer_id="C-AT-ONCE")
        self.in_transaction(self.fetch)
        with patch.object(lengow_importer, "BATCH_SIZE", 1):
            self.at_once(self.process, self.process)
        self.in_transaction(self.process)  # what one of them left to another run

        def count(env):
            return env["res.partner"].search_count(
                [("lengow_customer_ref", "=", "C-AT-ONCE")]
            )

        self.assertEqual(self.in_transaction(count), 1)
        self.assert_imported_once(numbers)

    def test_database_itself_refuses_a_second_sale_order(self):
        numbers = self.put("TWICE", 1)
        self.in_transaction(self.synchronize)

        def copy(env):
            sale = env["sale.order"].search([("client_order_ref", "=", numbers[0])])
            identity = ("lengow_order_id", "lengow_package_index")
            values = sale.read(identity, load=None)[0]
            sale.copy().write({name: values[name] for name in identity})
            env.flush_all()

        refused = self.assertRaisesRegex(ValidationError, "already has a sale order")
        with mute_logger("odoo.sql_db"), refused:
            self.in_transaction(copy)
        self.assert_imported_once(numbers)

    # === CALLS A MINUTE === #

    def test_workers_share_the_calls_of_an_account(self):
        limit, longest, tries = 60, 10.0, 40

        def take(env, start=None):
            account = env["lengow.account"].browse(self.account_id)
            account.calls_per_minute = limit
            turn = env["lengow.limiter"]._turn_of(account)
            start.wait(PATIENCE)
            waits = [turn(longest) for _try in range(tries)]
            # Whatever becomes of the work, the calls were made.
            env.cr.rollback()
            raise UserError(str(sum(wait <= longest for wait in waits)))

        began = time.monotonic()
        given = sum(int(said) for said in self.at_once(take, take))
        took = time.monotonic() - began
        size, rate = lengow_limiter._bucket(limit)
        most = size + rate * (longest + took)
        self.assertLess(most, 2 * tries)
        self.assertLessEqual(given, most + 1)
        self.assertGreaterEqual(given, int(size + rate * longest) - 1)

    # === COMMISSIONS === #

    def test_two_runs_at_once_book_a_commission_once(self):
        self.put("COMMISSION", 1, commission="1.50")
        self.in_transaction(self.synchronize)
        analytic_id = self.in_transaction(self.book_as_entries)
        self.addCleanup(self.in_transaction, self.book_nothing)
        with self.registry.cursor() as early, self.registry.cursor() as late:
            # The second one has begun to read before the first one is through.
            marketplace = self.booked_marketplace(self._env(late))
            self.book(self.booked_marketplace(self._env(early)))
            early.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                self.book(marketplace)
            late.rollback()
            self.book(self.booked_marketplace(self._env(late)))
            late.commit()

        def read(env):
            analytic = env["account.analytic.account"].browse(analytic_id)
            of_plan = [(analytic.plan_id._column_name(), "=", analytic_id)]
            # The orders of the other tests have commissions, too.
            entries = env["account.analytic.line"].search(of_plan)
            return [(entry.name, entry.amount) for entry in entries]

        booked = self.in_transaction(read)
        self.assertEqual(len(booked), len(set(booked)), "each of them once")
        mine = [amount for name, amount in booked if "COMMISSION" in name]
        self.assertEqual(mine, [-1.5])

    def book_as_entries(self, env):
        plan = env["account.analytic.plan"].create({"name": NAME})
        analytic = env["account.analytic.account"].create(
            {"name": NAME, "plan_id": plan.id}
        )
        env["lengow.account"].browse(self.account_id).write(
            {
                "commission_booking": "analytic",
                "commission_from": "2026-01-01",
                "commission_analytic_id": analytic.id,
            }
        )
        return analytic.id

    def book_nothing(self, env):
        env["lengow.account"].browse(self.account_id).write(
            {"commission_booking": "none", "commission_analytic_id": False}
        )
        plans = env["account.analytic.plan"].search([("name", "=", NAME)])
        for plan in plans:
            of_plan = [(plan._column_name(), "in", plan.account_ids.ids)]
            env["account.analytic.line"].search(of_plan).unlink()
        plans.account_ids.unlink()
        plans.unlink()

    def booked_marketplace(self, env):
        order = env["lengow.order"].search(
            [("account_id", "=", self.account_id), ("name", "=like", "COMMISSION%")]
        )
        return order.marketplace_id

    def book(self, marketplace):
        """Book its commissions as a run does, once it is locked."""
        locked = marketplace.try_lock_for_update(allow_referencing=True)
        locked.env["lengow.commission.booking"]._book_each(locked)
        locked.env.flush_all()

    # === DELETION AND IMPORT OF ONE BUYER === #

    def test_buyer_of_an_order_that_is_being_imported_is_not_deleted(self):
        self._put_of_one_buyer("BUYER-OLD")
        self.in_transaction(self.synchronize)
        self._put_of_one_buyer("BUYER-NEW")
        with self.registry.cursor() as importing, self.registry.cursor() as deleting:
            # The deletion has begun to read before the order comes.
            old = self._order(self._env(deleting), "BUYER-OLD")
            buyer = old.partner_id
            self.assertTrue(buyer)
            self.synchronize(self._env(importing))
            importing.flush()
            self.assertFalse(old._anonymise().orders, "the import has named the buyer")
            importing.commit()
            self.assertFalse(old._anonymise().orders, "and is through meanwhile")
            deleting.rollback()
            old = self._order(self._env(deleting), "BUYER-OLD")
            self.assertEqual(old._anonymise().orders, old)
            deleting.commit()

        def read(env):
            sale = self._order(env, "BUYER-NEW").sale_order_ids
            return sale.state, sale.partner_shipping_id.street

        self.assertEqual(self.in_transaction(read), ("sale", "1 rue du Test"))

    def test_click_on_an_order_of_a_buyer_who_is_being_deleted_makes_a_new_contact(
        self,
    ):
        self.assert_new_contact_after_deletion("CLICKED", self.click_late)

    def test_run_on_an_order_of_a_buyer_who_is_being_deleted_makes_a_new_contact(self):
        self.assert_new_contact_after_deletion("RUN", self.process)

    def assert_new_contact_after_deletion(self, prefix, importing):
        """Check that an order which comes during a deletion waits for its end.

        :param str prefix: of the orders' numbers
        :param importing: what a worker does to import the later order
        """
        old, new = f"{prefix}-OLD", f"{prefix}-NEW"
        self._put_of_one_buyer(old)
        self.in_transaction(self.synchronize)
        self._put_of_one_buyer(new)
        self.in_transaction(self.fetch)
        self.at_once(partial(self.delete_while_wanted, number=old), importing)
        self.in_transaction(self.process)  # what the run left to another one

        def read(env):
            sales = [self._order(env, number).sale_order_ids for number in (old, new)]
            gone, buyer = (sale.partner_id for sale in sales)
            return gone.name, gone.active, buyer == gone, buyer.street, buyer.active

        self.assertEqual(
            self.in_transaction(read),
            ("Deleted customer", False, False, "1 rue du Test", True),
        )
        self.assert_imported_once([new])

    def delete_while_wanted(self, env, start=None, *, number):
        """Delete the data of a buyer, and commit only when somebody waits for that."""
        order = self._order(env, number)
        self.assertEqual(order._anonymise().orders, order)
        env.flush_all()
        start.wait(PATIENCE)
        end = time.monotonic() + PATIENCE
        while not self._is_waited_for(env.cr):
            self.assertLess(time.monotonic(), end, "nobody waits for the deletion")
            time.sleep(0.05)

    def click_late(self, env, start=None):
        order = self._order(env, "CLICKED-NEW")
        self._start_with(order, start)
        order.action_import()

    def _is_waited_for(self, cr):
        cr.execute(
            """
            SELECT 1 FROM pg_locks
             WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))
            """
        )
        return bool(cr.fetchone())

    def _put_of_one_buyer(self, number):
        """Put an order into the sandbox; those that begin alike are of one buyer."""
        order = payload(
            number,
            package(line(SKU, marketplace_order_line_id=number)),
            marketplace_customer_id=number.partition("-")[0],
        )
        self.server.state.put_order(order, touch=True)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _order(self, env, number):
        return env["lengow.order"].search(
            [("account_id", "=", self.account_id), ("name", "=", number)]
        )
