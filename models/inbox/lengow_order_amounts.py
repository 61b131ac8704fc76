from odoo import api, fields, models
from odoo.tools import format_datetime


class LengowOrderAmounts(models.AbstractModel):
    """What people and settings decided about the amounts of a marketplace order."""

    _name = "lengow.order.amounts"
    _description = "Decided Amounts of a Lengow Order"

    currency_id = fields.Many2one("res.currency", readonly=True)
    difference_amount = fields.Monetary(
        string="Difference Let Through",
        currency_field="currency_id",
        readonly=True,
        copy=False,
        help="By how much its total differs from what its lines, shipping and fees add "
        "up to. It is a line of the sale order.",
    )
    difference_reason = fields.Char(
        string="Reason for the Difference", readonly=True, copy=False
    )
    difference_user_id = fields.Many2one(
        "res.users", string="Let Through By", readonly=True, copy=False
    )
    difference_at = fields.Datetime(string="Let Through On", readonly=True, copy=False)
    difference_label = fields.Char(
        string="Let Through", compute="_compute_difference_label"
    )
    # With other sums, the difference is another one.
    difference_key = fields.Char(
        string="Sums Let Through",
        readonly=True,
        copy=False,
        help="The sums that were let through, and no others.",
    )
    left_out_fee = fields.Monetary(
        string="Fee Left Out",
        currency_field="currency_id",
        readonly=True,
        copy=False,
        help="The processing fee that its sale order does not have, as set.",
    )

    # === COMPUTE METHODS === #

    @api.depends("difference_reason", "difference_user_id", "difference_at")
    @api.depends_context("lang", "tz")
    def _compute_difference_label(self):
        for record in self:
            if not record.difference_at:
                record.difference_label = False
                continue
            # Who let it through may be of another company, and is no secret.
            record.difference_label = self.env._(
                "By %(user)s on %(date)s: %(reason)s",
                user=record.sudo().difference_user_id.name,
                date=format_datetime(self.env, record.difference_at, dt_format="short"),
                reason=record.difference_reason or "\N{EN DASH}",
            )
