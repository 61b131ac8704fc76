"""Background tasks while the world changes: people, rights, records, accounts."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..hooks import uninstall_hook
from ..models.errors import is_collision
from ..models.inbox import lengow_task_refresh
from ..models.settings.lengow_task import MOST_ATTEMPTS
from .common import payload
from .test_tasks import LOOP, TaskCase

LONG_AGO = timedelta(days=15)


@tagged("post_install", "-at_install")
class TestTasksUpheavals(TaskCase):
    def export(self, orders, user=None):
        background = self.background.with_user(user or self.user)
        return background._begin(
            "export", orders, row_per="order", file_format="csv"
        ).sudo()

    def files_of(self, task_id):
        return self.env["ir.attachment"].search(
            [("res_model", "=", "lengow.task"), ("res_id", "=", task_id)]
        )

    def delete(self, order):
        order.sale_order_ids.lengow_order_id = False
        order.unlink()

    def hide(self, order):
        """Let nobody but the system reach an order any more."""
        self.env["ir.rule"].create(
            {
                "name": "A rule of the shop",
                "model_id": self.env["ir.model"]._get_id("lengow.order"),
                "domain_force": f"[('name', '!=', '{order.name}')]",
            }
        )

    # === STOPPED, KILLED, FORGOTTEN === #

    def test_task_that_is_worked_at_stops_behind_its_batch(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.batches_of("refresh", 1)
        task = self.background._begin("refresh", orders)
        Task, Service = type(task), type(self.env["lengow.task.refresh"])
        work = Service._step

        def step(service, worked_at, records):
            if worked_at.done_count == 1:
                held = patch.object(Task, "try_lock_for_update", lambda t, **_o: t[:0])
                with held:
                    task.action_stop()
                    task.action_stop()  # a double click
            return work(service, worked_at, records)

        with patch.object(Service, "_step", step):
            self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("canceled", 2))
        self.assertFalse(task.sudo()._find_stops())

    def test_collisions_are_no_attempts(self):
        task = self.background._begin("refresh", self.orders("A-1")).sudo()
        with self.stop_before("refresh", 0, SerializationFailure("somebody else")):
            for _attempt in range(MOST_ATTEMPTS + 1):
                self.run_tasks()
        self.assertEqual((task.state, task.attempts), ("running", 0))
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 1))

    def test_wish_of_long_ago_does_not_come_true(self):
        orders = self.orders("A-1", "A-2")
        old = self.background._begin("refresh", orders).sudo()
        resting = self.background._begin("refresh", orders[:1]).sudo()
        (old | resting).begun_at = fields.Datetime.now() - LONG_AGO
        resting.last_turn_at = fields.Datetime.now()
        old._gc_tasks()
        self.assertEqual((old.state, resting.state), ("canceled", "waiting"))

    def test_files_go_where_no_scheduled_action_runs(self):
        task = self.export(self.orders("A-1"))
        self.run_tasks()
        task.ended_at = fields.Datetime.now() - timedelta(hours=25)
        task._gc_tasks()
        self.assertFalse(self.files_of(task.id))

    def test_file_goes_with_the_user_who_asked_for_it(self):
        leaver = self.create_user(
            "leaver", "lengow_connector.group_user", "base.group_allow_export"
        )
        task = self.export(self.orders("A-1"), leaver)
        self.run_tasks()
        self.assertTrue(task.file_id)
        leaver.unlink()
        self.assertFalse(task.exists())
        self.run_tasks()
        self.assertFalse(self.files_of(task.id))

    def test_files_go_with_the_addon(self):
        task = self.export(self.orders("A-1"))
        self.run_tasks()
        uninstall_hook(self.env)
        self.assertFalse(self.files_of(task.id))

    def test_whoever_waits_for_a_file_is_told_that_it_does_not_come(self):
        sent = []
        Users = type(self.env["res.users"])
        self.patch(Users, "_bus_send", lambda _user, *told: sent.append(told))
        orders = self.orders("A-1", "A-2")
        done = self.export(orders)
        self.run_tasks()
        waiting = self.export(orders)
        sent.clear()
        orders[0]._anonymise()
        told = [content for kind, content in sent if kind == "lengow_task"]
        self.assertEqual([t["state"] for t in told], ["canceled"])
        self.assertIn("once more", told[0]["message"])
        self.assertIn("once more", done.message, "it has no file any more")
        self.assertFalse((done | waiting)._find_files())

    def test_accountant_finds_what_they_have_printed(self):
        accountant = self.create_accountant()
        menus = self.env["ir.ui.menu"].with_user(accountant)
        task_menu = self.env.ref("lengow_connector.account_menu_lengow_task")
        self.assertIn(task_menu.id, menus._visible_menu_ids())

    def test_whoever_asks_again_after_a_stop_wants_it_after_all(self):
        orders = self.orders("A-1", "A-2")
        task = self.background._begin("refresh", orders)
        task.sudo()._ask_to_stop()
        self.assertEqual(self.background._begin("refresh", orders), task)
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 2))

    def test_nothing_is_done_in_the_name_of_who_has_gone(self):
        leaver = self.create_user(
            "leaver", "lengow_connector.group_user", "base.group_allow_export"
        )
        task = self.export(self.orders("A-1", "A-2"), leaver)
        self.batches_of("export", 1)
        self.kill_before("export", 1)
        self.assertTrue(task._find_files())
        leaver.active = False
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("canceled", 1))
        self.assertFalse(self.files_of(task.id))

    def test_whoever_left_a_company_meanwhile_is_told(self):
        other = self.env["res.company"].create({"name": "Another Company"})
        self.user.company_ids |= other
        background = self.background.with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        orders = self.orders("A-1")
        task = background._begin("refresh", orders).sudo()
        self.user.company_ids -= other
        with mute_logger(LOOP):
            self.run_tasks()
        self.assertEqual(task.state, "done", task.message)
        self.assertEqual(task.failed_count, 0)

    # === WHERE NOTHING RUNS === #

    def test_task_says_that_its_scheduled_action_is_switched_off(self):
        cron = self.env.ref("lengow_connector.cron_run_tasks")
        task = self.background._begin("refresh", self.orders("A-1"))
        self.assertFalse(task.news)
        cron.active = False
        task.invalidate_recordset()
        for words in ("switched off", f"“{cron.name}”", "“Background Tasks”"):
            self.assertIn(words, task.news)
        cron.active = True
        self.run_tasks()
        self.assertEqual(task.news, task.message)

    def test_task_says_since_when_nothing_runs(self):
        cron = self.env.ref("lengow_connector.cron_run_tasks")
        task = self.background._begin("refresh", self.orders("A-1"))
        long_ago = fields.Datetime.now() - timedelta(hours=2)
        cron.lastcall = long_ago
        task.invalidate_recordset()
        self.assertFalse(task.news, "it has just been asked for")
        task.sudo().begun_at = long_ago
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_task SET create_date = %s WHERE id = %s", [long_ago, task.id]
        )
        task.invalidate_recordset()
        self.assertIn("does not run", task.news)
        cron.lastcall = fields.Datetime.now()
        task.invalidate_recordset()
        self.assertFalse(task.news, "others have their turn")

    def test_task_that_rests_says_why(self):
        task = self.background._begin("refresh", self.orders("A-1"))
        self.fault("/v3.0/orders", status=503)
        self.run_tasks()
        self.assertTrue(task.wait_until)
        self.assertEqual(task.news, self.account.error_message)

    # === TROUBLE WITH LENGOW === #

    def trouble(self, *lasting):
        """Let Lengow have trouble with all accounts, and do without some of them."""

        def refresh(inbox, orders, _deadline):
            for account in orders.account_id:
                account._mark_failed("server_error", f"Trouble of {account.name}")
                if account not in lasting:
                    account._pause()
            return {orders[:1]: "Unknown"}, orders[:0]

        return patch.object(type(self.env["lengow.inbox"]), "_refresh_within", refresh)

    def test_trouble_that_lasts_is_no_fault_of_the_orders(self):
        self.patch(lengow_task_refresh, "MOST_WAITS", MOST_ATTEMPTS + 2)
        task = self.background._begin("refresh", self.orders("A-1", "A-2")).sudo()
        with self.trouble():
            for _wait in range(MOST_ATTEMPTS + 2):
                self.run_tasks()
                self.assertEqual(task.state, "running", task.message)
                task.wait_until = False
            self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("failed", 0))
        self.assertEqual(task.message, "Trouble of Test Shop")

    def test_trouble_of_two_accounts_is_told(self):
        orders = self.orders("A-1")
        other = self.create_account(name="Other Shop")
        other.write({"state": "connected", "lengow_account_ref": "4242"})
        theirs = orders.copy({"account_id": other.id, "name": "B-1"})
        task = self.background._begin("refresh", orders | theirs).sudo()
        with self.trouble(other), mute_logger(LOOP):
            self.run_tasks()
        self.assertEqual(task.state, "failed")
        self.assertEqual(task.message, "Trouble of Other Shop")

    def test_account_that_is_not_connected_keeps_no_other_one(self):
        orders = self.orders("A-1")
        other = self.create_account(name="Other Shop")
        theirs = orders.copy({"account_id": other.id, "name": "B-1"})
        self.put(payload("A-1", comments="New"))
        task = self.background._begin("refresh", theirs | orders).sudo()
        self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)
        self.assertEqual(task.notes, "B-1: Connect Other Shop before you synchronize.")
        self.assertEqual(orders.comment, "New")

    # === WHAT CAN NOT BE DONE ANY MORE === #

    def test_file_says_how_many_orders_are_in_it(self):
        orders = self.orders("A-1", "A-2", "A-3", "A-4")
        task = self.export(orders)
        self.delete(orders[0])
        self.hide(orders[1])
        self.run_tasks()
        self.assertIn("Orders in the file: 2 of 4. Left out: 2. Deleted", task.message)
        self.assertEqual((task.done_count, task.failed_count), (4, 2))
        kept = self.env["lengow.export"].search([("user_id", "=", self.user.id)])
        self.assertEqual(kept.order_ids, orders[2:])

    def test_refresh_counts_what_was_read(self):
        orders = self.orders("A-1", "A-2", "A-3")
        task = self.background._begin("refresh", orders).sudo()
        self.delete(orders[0])
        self.hide(orders[1])
        self.run_tasks()
        self.assertIn("Up to date with Lengow: 1 of 3. Left out: 2.", task.message)

    def test_import_says_of_each_order_how_it_is(self):
        orders = self.orders("A-1", "A-2", "A-3")
        orders._mark_ready()
        orders.sale_order_ids.lengow_order_id = False
        self.hide(orders[0])
        task = self.background._begin("import", orders).sudo()
        importer = type(self.env["lengow.importer"])
        with patch.object(importer, "_import_asked", return_value=0):
            self.run_tasks()
        self.assertEqual(task.notes, "A-2: Ready\nA-3: Ready")
        self.assertEqual(task.failed_count, 3)

    def test_deletion_counts_what_is_still_there(self):
        orders = self.orders("A-1", "A-2")
        background = self.background.with_user(self.manager)
        task = background._begin("anonymise", orders).sudo()
        self.hide(orders[0])
        self.run_tasks()
        self.assertEqual(orders.mapped(lambda o: bool(o.anonymised_at)), [False, True])
        self.assertIn("data is deleted: 1. Left out: 1.", task.message)
        self.assertNotIn("A-1", task.message, "which is none of theirs any more")

    def test_deletion_that_is_switched_off_meanwhile_deletes_nothing(self):
        orders = self.orders("A-1")
        orders.order_date = fields.Datetime.now() - timedelta(days=400)
        background = self.background.with_user(self.manager)
        task = background._begin("anonymise", orders, account_id=self.account.id).sudo()
        self.account.write({"anonymise_orders": False, "anonymise_off_reason": "Suit"})
        with mute_logger(LOOP):
            self.run_tasks()
        self.assertFalse(orders.anonymised_at)
        self.assertEqual(task.state, "failed")
        self.assertIn("Suit", task.message)


@tagged("post_install", "-at_install")
class TestStopAtWork(BaseCase):
    """Two connections: one works at a task, the other one is a person's."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            nobody = self.env_of(cr)["res.partner"]
            self.task_id = self.env_of(cr)["lengow.background"]._begin(
                "refresh", nobody, test="stop"
            ).id  # fmt: skip
        self.addCleanup(self.remove)

    def env_of(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def task(self, cr):
        return self.env_of(cr)["lengow.task"].browse(self.task_id)

    def remove_task(self, task_id):
        with self.registry.cursor() as cr:
            self.env_of(cr)["lengow.task"].browse(task_id).exists().unlink()

    def remove(self):
        with self.registry.cursor() as cr:
            self.task(cr)._find_stops().unlink()
            self.task(cr).exists().unlink()

    def test_whoever_deletes_data_waits_for_no_batch(self):
        background = "lengow.background"
        with self.registry.cursor() as working, self.registry.cursor() as asking:
            asking.execute("SET LOCAL lock_timeout = '1s'")
            with self.registry.cursor() as cr:
                self.task(cr).write({"kind": "export", "res_ids": [1, 2]})
                self.task(cr)._mark_running()
            worker, person = self.task(working), self.task(asking)
            self.assertEqual((worker.state, person.state), ("running", "running"))
            self.assertTrue(worker.env[background]._is_still_ours(worker))
            partners = person.env["res.partner"].browse(1)
            person.env[background]._forget(partners)
            asking.commit()
            worker._keep_part(b"of a deleted buyer")
            worker._mark_done("It is there.")
            working.commit()
            self.assertFalse(worker.env[background]._is_still_ours(worker))
            working.commit()
            asking.rollback()
            self.assertFalse(person._find_files())
            self.assertIn("once more", person.message)
            self.assertFalse(person._find_stops())

    def test_two_who_ask_at_once_are_both_heard(self):
        with self.registry.cursor() as one, self.registry.cursor() as other:
            self.assertFalse(self.task(one)._find_stops())
            self.assertFalse(self.task(other)._find_stops())
            self.task(one)._ask_to_stop()
            one.commit()
            try:
                with mute_logger("odoo.sql_db"):
                    self.task(other)._ask_to_stop()
            except Exception as error:  # noqa: BLE001  (any but a collision is wrong)
                self.assertTrue(is_collision(error), repr(error))
            other.rollback()
            self.task(other)._ask_to_stop()  # as is tried again
            self.assertEqual(len(self.task(other)._find_stops()), 1)

    def test_two_windows_that_ask_for_the_same_are_shown_the_same(self):
        def begin(cr):
            env = self.env_of(cr)
            return env["lengow.background"]._begin(
                "refresh", env["res.partner"], test="twice"
            )

        with self.registry.cursor() as one, self.registry.cursor() as other:
            self.env_of(other)["lengow.task"].search_count([])
            first = begin(one)
            one.commit()
            self.addCleanup(self.remove_task, first.id)
            try:
                with mute_logger("odoo.sql_db"):
                    begin(other)
            except Exception as error:  # noqa: BLE001  (any but a collision is wrong)
                self.assertTrue(is_collision(error), repr(error))
            other.rollback()
            self.assertEqual(begin(other).id, first.id)
            other.rollback()

    def test_person_waits_for_no_batch(self):
        background = "lengow.background"
        with self.registry.cursor() as working, self.registry.cursor() as asking:
            worker, person = self.task(working), self.task(asking)
            asking.execute("SET LOCAL lock_timeout = '1s'")
            self.assertEqual((worker.state, person.state), ("waiting", "waiting"))
            self.assertTrue(worker.env[background]._is_still_ours(worker))
            person.action_stop()
            asking.commit()
            worker._mark_advanced(1)
            working.commit()
            self.assertFalse(worker.env[background]._is_still_ours(worker))
            working.commit()
            asking.rollback()
            self.assertEqual((person.state, person.done_count), ("canceled", 1))
