from odoo import api, fields, models

from ...mapper.shipment import CARRIER_ARGUMENTS


class LengowMarketplace(models.Model):
    _inherit = "lengow.marketplace"

    ship_waits_for_tracking = fields.Boolean(
        string="Wait for the Tracking Number",
        help="Report a delivery only once its tracking number is known, even where "
        "this marketplace takes shipments without one. Where it demands one, Odoo "
        "always waits.",
    )
    unmapped_method_ids = fields.Many2many(
        "delivery.carrier",
        string="Delivery Methods without Carrier",
        compute="_compute_unmapped_method_ids",
        compute_sudo=True,
        help="Delivery methods of open or unreported deliveries that stand for none of "
        "this marketplace's carriers.",
    )
    proposal_count = fields.Integer(compute="_compute_proposal_count")

    # === COMPUTE METHODS === #

    @api.depends("carrier_ids.carrier_id", "carrier_ids.other_carrier_ids")
    def _compute_unmapped_method_ids(self):
        Picking = self.env["stock.picking"]
        for marketplace in self:
            used = Picking._read_group(
                [
                    ("sale_id.lengow_order_id.marketplace_id", "=", marketplace.id),
                    ("carrier_id", "!=", False),
                    "|",
                    ("state", "not in", ("done", "cancel")),
                    ("lengow_ship_state", "!=", False),
                ],
                ["carrier_id"],
            )
            methods = self.env["delivery.carrier"].union(*(row[0] for row in used))
            marketplace.unmapped_method_ids = methods.filtered(
                lambda method, m=marketplace: m._is_carrier_wanted(method)
            )

    @api.depends("carrier_ids.carrier_id", "carrier_ids.proposed_carrier_id")
    def _compute_proposal_count(self):
        for marketplace in self:
            marketplace.proposal_count = len(
                marketplace.carrier_ids.filtered(
                    lambda c: c.proposed_carrier_id and not c.carrier_id
                )
            )

    # === ACTION METHODS === #

    def action_open_carriers(self):
        """Open the carriers of this marketplace, to map them."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_carrier_action"
            ),
            "domain": [("marketplace_id", "in", self.ids)],
            "context": {},
        }

    # === BUSINESS METHODS === #

    def _is_carrier_wanted(self, method):
        """Whether a delivery method should be mapped to a carrier here and is not.

        :param delivery.carrier method: the merchant's, may be none
        :rtype: bool
        """
        self.ensure_one()
        definition = self._get_definition()
        ship = definition and definition.actions.get("ship")
        if not method or not ship:
            return False
        lists = any(
            ship.arguments[name].choices
            for name in CARRIER_ARGUMENTS
            if name in ship.arguments
        )
        return lists and not self.env["lengow.carrier"]._find_for(self, method)

    def _report_waiting_shipments(self):
        """Report the deliveries that could not be reported, if they can be now."""
        waiting = (
            self.env["stock.picking"]
            .sudo()  # whoever maps a carrier may have no access to deliveries
            .search(
                [
                    ("lengow_ship_state", "!=", False),
                    ("sale_id.lengow_order_id.marketplace_id", "in", self.ids),
                ]
            )
        )
        waiting._lengow_report_shipment()
