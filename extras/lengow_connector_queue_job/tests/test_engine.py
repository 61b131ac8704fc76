"""Scheduled actions hand over to jobs: what, to which channel, and each thing once."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from odoo.addons.lengow_connector.models.settings.lengow_cron import Work
from odoo.addons.queue_job.job import Job, identity_exact

from ..hooks import uninstall_hook
from ..models import lengow_engine
from .common import EngineCase

ENGINE = "odoo.addons.lengow_connector_queue_job.models.lengow_engine"


@tagged("post_install", "-at_install")
class TestEngine(EngineCase):
    def runs(self, kind, account=None):
        return self.env["lengow.run"].search(
            [("kind", "=", kind), ("account_id", "=", (account or self.account).id)]
        )

    def age(self, jobs, **delta):
        """Move jobs into the past."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE queue_job SET date_created = date_created - %s WHERE id IN %s",
            [timedelta(**delta), jobs._ids],
        )
        self.env.invalidate_all()

    def plan_another(self, **values):
        """Return a job of another order, in another state."""
        known = self.jobs()
        self.put_ready("ANOTHER")
        job = self.hand_over() - known
        job.write(values)
        return job

    # === WHAT IS HANDED OVER === #

    def test_what_is_due_becomes_a_job_in_the_channel_of_its_account(self):
        orders = self.put_ready("A-1", "A-2")
        job = self.hand_over()
        self.assertEqual(set(orders.mapped("import_state")), {"ready"})
        self.assertEqual(job.records, orders)
        self.assertEqual(job.channel, f"root.lengow.process_orders.{self.account.id}")
        self.assertEqual(job.name, "Lengow: import orders: Test Shop (2)")
        self.assertEqual(job.company_id, self.account.company_id)
        cron = self.env.ref("lengow_connector.cron_process_orders")
        self.assertEqual(job.priority, cron.priority)
        self.assertEqual(job.user_id, cron.user_id)

    def test_jobs_of_another_company_are_seen_by_those_who_work_for_it(self):
        company = self.env["res.company"].create({"name": "Another Company"})
        engine, importer = self.env["lengow.engine"], self.env["lengow.importer"]
        order = self.put_ready("A-1")
        other = self.account.copy({"name": "Another Shop", "company_id": company.id})
        engine._enqueue(importer, "cron_process_orders", other, order)
        self.assertEqual(self.jobs().company_id, company)

    def test_many_are_dealt_out_in_their_order(self):
        orders = self.put_ready("A-1", "A-2", "A-3", "A-4", "A-5")
        with patch.dict(lengow_engine.JOB_SIZES, cron_process_orders=2):
            jobs = self.hand_over()
        self.assertEqual([len(job.records) for job in jobs], [2, 2, 1])
        oldest_first = orders.sorted(lambda order: (order.order_date, order.id))
        handed = orders.browse(id_ for job in jobs for id_ in job.records.ids)
        self.assertEqual(handed.ids, oldest_first.ids)

    def test_accounts_take_turns_page_by_page(self):
        access_token, secret = self.server.second_keys
        other = self.create_account(
            name="Another Shop", access_token=access_token, secret_token=secret
        )
        other.action_connect()
        ours = self.put_ready("A-1", "A-2")
        theirs = ours.copy({"account_id": other.id})
        mixed = ours[0] | theirs[0] | ours[1] | theirs[1]
        engine, importer = self.env["lengow.engine"], self.env["lengow.importer"]
        pages = patch.object(lengow_engine, "PAGE_SIZE", 2)
        with pages, self.crons(), self.registry.cursor() as cr:
            env = self.env(cr=cr)
            engine.with_env(env)._hand_over(
                importer.with_env(env), "cron_process_orders", mixed.with_env(env)
            )
        self.assertEqual(
            [job.records for job in self.jobs()],
            [ours[0], theirs[0], ours[1], theirs[1]],
        )

    def test_what_jobs_have_already_is_not_handed_over_again(self):
        first = self.put_ready("A-1", "A-2")
        job = self.hand_over()
        for state in lengow_engine.WAITING_STATES:
            job.state = state
            self.assertEqual(self.hand_over(), job, state)
        more = self.put_ready("A-3")
        both = self.hand_over()
        self.assertEqual([one.records for one in both], [first, more])

    def test_what_a_job_has_left_is_handed_over_again(self):
        orders = self.put_ready("A-1")
        for state in ("failed", "cancelled", "done"):
            self.jobs().state = state
            self.assertEqual(self.hand_over()[-1].records, orders, state)
        self.assertEqual(len(self.jobs()), 3)

    def test_two_workers_that_hand_over_at_once_make_one_job(self):
        self.put_ready("A-1")
        job = self.hand_over()
        engine = type(self.env["lengow.engine"])
        with patch.object(engine, "_ids_in_jobs", lambda *_args: set()):
            self.assertEqual(self.hand_over(), job)
        self.assertEqual(job.identity_key, identity_exact(Job.load(self.env, job.uuid)))

    def test_what_pauses_is_not_handed_over(self):
        paused, other = self.put_ready("A-1", "A-2")
        work = Work("cron_process_orders", self.env["lengow.importer"], "", "", [])
        self.env["lengow.cron"]._pause(paused, work)
        self.assertEqual(self.hand_over().records, other)

    def test_rest_is_handed_over_by_the_next_run_where_time_is_up(self):
        self.put_ready("A-1", "A-2", "A-3")
        loop = type(self.env["lengow.cron"])
        with (
            patch.object(lengow_engine, "PAGE_SIZE", 1),
            patch.object(loop, "_commit", lambda *_args, **_options: 0),
        ):
            self.assertEqual(len(self.hand_over()), 1)
        self.assertEqual(len(self.hand_over()), 2)

    # === WHAT IS RECORDED OF THE RUNS === #

    def test_only_accounts_with_nothing_to_do_are_recorded_as_idle(self):
        idle = self.create_account(name="Quiet Shop")
        idle.sudo().state = "connected"
        self.put_ready("A-1")
        self.env["lengow.run"].search([]).unlink()
        self.hand_over()
        self.assertFalse(self.runs("process_orders"))
        self.assertEqual(self.runs("process_orders", idle).outcome, "idle")
        self.perform_all(self.jobs())
        self.assertEqual(self.runs("process_orders").outcome, "done")
        self.assertEqual(self.runs("process_orders").imported_count, 1)
        self.assertEqual(self.runs("process_orders", idle).repeat_count, 1)

    def test_run_with_nothing_due_is_recorded_as_without_the_engine(self):
        self.env["lengow.run"].search([]).unlink()
        self.assertFalse(self.hand_over())
        self.assertEqual(self.runs("process_orders").outcome, "idle")

    # === NO ENGINE === #

    def test_scheduled_action_does_it_where_no_engine_takes_the_jobs(self):
        orders = self.put_ready("A-1")
        job = self.hand_over()
        self.age(job, minutes=14)
        self.hand_over()
        self.assertEqual(orders.import_state, "ready")
        self.age(job, minutes=2)
        with self.assertLogs(ENGINE, "WARNING") as logs:
            self.hand_over()
        self.assertIn("is the job runner there?", logs.output[0])
        self.assertEqual(orders.import_state, "imported")
        # Late as it is, the job finds nothing to do.
        self.assertEqual(self.perform(job), "")
        self.assertEqual(len(orders.sale_order_ids), 1)

    def test_engine_that_is_busy_is_waited_for(self):
        orders = self.put_ready("A-1")
        job = self.hand_over()
        self.plan_another(state="started", date_started=fields.Datetime.now())
        self.age(job, hours=2)
        self.hand_over()
        self.assertEqual(orders.import_state, "ready")

    def test_job_that_comes_back_later_is_waited_for(self):
        orders = self.put_ready("A-1")
        job = self.hand_over()
        self.age(job, hours=2)
        job.eta = fields.Datetime.now() + timedelta(minutes=5)
        self.hand_over()
        self.assertEqual(orders.import_state, "ready")

    def test_jobs_that_wait_are_cancelled_when_the_addon_goes(self):
        self.put_ready("A-1")
        waiting = self.hand_over()
        done = self.plan_another(state="done")
        uninstall_hook(self.env)
        self.assertEqual((waiting.state, done.state), ("cancelled", "done"))
