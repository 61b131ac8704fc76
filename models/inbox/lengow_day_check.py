from odoo import fields, models


class LengowDayCheck(models.Model):
    """A day of an account, compared with Lengow: how many orders there, how many here.

    Days begin and end in UTC, as those of Lengow's dates do.
    """

    _name = "lengow.day.check"
    _description = "Lengow Day Check"
    _inherit = ["lengow.guarded"]
    _rec_name = "day"
    _order = "day desc, account_id"

    account_id = fields.Many2one(
        "lengow.account", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    day = fields.Date(
        required=True, readonly=True, help="When the orders were placed; in UTC."
    )
    lengow_count = fields.Integer(string="At Lengow", readonly=True)
    here_count = fields.Integer(string="Here", readonly=True)
    missing_count = fields.Integer(
        string="Missing",
        readonly=True,
        help="Orders that are at Lengow and not here. Those of marketplaces that are "
        "switched off, and what is not imported for its date, do not count.",
    )
    missing_orders = fields.Text(
        readonly=True, help="The marketplaces' numbers of what is missing."
    )
    is_settled = fields.Boolean(
        readonly=True, help="Each of its orders was looked for here, and was there."
    )
    checked_at = fields.Datetime(string="Checked", readonly=True)

    _account_day_uniq = models.Constraint(
        "UNIQUE(account_id, day)", "An account has each day once."
    )
    _missing_idx = models.Index("(account_id) WHERE missing_count > 0")

    # === ACTION METHODS === #

    def action_fetch(self):
        """Read what is missing of these days from Lengow now, and import it.

        :return: a notification with what came
        :raise UserError: if an account is not connected, or is being synchronized
        """
        self.check_access("read")
        checks_sudo = self.sudo()  # a user asks for it, the system does it
        return checks_sudo.env["lengow.day.watch"]._fetch(checks_sudo)

    # === HELPERS === #

    def _numbers(self):
        """Return what is listed as missing.

        :rtype: set[str]
        """
        return set((self.missing_orders or "").splitlines())
