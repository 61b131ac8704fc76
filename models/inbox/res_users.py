from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    # === CRUD METHODS === #

    def unlink(self):
        """Override, since their activities go with them: others take ours over."""
        self.env["lengow.todo"]._hand_over(self)
        return super().unlink()

    # === ACTION METHODS === #

    def action_archive(self):
        """Override of `mail`, which deletes their activities: others take ours over."""
        self.env["lengow.todo"]._hand_over(self)
        return super().action_archive()
