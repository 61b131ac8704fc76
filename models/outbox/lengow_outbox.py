"""The outbox: what marketplaces are to be told, planned once and kept until it is sent.

Nothing is sent here: `lengow.sender` does that after the transaction.
"""

from odoo import models

from .kinds import ACTIVITIES, CANCEL_KINDS, signature_of
from .lengow_action import OPEN_STATES


class LengowOutbox(models.AbstractModel):
    """Plans actions, and closes those that are needed no more."""

    _name = "lengow.outbox"
    _description = "Lengow Outbox"

    # === PLAN === #

    def _plan(self, order, kind, vals_list, picking=None, move=None):
        """Write into the outbox what is possible and holds the arguments it needs.

        What is asked for already is not asked for twice.

        :param lengow.order order: one
        :param str kind: Lengow's name of the action, or a kind of our own
        :param list vals_list: the parameters of each action, held against its rule
        :param stock.picking picking: the delivery that is reported
        :param account.move move: the credit note that is reported
        :return: the actions, new or known
        :rtype: lengow.action
        """
        Action = order.env["lengow.action"]
        # The same for another document is another action.
        source = {"picking_id": picking and picking.id, "move_id": move and move.id}
        actions = Action
        for values in vals_list:
            actions |= self._find_or_create(order, kind, values, source)
        if kind in ACTIVITIES:
            order._dismiss_calls([ACTIVITIES[kind]])
        Action._trigger_send()
        return actions

    def _plan_links(self, orders):
        """Have Lengow told the numbers of our sale orders, for many orders at once.

        :param lengow.order orders: that are imported
        """
        self.env["lengow.action"].sudo().create(
            [
                {"order_id": order.id, "kind": "link", "parameters": {}}
                for order in orders
            ]
        )
        self.env["lengow.action"]._trigger_send()

    def _plan_invoice(self, order, move):
        """Have our posted invoice or credit note sent to the marketplace.

        The document is made when it is sent: whoever posts need not wait for it.

        :param lengow.order order: one
        :param account.move move: of this order
        :return: the action, or the one that is still to be sent for this document
        :rtype: lengow.action
        """
        Action = self.env["lengow.action"].sudo()  # who invoices need not be our user
        waiting = Action.search(
            [
                ("move_id", "=", move.id),
                ("kind", "=", "invoice"),
                ("state", "=", "todo"),
            ]
        )
        action = waiting or Action.create(
            {
                "order_id": order.id,
                "kind": "invoice",
                "move_id": move.id,
                "parameters": {"document_number": move.name},
            }
        )
        Action._trigger_send()
        return action

    def _find_or_create(self, order, kind, parameters, source):
        Action = order.env["lengow.action"].sudo()  # users ask, they do not write
        known = Action.search(
            [
                ("order_id", "=", order.id),
                ("signature", "=", signature_of(kind, parameters)),
                ("state", "in", OPEN_STATES),
                *((name, "=", id_ or False) for name, id_ in source.items()),
            ],
            limit=1,
        )
        return (
            known
            or Action.create(
                {
                    "order_id": order.id,
                    "kind": kind,
                    "parameters": parameters,
                    "line_quantity": self._sold_quantity(order, kind, parameters),
                    **source,
                }
            )
        ).sudo(order.env.su)

    def _sold_quantity(self, order, kind, parameters):
        """Return how many of its line are sold when a cancellation is asked for."""
        if kind not in CANCEL_KINDS or not parameters.get("line"):
            return 0.0
        lines = order.sudo().line_ids.filtered(
            lambda line: line.lengow_line_ref == parameters["line"]
        )
        return sum(lines.sale_line_id.mapped("product_uom_qty"))

    # === WHEN THE ORDER HAS MOVED ON === #

    def _close_left_behind(self, orders):
        """Close what the orders show done anyway.

        That is what was to be sent or failed, and what a person was called for.

        :param lengow.order orders: that have changed at Lengow
        """
        actions = self.env["lengow.action"].search(
            [("order_id", "in", orders.ids), ("state", "in", ("todo", "failed"))]
        )
        for action in actions.filtered(
            lambda action: action.kind in action.order_id._actions_behind()
        ).try_lock_for_update(allow_referencing=True):
            action._mark_canceled(
                self.env._("No longer needed: the marketplace shows it done.")
            )
        for kind in ("cancel", "refund"):
            settled = orders.filtered(lambda o, k=kind: k in o._actions_behind())
            if settled:
                settled._dismiss_calls([ACTIVITIES[kind]])
