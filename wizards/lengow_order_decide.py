from odoo import api, fields, models
from odoo.exceptions import UserError


class LengowOrderDecide(models.TransientModel):
    """Accept or refuse marketplace orders, one or many."""

    _name = "lengow.order.decide"
    _description = "Accept or Refuse Marketplace Orders"
    _inherit = "lengow.bulk.form"

    _rows_name = "line_ids"

    kind = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")], required=True, default="accept"
    )
    line_ids = fields.One2many("lengow.order.decide.line", "decide_id")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to look at once which orders can be decided, and what that needs."""
        wizards = super().create(vals_list)
        for decide in wizards:
            decide._examine()
        return wizards

    def _begin(self):
        """Accept at once where the marketplaces want to know nothing; else ask.

        :return: the action that says what was done, or opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        if self.kind == "accept" and self._possible_rows() and not self.argument_ids:
            return self._confirm({"type": "ir.actions.client", "tag": "soft_reload"})
        return self._open(self._title())

    # === ACTION METHODS === #

    def action_confirm(self):
        """Ask the marketplaces; the dialog then says what became of each order.

        An order that cannot be decided does not stop the others. A single one says so.

        :raise UserError: if none can be decided, or the single one cannot
        """
        self.ensure_one()
        return self._confirm()

    def _confirm(self, after=None):
        self.order_ids.check_access("write")
        if not self._possible_rows():
            raise UserError(
                self.line_ids[:1].reason or self.env._("Choose at least one order.")
            )
        actions = self._plan_rows()
        if len(self.line_ids) == 1 and self.line_ids.state != "planned":
            raise UserError(self.line_ids.reason)
        return self._show_outcome(actions, after)

    # === WHAT THE FORM OF MANY ORDERS ASKS === #

    def _asked_kind(self):
        return self.kind

    def _title(self):
        is_many = len(self.order_ids) > 1
        if self.kind == "accept":
            return self.env._("Accept Orders") if is_many else self.env._("Accept")
        return self.env._("Refuse Orders") if is_many else self.env._("Refuse")
