from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...mapper.usable import refuse_unusable

# What commissions are booked by.
COMMISSION_POINTERS = (
    "commission_partner_id", "commission_product_id", "commission_account_id",
    "commission_journal_id", "commission_tax_ids", "commission_analytic_id",
)  # fmt: skip
# What each way of booking cannot do without.
NEEDED = {
    "none": (),
    "analytic": ("commission_from", "commission_analytic_id"),
    "bill": ("commission_from", "commission_partner_id"),
}
# Which of those each way of booking uses.
USED = {
    "analytic": ("commission_partner_id", "commission_analytic_id"),
    "bill": tuple(n for n in COMMISSION_POINTERS if n != "commission_analytic_id"),
}


class LengowCommissionSettings(models.AbstractModel):
    """How commissions are booked: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.commission.settings"
    _description = "Lengow Settings of Commissions"

    commission_booking = fields.Selection(
        [
            ("none", "Not at all"),
            ("analytic", "Analytic entries"),
            ("bill", "A draft vendor bill per month"),
        ],
        string="Book Commissions",
        tracking=True,
        default=lambda self: self._name == "lengow.account" and "none",
        help="The commissions that marketplaces tell of imported orders. Analytic: an "
        "entry per order, every night. Bill: one per marketplace, month and currency, "
        "once the month is over; what comes late goes on the next one.",
    )
    commission_from = fields.Date(
        string="Commissions Since",
        tracking=True,
        copy=False,
        help="Of orders that were placed on this day or later.",
    )
    commission_partner_id = fields.Many2one(
        "res.partner",
        string="Commission Vendor",
        tracking=True,
        check_company=True,
        help="Who bills the commission, usually the marketplace.",
    )
    commission_product_id = fields.Many2one(
        "product.product",
        tracking=True,
        check_company=True,
        domain="[('type', '=', 'service')]",
        help="Of the lines of the bill, whose expense account it decides.",
    )
    commission_account_id = fields.Many2one(
        "account.account",
        tracking=True,
        check_company=True,
        domain="[('account_type', 'in', ('expense', 'expense_other', "
        "'expense_direct_cost'))]",
        help="Instead of that of the product or the journal.",
    )
    commission_journal_id = fields.Many2one(
        "account.journal",
        tracking=True,
        check_company=True,
        domain="[('type', '=', 'purchase')]",
    )
    commission_tax_ids = fields.Many2many(
        "account.tax",
        string="Commission Taxes",
        check_company=True,
        domain="[('type_tax_use', '=', 'purchase')]",
        help="Added to the commissions, unless they are included in the price. Empty: "
        "none.",
    )
    commission_analytic_id = fields.Many2one(
        "account.analytic.account",
        string="Commission Analytic Account",
        tracking=True,
        check_company=True,
    )

    # === ONCHANGE METHODS === #

    @api.onchange("commission_booking")
    def _onchange_commission_booking(self):
        """Begin with the month in which somebody begins."""
        if self.commission_booking in ("analytic", "bill") and not self.commission_from:
            self.commission_from = fields.Date.today().replace(day=1)

    # === CONSTRAINT METHODS === #

    @api.constrains(*COMMISSION_POINTERS)
    def _check_commission_pointers(self):
        """Refuse what is archived or of another company.

        :raise ValidationError: naming what is wrong, and whose it is
        """
        refuse_unusable(self, COMMISSION_POINTERS)

    @api.constrains("commission_booking", *NEEDED["analytic"], *NEEDED["bill"])
    def _check_commission_settings(self):
        """Refuse to book what it is not known how.

        :raise ValidationError: naming what is missing, and whose it is
        """
        for owner in self:
            if reason := owner._why_commission_unset():
                raise ValidationError(reason)

    # === HELPERS === #

    def _why_commission_unset(self):
        """Return what is missing to book commissions as it is set, in words for people.

        :return: None if nothing is
        :rtype: str | None
        """
        is_account = self._name == "lengow.account"
        setting = self.__getitem__ if is_account else self._setting
        for name in NEEDED[setting("commission_booking") or "none"]:
            if not setting(name):
                return self.env._(
                    "%(owner)s: to book commissions, enter “%(setting)s”.",
                    owner=self.display_name,
                    setting=self._fields[name]._description_string(self.env),
                )
        return None
