"""What can be told about the deliveries of an order, and what was told already.

What a marketplace takes decides how it is told, by the arguments of its own action:

    no `line`              once, when everything has left
    `line`                 each line once, when all of it has left
    `line` and a quantity  each line of each delivery

What was told already is read from the outbox, so a failed action is never taken for a
shipment that happened, and nothing is told twice.
"""

from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.tools import float_compare, float_is_zero

from ...mapper.shipment import quantity_argument, ship_arguments
from ..outbox.lengow_action import OPEN_STATES


class Report(NamedTuple):
    """What is to be told about one parcel, or about one line in it.

    Two reports with the same key are about the same thing.
    """

    key: object
    picking: models.Model
    parameters: dict


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === WHAT HAS LEFT === #

    def _left_pickings(self):
        """Return the deliveries that reached the customer's side, in this order.

        Earlier steps, receipts and returns end elsewhere; a drop shipment ends there.
        """
        pickings = self.sale_order_ids.picking_ids
        return pickings.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        ).sorted(lambda p: (p.date_done or p.write_date, p.id))

    def _has_everything_left(self):
        """Whether nothing of the order is still to be delivered."""
        sales = self.sale_order_ids.filtered(lambda sale: sale.state != "cancel")
        return all(sale.state == "sale" for sale in sales) and all(
            _has_left(line) for line in sales.order_line if line.move_ids
        )

    def _has_line_left(self, line):
        """Whether all of a marketplace line has left, or all that will."""
        if line.sale_line_id.move_ids:
            return _has_left(line.sale_line_id)
        return self._has_everything_left()

    # === WHAT IS TOLD ABOUT IT === #

    def _reports(self, rule, pickings):
        """Return what can be told about deliveries, by what it is about.

        :rtype: dict[object, list[Report]]
        """
        parcels = [
            (picking, parcel, ship_arguments(rule, picking._lengow_shipment(parcel)))
            for picking in pickings
            for parcel in picking._lengow_parcels()
        ]
        quantity = quantity_argument(rule)
        if not self._is_told_by_line(rule):
            found = self._reports_of_order(rule, parcels)
        elif quantity:
            found = self._reports_of_quantities(rule, parcels, quantity)
        else:
            found = self._reports_of_lines(rule, parcels)
        reports = defaultdict(list)
        for report in found:
            reports[report.key].append(report)
        return reports

    def _reports_of_order(self, rule, parcels):
        """Return one for the whole order, with the first number that is known."""
        if not self._has_everything_left():
            return []
        numbered = (p for p in parcels if p[1].number)
        picking, _parcel, told = next(numbered, parcels[-1])
        return [Report(None, picking, told)]

    def _reports_of_lines(self, rule, parcels):
        """Return one for each line that has left, with the parcel of its last piece."""
        reports = []
        for line in self._lines_for(rule).filtered(self._has_line_left):
            holding = [p for p in parcels if line.sale_line_id in p[1].contents]
            numbered = [p for p in holding or parcels if p[1].number]
            picking, _parcel, told = (numbered or holding or parcels)[-1]
            ref = line.lengow_line_ref
            reports.append(Report(ref, picking, {**told, "line": ref}))
        return reports

    def _reports_of_quantities(self, rule, parcels, quantity):
        """Return one for each line in each parcel, with its number of pieces.

        A kit is told when it is complete. Nothing is told beyond what was ordered.
        """
        reports = []
        for line in self._lines_for(rule):
            sale_line, ref = line.sale_line_id, line.lengow_line_ref
            holding = [p for p in parcels if sale_line in p[1].contents]
            if _is_kit(sale_line):
                holding = holding[-1:] if _has_left(sale_line) else []
            left = line.quantity - self._quantity_told_otherwise(rule, ref, quantity)
            for picking, parcel, told in holding:
                pieces = left if _is_kit(sale_line) else parcel.contents[sale_line]
                pieces = min(pieces, left)
                left -= pieces
                if float_is_zero(pieces, precision_digits=3) or pieces < 0:
                    continue
                told = {**told, "line": ref, quantity: _as_text(pieces)}
                reports.append(Report((picking.id, ref), picking, told))
        return reports

    def _quantity_told_otherwise(self, rule, ref, quantity):
        """Return how many pieces of a line were told from no delivery."""
        return sum(
            float(action.parameters.get(quantity) or 0)
            for action in self._told_by(rule)
            if action.parameters
            and action.parameters.get("line") == ref
            and not action.picking_id
        )

    # === WHAT WAS TOLD ALREADY === #

    def _told_by(self, rule):
        """Return the actions of a rule that count, in the order they were planned.

        A failed one stands for its shipment until it is sent again or dismissed.
        """
        return self.action_ids.filtered(
            lambda a: a.kind == rule.name and a.state != "canceled"
        ).sorted("id")

    def _told_shipments(self):
        """Return the arguments of the shipments that the marketplace has confirmed.

        :rtype: list[dict]
        """
        return [
            action.parameters or {}
            for action in self.action_ids
            if action.kind == "ship" and action.state == "done"
        ]

    def _lines_left_for(self, rule):
        """Return the lines that an action is possible for and was not asked for yet."""
        asked = {
            (action.parameters or {}).get("line")
            for action in self.action_ids
            if action.kind == rule.name and action.state in OPEN_STATES
        }
        return self._lines_for(rule).filtered(
            lambda line: line.lengow_line_ref not in asked
        )

    def _known_reports(self, rule):
        """Return the actions that exist already, by what they are about.

        :rtype: collections.defaultdict[object, lengow.action]
        """
        actions = self._told_by(rule)
        whole = actions.filtered(lambda a: not (a.parameters or {}).get("line"))
        # What is told as a whole leaves no line to tell about.
        known = defaultdict(lambda: whole)
        by_quantity = rule.is_per_line and quantity_argument(rule)
        for action in actions - whole:
            ref = action.parameters["line"]
            known[(action.picking_id.id, ref) if by_quantity else ref] |= action
        return known


def is_short(sale_line):
    """Whether less has left of a sale order line than was ordered, and no more will.

    :param sale.order.line sale_line: maybe none
    :rtype: bool
    """
    rounding = sale_line.product_uom_id.rounding or 1.0
    ordered, delivered = sale_line.product_uom_qty, sale_line.qty_delivered
    is_less = float_compare(delivered, ordered, precision_rounding=rounding) < 0
    return bool(sale_line.move_ids) and is_less and _has_left(sale_line)


def _has_left(sale_line):
    """Whether all of a sale order line has left, or all that will.

    The moves of earlier steps and of backorders count, those of returns do not.
    """
    rounding = sale_line.product_uom_id.rounding
    ordered, delivered = sale_line.product_uom_qty, sale_line.qty_delivered
    if float_compare(delivered, ordered, precision_rounding=rounding) >= 0:
        return True
    moves = sale_line.move_ids.filtered(lambda m: m.location_id.usage != "customer")
    is_open = any(move.state not in ("done", "cancel") for move in moves)
    return not is_open and any(
        move.state == "done" and move.location_dest_id.usage == "customer"
        for move in moves
    )


def _is_kit(sale_line):
    """Whether a line is delivered as other products: the parts of a kit."""
    return any(move.product_id != sale_line.product_id for move in sale_line.move_ids)


def _as_text(quantity):
    """Write a number of pieces without needless decimals."""
    return str(int(quantity)) if quantity == int(quantity) else str(quantity)
