"""How much there is of products in some warehouses, and what deliveries leave of it.

Odoo rounds five quantities of each product, three of which nobody asks for here, and
looks up for each rounding what all have in common. Where it is known how it counts, the
same is counted here, of the same quants and moves.
"""

from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import float_round

from ..overrides import are_known

# Of the moves that Odoo counts as to come or to go.
OPEN_MOVES = ("waiting", "confirmed", "assigned", "partially_available")
# How Odoo counts, as long as no module does it in another way. Of kits it is asked.
COUNTED_BY = {
    "product.product": (
        {"stock", "mrp", "purchase_stock"},
        {
            "_compute_quantities_dict",
            "_get_domain_locations",
            "_get_domain_locations_new",
        },
    ),
    "uom.uom": ({"uom"}, {"round"}),
}


# What Odoo tells of each product, and is told of the parts of kits.
QUANTITIES = (
    "qty_available",
    "free_qty",
    "incoming_qty",
    "outgoing_qty",
    "virtual_available",
)


class Count(NamedTuple):
    """How much there is of a product."""

    on_hand: float = 0.0
    free: float = 0.0
    """That no delivery waits for, reserved or not, and that is not expired."""


def count(products, warehouses):
    """Return how much there is of products, none of them a kit.

    :param product.product products: in system mode, in their company
    :param stock.warehouse warehouses: none means that there is nothing
    :return: by the id of the product
    :rtype: dict[int, Count]
    """
    if products and warehouses and are_known(products.env, COUNTED_BY):
        return _count(products.with_context(warehouse_id=warehouses.ids))
    return ask(products, warehouses)


def ask(products, warehouses):
    """Return the same of products of any kind: Odoo is asked."""
    told = told_by_odoo(products, warehouses)
    return {id_: _as_told(**told[id_]) for id_ in products._ids}


def told_by_odoo(products, warehouses):
    """Return what Odoo says there is of products.

    :param product.product products: in system mode, in their company
    :param stock.warehouse warehouses: none means that there is nothing
    :return: all of `QUANTITIES` by the id of the product
    :rtype: dict[int, dict[str, float]]
    """
    if not products or not warehouses:
        # Odoo would look into all of the company.
        return {id_: dict.fromkeys(QUANTITIES, 0.0) for id_ in products._ids}
    there = products.with_context(warehouse_id=warehouses.ids)
    return there._compute_quantities_dict(None, None, None)


def _as_told(qty_available, free_qty, virtual_available, incoming_qty, **_more):
    # What is expired is neither free nor to be expected.
    return Count(qty_available, min(free_qty, virtual_available - incoming_qty))


def _count(there):
    """Count as Odoo's `_compute_quantities_dict` (addons/stock/models/product.py)."""
    in_stock, _coming, going = there._get_domain_locations()
    ours = Domain("product_id", "in", there.ids)
    is_open = Domain("state", "in", OPEN_MOVES)
    every = there.with_context(active_test=False).env
    quants = every["stock.quant"]._read_group(
        ours & in_stock, ["product_id"], ["quantity:sum", "reserved_quantity:sum"]
    )
    moves = every["stock.move"]._read_group(
        is_open & ours & going, ["product_id"], ["product_qty:sum"]
    )
    quantities = {product.id: found for product, *found in quants}
    waited_for = {product.id: quantity for product, quantity in moves}
    digits = every["decimal.precision"].precision_get("Product Unit")
    counts = {}
    for id_ in there._ids:
        kept = id_ or id_.origin  # one that a form edits counts as it was kept
        on_hand, reserved = quantities.get(kept, (0.0, 0.0))
        taken = max(reserved, waited_for.get(kept, 0.0))
        counts[id_] = Count(
            float_round(on_hand, precision_digits=digits),
            float_round(on_hand - taken, precision_digits=digits),
        )
    return counts
