"""The outbox: what marketplaces are to be told, planned once and kept until it is sent.

Nothing is sent here: `lengow.sender` does that after the transaction.
"""

import logging

from odoo import models
from odoo.exceptions import UserError

from ..errors import FOR_PEOPLE, is_collision, words_of
from .apart import shows
from .kinds import (
    ACTIVITIES,
    CANCEL_KINDS,
    DECISION_KINDS,
    OWN_KINDS,
    PICKUP_KINDS,
    signature_of,
)
from .ledger import Ledger, counts
from .lengow_action import OPEN_STATES, UNSENT_STATES

_logger = logging.getLogger(__name__)

FAILED_ACTIVITY = "lengow_connector.mail_activity_type_action_failed"


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
        :param list vals_list: the parameters of each action, as :meth:`_as_told`
        :param stock.picking picking: the delivery that is reported
        :param account.move move: the credit note that is reported
        :return: the actions, new or known
        :rtype: lengow.action
        """
        Action = order.env["lengow.action"]
        actions = Action
        for values in vals_list:
            actions |= self._find_or_create(order, kind, values, picking, move)
        Action._trigger_send()
        return actions

    def _as_told(self, order, kind, values):
        """Return the arguments of an action as other modules want them told.

        Once, before anything is held against what was told: else an action would look
        changed, or new, whenever somebody looks again.

        :param lengow.order order: one
        :param str kind: Lengow's name of the action
        :param dict values: held against its rule
        :rtype: dict
        :raise UserError: with the words of another module, or saying that it failed
        """
        try:
            hooks = self.env["lengow.hooks"]
            return dict(hooks._prepare_action_values(order, kind, dict(values)))
        except FOR_PEOPLE as error:
            raise UserError(words_of(error)) from error
        except Exception as error:
            if is_collision(error):
                raise
            # Whatever another module raises stops nobody's work, and is not sent.
            _logger.exception("%s of order %s is not planned", kind, order.id)
            sentence = self.env["lengow.sender"]._failure_sentence(error)
            raise UserError(sentence) from error

    def _plan_links(self, orders):
        """Have Lengow told the numbers of our sale orders, for many orders at once.

        :param lengow.order orders: that are imported
        """
        self._create(
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
        :return: the action, or the one that there is for this document: a marketplace
            gets a document once, however often it is posted
        :rtype: lengow.action
        """
        Action = self.env["lengow.action"].sudo()  # who invoices need not be our user
        known = Action.search(
            [("move_id", "=", move.id), ("kind", "=", "invoice")]
        ).filtered(lambda a: a.state != "canceled" or a._is_said_done())[:1]
        if known.state == "failed" and known.error_code != "expired":
            known._mark_todo_again()  # the marketplace does not have it
        if known.state == "withheld" and not order.marketplace_id._reason_to_withhold():
            known = Action  # now it is meant in earnest
        action = known or self._create(
            [
                {
                    "order_id": order.id,
                    "kind": "invoice",
                    "move_id": move.id,
                    "parameters": {"document_number": move.name},
                }
            ]
        )
        Action._trigger_send()
        return action

    def _check_left(self, order, kind, parameters, picking=None):
        """Refuse what exceeds what is left of an order.

        To decide the same again does no harm; to ship, cancel or refund it would.

        :raise UserError: saying what is under way
        """
        fault = Ledger(order, picking=picking).fault(kind, parameters)
        is_harmless = kind in (*DECISION_KINDS, *PICKUP_KINDS) and self._find_known(
            order, kind, parameters
        )
        if fault and not is_harmless:
            raise UserError(fault)

    def _find_or_create(self, order, kind, parameters, picking, move):
        known = self._find_known(order, kind, parameters, picking, move)
        ledger = Ledger(order, picking=picking)
        if known and not ledger.allows_repetition(kind, parameters):
            return known.sudo(order.env.su)
        values = {
            "order_id": order.id,
            "kind": kind,
            "parameters": parameters,
            # The same for another document is another action.
            "picking_id": picking and picking.id,
            "move_id": move and move.id,
            "line_quantity": self._sold_quantity(order, kind, parameters),
        }
        return self._create([values]).sudo(order.env.su)

    def _find_known(self, order, kind, parameters, picking=None, move=None):
        """Return an open action that asks for the same thing; maybe none.

        :rtype: lengow.action
        """
        return (
            self.env["lengow.action"]
            .sudo()
            .search(
                [
                    ("order_id", "=", order.id),
                    ("signature", "=", signature_of(kind, parameters)),
                    ("state", "in", OPEN_STATES),
                    ("picking_id", "=", picking.id if picking else False),
                    ("move_id", "=", move.id if move else False),
                ],
                limit=1,
            )
        )

    def _create(self, vals_list):
        """Create actions; those that nobody means in earnest are closed at once.

        :rtype: lengow.action
        """
        actions = self.env["lengow.action"].sudo().create(vals_list)
        for marketplace, group in actions.grouped("marketplace_id").items():
            if reason := marketplace._reason_to_withhold():
                group._mark_withheld(reason)
        return actions

    # === WHEN NOTHING IS TO BE SENT === #

    def _withhold(self, owner, reason):
        """Close what is still to be sent; what may have gone is a person's to judge.

        :param Model owner: an account, or a marketplace
        :param str reason: a translated sentence
        :return: how many will not be sent
        :rtype: int
        """
        field = "account_id" if owner._name == "lengow.account" else "marketplace_id"
        unsent = (
            self.env["lengow.action"]
            .sudo()
            .search([(field, "=", owner.id), ("state", "in", UNSENT_STATES)])
        )
        waiting = unsent.filtered(lambda action: action.state == "todo")
        never_sent = waiting.filtered(lambda action: not action.sent_at)
        never_sent._mark_withheld(reason)
        (unsent - never_sent)._mark_failed(
            "expired",
            self.env._(
                "Nobody knows whether the marketplace got this. Look there whether it "
                "was done: if so dismiss this, if not send it again."
            ),
        )
        return len(never_sent)

    def _sold_quantity(self, order, kind, parameters):
        """Return how many pieces of its line are sold when a cancellation is asked."""
        if kind not in CANCEL_KINDS or not parameters.get("line"):
            return 0.0
        lines = order.sudo().line_ids.filtered(
            lambda line: line.lengow_line_ref == parameters["line"]
        )
        return sum(
            sold._lengow_share(sold.product_uom_qty) for sold in lines.sale_line_id
        )

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
            lambda action: shows(action.order_id, action)
        ).try_lock_for_update(allow_referencing=True):
            action._mark_canceled(
                self.env._("No longer needed: the marketplace shows it done.")
            )
        for kind in ("cancel", "refund"):
            settled = orders.filtered(lambda o, k=kind: k in o._actions_behind())
            if settled:
                settled._dismiss_calls([ACTIVITIES[kind]])

    def _find_successors(self, action, failed=False):
        """Return what was asked for in place of an action that is not done.

        :param lengow.action action: failed, or dismissed
        :param bool failed: whether those count that have failed, too
        :return: newer actions that ask for the same, for the same document
        :rtype: lengow.action
        """
        return action.order_id.action_ids.filtered(
            lambda other: (
                other.id > action.id
                and other.kind == action.kind
                and other.picking_id == action.picking_id
                and other.move_id == action.move_id
                and (other.signature == action.signature or other.kind in OWN_KINDS)
                and (counts(other) or (failed and other.state == "failed"))
            )
        )

    # === WHEN ONE HAS FAILED === #

    def _call_to_failed(self, actions):
        """Put a failure on the to-do list of whoever asked for the action.

        :param lengow.action actions: that have failed
        """
        for action in actions:
            order = action.order_id.sudo()
            if order.activity_search([FAILED_ACTIVITY]):
                continue  # one is enough to make somebody look at the order
            # The system itself is no active user.
            asked_by = action.create_uid.filtered(lambda user: user.active)
            order._call_person(
                FAILED_ACTIVITY,
                self.env._("%s failed", action.kind_label),
                action.error_message or "",
                user=asked_by or None,  # else the responsible
                by_mail=True,
            )

    def _dismiss_calls_to(self, actions):
        """Take the call for somebody back where no other action has failed.

        :param lengow.action actions: whose failure matters no more
        """
        orders = actions.order_id.filtered(
            lambda order: (
                not (order.action_ids - actions).filtered(
                    lambda action: action.state == "failed"
                )
            )
        )
        orders._dismiss_calls([FAILED_ACTIVITY])
