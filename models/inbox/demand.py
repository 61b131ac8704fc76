"""What marketplace orders take from the stock before Odoo counts it: one definition.

    comes in ──► takes from the stock, and Odoo does not know
        │
        ├──► its sale order is confirmed: Odoo counts the delivery itself
        ├──► it has left, or the marketplace ships it: nothing more is taken
        └──► canceled, refused, given back, dismissed: nothing is taken

A quotation reserves nothing in Odoo, and is still to be provided.
"""

from collections import defaultdict

from ...lengow_api import DEAD_STATUSES, SENT_STATUSES, Line
from ...mapper import ProductFinder
from .kits import Kits

# Of orders that have no sale order yet and are to get one.
UNSOLD_STATES = ("waiting", "ready", "error")
# Of sale orders that Odoo delivers nothing for yet.
UNCONFIRMED_STATES = ("draft", "sent")


class Demand:
    """The pieces on open orders of a company, by product and warehouse.

    Kits count part by part. Where nobody knows which warehouse an order leaves from, it
    counts in each.
    """

    def __init__(self, company):
        """Count nothing yet.

        :param res.company company: whose orders are counted, in whose name it is asked
        """
        self.company = company
        self.env = company.env
        self.kits = Kits(company)
        # Of a product by warehouse, zero for none.
        self._pieces = defaultdict(lambda: defaultdict(float))
        self._warehouses = {}

    # === WHICH LINES === #

    def find_lines(self, statuses, products=None):
        """Return the lines of open orders that Odoo's stock does not know of.

        Orders of an account that is archived are followed by nobody, and may have come
        in again through another one.

        :param statuses: of orders, by Lengow's names
        :param product.product products: to leave out lines of others; what nobody has
            looked at yet may mean any product
        :rtype: lengow.order.line
        """
        Line_ = self.env["lengow.order.line"]
        open_orders = [
            ("company_id", "=", self.company.id),
            ("account_id.active", "=", True),
            ("is_fulfilled_by_marketplace", "=", False),
            ("lengow_status", "in", list(statuses)),
        ]
        of_products = []
        if products is not None:
            of_products = [("product_id", "in", [False, *products.ids])]
        unsold = [*open_orders, ("import_state", "in", UNSOLD_STATES)]
        quotations = [("state", "in", UNCONFIRMED_STATES)]
        # Two questions that each have an index to answer them, however many orders.
        lines = Line_.search([("order_id", "any", unsold), *of_products])
        lines |= Line_.search(
            [
                ("sale_line_id.order_id", "any", self._sales(quotations)),
                ("order_id", "any", open_orders),
                *of_products,
            ]
        )
        return lines.filtered(self._is_open)

    def _sales(self, domain):
        return [
            ("lengow_order_id", "!=", False),
            ("company_id", "=", self.company.id),
            *domain,
        ]

    def _is_open(self, line):
        """Whether a line of an open order is still to be provided itself."""
        if not line._is_kept() or line.lengow_status in (DEAD_STATUSES | SENT_STATUSES):
            return False
        if line.sudo().sale_line_id.order_id.state == "sale":
            return False
        # Without what Lengow sent nothing tells that it has left.
        return not (line.order_id.payload_digest and line._has_left())

    # === WHAT THEY MEAN === #

    def match(self, lines):
        """Return what lines stand for: as was noted on them, else as their SKUs say.

        :param lengow.order.line lines: of any account
        :return: triples of a line, its product (maybe none) and how many of it
        :rtype: list
        """
        known = lines.filtered("product_id")
        found = [(line, line.product_id, line._units()) for line in known]
        for account, ours in (lines - known).grouped(_account_of).items():
            rows = [
                (line.order_id.marketplace_id, Line(merchant_product_id=line.sku))
                for line in ours
            ]
            finder = ProductFinder(account.with_company(self.company), rows)
            for line, row in zip(ours, rows, strict=True):
                match = finder.find_one(*row)
                found.append((line, match.product, line.quantity * match.factor))
        return found

    # === HOW MUCH === #

    def add(self, line, product, quantity):
        """Count what a line takes of the stock.

        :param lengow.order.line line: that says where from
        :param product.product product: that it means, maybe a kit or none
        :param float quantity: in the product's unit
        """
        sale = line.sudo().sale_line_id.order_id
        warehouse = sale.warehouse_id or self.warehouse_of(line.order_id)
        for part, needed in self.kits.parts(product, quantity):
            self._pieces[part.id][warehouse.id or 0] += needed

    def of(self, product, warehouses):
        """Return how much of a product open orders take from some warehouses.

        :param product.product product: one that is no kit
        :param stock.warehouse warehouses: none for all
        :rtype: float
        """
        by_place = self._pieces.get(product.id)
        if not by_place:
            return 0.0
        places = {0, *warehouses.ids} if warehouses else by_place.keys()
        return sum(by_place.get(place, 0.0) for place in places)

    def product_ids(self):
        """Return of which products open orders take something, kits part by part.

        :rtype: list[int]
        """
        return [*self._pieces]

    def warehouse_of(self, order):
        """Return where an order is to be delivered from; maybe nobody knows.

        :param lengow.order order: one
        :rtype: stock.warehouse
        """
        place = order.marketplace_id, order.routing_rule_id
        if place not in self._warehouses:
            self._warehouses[place] = order._find_warehouse()
        return self._warehouses[place]


def _account_of(line):
    return line.order_id.account_id
