"""One record that fails, among many: the others are done, and it is named."""

import csv
import io
from pathlib import Path
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..documents import Printer
from ..mapper import order_rows
from .common import line as order_line
from .common import package, payload
from .common.documents import pdf, texts_of
from .test_tasks import TaskCase

EXPORT = "odoo.addons.lengow_connector.models.privacy.exported_rows"
INBOX = "odoo.addons.lengow_connector.models.inbox.lengow_inbox"
IMPORTER = "odoo.addons.lengow_connector.models.sales.lengow_importer"
PRINTER = "odoo.addons.lengow_connector.models.documents.lengow_document_printer"


@tagged("post_install", "-at_install")
class TestTasksLeftOut(TaskCase):
    def failing(self, Model, method, name):
        """Patch a method of a service to raise where it gets a certain order."""
        original = getattr(Model, method)

        def raising(service, orders, *args, **kwargs):
            if name in orders.mapped("name"):
                raise RuntimeError("of another module")
            return original(service, orders, *args, **kwargs)

        return patch.object(Model, method, raising)

    # === EXPORT === #

    def spoil(self, order):
        """Let an order hold a number that no spreadsheet knows."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE lengow_order SET amount_shipping = 'Infinity' WHERE id = %s",
            [order.id],
        )
        self.env.invalidate_all()

    def begin_export(self, orders, file_format="csv"):
        return self.background._begin(
            "export", orders, row_per="order", file_format=file_format
        ).sudo()

    def rows_of(self, content):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]

    def test_export_names_the_order_that_it_cannot_hold(self):
        orders = self.orders("A-1", "A-2", "A-3")
        self.spoil(orders[1])
        task = self.begin_export(orders)
        with mute_logger(EXPORT):
            self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)
        rows = self.rows_of(task.file_id.raw)
        self.assertEqual([row[0] for row in rows], ["A-1", "A-2", "A-3"])
        self.assertIn("could not be exported (ValueError)", rows[1][1])
        self.assertFalse(any(rows[1][2:]), "and nothing else of it")
        self.assertIn("A-2: Its data could not be exported", task.notes)
        shown = task.with_user(self.user).action_open_left()
        self.assertEqual(
            self.env[shown["res_model"]].search(shown["domain"]), orders[1]
        )
        self.assertIn("Orders in the file: 2 of 3. Left out: 1. A-2:", task.message)
        kept = self.env["lengow.export"].search([("order_ids", "in", orders.ids)])
        self.assertEqual(kept.order_ids, orders - orders[1])

    def test_export_lacks_no_orders_without_a_word(self):
        """A server with a disk of its own finds nothing of what another one wrote."""
        loop = "odoo.addons.lengow_connector.models.settings.lengow_cron"
        self.batches_of("export", 1)
        for file_format in ("csv", "xlsx"):
            orders = self.orders(f"{file_format}-1", f"{file_format}-2")[-2:]
            task = self.begin_export(orders, file_format)
            self.kill_before("export", 1)
            part = task._find_parts()
            Path(part._full_path(part.store_fname)).unlink()
            with mute_logger(loop):
                self.run_tasks()
            self.assertEqual((task.state, bool(task.file_id)), ("failed", False))
            self.assertIn("EOFError", task.message)

    def test_export_of_a_workbook_names_it_too(self):
        orders = self.orders("A-1", "A-2")
        self.spoil(orders[0])
        task = self.begin_export(orders, "xlsx")
        with mute_logger(EXPORT):
            self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)

    def test_export_at_once_names_it_in_the_file_and_beside_it(self):
        orders, sent = self.orders("A-1", "A-2", "A-3"), []
        Users = type(self.env["res.users"])
        self.patch(Users, "_bus_send", lambda _user, *told: sent.append(told))
        carriers = order_rows._carriers

        def raising(row):
            if row.order.name == "A-3":
                raise RuntimeError("of another module")
            return carriers(row)

        wizard = (
            self.env["lengow.order.export"]
            .with_user(self.user)
            .with_context(active_ids=orders.ids)
            .create({"file_format": "csv"})
        )
        broken = patch.object(order_rows, "_carriers", raising)
        with broken, mute_logger(EXPORT), wizard._write_file() as file:
            file.seek(0)
            rows = self.rows_of(file.read())
        self.assertEqual([row[0] for row in rows], ["A-1", "A-2", "A-3"])
        self.assertIn("could not be exported (RuntimeError)", rows[2][1])
        [told] = [about for kind, about in sent if kind == "simple_notification"]
        self.assertEqual((told["title"], told["type"]), ("Left Out: 1", "warning"))
        self.assertIn("A-3: Its data", told["message"])
        kept = self.env["lengow.export"].search([("order_ids", "in", orders.ids)])
        self.assertEqual(kept.order_ids, orders[:2])

    # === REFRESH === #

    def broken_store(self, name):
        Inbox = type(self.env["lengow.inbox"])
        store = Inbox._store

        def raising(inbox, account, payloads):
            touched = store(inbox, account, payloads)
            if payloads[0]["marketplace_order_id"] == name:
                inbox.env["lengow.order"].search([]).comment = "half of it"
                raise RuntimeError("of another module")
            return touched

        return patch.object(Inbox, "_store", raising)

    def test_refresh_leaves_out_the_order_that_fails(self):
        orders = self.orders("A-1", "A-2", "A-3")
        for number in ("A-1", "A-2", "A-3"):
            self.put(payload(number, comments="New"))
        task = self.background._begin("refresh", orders).sudo()
        with self.broken_store("A-2"), mute_logger(INBOX):
            self.run_tasks()
        self.assertEqual((task.state, task.done_count), ("done", 3), task.message)
        self.assertEqual(orders.mapped("comment"), ["New", False, "New"])
        self.assertIn("Up to date with Lengow: 2 of 3. Left out: 1.", task.message)
        self.assertIn("What Lengow sent of A-2", task.message)
        self.assertIn("(RuntimeError)", orders[1].message_ids[0].body)
        self.assertNotIn("RuntimeError", orders[0].message_ids[:1].body or "")

    def test_refresh_on_a_click_says_which_one_failed(self):
        orders = self.orders("A-1", "A-2")
        with self.broken_store("A-1"), mute_logger(INBOX):
            told = orders.with_user(self.user).action_refresh()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("What Lengow sent of A-1", told["message"])
        self.assertEqual(self.account.state, "connected")

    def test_refresh_takes_no_answer_for_an_order_that_is_none(self):
        orders = self.orders("A-1")
        client = "odoo.addons.lengow_connector.lengow_api.client.LengowClient"
        with patch(f"{client}.get_order", return_value={}), mute_logger(INBOX):
            told = orders.with_user(self.user).action_refresh()["params"]
        self.assertEqual(told["type"], "warning")

    # === IMPORT === #

    def waiting_orders(self):
        """Return three orders whose products have come since they failed."""
        for number in range(3):
            self.put(payload(f"I-{number}", package(order_line(f"NOPE-{number}"))))
        self.sync()
        for number in range(3):
            self.create_product(f"NOPE-{number}")
        return self.account.order_ids.sorted("name")

    def test_import_leaves_out_the_order_that_fails(self):
        orders = self.waiting_orders()
        task = self.background._begin("import", orders).sudo()
        broken = self.failing(type(self.env["lengow.judge"]), "_judge", "I-1")
        with broken, mute_logger(IMPORTER):
            self.run_tasks()
        self.assertEqual(task.state, "done", task.message)
        self.assertEqual(
            orders.mapped("import_state"), ["imported", "error", "imported"]
        )
        self.assertIn("unexpectedly (RuntimeError)", orders[1].error_message)
        self.assertIn("Orders imported: 2 of 3. Left out: 1. I-1:", task.message)

    def test_import_on_a_click_leaves_out_the_order_that_fails(self):
        orders = self.waiting_orders()
        broken = self.failing(type(self.env["lengow.judge"]), "_judge", "I-2")
        with broken, mute_logger(IMPORTER):
            told = orders.with_user(self.user).action_import()["params"]
        self.assertIn("Orders imported: 2 of 3.", told["message"])
        self.assertIn("unexpectedly (RuntimeError)", told["message"])

    def test_order_that_is_imported_is_in_no_error_because_it_is_asked_for_again(self):
        orders = self.orders("A-1", "A-2")
        broken = self.failing(type(self.env["lengow.judge"]), "_judge", "A-1")
        with broken, mute_logger(IMPORTER):
            self.env["lengow.importer"]._import_asked(orders)
        self.assertEqual(orders.mapped("import_state"), ["imported"] * 2)

    # === PRINT === #

    def test_print_leaves_out_the_document_that_fails(self):
        order = self.order_with_documents("a.pdf", "b.pdf", "c.pdf")
        documents = order.document_ids.sorted("id")
        task = self.background._begin("print", documents).sudo()
        add = Printer.add

        def raising(printer, paper):
            if "b.pdf" in paper.title:
                raise RuntimeError("of another module")
            return add(printer, paper)

        with patch.object(Printer, "add", raising), mute_logger(PRINTER):
            self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)
        texts = texts_of(task.file_id.raw)
        self.assertEqual(len(texts), 3)
        self.assertIn("b.pdf: it could not be read", texts[0])
        self.assertEqual(task.left_ids, documents[1].ids)
        self.assertIn("Documents in the print: 2 of 3. Left out: 1.", task.message)
        self.assertEqual(
            documents.mapped(lambda document: bool(document.printed_at)),
            [True, False, True],
        )

    def test_print_leaves_out_a_broken_file_in_every_batch(self):
        same = pdf("Same")
        order = self.order_with_documents(("a.pdf", same), ("b.pdf", same), "c.pdf")
        documents = order.document_ids.sorted("id")
        documents[0].attachment_id.write(
            {"raw": b"\x89PNG broken since", "mimetype": "image/png"}
        )
        self.batches_of("print", 1)
        task = self.background._begin("print", documents).sudo()
        self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 2), task.message)
        self.assertEqual(task.left_ids, documents[:2].ids)
        self.assertEqual(
            documents.mapped(lambda document: bool(document.printed_at)),
            [False, False, True],
        )

    def test_print_leaves_out_what_may_not_be_read_any_more(self):
        order = self.order_with_documents("a.pdf", "b.pdf")
        documents = order.document_ids.sorted("id")
        task = self.background._begin("print", documents).sudo()
        self.env["ir.rule"].create(
            {
                "name": "A rule of the shop",
                "model_id": self.env["ir.model"]._get_id("lengow.document"),
                "domain_force": f"[('id', '!=', {documents[0].id})]",
            }
        )
        self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)
        self.assertEqual(len(texts_of(task.file_id.raw)), 1)

    def test_print_of_what_is_gone_is_no_file(self):
        order = self.order_with_documents("a.pdf")
        task = self.background._begin("print", order.document_ids).sudo()
        order.document_ids.unlink()
        self.run_tasks()
        self.assertEqual((task.state, bool(task.file_id)), ("done", False))
        self.assertIn("Nothing is left to print.", task.message)
        self.assertFalse(task._find_files())

    # === DELETION === #

    def test_deletion_leaves_out_the_order_that_fails(self):
        orders = self.orders("A-1", "A-2", "A-3")
        background = self.background.with_user(self.manager)
        task = background._begin("anonymise", orders).sudo()
        broken = self.failing(type(self.env["lengow.anonymiser"]), "_anonymise", "A-2")
        loop = "odoo.addons.lengow_connector.models.settings.lengow_cron"
        with broken, mute_logger(loop):
            self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 1), task.message)
        self.assertEqual(
            orders.mapped(lambda order: bool(order.anonymised_at)), [True, False, True]
        )
        self.assertIn("data is deleted: 2. Left out: 1. A-2:", task.message)
        self.assertTrue(orders[1].activity_ids, "and somebody is called to it")

    def test_what_a_deletion_leaves_for_later_is_deleted_then(self):
        orders = self.orders("A-1", "A-2")
        anonymiser = type(self.env["lengow.anonymiser"])
        dialog = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"order_ids": [Command.set(orders.ids)]})
        )
        with patch.object(
            anonymiser, "_without_busy_buyers", lambda _service, batch: batch[:1]
        ):
            told = dialog.action_anonymise()["params"]
        self.assertEqual(told["type"], "warning")
        self.assertIn("To be deleted in a minute: 1.", told["message"])
        self.assertTrue(told["sticky"], "until somebody has read it")
        task = self.env["lengow.task"].search([("user_id", "=", self.manager.id)])
        self.assertEqual(task.total_count, 1)
        self.assertGreater(task.wait_until, fields.Datetime.now())
        task.wait_until = False
        self.run_tasks()
        self.assertEqual((task.state, task.failed_count), ("done", 0), task.message)
        self.assertTrue(all(orders.mapped("anonymised_at")))

    def test_whoever_deletes_hears_that_nothing_is_deleted_later(self):
        orders = self.orders("A-1", "A-2")
        cron = self.env.ref("lengow_connector.cron_run_tasks")
        cron.active = False
        dialog = (
            self.env["lengow.order.anonymise"]
            .with_user(self.manager)
            .create({"order_ids": [Command.set(orders.ids)]})
        )
        anonymiser = type(self.env["lengow.anonymiser"])
        with patch.object(
            anonymiser, "_without_busy_buyers", lambda _service, batch: batch[:1]
        ):
            told = dialog.action_anonymise()["params"]
        self.assertIn("switched off", told["message"])

    # === RECORD OF RUNS === #

    def runs(self):
        return self.env["lengow.run"].search([("user_id", "=", self.user.id)])

    def test_import_that_is_stopped_is_in_the_record_of_runs(self):
        orders = self.waiting_orders()
        self.batches_of("import", 1)
        task = self.background._begin("import", orders)
        self.kill_before("import", 2)
        self.assertFalse(self.runs(), "it goes on")
        task.action_stop()
        run = self.runs()
        self.assertEqual((task.state, run.kind), ("canceled", "process_orders"))
        self.assertEqual((run.imported_count, run.failed_count), (2, 0))
        self.assertEqual(run.user_id, self.user)

    def test_task_ends_whatever_the_record_of_runs_meets(self):
        task = self.background._begin("import", self.waiting_orders())
        recorder = "odoo.addons.lengow_connector.models.settings.lengow_recorder"
        Recorder = type(self.env["lengow.recorder"])
        error = RuntimeError("of another module")
        with (
            patch.object(Recorder, "_record_click", side_effect=error),
            mute_logger(recorder),
        ):
            self.run_tasks()
        self.assertEqual(task.state, "done", task.message)

    def test_import_that_fails_and_goes_on_counts_each_order_once(self):
        orders = self.waiting_orders()
        self.batches_of("import", 1)
        task = self.background._begin("import", orders)
        error = RuntimeError("of another module")
        loop = "odoo.addons.lengow_connector.models.settings.lengow_cron"
        with self.stop_before("import", 2, error), mute_logger(loop):
            self.run_tasks()
        self.assertEqual(task.state, "failed")
        self.assertEqual(self.runs().mapped("imported_count"), [2])
        task.action_go_on()
        self.run_tasks()
        self.assertEqual(self.runs().mapped("imported_count"), [1, 2])
        self.assertEqual(task.message, "Orders imported: 3 of 3.")
