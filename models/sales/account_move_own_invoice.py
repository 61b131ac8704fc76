from odoo import fields, models


class AccountMove(models.Model):
    _inherit = "account.move"

    lengow_can_send_invoice = fields.Boolean(
        compute="_compute_lengow_can_send_invoice",
        help="Whether the marketplace takes this document and has not been sent it.",
    )

    def _compute_lengow_can_send_invoice(self):
        for move in self:
            move.lengow_can_send_invoice = bool(
                move.state == "posted"
                and move._lengow_order_to_invoice()
                and not move.sudo()
                .env["lengow.action"]
                .search_count(
                    [
                        ("move_id", "=", move.id),
                        ("kind", "=", "invoice"),
                        ("state", "!=", "canceled"),
                    ],
                    limit=1,
                )
            )

    def _post(self, soft=True):
        """Override of `account` to have the marketplace get what is posted."""
        posted = super()._post(soft)
        for move in posted:
            order = move._lengow_order_to_invoice()
            if order:
                order._plan_own_invoice(move)
        return posted

    def action_lengow_send_invoice(self):
        """Have the marketplace sent documents that were posted before it took them."""
        for move in self.filtered("lengow_can_send_invoice"):
            move._lengow_order_to_invoice()._plan_own_invoice(move)

    def _lengow_order_to_invoice(self):
        """Return the Lengow order whose marketplace wants this document; maybe none.

        :rtype: lengow.order
        """
        self.ensure_one()
        nothing = self.env["lengow.order"].sudo()
        if not self.is_sale_document():
            return nothing
        order = self.sudo()._lengow_find_order()
        wanted = (
            len(order) == 1
            and not order.anonymised_at
            and order.marketplace_id._wants_invoices()
        )
        return order if wanted else nothing
