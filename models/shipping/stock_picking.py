"""When a delivery is told to the marketplace, and what is still missing to tell it.

The hooks come after Odoo's own work, because the tracking number comes from a carrier
that is called inside it. Nothing here may stop the warehouse.
"""

from odoo import api, fields, models

from ...lengow_api import SENT_STATUSES
from ...mapper.shipment import quantity_argument
from .parcels import tracking_numbers


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "lengow.guarded"]

    lengow_order_id = fields.Many2one(related="sale_id.lengow_order_id")
    lengow_already_shipped = fields.Boolean(
        compute="_compute_lengow_already_shipped",
        help="The marketplace knows the shipment: nothing will be sent to it.",
    )
    lengow_marketplace_id = fields.Many2one(related="lengow_order_id.marketplace_id")
    lengow_hold_reason = fields.Char(related="sale_id.lengow_hold_reason")
    lengow_comment = fields.Text(related="lengow_order_id.comment")

    # (none) ──► waiting ──► (none)     waiting: the marketplace wants to know something
    #    │          ▼                            that is not known yet
    #    └──────► error ────► (none)    error:   it could not be planned; somebody looks
    lengow_ship_state = fields.Selection(
        [("waiting", "Awaiting Tracking"), ("error", "Not Reported")],
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
    lengow_told_tracking = fields.Char(
        compute="_compute_lengow_told_tracking",
        help="The number that the marketplace has, where it is not this delivery's.",
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

    @api.depends("lengow_order_id", "sale_id")
    def _compute_lengow_takes(self):
        for picking in self:
            order = picking.sudo().lengow_order_id
            rule = order and order._find_action_rule("ship")
            picking.lengow_takes_return_tracking = bool(
                rule and "return_tracking_number" in rule.arguments
            )

    @api.depends("carrier_id", "state", "lengow_order_id")
    def _compute_lengow_carrier_missing(self):
        for picking in self:
            marketplace = picking.sudo().lengow_order_id.marketplace_id
            picking.lengow_carrier_missing = bool(
                marketplace
                and (
                    picking.state not in ("done", "cancel") or picking.lengow_ship_state
                )
                and picking.location_dest_id.usage == "customer"
                and marketplace._is_carrier_wanted(picking.sudo().carrier_id)
            )

    @api.depends("carrier_tracking_ref", "lengow_order_id.action_ids.state")
    def _compute_lengow_told_tracking(self):
        for picking in self:
            order = picking.sudo().lengow_order_id
            told = picking.sudo()._lengow_told_by_line().values()
            numbers = [(a.parameters or {}).get("tracking_number") for a in told]
            known = tracking_numbers(picking)
            is_old = [number for number in numbers if number and number not in known]
            picking.lengow_told_tracking = ", ".join(dict.fromkeys(is_old))
            rule = is_old and order._verdict("ship").rule
            # Pieces that are told again would count again.
            picking.lengow_can_tell_again = bool(
                rule and not (order._is_told_by_line(rule) and quantity_argument(rule))
            )

    # === CRUD METHODS === #

    def write(self, vals):
        """Override of `stock` to report a tracking number that comes late."""
        result = super().write(vals)
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
        self._lengow_report_shipment()

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

    def action_lengow_map_carrier(self):
        """Open the marketplace's carriers, to choose one for the delivery method."""
        self.ensure_one()
        self.check_access("read")
        return self.lengow_order_id.marketplace_id.action_open_carriers()

    # === BUSINESS METHODS === #

    def _lengow_told_by_line(self):
        """Return what the marketplace was told last of this delivery, line by line.

        :return: actions by the reference of their line; None for the whole order
        :rtype: dict
        """
        told = self.lengow_order_id.action_ids.filtered(
            lambda a: a.picking_id == self and a.kind == "ship" and a._is_told()
        )
        return {(a.parameters or {}).get("line"): a for a in told.sorted("id")}

    def _add_delivery_cost_to_so(self):
        """Override of `stock_delivery`: the buyer has paid, and pays nothing more."""
        if self.lengow_order_id:
            return None
        return super()._add_delivery_cost_to_so()

    def _lengow_report_shipment(self):
        """Report what has left of the Lengow orders that these deliveries are for."""
        pickings = self.sudo()  # the warehouse needs no rights on Lengow orders
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
