"""A delivery follows what a person reports: it gets the numbers, and is validated.

    dialog ─► planned ─► carrier and number on the delivery ─► validated, if wanted

What the dialog has planned counts as told, so that the delivery tells none of it again.
"""

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .parcels import is_kit, makes_number

STOCK_USER = "stock.group_stock_user"


class LengowDispatcher(models.AbstractModel):
    """Finds the delivery of a shipment that is reported by hand, and lets it follow."""

    _name = "lengow.dispatcher"
    _description = "Lengow: Deliveries of Reported Shipments"

    # === WHICH DELIVERY === #

    def _find_open(self, order):
        """Return the only delivery that is still to leave; none where there are more.

        :param lengow.order order: one, in any mode
        :return: in system mode
        :rtype: stock.picking
        """
        pickings = self._find_all_open(order)
        return pickings if len(pickings) == 1 else pickings.browse()

    def _find_all_open(self, order):
        """Return the deliveries that are still to leave, in system mode."""
        sales = order.sudo()._living_sales()
        return sales.picking_ids.filtered(lambda p: p._lengow_is_to_leave())

    def _find_validatable(self, order):
        """Return the delivery that the user may validate with a shipment; maybe none.

        It is ready, and nothing of the order stays behind without it.

        :param lengow.order order: one
        :rtype: stock.picking
        """
        picking = self._find_open(order)
        is_offered = (
            picking
            and self.env.user.has_group(STOCK_USER)
            and not picking.lengow_already_shipped
            # What has left already is told first.
            and not any(order.sudo()._shipped_pickings().mapped("lengow_ship_state"))
            and self._is_ready(picking)
            and self._holds_the_rest(order, picking)
            and picking.with_env(self.env).has_access("write")
        )
        return (picking if is_offered else picking.browse()).with_env(self.env)

    def _is_ready(self, picking):
        """Whether a delivery can be validated as it is, without a person's help.

        A carrier that makes the numbers itself makes them when the delivery is
        validated, which is too late for the dialog.
        """
        moves = _open_moves(picking)
        return bool(
            picking.state == "assigned"
            and not picking.lengow_hold_reason
            and not makes_number(picking, picking.carrier_id)
            and moves
            and len(set(moves.mapped("picked"))) == 1  # else somebody is at it
            and all(_is_complete(picking, move) for move in moves)
        )

    def _holds_the_rest(self, order, picking):
        """Whether all that is still to leave is in the delivery."""
        moves = _open_moves(picking)
        lines = (
            order.sudo()
            ._living_sales()
            .order_line.filtered(
                lambda line: (
                    line._lengow_is_goods()
                    and not line.lengow_left_before_import
                    and line.qty_delivered < line.product_uom_qty
                )
            )
        )
        return lines <= moves.sale_line_id

    # === WHAT FOLLOWS === #

    def _follow(self, picking, marketplace, arguments, wanted=None, validate=False):
        """Let a delivery follow what was planned about it.

        :param stock.picking picking: maybe none; with the rights of the user
        :param lengow.marketplace marketplace: that is told
        :param dict arguments: what it is told
        :param dict wanted: units by sale order line; None for everything
        :param bool validate: whether the delivery is validated, too
        :return: the action that follows its validation, maybe none
        :rtype: dict | None
        :raise UserError: if it cannot be validated without a person
        """
        picking_sudo = picking.sudo()
        if not picking or picking_sudo.state == "cancel":
            return None
        is_part = wanted is not None and not _is_all(picking_sudo, wanted)
        if validate and picking_sudo.state != "done":
            if not self._is_ready(picking_sudo):  # not any more
                raise UserError(self._sentence(picking_sudo))
            self._pick(picking_sudo, wanted if is_part else None)
            self._note(picking_sudo, marketplace, arguments)
            return self._validate(picking)
        if not is_part:
            self._note(picking_sudo, marketplace, arguments)
        return None

    def _note(self, picking, marketplace, arguments):
        """Write on a delivery the carrier and the numbers that it lacks.

        :param stock.picking picking: one, in system mode: the numbers are the order's
        """
        values = {
            name: value
            for name, value in self._entered(picking, marketplace, arguments).items()
            if not picking[name]
        }
        method = picking.carrier_id.browse(values.get("carrier_id", ()))
        if not values.get("carrier_tracking_ref") and makes_number(picking, method):
            del values["carrier_id"]  # its label would have a number that nobody told
        if values:
            noted = {*values, *(picking.lengow_noted or ())}
            picking.write({**values, "lengow_noted": sorted(noted)})

    def _entered(self, picking, marketplace, arguments):
        """Return what the arguments of a shipment are on its delivery.

        :rtype: dict
        """
        entered = {
            "carrier_tracking_ref": arguments.get("tracking_number"),
            "lengow_return_tracking_ref": arguments.get("return_tracking_number"),
            "carrier_id": self._find_method(
                picking, marketplace, arguments.get("carrier")
            ).id,
        }
        return {name: value for name, value in entered.items() if value}

    def _forget(self, actions):
        """Take back what deliveries got with reports that were not sent.

        What a delivery had before stays, such as the number on its label.

        :param lengow.action actions: shipments that a person has entered and undone
        """
        for action in actions.sudo():
            order, arguments = action.order_id, action.parameters or {}
            number = arguments.get("tracking_number")
            if any(_tells(other, number) for other in order.action_ids):
                continue  # another line left in the same parcel
            for picking in order.sale_order_ids.picking_ids.filtered("lengow_noted"):
                noted = {*picking.lengow_noted}
                if "carrier_tracking_ref" in noted:
                    if not action._has_number(picking.carrier_tracking_ref):
                        continue  # it is another parcel
                    # as it was entered, however it was to be told
                    own = {"tracking_number": picking.carrier_tracking_ref}
                    arguments = {**arguments, **own}
                entered = self._entered(picking, order.marketplace_id, arguments)
                values = {
                    name: False
                    for name in noted & entered.keys()
                    if entered[name] == _plain(picking[name])
                }
                picking.write({**values, "lengow_noted": False})

    def _find_method(self, picking, marketplace, code):
        """Return the delivery method that stands for a marketplace's carrier."""
        carrier = (
            self.env["lengow.carrier"]
            .sudo()
            .search(
                [("marketplace_id", "=", marketplace.id), ("code", "=", code)], limit=1
            )
        )
        # Each company that the marketplace sells for may have a method of its own.
        methods = (carrier.carrier_id | carrier.other_carrier_ids).filtered(
            lambda one: one.active and one.company_id <= picking.company_id
        )
        return methods[:1] if code else methods.browse()

    def _pick(self, picking, wanted):
        """Let only what is shipped leave; the rest becomes a delivery of its own.

        :param stock.picking picking: one, in system mode
        :param dict wanted: units by sale order line; None for everything
        :raise UserError: if nobody but a person can say what is to leave
        """
        moves = _open_moves(picking)
        if wanted is None:
            moves.picked = True
            return
        rests_are_lost = picking.picking_type_id.create_backorder == "never"
        lines = {line for line, pieces in wanted.items() if pieces > 0}
        # Odoo takes a delivery of which nothing is picked for one that leaves whole.
        if rests_are_lost or not lines or lines - set(moves.sale_line_id):
            raise UserError(self._sentence(picking))
        left = dict(wanted)
        for move in moves:
            line = move.sale_line_id
            held = _pieces(move)
            taken = min(left.get(line, 0), held)
            left[line] = left.get(line, 0) - taken
            is_part = 0 < taken < held
            if taken and (is_kit(line) or (is_part and move.has_tracking != "none")):
                raise UserError(self._sentence(picking))
            if is_part:
                move.quantity = line.product_uom_id._compute_quantity(
                    taken, move.product_uom
                )
            move.picked = bool(taken)
        if any(rest > 0 for rest in left.values()):
            raise UserError(self._sentence(picking))

    def _validate(self, picking):
        """Validate a delivery as its user does, once.

        :return: the action that follows, such as to print something; maybe none
        :rtype: dict | None
        :raise UserError: if it asks for something
        """
        result = picking.with_context(
            skip_backorder=True, skip_sms=True
        ).button_validate()
        if picking.sudo().state != "done":
            raise UserError(self._sentence(picking.sudo()))
        return result if isinstance(result, dict) else None

    def _sentence(self, picking):
        return self.env._(
            "%s cannot be validated from here. Validate it in the inventory, or send "
            "the shipment without validating it.",
            picking.name,
        )


