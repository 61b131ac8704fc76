"""What has left the warehouse, read from Odoo's deliveries: parcels, and lines.

*Shipped* goods have reached the customer's side; *remaining* goods are still to leave.
What came back is shipped no more: only what was told before it came back stays told.

Done moves decide. Goods without moves, such as a drop shipment that nobody has ordered
yet, have left only when their delivered quantity says so.
"""

from typing import NamedTuple
from urllib.parse import quote, quote_plus

from odoo import fields
from odoo.tools import float_compare, float_is_zero

from ...mapper.delivery import Wish, wish_of
from ...mapper.invoice import invoice_number
from ...mapper.shipment import Shipment

# Delivery methods that call no carrier.
UNCONNECTED = ("fixed", "base_on_rule")


class Parcel(NamedTuple):
    """A parcel of a delivery.

    `contents` are quantities by sale order line, in the line's unit of measure.
    """

    number: str | None
    url: str | None
    contents: dict


# === PARCELS === #


def tracking_numbers(picking):
    """Return a delivery's tracking numbers; Odoo keeps several with commas between.

    :param stock.picking picking: one
    :rtype: list[str]
    """
    parts = (picking.carrier_tracking_ref or "").replace(";", ",").split(",")
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def makes_number(picking, method):
    """Whether a carrier makes a delivery's number, but only when it is validated.

    :param stock.picking picking: in system mode
    :param delivery.carrier method: that it is sent by; maybe none
    """
    return bool(
        method
        and method.integration_level == "rate_and_ship"
        and method.delivery_type not in UNCONNECTED
        and picking.picking_type_id.print_label
        and not tracking_numbers(picking)
    )


def parcels_of(picking):
    """Return the parcels of a done delivery.

    Which goods are in which parcel is only known where there are as many packages as
    numbers: carriers number packages in their order. Otherwise it is one parcel with
    the first number.

    :param stock.picking picking: one
    :rtype: list[Parcel]
    """
    numbers = tracking_numbers(picking)
    urls = _urls(picking, numbers)
    lines = picking.move_line_ids.filtered(lambda ml: ml.state == "done")
    left = _left_pieces(lines)
    packages = lines.grouped("result_package_id")
    if len(numbers) > 1 and all(packages) and len(packages) == len(numbers):
        in_order = sorted(packages, key=lambda package: package.id)
        return [
            Parcel(number, urls.get(number), _contents(packages[package], left))
            for number, package in zip(numbers, in_order, strict=True)
        ]
    number = next(iter(numbers), None)
    return [Parcel(number, urls.get(number), _contents(lines, left))]


def _urls(picking, numbers):
    """Return where each parcel can be followed, by its number.

    A carrier gives a list of pairs, or one link with all the numbers in it, maybe
    encoded. A link in which they are not found says nothing about one of several.
    """
    url = picking.carrier_tracking_url
    pairs = picking.get_multiple_carrier_tracking()
    if isinstance(pairs, list):
        return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}
    if not url or not numbers:
        return {}
    joined = picking.carrier_tracking_ref
    for write in (str, quote, quote_plus):
        if write(joined) in url:
            return {n: url.replace(write(joined), write(n)) for n in numbers}
    return {numbers[0]: url} if len(numbers) == 1 else {}


def _left_pieces(move_lines):
    """Return by done move line how much of it has not come back, in its product's unit.

    Nobody knows from which parcel a returned piece is: it is taken from the last one.
    """
    left = {}
    for move, lines in move_lines.grouped("move_id").items():
        back = _returned(move)
        for line in reversed(lines):
            taken = min(back, line.quantity_product_uom)
            back -= taken
            left[line] = line.quantity_product_uom - taken
    return left


def _returned(move):
    """Return how much of a move has come back, in its product's unit."""
    returns = move.returned_move_ids.filtered(lambda m: m.state == "done")
    return sum(
        back.product_uom._compute_quantity(
            back.quantity, back.product_id.uom_id, round=False
        )
        for back in returns
    )


def _contents(move_lines, left):
    """Return quantities by sale order line of done move lines.

    What belongs to a kit counts under its line, in no sensible unit: a kit is told
    whole. What left before the import is none of ours to tell.

    :param stock.move.line move_lines: of a delivery
    :param dict left: of :func:`_left_pieces`
    """
    contents = {}
    for move_line in move_lines:
        line, quantity = move_line.move_id.sale_line_id, left[move_line]
        if not line or line.lengow_left_before_import:
            continue
        if float_is_zero(quantity, precision_digits=6):
            continue
        if line.product_id == move_line.product_id:
            quantity = move_line.product_id.uom_id._compute_quantity(
                quantity, line.product_uom_id, round=False
            )
        contents[line] = contents.get(line, 0.0) + quantity
    return contents


