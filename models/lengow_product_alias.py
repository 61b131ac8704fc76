from odoo import api, fields, models


class LengowProductAlias(models.Model):
    """A SKU that a marketplace uses for a product that has another reference in Odoo."""

    _name = "lengow.product.alias"
    _description = "Lengow Product Alias"
    _check_company_auto = True
    _order = "sku, id"
    _rec_name = "sku"

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
    sku = fields.Char(
        string="SKU", required=True, help="As the marketplace's orders show it."
    )
    product_id = fields.Many2one(
        "product.product", required=True, check_company=True, ondelete="cascade"
    )

    _marketplace_sku_uniq = models.UniqueIndex(
        "(account_id, COALESCE(marketplace_id, 0), sku)",
        "This SKU already stands for a product.",
    )

    @api.model
    def _default_account(self):
        accounts = self.env["lengow.account"].search([], limit=2)
        return accounts if len(accounts) == 1 else False

    @api.model_create_multi
    def create(self, vals_list):
        """Override to drop the blanks that a spreadsheet leaves around a SKU."""
        for vals in vals_list:
            if isinstance(vals.get("sku"), str):
                vals["sku"] = vals["sku"].strip()
        return super().create(vals_list)
