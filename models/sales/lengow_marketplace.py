from odoo import fields, models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    commission_booked_until = fields.Date(readonly=True, copy=False)
    # Whoever books at the same time has read the row before, and has to begin anew.
    commission_booked_at = fields.Datetime(readonly=True, copy=False)
    commission_error = fields.Text(readonly=True, copy=False)
