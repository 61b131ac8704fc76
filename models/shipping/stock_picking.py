"""When a delivery is told to the marketplace, and what is still missing to tell it.

The hooks come after Odoo's own work, because the tracking number comes from a carrier
that is called inside it. Nothing here may stop the warehouse.
"""

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...lengow_api import PICKUP_STATUSES, SENT_STATUSES
from ...mapper.shipment import CARRIER_ARGUMENTS, quantity_argument
from ..ui import notification
from .lengow_fulfilment import UNVALIDATED
from .parcels import makes_number, tracking_numbers


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "lengow.guarded"]

    # Whoever has a parcel at hand looks for its order by this number.
    carrier_tracking_ref = fields.Char(index="trigram")
    lengow_order_id = fields.Many2one(related="sale_id.lengow_order_id")
    lengow_already_shipped = fields.Boolean(
        compute="_compute_lengow_already_shipped",
        help="The marketplace knows the shipment: nothing will be sent to it.",
    )
    lengow_is_fulfilled_by_marketplace = fields.Boolean(
        related="sale_id.lengow_is_fulfilled_by_marketplace",
        string="Fulfilled by Marketplace",
    )
    lengow_delivers_itself = fields.Boolean(related="sale_id.lengow_delivers_itself")
    lengow_is_pickup = fields.Boolean(
        string="Pickup",
        compute="_compute_lengow_is_pickup",
        search="_search_lengow_is_pickup",
        help="The buyer comes and collects it: it is sent to nobody.",
    )
    lengow_order_name = fields.Char(
        related="lengow_order_id.name", string="Marketplace Order"
    )
    lengow_pickup_ref = fields.Char(related="lengow_order_id.pickup_ref")
    lengow_marketplace_id = fields.Many2one(related="lengow_order_id.marketplace_id")
    lengow_hold_reason = fields.Char(related="sale_id.lengow_hold_reason")
    lengow_unread_warning = fields.Char(
        compute="_compute_lengow_unread_warning",
        exportable=False,
        help="That its order may be another one by now, and whom to ask.",
    )
    lengow_comment = fields.Text(related="lengow_order_id.comment")

    # (none) ──► waiting ──► (none)     waiting: the marketplace wants to know something
    #    │          ▼                            that is not known yet
    #    ├──────► error ────► (none)    error:   it could not be planned; somebody looks
    #    └──► unvalidated ──► (none)    unvalidated: the marketplace has shipped it, and
    #                                            it could not be validated by itself
    lengow_ship_state = fields.Selection(
        [
            ("waiting", "Awaiting Tracking"),
            ("error", "Not Reported"),
            ("unvalidated", "Not Validated"),
        ],
        string="Report to Marketplace",
        copy=False,
        readonly=True,
        index="btree_not_null",
    )
    lengow_ship_message = fields.Text(
        string="Why It Is Not Reported", copy=False, readonly=True
    )
    lengow_return_tracking_ref = fields.Char(
        string="Return Tracking Reference",
        copy=False,
        help="The number of the return label in the parcel, for marketplaces that ask.",
    )
    lengow_takes_return_tracking = fields.Boolean(compute="_compute_lengow_takes")
    lengow_carrier_missing = fields.Boolean(
        compute="_compute_lengow_carrier_missing",
        help="The delivery method stands for none of the marketplace's carriers.",
    )
    lengow_lacks_carrier = fields.Boolean(
        compute="_compute_lengow_lacks",
        help="The marketplace requires a carrier, and the delivery has none.",
    )
    lengow_lacks_tracking = fields.Boolean(
        compute="_compute_lengow_lacks",
        help="The marketplace requires a tracking number, and none is there.",
    )
    lengow_carrier_id = fields.Many2one(
        "lengow.carrier",
        string="Carrier at the Marketplace",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="What the marketplace is sent for this delivery only.",
    )
    lengow_noted = fields.Json(
        readonly=True,
        copy=False,
        help="The fields that were filled from a report by hand, not by the warehouse.",
    )
    lengow_told_tracking = fields.Char(
        compute="_compute_lengow_told_tracking",
        help="The number that the marketplace has, where it is not this delivery's.",
    )
    lengow_reported = fields.Char(
        compute="_compute_lengow_reported",
        compute_sudo=True,
        help="What the marketplace has confirmed of this delivery.",
    )
    lengow_reported_at = fields.Datetime(
        string="Reported On", compute="_compute_lengow_reported", compute_sudo=True
    )
    lengow_can_tell_again = fields.Boolean(compute="_compute_lengow_told_tracking")

    # === COMPUTE METHODS === #

    @api.depends(
        "lengow_order_id.was_shipped_before_import",
        "lengow_order_id.lengow_status",
        "move_ids.sale_line_id",
    )
    def _compute_lengow_already_shipped(self):
        for picking in self:
            picking_sudo = picking.sudo()
            lines = picking_sudo.move_ids.sale_line_id
            order = picking_sudo.lengow_order_id
            picking.lengow_already_shipped = (
                order.was_shipped_before_import
                or order.lengow_status in SENT_STATUSES
                or (bool(lines) and all(lines.mapped("lengow_left_before_import")))
            )

    @api.depends("lengow_order_id.unread_from")
    @api.depends_context("lang", "uid")
    def _compute_lengow_unread_warning(self):
        for picking in self:
            order_sudo = picking.sudo().lengow_order_id
            picking.lengow_unread_warning = self.env["lengow.hold"]._doubt(order_sudo)

    @api.depends("lengow_order_id.lengow_status")
    def _compute_lengow_is_pickup(self):
        for picking in self:
            status = picking.sudo().lengow_order_id.lengow_status
            picking.lengow_is_pickup = status in PICKUP_STATUSES

    def _search_lengow_is_pickup(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Past the rights of people of the warehouse, who may see no marketplace order.
        is_pickup = Domain("lengow_status", "in", list(PICKUP_STATUSES))
        sold = Domain("lengow_order_id", "any!", is_pickup)
        pickups = Domain("sale_id", "any!", sold)
        wanted = {bool(one) for one in value}
        if wanted == {True}:
            return pickups
        return ~pickups if wanted == {False} else Domain(bool(wanted))

    @api.depends("lengow_order_id", "sale_id")
    def _compute_lengow_takes(self):
        for picking in self:
            order = picking.sudo().lengow_order_id
            rule = order and order._find_action_rule("ship")
            picking.lengow_takes_return_tracking = bool(
                rule and "return_tracking_number" in rule.arguments
            )

    @api.depends("carrier_id", "state", "lengow_order_id", "lengow_carrier_id")
    def _compute_lengow_carrier_missing(self):
        for picking in self:
            marketplace = picking.sudo().lengow_order_id.marketplace_id
            picking.lengow_carrier_missing = bool(
                marketplace
                and not picking.lengow_carrier_id
                and not picking.lengow_is_fulfilled_by_marketplace
                and (
                    picking.state not in ("done", "cancel") or picking.lengow_ship_state
                )
                and picking.location_dest_id.usage == "customer"
                and marketplace._is_carrier_wanted(picking.sudo().carrier_id)
            )

    @api.depends(
        "carrier_id",
        "carrier_tracking_ref",
        "state",
        "lengow_order_id",
        "picking_type_id",
    )
    def _compute_lengow_lacks(self):
        for picking in self:
            required = picking.sudo()._lengow_required()
            method = picking.sudo().carrier_id
            picking.lengow_lacks_carrier = not method and any(
                name in required for name in CARRIER_ARGUMENTS
            )
            picking.lengow_lacks_tracking = (
                "tracking_number" in required
                and not picking.carrier_tracking_ref
                and not makes_number(picking.sudo(), method)
            )

    @api.depends("carrier_tracking_ref", "lengow_order_id.action_ids.state")
    def _compute_lengow_told_tracking(self):
        for picking in self:
            order = picking.sudo().lengow_order_id
            told = picking.sudo()._lengow_told_by_line().values()
            numbers = tracking_numbers(picking)
            is_old = [
                action.parameters["tracking_number"]
                for action in told
                if (action.parameters or {}).get("tracking_number")
                and not any(action._has_number(number) for number in numbers)
            ]
            picking.lengow_told_tracking = ", ".join(dict.fromkeys(is_old))
            rule = is_old and order._verdict("ship").rule
            # Pieces that are told again would count again.
            picking.lengow_can_tell_again = bool(
                rule and not (order._is_told_by_line(rule) and quantity_argument(rule))
            )

    @api.depends("lengow_order_id.action_ids.state")
    @api.depends_context("lang", "tz")
    def _compute_lengow_reported(self):
        for picking in self:
            told = picking._lengow_told_by_line().values()
            done = [action for action in told if action.state == "done"]
            picking.lengow_reported = bool(done) and self._lengow_said(done[-1])
            picking.lengow_reported_at = bool(done) and done[-1].sent_at

    def _lengow_required(self):
        """Return what the marketplace requires of this delivery once it has left.

        :return: names of arguments; none where nothing is to be reported
        :rtype: set[str]
        """
        order = self.lengow_order_id
        rule = order and order._find_action_rule("ship")
        if not (rule and self._lengow_is_to_leave()) or (
            self.lengow_already_shipped or self.lengow_is_fulfilled_by_marketplace
        ):
            return set()
        arguments = rule.arguments.values()
        return {a.name for a in arguments if a.is_required({})}

    def _lengow_said(self, action):
        """Say what a marketplace knows of a delivery.

        :param lengow.action action: that is done
        :rtype: str
        """
        parameters = action.parameters or {}
        carriers = action.order_id.marketplace_id.carrier_ids
        code = next(filter(None, map(parameters.get, CARRIER_ARGUMENTS)), None)
        carrier = carriers.filtered(lambda c: c.code == code)[:1].name or code
        parts = (
            " ".join(filter(None, (carrier, parameters.get("tracking_number")))),
            action.sent_at and format_datetime(self.env, action.sent_at),
        )
        return self.env._(
            "%(marketplace)s knows the shipment: %(what)s",
            marketplace=action.order_id.marketplace_id.name,
            what=", ".join(filter(None, parts)),
        )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `stock` to report a tracking number that comes late."""
        before = {picking: picking.carrier_id for picking in self}
        result = super().write(vals)
        if "carrier_id" in vals:
            # It was chosen for another delivery method.
            self.sudo().filtered(
                lambda p: p.lengow_carrier_id and p.carrier_id != before[p]
            ).lengow_carrier_id = False
        if self.env.context.get("lengow_erases"):
            return result  # the number goes from here, not from the marketplace
        if vals.keys() & {
            "carrier_tracking_ref",
            "carrier_id",
            "lengow_return_tracking_ref",
        }:
            self.filtered(lambda p: p.state == "done")._lengow_report_shipment()
        return result

    # === ACTION METHODS === #

    def button_validate(self):
        """Override of `stock`: what is on hold stays, before anything is asked."""
        self.env["lengow.hold"]._check(self)
        return super().button_validate()

    def _action_done(self):
        """Override of `stock` to hold what may not go, and report what has left."""
        self.env["lengow.hold"]._check(self)
        result = super()._action_done()
        self._lengow_report_shipment()
        return result

    def action_cancel(self):
        """Override of `stock`: without the rest, everything may have left."""
        result = super().action_cancel()
        self._lengow_report_shipment()
        return result

    def action_open_lengow_order(self):
        """Open the marketplace order that this delivery fulfils."""
        self.check_access("read")
        return self.sale_id.action_open_lengow_order()

    def action_lengow_report(self):
        """Try again to report these deliveries."""
        self.check_access("write")
        unvalidated = self.filtered(lambda p: p.lengow_ship_state == UNVALIDATED)
        if unvalidated:
            orders_sudo = unvalidated.sudo().lengow_order_id
            self.env["lengow.fulfilment"]._deliver(orders_sudo)
        self._lengow_report_shipment()
        waiting = self.filtered("lengow_ship_state")
        if waiting:
            return notification(
                "warning",
                f"{waiting[0].name}: {waiting[0].lengow_ship_message or ''}",
            )
        if unvalidated:
            return notification("success", self.env._("Validated."))
        return notification(
            "success", self.env._("The shipment is on its way to the marketplace.")
        )

    def action_lengow_open_ship(self):
        """Open the dialog that asks for what the delivery does not tell."""
        self.ensure_one()
        self.check_access("read")
        return self.lengow_order_id._open_ship(picking=self)

    def action_lengow_tell_again(self):
        """Tell the marketplace about this delivery again, as it is now."""
        self.ensure_one()
        self.check_access("read")
        self.env["lengow.reporter"]._tell_again(self.lengow_order_id, self)

    def action_link_carrier(self):
        """Open the dialog that says what the delivery method is called there."""
        self.ensure_one()
        self.check_access("write")
        Dialog = self.env["lengow.carrier.link"]
        Dialog.check_access("create")
        return Dialog._open_for(self)

    # === BUSINESS METHODS === #

    def _lengow_is_to_leave(self):
        """Whether something is still to be sent to a buyer with it.

        :rtype: bool
        """
        self.ensure_one()
        is_open = self.state not in ("done", "cancel")
        return is_open and self.location_dest_id.usage == "customer"

    def _lengow_told_by_line(self):
        """Return what the marketplace was told last of this delivery, line by line.

        :return: actions by the reference of their line; None for the whole order
        :rtype: dict
        """
        told = self.lengow_order_id.action_ids.filtered(
            lambda a: a.picking_id == self and a.kind == "ship" and a._is_told()
        )
        return {(a.parameters or {}).get("line"): a for a in told.sorted("id")}

    def _send_confirmation_email(self):
        """Override of `stock_delivery`: what the marketplace ships needs no label.

        Nor is the buyer told by us that it is under way.
        """
        ours = self.filtered(lambda p: not p.lengow_is_fulfilled_by_marketplace)
        return super(StockPicking, ours)._send_confirmation_email()

    def _add_delivery_cost_to_so(self):
        """Override of `stock_delivery`: the buyer has paid, and pays nothing more."""
        if self.lengow_order_id:
            return None
        return super()._add_delivery_cost_to_so()

    def _lengow_report_shipment(self):
        """Report what has left of the Lengow orders that these deliveries are for."""
        pickings = self.sudo()  # the warehouse needs no rights on Lengow orders
        self.env["lengow.fulfilment"]._note_done(pickings)
        sales = pickings.move_ids.sale_line_id.order_id | pickings.sale_id
        if sales.lengow_order_id:
            self.env["lengow.reporter"]._report(sales.lengow_order_id, pickings)

    def _lengow_mark_unreported(self, state, message):
        """Note why a delivery is not reported, on it and on the marketplace order.

        :param str state: of `lengow_ship_state`
        :param str message: a translated sentence
        """
        for picking in self:
            if picking.lengow_ship_message == message:
                continue
            picking.write({"lengow_ship_state": state, "lengow_ship_message": message})
            picking.lengow_order_id._log_note(f"{picking.name}: {message}")

    def _lengow_mark_reported(self):
        """Note that nothing of these deliveries is to be reported any more."""
        self.filtered("lengow_ship_state").write(
            {"lengow_ship_state": False, "lengow_ship_message": False}
        )
