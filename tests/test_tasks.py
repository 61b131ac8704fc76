"""Background tasks: nothing is lost by a stop, nothing done twice."""

import io
from datetime import timedelta
from unittest.mock import patch

from openpyxl import load_workbook

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from ..exports import XlsxTable
from ..models.inbox import lengow_order
from ..models.settings import lengow_background
from ..models.settings.lengow_task import MOST_ATTEMPTS
from ..wizards import lengow_document_print, lengow_order_anonymise, lengow_order_export
from .common import line as order_line
from .common import package, payload
from .common.documents import DocumentCase, pdf, texts_of

LOOP = "odoo.addons.lengow_connector.models.settings.lengow_cron"


class TaskCase(DocumentCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.group_ids |= cls.env.ref("base.group_allow_export")
        cls.background = cls.env["lengow.background"].with_user(cls.user)

    def batches_of(self, kind, size):
        """Let a kind of task take so many records at once."""
        self.patch(type(self.env[f"lengow.task.{kind}"]), "_batch_size", size)

    def run_tasks(self):
        with self.crons():
            self.run_cron("cron_run_tasks")
        self.env.invalidate_all()

    def stop_before(self, kind, position, error=KeyboardInterrupt):
        """Patch a kind of task to be stopped before one of its batches."""
        Service = type(self.env[f"lengow.task.{kind}"])
        original = Service._step

        def step(service, task, records):
            if task.done_count == position:
                raise error
            return original(service, task, records)

        return patch.object(Service, "_step", step)

    def kill_before(self, kind, position):
        """Let a run be killed before one of its batches."""
        with self.stop_before(kind, position):
            try:
                self.run_tasks()
            except KeyboardInterrupt:  # `assertRaises` would undo what is committed
                self.env.invalidate_all()
            else:
                self.fail("nothing was killed")

    def orders(self, *numbers, **values):
        for number in numbers:
            self.put(payload(number, **values))
        self.sync()
        return self.account.order_ids.sorted("name")

    def task_of(self, action):
        """Return the task whose dialog an action opens."""
        self.assertEqual(action["res_model"], "lengow.task", action)
        return self.env["lengow.task"].browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestTasks(TaskCase):
    # === BEGUN, SEEN, ENDED === #

    def test_what_takes_longer_shows_at_once_how_far_it_is(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.patch(lengow_order, "MOST_REFRESHED", 2)
        task = self.task_of(orders.with_user(self.user).action_refresh())
        self.assertEqual((task.state, task.progress), ("waiting", 0))
        self.assertEqual((task.total_count, task.user_id), (3, self.user))
        self.assertEqual(task.with_user(self.user).read(["kind"])[0]["kind"], "refresh")
        self.run_tasks()
        self.assertEqual((task.state, task.progress), ("done", 100))
        self.assertEqual(task.message, "Up to date with Lengow: 3 of 3.")

    def test_what_is_asked_for_twice_is_done_once(self):
        orders = self.orders("A-1", "A-2")
        first = self.background._begin("refresh", orders)
        self.assertEqual(self.background._begin("refresh", orders), first)
        self.assertNotEqual(self.background._begin("refresh", orders[:1]), first)
        others = self.env["lengow.background"].with_user(self.manager)
        self.assertNotEqual(others._begin("refresh", orders), first)
        self.run_tasks()
        self.assertNotEqual(self.background._begin("refresh", orders), first)

    def test_killed_task_goes_on_where_it_was(self):
        orders = self.orders("A-1", "A-2", "A-3", "A-4")
        self.batches_of("refresh", 1)
        task = self.background._begin("refresh", orders).sudo()
        calls = len(self.sandbox.calls)
        self.kill_before("refresh", 2)
        self.assertEqual((task.state, task.done_count), ("running", 2))
        self.assertEqual((task.progress, task.attempts), (50, 0))
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 4))
        read = [c for c in self.sandbox.calls[calls:] if "/orders" in str(c)]
        self.assertEqual(len(read), 4, "each once")

    def test_task_that_runs_out_of_time_goes_on_in_the_next_run(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.batches_of("refresh", 1)
        self.patch(lengow_background, "TURN_SECONDS", -1)
        task = self.background._begin("refresh", orders).sudo()
        for done in (1, 2, 3):
            self.run_tasks()
            self.assertEqual((task.state, task.done_count), ("running", done))
        self.run_tasks()
        self.assertEqual(task.state, "done")

    def test_a_small_task_does_not_wait_for_a_large_one(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.batches_of("refresh", 1)
        self.patch(lengow_background, "TURN_SECONDS", -1)
        large = self.background._begin("refresh", orders).sudo()
        small = self.background._begin("refresh", orders[:1]).sudo()
        self.run_tasks()
        self.run_tasks()
        self.assertEqual((large.state, small.state), ("running", "done"))

    def test_task_that_never_gets_on_is_given_up_and_says_where(self):
        orders = self.orders("A-1", "A-2")
        self.batches_of("refresh", 1)
        task = self.background._begin("refresh", orders).sudo()
        for _attempt in range(MOST_ATTEMPTS + 1):  # it got on before the first one
            self.kill_before("refresh", 1)
            self.assertEqual(task.state, "running")
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("failed", 1))
        self.assertIn("A-2", task.message)
        self.assertNotIn("A-1", task.message)

    def test_failed_task_says_why_and_goes_on_on_a_click(self):
        orders = self.orders("A-1", "A-2")
        self.batches_of("refresh", 1)
        task = self.background._begin("refresh", orders)
        error = UserError("Please create a warehouse.")
        with self.stop_before("refresh", 1, error), mute_logger(LOOP):
            self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("failed", 1))
        self.assertEqual(task.message, "Please create a warehouse.")
        task.action_go_on()
        self.assertEqual(task.state, "waiting")
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 2))

    def test_stopped_task_does_no_more(self):
        orders = self.orders("A-1", "A-2")
        task = self.background._begin("refresh", orders)
        task.action_stop()
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("canceled", 0))

    def test_whoever_asked_is_told_how_far_it_is_and_that_it_is_done(self):
        sent = []
        Users = type(self.env["res.users"])
        self.patch(Users, "_bus_send", lambda user, *told: sent.append((user, *told)))
        orders = self.orders("A-1", "A-2")
        self.batches_of("refresh", 1)
        self.background._begin("refresh", orders)
        sent.clear()
        self.run_tasks()
        told = [content for user, kind, content in sent if kind == "lengow_task"]
        self.assertEqual([t["state"] for t in told], ["running", "running", "done"])
        self.assertEqual(told[-1]["kind"], "Refresh from Lengow")
        self.assertEqual(told[-1]["message"], "Up to date with Lengow: 2 of 2.")
        self.assertEqual({user for user, *_rest in sent if user}, {self.user})

    # === WHOSE === #

    def test_tasks_are_seen_by_whoever_asked_alone(self):
        task = self.background._begin("refresh", self.orders("A-1"))
        other = task.with_user(self.manager)
        self.assertFalse(other.search([]))
        for ask in (other.action_stop, other.action_go_on, other.action_download):
            with self.assertRaises(AccessError):
                ask()
        with self.assertRaises(AccessError):
            task.state = "done"

    def test_rights_are_those_of_whoever_asked_when_its_turn_comes(self):
        orders = self.orders("A-1")
        task = self.background._begin("export", orders, row_per="order",
                                      file_format="csv")  # fmt: skip
        self.user.group_ids -= self.env.ref("base.group_allow_export")
        with mute_logger(LOOP):
            self.run_tasks()
        self.assertEqual(task.sudo().state, "failed")
        self.assertIn("allow “Export”", task.sudo().message)
        self.assertFalse(task.sudo()._find_files())

    def test_ended_tasks_and_their_files_are_forgotten(self):
        task = self.background._begin("export", self.orders("A-1"), row_per="order",
                                      file_format="csv").sudo()  # fmt: skip
        self.run_tasks()
        self.assertTrue(task.file_id)
        self.assertFalse(task.file_id.index_content, "it is in the database once")
        task.ended_at = fields.Datetime.now() - timedelta(hours=25)
        self.run_tasks()
        self.assertEqual((bool(task.file_id), task.res_ids), (False, False))
        self.assertFalse(task._find_files())
        task.ended_at = fields.Datetime.now() - timedelta(days=15)
        task._gc_tasks()
        self.assertFalse(task.exists())


