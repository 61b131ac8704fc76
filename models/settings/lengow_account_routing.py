from odoo import api, fields, models
from odoo.exceptions import ValidationError


class LengowAccountRouting(models.AbstractModel):
    """Which companies an account serves: its own, and those of its routing rules."""

    _name = "lengow.account.routing"
    _description = "Companies of a Lengow Account"

    routing_rule_ids = fields.One2many(
        "lengow.routing.rule", "account_id", readonly=True
    )
    served_company_ids = fields.Many2many(
        "res.company",
        string="Companies Served",
        compute="_compute_served_company_ids",
        store=True,
        precompute=True,  # so that an account is found as soon as it is created
        help="The account's own company, those of its routing rules, and those that "
        "have orders of it. Who works in one of them sees the account.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "routing_rule_ids.company_id", "routing_rule_ids.active")
    def _compute_served_company_ids(self):
        Rule = self.env["lengow.routing.rule"].sudo()
        for account in self:
            ids = account._origin.ids
            rules = Rule.search([("account_id", "in", ids)])
            with_orders = (
                self.env["lengow.order"]
                .sudo()
                ._read_group([("account_id", "in", ids)], ["company_id"])
            )
            account.served_company_ids = (account.company_id | rules.company_id).union(
                *(company for (company,) in with_orders)
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("company_id")
    def _check_company_of_settings(self):
        """Refuse a company that may not use what is set for single marketplaces.

        Of the account itself, Odoo sees to it.

        :raise UserError: naming what belongs to the company before
        """
        rules = self.env["lengow.delivery.rule"].sudo()
        rules.search([("account_id", "in", self.ids)])._check_company()
        every = self.sudo().with_context(active_test=False)
        every.marketplace_ids._check_company()

    @api.constrains("company_id")
    def _check_company_of_orders(self):
        """Keep the orders of an account in the company that imported them.

        :raise ValidationError: if the account already has orders of another company,
            other than those that a rule has brought there
        """
        for account in self:
            if (
                self.env["lengow.order"]
                .sudo()
                .search_count(
                    [
                        ("account_id", "=", account.id),
                        ("routing_rule_id", "=", False),
                        ("sale_order_ids.company_id", "!=", account.company_id.id),
                        ("sale_order_ids", "!=", False),
                    ],
                    limit=1,
                )
            ):
                raise ValidationError(
                    self.env._(
                        "%s has sale orders in its company. Create another account "
                        "for the other company.",
                        account.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give orders to no company that one has nothing to do with."""
        accounts = super().create(vals_list)
        self.env["lengow.routing.rule"]._check_may_give(accounts)
        return accounts

    def write(self, vals):
        """Override to give orders to no company that one has nothing to do with."""
        result = super().write(vals)
        if "company_id" in vals:
            self.env["lengow.routing.rule"]._check_may_give(self)
        return result
