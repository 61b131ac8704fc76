from dataclasses import replace

from odoo import models

from odoo.addons.lengow_connector.models.settings.lengow_cron import TALLY

from .lengow_queued import JOB


class LengowCron(models.AbstractModel):
    """Lets the loop know when it runs in a job."""

    _inherit = "lengow.cron"

    def _take_batches(self, records, work):
        """Override to stop in time for a job, and to tell it how far that is."""
        run = self.env.context.get(JOB)
        if not run:
            return super()._take_batches(records, work)
        run.tally = self.env.context[TALLY]
        # Other jobs, or none yet, have the rest of what is due.
        run.tally.is_shared = True
        deadline = min(run.deadline, work.deadline or run.deadline)
        # How many are at work at once is for the channels to say.
        run.is_through = super()._take_batches(
            records, replace(work, deadline=deadline, is_busy=False)
        )
        return run.is_through

    def _trigger(self, work):
        """Override to have a job come back instead of another run."""
        run = self.env.context.get(JOB)
        if not run:
            return super()._trigger(work)
        run.is_in_the_way = True
        return None
