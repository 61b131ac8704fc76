"""What a marketplace's own definition says about the actions of an order.

Everything comes from there: which actions there are, in which status, with which
arguments and values. Nothing that is particular to a marketplace is written here.
"""

from odoo import models
from odoo.exceptions import UserError

from ...lengow_api import ACTIONS_BEHIND, IMPORTABLE_STATUSES, ArgumentFault, is_blank
from .lengow_action import OPEN_STATES

# More than that many values are looked up in the wizard, not read in a message.
SHOWN_CHOICES = 12


class LengowOrder(models.Model):
    _inherit = "lengow.order"

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
        """Whether the order is in a status for an action; an empty list binds none."""
        rule = self._find_action_rule(kind)
        return bool(rule) and (
            not rule.statuses or rule.is_allowed_at(self._status_for_rules())
        )

    def _actions_behind(self):
        """Return the actions whose effect the order shows already.

        :rtype: frozenset[str]
        """
        self.ensure_one()
        return ACTIONS_BEHIND.get(self.lengow_status, frozenset())

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
