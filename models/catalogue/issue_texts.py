"""What is wrong with products, in words, and what to do about it."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

# By the codes of the checks.
ISSUE_LABELS = {
    "unreadable": "Cannot be read",
    "no_identifier": "No identifier",
    "duplicate_identifier": "Identifier used twice",
    "bad_identifier": "Space or comma in the identifier",
    "long_identifier": "Identifier over 40 characters",
    "no_name": "No name",
    "long_name": "Name over 150 characters",
    "no_price": "No price",
    "price_failed": "Price cannot be computed",
    "no_rate": "No exchange rate",
    "price_above_regular": "Price above the regular price",
    "no_tax": "No tax",
    "foreign_tax": "Tax of another company",
    "no_ean": "No barcode",
    "bad_ean": "Barcode is no EAN",
    "internal_ean": "Barcode for internal use",
    "duplicate_ean": "Barcode used twice",
    "no_picture": "No picture",
    "small_picture": "Picture under 500 pixels",
    "no_description": "No description",
    "no_category": "No category",
    "no_brand": "No brand",
    "no_weight": "No weight",
    "unpublished_page": "Page not published",
}
ISSUE_HINTS = {
    "unreadable": _lt(
        "A value of this product cannot be read. Open the product and the columns of "
        "the catalog; other products are not concerned."
    ),
    "no_identifier": _lt(
        "Enter an internal reference: Lengow and orders name the product by it. It "
        "stays the same at Lengow once it was published."
    ),
    "duplicate_identifier": _lt(
        "Another product has the same internal reference. Give each one of its own. "
        "One that has left the catalog keeps its identifier until it is removed, since "
        "orders for it may still come; unless it was deleted, or archived and its "
        "successor has its barcode."
    ),
    "bad_identifier": _lt(
        "Lengow asks for identifiers without spaces and commas. One that was published "
        "already stays as it is."
    ),
    "long_identifier": _lt(
        "Some marketplaces take at most 40 characters. One that was published already "
        "stays as it is."
    ),
    "no_name": _lt("Enter a name in the language of the catalog."),
    "long_name": _lt("Google and most marketplaces take at most 150 characters."),
    "no_price": _lt(
        "Enter a sales price, or a price in the pricelist of the catalog: nothing is "
        "offered for nothing."
    ),
    "price_failed": _lt(
        "A rule of the pricelist cannot be applied to this product. Open the pricelist "
        "of the catalog."
    ),
    "no_rate": _lt(
        "The pricelist is in a currency that has no exchange rate. Enter one under "
        "Invoicing, Configuration, Currencies."
    ),
    "price_above_regular": _lt(
        "What the pricelist asks for is more than the sales price of the product. Is a "
        "rule wrong?"
    ),
    "no_tax": _lt(
        "The product has no customer tax, so that its prices with and without tax are "
        "the same."
    ),
    "foreign_tax": _lt(
        "The taxes of the product are of another company than that of the catalog. Add "
        "one of this company."
    ),
    "no_ean": _lt("Most marketplaces ask for the EAN, GTIN or UPC of the product."),
    "bad_ean": _lt(
        "The barcode has a wrong number of digits or a wrong check digit. Look at the "
        "package of the product."
    ),
    "internal_ean": _lt(
        "Barcodes that begin with 2, 02 or 04 are for use within a company: "
        "marketplaces refuse them."
    ),
    "duplicate_ean": _lt(
        "Another product of the catalog has this barcode, too. Each variant needs one "
        "of its own."
    ),
    "no_picture": _lt(
        "Open the product and add a picture: no marketplace sells without."
    ),
    "small_picture": _lt(
        "Open the product and replace the picture: marketplaces ask for 500 pixels and "
        "more on its shorter side."
    ),
    "no_description": _lt("Open the product and describe it for customers."),
    "no_category": _lt("Choose a category, by which Lengow finds those of channels."),
    "no_brand": _lt(
        "The column of the brand is empty. Fill in what the catalog takes it from, or "
        "choose a field, an attribute or a text for it under Columns."
    ),
    "no_weight": _lt("Enter the weight: channels compute the shipping costs from it."),
    "unpublished_page": _lt(
        "The address of the product leads to a page that only you see. Publish it in "
        "your web shop, or leave the column out."
    ),
}
