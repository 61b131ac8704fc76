from odoo import api, fields, models


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
                sales.lengow_order_id._plan_invoices()

    # === INVOICING === #

    def _prepare_invoice(self):
        """Override of `sale` to show the Lengow order on the invoice."""
        return {
            **super()._prepare_invoice(),
            "lengow_order_id": self.lengow_order_id.id,
        }

    # === ACTIONS === #

    def action_open_lengow_order(self):
        """Open the marketplace order that this sale order came from."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "lengow.order",
            "res_id": self.lengow_order_id.id,
            "view_mode": "form",
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    lengow_line_ref = fields.Char(
        string="Marketplace Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The number that the marketplace gives this line, or what it is paid for.",
    )

    # === PRICES: they are the marketplace's, whatever is edited around them === #

    def _compute_price_unit(self):
        """Override of `sale` to keep the price that the buyer paid."""
        return super(SaleOrderLine, self._lengow_priced_by_odoo())._compute_price_unit()

    def _compute_discount(self):
        """Override of `sale`: a pricelist has no say in what the buyer paid."""
        return super(SaleOrderLine, self._lengow_priced_by_odoo())._compute_discount()

    def _lengow_priced_by_odoo(self):
        return self.filtered(lambda line: not line.lengow_line_ref)

    # === GOODS IN THE MARKETPLACE'S OWN WAREHOUSE === #

    @api.depends("order_id.lengow_order_id.is_fulfilled_by_marketplace")
    def _compute_qty_delivered_method(self):
        """Override of `sale_stock`: what is not in our stock is delivered by hand."""
        result = super()._compute_qty_delivered_method()
        for line in self:
            if line._lengow_stays_out_of_stock():
                line.qty_delivered_method = "manual"
        return result

    def _action_launch_stock_rule(self, **kwargs):
        """Override of `sale_stock`: the marketplace ships its own stock itself."""
        ours = self.filtered(lambda line: not line._lengow_stays_out_of_stock())
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)

    def _lengow_stays_out_of_stock(self):
        """Return whether the marketplace delivers from stock unknown to Odoo."""
        order = self.order_id.lengow_order_id
        if not order.is_fulfilled_by_marketplace:
            return False
        marketplace = order.marketplace_id
        return not (
            marketplace.fulfilment_warehouse_id
            or order.account_id.fulfilment_warehouse_id
        )

    def _lengow_mark_delivered_by_marketplace(self):
        """Count what the marketplace ships as delivered, so it can be invoiced."""
        for line in self:
            if line._lengow_stays_out_of_stock() and line.product_id.type == "consu":
                line.qty_delivered = line.product_uom_qty
