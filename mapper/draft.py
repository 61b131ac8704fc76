from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from ..lengow_api import Line, Order
from .buyer import AddressPlan, BuyerPlan

# A marketplace's buyer: no follower, no mail, no log line, no doubt about the VAT
# number.
QUIET = {
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "no_vat_validation": True,
}


@dataclass(frozen=True, eq=False)
class OrderPlan:
    """What the sale orders of one marketplace order have in common.

    :ivar lengow.order order: the marketplace order
    :ivar lengow_api.Order content: what it says, in whole units of its currency
    :ivar BuyerPlan buyer: who buys
    :ivar res.currency currency: of all amounts
    :ivar product.pricelist pricelist: in that currency; empty for the company's
    :ivar bool is_net: whether the VAT that the marketplace pays itself is left out
    """

    order: object
    content: Order
    buyer: BuyerPlan
    currency: object
    pricelist: object
    is_net: bool = False


class DraftLine(NamedTuple):
    """A kept line, its position among all lines of the order, and its product.

    :ivar float factor: how many of the product a piece of the line is
    :ivar bool is_fallback: whether nobody knows its product
    """

    position: int
    line: Line
    product: object
    factor: float = 1.0
    is_fallback: bool = False

    @property
    def units(self):
        """How many of the product are sold."""
        return self.line.quantity * Decimal(str(self.factor))


@dataclass(eq=False)
class SaleDraft:
    """One sale order to come: the kept lines of one delivery address or relay point.

    :ivar OrderPlan plan: what it shares with the others of its order
    :ivar int package_index: of the first package that goes to this address
    :ivar AddressPlan delivery: this address
    :ivar list lines: a DraftLine per kept line
    :ivar Decimal shipping, fee, discount: of the whole order, on the first draft only
    :ivar Decimal difference: to the announced total, which a person has let through
    :ivar Decimal left_out_fee: what of the order is not sold, as set
    :ivar list doubts: a TaxDoubt per thing that a person should look at
    :ivar str territory: with taxes of its own where it goes, of `TERRITORY_LABELS`
    """

    plan: OrderPlan
    package_index: int
    delivery: AddressPlan
    lines: list = field(default_factory=list)
    shipping: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    difference: Decimal = Decimal(0)
    left_out_fee: Decimal = Decimal(0)
    doubts: list = field(default_factory=list)
    territory: str | bool = False

    @property
    def expected_total(self):
        """What the buyer pays for this sale order, tax included."""
        amounts = (kept.line.amount for kept in self.lines)
        beside = self.shipping + self.fee - self.discount + self.difference
        return sum(amounts, beside)

    @property
    def dominant_product(self):
        """The product of the largest line, whose tax rate shipping follows."""
        return max(self.lines, key=lambda kept: kept.line.amount).product
