from odoo import api, fields, models

from ...mapper import InvoicePart


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

    def _prepare_invoice_line(self, **optional_values):
        """Override of `sale`: the invoices of a line sum to it, however many."""
        values = super()._prepare_invoice_line(**optional_values)
        if self.lengow_line_ref and values["display_type"] == "product":
            values.update(InvoicePart(self, values["quantity"]).values())
        return values

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
        return not order.marketplace_id._setting("fulfilment_warehouse_id")

    def _lengow_mark_delivered_by_marketplace(self):
        """Count what the marketplace ships as delivered, so it can be invoiced."""
        for line in self:
            if line._lengow_stays_out_of_stock() and line.product_id.type == "consu":
                line.qty_delivered = line.product_uom_qty

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
