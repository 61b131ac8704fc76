from odoo import api, fields, models

from ...mapper.usable import DIFFERENCE, refuse_unusable


class LengowAccountAmounts(models.AbstractModel):
    """The products of what is paid beside the goods, and what may be let through."""

    _name = "lengow.account.amounts"
    _description = "Amounts of a Lengow Account"

    fee_product_id = fields.Many2one(
        "product.product",
        string="Processing Fee Product",
        required=True,
        check_company=True,
        default=lambda self: self._default_product("fee_product_id"),
    )
    discount_product_id = fields.Many2one(
        "product.product",
        required=True,
        check_company=True,
        default=lambda self: self._default_product("discount_product_id"),
        help="The product of the line that carries an order discount.",
    )
    difference_product_id = fields.Many2one(
        "product.product",
        string="Product of Differences",
        check_company=True,
        default=lambda self: self._default_product("difference_product_id"),
        help="The product of the line that carries such a difference.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(DIFFERENCE)
    def _check_difference_product(self):
        """Refuse a product that cannot be sold any more.

        :raise ValidationError: naming it
        """
        refuse_unusable(self, [DIFFERENCE])

    # === HELPERS === #

    def _get_products_beside(self, order):
        """Return what is sold beside the goods of an order of this account.

        :param lengow.order order: of this account
        :rtype: product.product
        """
        products = self.fee_product_id | self.discount_product_id
        products |= self.difference_product_id | order._setting("shipping_product_id")
        ours = self._default_product("difference_product_id")
        return products | ours if ours else products