def shipment_of(picking, parcel):
    """Return what Odoo knows about a parcel, for the arguments of a ship action.

    :param stock.picking picking: one, in system mode
    :param Parcel parcel: of this delivery
    :rtype: mapper.shipment.Shipment
    """
    # What a marketplace is told does not depend on who validates the delivery.
    method = picking.carrier_id.with_context(lang=picking.company_id.partner_id.lang)
    marketplace = picking.lengow_order_id.marketplace_id
    Carrier = picking.env["lengow.carrier"]
    package = _package(picking)
    wish = wish_of(package) if package else Wish()
    carrier = picking.lengow_carrier_id or Carrier._find_for(
        marketplace, method, wish.names
    )
    shipped_at = picking.date_done or fields.Datetime.now()
    return Shipment(
        carrier_code=carrier.code or None,
        method=method.name or None,
        number=parcel.number,
        url=parcel.url,
        return_number=picking.lengow_return_tracking_ref or None,
        shipped_at=f"{shipped_at.isoformat(timespec='seconds')}Z",
        invoice_number=invoice_number(picking.sale_id),
        wished_carrier=wish.carrier,
        wished_method=wish.method,
    )


def _package(picking):
    """Return what the order says of this package; maybe None."""
    packages = picking.lengow_order_id._content().packages
    index = picking.sale_id.lengow_package_index
    return packages[index] if index < len(packages) else None


# === LINES === #


def nothing_remains(sale_line):
    """Whether all of a sale order line is shipped, or all that will be.

    The moves of earlier steps and of backorders count, those of returns do not.

    :param sale.order.line sale_line: goods
    :rtype: bool
    """
    if not _is_less(sale_line, sale_line.product_uom_qty):
        return True
    return not _is_open(sale_line) and has_left(sale_line)


def has_left(sale_line):
    """Whether anything of a sale order line is shipped: of a pack, all that is in it.

    Of a kit, some of each of its parts.

    :param sale.order.line sale_line: goods
    :rtype: bool
    """
    if (sale_line.lengow_factor or 1.0) != 1.0:
        return sale_line._lengow_pieces(_shipped(sale_line)) > 0
    if not sale_line.move_ids:
        return sale_line.qty_delivered > 0
    left = [move for move in _out(sale_line) if move.quantity > _returned_in_unit(move)]
    if is_kit(sale_line) and sale_line.qty_delivered <= 0:
        # Where Odoo does not count kits, one without a part is none.
        is_counted = any(move["bom_line_id"] for move in left if "bom_line_id" in move)
        left_parts = {move.product_id for move in left}
        return not is_counted and _parts_of(sale_line) <= left_parts
    return bool(left)


def is_over(sale_line, expected):
    """Whether less is shipped of a line than is expected, maybe nothing, for good.

    The rest was given up, was taken off the sale order, or has come back.

    :param sale.order.line sale_line: maybe none
    :param float expected: units that nobody has canceled or given back
    :rtype: bool
    """
    if not (sale_line and sale_line._lengow_is_goods()):
        return False
    if not sale_line.move_ids and sale_line.qty_delivered < sale_line.product_uom_qty:
        return False  # nobody knows how it is delivered
    return _is_less(sale_line, expected) and not _is_open(sale_line)


def _is_open(sale_line):
    moves = sale_line.move_ids.filtered(lambda m: m.location_id.usage != "customer")
    return any(move.state not in ("done", "cancel") for move in moves)


def _shipped(sale_line):
    """Return how much of a line is shipped; of a kit, how many are complete."""
    if not sale_line.move_ids or is_kit(sale_line):
        return sale_line.qty_delivered
    return sum(
        move.product_uom._compute_quantity(
            move.quantity - _returned_in_unit(move),
            sale_line.product_uom_id,
            round=False,
        )
        for move in _out(sale_line)
    )


def _is_less(sale_line, expected):
    """Whether less of a line is shipped than is expected."""
    return (
        float_compare(
            _shipped(sale_line),
            expected,
            precision_rounding=sale_line.product_uom_id.rounding,
        )
        < 0
    )


def _out(sale_line):
    """Return the moves that brought goods of a line to the customer's side."""
    return sale_line.move_ids.filtered(
        lambda m: m.state == "done" and m.location_dest_id.usage == "customer"
    )


def _returned_in_unit(move):
    """Return how much of a move has come back, in the unit of the move."""
    return move.product_id.uom_id._compute_quantity(
        _returned(move), move.product_uom, round=False
    )


def _parts_of(sale_line):
    """Return the products that a kit is delivered as, also those that were given up.

    What was exchanged for it before anything left is none of them.
    """
    order = sale_line.order_id.lengow_order_id
    exchanged = order and order._setting("fallback_product_id")
    return {*sale_line.move_ids.product_id} - {sale_line.product_id, exchanged}


def is_kit(sale_line):
    """Whether a line is delivered as other products: the parts of a kit.

    :param sale.order.line sale_line: one
    :rtype: bool
    """
    # What was canceled may be of a product that was exchanged.
    moves = sale_line.move_ids.filtered(lambda move: move.state != "cancel")
    return any(move.product_id != sale_line.product_id for move in moves)
