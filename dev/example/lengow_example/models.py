"""What a merchant's own module does: each method calls `super` and returns values."""

from odoo import models


class LengowHooks(models.AbstractModel):
    """Adds to each kind of values something that a merchant may want."""

    _inherit = "lengow.hooks"

    def _prepare_partner_values(self, plan, values):
        values = super()._prepare_partner_values(plan, values)
        return {**values, "comment": "Came by a marketplace."}

    def _prepare_sale_values(self, draft, values):
        values = super()._prepare_sale_values(draft, values)
        marketplace = draft.plan.order.marketplace_id
        return {**values, "client_order_ref": f"{marketplace.code}: {values['origin']}"}

    def _prepare_sale_line_values(self, draft, line, values):
        values = super()._prepare_sale_line_values(draft, line, values)
        if line is None:
            return values
        return {**values, "customer_lead": 2}

    def _prepare_picking_values(self, order, values):
        values = super()._prepare_picking_values(order, values)
        return {**values, "note": f"Marketplace order {order.name}"}

    def _prepare_action_values(self, order, kind, values):
        values = super()._prepare_action_values(order, kind, values)
        if kind == "ship" and "tracking_number" in values:
            number = values["tracking_number"].replace(" ", "")
            return {**values, "tracking_number": number}
        return values
