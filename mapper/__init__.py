"""Between marketplace orders and Odoo's values: knows both sides, writes nothing.

order_mapper   checks an order and plans its sale orders: read this first
sale_mapper    the values of a planned sale order
draft          a planned sale order
amounts        amounts that Lengow converts, in whole cents
buyer          who buys, where it is delivered, who is invoiced
address        one address of the marketplace as values of a partner
people         names, phones and e-mails that stand for none
correction     addresses that a person has corrected in Odoo
vat            which of its numbers makes a buyer a business for tax
positions      which fiscal position: by where goods leave and arrive
taxes          which taxes, and what about them is doubtful
territories    parts of a country that its VAT does not reach
collected      orders without the VAT that the marketplace pays itself
usable         whether what the settings point at can be used
sale_names     what sale orders are called
products       which product a marketplace line means
unknown_skus   the SKUs of waiting orders that mean no product
product_guess  which product an unknown SKU probably means
new_product    the values of a product made of what an order says of it
rates          what a currency is worth, where Odoo knows it
pricing        prices and taxes that add up to the marketplace's amounts
invoice_part   prices and taxes of an invoice for a part of a sale order line
differences    what changed in an order since it was imported
relay          the relay point that a package goes to
reference      countries, states and currencies by their codes
carriers       which delivery method a marketplace's carrier probably means
delivery       which delivery method a sale order gets
shipment       the arguments of a ship action
refund         the arguments of a refund action
sender         who sends a parcel, for actions that ask
terms          what was paid on the marketplace for what Odoo books otherwise
order_rows     an order as rows of a table
problems       why an order cannot be mapped, in words for a merchant
"""

from .delivery import DeliveryChooser
from .differences import OrderComparison, Sold, line_key
from .draft import QUIET
from .invoice_part import InvoicePart
from .new_product import new_product_values
from .order_mapper import OrderMapper
from .problems import ERROR_CODES, ImportProblem
from .product_guess import ProductGuesser
from .products import ProductFinder, shown_sku
from .reference import ReferenceData
from .sale_mapper import SaleMapper
from .unknown_skus import base_sku, count_open_skus, find_unknown_skus, merge
