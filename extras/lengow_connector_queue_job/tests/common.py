"""What the tests share: the jobs that there are, and an engine that does one."""

from odoo.addons.lengow_connector.tests.common import payload
from odoo.addons.lengow_connector.tests.common.outbox import OutboxCase
from odoo.addons.queue_job.job import Job


class EngineCase(OutboxCase):
    """A shop whose scheduled actions hand over to jobs."""

    def setUp(self):
        super().setUp()
        self.env["queue.job"].search([]).unlink()

    def jobs(self, kind="process_orders"):
        """Return the jobs of a stage, the first one first."""
        return self.env["queue.job"].search(
            [("channel", "=like", f"root.lengow.{kind}.%")], order="id"
        )

    def put_ready(self, *numbers, account=None):
        """Have orders fetched that are ready to be imported; return them."""
        for number in numbers:
            self.put(payload(number))
        with self.crons():
            self.run_cron("cron_fetch_orders")
        orders = (account or self.account).order_ids
        return orders.filtered(lambda order: order.name in numbers).sorted("id")

    def hand_over(self, kind="process_orders"):
        """Run a scheduled action, and return the jobs that there are then."""
        with self.crons():
            self.run_cron(f"cron_{kind}")
        return self.jobs(kind)

    def perform(self, job):
        """Do a job as the engine does; return what it says in the end."""
        self.env.flush_all()
        with self.crons():
            outcome = Job.load(self.env, job.uuid).perform()
        self.env.invalidate_all()
        return outcome

    def perform_in_vain(self, job, kind):
        """Do a job that raises, as the engine does: what it has committed stays.

        :param kind: of the exception
        :return: the exception
        """
        # Odoo's own assertRaises would undo everything.
        try:
            outcome = self.perform(job)
        except kind as error:
            self.env.invalidate_all()
            return error
        raise self.failureException(f"{kind.__name__} not raised, but {outcome!r}")

    def perform_all(self, jobs):
        """Do jobs, and note that they are done."""
        for job in jobs:
            self.perform(job)
            job.state = "done"
