"""Asking a marketplace for something about an order: buttons and the outbox.

Everything comes from the marketplace's own definition: which actions there are, in
which status, with which arguments and values.
"""

from odoo import api, fields, models

from ...lengow_api import is_blank
from .lengow_action import OPEN_STATES


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

    def _close_actions_left_behind(self):
        """Close what was to be sent or failed, and the orders show done anyway."""
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


def _without_blanks(parameters):
    return {
        name: value for name, value in (parameters or {}).items() if not is_blank(value)
    }
