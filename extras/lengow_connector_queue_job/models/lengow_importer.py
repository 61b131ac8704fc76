from odoo import models

from .lengow_queued import JOB


class LengowImporter(models.AbstractModel):
    _inherit = "lengow.importer"

    def _run_on(self, orders):
        """Override to have jobs do it, and a run tell of what they did.

        People hear of errors once for many jobs.
        """
        engine = self.env["lengow.engine"]
        if engine._hand_over(self, "cron_process_orders", orders):
            return True
        result = super()._run_on(orders)
        if self.env.context.get(JOB):
            loop = self.env["lengow.cron"]
            loop._finish(loop, "_plan_run", "cron_process_orders")
        return result
