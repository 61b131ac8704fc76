"""Which unreadable members keep an order from being sold, and which are only noted.

Without money, quantity, status, identity and the countries of what is kept, no sale
order can be right. Everything else a shop can do without: a change of Lengow's format
in a member that nobody needs must not stop it.
"""

import re

from .money import OrderAmounts
from .payload import Order
from .reader import PayloadProblem

#: Of the order itself.
_ORDER = frozenset(
    {
        # money
        "total_order",
        "total_tax",
        "shipping",
        "discount",
        "processing_fee",
        "currency",
        "currency.iso_a3",
        # who owes the tax
        "tax",
        "tax.is_marketplace_deemed_supplier",
        # status, who ships it, and whether the buyer's data are still there
        "lengow_status",
        "order_types",
        "anonymized",
        # whether another system has taken it
        "merchant_order_id",
        # content and countries
        "packages",
        "billing_address",
        "billing_address.common_country_iso_a2",
    }
)
#: Of a package, which is "" itself.
_PACKAGE = frozenset({"", "cart"})
#: Of a package of which something is kept.
_KEPT_PACKAGE = frozenset({"delivery", "delivery.common_country_iso_a2"})
#: Of a line, which is "" itself.
_LINE = frozenset({"", "lengow_status"})
#: Of a line that is kept.
_KEPT_LINE = frozenset(
    {
        "quantity",
        "amount",
        "tax",
        "refunded_amount",
        "marketplace_order_line_id",
        "merchant_product_id",
        "merchant_product_id.field",
        "merchant_product_id.id",
    }
)
_ORDER_TYPE = re.compile(r"order_types\[\d+\](?:\.type)?")
_PLACE = re.compile(r"(packages\[\d+\])(\.cart\[\d+\])?\.?(.*)")


def vital_problems(amounts: OrderAmounts) -> tuple[PayloadProblem, ...]:
    """Return what could not be read and keeps an order from being sold."""
    return tuple(p for p in amounts.order.problems if _is_vital(p.path, amounts))


def minor_problems(amounts: OrderAmounts) -> tuple[PayloadProblem, ...]:
    """Return what could not be read and no sale order needs."""
    return tuple(p for p in amounts.order.problems if not _is_vital(p.path, amounts))


def _is_vital(path: str, amounts: OrderAmounts) -> bool:
    place = _PLACE.fullmatch(path)
    if place is None:
        return _is_vital_of_order(path, amounts.order)
    package_path, cart_path, member = place.groups()
    if cart_path:
        return _is_vital_of_line(package_path + cart_path, member, amounts)
    if member in _PACKAGE:
        return True
    is_kept = any(
        line.path.startswith(f"{package_path}.") for line in _living_lines(amounts)
    )
    return is_kept and member in _KEPT_PACKAGE


def _is_vital_of_order(path: str, order: Order) -> bool:
    if path == "marketplace_status":
        return order.lengow_status is None
    return path in _ORDER or bool(_ORDER_TYPE.fullmatch(path))


def _is_vital_of_line(path: str, member: str, amounts: OrderAmounts) -> bool:
    if member in _LINE:
        return True
    line = next((line for line in _living_lines(amounts) if line.path == path), None)
    if line is None:
        return False  # the buyer does not get it
    if member == "marketplace_status":
        return line.lengow_status is None
    if member == "marketplace_product_id":
        return line.merchant_product_id is None
    return member in _KEPT_LINE


def _living_lines(amounts: OrderAmounts):
    return (*amounts.kept_lines, *amounts.unreadable_lines)
