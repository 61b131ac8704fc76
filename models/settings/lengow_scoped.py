from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LengowScoped(models.AbstractModel):
    """What people enter for a marketplace of an account, or for all of them."""

    _name = "lengow.scoped"
    _description = "Entered for an Account or a Marketplace"
    _inherit = ["lengow.guarded"]
    _check_company_auto = True

    account_id = fields.Many2one(
        "lengow.account",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self._default_account(),
    )
    company_id = fields.Many2one(
        related="account_id.company_id", store=True, index=True
    )
    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('account_id', '=', account_id)]",
        help="Empty: for all marketplaces of the account.",
    )

    @api.model
    def _default_account(self):
        # Whoever enters many enters them for one account.
        last = self.search(
            [("create_uid", "=", self.env.uid)], order="id desc", limit=1
        )
        return last.account_id or self.env["lengow.account"].search([], limit=1)

    # === CONSTRAINT METHODS === #

    @api.constrains("account_id", "marketplace_id")
    def _check_marketplace_of_account(self):
        """Keep what is entered within one account.

        :raise ValidationError: naming it, if the marketplace is another account's
        """
        for record in self.filtered("marketplace_id"):
            if record.marketplace_id.account_id != record.account_id:
                raise ValidationError(
                    self.env._(
                        "%(record)s: %(marketplace)s does not belong to the account "
                        "%(account)s.",
                        record=record.display_name,
                        marketplace=record.marketplace_id.name,
                        account=record.account_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to drop the blanks around names."""
        return super().create([self._stripped(vals) for vals in vals_list])

    def write(self, vals):
        """Override to drop the blanks around names.

        :raise AccessError: if it is moved to an account that is not the user's
        """
        result = super().write(self._stripped(vals))
        if "account_id" in vals:
            # Odoo looks at what was there before only.
            self.check_access("write")
        return result

    def _stripped(self, vals):
        """Return values without the blanks that a spreadsheet leaves around texts."""
        texts = {
            name: value.strip()
            for name, value in vals.items()
            if isinstance(value, str) and name in self._fields
        }
        return {**vals, **texts}
