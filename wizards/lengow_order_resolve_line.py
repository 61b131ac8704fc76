from collections import defaultdict

from odoo import api, fields, models

from ..mapper import find_unknown_skus, merge, new_product_values
from ..mapper.new_product import is_barcode
from ..mapper.products import spellings


class LengowOrderResolveLine(models.TransientModel):
    """A SKU that no single usable product answers to."""

    _name = "lengow.order.resolve.line"
    _description = "Marketplace SKU to Match"
    _inherit = ["lengow.dialog"]
    _order = "order_count desc, sku, id"

    resolve_id = fields.Many2one(
        "lengow.order.resolve", required=True, ondelete="cascade"
    )
    account_id = fields.Many2one("lengow.account", required=True, readonly=True)
    company_id = fields.Many2one(related="sample_id.company_id")
    marketplace_id = fields.Many2one(
        "lengow.marketplace",
        readonly=True,
        help="The only marketplace that the match counts for; empty for all.",
    )
    marketplace_ids = fields.Many2many(
        "lengow.marketplace", string="Marketplaces", readonly=True
    )
    marketplace_count = fields.Integer(readonly=True)
    sku = fields.Char(string="SKU", required=True, readonly=True)
    title = fields.Char(string="Description", readonly=True)
    hint = fields.Char(
        readonly=True, help="Why this product is proposed, or what is wrong with it."
    )
    order_count = fields.Integer(string="Orders", readonly=True)
    sample_id = fields.Many2one("lengow.order.line", readonly=True)
    is_missing = fields.Boolean(
        readonly=True, help="Whether no product answers to it, not even an unfit one."
    )
    product_id = fields.Many2one(
        "product.product",
        domain="[('sale_ok', '=', True), ('type', '!=', 'combo'), "
        "'|', ('company_id', '=', False), ('company_id', 'parent_of', company_id)]",
    )
    factor = fields.Float(
        string="Units",
        default=1.0,
        digits="Product Unit",
        help="How many of the product one piece on the marketplace is, such as 3 for a "
        "pack of three.",
    )
    to_create = fields.Boolean(
        string="Create",
        help="Create a product with the title, price and EAN of the marketplace order.",
    )

    # === ONCHANGE METHODS === #

    @api.onchange("product_id")
    def _onchange_product_id(self):
        """Create nothing where a product is chosen, which was not proposed then."""
        if self.product_id:
            self.to_create = False
        if self.product_id != self._origin.product_id and self.is_missing:
            self.hint = False

    @api.onchange("to_create")
    def _onchange_to_create(self):
        if self.to_create:
            self.product_id = False
            self.factor = 1.0  # what is created is the piece itself

    # === BUSINESS METHODS === #

    def _create_products(self):
        """Create the products that are asked for, each SKU once.

        :raise AccessError: if the user may not create products
        """
        lines = self.filtered(lambda line: line.to_create and not line.product_id)
        # One query for all; the payloads are not read by themselves.
        lines.sudo().sample_id.order_id.fetch(["payload"])
        of_one_product = list(lines._grouped_by_product())
        products = self.env["product.product"].create(
            [same._prepare_product_values() for same in of_one_product]
        )
        for same, product in zip(of_one_product, products, strict=True):
            same.product_id = product
        return products

    def _still_unknown(self):
        """Return the rows whose SKU still has no usable product.

        None is created where one has come, even if it is of no use.
        """
        is_split = self.resolve_id.by_marketplace
        found = (
            one
            for account, lines in self.grouped("account_id").items()
            for one in find_unknown_skus(account.sudo(), set(lines.mapped("sku")))
        )
        unknown = {
            (one.account.id, is_split and one.marketplaces.id, one.sku): one
            for one in merge(found, is_split)
        }
        left = self.browse()
        for line in self:
            key = (line.account_id.id, line.marketplace_id.id, line.sku)
            one = unknown.get(key)
            if one and (line.product_id or not one.problem):
                # Where it is settled by now, it is not to be settled otherwise.
                line.marketplace_ids &= one.marketplaces.with_env(self.env)
                left |= line
        return left

    def _grouped_by_product(self):
        """Yield the rows that a single product is created for.

        A SKU is one product, whatever it is called elsewhere; companies share it. Where
        a marketplace names the EAN and another one the reference, the title shows that
        both are the same.
        """
        by_title = defaultdict(list)
        for same_sku in self.grouped("sku").values():
            by_title[same_sku[0].title or same_sku[0].sku].append(same_sku)
        for same_title in by_title.values():
            is_ean = sorted(is_barcode(lines[0].sku) for lines in same_title)
            is_one = is_ean == [False, True]
            yield from [self.concat(*same_title)] if is_one else same_title

    def _prepare_product_values(self):
        """Return the values of the product of these rows, by each of their SKUs."""
        values = {}
        for line in self:
            values = {**line._prepare_values_of_sku(), **values}
        return values

    def _prepare_values_of_sku(self):
        line_sudo = self.sudo()  # the picture's address is in the payload
        sample, account = line_sudo.sample_id, line_sudo.account_id
        lines = sample.order_id._content().lines if sample else ()
        images = [line.url_image for line in lines if line.title == sample.title]
        return new_product_values(
            account.with_company(sample.company_id or account.company_id),
            self.sku,
            sample,
            next(filter(None, images), None),
        )

    def _find_waiting_orders(self):
        """Return the orders in error that one of these SKUs keeps from being imported.

        :rtype: lengow.order
        """
        alias_sudo = self.env["lengow.product.alias"].sudo()
        found = alias_sudo.env["lengow.order"]
        for (account, marketplace), lines in self.grouped(
            lambda line: (line.account_id, line.marketplace_id)
        ).items():
            found |= alias_sudo._find_waiting_orders(
                account, marketplace, lines.mapped("sku")
            )
        return found

    def _find_sold_lines(self):
        """Return the lines that are sold as the fallback product for want of these.

        :return: in system mode
        :rtype: lengow.order.line
        """
        found = self.env["lengow.matcher"]._find_to_match(spellings(self.mapped("sku")))
        places = {(row.account_id.id, row.marketplace_id.id) for row in self}
        return found.filtered(
            lambda line: (
                {
                    (line.order_id.account_id.id, False),
                    (line.order_id.account_id.id, line.order_id.marketplace_id.id),
                }
                & places
            )
        )
