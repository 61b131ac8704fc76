from odoo import api, fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    lengow_line_ref = fields.Char(
        string="Marketplace Line",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The number that the marketplace gives this line, or what it is paid for.",
    )
    lengow_left_before_import = fields.Boolean(
        string="Already Shipped at Import",
        copy=False,
        readonly=True,
        help="The marketplace knew its shipment before the order was imported.",
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

    @api.depends("order_id.lengow_stays_out_of_stock")
    def _compute_qty_delivered_method(self):
        """Override of `sale_stock`: what is not in our stock is delivered by hand."""
        result = super()._compute_qty_delivered_method()
        for line in self:
            if line.order_id.lengow_stays_out_of_stock:
                line.qty_delivered_method = "manual"
        return result

    def _action_launch_stock_rule(self, **kwargs):
        """Override of `sale_stock`: the marketplace ships its own stock itself."""
        ours = self.filtered(lambda line: not line.order_id.lengow_stays_out_of_stock)
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)

    def _lengow_mark_delivered_by_marketplace(self):
        """Count what the marketplace ships as delivered, so it can be invoiced."""
        for line in self:
            if line.order_id.lengow_stays_out_of_stock and line._lengow_is_goods():
                line.qty_delivered = line.product_uom_qty

    def _lengow_is_goods(self):
        """Whether a line is something to send, whoever sends it."""
        return self.product_id.type == "consu" and not self.display_type

    # === WHAT THE MARKETPLACE INVOICES ITSELF === #

    @api.depends("order_id.lengow_order_id.marketplace_id.invoiced_by_marketplace")
    def _compute_invoice_status(self):
        """Override of `sale`: what the marketplace invoices is not to be invoiced."""
        result = super()._compute_invoice_status()
        for line in self:
            marketplace = line.order_id.sudo().lengow_order_id.marketplace_id
            if marketplace.invoiced_by_marketplace:
                line.invoice_status = "no"
        return result
