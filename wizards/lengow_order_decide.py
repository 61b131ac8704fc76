from odoo import api, fields, models
from odoo.exceptions import UserError


class LengowOrderDecide(models.TransientModel):
    """Accept or refuse marketplace orders, one or many."""

    _name = "lengow.order.decide"
    _description = "Accept or Refuse Marketplace Orders"
    _inherit = "lengow.action.form"

    kind = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")], required=True, default="accept"
    )
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
    line_ids = fields.One2many("lengow.order.decide.line", "decide_id")
    possible_count = fields.Integer(compute="_compute_counts")
    left_out_count = fields.Integer(compute="_compute_counts")
    planned_count = fields.Integer(compute="_compute_counts")

    @api.depends("line_ids.state")
    def _compute_counts(self):
        for decide in self:
            states = decide.line_ids.mapped("state")
            decide.possible_count = states.count("possible")
            decide.left_out_count = states.count("left_out")
            decide.planned_count = states.count("planned")

    @api.model_create_multi
    def create(self, vals_list):
        """Override to look at once which orders can be decided, and what that needs."""
        wizards = super().create(vals_list)
        for decide in wizards:
            decide._examine()
        return wizards

    def _examine(self):
        """Say for each order whether it can be decided, and ask for the arguments."""
        self.env["lengow.order.decide.line"].create(
            [self._prepare_line_values(order) for order in self.order_ids]
        )
        possible = self.line_ids.filtered(lambda line: line.state == "possible")
        for marketplace, lines in possible.grouped(
            lambda line: line.order_id.marketplace_id
        ).items():
            rule = lines[0].order_id._find_action_rule(self.kind)
            self._ask_for_arguments(marketplace, rule, leave_out=("line",))

    def _prepare_line_values(self, order):
        values = {"decide_id": self.id, "order_id": order.id, "state": "possible"}
        reason = order._verdict(self.kind).reason
        if reason:
            return {**values, "state": "left_out", "reason": reason}
        return values

    def action_confirm(self):
        """Ask the marketplaces; the dialog then says what became of each order.

        An order that cannot be decided does not stop the others. A single one says so.
        """
        self.ensure_one()
        self.order_ids.check_access("write")
        possible = self.line_ids.filtered(lambda line: line.state == "possible")
        if not possible:
            raise UserError(
                self.line_ids[:1].reason or self.env._("Choose at least one order.")
            )
        for line in possible:
            line._plan(self._arguments_for(line.order_id.marketplace_id))
        if len(self.line_ids) == 1:
            if self.line_ids.state == "left_out":
                raise UserError(self.line_ids.reason)
            return {"type": "ir.actions.act_window_close"}
        self.state = "done"
        return self._open(self._title())

    def _title(self):
        if self.kind == "accept":
            return self.env._("Accept Orders")
        return self.env._("Refuse Orders")


class LengowOrderDecideLine(models.TransientModel):
    """What becomes of one order when several are decided."""

    _name = "lengow.order.decide.line"
    _description = "Decision on a Marketplace Order"
    _order = "state desc, id"

    decide_id = fields.Many2one(
        "lengow.order.decide", required=True, index=True, ondelete="cascade"
    )
    order_id = fields.Many2one("lengow.order", required=True, ondelete="cascade")
    marketplace_id = fields.Many2one(related="order_id.marketplace_id")
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    # possible ──► planned | left_out
    state = fields.Selection(
        [("possible", "Possible"), ("planned", "Sent"), ("left_out", "Left Out")],
        required=True,
    )
    reason = fields.Char(readonly=True)

    def _plan(self, arguments):
        """Ask for the action of one order, or keep why that is not possible."""
        self.ensure_one()
        try:
            self.order_id._plan_action(self.decide_id.kind, arguments)
        except UserError as error:
            self.write({"state": "left_out", "reason": str(error)})
        else:
            self.state = "planned"
