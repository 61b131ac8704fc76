from odoo import api, fields, models


class LengowAllowance(models.Model):
    """How many calls an account may still make just now, over all workers and servers.

    Written by :class:`LengowLimiter` alone, in transactions of its own. An account that
    is not committed yet may have calls already, so there is no foreign key.
    """

    _name = "lengow.allowance"
    _description = "Calls Left to a Lengow Account"
    _inherit = ["lengow.guarded"]
    _rec_name = "account"
    _log_access = False

    account = fields.Integer(required=True, readonly=True)
    tokens = fields.Float(
        required=True, readonly=True, help="Below zero: calls that wait for their turn."
    )
    counted_at = fields.Datetime(required=True, readonly=True)

    _account_uniq = models.Constraint(
        "UNIQUE(account)", "An account has one allowance."
    )

    @api.autovacuum
    def _gc_allowances(self):
        """Forget those that nobody has asked for a day: they would be full again."""
        day_ago = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.search([("counted_at", "<", day_ago)]).unlink()
