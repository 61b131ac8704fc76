from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import float_compare

from ..lengow_api import is_blank
from ..mapper.shipment import quantity_argument, ship_arguments
from ..models.shipping.parcels import parcels_of, shipment_of
from ..models.shipping.shipment_ledger import untold_pieces
from .lengow_order_ship_row import PARCEL_ARGUMENTS


class LengowOrderShip(models.TransientModel):
    """Report shipments by hand: one with all that its marketplace takes, or many."""

    _name = "lengow.order.ship"
    _description = "Report Shipments to Marketplaces"
    _inherit = ["lengow.action.line.form", "lengow.bulk.form"]

    _rows_name = "row_ids"

    picking_id = fields.Many2one("stock.picking", string="Delivery", readonly=True)
    is_without_details = fields.Boolean(
        string="Ship Without Carrier and Number",
        help="Only the shipment itself is reported to the marketplace and the buyer.",
    )
    row_ids = fields.One2many("lengow.order.ship.row", "ship_id", string="Parcels")

    @api.constrains("picking_id", "order_id", "order_ids")
    def _check_picking_of_orders(self):
        """Keep the numbers of other deliveries out.

        :raise ValidationError: if the delivery is for none of the orders
        """
        for ship in self.filtered("picking_id"):
            orders = ship.order_id | ship.order_ids
            if ship.picking_id.sudo().lengow_order_id not in orders:
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
        return wizards

    def _ask_for_one(self):
        """Ask for everything, beginning with what the delivery tells.

        :raise UserError: if the marketplace does not take it, or not now
        """
        rule = self.order_id._check_action_possible("ship", anew=True)
        order_sudo = self.order_id.sudo()  # deliveries and payload, for any Lengow user
        picking = self.picking_id.sudo() or order_sudo._shipped_pickings()[-1:]
        known = {}
        if picking:
            parcel = parcels_of(picking)[0]
            known = ship_arguments(rule, shipment_of(picking, parcel))
        self._ask(rule, known, self._lines_to_tell(rule))

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
                        "%(line)s: only %(left)s are left to be told, the others are "
                        "planned or told already.",
                        line=row.line_id.sku or row.line_id.title or "",
                        left=int(left) if left == int(left) else left,
                    )
                )

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
            # The delivery need not wait any more.
            self.env["lengow.reporter"]._report(self.order_id)
            return self._announce(actions)
        if not self._possible_rows():
            raise UserError(self.env._("None of these orders can be shipped."))
        return self._show_outcome(self._plan_rows())

    def _check_details(self, order, arguments):
        """Refuse to say of a shipment nothing at all, unless somebody wants to.

        :param lengow.order order: that is shipped
        :param dict arguments: argument name to value
        :raise UserError: if all are blank
        """
        rule = order._find_action_rule("ship")
        known = rule.arguments.keys() - {"line", quantity_argument(rule)}
        told = [name for name, value in arguments.items() if not is_blank(value)]
        if any(rule.arguments[name].required for name in known):
            return  # what is missing of these is said by its name
        if known and not told and not self.is_without_details:
            raise UserError(
                self.env._(
                    "%(order)s: enter the carrier or the tracking number, or choose "
                    "“Ship Without Carrier and Number”.",
                    order=order.name,
                )
            )

    # === WHAT THE FORM OF MANY ORDERS ASKS === #

    def _asked_kind(self):
        return "ship"

    def _title(self):
        return self.env._("Ship Orders")

    def _asked_elsewhere(self, rule):
        return ("line", quantity_argument(rule), *PARCEL_ARGUMENTS)
