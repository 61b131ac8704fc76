import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...mapper.usable import ROUTING_POINTERS, refuse_unusable

# What decides which orders a rule is for, and to whom they go.
CONDITIONS = (
    "account_id",
    "active",
    "catalogue",
    "company_id",
    "country_group_ids",
    "country_ids",
    "marketplace_id",
    "sequence",
)


class LengowRoutingRule(models.Model):
    """Which company, warehouse and sales team the orders of an account go to.

    The first rule that fits is taken. What is left empty fits every order, and is as
    the marketplace and the account have it; where the rule names another company, only
    as far as that company may use it.
    """

    _name = "lengow.routing.rule"
    _description = "Routing Rule"
    _inherit = ["mail.thread", "lengow.scoped", "lengow.sale.settings"]
    _order = "sequence, id"

    active = fields.Boolean(default=True, tracking=True)
    sequence = fields.Integer(
        string="Position", default=10, help="Rules are tried from the lowest on."
    )
    marketplace_id = fields.Many2one(tracking=True)
    catalogue = fields.Char(
        string="Lengow Catalog",
        tracking=True,
        help="The number of the catalogue that the order was sold from, as its form "
        "shows it; several are separated by commas.",
    )
    # The same numbers, where the account's catalogs are known.
    known_catalogue_ids = fields.Many2many(
        "lengow.known.catalogue",
        string="Catalogs at Lengow",
        compute="_compute_known_catalogue_ids",
        inverse="_inverse_known_catalogue_ids",
        domain="[('account_id', '=', account_id)]",
    )
    has_unknown_catalogue = fields.Boolean(
        compute="_compute_known_catalogue_ids",
        help="Whether it is for a catalog that Lengow has not told of.",
    )
    # Without what is deleted, the rule would be for every country.
    country_ids = fields.Many2many(
        "res.country",
        string="Delivery Countries",
        tracking=True,
        ondelete="restrict",
        help="Where all packages of the order go to one of these.",
    )
    country_group_ids = fields.Many2many(
        "res.country.group", tracking=True, ondelete="restrict"
    )
    # Unlike that of anything else that is entered for an account: who gets the orders.
    company_id = fields.Many2one(
        "res.company",
        related=None,
        compute="_compute_company_id",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        tracking=True,
        ondelete="restrict",
        help="Whose sale orders, customers, stock and taxes the orders get.",
    )
    # Whoever works in one company is not shown companies, but where orders went.
    other_company_name = fields.Char(
        string="Other Company",
        compute="_compute_other_company_name",
        compute_sudo=True,
        help="The company that gets the orders, where it is not that of the account.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        tracking=True,
        check_company=True,
        domain="[('early_discount', '=', False)]",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        tracking=True,
        check_company=True,
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id)]",
    )
    delivery_method_id = fields.Many2one(
        "delivery.carrier",
        string="Default Delivery Method",
        tracking=True,
        check_company=True,
        help="For orders that ask for nothing, or for what none of your delivery "
        "methods stands for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("account_id")
    def _compute_company_id(self):
        for rule in self:
            rule.company_id = rule.company_id or rule.sudo().account_id.company_id

    @api.depends("company_id.name", "account_id.company_id")
    def _compute_other_company_name(self):
        for rule in self:
            is_other = rule.company_id != rule.account_id.company_id
            rule.other_company_name = is_other and rule.company_id.name

    @api.depends("account_id", "catalogue")
    def _compute_known_catalogue_ids(self):
        Known = self.env["lengow.known.catalogue"]
        known = Known._by_account(self.account_id)
        for rule in self:
            theirs = known.get(rule.account_id.id, {})
            numbers = [int(n) for n in rule._catalogues() if n.isdecimal()]
            chosen = [theirs[number] for number in numbers if number in theirs]
            rule.known_catalogue_ids = Known.union(*chosen)
            # Without any to choose from, numbers are typed.
            rule.has_unknown_catalogue = not theirs or len(chosen) < len(numbers)

    def _inverse_known_catalogue_ids(self):
        known = self.env["lengow.known.catalogue"]._by_account(self.account_id)
        for rule in self:
            theirs = {str(number) for number in known.get(rule.account_id.id, {})}
            typed = [number for number in rule._catalogues() if number not in theirs]
            chosen = map(str, sorted(rule.known_catalogue_ids.mapped("number")))
            rule.catalogue = ", ".join([*typed, *chosen]) or False

    @api.depends(
        "marketplace_id.name",
        "catalogue",
        "country_ids.name",
        "country_group_ids.name",
        "company_id.name",
        "warehouse_id.name",
        "team_id.name",
    )
    def _compute_display_name(self):
        """Override of `base` to say the rule in a line."""
        for rule in self.sudo():
            asked = (
                rule.marketplace_id.name,
                rule.catalogue and self.env._("catalogue %s", rule.catalogue),
                *rule.country_ids.mapped("name"),
                *rule.country_group_ids.mapped("name"),
            )
            target = (rule.company_id.name, rule.warehouse_id.name, rule.team_id.name)
            rule.display_name = (
                f"{', '.join(filter(None, asked)) or self.env._('All orders')} → "
                f"{', '.join(filter(None, target))}"
            )

    # === CONSTRAINT METHODS === #

    @api.constrains(*ROUTING_POINTERS)
    def _check_targets(self):
        """Refuse what is archived or of another company than the rule's.

        :raise ValidationError: naming it, and the rule
        """
        refuse_unusable(self, ROUTING_POINTERS)

    @api.constrains("account_id", "active", "company_id")
    def _check_sale_names(self):
        """Refuse a company whose own sale orders are called as those of the account.

        :raise ValidationError: naming the account or the marketplace, and the prefix
        """
        for account in self.sudo().account_id:
            account._check_sale_name()
            account.with_context(active_test=False).marketplace_ids._check_sale_name()

    @api.constrains("catalogue")
    def _check_catalogue(self):
        """Refuse what is no number of a catalogue.

        :raise ValidationError: naming it, and the rule
        """
        for rule in self:
            for number in rule._catalogues():
                if not re.fullmatch("[0-9]+", number):
                    raise ValidationError(
                        self.env._(
                            "%(rule)s: “%(number)s” is no number of a Lengow "
                            "catalogue. Separate several numbers by commas.",
                            rule=rule.display_name,
                            number=number,
                        )
                    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to give what is not imported yet to whom the rules say now."""
        rules = super().create(vals_list)
        rules._check_may_give(rules)
        rules.account_id._follow_rules()
        return rules

    def write(self, vals):
        """Override to give what is not imported yet to whom the rules say now.

        What else is changed may be what orders waited for.
        """
        names = {*CONDITIONS, *ROUTING_POINTERS} & vals.keys()
        before = {rule: [rule[name] for name in names] for rule in self}
        accounts = self.account_id
        result = super().write(vals)
        if "company_id" in vals:
            self._check_may_give(self)
        if any(before[rule] != [rule[name] for name in names] for rule in self):
            (accounts | self.account_id)._follow_rules()
        return result

    def unlink(self):
        """Override to give what is not imported yet to whom the rules say now."""
        accounts = self.account_id
        result = super().unlink()
        accounts.exists()._follow_rules()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """Keep what says why orders were imported where they were."""
        Order = self.env["lengow.order"].sudo()
        settled = [
            ("routing_rule_id", "in", self.ids),
            "|",
            ("import_state", "=", "imported"),
            ("sale_order_ids", "!=", False),
        ]
        if decided := Order.search(settled, limit=1):
            raise UserError(
                self.env._(
                    "%s has decided about orders that are imported. Archive it "
                    "instead.",
                    decided.routing_rule_id.display_name,
                )
            )

    @api.model
    def _check_may_give(self, givers):
        """Refuse to give orders to a company that one has nothing to do with.

        :param givers: rules or accounts, whose company gets orders
        :raise AccessError: naming the rule or the account
        """
        own = self.env.user.sudo().company_ids
        for giver in givers:
            if giver.company_id - own and not self.env.su:
                raise AccessError(
                    self.env._(
                        "%s: choose a company that you work in, too.",
                        giver.display_name,
                    )
                )

    # === BUSINESS METHODS === #

    def _catalogues(self):
        """Return the numbers of the catalogues that a rule is for; none for all.

        :rtype: list[str]
        """
        self.ensure_one()
        return [n for n in map(str.strip, (self.catalogue or "").split(",")) if n]

    def _countries(self):
        """Return the countries that a rule is for.

        :return: None for all of them; empty where a group has none
        :rtype: res.country | None
        """
        self.ensure_one()
        if not (self.country_ids or self.country_group_ids):
            return None
        return self.country_ids | self.country_group_ids.country_ids
