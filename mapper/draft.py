from dataclasses import dataclass, field
from decimal import Decimal

from ..lengow_api import Order
from .buyer import AddressPlan, BuyerPlan


@dataclass(eq=False)
class SaleDraft:
    """One sale order to come: the kept lines of one delivery address.

    :ivar lengow.order row: the marketplace order
    :ivar lengow_api.Order order: its payload
    :ivar res.currency currency: of all amounts
    :ivar product.pricelist pricelist: in that currency; empty for the company's
    :ivar int package_index: of the first package that goes to this address
    :ivar list lines: pairs of a payload line and its product
    :ivar Decimal shipping, fee, discount: of the whole order, on the first draft only
    """

    row: object
    order: Order
    buyer: BuyerPlan
    currency: object
    pricelist: object
    package_index: int
    delivery: AddressPlan
    lines: list = field(default_factory=list)
    shipping: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)

    @property
    def expected_total(self):
        """What the buyer pays for this sale order, tax included."""
        amounts = (line.amount for line, _product in self.lines)
        return sum(amounts, self.shipping + self.fee - self.discount)

    @property
    def dominant_product(self):
        """The product of the largest line, whose tax rate shipping follows."""
        return max(self.lines, key=lambda pair: pair[0].amount)[1]
