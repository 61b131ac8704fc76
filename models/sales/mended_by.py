"""What mends the errors of orders, and which of them a change in Odoo may mend."""

from ...mapper.problems import PRODUCT_ERRORS
from ...mapper.usable import DIFFERENCE, FULFILMENT_POINTERS, POINTERS

# Which method of the service mends an error: every code has one. Those that only
# Lengow or the marketplace can complete are read again.
MENDS = {
    "payload_invalid": "_by_reading_again",
    "marketplace_unknown": "_by_describing",
    "package_missing": "_by_reading_again",
    "line_missing": "_by_reading_again",
    "address_missing": "_by_address",
    "country_missing": "_by_address",
    "country_unknown": "_by_address",
    "currency_missing": "_by_reading_again",
    "currency_unknown": "_by_activating",
    "pricelist_missing": "_by_pricelist",
    "no_exchange_rate": "_by_not_converting",
    "amount_missing": "_by_reading_again",
    "amount_negative": "_by_reading_again",
    "total_mismatch": "_by_letting_through",
    "tax_mismatch": "_by_taxes",
    "product_missing": "_by_matching",
    "product_ambiguous": "_by_matching",
    "product_unusable": "_by_matching",
    "product_field_missing": "_by_product_field",
    "fiscal_position_missing": "_by_fiscal_position",
    "setting_unusable": "_by_setting",
    "routing_unusable": "_by_routing",
    "delivery_method_unusable": "_by_delivery_method",
    "already_here": "_by_sale_order",
    "sale_order_deleted": "_by_importing",
    "refused_by_odoo": "_by_trying_again",
    "unexpected": "_by_trying_again",
}

ROUTING_ERRORS = ("routing_unusable",)
# What settings and routing rules point at, and nothing else waits for.
TARGET_ERRORS = ("setting_unusable", "routing_unusable")
MATCHING_ERRORS = (*PRODUCT_ERRORS, "product_field_missing")
DELIVERY_ERRORS = ("delivery_method_unusable",)
SETTINGS = {
    "delivery_choice": DELIVERY_ERRORS,
    "delivery_method_id": DELIVERY_ERRORS,
    "product_match": MATCHING_ERRORS,
    "unsaleable_products": PRODUCT_ERRORS,
    "fallback_product_id": PRODUCT_ERRORS,
    "deemed_supplier_fiscal_position_id": ("fiscal_position_missing",),
    "fiscal_position_id": ("tax_mismatch",),
    "b2b_fiscal_position_id": ("tax_mismatch",),
    "pricelist_id": ("pricelist_missing",),
    "shipping_product_id": ("tax_mismatch",),
    "service_tax_policy": ("tax_mismatch",),
    "fee_policy": ("total_mismatch",),
    **dict.fromkeys((*POINTERS, *FULFILMENT_POINTERS), ("setting_unusable",)),
}
ACCOUNT_SETTINGS = {
    **SETTINGS,
    **dict.fromkeys(("fee_product_id", "discount_product_id"), ("tax_mismatch",)),
    DIFFERENCE: ("tax_mismatch", "setting_unusable"),
}
PRODUCT_FIELDS = dict.fromkeys(
    ("default_code", "barcode", "active", "company_id", "sale_ok", "type", "uom_id"),
    PRODUCT_ERRORS,
) | dict.fromkeys(("active", "company_id"), (*PRODUCT_ERRORS, *TARGET_ERRORS))
TAX_FIELDS = dict.fromkeys(
    ("amount", "amount_type", "price_include_override", "active", "children_tax_ids"),
    ("tax_mismatch",),
)
# Which errors a change of a field may mend, by model. What is new counts as changed.
MENDED_BY = {
    "account.fiscal.position": {
        "tax_ids": ("tax_mismatch",),
        **dict.fromkeys(("active", "company_id"), ROUTING_ERRORS),
    },
    "account.tax": {**TAX_FIELDS, "original_tax_ids": ("tax_mismatch",)},
    "account.journal": dict.fromkeys(("active", "company_id"), TARGET_ERRORS),
    "account.payment.method.line": dict.fromkeys(
        ("journal_id", "payment_method_id"), TARGET_ERRORS
    ),
    "account.payment.term": dict.fromkeys(
        ("active", "company_id", "early_discount"), TARGET_ERRORS
    ),
    "crm.team": dict.fromkeys(("active", "company_id"), ROUTING_ERRORS),
    "delivery.carrier": dict.fromkeys(
        (
            "active",
            "company_id",
            "country_ids",
            "delivery_type",
            "excluded_tag_ids",
            "max_volume",
            "max_weight",
            "must_have_tag_ids",
            "price_rule_ids",
            "state_ids",
            "zip_prefix_ids",
        ),
        (*DELIVERY_ERRORS, *ROUTING_ERRORS),
    ),
    "lengow.account": ACCOUNT_SETTINGS,
    "lengow.carrier": dict.fromkeys(
        ("carrier_id", "other_carrier_ids"), DELIVERY_ERRORS
    ),
    "lengow.delivery.rule": dict.fromkeys(
        (
            "account_id",
            "carrier_name",
            "delivery_method_id",
            "destination",
            "marketplace_id",
            "method_name",
            "sequence",
            "service",
        ),
        DELIVERY_ERRORS,
    ),
    "lengow.marketplace": SETTINGS,
    "product.pricelist": dict.fromkeys(
        ("active", "currency_id", "company_id"),
        ("pricelist_missing", *ROUTING_ERRORS),
    ),
    "product.product": PRODUCT_FIELDS,
    "product.uom": dict.fromkeys(
        ("barcode", "uom_id", "product_id", "company_id"), PRODUCT_ERRORS
    ),
    "product.template": {**PRODUCT_FIELDS, "taxes_id": ("tax_mismatch",)},
    "res.company": {"active": ROUTING_ERRORS},
    "res.currency": {"active": ("currency_unknown",)},
    "res.partner": dict.fromkeys(("active", "company_id"), ROUTING_ERRORS),
    "res.partner.category": {"active": ("setting_unusable",)},
    "res.users": dict.fromkeys(("active", "company_ids"), ROUTING_ERRORS),
    "stock.picking.type": {"active": ROUTING_ERRORS},
    "stock.route": dict.fromkeys(("active", "company_id"), TARGET_ERRORS),
    "stock.warehouse": {"active": TARGET_ERRORS},
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
