from odoo import api, fields, models


class LengowActionForm(models.AbstractModel):
    """A wizard with exactly the fields that a marketplace and an action need.

    Its rows are records, so it is created before it is opened.
    """

    _name = "lengow.action.form"
    _description = "Form of a Lengow Action"
    _inherit = ["lengow.dialog"]

    argument_ids = fields.One2many(
        "lengow.action.argument",
        "form_id",
        domain=lambda self: [("form_model", "=", self._name)],
    )
    withheld_reason = fields.Char(
        compute="_compute_withheld_reason",
        help="Why nothing of this is ever sent: test mode, a copy of the database, or "
        "a marketplace that is switched off.",
    )

    @api.depends(lambda self: self._order_names())
    def _compute_withheld_reason(self):
        for form in self:
            marketplaces = form._asked_orders().marketplace_id
            silent = marketplaces.filtered(lambda m: m._reason_to_withhold())
            form.withheld_reason = bool(silent) and silent[0]._reason_to_send_nothing()

    def _order_names(self):
        """Return the names of the fields that hold the orders of the form.

        :rtype: list[str]
        """
        return [name for name in ("order_id", "order_ids") if name in self._fields]

    def _asked_orders(self):
        """Return the orders that something is asked for.

        :rtype: lengow.order
        """
        orders = self.env["lengow.order"]
        return orders.union(*(self[name] for name in self._order_names()))

    def _ask_for_arguments(self, marketplace, rule, known=None, leave_out=()):
        """Add a row for each argument of an action.

        :param lengow.marketplace marketplace: whose action it is
        :param lengow_api.ActionRule rule: of the action
        :param dict known: values to begin with, by argument
        :param leave_out: names of the arguments that the wizard fills by itself
        """
        self.ensure_one()
        Argument = self.env["lengow.action.argument"]
        Argument.create(
            [
                Argument._prepare_values(
                    self, marketplace, rule, argument, (known or {}).get(argument.name)
                )
                for argument in rule.arguments.values()
                if argument.name not in leave_out
            ]
        )
        self.invalidate_recordset(["argument_ids"])

    def _arguments_for(self, marketplace):
        """Return what was entered for a marketplace, blank ones left out.

        :rtype: dict[str, str]
        """
        rows = self.argument_ids.filtered(lambda a: a.marketplace_id == marketplace)
        return {row.name: row.value for row in rows if row.value}

    def _announce(self, actions, after=None):
        """Return the action that says what was asked for, and ends the dialog.

        :param lengow.action actions: that were planned
        :param dict after: the action that follows instead of the end of the dialog
        :rtype: dict
        """
        end = {"type": "ir.actions.act_window_close"}
        return self.env["lengow.announcer"]._announce(
            actions, after or end, self._is_undoable()
        )

    def _is_undoable(self):
        """Whether what was asked for can be taken back for a moment.

        :rtype: bool
        """
        return True
