from odoo import api, fields, models


class LengowPause(models.Model):
    """A record that a scheduled action leaves alone for a while.

    Only what stays due although its step failed, or is done for now, is kept here.
    """

    _name = "lengow.pause"
    _description = "Pause of a Record in a Lengow Scheduled Action"
    _inherit = ["lengow.guarded"]
    _rec_name = "cron"

    cron = fields.Char(required=True, readonly=True)
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Integer(string="Record", required=True, readonly=True)
    until = fields.Datetime(required=True, readonly=True)
    failure_count = fields.Integer(
        readonly=True, help="How often its step has failed in a row."
    )

    _record_uniq = models.Constraint(
        "UNIQUE(cron, res_model, res_id)", "A scheduled action pauses a record once."
    )

    @api.autovacuum
    def _gc_pauses(self):
        """Forget the pauses that ended long enough ago to begin anew."""
        day_ago = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        self.search([("until", "<", day_ago)]).unlink()
