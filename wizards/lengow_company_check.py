from odoo import api, fields, models


class LengowCompanyCheck(models.TransientModel):
    """What an account's companies need: each point done, or with what to do."""

    _name = "lengow.company.check"
    _description = "Check a Company"
    _inherit = ["lengow.dialog"]

    account_id = fields.Many2one("lengow.account", required=True, readonly=True)
    company_id = fields.Many2one(related="account_id.company_id")
    row_ids = fields.One2many("lengow.company.check.row", "check_id")
    todo_count = fields.Integer(compute="_compute_todo_count")

    # === COMPUTE METHODS === #

    @api.depends("row_ids.state")
    def _compute_todo_count(self):
        for dialog in self:
            todo = dialog.row_ids.filtered(lambda row: row.state == "todo")
            dialog.todo_count = len(todo)

    # === ACTION METHODS === #

    @api.model
    def _open_for(self, account):
        """Open the dialog on the company of an account.

        :param lengow.account account: one
        """
        points = self.env["lengow.readiness"]._points(account)
        dialog = self.create(
            {
                "account_id": account.id,
                "row_ids": [
                    fields.Command.create(
                        {"sequence": sequence, **self._row_values(point)}
                    )
                    for sequence, point in enumerate(points)
                ],
            }
        )
        return dialog._open(self.env._("Check %s", account.company_id.name))

    def _row_values(self, point):
        """Return the values of the row of a point.

        :param Point point: as `lengow.readiness` found it
        :rtype: dict
        """
        readiness = self.env["lengow.readiness"]
        may_open = readiness._may_open(point.name)
        text = point.text
        if not (point.is_done or may_open):
            text = f"{text} {readiness._who_may(point.name)}"
        return {
            "code": point.name,
            "company_id": point.company.id,
            "name": point.label,
            "text": text,
            "state": "done" if point.is_done else "todo",
            "may_open": may_open,
        }

    def action_confirm(self):
        """Note that somebody has looked at the company."""
        self.ensure_one()
        self.account_id.check_access("write")
        self.account_id._mark_seen("company")
        return {"type": "ir.actions.client", "tag": "soft_reload"}
