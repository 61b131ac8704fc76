"""What is free to be promised to marketplace orders."""

from collections import defaultdict

from odoo import fields
from odoo.tools import float_compare

from ...lengow_api import PROMISED_STATUSES
from ...mapper.differences import UNDECIDED_STATUSES
from ...mapper.shipment import number_text
from ..inbox.demand import Demand
from .ledger import counts, touches

# What is due at any time.
WHENEVER = fields.Datetime.to_datetime("9999-12-31")


class FreeStock:
    """What is free of each product, less what was promised to other orders.

    On hand is not free where sale orders wait for it, reserved or not; nor where
    marketplace orders do that are accepted, by whomever, and not yet confirmed here. A
    kit is looked at part by part. What is promised to a line of an order already is in
    nobody's way but others'.
    """

    def __init__(self, orders):
        """Read what the products of some orders are promised to.

        :param lengow.order orders: of one account and company, in it
        """
        self.env = orders.env
        self._demand = demand = Demand(orders.company_id)
        self._parts = demand.kits.parts
        sold = orders.line_ids.product_id
        demand.kits.look_up(sold)
        parts = sold.browse().union(
            *(part for product in sold for part, _needed in self._parts(product, 1))
        )
        products = sold | parts | demand.kits.containing(parts)
        # Those that nobody has looked at yet may mean any product.
        lines = demand.find_lines(PROMISED_STATUSES, products)
        self._provided = lines.filtered(self._is_accepted)
        for promised in demand.match(self._provided):
            demand.add(*promised)

    def promise(self, order, lines=None):
        """Count the quantities of an order that was just accepted, or of some lines."""
        to_provide = self._lines_to_provide(order)
        for line in to_provide if lines is None else to_provide & lines:
            self._demand.add(line, line.product_id, line._units())
            self._provided |= line

    def reasons(self, order, lines=None):
        """Return a sentence for each product that does not suffice.

        :param lengow.order.line lines: of the order; None for all of them
        :rtype: list[str]
        """
        marketplace = order.marketplace_id
        until = marketplace.auto_accept_incoming and order.ship_before
        buffer = marketplace.auto_accept_stock_buffer
        missing = self._missing(order, buffer, until, lines)
        return [
            self.env._(
                "%(product)s: %(free)s free, %(wanted)s needed.",
                product=product.display_name,
                free=number_text(free),
                wanted=number_text(wanted),
            )
            for product, free, wanted in missing
        ]

    def is_short(self, order):
        """Whether something of an order cannot be had, the safety stock included.

        What Odoo makes or buys to order is never there before, and can be had; so can
        what comes in before the order is to be shipped, whether or not anything is
        accepted for it.

        :rtype: bool
        """
        if not self._demand.warehouse_of(order):
            return False  # a company that has none yet: nobody knows
        missing = self._missing(order, 0.0, order.ship_before or WHENEVER)
        return any(
            not _is_to_order(order, product) for product, _free, _wanted in missing
        )

    def lines_short(self, order):
        """Return the lines that cannot be had beside those before them, as above.

        Those of one number are one line at the marketplace: all of them can be had, or
        none is taken.

        :rtype: lengow.order.line
        """
        warehouse, until = (
            self._demand.warehouse_of(order),
            order.ship_before or WHENEVER,
        )
        short, left = order.line_ids.browse(), {}
        to_provide = self._lines_to_provide(order)
        for first in to_provide._each_number():
            lines = first._same_number() & to_provide
            needed = self._wanted(order, lines)
            for product in needed.keys() - left.keys():
                left[product] = self._free(product, warehouse, until)
            if any(
                float_compare(
                    left[product], quantity, precision_rounding=product.uom_id.rounding
                )
                < 0
                and not _is_to_order(order, product)
                for product, quantity in needed.items()
            ):
                short |= lines
                continue
            for product, quantity in needed.items():
                left[product] -= quantity
        return short

    def _missing(self, order, buffer, until, lines=None):
        """Return what does not suffice: product, what is free, what is needed.

        :param float buffer: how much is to stay
        :param datetime until: what comes in by then is free, too; maybe False
        :rtype: list[tuple]
        """
        warehouse = self._demand.warehouse_of(order)
        found = []
        for product, quantity in self._wanted(order, lines).items():
            free = self._free(product, warehouse, until)
            wanted = quantity + buffer
            rounding = product.uom_id.rounding
            if float_compare(free, wanted, precision_rounding=rounding) < 0:
                found.append((product, free, wanted))
        return found

    def _free(self, product, warehouse, until=False):
        """Return what is free of a product, with what is due to come in until then."""
        promised = self._demand.of(product, warehouse)
        if warehouse:
            product = product.with_context(warehouse_id=warehouse.id)
        reserved = product.qty_available - product.free_qty
        claimed = max(reserved, product.outgoing_qty)
        free = product.qty_available - claimed - promised
        if until and until > fields.Datetime.now():
            free += product.with_context(to_date=until).incoming_qty
        return free

    def _lines_to_provide(self, order):
        """Return the lines that take something which is not promised to them yet."""
        if order.is_fulfilled_by_marketplace:
            return order.line_ids.browse()
        return order.line_ids.filtered(
            lambda line: (
                line._is_kept()
                and line not in self._provided
                # Its own deliveries are what waits for it.
                and line.sale_line_id.order_id.state != "sale"
            )
        )

    def _wanted(self, order, lines=None):
        """Return how much of which products in stock an order takes, or some lines."""
        wanted = defaultdict(float)
        to_provide = self._lines_to_provide(order)
        for line in to_provide if lines is None else to_provide & lines:
            for part, needed in self._parts(line.product_id, line._units()):
                wanted[part] += needed
        return wanted

    def _is_accepted(self, line):
        order = line.order_id
        if (line.lengow_status or order.lengow_status) not in UNDECIDED_STATUSES:
            return True  # here, or in the marketplace's own back office
        return any(
            action.kind == "accept"
            and counts(action)
            and touches(action, line.lengow_line_ref or None)
            for action in order.action_ids
        )


def _is_to_order(order, product):
    """Whether a product is made or bought once it is sold, or sent by its vendor.

    It may be so for whatever its marketplace sells.
    """
    routes = product.route_ids | product.categ_id.total_route_ids
    routes |= order._setting("route_id")
    return any(
        rule.procure_method != "make_to_stock"
        or (rule.action != "pull" and rule.location_dest_id.usage == "customer")
        for rule in routes.sudo().rule_ids
    )
