from odoo import fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    _inherit = "sale.order"

    lengow_order_id = fields.Many2one(
        "lengow.order",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    lengow_package_index = fields.Integer(
        copy=False,
        readonly=True,
        help="Which of the marketplace order's packages this sale order is for.",
    )
    lengow_marketplace_id = fields.Many2one(
        related="lengow_order_id.marketplace_id", string="Marketplace"
    )

    # Whatever two workers do at the same time, a package has one living sale order.
    _lengow_package_uniq = models.UniqueIndex(
        "(lengow_order_id, COALESCE(lengow_package_index, 0)) "
        "WHERE lengow_order_id IS NOT NULL AND state != 'cancel'",
        "This marketplace order already has a sale order.",
    )

    # Whether a number is here already is asked of every batch that is imported.
    _lengow_reference_idx = models.Index(
        "(client_order_ref) WHERE client_order_ref IS NOT NULL"
    )

    # === ACTION METHODS === #

    def action_open_lengow_order(self):
        """Open the marketplace order that this sale order came from."""
        self.ensure_one()
        return self.lengow_order_id._get_records_action()

    # === CONFIRMATION === #

    def action_confirm(self):
        """Override of `sale` to confirm Lengow orders apart: they keep their date."""
        from_lengow = self.filtered("lengow_order_id")
        if from_lengow and from_lengow != self:
            (self - from_lengow).action_confirm()
            return from_lengow.action_confirm()
        return super().action_confirm()

    def _prepare_confirmation_values(self):
        """Override of `sale` to keep the date of the marketplace's order."""
        values = super()._prepare_confirmation_values()
        if self.lengow_order_id:
            values.pop("date_order", None)
        return values

    def _lengow_apply_workflow(self):
        """Do with imported sale orders what their marketplaces are set to."""
        for workflow, sales in self.grouped(
            lambda sale: sale.lengow_order_id.marketplace_id.workflow
        ).items():
            if workflow == "quotation":
                continue
            sales.action_confirm()
            sales.order_line._lengow_mark_delivered_by_marketplace()
            if workflow == "invoice":
                self.env["lengow.invoicing"]._plan(sales.lengow_order_id)

    # === CANCELLATION === #

    def action_cancel(self):
        """Override of `sale` to have the marketplace told what a person cancels.

        Cancelling because the marketplace has cancelled goes by `_action_cancel` and
        tells nothing.
        """
        confirmed = self.filtered(
            lambda sale: sale.lengow_order_id and sale.state == "sale"
        )
        result = super().action_cancel()
        return confirmed._lengow_cancel_on_marketplace() or result

    def _action_cancel(self):
        """Override of `sale`: what is cancelled does not wait for its invoice."""
        result = super()._action_cancel()
        self.env["lengow.invoicing"]._give_up(self.sudo().lengow_order_id)
        return result

    def _lengow_cancel_on_marketplace(self):
        """Plan the cancellation of the marketplace orders.

        :return: the dialog that asks a person for what is missing, False without need
        """
        asking = False
        # Whoever cancels a sale order needs no rights on the marketplace order.
        for order, sales in self.sudo().grouped("lengow_order_id").items():
            needs_person = self.env["lengow.settlement"]._cancel_with(order, sales)
            asking = needs_person and order
        if not asking or len(self.lengow_order_id) > 1:
            return False
        order = asking.sudo(False)
        if not order.has_access("write"):
            return False
        return order.with_context(
            lengow_canceled_sale_ids=self.ids
        ).action_open_cancel()

    # === WHEN THE MARKETPLACE ORDER CHANGES AFTERWARDS === #

    def _lengow_is_delivered(self):
        """Return whether anything of this sale order left for the buyer.

        Goods that came back count, too: somebody has dealt with them by hand.

        :rtype: bool
        """
        self.ensure_one()
        return any(self.order_line.mapped("qty_delivered")) or bool(
            self.picking_ids.filtered(
                lambda picking: (
                    picking.state == "done"
                    and picking.location_dest_id.usage == "customer"
                )
            )
        )

    def _lengow_readdress(self, delivery, invoiced):
        """Send what is still to be delivered to another address.

        The fiscal position stays: the buyer has paid, whatever the taxes of the new
        address would be.

        :param res.partner delivery: the new delivery address
        :param res.partner invoiced: the new invoice address, taken while nothing is
            invoiced
        :raise UserError: if everything has left for the old address
        """
        self.ensure_one()
        open_pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and picking.picking_type_code == "outgoing"
            )
        )
        moves = delivery != self.partner_shipping_id
        if moves and not open_pickings and self._lengow_is_delivered():
            raise UserError(
                self.env._(
                    "%s is delivered already, so nothing can go to another address. "
                    "Choose “Keep as It Is”.",
                    self.name,
                )
            )
        values = {
            "partner_shipping_id": delivery.id,
            "fiscal_position_id": self.fiscal_position_id.id,
        }
        if not self.invoice_ids.filtered(lambda move: move.state != "cancel"):
            values["partner_invoice_id"] = invoiced.id
        # Odoo would ask the user to correct the deliveries, quoting both addresses.
        self.with_context(mail_activity_automation_skip=True).write(values)
        open_pickings.write({"partner_id": delivery.id})
        open_pickings.move_ids.write({"partner_id": delivery.id})

    # === INVOICING === #

    def _prepare_invoice(self):
        """Override of `sale` to show the Lengow order on the invoice."""
        return {
            **super()._prepare_invoice(),
            "lengow_order_id": self.lengow_order_id.id,
        }

    def _create_invoices(self, *args, **kwargs):
        """Override of `sale` to make no second invoice for the buyer.

        :raise UserError: for orders that the marketplace invoices
        """
        elsewhere = self.filtered(
            lambda sale: sale.sudo().lengow_marketplace_id.invoiced_by_marketplace
        )
        if elsewhere:
            raise UserError(
                self.env._(
                    "%(marketplace)s invoices the buyer of %(sale)s itself. If that is "
                    "wrong, change it in the settings of the marketplace.",
                    marketplace=elsewhere[0].sudo().lengow_marketplace_id.name,
                    sale=elsewhere[0].name,
                )
            )
        return super()._create_invoices(*args, **kwargs)
