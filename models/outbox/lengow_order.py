"""What a marketplace may be asked about an order, and asking for it.

Everything comes from the marketplace's own definition: which actions there are, in
which status, with which arguments and values. Nothing that is particular to a
marketplace is written here.

    definition ─► _verdict ─► buttons and dialogs ─► _plan_action ─► lengow.action
"""

from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lengow_api import (
    ACTIONS_BEHIND,
    IMPORTABLE_STATUSES,
    ActionRule,
)
from .apart import lines_apart
from .arguments import check_arguments, split_by_line, without_blanks
from .kinds import (
    CANCEL_KINDS,
    DECISION_KINDS,
    OWN_KINDS,
    PICKUP_KINDS,
    REFUND_KINDS,
    kind_of,
)
from .ledger import Ledger
from .pending import leaves_work, pending_actions, progress_of, undoable_actions

# The dialogs that have a button of their own, and what each of them may ask for.
BUTTONS = {
    **{f"can_{kind}": (kind,) for kind in (*DECISION_KINDS, "ship", *PICKUP_KINDS)},
    "can_cancel": CANCEL_KINDS,
    "can_refund": REFUND_KINDS,
}
KINDS_WITH_A_BUTTON = {kind for kinds in BUTTONS.values() for kind in kinds}


class Verdict(NamedTuple):
    """Whether an action may be asked for now, and offered."""

    rule: ActionRule | None
    """What the marketplace says about it; None if it does not take it, or not now."""
    reason: str | None
    """Why it is not offered, in a translated sentence: because it is not possible,
    because all of it was asked for already, or because the marketplace does it."""


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    action_ids = fields.One2many("lengow.action", "order_id", readonly=True)
    action_failed_count = fields.Integer(compute="_compute_under_way")
    can_accept = fields.Boolean(compute="_compute_possible_actions")
    can_refuse = fields.Boolean(compute="_compute_possible_actions")
    can_ship = fields.Boolean(compute="_compute_possible_actions")
    can_cancel = fields.Boolean(compute="_compute_possible_actions")
    can_refund = fields.Boolean(compute="_compute_possible_actions")
    can_pickup_ready = fields.Boolean(compute="_compute_possible_actions")
    can_pickup_complete = fields.Boolean(compute="_compute_possible_actions")
    can_pickup_cancel = fields.Boolean(compute="_compute_possible_actions")
    can_act_otherwise = fields.Boolean(compute="_compute_possible_actions")
    pending_kind = fields.Char(
        compute="_compute_pending",
        store=True,
        help="Lengow's name of the action that was requested last, and that the order "
        "does not show yet. None as long as lines of it are left to be decided.",
    )
    pending_since = fields.Datetime(compute="_compute_pending", store=True)
    pending_label = fields.Char(string="Under Way", compute="_compute_under_way")
    can_undo = fields.Boolean(compute="_compute_under_way")
    auto_accept_examined = fields.Boolean(
        readonly=True,
        copy=False,
        help="Automatic acceptance has decided on the order as it is.",
    )

    _auto_accept_idx = models.Index(
        "(marketplace_id) WHERE is_to_accept IS TRUE "
        "AND auto_accept_examined IS NOT TRUE"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "action_ids.state",
        "lengow_status",
        "lengow_updated_at",
        "line_ids.lengow_status",
    )
    def _compute_pending(self):
        for order in self:
            last = pending_actions(order).sorted("id")[-1:]
            order.pending_kind = not leaves_work(order, last) and last.kind
            order.pending_since = last.planned_at

    @api.depends("action_ids.state", "action_ids.next_try_at", "pending_since")
    @api.depends_context("lang")
    def _compute_under_way(self):
        for order in self:
            order.pending_label = order.pending_since and progress_of(
                pending_actions(order)
            )
            order.can_undo = bool(undoable_actions(order))
            order.action_failed_count = len(
                order.action_ids.filtered(lambda action: action.state == "failed")
            )

    @api.depends(
        "lengow_status",
        "marketplace_id",
        "action_ids.state",
        "line_ids.lengow_status",
        "is_fulfilled_by_marketplace",
    )
    def _compute_possible_actions(self):
        for order in self:
            possible = order._possible_kinds()
            for button, kinds in BUTTONS.items():
                order[button] = any(kind in possible for kind in kinds)
            order.can_act_otherwise = bool(order._other_kinds(possible))

    # === CRON METHODS === #

    @api.model
    def _cron_auto_accept(self):
        """Accept what the marketplaces' checks allow."""
        self.env["lengow.acceptance"]._run()

    # === ACTION METHODS === #

    def action_accept(self):
        """Accept these orders, or open the dialog that asks what is to be known."""
        return self._open_decide("accept")

    def action_refuse(self):
        """Open the dialog that refuses these orders."""
        return self._open_decide("refuse")

    def _open_decide(self, kind):
        self.check_access("write")
        decide = self.env["lengow.order.decide"].create(
            {"kind": kind, "order_ids": [fields.Command.set(self.ids)]}
        )
        return decide._begin()

    def action_open_act(self):
        """Open the dialog for the marketplace's less common actions."""
        self.ensure_one()
        self.check_access("write")
        act = self.env["lengow.order.act"].create({"order_id": self.id})
        return act._open(self.env._("More Actions"))

    def action_open_cancel(self):
        """Open the dialog that cancels this order on the marketplace."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["lengow.order.cancel"].create({"order_id": self.id})
        return wizard._open(self.env._("Cancel on the Marketplace"))

    def action_open_refund(self):
        """Open the dialog that refunds this order on the marketplace."""
        return self._open_refund()

    def _open_refund(self, move=None):
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["lengow.order.refund"].create(
            {"order_id": self.id, "move_id": move and move.id}
        )
        return wizard._open(self.env._("Refund on the Marketplace"))

    def action_pickup_ready(self):
        """Tell the marketplace that the buyer may come."""
        return self._tell_pickup("pickup_ready")

    def action_pickup_complete(self):
        """Tell the marketplace that the buyer has come."""
        return self._tell_pickup("pickup_complete")

    def action_pickup_cancel(self):
        """Tell the marketplace that there is nothing to collect."""
        return self._tell_pickup("pickup_cancel")

    def _tell_pickup(self, kind):
        """Plan an action at once, or ask for what the marketplace wants to know.

        :param str kind: of PICKUP_KINDS
        :raise UserError: if the marketplace does not take it, or not now
        """
        self.ensure_one()
        self.check_access("write")
        rule = self._check_action_possible(kind, anew=True)
        if rule.arguments.keys() - {"line"}:
            act = self.env["lengow.order.act"].create(
                {"order_id": self.id, "kind": kind}
            )
            return act._open(self._action_label(kind))
        return self.env["lengow.announcer"]._announce(
            self._plan_action(kind), {"type": "ir.actions.client", "tag": "soft_reload"}
        )

    def action_undo(self):
        """Withdraw what was asked for a moment ago and is held back.

        :return: the action that says what came of it
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        return undoable_actions(self).action_undo()

    def action_open_failed_actions(self):
        """Open the failed actions of these orders."""
        self.check_access("read")
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_action_action"
            ),
            "domain": [("order_id", "in", self.ids)],
            "context": {"search_default_failed": 1},
        }

    # === WHAT IS POSSIBLE === #

    def _verdict(self, kind):
        """Say whether an action may be asked for now, and whether to offer it.

        An action that the marketplace binds to no status is possible in all of them.
        What was asked for already has a rule and a reason: asking again does no harm.

        :param str kind: Lengow's name of the action
        :rtype: Verdict
        """
        self.ensure_one()
        rule = self._find_action_rule(kind)
        if not rule:
            return Verdict(
                None,
                self.env._(
                    "%(marketplace)s does not accept “%(action)s” through Lengow. Do "
                    "it in the marketplace's own back office.",
                    marketplace=self.marketplace_id.name,
                    action=self._action_label(kind),
                ),
            )
        if rule.statuses and not self._is_allowed(rule):
            labels = dict(
                self._fields["lengow_status"]._description_selection(self.env)
            )
            return Verdict(
                None,
                self.env._(
                    "%(order)s is “%(status)s”. “%(action)s” is only possible while it "
                    "is: %(allowed)s.",
                    order=self.name,
                    status=labels[self.lengow_status],
                    action=self._action_label(kind),
                    allowed=", ".join(labels.get(s, s) for s in rule.statuses),
                ),
            )
        if self._is_done_by_marketplace(kind):
            return Verdict(
                rule,
                self.env._(
                    "%(marketplace)s ships %(order)s itself: there is nothing to "
                    "report.",
                    marketplace=self.marketplace_id.name,
                    order=self.name,
                ),
            )
        if self._is_under_way(kind, rule):
            asked = self.env._(
                "%(order)s: this is requested already, or what excludes it: "
                "%(actions)s.",
                order=self.name,
                actions=Ledger(self).rivals_of(kind),
            )
            return Verdict(rule, asked)
        return Verdict(rule, None)

    def _check_action_possible(self, kind, anew=False):
        """Return the rule of an action that may be asked for now.

        :param bool anew: whether something must be left that was not asked for yet
        :rtype: lengow_api.ActionRule
        :raise UserError: if the marketplace does not take it, or not now
        """
        verdict = self._verdict(kind)
        if not verdict.rule or (anew and verdict.reason):
            raise UserError(verdict.reason)
        return verdict.rule

    def _possible_kinds(self):
        """Return the actions that the marketplace takes in the order's status.

        One that is under way is not offered a second time.

        :rtype: list[str]
        """
        return [
            kind
            for kind, rule in self._action_rules().items()
            if self._is_allowed(rule)
            and not self._is_done_by_marketplace(kind)
            and not self._is_under_way(kind, rule)
        ]

    def _is_done_by_marketplace(self, kind):
        """Whether nobody here has to do with an action: the marketplace ships itself.

        What was planned before it said so is sent nevertheless.
        """
        return kind == "ship" and self.is_fulfilled_by_marketplace

    def _is_under_way(self, kind, rule):
        """Whether nothing is left to ask for: it was asked for, or what excludes it."""
        asked = self.action_ids.filtered(lambda a: a.kind not in OWN_KINDS)
        return bool(asked) and Ledger(self).is_used_up(rule)

    def _possible_among(self, kinds):
        """Return those of some actions that may be asked for, in their order.

        :param kinds: such as CANCEL_KINDS
        :rtype: list[str]
        """
        possible = self._possible_kinds()
        return [kind for kind in kinds if kind in possible]

    def _other_kinds(self, possible=None):
        """Return the possible actions that no dialog of their own is made for.

        Those that the marketplace binds to no status are among them, as long as there
        is something to deliver.

        :param possible: of :meth:`_possible_kinds`, where they are known
        :rtype: list[str]
        """
        unbound = [
            name
            for name, rule in self._action_rules().items()
            if not rule.statuses and self.lengow_status in IMPORTABLE_STATUSES
        ]
        if possible is None:
            possible = self._possible_kinds()
        return [
            kind for kind in (*possible, *unbound) if kind not in KINDS_WITH_A_BUTTON
        ]

    def _status_for_rules(self):
        """Return the status as the definition writes it, one new to us included."""
        if self.lengow_status == "unknown":
            return self.lengow_status_code
        return self.lengow_status

    def _action_rules(self):
        """Return what the marketplace says about its actions.

        :rtype: dict[str, lengow_api.ActionRule]
        """
        self.ensure_one()
        definition = self.marketplace_id._find_definition()
        return definition.actions if definition else {}

    def _find_action_rule(self, kind):
        """Return what the marketplace says about an action, None if it has none.

        :rtype: lengow_api.ActionRule | None
        """
        return self._action_rules().get(kind)

    def _actions_behind(self):
        """Return the actions whose effect the order shows already.

        :rtype: frozenset[str]
        """
        self.ensure_one()
        return ACTIONS_BEHIND.get(self.lengow_status, frozenset())

    def _is_allowed(self, rule):
        """Whether the marketplace takes an action now, for the order or a line of it.

        :rtype: bool
        """
        is_allowed = rule.is_allowed_at(self._status_for_rules())
        return is_allowed or bool(lines_apart(self, rule))

    def _lines_for(self, rule):
        """Return the lines that an action is possible for, one for each number."""
        if apart := lines_apart(self, rule):
            return apart._each_number()
        return self.line_ids.filtered(
            lambda line: (
                line.quantity > 0
                and line.lengow_line_ref
                and (not line.lengow_status or rule.is_allowed_at(line.lengow_status))
            )
        )._each_number()

    def _is_told_by_line(self, rule):
        """Whether an action goes line by line; lines without a number cannot."""
        return rule.is_per_line and any(self.line_ids.mapped("lengow_line_ref"))

    def _action_label(self, kind):
        """Return what an action is called here.

        :rtype: str
        """
        return kind_of(kind).label(self.env)

    # === ASKING FOR IT === #

    def _plan_action(self, kind, parameters=None, lines=None, picking=None, move=None):
        """Write into the outbox what a marketplace is to be told about one order.

        Nothing is sent here: the scheduled action does that after the transaction. An
        action that takes a line is planned once for each line. What is asked for
        already is not asked for twice, and never more than is left.

        :param str kind: Lengow's name of the action, or a kind of our own
        :param dict parameters: argument name to value; blank ones are left out
        :param lines: for an action that takes a line, its lines: a recordset of
            `lengow.order.line`, or a dict of line to further parameters (a quantity, a
            price); by default every line that the action is possible for
        :param stock.picking picking: the delivery that is reported
        :param account.move move: the credit note that is reported
        :return: the actions, new or known
        :rtype: lengow.action
        :raise UserError: naming the argument that is missing, unknown or unfit, before
            anything is written
        """
        self.ensure_one()
        outbox = self.env["lengow.outbox"]
        parameters = without_blanks(parameters)
        if kind in OWN_KINDS:
            vals_list = [parameters]
        else:
            rule = self._check_action_possible(kind)
            if lines is None and rule.is_per_line:
                lines = self._lines_unasked_for(rule) or self._lines_for(rule)
            vals_list = []
            for values in split_by_line(rule, parameters, lines):
                check_arguments(self, rule, values)
                told = outbox._as_told(self, kind, values)
                outbox._check_left(self, kind, told, picking)
                vals_list.append(told)
        return outbox._plan(self, kind, vals_list, picking, move)

    def _lines_unasked_for(self, rule):
        """Return the lines of which something is left to ask an action for."""
        ledger = Ledger(self)
        return self._lines_for(rule).filtered(
            lambda line: ledger.has_left(rule.name, line)
        )
