"""Which company an order is of, and whose settings count for it: everybody asks here.

    not imported     the first routing rule that fits says it, else the account
    imported         it stays where it is, whatever becomes of the rules

Settings are those of the rule, else of the marketplace, else of the account. An order
that a rule has brought to another company passes over what is not that company's.
"""

from odoo import api, fields, models

from ...mapper.usable import is_of_company

# What has no value that means "nothing chosen", or is the same in all companies.
LEFT_TO_MARKETPLACE = ("boolean", "integer", "float", "monetary", "selection", "char")


class LengowRouted(models.AbstractModel):
    """The company of a marketplace order, and the settings that count for it."""

    _name = "lengow.routed"
    _description = "Company of a Lengow Order"

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        store=True,
        precompute=True,
        index=True,
    )
    routing_rule_id = fields.Many2one(
        "lengow.routing.rule",
        string="Routed By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The routing rule that has decided which company the order is of. Empty: "
        "none fits, and it is of the account's.",
    )
    catalogue_ref = fields.Char(
        string="Lengow Catalog",
        readonly=True,
        help="The number of the catalogue that the order was sold from.",
    )

    # === COMPUTE METHODS === #

    @api.depends("account_id.company_id", "routing_rule_id.company_id")
    def _compute_company_id(self):
        for order in self:
            kept = order.company_id if order._is_settled() else None
            rule, account = order.sudo().routing_rule_id, order.sudo().account_id
            order.company_id = kept or rule.company_id or account.company_id

    # === BUSINESS METHODS === #

    def _is_settled(self):
        """Whether it is too late to give an order to another company.

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()  # sale orders may be of a company that is not seen
        return order_sudo.import_state == "imported" or bool(order_sudo.sale_order_ids)

    def _is_elsewhere(self):
        """Whether an order is of another company than its account.

        :rtype: bool
        """
        self.ensure_one()
        order_sudo = self.sudo()
        return order_sudo.company_id != order_sudo.account_id.company_id

    def _setting(self, name):
        """Return what is set for this order: by its rule, marketplace or account.

        :param str name: a field of the account, and maybe of the others
        :return: the value, as the account's field has it; maybe of what the user may
            not see
        """
        self.ensure_one()
        order_sudo = self.sudo()
        marketplace = order_sudo.marketplace_id
        account = order_sudo.account_id
        known = account if name in account._fields else marketplace
        if known._fields[name].type in LEFT_TO_MARKETPLACE:
            return marketplace._setting(name)
        value = (self._find_owner(name) or known.browse())[name]
        is_record = isinstance(value, models.BaseModel)
        return value.with_env(self.env) if is_record else value

    def _find_owner(self, name):
        """Return whose setting counts: the first who has one that the company may use.

        :param str name: of a setting that may be empty
        :return: a rule, marketplace or account in system mode; None if nobody has any
        """
        return next(self._find_owners(name), None)

    def _find_owners(self, name):
        """Yield who has a setting that the company may use, in the order they count.

        :param str name: of a setting that may be empty
        :return: rules, marketplaces and accounts in system mode
        """
        order = self.sudo()
        owners = [order.marketplace_id, order.account_id]
        if order.routing_rule_id.company_id == order.company_id:
            owners.insert(0, order.routing_rule_id)
        for owner in owners:
            value = owner[name] if owner and name in owner._fields else None
            if value and (
                not self._is_elsewhere() or self._may_use(value, owner._fields[name])
            ):
                yield owner

    def _may_use(self, value, field):
        """Whether what is set is of the order's company, or of none.

        :param value: of a setting
        :param odoo.fields.Field field: of it
        """
        if field.name == "analytic_distribution":
            ids = {int(id_) for key in value for id_ in key.split(",")}
            value = self.env["account.analytic.account"].sudo().browse(ids).exists()
        if not isinstance(value, models.BaseModel):
            return True
        company = self.sudo().company_id
        return all(is_of_company(record, company) for record in value)

    def _find_warehouse(self):
        """Return where an order is delivered from: as set, else as Odoo chooses.

        :return: maybe none, where the company has no warehouse
        :rtype: stock.warehouse
        """
        self.ensure_one()
        if warehouse := self._setting("warehouse_id"):
            return warehouse
        company = self.sudo().company_id
        SaleOrder = self.env["sale.order"].sudo().with_company(company)
        salesperson = self._setting("salesperson_id")
        sale = SaleOrder.new({"company_id": company.id, "user_id": salesperson.id})
        return sale.warehouse_id._origin.with_env(self.env)
