"""What is in the warehouses of a company, and what open marketplace orders leave of it.

    on hand
      less expired, reserved, or about to be delivered whether reserved or not   = free
      less on marketplace orders that no confirmed sale order stands for         = left

Odoo itself says all but the last, kits included: they are told their parts as they are
left. Two kits, or a kit and its part, show the same pieces twice.
"""

import time
from typing import NamedTuple

from ...lengow_api import OPEN_STATUSES
from ..inbox.demand import Demand
from .stock_counts import QUANTITIES, ask, count, told_by_odoo

# For how many seconds open orders stand as they were read: the batches of a run follow
# each other, and whatever comes in meanwhile has another run follow.
LONGEST = 60


class Level(NamedTuple):
    """How much there is of a product in some warehouses."""

    on_hand: float
    free: float
    left: float


class Shelf:
    """The stock of a company, as a whole pass over its products sees it.

    Open orders are read once; the stock of each batch of products when it is asked for.
    """

    def __init__(self, company):
        """Read which pieces open orders take.

        :param res.company company: of any environment
        """
        # Whoever asks, and from which screen: only the company decides. In system mode
        # the bills of materials of others would count, too.
        env = company.env(
            su=True,
            context={"allowed_company_ids": company.ids, "company_id": company.id},
        )
        self.company = company.with_env(env)
        self._demand = demand = Demand(self.company)
        lines = demand.find_lines(OPEN_STATUSES)
        self.unknown_lines = lines.browse()
        for line, product, quantity in demand.match(lines):
            demand.add(line, product, quantity)
            if not product:
                self.unknown_lines |= line
        self.unknown_orders = self.unknown_lines.order_id
        # Of products of which open orders take something.
        self.ordered_ids = demand.product_ids()
        self.warehouses = env["stock.warehouse"].search(
            [("company_id", "=", company.id)]
        )

    @property
    def kit_ids(self):
        """Return which products it takes for kits, of those that it was asked for.

        :rtype: list[int]
        """
        return self._demand.kits.ids()

    def look(self, products, warehouses):
        """Return how much there is of products, in as many queries for any number.

        Odoo asks once for each kit, too.

        :param product.product products: of any environment
        :param stock.warehouse warehouses: of the company
        :return: nothing for what no stock is kept of
        :rtype: dict[int, Level]
        """
        products = products.with_env(self.company.env)
        # All at once: Odoo would read them by the thousand.
        products.fetch(["product_tmpl_id", "lengow_has_buffer", "lengow_buffer"])
        products.product_tmpl_id.fetch(["type", "is_storable", "uom_id"])
        kits = self._demand.kits
        kit_products = kits.of(products)
        parts = {kit: kits.parts(kit, 1.0) for kit in kit_products}
        # Of the template: the product would look each up there by itself.
        tracked = (products - kit_products).filtered(
            lambda product: product.product_tmpl_id.is_storable
        )
        every_part = products.browse().union(
            *(part for of_kit in parts.values() for part, _ in of_kit)
        )
        # Odoo leaves a kit in a kit whole where another type of operation makes it.
        whole = kits.of(every_part)
        levels = self._levels(tracked | every_part, whole, warehouses)
        found = {product.id: levels[product.id] for product in tracked}
        counted = kit_products.filtered(lambda kit: parts[kit])
        return found | self._kit_levels(counted, warehouses, levels)

    def _levels(self, products, kits, warehouses):
        """Return how much there is of products that are taken from the stock.

        :param product.product kits: those of them that Odoo has to be asked for
        """
        levels = {}
        counts = count(products - kits, warehouses) | ask(kits, warehouses)
        for product in products:
            there = counts[product.id]
            taken = self._demand.of(product, warehouses)
            levels[product.id] = Level(*there, there.free - taken)
        return levels

    def _kit_levels(self, kits, warehouses, levels):
        """Return how many kits can be made of their parts, of what is left of them too.

        :param product.product kits: with parts that stock is kept of
        :param dict levels: of all of their parts
        :rtype: dict[int, Level]
        """
        # Odoo counts each of its quantities by itself: three of them stand for ours.
        known = {
            id_: {
                **dict.fromkeys(QUANTITIES, 0.0),
                "qty_available": level.on_hand,
                "free_qty": level.free,
                "virtual_available": level.left,
            }
            for id_, level in levels.items()
        }
        of_parts = {"mrp_compute_quantities": known}
        told = told_by_odoo(kits.with_context(**of_parts), warehouses)
        return {
            kit.id: Level(
                told[kit.id]["qty_available"],
                told[kit.id]["free_qty"],
                told[kit.id]["virtual_available"],
            )
            for kit in kits
        }


class Shelves:
    """The stock as the batches of a run see it: open orders are read now and then."""

    def __init__(self, begin):
        """Read nothing yet.

        :param begin: returns a :class:`Shelf`
        """
        self._begin = begin
        self._shelf = None
        self._until = 0.0

    def now(self):
        """Return a shelf that is young enough.

        :rtype: Shelf
        """
        now = time.monotonic()
        if self._shelf is None or now > self._until:
            self._shelf, self._until = self._begin(), now + LONGEST
        return self._shelf
