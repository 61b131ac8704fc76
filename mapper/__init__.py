"""From a marketplace order to Odoo's values: knows both sides, writes nothing itself.

order_mapper   checks an order and plans its sale orders: read this first
sale_mapper    the values of a planned sale order
draft          a planned sale order
amounts        amounts that Lengow converts, in whole cents
buyer          who buys, where it is delivered, who is invoiced
address        one address of the marketplace as values of a partner
vat            which of its numbers makes a buyer a business for tax
taxes          fiscal positions and taxes, and what about them is doubtful
territories    parts of a country that its VAT does not reach
collected      orders without the VAT that the marketplace pays itself
products       which product a marketplace line means
pricing        prices and taxes that add up to the marketplace's amounts
differences    what changed in an order since it was imported
reference      countries, states and currencies by their codes
carriers       which delivery method a marketplace's carrier probably means
shipment       the arguments of a ship action
refund         the arguments of a refund action
problems       why an order cannot be mapped, in words for a merchant
"""

from .differences import OrderComparison
from .order_mapper import OrderMapper
from .problems import ERROR_CODES, ImportProblem
from .products import ProductFinder, shown_sku
from .reference import ReferenceData
from .sale_mapper import SaleMapper
