from odoo import api, fields, models
from odoo.exceptions import UserError

from ..mapper.shipment import quantity_argument, ship_arguments
from ..models.shipping.parcels import parcels_of, shipment_of

# What differs from parcel to parcel, so that it is entered for each order.
PARCEL_ARGUMENTS = ("tracking_number", "tracking_url", "return_tracking_number")


class LengowOrderShip(models.TransientModel):
    """Report shipments by hand: one with all that its marketplace takes, or many."""

    _name = "lengow.order.ship"
    _description = "Report Shipments to Marketplaces"
    _inherit = "lengow.action.line.form"

    state = fields.Selection(
        [("ask", "Asking"), ("done", "Done")], required=True, default="ask"
    )
    order_ids = fields.Many2many(
        "lengow.order",
        string="Orders",
        default=lambda self: (
            self.env.context.get("active_model") == "lengow.order"
            and self.env.context.get("active_ids")
        ),
    )
    picking_id = fields.Many2one("stock.picking", string="Delivery", readonly=True)
    row_ids = fields.One2many("lengow.order.ship.row", "ship_id", string="Parcels")
    possible_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    planned_count = fields.Integer(compute="_compute_counts")

    @api.depends("row_ids.state")
    def _compute_counts(self):
        for ship in self:
            states = ship.row_ids.mapped("state")
            ship.possible_count = states.count("possible")
            ship.left_out_count = states.count("left_out")
            ship.planned_count = states.count("planned")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to ask at once for what the marketplaces want to know."""
        wizards = super().create(vals_list)
        for ship in wizards:
            ship.order_ids |= ship.order_id
            if len(ship.order_ids) == 1:
                ship.order_id = ship.order_ids
                ship._ask_for_one()
            else:
                ship._ask_for_many()
        return wizards

    def _ask_for_one(self):
        """Ask for everything, beginning with what the delivery tells.

        :raise UserError: if the marketplace does not take it, or not now
        """
        rule = self.order_id._check_action_possible("ship")
        order_sudo = self.order_id.sudo()  # deliveries and payload, for any Lengow user
        picking = self.picking_id.sudo() or order_sudo._shipped_pickings()[-1:]
        known = {}
        if picking:
            parcel = parcels_of(picking)[0]
            known = ship_arguments(rule, shipment_of(picking, parcel))
        self._ask(rule, known)

    def _ask_for_many(self):
        """Ask for a number per order, and for the rest once per marketplace."""
        self.env["lengow.order.ship.row"].create(
            [self._prepare_row_values(order) for order in self.order_ids]
        )
        possible = self.row_ids.filtered(lambda row: row.state == "possible")
        for marketplace, rows in possible.grouped(
            lambda row: row.order_id.marketplace_id
        ).items():
            rule = rows[0].order_id._find_action_rule("ship")
            self._ask_for_arguments(
                marketplace,
                rule,
                leave_out=("line", quantity_argument(rule), *PARCEL_ARGUMENTS),
            )

    def _prepare_row_values(self, order):
        values = {"ship_id": self.id, "order_id": order.id, "state": "possible"}
        reason = order._verdict("ship").reason
        if reason:
            return {**values, "state": "left_out", "reason": reason}
        return values

    def action_confirm(self):
        """Report the shipments; of several, the dialog says what became of each.

        :raise UserError: if a single one cannot be reported, naming the argument
        """
        self.ensure_one()
        self.order_ids.check_access("write")
        if self.order_id:
            # Not tied to the delivery, which would bring it up to date against the will
            # of whoever has entered it.
            self._plan(self.order_id._check_action_possible("ship"))
            self.env["lengow.reporter"]._report(
                self.order_id
            )  # the delivery need not wait any more
            return {"type": "ir.actions.act_window_close"}
        possible = self.row_ids.filtered(lambda row: row.state == "possible")
        if not possible:
            raise UserError(self.env._("None of these orders can be shipped."))
        for row in possible:
            row._plan(self._arguments_for(row.order_id.marketplace_id))
        self.state = "done"
        return self._open(self.env._("Ship Orders"))


class LengowOrderShipRow(models.TransientModel):
    """The parcel of one order, when several are shipped."""

    _name = "lengow.order.ship.row"
    _description = "Parcel of a Marketplace Order"
    _order = "state desc, id"

    ship_id = fields.Many2one(
        "lengow.order.ship", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one(
        "lengow.order", required=True, readonly=True, ondelete="cascade"
    )
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    customer_name = fields.Char(related="order_id.customer_name")
    tracking_number = fields.Char()
    tracking_url = fields.Char(string="Tracking URL")
    return_tracking_number = fields.Char()
    # possible ──► planned | left_out
    state = fields.Selection(
        [("possible", "Possible"), ("planned", "Sent"), ("left_out", "Left Out")],
        required=True,
        readonly=True,
    )
    reason = fields.Char(readonly=True)

    def _plan(self, arguments):
        """Report the shipment of one order, or keep why that is not possible."""
        self.ensure_one()
        parcel = {name: self[name] for name in PARCEL_ARGUMENTS}
        declared = self.order_id._find_action_rule("ship").arguments
        told = {name: value for name, value in parcel.items() if name in declared}
        try:
            self.order_id._plan_action("ship", {**arguments, **told})
        except UserError as error:
            self.write({"state": "left_out", "reason": str(error)})
        else:
            self.state = "planned"
            self.env["lengow.reporter"]._report(self.order_id)
