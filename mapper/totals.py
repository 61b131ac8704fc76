"""What an order is to total: what its parts sum to, what is announced, what is decided.

parts ──► held against the announced total ──► a rule explains it
                      │                            │
                      │                            └─ less the processing fee, where the
                      │                               setting leaves it out
                      └─ nothing does ──► a person has let just this through, or not
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from ..lengow_api import Reconciliation, reconcile
from ..lengow_api.payload import Order


@dataclass(frozen=True)
class Totals:
    """How the sums of an order compare.

    :ivar Reconciliation told: its parts, held against its announced total
    :ivar Order content: what is sold of it; without its fee where that is announced by
        the parts only, and left out
    :ivar Decimal missing_fee: that fee
    :ivar str currency: of all amounts
    """

    told: Reconciliation
    content: Order
    currency: str
    missing_fee: Decimal = Decimal(0)

    @property
    def discount(self):
        """What the order's discount takes from the sum of its parts."""
        return self.told.discount

    @property
    def is_explained(self):
        """Whether a rule says why the announced total is what it is."""
        return self.told.is_explained

    @property
    def key(self):
        """What a person lets through: these sums and no others.

        :rtype: str
        """
        return f"{self.told.expected} {self.told.announced} {self.currency}"

    def difference(self, let_through):
        """Return the difference that a person has let through, zero if none is there.

        :param str let_through: the key of the sums that they saw; maybe empty
        :return: None if it is for nobody to import
        :rtype: Decimal | None
        """
        if self.is_explained:
            return Decimal(0)
        return self.told.difference if let_through == self.key else None


def totals_of(content, definition, digits, fee_policy):
    """Hold an order's parts against its announced total.

    A fee that is left out may be missing in the announced total, too.

    :param lengow_api.Order content: as Lengow sent it
    :param MarketplaceDefinition definition: of the marketplace, may be None
    :param int digits: decimal places of the order's currency
    :param str fee_policy: what becomes of a processing fee
    :rtype: Totals
    """
    told = reconcile(content, digits, definition)
    totals = Totals(told, content, content.currency or "")
    fee = content.processing_fee
    if told.is_explained or fee_policy != "drop" or not fee:
        return totals
    without = replace(content, processing_fee=None)
    told = reconcile(without, digits, definition)
    if not told.is_explained:
        return totals
    return replace(totals, told=told, content=without, missing_fee=fee)
