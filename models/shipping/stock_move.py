"""What left before the import has a delivery of its own, which says so."""

from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _key_assign_picking(self):
        """Override of `stock` to keep apart what has left from what is to be sent."""
        line = self.sale_line_id
        return (*super()._key_assign_picking(), line.lengow_left_before_import)

    def _search_picking_for_assignation_domain(self):
        """Override of `stock` to keep apart what has left from what is to be sent."""
        domain = super()._search_picking_for_assignation_domain()
        sold = self.sale_line_id.order_id.order_line
        left = sold.filtered("lengow_left_before_import")
        if not left:
            return domain
        operator = "any" if self.sale_line_id in left else "not any"
        return [*domain, ("move_ids", operator, [("sale_line_id", "in", left.ids)])]

    def _get_new_picking_values(self):
        """Override of `stock` to let other modules change a marketplace's delivery."""
        values = super()._get_new_picking_values()
        if (lines := self.sale_line_id) and all(
            lines.mapped("lengow_left_before_import")
        ):
            # A carrier that is connected would make a second label.
            values["carrier_id"] = False
        order = self.sale_line_id.order_id.sudo().lengow_order_id
        if len(order) == 1:
            values = self.env["lengow.hooks"]._prepare_picking_values(order, values)
        return values
