from odoo import api, fields, models

from ...lengow_api import BEFORE_SHIPMENT_STATUSES


class LengowTrail(models.AbstractModel):
    """What became of an order in Odoo, by the numbers under which it is known there."""

    _name = "lengow.trail"
    _description = "Documents of a Lengow Order"

    sale_label = fields.Char(compute="_compute_trail", compute_sudo=True)
    picking_label = fields.Char(compute="_compute_trail", compute_sudo=True)
    picking_state = fields.Char(compute="_compute_trail", compute_sudo=True)
    invoice_label = fields.Char(compute="_compute_trail", compute_sudo=True)
    invoice_status = fields.Char(compute="_compute_trail", compute_sudo=True)
    picking_ids = fields.Many2many(
        "stock.picking",
        string="Deliveries",
        compute="_compute_trail",
        compute_sudo=True,
    )
    sent_count = fields.Integer(compute="_compute_trail", compute_sudo=True)
    can_deliver = fields.Boolean(
        compute="_compute_next",
        help="Whether a delivery of it waits that the user may see.",
    )
    can_report_shipment = fields.Boolean(
        compute="_compute_next",
        help="Whether its shipment can be reported without a delivery in Odoo.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "sale_order_ids.state",
        "sale_order_ids.picking_ids.state",
        "sale_order_ids.invoice_ids.payment_state",
        "action_ids.state",
    )
    @api.depends_context("lang")
    def _compute_trail(self):
        for order in self:
            sales = order.sale_order_ids
            pickings = sales.picking_ids
            invoices = self._invoices_of(order)
            order.sale_label = _number_or_count(sales)
            order.picking_ids = pickings
            order.picking_label = _number_or_count(pickings)
            order.picking_state = _common(pickings, "state")
            order.invoice_label = _number_or_count(invoices)
            order.invoice_status = _common(invoices, "status_in_payment")
            order.sent_count = len(order.action_ids)

    @api.depends(
        "import_state",
        "lengow_status",
        "can_ship",
        "unread_end",
        "sale_order_ids.picking_ids.state",
        "marketplace_id.workflow",
    )
    @api.depends_context("uid")
    def _compute_next(self):
        may_deliver = self.env.user.has_group("stock.group_stock_user")
        for order in self:
            is_due = (
                order.lengow_status in BEFORE_SHIPMENT_STATUSES
                and not order.is_fulfilled_by_marketplace
            )
            order.can_deliver = bool(
                may_deliver and is_due and self._open_pickings(order.sudo())
            )
            # Whoever only makes quotations, or lets another system take the order,
            # ships it outside of Odoo. What has ended at Lengow is not to leave.
            order.can_report_shipment = (
                order.can_ship
                and not order.unread_end
                and (
                    order.import_state in ("imported", "ignored")
                    or order.marketplace_id.workflow == "quotation"
                )
            )

    # === ACTION METHODS === #

    def action_deliver(self):
        """Open what is to be delivered: with one delivery, straight into it."""
        self.check_access("read")
        # Which ones there are is no secret; what opens asks for its own rights.
        pickings = self._open_pickings(self.sudo()).with_env(self.env)
        return pickings._get_records_action(name=self.env._("Deliveries"))

    def action_open_invoices(self):
        """Open the invoices and credit notes of these orders."""
        self.check_access("read")
        moves = self._invoices_of(self.sudo()).with_env(self.env)
        return moves._get_records_action(name=self.env._("Invoices"))

    def action_open_actions(self):
        """Open what the marketplace was asked for about these orders."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_action_action"
            ),
            "domain": [("order_id", "in", self.ids)],
            "context": {},
        }

    # === HELPERS === #

    def _open_pickings(self, orders):
        return orders.sale_order_ids.picking_ids.filtered(
            lambda picking: picking._lengow_is_to_leave()
        )

    def _invoices_of(self, orders):
        return orders.sale_order_ids.invoice_ids.filtered(
            lambda move: move.state != "cancel"
        )


def _number_or_count(records):
    """Return the number of a single record, else how many there are."""
    if len(records) == 1:
        return records.display_name
    return str(len(records)) if records else False


def _common(records, name):
    """Return the label of what some records have in common, else nothing."""
    values = set(records.mapped(name))
    if len(values) != 1:
        return False
    labels = dict(records._fields[name]._description_selection(records.env))
    return labels.get(values.pop(), False)
