from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.inbox.lengow_dismissable import ACTION_REASONS, ORDER_REASONS, OTHER
from ..models.ui import notification


class LengowDismiss(models.TransientModel):
    """Asks why orders or failed actions are dismissed, one or many."""

    _name = "lengow.dismiss"
    _description = "Dismiss Orders or Failed Actions"
    _inherit = ["lengow.dialog"]

    order_ids = fields.Many2many("lengow.order", string="Orders", readonly=True)
    action_ids = fields.Many2many("lengow.action", string="Actions", readonly=True)
    order_reason = fields.Selection([*ORDER_REASONS, OTHER], string="Reason")
    action_reason = fields.Selection([*ACTION_REASONS, OTHER], string="Reason of It")
    note = fields.Char(help="Kept with the reason, for whoever looks at it later.")
    dismissed_count = fields.Integer(compute="_compute_counts")
    left_out = fields.Text(compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends("order_ids", "action_ids")
    def _compute_counts(self):
        for dialog in self:
            records = dialog._records()
            obstacles = self.env["lengow.dismissal"]._obstacles(records)
            dialog.dismissed_count = len(records) - len(obstacles)
            dialog.left_out = bool(obstacles) and self.env._(
                "Left out: %(count)s. %(reason)s",
                count=len(obstacles),
                reason=next(iter(obstacles.values())),
            )

    # === ACTION METHODS === #

    def action_confirm(self):
        """Dismiss what can be dismissed.

        :return: a notification
        :raise UserError: if nothing can be, or no reason is given
        """
        self.ensure_one()
        reason = self.order_reason if self.order_ids else self.action_reason
        note = (self.note or "").strip()
        if not reason:
            raise UserError(self.env._("Choose a reason."))
        if reason == OTHER[0] and not note:
            raise UserError(self.env._("Say in the note what the reason is."))
        records = self._records()
        dismissed = self.env["lengow.dismissal"]._dismiss(records, reason, note)
        message = self.env._("Dismissed: %s.", len(dismissed))
        if left := len(records) - len(dismissed):
            message += " " + self.env._("Left out: %s.", left)
        return notification("warning" if left else "success", message)

    # === HELPERS === #

    def _records(self):
        return self.order_ids or self.action_ids

    @api.model
    def _open_for(self, records):
        """Open the dialog, which is created when it is confirmed.

        :param records: orders or actions
        :raise UserError: if none of them can be dismissed, with the reason
        """
        if not records:
            raise UserError(self.env._("Select what is to be dismissed."))
        dismissal = self.env["lengow.dismissal"]
        dismissal._check_may_act(records)
        obstacles = dismissal._obstacles(records)
        if len(obstacles) == len(records):
            raise UserError(next(iter(obstacles.values())))
        of_orders = records._name == "lengow.order"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dismiss Orders")
            if of_orders
            else self.env._("Dismiss Failed Actions"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            # What is there already complains at once about what is still empty.
            "context": {
                f"default_{'order_ids' if of_orders else 'action_ids'}": records.ids
            },
        }
