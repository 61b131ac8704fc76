from odoo import api, fields, models


class LengowOrderCancel(models.TransientModel):
    """Cancel a marketplace order, whole or in part."""

    _name = "lengow.order.cancel"
    _description = "Cancel a Marketplace Order"
    _inherit = "lengow.action.line.form"

    order_id = fields.Many2one(required=True)
    kind = fields.Char(readonly=True, help="Lengow's name of the action.")
    kind_label = fields.Char(string="Action Name", compute="_compute_kind_label")
    other_kind = fields.Char(compute="_compute_other_kind")
    other_kind_label = fields.Char(compute="_compute_other_kind")

    @api.depends("kind")
    def _compute_kind_label(self):
        for wizard in self:
            wizard.kind_label = wizard.kind and wizard.order_id._action_label(
                wizard.kind
            )

    @api.depends("kind", "order_id")
    def _compute_other_kind(self):
        for wizard in self:
            others = [k for k in wizard._kinds() if k != wizard.kind]
            wizard.other_kind = next(iter(others), False)
            wizard.other_kind_label = wizard.other_kind and (
                wizard.order_id._action_label(wizard.other_kind)
            )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to ask at once for what the marketplace wants to know."""
        wizards = super().create(vals_list)
        for wizard in wizards:
            wizard.kind = wizard.kind or next(iter(wizard._kinds()), wizard._kind())
            wizard._begin(wizard.order_id._check_action_possible(wizard.kind))
        return wizards

    def _kinds(self):
        """Return the actions that are possible and mean this."""
        return self.order_id._possible_cancel_kinds()

    def _kind(self):
        """Return the action that a person expects, to say why it is not possible."""
        return "cancel"

    def _begin(self, rule):
        self._ask(rule, lines=self._lines_to_begin_with(rule))

    def _lines_to_begin_with(self, rule):
        """Return the lines that were cancelled in Odoo, None for all.

        :rtype: dict | None
        """
        sale_ids = self.env.context.get("lengow_canceled_sale_ids")
        if not sale_ids:
            return None
        return {
            line: {}
            for line in self.order_id._lines_unasked_for(rule)
            if line.sale_line_id.order_id.id in sale_ids
        }

    def action_other_kind(self):
        """Ask for the other action instead."""
        self.ensure_one()
        other = self.create({"order_id": self.order_id.id, "kind": self.other_kind})
        return other._open(other.kind_label)

    def action_confirm(self):
        """Ask the marketplace.

        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.ensure_one()
        self._plan(self.order_id._check_action_possible(self.kind))
        return {"type": "ir.actions.act_window_close"}
