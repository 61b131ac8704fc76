from odoo import api, fields, models
from odoo.exceptions import UserError


class LengowOrderDifference(models.TransientModel):
    """Lets a difference to the marketplace's total through, for a reason."""

    _name = "lengow.order.difference"
    _description = "Difference of a Marketplace Order's Total"
    _inherit = ["lengow.dialog"]

    order_id = fields.Many2one("lengow.order", required=True, readonly=True)
    # What the user sees is let through, and nothing that came in meanwhile.
    key = fields.Char(string="Sums")
    currency_id = fields.Many2one("res.currency", compute="_compute_amounts")
    expected = fields.Monetary(
        string="Lines, Shipping and Fees", compute="_compute_amounts"
    )
    announced = fields.Monetary(string="Announced Total", compute="_compute_amounts")
    difference = fields.Monetary(compute="_compute_amounts")
    company_currency_id = fields.Many2one(
        related="order_id.account_id.company_currency_id", string="Company Currency"
    )
    limit = fields.Monetary(
        related="order_id.account_id.difference_limit",
        string="Allowed Up To",
        currency_field="company_currency_id",
    )
    reason = fields.Char(required=True)

    # === DEFAULTS === #

    @api.model
    def default_get(self, fields):
        """Override to keep the sums that are shown."""
        values = super().default_get(fields)
        order = self.env["lengow.order"].browse(values.get("order_id"))
        if order and "key" in fields:
            order.check_access("read")
            totals = self.env["lengow.difference"]._totals(order)
            values["key"] = totals and totals.key
        return values

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_amounts(self):
        for dialog in self:
            totals = self.env["lengow.difference"]._totals(dialog.order_id)
            dialog.currency_id = dialog.order_id.currency_id
            dialog.expected = float(totals.told.expected) if totals else 0.0
            dialog.announced = float(totals.told.announced) if totals else 0.0
            dialog.difference = float(totals.told.difference) if totals else 0.0

    # === ACTION METHODS === #

    def action_confirm(self):
        """Keep the difference with its reason, and import the order.

        :return: a notification
        :raise UserError: if it may not be let through, or nobody says why
        """
        self.ensure_one()
        self.order_id.check_access("write")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the difference is let through."))
        order = self.order_id
        self.env["lengow.difference"]._let_through(order, self.key, reason)
        if order.import_state == "imported":
            return order.action_apply_changes()
        return self.env["lengow.mend"]._go_on(
            order, self.env._("The difference is let through.")
        )

    # === HELPERS === #

    @api.model
    def _open_for(self, order):
        """Open the dialog, which is created when it is confirmed.

        :param lengow.order order: whose total differs
        :raise UserError: if the difference may not be let through
        """
        if len(order) > 1:
            raise UserError(self.env._("Each has a difference of its own: select one."))
        order.check_access("write")
        if obstacle := self.env["lengow.difference"]._obstacle(order):
            raise UserError(obstacle)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Let Difference Through"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": order.id},
        }
