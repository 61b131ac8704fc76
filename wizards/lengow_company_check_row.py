from odoo import fields, models


class LengowCompanyCheckRow(models.TransientModel):
    """A point of what a company needs, as it was when the dialog was opened."""

    _name = "lengow.company.check.row"
    _description = "Point of the Check of a Company"
    _inherit = ["lengow.dialog"]
    _order = "sequence, id"

    check_id = fields.Many2one(
        "lengow.company.check", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", readonly=True)
    sequence = fields.Integer(readonly=True)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(string="What", readonly=True)
    text = fields.Char(string="How It Is", readonly=True)
    state = fields.Selection(
        [("done", "Done"), ("todo", "To Do")], required=True, readonly=True
    )
    may_open = fields.Boolean(readonly=True)

    # === ACTION METHODS === #

    def action_open(self):
        """Open where the point is done."""
        self.ensure_one()
        account = self.check_id.account_id
        account.check_access("write")
        company = self.company_id or account.company_id
        return self.env["lengow.readiness"]._open(account, self.code, company)
