from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..mapper.invoice import invoice_number
from ..mapper.sender import sender_arguments


class LengowOrderAct(models.TransientModel):
    """Any action that a marketplace declares, and the correction of a failed one."""

    _name = "lengow.order.act"
    _description = "Ask a Marketplace for an Action"
    _inherit = "lengow.action.form"

    order_id = fields.Many2one("lengow.order", required=True, ondelete="cascade")
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    action_id = fields.Many2one(
        "lengow.action",
        string="Failed Action",
        ondelete="cascade",
        help="The failed action that is corrected.",
    )
    refusal = fields.Text(related="action_id.error_message")
    kind = fields.Char(readonly=True, help="Lengow's name of the action.")
    kind_label = fields.Char(string="Action Name", compute="_compute_kind_label")
    kind_ids = fields.One2many(
        "lengow.order.act.kind", "act_id", string="Possible Actions"
    )
    kind_id = fields.Many2one(
        "lengow.order.act.kind",
        string="Action",
        domain="[('act_id', '=', id)]",
        ondelete="set null",
    )

    @api.depends("kind")
    def _compute_kind_label(self):
        for act in self:
            act.kind_label = act.kind and act.order_id._action_label(act.kind)

    @api.constrains("action_id", "order_id")
    def _check_action_of_order(self):
        """Keep the arguments of other orders' actions out.

        :raise ValidationError: if the failed action is not the order's
        """
        for act in self.filtered("action_id"):
            if act.action_id.sudo().order_id != act.order_id:
                raise ValidationError(
                    self.env._("The failed action is not of this marketplace order.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """Override to offer the actions, or to ask for what the chosen one needs."""
        wizards = super().create(vals_list)
        for act in wizards:
            if act.kind:
                act._ask()
            else:
                act._offer()
        return wizards

    def _offer(self):
        """List the actions that no other wizard is made for."""
        self.kind_ids = [
            fields.Command.create(
                {"kind": kind, "name": self.order_id._action_label(kind)}
            )
            for kind in self.order_id._other_kinds()
        ]
        if len(self.kind_ids) == 1:
            self.kind_id = self.kind_ids

    def _ask(self):
        """Ask for what the marketplace wants to know."""
        rule = self.order_id._check_action_possible(self.kind)
        self._ask_for_arguments(
            self.marketplace_id,
            rule,
            known=self.action_id.parameters or self._known(rule),
            leave_out=() if self.action_id else ("line",),
        )

    def _known(self, rule):
        """Return what Odoo knows of the arguments: who sends, its worth, the invoice.

        :param lengow_api.ActionRule rule: of the action
        :rtype: dict
        """
        order = self.order_id.sudo()  # the warehouse, for any Lengow user
        sale = order.sale_order_ids[:1]
        company = order.company_id
        sender = sale.warehouse_id.partner_id or company.partner_id
        known = {
            **sender_arguments(sender, order),
            "invoice_number": invoice_number(order.sale_order_ids),
        }
        return {
            name: value
            for name, value in known.items()
            if value
            and name in rule.arguments
            and rule.arguments[name].fault_of(value) is None
        }

    def action_choose(self):
        """Go on to the fields of the chosen action."""
        self.ensure_one()
        if not self.kind_id:
            raise UserError(self.env._("Choose an action first."))
        self.kind = self.kind_id.kind
        self._ask()
        return self._open(self.kind_label)

    def action_confirm(self):
        """Ask the marketplace, or send the failed action again with what was corrected.

        :raise UserError: naming the argument that is missing, unknown or unfit
        """
        self.ensure_one()
        self.order_id.check_access("write")
        arguments = self._arguments_for(self.marketplace_id)
        if self.action_id:
            self.action_id._correct(arguments)
            return self._announce(self.action_id)
        return self._announce(self.order_id._plan_action(self.kind, arguments))
