"""What may be asked of a marketplace for an order, and the asking.

Everything comes from the marketplace's own definition: which actions there are, in
which status, with which arguments and values.
"""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lengow_api import IMPORTABLE_STATUSES, ArgumentFault, is_blank
from .lengow_action import OPEN_STATES

# Where an order is when an action has had its effect. An order beyond that point needs
# the action no more, whoever did it.
STATUSES_BEHIND = {
    "accept": {
        "accepted",
        "waiting_shipment",
        "shipped",
        "closed",
        "pickup_to_prepare",
        "to_pickup",
        "pickup_completed",
        "partial_refunded",
        "refunding",
        "refunded",
    },
    "refuse": {"refused", "canceled"},
    "ship": {
        "shipped",
        "closed",
        "partial_refunded",
        "refunding",
        "refunded",
        "to_refund",
    },
    "cancel": {"canceled", "refused", "refunded"},
    "partial_cancel": {"canceled", "refused", "refunded"},
    "refund": {"refunding", "refunded"},
    "pickup_ready": {"to_pickup", "pickup_completed", "closed"},
    "pickup_complete": {"pickup_completed", "closed"},
    "pickup_cancel": {"pickup_canceled", "canceled"},
    "pickup_refund": {"refunding", "refunded"},
}
# More than that many values are looked up in the wizard, not read in a message.
SHOWN_CHOICES = 12


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    action_ids = fields.One2many("lengow.action", "order_id", readonly=True)
    action_failed_count = fields.Integer(compute="_compute_action_failed_count")
    can_accept = fields.Boolean(compute="_compute_possible_actions")
    can_refuse = fields.Boolean(compute="_compute_possible_actions")
    can_ship = fields.Boolean(compute="_compute_possible_actions")
    can_cancel = fields.Boolean(compute="_compute_possible_actions")
    can_refund = fields.Boolean(compute="_compute_possible_actions")
    can_act_otherwise = fields.Boolean(compute="_compute_possible_actions")

    # === COMPUTE METHODS === #

    @api.depends("action_ids.state")
    def _compute_action_failed_count(self):
        for order in self:
            order.action_failed_count = len(
                order.action_ids.filtered(lambda action: action.state == "failed")
            )

    @api.depends("lengow_status", "marketplace_id", "action_ids.state")
    def _compute_possible_actions(self):
        for order in self:
            possible = order._possible_kinds()
            for kind in ("accept", "refuse", "ship", "cancel", "refund"):
                order[f"can_{kind}"] = kind in possible
            order.can_act_otherwise = bool(order._other_kinds())

    # === ACTION METHODS === #

    def action_accept(self):
        """Open the dialog that accepts these orders."""
        return self._open_decide("accept")

    def action_refuse(self):
        """Open the dialog that refuses these orders."""
        return self._open_decide("refuse")

    def _open_decide(self, kind):
        self.check_access("write")
        decide = self.env["lengow.order.decide"].create(
            {"kind": kind, "order_ids": [fields.Command.set(self.ids)]}
        )
        return decide._open(decide._title())

    def action_open_act(self):
        """Open the dialog for the marketplace's less common actions."""
        self.ensure_one()
        self.check_access("write")
        act = self.env["lengow.order.act"].create({"order_id": self.id})
        return act._open(self.env._("More Actions"))

    def action_open_failed_actions(self):
        """Open the failed actions of these orders."""
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "lengow_connector.lengow_action_action"
            ),
            "domain": [("order_id", "in", self.ids)],
            "context": {"search_default_failed": 1},
        }

    # === WHAT IS POSSIBLE === #

    def _possible_kinds(self):
        """Return the actions that the marketplace takes in the order's status.

        One that is under way is not offered a second time.

        :rtype: list[str]
        """
        return [
            kind
            for kind, rule in self._action_rules().items()
            if rule.is_allowed_at(self._status_for_rules())
            and not self._is_under_way(kind, rule)
        ]

    def _is_under_way(self, kind, rule):
        """Whether an action was asked for already, for all that it is possible for."""
        asked = self.action_ids.filtered(
            lambda action: action.kind == kind and action.state in OPEN_STATES
        )
        refs = {(action.parameters or {}).get("line") for action in asked}
        return bool(asked) and (
            None in refs or refs >= set(self._lines_for(rule).mapped("lengow_line_ref"))
        )

    def _other_kinds(self):
        """Return the possible actions that no dialog of their own is made for.

        Those that the marketplace binds to no status are among them, as long as there
        is something to deliver.

        :rtype: list[str]
        """
        unbound = [
            name
            for name, rule in self._action_rules().items()
            if not rule.statuses and self.lengow_status in IMPORTABLE_STATUSES
        ]
        return [
            kind
            for kind in [*self._possible_kinds(), *unbound]
            if kind not in self._kinds_with_a_dialog()
        ]

    def _kinds_with_a_dialog(self):
        """Return the actions that have a button of their own.

        :rtype: tuple[str]
        """
        return ("accept", "refuse")

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
        definition = self.marketplace_id._get_definition()
        return definition.actions if definition else {}

    def _find_action_rule(self, kind):
        """Return what the marketplace says about an action, None if it has none.

        :rtype: lengow_api.ActionRule | None
        """
        return self._action_rules().get(kind)

    def _is_action_possible(self, kind):
        """Whether the order's status allows an action; an empty list binds nothing."""
        rule = self._find_action_rule(kind)
        return bool(rule) and (
            not rule.statuses or rule.is_allowed_at(self._status_for_rules())
        )

    def _actions_behind(self):
        """Return the actions whose effect the order shows already.

        :rtype: set[str]
        """
        self.ensure_one()
        return {
            kind
            for kind, statuses in STATUSES_BEHIND.items()
            if self.lengow_status in statuses
        }

    def _check_action_possible(self, kind):
        """Return the rule of an action that may be asked for now.

        :rtype: lengow_api.ActionRule
        :raise UserError: if the marketplace does not take it, or not now
        """
        self.ensure_one()
        rule = self._find_action_rule(kind)
        label = self._action_label(kind)
        if not rule:
            raise UserError(
                self.env._(
                    "%(marketplace)s does not take “%(action)s” through Lengow. Do it "
                    "in the marketplace's own back office.",
                    marketplace=self.marketplace_id.name,
                    action=label,
                )
            )
        if not self._is_action_possible(kind):
            labels = dict(
                self._fields["lengow_status"]._description_selection(self.env)
            )
            raise UserError(
                self.env._(
                    "%(order)s is “%(status)s”. “%(action)s” is only possible while it "
                    "is: %(allowed)s.",
                    order=self.name,
                    status=labels[self.lengow_status],
                    action=label,
                    allowed=", ".join(labels.get(s, s) for s in rule.statuses),
                )
            )
        return rule

    def _close_actions_left_behind(self):
        """Close what was to be sent, or failed, and has been done anyway."""
        actions = self.env["lengow.action"].search(
            [("order_id", "in", self.ids), ("state", "in", ("todo", "failed"))]
        )
        for action in actions.filtered(
            lambda action: action.kind in action.order_id._actions_behind()
        ).try_lock_for_update(allow_referencing=True):
            action._mark_canceled(
                self.env._("No longer needed: the marketplace shows it done.")
            )

    # === ASKING FOR IT === #

    def _plan_action(self, kind, parameters=None, lines=None, picking=None, move=None):
        """Write into the outbox what a marketplace is to be told about one order.

        Nothing is sent here: the scheduled action does that after the transaction. An
        action that takes a line is planned once for each line. What is asked for
        already is not asked for twice.

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
        Action = self.env["lengow.action"]
        parameters = _without_blanks(parameters)
        if kind in Action._own_kinds():
            vals_list = [parameters]
        else:
            rule = self._check_action_possible(kind)
            vals_list = self._split_by_line(rule, parameters, lines)
            for values in vals_list:
                self._check_arguments(rule, values)
        # The same for another document is another action.
        source = {"picking_id": picking and picking.id, "move_id": move and move.id}
        actions = Action
        for values in vals_list:
            actions |= self._find_or_create_action(kind, values, source)
        if kind in ("accept", "refuse"):
            self._drop_decision_activity()
        Action._trigger_send()
        return actions

    def _plan_links(self):
        """Have Lengow told the numbers of our sale orders, for many orders at once."""
        self.env["lengow.action"].sudo().create(
            [{"order_id": order.id, "kind": "link", "parameters": {}} for order in self]
        )
        self.env["lengow.action"]._trigger_send()

    def _split_by_line(self, rule, parameters, lines):
        """Return the parameters of each action that is to be sent."""
        if not rule.is_per_line or "line" in parameters:
            return [parameters]
        if lines is None:
            lines = self._lines_for(rule)
        further = lines if isinstance(lines, dict) else {line: {} for line in lines}
        if not further:
            return [parameters]
        return [
            _without_blanks({**parameters, **more, "line": line.lengow_line_ref})
            for line, more in further.items()
        ]

    def _lines_for(self, rule):
        """Return the lines that an action is possible for."""
        return self.line_ids.filtered(
            lambda line: (
                line.quantity > 0
                and line.lengow_line_ref
                and (not line.lengow_status or rule.is_allowed_at(line.lengow_status))
            )
        )

    def _find_or_create_action(self, kind, parameters, source):
        Action = self.env["lengow.action"].sudo()  # users ask, they do not write
        known = Action.search(
            [
                ("order_id", "=", self.id),
                ("signature", "=", Action._signature_of(kind, parameters)),
                ("state", "in", OPEN_STATES),
                *((name, "=", id_ or False) for name, id_ in source.items()),
            ],
            limit=1,
        )
        return (
            known
            or Action.create(
                {
                    "order_id": self.id,
                    "kind": kind,
                    "parameters": parameters,
                    **source,
                }
            )
        ).sudo(self.env.su)

    # === CHECKING IT === #

    def _check_arguments(self, rule, parameters):
        """Hold the arguments of one action against the marketplace's definition.

        :param lengow_api.ActionRule rule: of the action
        :param dict parameters: argument name to value
        :raise UserError: naming every argument that is missing, unknown or unfit
        """
        faults = [*rule.check(parameters), *self._line_faults(rule, parameters)]
        if faults:
            raise UserError(
                self.env._(
                    "%(marketplace)s does not take this “%(action)s” for %(order)s. "
                    "%(faults)s",
                    marketplace=self.marketplace_id.name,
                    action=self._action_label(rule.name),
                    order=self.name,
                    faults=" ".join(self._fault_sentence(rule, f) for f in faults),
                )
            )

    def _line_faults(self, rule, parameters):
        """Return what is wrong with a line's number or a quantity of it."""
        ref = parameters.get("line")
        if is_blank(ref) or "line" not in rule.arguments:
            return []
        line = self.line_ids.filtered(lambda line: line.lengow_line_ref == str(ref))
        if not line:
            return [ArgumentFault("line", "no_line", ref)]
        return [
            ArgumentFault(name, "too_many", value)
            for name, value in parameters.items()
            if name in rule.arguments
            and rule.arguments[name].type == "quantity"
            and rule.arguments[name].fault_of(value) is None
            and float(value) > line[0].quantity
        ]

    def _fault_sentence(self, rule, fault):
        argument = rule.arguments.get(fault.argument)
        name = fault.argument
        if fault.reason == "not_listed" and len(argument.choices) <= SHOWN_CHOICES:
            return self.env._(
                "“%(name)s” must be one of: %(choices)s.",
                name=name,
                choices=", ".join(argument.choices),
            )
        sentences = {
            "missing": self.env._("“%s” is missing.", name),
            "unknown": self.env._("“%s” is not known to this marketplace.", name),
            "not_listed": self.env._(
                "“%s” is not one of the values on its list.", name
            ),
            "ill_typed": self.env._(
                "“%(name)s” must be a %(type)s.",
                name=name,
                type=argument and self._type_labels().get(argument.type, argument.type),
            ),
            "not_applicable": self.env._(
                "“%s” does not go with the other values.", name
            ),
            "no_line": self.env._("“%s” is not a line of this order.", name),
            "too_many": self.env._("“%s” is more than was ordered.", name),
        }
        return sentences.get(fault.reason, name)

    def _type_labels(self):
        return {
            "quantity": self.env._("quantity above zero"),
            "price": self.env._("price of zero or more"),
            "date": self.env._("date"),
        }

    def _action_label(self, kind):
        """Return what an action is called here.

        :rtype: str
        """
        known = self.env["lengow.action"]._kind_labels()
        return known.get(kind) or kind.replace("_", " ").capitalize()


def _without_blanks(parameters):
    return {
        name: value for name, value in (parameters or {}).items() if not is_blank(value)
    }
