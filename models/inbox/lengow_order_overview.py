from odoo import api, fields, models


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    @api.model
    @api.readonly
    def get_overview(self):
        """Count the orders that wait for somebody, for the head of the list.

        Each counter is named after the filter that shows the same orders.

        :rtype: dict[str, int]
        """
        open_statuses = ("waiting_acceptance", "waiting_shipment", "pickup_to_prepare")
        counts = dict.fromkeys(("to_fix", "to_accept", "to_ship", "late", "changed"), 0)
        for state, invoice, status, change, count in self._read_group(
            [
                "|",
                "|",
                "|",
                ("import_state", "=", "error"),
                ("invoice_state", "=", "error"),
                ("lengow_status", "in", open_statuses),
                ("change_kind", "!=", False),
            ],
            ["import_state", "invoice_state", "lengow_status", "change_kind"],
            ["__count"],
        ):
            counts["to_fix"] += count * ("error" in (state, invoice))
            counts["to_accept"] += count * (status == "waiting_acceptance")
            counts["to_ship"] += count * (status in open_statuses[1:])
            counts["changed"] += count * bool(change)
        counts["late"] = self.search_count(
            [
                ("ship_before", "<", fields.Datetime.now()),
                ("lengow_status", "=", "waiting_shipment"),
            ]
        )
        return counts