@tagged("post_install", "-at_install")
class TestTasksOfOrders(TaskCase):
    # === REFRESH === #

    def test_refresh_names_what_lengow_does_not_know(self):
        orders = self.orders("A-1", "A-2")
        self.sandbox.clear_orders()
        self.put(payload("A-2"))
        task = self.background._begin("refresh", orders)
        self.run_tasks()
        self.assertEqual((task.done_count, task.failed_count), (2, 1))
        self.assertIn("A-1", task.notes)
        self.assertEqual(
            task.message,
            "Up to date with Lengow: 1 of 2. Left out: 1. Lengow does not know A-1 "
            "any more.",
        )

    def test_refresh_waits_while_lengow_has_trouble(self):
        orders = self.orders("A-1", "A-2")
        task = self.background._begin("refresh", orders).sudo()
        self.fault("/v3.0/orders", status=503)
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("running", 0))
        self.assertEqual(task.wait_until, self.account.paused_until)
        self.sandbox.faults.clear()
        self.run_tasks()
        self.assertEqual(task.done_count, 0, "it is not time yet")
        task.wait_until = self.account.paused_until = False
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 2))

    def test_what_a_refresh_makes_ready_is_imported_soon(self):
        self.put(payload("A-1", lengow_status="waiting_acceptance"))
        self.sync()
        order = self.order("A-1")
        self.background._begin("refresh", order)
        self.put(payload("A-1"))
        cron = self.env.ref("lengow_connector.cron_process_orders")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([]).unlink()
        self.run_tasks()
        self.assertEqual(order.import_state, "ready")
        self.assertTrue(triggers.search([("cron_id", "=", cron.id)]))

    def test_refresh_that_has_no_time_leaves_the_rest_to_the_background(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.patch(lengow_order, "BUTTON_SECONDS", -1)
        task = self.task_of(orders.with_user(self.user).action_refresh())
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 3))

    # === IMPORT === #

    def broken_orders(self):
        for number in range(3):
            self.put(payload(f"I-{number}", package(order_line(f"NOPE-{number}"))))
        self.sync()
        return self.account.order_ids.sorted("name")

    def test_import_of_many_goes_on_in_the_background_and_reports_once(self):
        orders = self.broken_orders()
        self.assertEqual(set(orders.mapped("import_state")), {"error"})
        self.create_product("NOPE-0")
        self.create_product("NOPE-2")
        self.patch(lengow_order, "MOST_IMPORTED", 2)
        self.batches_of("import", 1)
        task = self.task_of(orders.with_user(self.user).action_import())
        with patch.object(type(self.env["lengow.todo"]), "_settle_errors") as settle:
            self.run_tasks()
        settle.assert_called_once()
        self.assertEqual(
            orders.mapped("import_state"), ["imported", "error", "imported"]
        )
        self.assertEqual((task.state, task.failed_count), ("done", 1))
        self.assertEqual(task.notes, "I-1: Unknown product", "nothing of the buyer")
        self.assertEqual(
            task.message,
            "Orders imported: 2 of 3. Left out: 1. I-1: Unknown product",
        )
        run = self.env["lengow.run"].search([("user_id", "=", self.user.id)], limit=1)
        self.assertEqual((run.imported_count, run.failed_count), (2, 1))

    def test_import_that_has_no_time_leaves_the_rest_to_the_background(self):
        orders = self.broken_orders()
        for number in range(3):
            self.create_product(f"NOPE-{number}")
        importer = "odoo.addons.lengow_connector.models.sales.lengow_importer"
        self.patch(lengow_order, "BUTTON_SECONDS", -1)
        with patch(f"{importer}.BATCH_SIZE", 1):
            cron = self.env.ref("lengow_connector.cron_run_tasks")
            cron.active = False
            told = orders.with_user(self.user).action_import()["params"]["message"]
        self.assertIn("In the background: 2 more.", told)
        self.assertIn("switched off", told)
        cron.active = True
        self.run_tasks()
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})

    # === DELETION === #

    def test_deletion_of_many_goes_on_in_the_background(self):
        orders = self.orders("A-1", "A-2", "A-3")
        orders.order_date = fields.Datetime.now() - timedelta(days=400)
        Preview = self.env["lengow.order.anonymise"].with_user(self.manager)
        self.batches_of("anonymise", 2)
        preview = Preview.create({"account_id": self.account.id})
        task = self.task_of(preview.action_anonymise())
        self.assertEqual((task.total_count, task.user_id), (3, self.manager))
        self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 3))
        self.assertTrue(all(orders.mapped("anonymised_at")))

    def test_chosen_orders_beyond_a_click_are_deleted_in_the_background(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.patch(lengow_order_anonymise, "MOST_ORDERS", 2)
        preview = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"order_ids": [Command.set(orders.ids)]})
        )
        task = self.task_of(preview.action_anonymise())
        self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 0))
        self.assertTrue(all(orders.mapped("anonymised_at")))

    def test_an_account_that_keeps_its_data_deletes_nothing(self):
        orders = self.orders("A-1")
        orders.order_date = fields.Datetime.now() - timedelta(days=400)
        self.account.write({"anonymise_orders": False, "anonymise_off_reason": "Suit"})
        preview = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"account_id": self.account.id})
        )
        told = preview.action_anonymise()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("Suit", told["message"])
        self.run_tasks()
        self.assertFalse(orders.anonymised_at)


