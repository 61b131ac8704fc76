"""What buyers collect has an operation type of its own, if the merchant wants one."""

from odoo import models

from ...lengow_api import PICKUP_STATUSES


class StockRule(models.Model):
    _inherit = "stock.rule"

    def _get_stock_move_values(self, *procurement):
        """Override of `stock` to put what buyers collect into a queue of its own.

        Only what leaves the stock for the buyer: the steps before it, where a warehouse
        has them, are the same for everybody. An operation type that is archived or of
        another warehouse than the order's is none.
        """
        move_values = super()._get_stock_move_values(*procurement)
        operation = self.picking_type_id
        if operation.code != "outgoing":
            return move_values
        line = (
            self.env["sale.order.line"].sudo().browse(move_values.get("sale_line_id"))
        )
        order = line.order_id.lengow_order_id
        if order.lengow_status in PICKUP_STATUSES:
            own = order.marketplace_id._setting("pickup_type_id")
            if own.active and own.warehouse_id == operation.warehouse_id:
                move_values["picking_type_id"] = own.id
        return move_values
