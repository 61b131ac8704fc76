from odoo import api, fields, models

from ...mapper.shipment import quantity_argument
from ..outbox.ledger import is_done
from .parcels import has_left, nothing_remains


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    ship_state = fields.Selection(
        [
            ("waiting", "Awaiting Tracking"),
            ("error", "Not Reported"),
            ("unvalidated", "Not Validated"),
        ],
        string="Shipment",
        compute="_compute_ship_state",
        compute_sudo=True,
        search="_search_ship_state",
        help="Whether something has left that could not be reported or validated yet.",
    )
    ship_message = fields.Text(
        string="Why It Is Not Reported",
        compute="_compute_ship_state",
        compute_sudo=True,
    )
    shipment_planned_at = fields.Datetime(
        readonly=True,
        copy=False,
        help="Written whenever a shipment is planned, so that of two transactions that "
        "do not see each other one begins anew.",
    )

    # === COMPUTE METHODS === #

    @api.depends("sale_order_ids.picking_ids.lengow_ship_state")
    def _compute_ship_state(self):
        for order in self:
            pickings = order.sale_order_ids.picking_ids.filtered("lengow_ship_state")
            states = pickings.mapped("lengow_ship_state")
            # "error" comes before "unvalidated", and that before "waiting"
            order.ship_state = min(states, default=False)
            order.ship_message = "\n".join(
                f"{picking.name}: {picking.lengow_ship_message}" for picking in pickings
            )

    def _search_ship_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Whoever looks at Lengow orders need not have access to deliveries.
        pickings = [("lengow_ship_state", "in", [v for v in value if v])]
        found = [("sale_order_ids", "any!", [("picking_ids", "any!", pickings)])]
        if False not in value:
            return found
        unreported = [("lengow_ship_state", "!=", False)]
        none = [("sale_order_ids", "not any!", [("picking_ids", "any!", unreported)])]
        return ["|", *found, *none]

    # === CRON METHODS === #

    @api.model
    def _cron_report_shipments(self):
        """Report what could not be reported when it left, or was overlooked."""
        self.env["lengow.reporter"]._run()

    # === ACTION METHODS === #

    def action_open_ship(self):
        """Open the dialog that reports shipments by hand, of one order or of many."""
        return self._open_ship()

    def _open_ship(self, picking=None):
        self.check_access("write")
        wizard = self.env["lengow.order.ship"].create(
            {
                "order_ids": [fields.Command.set(self.ids)],
                "picking_id": picking and picking.id,
            }
        )
        return wizard._open(wizard._title())

    # === SHIPPED AND REMAINING === #

    def _shipped_pickings(self):
        """Return the deliveries that reached the customer's side, in this order.

        Earlier steps, receipts and returns end elsewhere; a drop shipment ends there.
        """
        pickings = self.sale_order_ids.picking_ids
        return pickings.filtered(
            lambda p: p.state == "done" and p.location_dest_id.usage == "customer"
        ).sorted(lambda p: (p.date_done or p.write_date, p.id))

    def _nothing_remains(self):
        """Whether something of the order has left, and nothing more will."""
        sales = self._living_sales()
        goods = sales.order_line.filtered(
            lambda line: line._lengow_is_goods() and not line.lengow_left_before_import
        )
        return (
            all(sale.state == "sale" for sale in sales)
            and all(nothing_remains(line) for line in goods)
            and any(has_left(line) for line in goods)
        )

    def _confirmed_quantity(self, line):
        """Return how many pieces of a line the marketplace has confirmed as shipped.

        A failed report is no shipment.

        :param lengow.order.line line: one of this order
        :rtype: float
        """
        rule = self._find_action_rule("ship")
        quantity = rule and quantity_argument(rule)
        confirmed = [
            action.parameters or {}
            for action in self.action_ids
            if action.kind == "ship" and is_done(action)
        ]
        pieces = sum(
            float(parameters.get(quantity) or line.whole_quantity)
            for parameters in confirmed
            if parameters.get("line") in (None, line.lengow_line_ref)
        )
        return line._share_of(pieces)
