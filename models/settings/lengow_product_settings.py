from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...mapper.products import PRODUCT_MODELS


class LengowProductSettings(models.AbstractModel):
    """Which products SKUs stand for: on the account, and per marketplace.

    What a marketplace leaves empty is taken from its account.
    """

    _name = "lengow.product.settings"
    _description = "Lengow Product Settings"

    product_match = fields.Selection(
        "_selection_product_match",
        string="Match SKUs By",
        tracking=True,
        help="What of your products the marketplaces use as SKU. Marketplace SKUs come "
        "before it, barcodes of packagings after it.",
    )
    unsaleable_products = fields.Selection(
        [("stop", "Stop the order"), ("pass", "Sell them all the same")],
        string="Archived or Not for Sale",
        tracking=True,
        help="What becomes of orders for products that are archived or not for sale.",
    )

    fallback_product_id = fields.Many2one(
        "product.product",
        tracking=True,
        check_company=True,
        domain="[('type', '=', 'consu'), ('sale_ok', '=', True)]",
        help="Sold for SKUs that nobody knows, so that their orders are imported. The "
        "line keeps SKU and title until it is matched with its product. A storable "
        "product without stock keeps its delivery waiting until then. Empty: an "
        "unknown SKU stops its order.",
    )

    @api.model
    def _selection_product_match(self):
        """Return the usual orders of search, and every text that products keep."""
        usual = [
            ("reference", self.env._("Internal reference, then barcode")),
            ("barcode", self.env._("Barcode, then internal reference")),
        ]
        whose = {
            "product.product": self.env._("variant"),
            "product.template": self.env._("product"),
        }
        return usual + [
            (
                f"{model}.{name}",
                self.env._(
                    "Only “%(field)s” of the %(whose)s",
                    field=field._description_string(self.env),
                    whose=whose[model],
                ),
            )
            for model in PRODUCT_MODELS
            for name, field in sorted(self.env[model]._fields.items())
            if is_text_of_its_own(field)
        ]

    # === CONSTRAINT METHODS === #

    @api.constrains("product_match")
    def _check_product_match(self):
        """Refuse what is no text of products: Odoo checks no choices that may change.

        :raise ValidationError: naming it
        """
        known = dict(self._selection_product_match())
        for owner in self.filtered("product_match"):
            if owner.product_match not in known:
                raise ValidationError(
                    self.env._(
                        "%(owner)s: SKUs cannot be matched by %(field)s, which is no "
                        "stored text of products.",
                        owner=owner.name,
                        field=owner.product_match,
                    )
                )

    @api.constrains("fallback_product_id")
    def _check_fallback_product(self):
        """Refuse a product that no delivery would wait for, or that cannot be sold.

        :raise ValidationError: naming it
        """
        for owner in self.filtered("fallback_product_id"):
            product = owner.sudo().fallback_product_id
            if product.type != "consu" or not (product.sale_ok and product.active):
                raise ValidationError(
                    self.env._(
                        "%(product)s cannot be the fallback product of %(owner)s: "
                        "choose goods that are for sale and not archived.",
                        product=product.display_name,
                        owner=owner.name,
                    )
                )

    @api.model
    def _product_match_choices(self):
        """Return what SKUs are matched by, of fields that there are.

        :rtype: set[str]
        """
        owners = self.sudo().with_context(active_test=False)
        every = owners.search([("product_match", "!=", False)])
        known = dict(self._selection_product_match())
        return {choice for choice in every.mapped("product_match") if choice in known}

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Override to know anew which fields of products name SKUs."""
        if any("product_match" in vals for vals in vals_list):
            self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Override to know anew which fields of products name SKUs."""
        if "product_match" in vals:
            self.env.registry.clear_cache()
        result = super().write(vals)
        if {"product_match", "unsaleable_products"} & vals.keys():
            self._match_again()
        return result

    def _match_again(self):
        """Note anew which products the lines of orders stand for that wait."""
        owner = "account_id" if self._name == "lengow.account" else "marketplace_id"
        waiting = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [(owner, "in", self.ids), ("import_state", "in", ("waiting", "error"))]
            )
        )
        look = self.env["lengow.second.look"]
        look._look_soon(waiting)
        unmatched = [("is_to_match", "=", True), (f"order_id.{owner}", "in", self.ids)]
        look._pair_soon(self.env["lengow.order.line"].sudo().search(unmatched))


def is_text_of_its_own(field):
    """Whether a field is a stored text, the same in every language and company.

    :param odoo.fields.Field field: of a product
    :rtype: bool
    """
    return bool(
        field.type == "char"
        and field.store
        and not field.inherited
        and not field.translate
        and not field.company_dependent
    )
