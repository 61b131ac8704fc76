from odoo import api, fields, models
from odoo.exceptions import UserError

# Canceled because the marketplace says so, or by whoever tells it themselves.
TELLS_NOTHING = {"lengow_tells_nothing": True}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "lengow.mending", "lengow.guarded"]

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
    # As it was at the import: what is delivered and invoiced by then does not change
    # because the marketplace or a setting says otherwise later.
    lengow_is_fulfilled_by_marketplace = fields.Boolean(
        string="Fulfilled by Marketplace",
        compute="_compute_lengow_fulfilment",
        store=True,
        precompute=True,
        copy=False,
        help="The marketplace ships it from its own warehouse.",
    )
    lengow_stays_out_of_stock = fields.Boolean(
        compute="_compute_lengow_fulfilment",
        store=True,
        precompute=True,
        copy=False,
        help="The marketplace delivers from stock that is unknown to Odoo.",
    )

    lengow_is_to_match = fields.Boolean(
        compute="_compute_lengow_is_to_match",
        help="Whether a line is sold as the fallback product until it is matched.",
    )

    # Whatever two workers do at the same time, a package has one living sale order.
    _lengow_package_uniq = models.UniqueIndex(
        "(lengow_order_id, COALESCE(lengow_package_index, 0)) "
        "WHERE lengow_order_id IS NOT NULL AND state != 'cancel'",
        "This marketplace order already has a sale order.",
    )

    _lengow_fulfilled_idx = models.Index(
        "(id) WHERE lengow_is_fulfilled_by_marketplace IS TRUE"
    )
    # Whether a number is here already is asked of every batch that is imported.
    _lengow_reference_idx = models.Index(
        "(client_order_ref) WHERE client_order_ref IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("lengow_order_id")
    def _compute_lengow_fulfilment(self):
        for sale in self:
            order = sale.sudo().lengow_order_id
            fulfilled = order.is_fulfilled_by_marketplace
            sale.lengow_is_fulfilled_by_marketplace = fulfilled
            sale.lengow_stays_out_of_stock = fulfilled and not order._setting(
                "fulfilment_warehouse_id"
            )

    @api.depends("order_line.lengow_is_to_match")
    def _compute_lengow_is_to_match(self):
        for sale in self:
            sale.lengow_is_to_match = any(sale.order_line.mapped("lengow_is_to_match"))

    # === ACTION METHODS === #

    def action_open_lengow_order(self):
        """Open the marketplace order that this sale order came from."""
        self.ensure_one()
        self.check_access("read")
        return self.lengow_order_id._get_records_action()

    # === COMPUTE METHODS === #

    def _compute_fiscal_position_id(self):
        """Override of `sale` to keep what a marketplace order was taxed by.

        Odoo looks at the contact again as soon as a relay point becomes the delivery
        address, whatever the order said.
        """
        return super(
            SaleOrder, self.filtered(lambda sale: not sale.lengow_order_id)
        )._compute_fiscal_position_id()

    # === CONFIRMATION === #

    def action_confirm(self):
        """Override of `sale` to confirm Lengow orders apart: they keep their date."""
        from_lengow = self.filtered("lengow_order_id")
        if from_lengow and from_lengow != self:
            (self - from_lengow).action_confirm()
            return from_lengow.action_confirm()
        if from_lengow:
            # No coupon for somebody who is the marketplace's customer.
            self = self.with_context(loyalty_no_mail=True)
        return super().action_confirm()

    def _action_confirm(self):
        """Override of `sale` to have delivered what the marketplace ships."""
        result = super()._action_confirm()
        self.order_line._lengow_mark_delivered_by_marketplace()
        self.env["lengow.fulfilment"]._await(self)
        return result

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
            if workflow == "invoice":
                self.env["lengow.invoicing"]._plan(sales.lengow_order_id)

    # === CANCELLATION === #

    def action_cancel(self):
        """Override of `sale` to ask a person for what the marketplace wants to know."""
        living = self._lengow_living()
        quiet = self.with_context(**TELLS_NOTHING) if living else self
        result = super(SaleOrder, quiet).action_cancel()
        return living._lengow_cancel_on_marketplace() or result

    def _action_cancel(self):
        """Override of `sale` to have the marketplace told what is canceled.

        What was canceled because the marketplace says so tells nothing, see
        :data:`TELLS_NOTHING`. What is canceled does not wait for its invoice.
        """
        living = self._lengow_living()
        result = super()._action_cancel()
        self._lengow_forget_unmatched()
        self.env["lengow.invoicing"]._give_up(self.sudo().lengow_order_id)
        living._lengow_cancel_on_marketplace()
        return result

    def unlink(self):
        """Override of `sale` to ask what becomes of the marketplace orders."""
        living = self._lengow_living()
        orders_sudo = living.lengow_order_id.sudo()
        names = {
            order: living.filtered(lambda s, o=order: s.lengow_order_id == o)
            for order in orders_sudo
        }
        names = {order: ", ".join(s.mapped("name")) for order, s in names.items()}
        self._lengow_forget_unmatched()
        result = super().unlink()
        for order, deleted in names.items():
            self.env["lengow.settlement"]._ask_about_deleted(order, deleted)
        return result

    def _lengow_forget_unmatched(self):
        """Ask nobody to match what is not sold any more."""
        self.sudo().order_line._lengow_forget_unmatched()

    def _lengow_living(self):
        """Return the living ones of marketplace orders, that the marketplace awaits."""
        if self.env.context.get("lengow_tells_nothing"):
            return self.browse()
        return self.filtered(lambda s: s.lengow_order_id and s.state != "cancel")

    def _lengow_cancel_on_marketplace(self):
        """Plan the cancellation of the marketplace orders of what is canceled by now.

        :return: the dialog that asks a person for what is missing, False without need
        """
        asking = False
        # Whoever cancels a sale order needs no rights on the marketplace order.
        canceled = self.sudo().filtered(lambda sale: sale.state == "cancel")
        for order, sales in canceled.grouped("lengow_order_id").items():
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

    def _lengow_is_invoiced(self):
        """Return whether an invoice is posted for this sale order.

        :rtype: bool
        """
        self.ensure_one()
        return "posted" in self.invoice_ids.mapped("state")

    def _lengow_readdress(self, delivery, invoiced):
        """Send what is still to be delivered to another address.

        The fiscal position stays: the buyer has paid, whatever the taxes of the new
        address would be. So does a relay point: the buyer's address is not its own.

        :param res.partner delivery: the new delivery address
        :param res.partner invoiced: the new invoice address, taken while nothing is
            invoiced
        :raise UserError: if everything has left for the old address
        """
        self.ensure_one()
        open_pickings = self.picking_ids.filtered(
            lambda picking: (
                picking.state not in ("done", "cancel")
                and (
                    picking.picking_type_code == "outgoing"
                    # Picking and packing: what follows takes its address from them.
                    or picking.partner_id == self.partner_shipping_id
                )
            )
        )
        if self.pickup_location_data:
            delivery = self.partner_shipping_id
        moves = delivery != self.partner_shipping_id
        if moves and not open_pickings and self._lengow_is_delivered():
            raise UserError(
                self.env._(
                    "%s is delivered already, so nothing can go to another address. "
                    "Choose “Keep Sale Order”.",
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
        if moves:
            open_pickings.write({"partner_id": delivery.id})
            open_pickings.move_ids.write({"partner_id": delivery.id})

    def _lengow_move_deadline(self, before, after, note):
        """Follow the marketplace's deadline with what is still to be delivered.

        A date that a person has promised meanwhile stays.

        :param datetime before: the deadline that the marketplace had; False for none
        :param datetime after: the one that it has now
        :param str note: what its deliveries say about it
        :return: whether anything of this sale order is still to leave
        :rtype: bool
        """
        self.ensure_one()
        moves = self.order_line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_id.usage != "customer"
            )
        )
        if not moves and self.state == "sale":
            return False
        if not self.commitment_date or self.commitment_date == before:
            self.commitment_date = after
        for move in moves:
            move.date_deadline = after
            move.date = (
                move.date + (after - before) if before else min(move.date, after)
            )
        moves.picking_id._message_log_batch(
            bodies=dict.fromkeys(moves.picking_id.ids, note)
        )
        return True

    # === INVOICING === #

    def _prepare_invoice(self):
        """Override of `sale` to show the Lengow order on the invoice.

        Its fiscal position is the sale order's, also where that has none.
        """
        values = super()._prepare_invoice()
        values["lengow_order_id"] = self.lengow_order_id.id
        if self.lengow_order_id:
            values["fiscal_position_id"] = self.fiscal_position_id.id
        return values

    def _get_invoice_grouping_keys(self):
        """Override of `sale` to invoice each marketplace order apart.

        Its marketplace gets its invoice and gives back what is credited of it; neither
        is to hold what somebody bought with another order.
        """
        return [*super()._get_invoice_grouping_keys(), "lengow_order_id"]

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
