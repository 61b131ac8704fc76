"""What a marketplace can be told of what has left, and is not told yet.

What it takes decides how it is told, by the arguments of its own action:

    no `line`              once, when nothing remains to be shipped
    `line`                 each line once, when nothing of it remains
    `line` and a quantity  each line of each delivery
"""

from typing import NamedTuple

from odoo import models
from odoo.tools import float_compare

from ...mapper.shipment import Shipment, number_text, ship_arguments
from ..outbox.ledger import MONEY_KINDS, Ledger
from .parcels import Parcel, has_left, is_kit, is_over, nothing_remains


class Shipped(NamedTuple):
    """A parcel that has left, and the arguments of the action that tells it."""

    picking: models.Model
    parcel: Parcel
    shipment: Shipment
    arguments: dict


class Report(NamedTuple):
    """What is to be told about one parcel, or about one line in it.

    Two reports with the same key are about the same thing.
    """

    key: object
    picking: models.Model
    parameters: dict


def derive(order, rule, shipped, ledger):
    """Return what can be told about parcels, and is not told yet.

    :rtype: list[Report]
    """
    if not order._is_told_by_line(rule):
        return _derive_whole(order, rule, shipped, ledger)
    if ledger.quantity_name:
        return _derive_quantities(order, rule, shipped, ledger)
    return _derive_lines(order, rule, shipped, ledger)


def _derive_whole(order, rule, shipped, ledger):
    """Return one for the whole order, with the first number that is known."""
    if ledger.told or not order._nothing_remains():
        return []
    if any(
        not has_left(sold)
        for line in lines_given_up(order, rule)
        for sold in line._same_number().sale_line_id
    ):
        return []
    first = _first_parcel(shipped)
    return [Report(None, first.picking, first.arguments)]


def _first_parcel(shipped):
    """Return the parcel that a whole order is told with."""
    holding = [one for one in shipped if one.parcel.contents] or shipped
    numbered = (one for one in holding if one.parcel.number)
    return next(numbered, holding[-1])


def _last_parcel(holding):
    """Return the parcel that a line is told with, of those that hold it."""
    numbered = [one for one in holding if one.parcel.number]
    return (numbered or holding)[-1]


def arguments_for(line, shipped):
    """Return what can be told of a line now, whatever was told of it before.

    :param lengow.order.line line: none for the whole order
    :param list[Shipped] shipped: the parcels of the delivery that has told it
    :rtype: dict
    """
    if not line:
        return _first_parcel(shipped).arguments
    sold = line._same_number().sale_line_id
    holding = [one for one in shipped if _holds(one, sold)]
    return _last_parcel(holding or shipped).arguments


def _holds(one, sold):
    return any(line in one.parcel.contents for line in sold)


def lines_given_up(order, rule):
    """Return the lines of which no more will leave, though the marketplace expects it.

    What is canceled or given back there is no matter of shipping.

    :param lengow_api.ActionRule rule: of the action that tells shipments
    :rtype: lengow.order.line
    """
    asked = Ledger(order)
    expected = order.line_ids.filtered(
        lambda line: (
            line.quantity > 0
            and (not line.lengow_status or rule.is_allowed_at(line.lengow_status))
        )
    )
    return expected._each_number().filtered(
        lambda line: _is_given_up(line, asked.pieces_left(line, MONEY_KINDS))
    )


def _is_given_up(line, expected):
    """Whether less of a line has left than is expected, for good.

    :param float expected: pieces of all that has its number
    """
    rows = line._same_number()
    sold = rows.sale_line_id
    if set(sold.order_id.mapped("state")) != {"sale"}:
        return False
    if len(sold) == 1:
        return not sold.lengow_left_before_import and is_over(
            sold, sold._lengow_units(expected)
        )
    return any(
        not row.sale_line_id.lengow_left_before_import
        and is_over(
            row.sale_line_id,
            row.sale_line_id._lengow_units(min(row.quantity, expected)),
        )
        for row in rows
    )


def find_untellable(order, rule, pairs, ledger):
    """Return the lines of which no more will leave, and that nothing speaks of.

    Nothing of them has left, or they keep a marketplace that knows no lines from being
    told of the others.

    :param list pairs: the reports of what has left, each with its action
    :param ShipmentLedger ledger: of the order
    :rtype: lengow.order.line
    """
    told = {report.parameters.get("line") for report, _action in pairs}
    return lines_given_up(order, rule).filtered(
        lambda line: (
            not told & {None, line.lengow_line_ref}
            and not ledger.tells(line.lengow_line_ref)
        )
    )


def _derive_lines(order, rule, shipped, ledger):
    """Return one for each shipped line, with the parcel of its last piece."""
    reports = []
    for line in order._lines_for(rule):
        ref = line.lengow_line_ref
        if ledger.tells(ref) or not _has_left(order, line):
            continue
        one = _parcel_of(rule, line, shipped)
        reports.append(Report(ref, one.picking, {**one.arguments, "line": ref}))
    return reports


