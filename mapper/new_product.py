"""The values of a product that is created from what a marketplace order says of it."""

from markupsafe import Markup
from stdnum import ean
from stdnum.exceptions import ValidationError as NotValid

from odoo import fields

from .rates import converted
from .unknown_skus import base_sku


def new_product_values(account, sku, sample, image_url=None):
    """Return the values of a product that is found under a SKU from then on.

    What the SKU is decides where it goes: a valid EAN is a barcode. Everything else is
    Odoo's own default. A picture is named, never fetched.

    :param lengow.account account: in the company that the price is for
    :param str sku: as the merchant writes it
    :param lengow.order.line sample: the latest line with it
    :param str image_url: where Lengow says that a picture is
    :rtype: dict
    """
    price = _list_price(account, sample)
    values = {
        "name": sample.title or sku,
        "list_price": price or 0.0,
        "sale_ok": True,
        "barcode" if is_barcode(sku) else "default_code": base_sku(sku),
    }
    sentences = []
    if price is None:
        sentences.append(
            account.env._(
                "Enter the sales price: Odoo has no exchange rate for what was paid."
            )
        )
    if image_url:
        sentences.append(account.env._("Picture at the marketplace: %s", image_url))
    if sentences:
        paragraphs = (Markup("<p>%s</p>") % sentence for sentence in sentences)
        values["description"] = Markup().join(paragraphs)
    return values


def is_barcode(sku):
    """Whether a SKU is a valid EAN or UPC, check digit and all.

    :rtype: bool
    """
    try:
        return len(ean.validate(sku)) >= 8
    except NotValid:
        return False


def _list_price(account, sample):
    """Return what a piece costs, as Odoo keeps prices.

    The buyer paid it with tax; Odoo adds the tax where prices are kept without. What
    all companies share has its price in the currency of the first one.

    :return: None where Odoo has no exchange rate
    :rtype: float | None
    """
    company, order = account.env.company, sample.order_id
    if not sample.quantity:
        return 0.0
    price = sample.amount_total / sample.quantity
    currency = order.currency_id or company.currency_id
    day = fields.Date.context_today(order)
    price = converted(price, currency, company.currency_id, company, day)
    if price is None:
        return None
    tax = company.account_sale_tax_id
    if tax and not tax.price_include:
        with_tax = tax.with_context(force_price_include=True)
        price = with_tax.compute_all(price, company.currency_id)["total_excluded"]
    kept_in = account.env["res.company"]._get_main_company().currency_id
    return converted(price, company.currency_id, kept_in, company, day)
