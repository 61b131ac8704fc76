from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import float_compare

from ...mapper.problems import PRODUCT_ERRORS
from ...mapper.products import spellings


class LengowProductAlias(models.Model):
    """A SKU that marketplaces use for a product with another reference in Odoo."""

    _name = "lengow.product.alias"
    _description = "Marketplace SKU"
    _inherit = ["lengow.scoped"]
    _order = "sku, id"
    _rec_name = "sku"

    sku = fields.Char(
        string="SKU", required=True, help="As the marketplace's orders show it."
    )
    product_id = fields.Many2one(
        "product.product",
        required=True,
        index=True,
        ondelete="cascade",
    )

    factor = fields.Float(
        string="Units per Piece",
        required=True,
        default=1.0,
        digits="Product Unit",
        help="How many of the product one piece on the marketplace is, such as 3 for a "
        "pack of three. Orders sell and deliver that many; the marketplace is told "
        "whole pieces only.",
    )

    _marketplace_sku_uniq = models.UniqueIndex(
        "(account_id, COALESCE(marketplace_id, 0), sku)",
        "This SKU already stands for a product.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("factor")
    def _check_factor(self):
        """Keep a piece from being nothing, or less.

        :raise ValidationError: naming the SKU
        """
        for alias in self:
            if float_compare(alias.factor, 0.0, precision_digits=6) <= 0:
                raise ValidationError(
                    self.env._(
                        "%(sku)s: enter how many of %(product)s one piece on the "
                        "marketplace is, at least one.",
                        sku=alias.sku,
                        product=alias.product_id.display_name,
                    )
                )

    @api.constrains("product_id", "account_id")
    def _check_company_of_product(self):
        """Refuse a product of a company that has no orders of the account.

        :raise ValidationError: naming the SKU and the product
        """
        for alias in self.sudo():
            companies = alias.account_id.served_company_ids
            product = alias.product_id
            domain = product._check_company_domain(companies)
            if not product.filtered_domain(domain):
                raise ValidationError(
                    self.env._(
                        "%(sku)s: %(product)s belongs to a company that gets no orders "
                        "of %(account)s.",
                        sku=alias.sku,
                        product=product.display_name,
                        account=alias.account_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to retry the orders that waited for them."""
        aliases = super().create(vals_list)
        self._retry(aliases._places())
        return aliases

    def write(self, vals):
        """Override to retry the orders that waited for another pairing."""
        before = self._places()
        result = super().write(vals)
        self._retry(before | self._places())
        return result

    def unlink(self):
        """Override to retry the orders that their own product answers to now."""
        places = self._places()
        result = super().unlink()
        self._retry(places)
        return result

    # === BUSINESS METHODS === #

    def _places(self):
        """Return which SKUs these stand for, and where.

        :return: account, marketplace (maybe empty) and SKU of each
        :rtype: set[tuple]
        """
        return {(alias.account_id, alias.marketplace_id, alias.sku) for alias in self}

    @api.model
    def _find_waiting_orders(self, account, marketplace, skus, told=None):
        """Return the orders in error that need a product for one of some SKUs.

        :param lengow.account account: of the orders
        :param lengow.marketplace marketplace: of the orders; empty for all
        :param skus: as the orders show them, or without the fulfilment suffix
        :param lengow.order told: more orders, that tell them otherwise
        :rtype: lengow.order
        """
        domain = [
            ("account_id", "=", account.id),
            ("import_state", "=", "error"),
            ("error_code", "in", PRODUCT_ERRORS),
            "|",
            ("line_ids.sku", "in", list(spellings(skus))),
            ("id", "in", told.ids if told else []),
        ]
        if marketplace:
            domain.append(("marketplace_id", "=", marketplace.id))
        return self.env["lengow.order"].search(domain)

    @api.model
    def _retry(self, places):
        """Match the lines with some SKUs anew, and have their orders imported.

        A file of many aliases must not wait for the orders: the scheduled action
        imports them.

        :param set places: of :meth:`_places`, as they are or were
        """
        alias_sudo = self.sudo()  # whoever pairs a SKU need not see all its orders
        skus = {sku for *_place, sku in places}
        told = alias_sudo.env["lengow.matcher"]._find_by_number(skus)
        look = alias_sudo.env["lengow.second.look"]
        look._match_soon(skus, told)
        by_place = defaultdict(set)
        for account, marketplace, sku in places:
            by_place[account, marketplace].add(sku)
        waiting = told.browse().union(
            *(
                alias_sudo._find_waiting_orders(account, marketplace, of_place, told)
                for (account, marketplace), of_place in by_place.items()
            )
        )
        look._look_soon(waiting)
