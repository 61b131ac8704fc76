"""What has left the warehouse, read from Odoo's deliveries: parcels, and lines.

*Shipped* goods have reached the customer's side; *remaining* goods are still to leave.
"""

from typing import NamedTuple

from odoo import fields
from odoo.tools import float_compare

from ...mapper.shipment import Shipment


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
    packages = lines.grouped("result_package_id")
    if len(numbers) > 1 and all(packages) and len(packages) == len(numbers):
        in_order = sorted(packages, key=lambda package: package.id)
        return [
            Parcel(number, urls.get(number), _contents(packages[package]))
            for number, package in zip(numbers, in_order, strict=True)
        ]
    number = next(iter(numbers), None)
    return [Parcel(number, urls.get(number), _contents(lines))]


def _urls(picking, numbers):
    """Return where each parcel can be followed, by its number.

    A carrier gives a list of pairs, or one link with all the numbers in it.
    """
    url = picking.carrier_tracking_url
    pairs = picking.get_multiple_carrier_tracking()
    if isinstance(pairs, list):
        return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}
    if not url or not numbers:
        return {}
    return {
        number: url.replace(picking.carrier_tracking_ref, number) for number in numbers
    }


def _contents(move_lines):
    """Return quantities by sale order line of done move lines.

    What belongs to a kit counts under its line, in no sensible unit: a kit is told
    whole.
    """
    contents = {}
    for move_line in move_lines:
        line = move_line.move_id.sale_line_id
        if not line:
            continue
        quantity = move_line.quantity
        if line.product_id == move_line.product_id:
            quantity = move_line.product_uom_id._compute_quantity(
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
    carrier = picking.env["lengow.carrier"]._find_for(marketplace, method)
    wish = _wish(picking)
    shipped_at = picking.date_done or fields.Datetime.now()
    return Shipment(
        carrier_code=carrier.code or None,
        method=method.name or None,
        number=parcel.number,
        url=parcel.url,
        return_number=picking.lengow_return_tracking_ref or None,
        shipped_at=f"{shipped_at.isoformat(timespec='seconds')}Z",
        wished_carrier=wish and wish.carrier,
        wished_method=wish and wish.method,
    )


def _wish(picking):
    """Return how the buyer wants this package shipped; maybe None."""
    packages = picking.lengow_order_id._content().packages
    index = picking.sale_id.lengow_package_index
    trackings = packages[index].trackings if index < len(packages) else ()
    return next(iter(trackings), None)


# === LINES === #


def nothing_remains(sale_line):
    """Whether all of a sale order line is shipped, or all that will be.

    The moves of earlier steps and of backorders count, those of returns do not.

    :param sale.order.line sale_line: one that has moves
    :rtype: bool
    """
    if not _delivered_less(sale_line):
        return True
    moves = sale_line.move_ids.filtered(lambda m: m.location_id.usage != "customer")
    is_open = any(move.state not in ("done", "cancel") for move in moves)
    return not is_open and any(
        move.state == "done" and move.location_dest_id.usage == "customer"
        for move in moves
    )


def is_short(sale_line):
    """Whether less is shipped of a sale order line than was ordered, and no more will.

    :param sale.order.line sale_line: maybe none
    :rtype: bool
    """
    if not sale_line.move_ids:
        return False
    return _delivered_less(sale_line) and nothing_remains(sale_line)


def _delivered_less(sale_line):
    return (
        float_compare(
            sale_line.qty_delivered,
            sale_line.product_uom_qty,
            precision_rounding=sale_line.product_uom_id.rounding,
        )
        < 0
    )


def is_kit(sale_line):
    """Whether a line is delivered as other products: the parts of a kit.

    :param sale.order.line sale_line: one
    :rtype: bool
    """
    return any(move.product_id != sale_line.product_id for move in sale_line.move_ids)
