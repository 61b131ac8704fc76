from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...mapper.people import domains_in, is_domain
from ...mapper.usable import POINTERS, refuse_unusable

# A prefix is for people to recognise, and stands before numbers of up to 64 signs.
PREFIX_LIMIT = 16
# Those of Amazon and eBay; other marketplaces are for the merchant to add.
RELAY_DOMAINS = "marketplace.amazon.*, members.ebay.*"


class LengowPeopleSettings(models.AbstractModel):
    """Who buys and on which terms: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.people.settings"
    _description = "Lengow Settings of Customers and Terms"

    payment_term_id = fields.Many2one(
        "account.payment.term",
        string="Payment Terms",
        tracking=True,
        check_company=True,
        domain="[('early_discount', '=', False)]",
        help="Of the sale orders and their invoices, instead of the customer's own.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        tracking=True,
        check_company=True,
        domain="[('payment_type', '=', 'inbound'), ('company_id', '=', company_id)]",
        help="Of the sale orders and their invoices, instead of the customer's own. "
        "Payments are registered by it where it belongs to the payment journal.",
    )
    partner_tag_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        # One that is archived stops orders, so that people have to see it.
        context={"active_test": False},
        help="Given to the buyers of imported orders, beside the tags that they have.",
    )
    sale_name = fields.Selection(
        [
            ("sequence", "Odoo's own number"),
            ("number", "The marketplace's number"),
            ("prefix", "A prefix and the marketplace's number"),
        ],
        string="Sale Orders Are Called",
        tracking=True,
        help="Where a name is taken already, -2 and so on is added to it. The "
        "marketplace's number always is the customer reference.",
    )
    sale_name_prefix = fields.Char(
        string="Prefix",
        tracking=True,
        help="What stands before the marketplace's number, for example AMZ-.",
    )

    relay_emails = fields.Selection(
        [
            ("keep", "Keep"),
            ("hash", "Replace by a code that reaches nobody"),
            ("drop", "Leave out"),
        ],
        string="Relay E-Mails",
        tracking=True,
        default=lambda self: self._name == "lengow.account" and "keep",
        help="What customers get of the anonymous addresses of marketplaces. The "
        "marketplace order shows them until the buyer's data is deleted.",
    )
    relay_domains = fields.Char(
        string="Domains of Relays",
        tracking=True,
        default=lambda self: self._name == "lengow.account" and RELAY_DOMAINS,
        help="Where these addresses are, separated by commas. * at the end stands for "
        "any country, * alone for every address of the marketplace.",
    )
    placeholders = fields.Selection(
        [("clean", "Leave out"), ("keep", "Keep as sent")],
        string="Placeholder Names and Phones",
        tracking=True,
        default=lambda self: self._name == "lengow.account" and "clean",
        help="What customers get of names such as “-” or “N/A” and phones such as "
        "0000000000.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(*POINTERS)
    def _check_usable(self):
        """Refuse what no sale order could have, or what is archived.

        :raise ValidationError: naming what is wrong, and whose it is
        """
        refuse_unusable(self, POINTERS)

    @api.constrains("sale_name", "sale_name_prefix")
    def _check_sale_name(self):
        """Refuse a prefix that is missing, unreadable, or that of Odoo's own numbers.

        :raise ValidationError: naming the account or the marketplace
        """
        for owner in self:
            prefix = owner.sale_name_prefix or ""
            if len(prefix) > PREFIX_LIMIT or not prefix.isprintable():
                raise ValidationError(
                    self.env._(
                        "%(owner)s: a prefix has at most %(count)s signs, all of them "
                        "visible.",
                        owner=owner.display_name,
                        count=PREFIX_LIMIT,
                    )
                )
            if prefix != prefix.strip():
                raise ValidationError(
                    self.env._(
                        "%s: the prefix may neither begin nor end with a blank.",
                        owner.display_name,
                    )
                )
            if prefix and prefix in owner._own_prefixes():
                raise ValidationError(
                    self.env._(
                        "%(owner)s: Odoo's own sale orders begin with %(prefix)s, too. "
                        "Choose a prefix that tells them apart.",
                        owner=owner.display_name,
                        prefix=prefix,
                    )
                )
        for owner in self._with_marketplaces():
            is_prefix = owner._chosen("sale_name") == "prefix"
            if is_prefix and not owner._chosen("sale_name_prefix"):
                raise ValidationError(
                    self.env._(
                        "%s: enter the prefix that the sale orders are called by.",
                        owner.display_name,
                    )
                )

    @api.constrains("relay_emails", "relay_domains")
    def _check_relay_domains(self):
        """Refuse what is no domain, and to change relays without saying which.

        :raise ValidationError: naming it, and whose setting it is
        """
        for owner in self:
            for domain in domains_in(owner.relay_domains):
                if not is_domain(domain):
                    raise ValidationError(
                        self.env._(
                            "%(owner)s: “%(domain)s” is no domain of relays. Enter "
                            "domains such as %(example)s, separated by commas.",
                            owner=owner.display_name,
                            domain=domain,
                            example="marketplace.amazon.*",
                        )
                    )
        for owner in self._with_marketplaces():
            choice = owner._chosen("relay_emails")
            domains = owner._chosen("relay_domains")
            if choice in ("hash", "drop") and not domains_in(domains):
                raise ValidationError(
                    self.env._(
                        "%s: enter the domains of the relay e-mails.",
                        owner.display_name,
                    )
                )

    def _own_prefixes(self):
        """Return what Odoo's own numbers of sale orders begin with where orders go.

        :rtype: set[str]
        """
        account = self if self._name == "lengow.account" else self.account_id
        companies = account.sudo().served_company_ids | self.company_id
        sequences = self.env["ir.sequence"].sudo()
        ours = sequences.search(
            [
                ("code", "=", "sale.order"),
                ("company_id", "in", [False, *companies.ids]),
            ]
        )
        return {sequence._get_prefix_suffix()[0] for sequence in ours}

    def _with_marketplaces(self):
        """Return some owners, and of accounts the marketplaces that follow them.

        :rtype: list
        """
        if self._name != "lengow.account":
            return [*self]
        every = self.sudo().with_context(active_test=False)
        return [*self, *every.marketplace_ids]

    def _chosen(self, name):
        """Return what counts here: a marketplace may leave it to its account.

        :param str name: of a setting
        """
        self.ensure_one()
        is_account = self._name == "lengow.account"
        return self[name] if is_account else self._setting(name)
