"""What is free to be promised to marketplace orders."""

from collections import defaultdict

from odoo import fields
from odoo.tools import float_compare

from ...lengow_api import BEFORE_SHIPMENT_STATUSES, PROMISED_STATUSES, Line
from ...mapper import ProductFinder
from ...mapper.shipment import number_text
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
        self.company = orders.company_id
        # By product and warehouse; nobody knows where from without one.
        self._promised = defaultdict(float)
        self._warehouses = {}
        self._provided = orders.line_ids.browse()
        sold = orders.line_ids.product_id
        parts = sold.browse().union(
            *(part for product in sold for part, _needed in self._parts(product, 1))
        )
        products = sold | parts | self._kits_with(parts)
        lines = self._find_promised_lines(products)
        self._provided |= lines
        known = lines.filtered("product_id")
        for line in known:
            self._promise(line, line.product_id, line._units())
        for line, match in self._find_matches(lines - known):
            self._promise(line, match.product, line.quantity * match.factor)

    def promise(self, order, lines=None):
        """Count the quantities of an order that was just accepted, or of some lines."""
        to_provide = self._lines_to_provide(order)
        for line in to_provide if lines is None else to_provide & lines:
            self._promise(line, line.product_id, line._units())
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
        if not self._warehouse(order):
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
        warehouse, until = self._warehouse(order), order.ship_before or WHENEVER
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
        warehouse = self._warehouse(order)
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
        promised = sum(
            quantity
            for (product_id, place), quantity in self._promised.items()
            if product_id == product.id and not (place and warehouse - place)
        )
        if warehouse:
            product = product.with_context(warehouse_id=warehouse.id)
        reserved = product.qty_available - product.free_qty
        claimed = max(reserved, product.outgoing_qty)
        free = product.qty_available - claimed - promised
        if until and until > fields.Datetime.now():
            free += product.with_context(to_date=until).incoming_qty
        return free

    def _promise(self, line, product, quantity):
        sale = line.sudo().sale_line_id.order_id
        warehouse = sale.warehouse_id or self._warehouse(line.order_id)
        for part, needed in self._parts(product, quantity):
            self._promised[part.id, warehouse] += needed

    def _warehouse(self, order):
        place = order.marketplace_id, order.routing_rule_id
        if place not in self._warehouses:
            self._warehouses[place] = order._find_warehouse()
        return self._warehouses[place]

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

    # === OTHER ORDERS === #

    def _find_promised_lines(self, products):
        """Return the lines of open orders, accepted and not a confirmed sale order.

        Those that nobody has looked at yet may mean any product.
        """
        lines = self.env["lengow.order.line"].search(
            [
                ("order_id.company_id", "=", self.company.id),
                ("order_id.is_fulfilled_by_marketplace", "=", False),
                ("order_id.lengow_status", "in", list(PROMISED_STATUSES)),
                "|",
                ("order_id.import_state", "in", ("waiting", "ready", "error")),
                ("sale_line_id.order_id.state", "in", ("draft", "sent")),
                ("product_id", "in", [False, *products.ids]),
            ]
        )
        return lines.filtered(lambda line: line._is_kept() and self._is_accepted(line))

    def _is_accepted(self, line):
        order = line.order_id
        if (
            order.lengow_status != "waiting_acceptance"
            or line.lengow_status in BEFORE_SHIPMENT_STATUSES
        ):
            return True  # here, or in the marketplace's own back office
        return any(
            action.kind == "accept"
            and counts(action)
            and touches(action, line.lengow_line_ref or None)
            for action in order.action_ids
        )

    def _find_matches(self, lines):
        """Return what lines mean that nobody has looked at yet, by their SKUs.

        :param lengow.order.line lines: without a product
        :return: pairs of a line and a match
        :rtype: list
        """
        found = []
        for account, of_account in lines.grouped(
            lambda line: line.order_id.account_id
        ).items():
            rows = [
                (row.order_id.marketplace_id, Line(merchant_product_id=row.sku))
                for row in of_account
            ]
            finder = ProductFinder(account.with_company(self.company), rows)
            matches = (finder.find_one(*row) for row in rows)
            found += zip(of_account, matches, strict=True)
        return found

    # === KITS, WHERE ODOO KNOWS THEM === #

    def _parts(self, product, quantity):
        """Return what is taken from the stock for so many of a product.

        :return: pairs of product and quantity
        :rtype: list[tuple[product.product, float]]
        """
        kit = self._find_kit(product)
        if not kit:
            return [(product, quantity)] if product.is_storable else []
        in_kits = product.uom_id._compute_quantity(
            quantity, kit.product_uom_id, round=False
        )
        _kits, lines = kit.explode(product, in_kits / kit.product_qty)
        return [
            (
                line.product_id,
                line.product_uom_id._compute_quantity(
                    values["qty"], line.product_id.uom_id, round=False
                ),
            )
            for line, values in lines
            if line.product_id.is_storable
        ]

    def _find_kit(self, product):
        """Return what a kit is made of, nothing for any other product."""
        if "mrp.bom" not in self.env or not product:
            return None
        boms = self.env["mrp.bom"].sudo()
        return boms._bom_find(product, company_id=self.company.id, bom_type="phantom")[
            product
        ]

    def _kits_with(self, parts):
        """Return the kits that some products are parts of, or of whose kits."""
        if "mrp.bom" not in self.env:
            return parts.browse()
        kits, found = parts.browse(), parts
        while found:
            boms = (
                self.env["mrp.bom"]
                .sudo()
                .search(
                    [
                        ("type", "=", "phantom"),
                        ("bom_line_ids.product_id", "in", found.ids),
                    ]
                )
            )
            variants = boms.product_tmpl_id.product_variant_ids
            found = (boms.product_id | variants).sudo(False) - kits
            kits |= found
        return kits


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
