"""What buyers collect has an operation type of its own, if the merchant wants one."""

from odoo import models

from ...lengow_api import PICKUP_STATUSES


class StockRule(models.Model):
    _inherit = "stock.rule"

    # Odoo has two ways to make a move: what is asked for is pulled, and what a step of
    # a warehouse has finished is pushed on.

    def _get_stock_move_values(self, *procurement):
        """Override of `stock` to put what buyers collect into a queue of its own."""
        values = super()._get_stock_move_values(*procurement)
        return self._lengow_queued(values, values.get("sale_line_id"))

    def _push_prepare_move_copy_values(self, move_to_copy, new_date):
        """Override of `stock` to put what buyers collect into a queue of its own."""
        values = super()._push_prepare_move_copy_values(move_to_copy, new_date)
        return self._lengow_queued(values, move_to_copy.sale_line_id.id)

    def _lengow_queued(self, move_values, sale_line_id):
        """Put what leaves the stock for a buyer who collects it into its own queue.

        The steps before it, where a warehouse has them, are the same for everybody. An
        operation type that is archived or of another warehouse than the order's is
        none.

        :param dict move_values: of a move that this rule makes
        :param int sale_line_id: what it delivers; None for nothing that is sold
        :rtype: dict
        """
        operation = self.picking_type_id
        if operation.code != "outgoing":
            return move_values
        line = self.env["sale.order.line"].sudo().browse(sale_line_id)
        order = line.order_id.lengow_order_id
        if order.lengow_status in PICKUP_STATUSES:
            own = order._setting("pickup_type_id")
            if own.active and own.warehouse_id == operation.warehouse_id:
                move_values["picking_type_id"] = own.id
        return move_values
