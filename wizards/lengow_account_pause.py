from odoo import fields, models


class LengowAccountPause(models.TransientModel):
    """Asks why an account is to pause, before it does."""

    _name = "lengow.account.pause"
    _description = "Pause a Lengow Account"
    _inherit = ["lengow.dialog"]

    account_id = fields.Many2one("lengow.account", required=True, readonly=True)
    # It stands above every order: a sentence, no letter.
    reason = fields.Char(size=200, help="For whoever finds it paused.")

    # === ACTION METHODS === #

    def action_confirm(self):
        """Let the account pause until somebody resumes it."""
        self.ensure_one()
        self.account_id.check_access("write")
        self.account_id._mark_paused((self.reason or "").strip())
        return {"type": "ir.actions.client", "tag": "soft_reload"}
