from odoo import fields, models


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
        "(lengow_order_id, lengow_package_index) "
        "WHERE lengow_order_id IS NOT NULL AND state != 'cancel'",
        "This marketplace order already has a sale order.",
    )

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

    def _send_order_notification_mail(self, *args, **kwargs):
        """Override of `sale`: a marketplace's buyer hears from the marketplace only."""
        others = self.filtered(lambda order: not order.lengow_order_id)
        for order in others:
            super(SaleOrder, order)._send_order_notification_mail(*args, **kwargs)

    def _prepare_invoice(self):
        """Override of `sale` to show the Lengow order on the invoice."""
        return {**super()._prepare_invoice(), "lengow_order_id": self.lengow_order_id.id}

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
        string="Marketplace Line", copy=False, readonly=True, index="btree_not_null"
    )

    def _action_launch_stock_rule(self, **kwargs):
        """Override of `sale_stock`: goods in the marketplace's own warehouse stay there."""
        ours = self.filtered(
            lambda line: not line.order_id.lengow_order_id.is_fulfilled_by_marketplace
        )
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)
