"""What is free to be promised to marketplace orders."""

from collections import defaultdict

from odoo import fields
from odoo.tools import float_compare

from ...lengow_api import PROMISED_STATUSES
from ...mapper.products import FULFILMENT_SUFFIX
from ...mapper.shipment import number_text
from .lengow_action import OPEN_STATES


class FreeStock:
    """What is free of each product, less what was promised to other orders.

    On hand is not free where sale orders wait for it, reserved or not; nor where
    marketplace orders do that are accepted, by whomever, and not yet confirmed here. A
    kit is looked at part by part.
    """

    def __init__(self, orders):
        """Read what the products of some orders are promised to.

        :param lengow.order orders: of one account
        """
        self.env = orders.env
        self.company = orders.company_id
        self._promised = defaultdict(float)
        sold = orders.line_ids.product_id
        parts = sold.browse().union(
            *(part for product in sold for part, _needed in self._parts(product, 1))
        )
        products = sold | parts | self._kits_with(parts)
        by_sku = self._by_sku(products)
        for line in self._find_promised_lines(products, by_sku):
            if line.product_id:
                self._promise(line.product_id, line._units())
                continue
            product, factor = by_sku[line.sku]
            self._promise(product, line.quantity * factor)

    def promise(self, order):
        """Count the quantities of an order that was just accepted."""
        for line in order.line_ids.filtered(lambda line: line._is_kept()):
            self._promise(line.product_id, line._units())

    def reasons(self, order):
        """Return a sentence for each product that does not suffice.

        :rtype: list[str]
        """
        buffer = order.marketplace_id.auto_accept_stock_buffer
        return [
            self.env._(
                "%(product)s: %(free)s free, %(wanted)s needed.",
                product=product.display_name,
                free=number_text(free),
                wanted=number_text(wanted),
            )
            for product, free, wanted in self._missing(order, buffer)
        ]

    def is_short(self, order):
        """Whether something of an order cannot be had, the safety stock included.

        What Odoo makes or buys to order is never there before, and can be had.

        :rtype: bool
        """
        missing = self._missing(order, 0.0)
        return any(not _is_to_order(product) for product, _free, _wanted in missing)

    def _missing(self, order, buffer):
        """Return what does not suffice: product, what is free, what is needed.

        :rtype: list[tuple]
        """
        marketplace = order.marketplace_id
        warehouse = marketplace._setting("warehouse_id")
        until = marketplace.auto_accept_incoming and order.ship_before
        found = []
        for product, quantity in self._wanted(order).items():
            free = self._free(product, warehouse, until)
            wanted = quantity + buffer
            rounding = product.uom_id.rounding
            if float_compare(free, wanted, precision_rounding=rounding) < 0:
                found.append((product, free, wanted))
        return found

    def _free(self, product, warehouse, until=False):
        """Return what is free of a product, with what is due to come in until then."""
        if warehouse:
            product = product.with_context(warehouse_id=warehouse.id)
        reserved = product.qty_available - product.free_qty
        claimed = max(reserved, product.outgoing_qty)
        free = product.qty_available - claimed - self._promised[product.id]
        if until and until > fields.Datetime.now():
            free += product.with_context(to_date=until).incoming_qty
        return free

    def _promise(self, product, quantity):
        for part, needed in self._parts(product, quantity):
            self._promised[part.id] += needed

    def _wanted(self, order):
        """Return how much of which products in stock an order takes."""
        wanted = defaultdict(float)
        for line in order.line_ids.filtered(lambda line: line._is_kept()):
            for part, needed in self._parts(line.product_id, line._units()):
                wanted[part] += needed
        return wanted

    # === OTHER ORDERS === #

    def _find_promised_lines(self, products, by_sku):
        """Return the lines of open orders, accepted and not a confirmed sale order."""
        lines = self.env["lengow.order.line"].search(
            [
                ("order_id.company_id", "=", self.company.id),
                ("order_id.is_fulfilled_by_marketplace", "=", False),
                ("order_id.lengow_status", "in", list(PROMISED_STATUSES)),
                "|",
                ("order_id.import_state", "in", ("waiting", "ready", "error")),
                ("sale_line_id.order_id.state", "in", ("draft", "sent")),
                "|",
                ("product_id", "in", products.ids),
                "&",
                ("product_id", "=", False),
                ("sku", "in", list(by_sku)),
            ]
        )
        return lines.filtered(
            lambda line: line._is_kept() and self._is_accepted(line.order_id)
        )

    def _is_accepted(self, order):
        if order.lengow_status != "waiting_acceptance":
            return True  # here, or in the marketplace's own back office
        return any(
            action.kind == "accept" and action.state in (*OPEN_STATES, "done")
            for action in order.action_ids
        )

    def _by_sku(self, products):
        """Return what lines that nobody has looked at yet may mean, by their SKUs.

        :return: pairs of a product and how many of it a piece is
        :rtype: dict
        """
        aliases = self.env["lengow.product.alias"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company.id),
            ]
        )
        by_sku = {product.barcode: (product, 1.0) for product in products}
        by_sku |= {product.default_code: (product, 1.0) for product in products}
        by_sku |= {alias.sku: (alias.product_id, alias.factor) for alias in aliases}
        return {
            spelling: meant
            for sku, meant in by_sku.items()
            if sku
            for spelling in (sku, sku + FULFILMENT_SUFFIX)
        }

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
        """Return the kits that some products are parts of."""
        if "mrp.bom" not in self.env:
            return parts.browse()
        boms = (
            self.env["mrp.bom"]
            .sudo()
            .search(
                [("type", "=", "phantom"), ("bom_line_ids.product_id", "in", parts.ids)]
            )
        )
        variants = boms.product_tmpl_id.product_variant_ids
        return (boms.product_id | variants).sudo(False)


def _is_to_order(product):
    """Whether a product is made or bought once it is sold, or sent by its vendor."""
    routes = product.route_ids | product.categ_id.total_route_ids
    return any(
        rule.procure_method != "make_to_stock"
        or (rule.action != "pull" and rule.location_dest_id.usage == "customer")
        for rule in routes.sudo().rule_ids
    )
