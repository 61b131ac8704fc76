from odoo import models


class AccountMove(models.Model):
    _inherit = "account.move"

    def _lengow_origin(self):
        """Return the marketplace order that an invoice or its reversal came from.

        :rtype: lengow.order
        """
        self.ensure_one()
        return (
            self.lengow_order_id
            or self.reversed_entry_id.lengow_order_id
            or self.line_ids.sale_line_ids.order_id.lengow_order_id[:1]
        )
