"""Why an order cannot become a sale order."""

ERROR_CODES = [
    ("payload_invalid", "Unreadable data"),
    ("marketplace_unknown", "Unknown marketplace"),
    ("package_missing", "No package"),
    ("line_missing", "No line"),
    ("address_missing", "No address"),
    ("country_missing", "No country"),
    ("country_unknown", "Unknown country"),
    ("currency_missing", "No currency"),
    ("currency_unknown", "Unknown currency"),
    ("pricelist_missing", "No pricelist in this currency"),
    ("no_exchange_rate", "No exchange rate"),
    ("amount_missing", "No amount"),
    ("amount_negative", "Negative amount"),
    ("total_mismatch", "Totals differ"),
    ("tax_mismatch", "Taxes do not fit"),
    ("product_missing", "Unknown product"),
    ("product_ambiguous", "Several products"),
    ("product_unusable", "Product cannot be sold"),
    ("product_field_missing", "No such product field"),
    ("fiscal_position_missing", "No fiscal position"),
    ("setting_unusable", "Setting to Review"),
    ("routing_unusable", "Routing Rule to Review"),
    ("delivery_method_unusable", "Delivery method cannot be used"),
    ("already_here", "Already in Odoo"),
    ("sale_order_deleted", "Sale order deleted"),
    ("refused_by_odoo", "Refused by Odoo"),
    ("unexpected", "Unexpected failure"),
]

# What pairing a SKU with a product mends.
PRODUCT_ERRORS = ("product_missing", "product_ambiguous", "product_unusable")


class ImportProblem(Exception):
    """An order cannot be imported as it is.

    :ivar str code: one of ERROR_CODES
    :ivar str message: a translated sentence: what, where, and what to do
    :ivar source: the record that has to be changed, where one is to blame
    """

    def __init__(self, code, message, source=None):
        super().__init__(message)
        self.code = code
        self.message = message
        self.source = source
