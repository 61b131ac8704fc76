from odoo import api, fields, models


class LengowTask(models.Model):
    _inherit = "lengow.task"

    news = fields.Text(
        compute="_compute_news",
        help="How it ended, what it waits for, or why nothing is done about it.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "message", "wait_until", "last_turn_at", "begun_at")
    @api.depends_context("lang", "tz")
    def _compute_news(self):
        for task in self:
            task.news = task._tell_standstill() or task.message

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for task in self:
            task.display_name = self._label(task.kind)

    # === ACTION METHODS === #

    def action_open(self):
        """Show how far it is, without leaving what is open.

        :rtype: dict
        """
        self.ensure_one().check_access("read")
        return self._open()

    def action_open_left(self):
        """Open the records with which it could not be done."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Left Out"),
            "res_model": self.res_model,
            "domain": [("id", "in", self.left_ids or [])],
            "views": [(False, "list"), (False, "kanban"), (False, "form")],
        }

    # === HELPERS === #

    def _tell_standstill(self):
        """Say why nothing is done about it, and what to do, if that is so.

        :rtype: str | bool
        """
        if self.state not in ("waiting", "running"):
            return False
        # It may rest, and other ones may have had their turns since.
        moments = (self.create_date, self.begun_at, self.last_turn_at, self.wait_until)
        since = max(filter(None, moments))
        return self.env["lengow.vitals"]._tell_standstill("run_tasks", since)
