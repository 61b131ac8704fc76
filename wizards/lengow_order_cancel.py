from odoo import models

from ..models.outbox.kinds import CANCEL_KINDS


class LengowOrderCancel(models.TransientModel):
    """Cancel a marketplace order, whole or in part."""

    _name = "lengow.order.cancel"
    _description = "Cancel a Marketplace Order"
    _inherit = "lengow.settlement.form"

    def _kinds(self):
        return self.order_id._possible_among(CANCEL_KINDS)

    def _expected_kind(self):
        return "cancel"

    def _begin(self, rule):
        """Override to begin with the lines that were canceled in Odoo."""
        self._ask(rule, lines=self._find_canceled_lines(rule))

    def _find_canceled_lines(self, rule):
        """Return the lines that were canceled in Odoo.

        :rtype: dict
        """
        sale_ids = self.env.context.get("lengow_canceled_sale_ids") or ()
        return {
            line: {}
            for line in self.order_id._lines_unasked_for(rule)
            if line.sale_line_id.order_id.id in sale_ids
        }
