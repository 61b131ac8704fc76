from odoo import api, fields, models


class LengowGuided(models.AbstractModel):
    """What says how to go on: what mends its error, and who may.

    The mends themselves are those of `lengow.mend`.
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

    # === COMPUTE METHODS === #

    @api.depends("import_state", "error_code", "invoice_state", "currency_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_fix(self):
        for record in self:
            mend = self.env["lengow.mend"]._find(record)
            is_offered = bool(mend) and mend.may(self.env)
            record.fix_label = is_offered and mend.label
            record.fix_hint = bool(mend and not is_offered) and mend.hint(self.env)

    # === ACTION METHODS === #

    def action_fix(self):
        """Mend what is wrong with these, or open what does.

        :return: an action
        :raise UserError: if nothing is wrong that can be mended, or the user may not
        """
        self.check_access("write")
        return self.env["lengow.mend"]._mend(self)
