from odoo import models


class LengowFollower(models.AbstractModel):
    _inherit = "lengow.follower"

    def _run_on(self, accounts):
        """Override to have jobs do it."""
        engine = self.env["lengow.engine"]
        if engine._hand_over(self, "cron_follow_actions", accounts):
            return None
        return super()._run_on(accounts)
