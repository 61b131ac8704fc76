"""When a delivery is told to the marketplace, and what it says about its parcels.

    validated ─────┐
    tracking typed ┼──► lengow.order._report_shipments() ──► lengow.action (outbox)
    carrier mapped ┤                  │
    hourly sweep ──┘                  └──► lengow_ship_state: what is still missing

The hook comes after Odoo's own work, because the tracking number comes from a carrier
that is called inside it. Nothing here may stop the warehouse.
"""

from typing import NamedTuple

from odoo import api, fields, models

from ...mapper.shipment import Shipment


class Parcel(NamedTuple):
    """A parcel of a delivery.

    `contents` are quantities by sale order line, in the line's unit of measure.
    """

    number: str | None
    url: str | None
    contents: dict


class StockPicking(models.Model):
    _inherit = "stock.picking"

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
            told = order.action_ids.filtered(
                lambda a, p=picking: (
                    a.picking_id == p and a.kind == "ship" and a._is_told()
                )
            )
            last = told.sorted("id")[-1:].parameters or {}
            number = last.get("tracking_number")
            is_old = number and number not in picking._lengow_numbers()
            picking.lengow_told_tracking = is_old and number
            picking.lengow_can_tell_again = bool(is_old and order._verdict("ship").rule)

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

    def _action_done(self):
        """Override of `stock` to report what has left."""
        result = super()._action_done()
        self._lengow_report_shipment()
        return result

    def action_cancel(self):
        """Override of `stock`: without the rest, everything may have left."""
        result = super().action_cancel()
        self._lengow_report_shipment()
        return result

    def action_lengow_report(self):
        """Try again to report these deliveries."""
        self._lengow_report_shipment()

    def action_lengow_open_ship(self):
        """Open the dialog that asks for what the delivery does not tell."""
        self.ensure_one()
        return self.lengow_order_id._open_ship(picking=self)

    def action_lengow_tell_again(self):
        """Tell the marketplace about this delivery again, as it is now."""
        self.ensure_one()
        self.lengow_order_id._tell_shipment_again(self)

    def action_lengow_map_carrier(self):
        """Open the marketplace's carriers, to choose one for the delivery method."""
        self.ensure_one()
        return self.lengow_order_id.marketplace_id.action_open_carriers()

    # === BUSINESS METHODS === #

    def _lengow_report_shipment(self):
        """Report what has left of the Lengow orders that these deliveries are for."""
        pickings = self.sudo()  # the warehouse needs no rights on Lengow orders
        sales = pickings.move_ids.sale_line_id.order_id | pickings.sale_id
        if sales.lengow_order_id:
            sales.lengow_order_id._report_shipments()

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

    # === PARCELS === #

    def _lengow_numbers(self):
        """Return the tracking numbers; Odoo keeps several with commas between them.

        :rtype: list[str]
        """
        parts = (self.carrier_tracking_ref or "").replace(";", ",").split(",")
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def _lengow_parcels(self):
        """Return the parcels of a done delivery.

        Which goods are in which parcel is only known where there are as many packages
        as numbers: carriers number packages in their order. Otherwise it is one parcel
        with the first number.

        :rtype: list[Parcel]
        """
        self.ensure_one()
        numbers = self._lengow_numbers()
        urls = self._lengow_urls(numbers)
        lines = self.move_line_ids.filtered(lambda ml: ml.state == "done")
        packages = lines.grouped("result_package_id")
        if len(numbers) > 1 and all(packages) and len(packages) == len(numbers):
            in_order = sorted(packages, key=lambda package: package.id)
            return [
                Parcel(number, urls.get(number), _contents(packages[package]))
                for number, package in zip(numbers, in_order, strict=True)
            ]
        number = next(iter(numbers), None)
        return [Parcel(number, urls.get(number), _contents(lines))]

    def _lengow_urls(self, numbers):
        """Return where each parcel can be followed, by its number.

        A carrier gives a list of pairs, or one link with all the numbers in it.
        """
        url = self.carrier_tracking_url
        pairs = self.get_multiple_carrier_tracking()
        if isinstance(pairs, list):
            return {pair[0]: pair[1] for pair in pairs if len(pair) > 1}
        if not url or not numbers:
            return {}
        return {
            number: url.replace(self.carrier_tracking_ref, number) for number in numbers
        }

    def _lengow_shipment(self, parcel):
        """Return what Odoo knows about a parcel, for the arguments of a ship action.

        :param Parcel parcel: of this delivery
        :rtype: mapper.shipment.Shipment
        """
        # What a marketplace is told does not depend on who validates the delivery.
        method = self.carrier_id.with_context(lang=self.company_id.partner_id.lang)
        marketplace = self.lengow_order_id.marketplace_id
        carrier = self.env["lengow.carrier"]._find_for(marketplace, method)
        wish = self._lengow_wish()
        left_at = self.date_done or fields.Datetime.now()
        return Shipment(
            carrier_code=carrier.code or None,
            method=method.name or None,
            number=parcel.number,
            url=parcel.url,
            return_number=self.lengow_return_tracking_ref or None,
            shipped_at=f"{left_at.isoformat(timespec='seconds')}Z",
            wished_carrier=wish and wish.carrier,
            wished_method=wish and wish.method,
        )

    def _lengow_wish(self):
        """Return how the buyer wants this package shipped; maybe None."""
        packages = self.lengow_order_id._content().packages
        index = self.sale_id.lengow_package_index
        trackings = packages[index].trackings if index < len(packages) else ()
        return next(iter(trackings), None)


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
