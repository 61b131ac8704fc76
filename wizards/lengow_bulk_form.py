from odoo import api, fields, models


class LengowBulkForm(models.AbstractModel):
    """A wizard that asks marketplaces for the same action of many orders.

    It has a row of `lengow.bulk.row` for each order, which says whether the action is
    possible, and in the end what became of it. What the orders of a marketplace have in
    common is asked for once.
    """

    _name = "lengow.bulk.form"
    _description = "Form of a Lengow Action of Many Orders"
    _inherit = "lengow.action.form"

    # The name of the field that holds the rows.
    _rows_name = None

    state = fields.Selection(
        [("ask", "Asking"), ("done", "Done")], required=True, default="ask"
    )
    order_ids = fields.Many2many(
        "lengow.order",
        string="Orders",
        default=lambda self: (
            self.env.context.get("active_model") == "lengow.order"
            and self.env.context.get("active_ids")
        ),
    )
    possible_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    planned_count = fields.Integer(compute="_compute_counts")

    # === COMPUTE METHODS === #

    @api.depends(lambda self: (f"{self._rows_name}.state",))
    def _compute_counts(self):
        for form in self:
            states = form[self._rows_name].mapped("state")
            form.possible_count = len(form._possible_rows())
            form.left_out_count = states.count("left_out")
            form.planned_count = states.count("planned")

    # === WHAT THE WIZARDS SAY === #

    def _asked_kind(self):
        """Return Lengow's name of the action.

        :rtype: str
        """
        raise NotImplementedError

    def _title(self):
        """Return the title of the dialog.

        :rtype: str
        """
        raise NotImplementedError

    def _asked_elsewhere(self, rule):
        """Return the arguments that differ from order to order.

        :param lengow_api.ActionRule rule: of the action
        :rtype: tuple
        """
        return ("line",)

    def _known_of_all(self, rule, rows):
        """Return what is known already of all orders of a marketplace.

        :param lengow_api.ActionRule rule: of the action
        :param lengow.bulk.row rows: of the orders
        :return: values by argument
        :rtype: dict
        """
        return {}

    # === BUSINESS METHODS === #

    def _examine(self):
        """Say for each order whether the action is possible, and ask for arguments."""
        self.ensure_one()
        self[self._rows_name] = [
            fields.Command.create(self._prepare_bulk_row_values(order))
            for order in self.order_ids
        ]
        possible = self._possible_rows().grouped("marketplace_id")
        for marketplace, rows in possible.items():
            rule = rows[0].order_id._find_action_rule(self._asked_kind())
            self._ask_for_arguments(
                marketplace,
                rule,
                known=self._known_of_all(rule, rows),
                leave_out=self._asked_elsewhere(rule),
            )

    def _prepare_bulk_row_values(self, order):
        values = {"order_id": order.id, "state": "possible"}
        reason = order._verdict(self._asked_kind()).reason
        if reason:
            return {**values, "state": "left_out", "reason": reason}
        return values

    def _possible_rows(self):
        return self[self._rows_name].filtered(
            lambda row: row.state in ("possible", "to_complete")
        )

    def _plan_rows(self):
        """Plan the action for every order that it is possible for.

        An order that stumbles does not stop the others: its row says why.

        :rtype: lengow.action
        """
        actions = self.env["lengow.action"]
        for row in self._possible_rows():
            arguments = self._arguments_for(row.marketplace_id)
            actions |= row._plan(self._asked_kind(), arguments)
        return actions

    def _show_outcome(self, actions, after=None):
        """Return the action that says what was asked for, and shows what was not.

        What is incomplete stays to be completed, with all that was entered.

        :param lengow.action actions: that were planned
        :param dict after: what follows where nothing is left to be shown
        :rtype: dict
        """
        if not self._possible_rows():
            self.state = "done"
        form = self._open(self._title())
        if not actions:
            return form
        is_all = all(row.state == "planned" for row in self[self._rows_name])
        return self._announce(actions, after if is_all else form)
