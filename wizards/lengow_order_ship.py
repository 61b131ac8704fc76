from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from ..lengow_api import is_blank
from ..mapper.shipment import quantity_argument, ship_arguments
from ..models.shipping.parcels import parcels_of, shipment_of, tracking_numbers
from ..models.shipping.shipment_ledger import untold_pieces
from .lengow_order_ship_row import PARCEL_ARGUMENTS


class LengowOrderShip(models.TransientModel):
    """Report shipments by hand: one with all that its marketplace takes, or many."""

    _name = "lengow.order.ship"
    _description = "Report Shipments to Marketplaces"
    _inherit = ["lengow.action.line.form", "lengow.bulk.form"]

    _rows_name = "row_ids"

    picking_id = fields.Many2one("stock.picking", string="Delivery", readonly=True)
    delivery_id = fields.Many2one(
        "stock.picking",
        string="Delivery to Validate",
        readonly=True,
        help="The delivery that can be validated with the shipment.",
    )
    is_validating = fields.Boolean(
        string="Also Validate",
        help="The delivery gets the carrier and the number, and leaves the stock.",
    )
    validated_text = fields.Char(
        compute="_compute_validated_text", help="What can be validated, too."
    )
    is_without_details = fields.Boolean(
        string="Send Without Carrier and Tracking Number",
        help="Only the shipment itself is reported to the marketplace and the buyer.",
    )
    may_omit_details = fields.Boolean(compute="_compute_may_omit_details")
    row_ids = fields.One2many("lengow.order.ship.row", "ship_id", string="Parcels")

    @api.depends("delivery_id", "row_ids.delivery_id")
    @api.depends_context("lang")
    def _compute_validated_text(self):
        for ship in self:
            deliveries = ship._deliveries()
            ship.validated_text = (
                deliveries.name
                if len(deliveries) <= 1
                else self.env._("%s deliveries", len(deliveries))
            )

    @api.depends("order_ids")
    def _compute_may_omit_details(self):
        for ship in self:
            ship.may_omit_details = any(
                rule and _details_of(rule) and not _demands_details(rule)
                for rule in (o._find_action_rule("ship") for o in ship.order_ids)
            )

    @api.constrains("picking_id", "delivery_id", "order_id", "order_ids")
    def _check_picking_of_orders(self):
        """Keep the numbers of other deliveries out.

        :raise ValidationError: if the delivery is for none of the orders
        """
        for ship in self.filtered(lambda one: one.picking_id or one.delivery_id):
            orders = ship.order_id | ship.order_ids
            pickings = (ship.picking_id | ship.delivery_id).sudo()
            if pickings.lengow_order_id - orders or not pickings.lengow_order_id:
                raise ValidationError(
                    self.env._("The delivery is not for this marketplace order.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to ask at once for what the marketplaces want to know.

        One order is asked for everything; of several, a number is asked for per order,
        and the rest once per marketplace.
        """
        wizards = super().create(vals_list)
        for ship in wizards:
            ship.order_ids |= ship.order_id
            if len(ship.order_ids) == 1:
                ship.order_id = ship.order_ids
                ship._ask_for_one()
            else:
                ship._examine()
                ship.is_validating = bool(ship.row_ids.delivery_id)
        return wizards

    def _ask_for_one(self):
        """Ask for everything, beginning with what the delivery tells.

        :raise UserError: if the marketplace does not take it, or not now
        """
        rule = self.order_id._check_action_possible("ship", anew=True)
        delivery = self._dispatcher()._find_validatable(self.order_id)
        if self.picking_id in (delivery, delivery.browse()):
            self.delivery_id = delivery
        self.is_validating = bool(self.delivery_id)
        picking = self.picking_id.sudo() or self._delivery_of(self.order_id)
        self._ask(rule, _known_of(rule, picking), self._lines_to_tell(rule))

    def _delivery_of(self, order):
        """Return the delivery that a shipment is about; none where nobody knows.

        :return: in system mode: any Lengow user is told the numbers of their orders
        :rtype: stock.picking
        """
        shipped = order.sudo()._shipped_pickings()
        waiting = shipped.filtered("lengow_ship_state")
        # What has left and is told is meant only where nothing is left to leave.
        still_here = self._dispatcher()._find_all_open(order)
        if waiting or not still_here:
            return (waiting or shipped)[-1:]
        return still_here if len(still_here) == 1 else still_here.browse()

    def _dispatcher(self):
        return self.env["lengow.dispatcher"]

    def _lines_to_tell(self, rule):
        """Return the lines to begin with, and the pieces of each; None for the usual.

        Of a marketplace that counts pieces, what is planned or told is not offered.
        """
        untold = untold_pieces(self.order_id, rule)
        if not untold:
            return None
        return {line: {"quantity": n} for line, n in untold.items() if n > 0}

    def _check_pieces(self, rule):
        """Refuse to tell more pieces than are left to tell.

        :raise UserError: naming the line
        """
        untold = untold_pieces(self.order_id, rule)
        for row in self.chosen_line_ids.filtered(
            lambda row: row.is_chosen and row.line_id in untold
        ):
            left = max(untold[row.line_id], 0)
            if float_compare(row.quantity, left, precision_digits=3) > 0:
                raise UserError(
                    self.env._(
                        "%(line)s: only %(left)s left to report, all else is planned "
                        "or reported already.",
                        line=row.line_id.sku or row.line_id.title or "",
                        left=int(left) if left == int(left) else left,
                    )
                )

    def _deliveries(self):
        """Return the deliveries that can be validated, too."""
        return self.delivery_id | self.row_ids.delivery_id

    # === ACTION METHODS === #

    def action_confirm(self):
        """Report the shipments; of several, the dialog says what became of each.

        :raise UserError: if a single one cannot be reported, naming the argument
        """
        self.ensure_one()
        self.order_ids.check_access("write")
        if self.order_id:
            arguments = self._arguments_for(self.marketplace_id)
            self._check_details(self.order_id, arguments)
            # Not tied to the delivery, which would bring it up to date against the will
            # of whoever has entered it.
            rule = self.order_id._check_action_possible("ship")
            self._check_pieces(rule)
            actions = self._plan(rule)
            if not actions:
                return self._announce(actions)
            following = self._let_follow(
                self.order_id, self.delivery_id, arguments, self._wanted()
            )
            return self._announce(actions, following)
        if not self._possible_rows():
            raise UserError(self.env._("None of these orders can be shipped."))
        return self._show_outcome(self._plan_rows())

    def _wanted(self):
        """Return the units that are shipped, by sale order line; None for all.

        :rtype: dict | None
        """
        if not self.chosen_line_ids:
            return None
        wanted = {}
        for row in self.chosen_line_ids.filtered("is_chosen"):
            sold = row.line_id.sudo()._same_number().sale_line_id
            goods = sold.filtered(lambda line: line._lengow_is_goods())
            pieces = row.quantity
            for line in goods:
                rest = line.product_uom_qty - line.qty_delivered
                if not self.quantity_name:
                    wanted[line] = rest  # once, however many lines stand for it
                    continue
                units = line._lengow_units(pieces)
                if line != goods[-1]:
                    units = min(units, rest)
                pieces -= line._lengow_share(units)
                wanted[line] = wanted.get(line, 0.0) + units
        return wanted

    def _let_follow(self, order, delivery, arguments, wanted=None):
        """Let the delivery follow what was planned: it need not wait any more.

        :param lengow.order order: that is shipped
        :param stock.picking delivery: that may be validated; maybe none
        :param dict arguments: what the marketplace is told
        :param dict wanted: units by sale order line; None for everything
        :return: the action that follows, maybe none
        :rtype: dict | None
        """
        pickings = (delivery | self.picking_id).filtered(
            lambda p: p.sudo().lengow_order_id == order
        )
        picking = pickings[:1] or self._delivery_of(order)
        following = self._dispatcher()._follow(
            picking.with_env(self.env),
            order.marketplace_id,
            arguments,
            wanted,
            validate=self.is_validating and bool(pickings & delivery),
        )
        self.env["lengow.reporter"]._report(order)
        return following

    def _check_details(self, order, arguments):
        """Refuse to say of a shipment nothing at all, unless somebody wants to.

        :param lengow.order order: that is shipped
        :param dict arguments: argument name to value
        :raise UserError: if all are blank
        """
        rule = order._find_action_rule("ship")
        told = [name for name, value in arguments.items() if not is_blank(value)]
        if _demands_details(rule):
            return  # what is missing of these is said by its name
        if _details_of(rule) and not told and not self.is_without_details:
            raise UserError(
                self.env._(
                    "%(order)s: enter the carrier or the tracking number, or choose "
                    "“Send Without Carrier and Tracking Number”.",
                    order=order.name,
                )
            )

    # === WHAT THE FORM OF MANY ORDERS ASKS === #

    def _asked_kind(self):
        return "ship"

    def _is_undoable(self):
        # What has left the stock has left, and would tell it by itself.
        return not (self.is_validating and self._deliveries())

    def _title(self):
        if len(self.order_ids) > 1:
            return self.env._("Report Shipments")
        return self.env._("Report Shipment")

    def _asked_elsewhere(self, rule):
        return ("line", quantity_argument(rule), *PARCEL_ARGUMENTS)

    def _prepare_bulk_row_values(self, order):
        """Override to begin with what the delivery tells."""
        values = super()._prepare_bulk_row_values(order)
        if values["state"] != "possible":
            return values
        delivery = self._dispatcher()._find_validatable(order)
        numbers = tracking_numbers(self._delivery_of(order))
        return {
            **values,
            "delivery_id": delivery.id,
            "tracking_number": next(iter(numbers), False),
        }

    def _known_of_all(self, rule, rows):
        """Override to begin with the carrier that all deliveries have in common."""
        known = [
            _known_of(rule, self._delivery_of(row.order_id)).items() for row in rows
        ]
        return dict(set.intersection(*map(set, known)))


def _known_of(rule, picking):
    """Return what a delivery tells of its shipment.

    :param lengow_api.ActionRule rule: of the action
    :param stock.picking picking: in system mode; maybe none
    :rtype: dict
    """
    if not picking:
        return {}
    known = ship_arguments(rule, shipment_of(picking, parcels_of(picking)[0]))
    date = rule.arguments.get("shipping_date")
    if date and not date.required and picking.state != "done":
        known.pop(date.name, None)  # it has not left yet
    return known


def _details_of(rule):
    """Return the arguments that say something of a shipment."""
    return rule.arguments.keys() - {"line", quantity_argument(rule)}


def _demands_details(rule):
    return any(rule.arguments[name].required for name in _details_of(rule))
