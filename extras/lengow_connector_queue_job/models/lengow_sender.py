from odoo import models


class LengowSender(models.AbstractModel):
    _inherit = "lengow.sender"

    def _run_on(self, actions):
        """Override to have jobs do it."""
        engine = self.env["lengow.engine"]
        if engine._hand_over(self, "cron_send_actions", actions):
            return None
        return super()._run_on(actions)
