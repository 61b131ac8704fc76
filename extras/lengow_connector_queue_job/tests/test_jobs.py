"""A job does its work once, says what it did, and repeats no call to Lengow."""

from contextlib import ExitStack
from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.lengow_connector.models.settings.processors import (
    PROCESSORS,
    has_processor,
)
from odoo.addons.lengow_connector.tests.common import payload
from odoo.addons.lengow_connector.tests.common.documents import pdf
from odoo.addons.lengow_connector.tests.common.outbox import ACTIONS
from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError

from ..models import lengow_queued
from .common import EngineCase

LOGGERS = (
    "odoo.addons.lengow_connector.models.settings.lengow_cron",
    "odoo.addons.lengow_connector.models.sales.lengow_importer",
)


@tagged("post_install", "-at_install")
class TestJobs(EngineCase):
    def plan(self, number="A-1", kind="accept"):
        """Plan an action; return it."""
        return self.receive(number)._plan_action(kind)

    def job_of(self, kind):
        """Have the scheduled action of a stage make its one job."""
        job = self.hand_over(kind)
        self.assertEqual(len(job), 1)
        return job

    def step_raises(self, error, times=1):
        """Have the next steps fail."""
        loop = type(self.env["lengow.cron"])
        original, errors = loop._do, [error] * times

        def step(service, records, work):
            if errors:
                raise errors.pop()
            return original(service, records, work)

        return patch.object(loop, "_do", step)

    # === EACH STAGE === #

    def test_job_imports_and_says_what_it_did(self):
        orders = self.put_ready("A-1", "A-2")
        self.put(payload("WRONG", total="1.00"))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        wrong = self.order("WRONG")
        job = self.job_of("process_orders")
        self.assertEqual(self.perform(job), "Imported: 2, Failed: 1")
        self.assertEqual(set(orders.mapped("import_state")), {"imported"})
        self.assertEqual(wrong.import_state, "error")
        self.assertTrue(wrong.error_message)

    def test_job_sends(self):
        action = self.plan()
        job = self.job_of("send_actions")
        self.assertFalse(self.posts())
        self.assertEqual(self.perform(job), "Done: 1")
        self.assertEqual(action.state, "accepted")
        self.assertEqual(len(self.posts()), 1)

    def test_job_follows(self):
        action = self.plan()
        self.perform_all(self.hand_over("send_actions"))
        job = self.job_of("follow_actions")
        self.assertEqual(job.records, self.account)
        self.perform(job)
        self.assertEqual(action.state, "done")

    def test_job_fetches_documents(self):
        self.put(payload("D-1"))
        record = self.sandbox.find("amazon_fr", "D-1", 4242)
        document = self.sandbox.documents.add(record, "invoice.pdf", pdf("D-1"))
        record.payload["documents"] = [{"id": document.id, "name": document.filename}]
        self.sync()
        documents = self.account.order_ids.document_ids
        self.perform(self.job_of("fetch_documents"))
        self.assertEqual(documents.state, "fetched")

    # === ONCE === #

    def test_job_that_is_asked_for_again_does_nothing_again(self):
        order = self.put_ready("A-1")
        action = self.plan("A-2")
        jobs = self.hand_over() | self.hand_over("send_actions")
        for _time in range(2):
            for job in jobs:
                self.perform(job)
        self.assertEqual(len(order.sale_order_ids), 1)
        self.assertEqual(action.attempt_count, 1)
        self.assertEqual(len(self.posts()), 1)

    def test_lost_answer_is_no_reason_to_repeat_the_job(self):
        self.sandbox.settings.action_delay = 3600
        action = self.plan()
        job = self.job_of("send_actions")
        self.fault(ACTIONS, method="POST", cut="after", times=1)
        self.perform(job)
        self.assertEqual(action.state, "unknown")
        # Nor does it help to ask for the job again.
        self.perform(job)
        self.assertEqual(len(self.posts()), 1)
        job.state = "done"
        self.pass_time(action, minutes=6)
        self.perform(self.hand_over("send_actions")[-1])
        self.assertEqual(action.state, "accepted")
        self.assertEqual(len(self.posts()), 1)

    def test_job_that_was_killed_during_its_call_sends_nothing_again(self):
        action = self.plan()
        job = self.job_of("send_actions")
        sender = type(self.env["lengow.sender"])
        with patch.object(sender, "_send", side_effect=SystemExit):
            self.perform_in_vain(job, SystemExit)
        self.assertEqual(action.state, "sending")
        self.perform(job)
        self.assertEqual(action.state, "sending")
        self.assertFalse(self.posts())

    def test_job_needs_no_processor_since_the_channels_say_how_many_work_at_once(self):
        order = self.put_ready("A-1")
        job = self.job_of("process_orders")
        with ExitStack() as at_work:
            for _job in range(PROCESSORS):
                cr = at_work.enter_context(self.registry.cursor())
                self.assertTrue(has_processor(cr, "cron_process_orders"))
            self.assertEqual(self.perform(job), "Imported: 1")
        self.assertEqual(order.import_state, "imported")

    # === WHAT FAILS === #

    def test_whatever_a_step_raises_is_noted_and_the_job_is_done(self):
        for error in (ZeroDivisionError("a bug"), UserError("Create a warehouse.")):
            with self.subTest(error=error):
                order, other = self.put_ready(f"A-{error}", f"B-{error}")
                job = self.hand_over()[-1]
                # The batch, and the first one alone.
                with self.step_raises(error, times=2), mute_logger(*LOGGERS):
                    self.assertEqual(self.perform(job), "Imported: 1, Failed: 1")
                self.assertEqual(order.import_state, "error")
                self.assertEqual(other.import_state, "imported")
                job.state = "done"

    def test_job_comes_back_where_somebody_else_was_quicker(self):
        order, other = self.put_ready("A-1", "A-2")
        job = self.job_of("process_orders")
        with self.step_raises(SerializationFailure(), times=2):
            error = self.perform_in_vain(job, RetryableJobError)
        self.assertFalse(error.ignore_retry)
        self.assertEqual(order.import_state, "ready")
        self.assertFalse(order.error_message)
        self.assertEqual(other.import_state, "imported", "it was committed")
        self.assertEqual(self.perform(job), "Imported: 1")
        self.assertEqual(order.import_state, "imported")

    def test_job_comes_back_for_what_somebody_else_holds(self):
        held, other = self.put_ready("A-1", "A-2")
        job = self.job_of("process_orders")
        orders = type(held)
        lock = orders.try_lock_for_update

        def lock_others(records, **options):
            return lock(records.filtered(lambda one: one.id != held.id), **options)

        with patch.object(orders, "try_lock_for_update", lock_others):
            self.perform_in_vain(job, RetryableJobError)
        self.assertEqual(other.import_state, "imported")
        self.assertEqual(held.import_state, "ready")
        self.perform(job)
        self.assertEqual(held.import_state, "imported")

    def test_job_whose_time_is_up_goes_on_in_another_turn(self):
        first = self.plan("A-1")
        second = self.plan("A-2")
        job = self.job_of("send_actions")
        with patch.object(lengow_queued, "job_seconds", lambda: -1):
            error = self.perform_in_vain(job, RetryableJobError)
        self.assertTrue(error.ignore_retry)
        self.assertEqual((first | second).mapped("state"), ["accepted", "todo"])
        self.assertEqual(self.perform(job), "Done: 1")
        self.assertEqual((first | second).mapped("state"), ["accepted"] * 2)

    def test_record_that_is_gone_is_no_reason_to_come_back(self):
        order, other = self.put_ready("A-1", "A-2")
        job = self.job_of("process_orders")
        order.unlink()
        self.assertEqual(self.perform(job), "Imported: 1")
        self.assertEqual(other.import_state, "imported")

    # === THE ENGINE'S SETTINGS === #

    def test_functions_may_commit_and_have_a_channel_and_a_retry_pattern(self):
        functions = self.env["queue.job.function"]
        for model, kind in (
            ("lengow.order", "process_orders"),
            ("lengow.action", "send_actions"),
            ("lengow.account", "follow_actions"),
            ("lengow.document", "fetch_documents"),
        ):
            with self.subTest(model=model):
                config = functions.job_config(f"<{model}>._run_in_job")
                self.assertTrue(config.allow_commit)
                self.assertEqual(config.channel, f"root.lengow.{kind}")
                self.assertEqual(config.retry_pattern[1], 5)

    def test_job_that_may_not_commit_begins_nothing(self):
        order = self.put_ready("A-1")
        job = self.job_of("process_orders")
        job.job_function_id.allow_commit = False
        error = self.perform_in_vain(job, FailedJobError)
        self.assertIn("Set Allow Commit on", str(error))
        self.assertEqual(order.import_state, "ready")

    def test_people_hear_of_errors_once_for_many_jobs(self):
        self.put_ready("A-1")
        job = self.job_of("process_orders")
        todo = type(self.env["lengow.todo"])
        cron = self.env.ref("lengow_connector.cron_process_orders")
        triggers = self.env["ir.cron.trigger"]
        triggers.search([("cron_id", "=", cron.id)]).unlink()
        with patch.object(todo, "_settle_errors") as settle:
            self.perform(job)
            settle.assert_not_called()
            self.assertEqual(triggers.search_count([("cron_id", "=", cron.id)]), 1)
            self.hand_over()
            settle.assert_called_once()
