"""Saying what a person has just asked a marketplace for, while it can be undone.

dialog ─► planned ─► held for a moment ─► note on the order, message with “Undo”
"""

from datetime import timedelta

from odoo import fields, models

from ..ui import notification
from .details import line_name
from .kinds import DECISION_KINDS


class LengowAnnouncer(models.AbstractModel):
    """Tells people what they have asked for, holds it back, and takes it back."""

    _name = "lengow.announcer"
    _description = "Lengow: What Was Asked For"

    def _announce(self, actions, after, is_undoable=True):
        """Let a person undo what they have just asked for, and say what it is.

        :param lengow.action actions: that a person has planned
        :param dict after: the action that follows
        :param bool is_undoable: whether nothing has happened yet that cannot be undone
        :return: the action that says it
        :rtype: dict
        """
        fresh = actions.sudo().filtered(lambda a: is_undoable and a._is_fresh())
        # What was asked for before is held back already, and not any longer.
        unheld = fresh.filtered(lambda action: not action.next_try_at)
        for account, held in unheld.grouped("account_id").items():
            self._hold(held, account.undo_seconds)
        self._note(actions, self._sentence)
        seconds = self._seconds_left(fresh)
        is_asked = actions.sudo().filtered(lambda action: action.state != "withheld")
        return {
            "type": "ir.actions.client",
            "tag": "lengow_announce",
            "params": {
                "type": "success" if is_asked else "warning",
                "message": self._sentence(actions),
                "undo_ids": fresh.ids if seconds > 0 else [],
                "seconds": seconds,
                "next": after,
            },
        }

    def _undo(self, actions):
        """Withdraw actions, as far as nobody has tried to send them.

        :param lengow.action actions: maybe none
        :return: the action that says what came of it
        :rtype: dict
        """
        # Somebody has undone some of it already, or it was never meant in earnest.
        actions = actions.filtered(lambda a: a.state not in ("canceled", "withheld"))
        locked = actions.sudo().try_lock_for_update(allow_referencing=True)
        fresh = locked.filtered(lambda action: action._is_fresh())
        reason = self.env._("Undone by %s.", self.env.user.name)
        self._withdraw(fresh, reason)
        self._note(fresh, self._undone_sentence)
        if fresh and fresh == actions.sudo():
            return notification("success", self.env._("Undone: nothing was sent."))
        late = (actions - fresh).mapped("display_name")
        return notification(
            "warning",
            self.env._(
                "Too late to undo %s. Only the marketplace can undo what was sent.",
                ", ".join(late),
            )
            if late
            else self.env._("There is nothing left to undo."),
        )

    def _withdraw(self, actions, reason):
        """Cancel what a person does not want any more.

        Deliveries that need not tell a shipment, because a person had told it, have to
        tell it again.

        :param lengow.action actions: not sent, or failed; in system mode
        :param str reason: a translated sentence
        """
        unsent = actions.filtered(lambda action: action._is_fresh())
        actions._mark_canceled(reason)
        told_by_hand = unsent.filtered(lambda a: a.kind == "ship" and not a.picking_id)
        self.env["lengow.dispatcher"]._forget(told_by_hand)
        self.env["lengow.reporter"]._report(told_by_hand.order_id)

    def _hold(self, actions, seconds):
        """Send actions only after some time.

        :param int seconds: 0 for at once
        """
        if seconds:
            at = fields.Datetime.now() + timedelta(seconds=seconds)
            actions.next_try_at = at
            actions._trigger_send(at)

    def _seconds_left(self, actions):
        """Return for how long any of some actions can be undone.

        :param lengow.action actions: fresh ones
        :rtype: int
        """
        ends = [action.next_try_at for action in actions if action.next_try_at]
        now = fields.Datetime.now()
        return max((int((end - now).total_seconds()) for end in ends), default=0)

    def _note(self, actions, sentence):
        """Keep in the conversation of each order who has asked for what, or undone it.

        :param lengow.action actions: maybe none
        :param sentence: a function that says it of the actions of one order
        """
        actions.order_id.sudo()._message_log_batch(
            bodies={
                order.id: sentence(asked)
                for order, asked in actions.grouped("order_id").items()
            },
            author_id=self.env.user.partner_id.id,
        )
        # What others have open shows it, too.
        self.env["lengow.overview"]._announce()

    def _undone_sentence(self, actions):
        return self.env._("Undone before it was sent: %s.", self._names(actions))

    def _names(self, actions):
        """Return what actions are called, with the lines where these are but a part.

        :param lengow.action actions: of one order or many
        :rtype: str
        """
        names = []
        for label, alike in actions.grouped("kind_label").items():
            lines = alike.order_id.line_ids
            is_part = alike[0].kind in DECISION_KINDS and len(alike) < len(lines)
            # What is decided for a whole order names none of its lines.
            chosen = [*filter(None, map(line_name, alike))] if is_part else []
            if chosen and len(alike.order_id) == 1:
                label = f"{label} ({', '.join(chosen)})"
            names.append(label)
        return ", ".join(names)

    def _sentence(self, actions):
        """Say what was asked for, and that it is not sent where it is not.

        :param lengow.action actions: maybe none
        :rtype: str
        """
        if not actions:
            return self.env._("This is requested already.")
        orders = actions.order_id
        values = {
            "action": self._names(actions),
            "orders": orders.name
            if len(orders) == 1
            else self.env._("%s orders", len(orders)),
        }
        withheld = actions.sudo().filtered(lambda action: action.state == "withheld")
        if withheld:
            reason = withheld[0].error_message
            return self.env._(
                "%(action)s, %(orders)s. %(reason)s", reason=reason, **values
            )
        return self.env._(
            "%(action)s, %(orders)s: on the way to %(marketplaces)s.",
            marketplaces=", ".join(sorted(set(orders.marketplace_id.mapped("name")))),
            **values,
        )
