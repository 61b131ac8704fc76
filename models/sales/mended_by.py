"""Which errors of orders a change in Odoo may mend."""

from ...mapper.problems import PRODUCT_ERRORS

MATCHING_ERRORS = (*PRODUCT_ERRORS, "product_field_missing")
SETTINGS = {
    "product_match": MATCHING_ERRORS,
    "unsaleable_products": PRODUCT_ERRORS,
    "fallback_product_id": PRODUCT_ERRORS,
    "deemed_supplier_fiscal_position_id": ("fiscal_position_missing",),
    "fiscal_position_id": ("tax_mismatch",),
    "b2b_fiscal_position_id": ("tax_mismatch",),
    "pricelist_id": ("pricelist_missing",),
    "shipping_product_id": ("tax_mismatch",),
}
ACCOUNT_SETTINGS = {
    **SETTINGS,
    **dict.fromkeys(
        ("service_tax_policy", "fee_product_id", "discount_product_id"),
        ("tax_mismatch",),
    ),
}
PRODUCT_FIELDS = dict.fromkeys(
    ("default_code", "barcode", "active", "company_id", "sale_ok", "type", "uom_id"),
    PRODUCT_ERRORS,
)
TAX_FIELDS = dict.fromkeys(
    ("amount", "amount_type", "price_include_override", "active", "children_tax_ids"),
    ("tax_mismatch",),
)
# Which errors a change of a field may mend, by model. What is new counts as changed.
MENDED_BY = {
    "account.fiscal.position": {"tax_ids": ("tax_mismatch",)},
    "account.tax": {**TAX_FIELDS, "original_tax_ids": ("tax_mismatch",)},
    "lengow.account": ACCOUNT_SETTINGS,
    "lengow.marketplace": SETTINGS,
    "product.pricelist": dict.fromkeys(
        ("active", "currency_id", "company_id"), ("pricelist_missing",)
    ),
    "product.product": PRODUCT_FIELDS,
    "product.uom": dict.fromkeys(
        ("barcode", "uom_id", "product_id", "company_id"), PRODUCT_ERRORS
    ),
    "product.template": {**PRODUCT_FIELDS, "taxes_id": ("tax_mismatch",)},
    "res.currency": {"active": ("currency_unknown",)},
    "uom.uom": dict.fromkeys(("relative_factor", "relative_uom_id"), PRODUCT_ERRORS),
    "sale.order": dict.fromkeys(("client_order_ref", "date_order"), ("already_here",)),
}
# Whose orders are told by the SKUs that name them.
NAMED_BY_SKU = ("product.product", "product.template", "product.uom", "uom.uom")


def products_of(records):
    """Return the products that some records are, or are variants of; maybe none.

    :param records: of any model
    :rtype: product.product
    """
    if records._name == "product.template":
        return records.with_context(active_test=False).product_variant_ids
    is_product = records._name == "product.product"
    return records if is_product else records.env["product.product"]
