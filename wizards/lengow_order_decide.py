from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.outbox.arguments import argument_label, defaults_of, reason_of
from ..models.outbox.kinds import DECISION_KINDS


class LengowOrderDecide(models.TransientModel):
    """Accept or refuse marketplace orders, one or many; of one, line by line.

    Lines are there to choose from where the marketplace takes the action by line, and
    more than one is undecided.
    """

    _name = "lengow.order.decide"
    _description = "Accept or Refuse Marketplace Orders"
    _inherit = "lengow.bulk.form"

    _rows_name = "line_ids"

    kind = fields.Selection(
        [("accept", "Accept"), ("refuse", "Refuse")], required=True, default="accept"
    )
    line_ids = fields.One2many("lengow.order.decide.line", "decide_id")
    decision_ids = fields.One2many(
        "lengow.action.line",
        "form_id",
        domain=lambda self: [("form_model", "=", self._name)],
    )
    line_kinds = fields.Json(
        compute="_compute_line_kinds",
        help="What can be decided about a line: the decisions, each with the argument "
        "of the marketplace that says why, if there is one.",
    )

    @api.depends("kind", "order_ids")
    def _compute_line_kinds(self):
        for decide in self:
            decide.line_kinds = {
                kind: decide._reason_cell(rule)
                for kind, rule in decide._line_rules().items()
            }

    @api.model_create_multi
    def create(self, vals_list):
        """Override to look at once which orders can be decided, and what that needs."""
        wizards = super().create(vals_list)
        for decide in wizards:
            decide._examine()
            decide._offer_lines()
        return wizards

    def _begin(self):
        """Accept at once where nothing is to be known or chosen; else ask.

        :return: the action that says what was done, or opens the dialog
        :rtype: dict
        """
        self.ensure_one()
        is_asked = self.argument_ids or self.decision_ids
        if self.kind == "accept" and self._possible_rows() and not is_asked:
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

    # === LINE BY LINE === #

    def _offer_lines(self):
        """Let the lines of a single order be decided one by one, where that can be.

        To accept is what somebody has asked for; no line is refused that nobody has
        chosen.
        """
        self.env["lengow.action.line"].create(
            [
                {
                    "form_model": self._name,
                    "form_id": self.id,
                    "line_id": line.id,
                    "decision": self.kind == "accept" and "accept",
                }
                for line in self._lines_to_decide()
            ]
        )
        self.invalidate_recordset(["decision_ids"])

    def _lines_to_decide(self):
        """Return the lines that are to be decided one by one, none where all are alike.

        Without rows for them, since the order has got new ones meanwhile or the dialog
        was open for too long, nobody has decided about the whole order.

        :rtype: lengow.order.line
        """
        rule = self._line_rules().get(self.kind)
        if not rule or not self._possible_rows():
            return self.env["lengow.order.line"]
        lines = self.order_ids._lines_unasked_for(rule)
        return lines if len(lines) > 1 else lines.browse()

    def _line_rules(self):
        """Return the rules by which a line can be decided here, by decision.

        What the dialog does not ask for, its button, must be known: only a reason is
        entered for each line.

        :rtype: dict[str, lengow_api.ActionRule]
        """
        if len(self.order_ids) != 1:
            return {}
        rules = {kind: self.order_ids._verdict(kind).rule for kind in DECISION_KINDS}
        return {
            kind: rule
            for kind, rule in rules.items()
            if rule
            and rule.is_per_line
            and (kind == self.kind or self._is_known_by_line(rule))
        }

    def _is_known_by_line(self, rule):
        reason = reason_of(rule)
        known = {"line", reason and reason.name, *self._known_by_line(rule)}
        needed = (a.name for a in rule.arguments.values() if a.required)
        return known.issuperset(needed)

    def _known_by_line(self, rule):
        """Return what is told where nobody is asked, but for a reason.

        :rtype: dict[str, str]
        """
        reason = reason_of(rule)
        known = defaults_of(rule)
        return {n: v for n, v in known.items() if not (reason and n == reason.name)}

    def _reason_cell(self, rule):
        """Return how the reason of a line is asked for, None where there is none.

        :rtype: dict | None
        """
        argument = reason_of(rule)
        return argument and {
            "label": argument_label(self.env, argument.name),
            # What was asked for of all lines alike is asked for above them.
            "name": argument.name,
            "is_override": rule.name == self.kind,
            "is_required": argument.required,
            "is_closed_list": argument.is_closed_list,
            "choices": self.env["lengow.action.argument"]._listed(rule, argument),
        }

    def _plan_lines(self, order, arguments):
        """Ask for what was decided about each line, and leave the others undecided.

        :param lengow.order order: the single one
        :param dict arguments: what was entered for the action of the dialog
        :rtype: lengow.action
        :raise UserError: if nothing is chosen, or a line is decided meanwhile
        """
        rules = self._line_rules()
        chosen = self.decision_ids.filtered(lambda row: row.decision in rules)
        if not chosen:
            raise UserError(self.env._("Choose at least one line."))
        actions = self.env["lengow.action"]
        for kind in DECISION_KINDS:
            rows = chosen.filtered(lambda row, kind=kind: row.decision == kind)
            if not rows:
                continue
            rule, reason = rules[kind], reason_of(rules[kind])
            settled = rows.line_id - order._lines_for(rule)
            if settled:
                raise UserError(
                    self.env._(
                        "%s does not wait for a decision any more.",
                        settled[0].title or settled[0].sku,
                    )
                )
            known = arguments if kind == self.kind else self._known_by_line(rule)
            own = {
                row.line_id: {reason.name: row.reason} if reason and row.reason else {}
                for row in rows
            }
            actions |= order._plan_action(kind, known, own)
        return actions

    # === WHAT THE FORM OF MANY ORDERS ASKS === #

    def _asked_kind(self):
        return self.kind

    def _title(self):
        is_many = len(self.order_ids) > 1
        if self.kind == "accept":
            return self.env._("Accept Orders") if is_many else self.env._("Accept")
        return self.env._("Refuse Orders") if is_many else self.env._("Refuse")