def _plain(value):
    return value.id if isinstance(value, models.BaseModel) else value


def _tells(action, number):
    """Whether a report by hand, that nobody took back, has a number."""
    return bool(
        number
        and action.kind == "ship"
        and not action.picking_id
        and action.state not in ("canceled", "withheld")
        and (action.parameters or {}).get("tracking_number") == number
    )


def _open_moves(picking):
    return picking.move_ids.filtered(lambda m: m.state not in ("done", "cancel"))


def _is_complete(picking, move):
    """Whether all of a move is reserved, each lot named where lots are used."""
    kind = picking.picking_type_id
    wants_lots = move.has_tracking != "none" and (
        kind.use_create_lots or kind.use_existing_lots
    )
    lines = move.move_line_ids
    return (
        float_compare(
            move.quantity,
            move.product_uom_qty,
            precision_rounding=move.product_uom.rounding,
        )
        >= 0
    ) and not (wants_lots and any(not (ml.lot_id or ml.lot_name) for ml in lines))


def _pieces(move):
    """Return how much of its sale order line an open move holds, in the line's unit."""
    return move.product_uom._compute_quantity(
        move.product_uom_qty, move.sale_line_id.product_uom_id, round=False
    )


def _is_all(picking, wanted):
    """Whether what is shipped is at least all that a delivery holds."""
    held = {}
    for move in picking.move_ids.filtered(lambda m: m.state != "cancel"):
        line = move.sale_line_id
        if line and is_kit(line):
            held[line] = held.get(line, 0) or line.product_uom_qty
        else:
            held[line] = held.get(line, 0) + (_pieces(move) if line else 0)
    return all(
        float_compare(wanted.get(line, 0), pieces, precision_digits=3) >= 0
        for line, pieces in held.items()
        if line
    )
