from odoo import api, fields, models

from ...lengow_api import MILESTONES


class LengowGuided(models.AbstractModel):
    """What says how it does and how to go on: banners, what mends its error, who may.

    The mends themselves are those of `lengow.mend`, the banners of `lengow.banner`.
    """

    _name = "lengow.guided"
    _description = "Way on of a Lengow Order"

    fix_label = fields.Char(
        string="Fix",
        compute="_compute_fix",
        help="What mends what is wrong, as far as the user may.",
    )
    fix_hint = fields.Char(
        compute="_compute_fix", help="Who can mend it, where the user may not."
    )
    banners = fields.Json(compute="_compute_banners")
    milestone = fields.Selection(
        [
            ("to_accept", "To Accept"),
            ("to_ship", "To Ship"),
            ("shipped", "Shipped"),
            ("closed", "Closed"),
        ],
        compute="_compute_milestone",
        help="How far the marketplace has come with it.",
    )
    deadline_label = fields.Char(
        compute="_compute_deadline", help="Until when something is to be done, if so."
    )
    is_deadline_near = fields.Boolean(compute="_compute_deadline")

    # === COMPUTE METHODS === #

    @api.depends(
        "import_state", "error_code", "invoice_state", "currency_id", "unread_from"
    )
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_fix(self):
        for record in self:
            mend = self.env["lengow.mend"]._find(record)
            is_offered = bool(mend) and mend.may(self.env)
            record.fix_label = is_offered and mend.label
            record.fix_hint = bool(mend and not is_offered) and mend.hint(self.env)

    @api.depends(
        "fix_label",
        "error_message",
        "invoice_error",
        "state_reason",
        "dismiss_label",
        "unread_from",
        "change_kind",
        "tax_doubt",
        "pending_kind",
        "action_ids.state",
        "ship_state",
        "phase",
        "account_id.active",
        "account_id.state",
        "account_id.pause_label",
    )
    @api.depends_context("uid", "lang", "tz")
    def _compute_banners(self):
        for record in self:
            record.banners = self.env["lengow.banner"]._of(record) or False

    @api.depends("lengow_status")
    def _compute_milestone(self):
        for record in self:
            record.milestone = MILESTONES.get(record.lengow_status)

    @api.depends("lengow_status", "due_at")
    @api.depends_context("lang", "tz")
    def _compute_deadline(self):
        for record in self:
            deadline = self.env["lengow.deadline"]._of(record)
            record.deadline_label = deadline.text
            record.is_deadline_near = deadline.is_near

    # === ACTION METHODS === #

    def action_fix(self):
        """Mend what is wrong with these, or open what does.

        :return: an action
        :raise UserError: if nothing is wrong that can be mended, or the user may not
        """
        self.check_access("write")
        return self.env["lengow.mend"]._mend(self)
