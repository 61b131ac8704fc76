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
        if not self.sale_line_id.order_id.lengow_order_id:
            return domain
        left = [("sale_line_id.lengow_left_before_import", "=", True)]
        if self.sale_line_id.lengow_left_before_import:
            return [*domain, ("move_ids", "any", left)]
        return [*domain, ("move_ids", "not any", left)]