def _has_left(order, line):
    """Whether something of a line has left, and nothing more will.

    What is no goods goes with the last of them.
    """
    sold = line._same_number().sale_line_id
    if not sold or any(sold.mapped("lengow_left_before_import")):
        return False
    goods = sold.filtered(lambda sale_line: sale_line._lengow_is_goods())
    if goods:
        return all(map(nothing_remains, goods)) and any(map(has_left, goods))
    return order._nothing_remains()


def _parcel_of(rule, line, shipped):
    """Return the parcel that a line is told with.

    What is no goods goes with the others. Goods that no delivery holds have left
    some other way: nothing is known about their parcel.
    """
    sold = line._same_number().sale_line_id
    holding = [s for s in shipped if _holds(s, sold)]
    if not holding and any(sale_line._lengow_is_goods() for sale_line in sold):
        unknown = Shipment(shipped_at=shipped[-1].shipment.shipped_at)
        return shipped[-1]._replace(arguments=ship_arguments(rule, unknown))
    return _last_parcel(holding or shipped)


def _derive_quantities(order, rule, shipped, ledger):
    """Return one for each line in each parcel, with its number of pieces.

    A kit is told when it is complete, a pack with the parcel of the last unit in it,
    and what is no goods with the last of them. Nothing is told beyond what was ordered.
    """
    if ledger.tells(None):
        return []
    reports = []
    for line in order._lines_for(rule):
        ref = line.lengow_line_ref
        told = ledger.pieces_of(ref, line.whole_quantity)
        room = line.whole_quantity - sum(pieces for _action, pieces in told)
        for one, left in _untold(rule, line, shipped, told):
            pieces = min(left, room)
            if float_compare(pieces, 0, precision_digits=3) <= 0:
                continue
            room -= pieces
            name, number = ledger.quantity_name, number_text(pieces)
            values = {**one.arguments, "line": ref, name: number}
            reports.append(Report((one.picking.id, ref), one.picking, values))
    return reports


def _untold(rule, line, shipped, told):
    """Return the parcels that hold a line, with how much of it is not told yet.

    :param lengow.order.line line: one
    :param list told: actions and their pieces; what people have told from no
        delivery was in the first parcels
    :return: pairs of a parcel and a number of pieces
    :rtype: list
    """
    found = {}
    for sale_line in line._same_number().sale_line_id:
        for index, one, pieces in _shipped_pieces(rule, line, sale_line, shipped):
            known, before = found.get(index, (one, 0.0))
            found[index] = known, before + pieces
    holding = [found[index][0] for index in sorted(found)]
    left = [found[index][1] for index in sorted(found)]
    for action, pieces in told:
        for index in _likeliest_first(action, holding):
            taken = min(pieces, left[index])
            pieces -= taken
            left[index] -= taken
    return list(zip(holding, left, strict=True))


def _shipped_pieces(rule, line, sale_line, shipped):
    """Return which parcels hold a sale order line, with how many pieces of it.

    :param lengow.order.line line: that it was sold for
    :return: a parcel's place in `shipped`, itself, and a number of pieces, for each
    :rtype: list[tuple]
    """
    last = len(shipped) - 1
    if not sale_line._lengow_is_goods():
        sold = sale_line._lengow_share(sale_line._lengow_living_quantity())
        is_over = _has_left(line.order_id, line)
        return [(last, shipped[last], sold)] if is_over else []
    holding = [
        (index, one)
        for index, one in enumerate(shipped)
        if sale_line in one.parcel.contents
    ]
    if is_kit(sale_line):
        # What is short of parts is no kit, however much of it has left.
        complete = sale_line._lengow_pieces(sale_line.qty_delivered)
        pieces = min(line.whole_quantity, complete)
        return [(*one, pieces) for one in holding[-1:] if nothing_remains(sale_line)]
    if not sale_line.move_ids:
        pieces = sale_line._lengow_pieces(sale_line.qty_delivered)
        return [(last, _parcel_of(rule, line, shipped), pieces)]
    contents = [one.parcel.contents[sale_line] for _index, one in holding]
    told = _whole_pieces(sale_line, contents)
    return [(*one, pieces) for one, pieces in zip(holding, told, strict=True)]


def _whole_pieces(sale_line, units):
    """Return how many pieces on the marketplace are complete with each parcel.

    :param sale.order.line sale_line: whose pieces may be several units each
    :param list units: how much of it each parcel holds, in the order they left
    :rtype: list
    """
    pieces, total, told = [], 0.0, 0.0
    for held in units:
        total += held
        complete = sale_line._lengow_pieces(total)
        pieces.append(complete - told)
        told = complete
    return pieces


def _likeliest_first(action, holding):
    """Return the indexes of the parcels that an action may have told, likeliest first.

    :param lengow.action action: of a delivery, or entered by a person for any of them
    :param list[Shipped] holding: what holds the line
    """
    indexes = [
        index
        for index, one in enumerate(holding)
        if not action.picking_id or one.picking == action.picking_id
    ]
    return sorted(
        indexes, key=lambda index: not action._has_number(holding[index].parcel.number)
    )
