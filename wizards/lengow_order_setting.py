import time

from odoo import api, fields, models

from ..models.ui import notification

# What a click may take; the scheduled action does the rest.
BUTTON_SECONDS = 60
# The setting that each kind of dialog chooses.
FIELDS = {
    "fiscal_position": "deemed_supplier_fiscal_position_id",
    "payment_journal": "payment_journal_id",
}
# The error of orders that wait for it.
ERRORS = {
    "fiscal_position": "fiscal_position_missing",
    "conversion": "no_exchange_rate",
}


class LengowOrderSetting(models.TransientModel):
    """Chooses the one setting that orders wait for, and lets them go on."""

    _name = "lengow.order.setting"
    _description = "Missing Setting of Marketplace Orders"
    _inherit = ["lengow.dialog"]
    _check_company_auto = True

    order_id = fields.Many2one("lengow.order", required=True, readonly=True)
    company_id = fields.Many2one(related="order_id.company_id")
    account_id = fields.Many2one(related="order_id.account_id")
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    kind = fields.Selection(
        [
            ("fiscal_position", "Set Fiscal Position"),
            ("payment_journal", "Set Payment Journal"),
            ("conversion", "Use the Buyer's Currency"),
        ],
        required=True,
        readonly=True,
    )
    scope = fields.Selection(
        [
            ("account", "All marketplaces of the account"),
            ("marketplace", "This marketplace only"),
        ],
        string="Apply To",
        required=True,
        default="account",
    )
    deemed_supplier_fiscal_position_id = fields.Many2one(
        "account.fiscal.position",
        string="Fiscal Position",
        check_company=True,
    )
    payment_journal_id = fields.Many2one(
        "account.journal",
        check_company=True,
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
    )

    # === ACTION METHODS === #

    def action_confirm(self):
        """Write the setting, and have every order go on that waited for it.

        :return: a notification
        """
        self.ensure_one()
        if self.kind == "conversion":
            return self._stop_converting()
        target = self.account_id if self.scope == "account" else self.marketplace_id
        waiting = self._find_waiting()
        target.write({FIELDS[self.kind]: self[FIELDS[self.kind]].id})
        if self.kind == "payment_journal":
            return self._invoice(waiting)
        return self.env["lengow.mend"]._go_on(
            waiting, self.env._("The fiscal position is set.")
        )

    def _stop_converting(self):
        waiting = self._find_waiting()
        self.account_id.currency_conversion = False
        return waiting.with_env(self.env).action_refresh()

    def _invoice(self, orders):
        """Invoice again, as much as a click can bear.

        :param lengow.order orders: in system mode
        :return: a notification
        """
        deadline = time.monotonic() + BUTTON_SECONDS
        for order in orders:
            if time.monotonic() > deadline:
                break
            self.env["lengow.invoicing"]._invoice_again(order)
        failed = orders.filtered(lambda order: order.invoice_state == "error")
        message = self.env._(
            "Invoices posted and paid: %(done)s of %(count)s.",
            done=len(orders) - len(failed),
            count=len(orders),
        )
        return notification("warning" if failed else "success", message)

    # === HELPERS === #

    def _find_waiting(self):
        """Return every order that waits for the setting, in system mode.

        :rtype: lengow.order
        """
        owner = "account_id" if self.scope == "account" else "marketplace_id"
        ours = [(owner, "=", self[owner].id)]
        if self.kind == "payment_journal":
            found = self.env["lengow.order"].search(
                [*ours, ("invoice_state", "=", "error")]
            )
            invoicing = self.env["lengow.invoicing"]
            return found.sudo().filtered(invoicing._unpaid_reason)
        return self.env["lengow.mend"]._find_waiting((ERRORS[self.kind],), ours)

    @api.model
    def _open_for(self, order, kind):
        """Open the dialog.

        It is created when it is confirmed: what is there already complains about what
        is still empty as soon as it is opened.

        :param lengow.order order: one of those that wait for the setting
        :param str kind: which setting
        :rtype: dict
        """
        labels = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "type": "ir.actions.act_window",
            "name": labels[kind],
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_order_id": order.id, "default_kind": kind},
        }
