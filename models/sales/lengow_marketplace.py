from odoo import fields, models


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    commission_booked_until = fields.Date(readonly=True, copy=False)
    commission_booked_elsewhere = fields.Json(
        readonly=True,
        copy=False,
        help="Until when the other companies that get its orders have their bills: a "
        "day by the number of the company.",
    )
    # Whoever books at the same time has read the row before, and has to begin anew.
    commission_booked_at = fields.Datetime(readonly=True, copy=False)
    commission_error = fields.Text(readonly=True, copy=False)

    def _commission_booked_until(self, company):
        """Return until when a company has its bills of commissions, maybe False.

        :param res.company company: that gets orders of the marketplace
        :rtype: date | bool
        """
        if company == self.company_id:
            return self.commission_booked_until
        day = (self.commission_booked_elsewhere or {}).get(str(company.id))
        return fields.Date.to_date(day) or False

    def _mark_commission_booked(self, company, until):
        """Note until when a company has its bills of commissions.

        :param res.company company: that gets orders of the marketplace
        :param date until: what was placed before has been billed
        """
        if company == self.company_id:
            self.commission_booked_until = until
            return
        self.commission_booked_elsewhere = {
            **(self.commission_booked_elsewhere or {}),
            str(company.id): fields.Date.to_string(until),
        }

    def _forget_commission_booked(self):
        """Have what is due billed once more, not only once the next month is over."""
        self.write(
            {"commission_booked_until": False, "commission_booked_elsewhere": False}
        )
