from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ..errors import contained

# Goods: what is sold otherwise is shipping, fees and discounts in most shops.
DEFAULT_DOMAIN = '[("sale_ok", "=", True), ("type", "!=", "service")]'


class LengowCatalogueSettings(models.AbstractModel):
    """What a merchant chooses for a catalog: which products, and how they are told."""

    _name = "lengow.catalogue.settings"
    _description = "Settings of a Lengow Catalog"

    domain = fields.Char(
        string="Products",
        required=True,
        default=DEFAULT_DOMAIN,
        help="Which product variants are sent. What leaves this selection stays for "
        "some days with quantity 0, so that marketplaces stop selling it.",
    )
    only_selected = fields.Boolean(
        string="Only Selected Products",
        help="Only products on which “Send to Lengow” is switched on.",
    )
    lang_id = fields.Many2one(
        "res.lang",
        string="Language",
        ondelete="restrict",
        default=lambda self: self._default_lang(),
        help="Of the texts, where a column has no language of its own.",
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        check_company=True,
        ondelete="restrict",
        help="Empty: sales prices as on the products, in the company's currency.",
    )
    fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        check_company=True,
        ondelete="restrict",
        help="Which taxes the prices hold. Empty: those of the products.",
    )
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Warehouses",
        check_company=True,
        ondelete="restrict",
        # Without those that are archived it would be empty, which means all.
        context={"active_test": False},
        help="What is in these warehouses is for sale. Empty: in all of the company.",
    )
    buffer = fields.Integer(
        string="Safety Stock",
        help="So many pieces of each product are never offered.",
    )
    maximum_quantity = fields.Integer(
        string="Largest Quantity",
        help="No more than this is told to be available. 0: no limit.",
    )
    untracked_quantity = fields.Integer(
        string="Quantity Without Stock",
        default=999,
        help="What is told to be available of services and of goods whose stock Odoo "
        "does not track.",
    )
    identity = fields.Selection(
        [
            ("reference", "Internal reference"),
            ("database", "Number in this database"),
        ],
        string="Identifier",
        required=True,
        default="reference",
        help="What identifies a product at Lengow. Once published it stays the same, "
        "whatever becomes of the product's reference.",
    )
    with_parents = fields.Boolean(
        string="Parent Products",
        help="Products with variants have a row beside those of their variants. Some "
        "marketplaces want it and others must not get it: filter by type at Lengow.",
    )
    preset = fields.Selection(
        [
            ("lengow", "Lengow"),
            ("magento", "As in Magento 2"),
            ("prestashop", "As in PrestaShop"),
            ("shopware", "As in Shopware 6"),
            ("woocommerce", "As in WooCommerce"),
        ],
        string="Column Names",
        required=True,
        default="lengow",
        help="Whoever comes from another shop keeps all settings of channels at Lengow "
        "with the names that it used.",
    )
    withdrawn_days = fields.Integer(
        string="Days After Withdrawal",
        default=15,
        help="So long a product that is no longer sent stays with quantity 0, so that "
        "marketplaces stop selling it. Lengow asks for 15.",
    )
    picture_size = fields.Selection(
        [
            ("image_512", "512 pixels"),
            ("image_1024", "1024 pixels"),
            ("image_1920", "1920 pixels"),
        ],
        string="Pictures",
        required=True,
        default="image_1024",
    )
    base_url = fields.Char(
        string="Public Address",
        required=True,
        default=lambda self: self.get_base_url(),
        help="Where Lengow and marketplaces reach this Odoo.",
    )
    addresses = fields.Text(
        string="Allowed Addresses",
        help="IP addresses or networks, one a line, that may fetch the catalog if they "
        "know the secret part of its address, too. Empty: any.",
    )
    hold_lost = fields.Integer(
        string="Lost Products",
        default=20,
        help="In percent. A catalog that would lose more waits for a person.",
    )
    hold_zero = fields.Integer(
        string="Sold Out at Once",
        default=30,
        help="In percent. A catalog in which more would sell out at once waits for a "
        "person.",
    )
    hold_price = fields.Integer(
        string="Changed Prices",
        default=30,
        help="In percent. A catalog in which more prices would change by over half "
        "waits for a person.",
    )

    _buffer_positive = models.Constraint(
        "CHECK(buffer >= 0 AND maximum_quantity >= 0 AND untracked_quantity >= 0)",
        "Quantities cannot be negative.",
    )
    _withdrawn_days_range = models.Constraint(
        "CHECK(withdrawn_days BETWEEN 0 AND 365)",
        "Withdrawn products stay for 0 to 365 days.",
    )
    _hold_range = models.Constraint(
        "CHECK(hold_lost BETWEEN 0 AND 100 AND hold_zero BETWEEN 0 AND 100 "
        "AND hold_price BETWEEN 0 AND 100)",
        "The limits of a catalog are 0 to 100 percent.",
    )

    # === DEFAULTS === #

    @api.model
    def _default_lang(self):
        """Return the language of the company.

        :rtype: res.lang
        """
        code = self.env.company.partner_id.lang or self.env.lang
        return self.env["res.lang"].search([("code", "=", code)], limit=1)

    # === CONSTRAINT METHODS === #

    @api.constrains("domain")
    def _check_domain(self):
        """Refuse a selection by which no product can be searched.

        :raise ValidationError: naming the catalog
        """
        for catalogue in self:
            if issue := catalogue._find_selection_issue():
                raise ValidationError(issue)

    @api.constrains("lang_id")
    def _check_lang(self):
        """Refuse a language that is not installed.

        :raise ValidationError: naming it
        """
        for lang in self.lang_id.filtered(lambda lang: not lang.active):
            raise ValidationError(self.env._("%s is not installed.", lang.name))

    # === BUSINESS METHODS === #

    def _selection(self):
        """Return which product variants belong into the catalog.

        Where nobody can tell any more, those that it lists go on belonging into it.

        :rtype: Domain
        """
        self.ensure_one()
        if self.selection_issue:
            ours = [("catalogue_id", "=", self.id), ("state", "=", "listed")]
            return self._within(Domain("lengow_row_ids", "any", ours))
        return self._within(self._chosen())

    def _chosen(self):
        """Return what somebody has chosen.

        :rtype: Domain
        :raise ValueError: if it cannot be read
        """
        try:
            return Domain(literal_eval(self.domain or "[]"))
        except (SyntaxError, TypeError, MemoryError, RecursionError) as error:
            raise ValueError(str(error)) from error

    def _find_selection_issue(self):
        """Return why products cannot be searched by what was chosen; empty if they can.

        :return: in words
        :rtype: str
        """
        self.ensure_one()
        with contained(self.env) as outcome:
            chosen = self._within(self._chosen())
            self.env["product.product"].search(chosen, limit=1)
        if not outcome.error:
            return ""
        is_telling = isinstance(outcome.error, (UserError, ValueError))
        return self.env._(
            "The products of %(catalogue)s cannot be searched: %(error)s",
            catalogue=self.name,
            error=outcome.error if is_telling else outcome.reason,
        )

    def _companies(self):
        """Return whose products the catalog may hold, beside those of nobody.

        A branch sells what belongs to the companies above it, too.

        :rtype: res.company
        """
        return self.company_id.sudo().parent_ids

    def _within(self, chosen):
        """Return what of a choice a catalog may hold at all.

        :rtype: Domain
        """
        companies = [False, *self._companies().ids]
        domain = chosen & Domain("company_id", "in", companies)
        # Combos have no stock, and are sold by what is in them.
        domain &= Domain("type", "!=", "combo")
        if self.only_selected:
            domain &= Domain("lengow_is_selected", "=", True)
        return domain
