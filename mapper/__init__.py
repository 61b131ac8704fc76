"""From a marketplace order to Odoo's values: knows both sides, writes nothing itself.

    order_mapper   the whole mapping in one page: read this first
    buyer          who buys, where it is delivered, who is invoiced
    products       which product a marketplace line means
    pricing        prices and taxes that add up to the marketplace's amounts
    reference      countries, states and currencies by their codes
    problems       why an order cannot be mapped, in words for a merchant
"""

from .order_mapper import OrderMapper
from .problems import ERROR_CODES, ImportProblem
from .reference import ReferenceData
