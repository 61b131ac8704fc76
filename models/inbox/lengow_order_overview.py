from odoo import api, fields, models

from ...lengow_api import OPEN_STATUSES, TO_SHIP_STATUSES


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    @api.model
    @api.readonly
    def get_overview(self):
        """Count the orders that wait for somebody, for the head of the list.

        Each counter is named after the filter that shows the same orders.

        :rtype: dict[str, int]
        """
        counts = dict.fromkeys(("to_fix", "to_accept", "to_ship", "late", "changed"), 0)
        for state, invoice, status, change, count in self._read_group(
            [
                "|",
                "|",
                "|",
                ("import_state", "=", "error"),
                ("invoice_state", "=", "error"),
                ("lengow_status", "in", OPEN_STATUSES),
                ("change_kind", "!=", False),
            ],
            ["import_state", "invoice_state", "lengow_status", "change_kind"],
            ["__count"],
        ):
            counts["to_fix"] += count * ("error" in (state, invoice))
            counts["to_accept"] += count * (status == "waiting_acceptance")
            counts["to_ship"] += count * (status in TO_SHIP_STATUSES)
            counts["changed"] += count * bool(change)
        counts["late"] = self.search_count(
            [
                ("ship_before", "<", fields.Datetime.now()),
                ("lengow_status", "=", "waiting_shipment"),
            ]
        )
        return counts