@tagged("post_install", "-at_install")
class TestTasksWithFiles(TaskCase, HttpCase):
    # === EXPORT === #

    def export(self, orders, **values):
        self.patch(lengow_order_export, "MOST_AT_ONCE", 1)
        self.batches_of("export", 2)
        wizard = (
            self.env["lengow.order.export"]
            .with_user(self.user)
            .with_context(active_ids=orders.ids)
            .create(values)
        )
        return wizard, self.task_of(wizard.action_export())

    def test_export_of_many_is_the_same_file(self):
        orders = self.orders("A-1", "A-2", "A-3", "A-4", "A-5")
        for values in ({}, {"file_format": "csv"}, {"row_per": "line"}):
            with self.subTest(**values):
                wizard, task = self.export(orders, **values)
                self.run_tasks()
                self.assertEqual(task.state, "done", task.message)
                with wizard._write_file() as file:
                    file.seek(0)
                    expected = file.read()
                content = task.sudo().file_id.raw
                if "file_format" in values:
                    self.assertEqual(content, expected)
                else:
                    self.assertEqual(self.cells(content), self.cells(expected))

    def cells(self, content):
        sheet = load_workbook(io.BytesIO(content)).active
        return [
            [(cell.value, cell.data_type, cell.number_format) for cell in row]
            for row in sheet.iter_rows()
        ]

    def test_a_full_sheet_says_so_as_soon_as_it_is_full(self):
        orders = self.orders("A-1", "A-2", "A-3", "A-4")
        _wizard, task = self.export(orders)
        self.patch(XlsxTable, "most_rows", 3)
        with mute_logger(LOOP):
            self.run_tasks()
        self.assertEqual((task.sudo().state, task.sudo().done_count), ("failed", 2))
        self.assertIn("as CSV", task.sudo().message)

    def test_export_that_is_killed_goes_on_and_is_kept_once(self):
        orders = self.orders("A-1", "A-2", "A-3", "A-4", "A-5")
        _wizard, task = self.export(orders, file_format="csv")
        self.kill_before("export", 4)
        self.assertEqual(task.sudo().done_count, 4)
        kept = self.env["lengow.export"].search([("order_ids", "in", orders.ids)])
        self.assertFalse(kept, "nobody has got anything yet")
        self.run_tasks()
        rows = task.sudo().file_id.raw.decode("utf-8-sig").splitlines()
        self.assertEqual([row.split(",")[0] for row in rows[1:]],
                         [f'"A-{n}"' for n in range(1, 6)])  # fmt: skip
        kept = self.env["lengow.export"].search([("order_ids", "in", orders.ids)])
        self.assertEqual((kept.order_count, kept.user_id), (5, self.user))
        self.assertEqual(task.sudo()._find_files(), task.sudo().file_id)

    def test_file_is_for_whoever_asked_alone(self):
        _wizard, task = self.export(self.orders("A-1", "A-2"))
        url = task.action_download()["url"]
        self.authenticate("lengow-user", "lengow-user")
        self.assertEqual(self.url_open(url).status_code, 404)
        self.run_tasks()
        answer = self.url_open(url)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.content, task.sudo().file_id.raw)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("marketplace orders.xlsx", answer.headers["Content-Disposition"])
        self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
        self.user.group_ids -= self.env.ref("base.group_allow_export")
        self.assertEqual(self.url_open(url).status_code, 404, "no more")
        self.authenticate("lengow-manager", "lengow-manager")
        self.assertEqual(self.url_open(url).status_code, 404)

    def test_buyers_data_that_goes_goes_from_files_and_their_parts(self):
        orders = self.orders("A-1", "A-2", "A-3")
        _wizard, done = self.export(orders)
        self.run_tasks()
        self.assertTrue(done.sudo().file_id)
        _wizard, begun = self.export(orders, row_per="line")
        self.kill_before("export", 2)
        self.assertTrue(begun.sudo()._find_files())
        orders[0]._anonymise()
        self.assertFalse(done.sudo()._find_files())
        self.run_tasks()
        self.assertFalse(begun.sudo()._find_files(), "somebody was at it")
        self.assertEqual(begun.sudo().state, "canceled")
        self.assertIn("once more", begun.sudo().message)

    def test_whoever_exports_many_sees_how_far_it_is_and_gets_the_file(self):
        self.patch(lengow_order_export, "MOST_AT_ONCE", 1)
        self.orders("A-1", "A-2", "A-3")
        self.start_tour("/odoo/lengow-orders", "lengow_begin_task", login="lengow-user")
        self.run_tasks()
        self.start_tour(
            "/odoo/lengow-tasks", "lengow_download_task", login="lengow-user"
        )

    def test_the_page_of_a_task_has_its_buttons_and_the_menu_of_its_app(self):
        self.user.group_ids |= self.env.ref("account.group_account_invoice")
        _wizard, task = self.export(self.orders("A-1", "A-2"))
        self.run_tasks()
        self.start_tour(
            f"/odoo/lengow-tasks/{task.id}", "lengow_page_of_task", login="lengow-user"
        )

    # === PRINT === #

    def print_all(self, documents):
        self.patch(lengow_document_print, "MOST_AT_ONCE", 1)
        self.batches_of("print", 2)
        job = (
            self.env["lengow.document.print"]
            .with_user(self.user)
            .create({"res_model": "lengow.document", "res_ids": documents.ids})
        )
        return job, self.task_of(job.action_print())

    def test_print_of_many_is_the_same_pdf(self):
        same = pdf("Same")
        order = self.order_with_documents(
            "a.pdf", ("b.pdf", same), "c.pdf", ("d.pdf", same), "e.pdf"
        )
        broken = self.order_with_documents("late.pdf", number="A-2", fetch=False)
        documents = order.document_ids.sorted("id") | broken.document_ids
        job, task = self.print_all(documents)
        self.kill_before("print", 4)
        self.assertFalse(any(documents.mapped("printed_at")))
        self.run_tasks()
        self.assertEqual(task.sudo().state, "done", task.sudo().message)
        printed = texts_of(task.sudo().file_id.raw)
        with job._write_pdf() as file:
            file.seek(0)
            self.assertEqual(printed, texts_of(file.read()))
        self.assertEqual(len(printed), 5, "a cover, and the same file once")
        self.assertIn("late.pdf", task.sudo().notes)
        self.assertTrue(all(order.document_ids.mapped("printed_at")))
        self.assertEqual(order.document_ids.printed_by_id, self.user)
        self.assertFalse(broken.document_ids.printed_at)
        self.authenticate("lengow-user", "lengow-user")
        answer = self.url_open(task.action_download()["url"])
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertIn("inline", answer.headers["Content-Disposition"])
