"""The transitions between the states of an action, drawn in lengow_action.py."""

from markupsafe import Markup

from odoo import api, fields, models

ACTIVITY = "lengow_connector.mail_activity_type_action_failed"


class LengowAction(models.Model):
    _inherit = "lengow.action"

    # === STATE TRANSITIONS === #

    def _mark_todo_again(self):
        """Give failed actions a new start, as a person asks for."""
        self._drop_activities()
        self.write(
            {
                "state": "todo",
                "planned_at": fields.Datetime.now(),
                "next_try_at": False,
                "closed_at": False,
                "error_code": False,
                "error_message": False,
            }
        )
        self._trigger_send()

    def _mark_sending(self, look_at):
        """Note that the call is about to be made.

        :param datetime look_at: when whoever finds it still so may look what became of
            it
        """
        self.write(
            {
                "state": "sending",
                "sent_at": fields.Datetime.now(),
                "next_try_at": look_at,
                "attempt_count": self.attempt_count + 1,
            }
        )

    def _mark_waiting(self, next_try_at, code=False, message=False):
        """Send it later: nothing arrived."""
        self.write(
            {
                "state": "todo",
                "next_try_at": next_try_at,
                "error_code": code,
                "error_message": message,
            }
        )

    def _mark_not_sent(self, code=False, message=False):
        """Note that nothing has arrived of what was sent, so that it is still to do."""
        self.sent_at = False
        self._mark_waiting(False, code, message)

    def _mark_unknown(self, look_at, code, message):
        """Note that the call may have arrived."""
        self.write(
            {
                "state": "unknown",
                "next_try_at": look_at,
                "error_code": code,
                "error_message": message,
            }
        )

    def _mark_accepted(self, remote):
        """Note that Lengow has the action.

        :param lengow_api.Action remote: as Lengow shows it
        """
        self.write(
            {
                "state": "accepted",
                "remote_ref": remote.id,
                "sent_at": self.sent_at or fields.Datetime.now(),
                "answer": self._answer_of(remote),
                "next_try_at": False,
                "error_code": False,
                "error_message": False,
            }
        )

    def _mark_done(self, answer=None):
        """Note that it happened.

        :param dict answer: what came back
        """
        self._drop_activities()
        self.write(
            {
                "state": "done",
                "answer": answer or self.answer,
                "closed_at": fields.Datetime.now(),
                "next_try_at": False,
                "error_code": False,
                "error_message": False,
            }
        )

    def _mark_failed(self, code, message, answer=None):
        """Note that it will not happen by itself, and call for somebody.

        A remote action that was refused is not this one's any more: a retry makes a new
        one. One that merely took too long may still be the one.

        :param str code: of :class:`lengow_api.LengowError`, or `marketplace` or
            `expired`
        :param str message: a translated sentence, or Lengow's own
        :param dict answer: what came back
        """
        for action in self:
            refused_ref = action.remote_ref if code == "marketplace" else None
            action.write(
                {
                    "state": "failed",
                    "remote_ref": False if refused_ref else action.remote_ref,
                    "seen_refs": [*(action.seen_refs or []), refused_ref]
                    if refused_ref
                    else action.seen_refs,
                    "answer": answer or action.answer,
                    "closed_at": fields.Datetime.now(),
                    "next_try_at": False,
                    "error_code": code,
                    "error_message": message,
                }
            )
        self._call_for_somebody()

    def _mark_canceled(self, reason):
        """Note that it will not be sent, or that its failure matters no more."""
        self._drop_activities()
        self.write(
            {
                "state": "canceled",
                "closed_at": fields.Datetime.now(),
                "next_try_at": False,
                "error_message": reason,
            }
        )

    # === HELPERS === #

    @api.model
    def _answer_of(self, remote):
        """Return what is kept of a remote action; `parameters` has its arguments.

        :rtype: dict
        """
        return {
            "id": remote.id,
            "queued": remote.queued,
            "processed": remote.processed,
            "errors": remote.errors,
            "updated_at": remote.updated_at and remote.updated_at.isoformat(),
        }

    @api.model
    def _trigger_send(self, at=None):
        """Have actions sent after this transaction, or at a moment."""
        self.env.ref("lengow_connector.cron_send_actions").sudo()._trigger(at)

    def _call_for_somebody(self):
        """Put a failure on the to-do list of whoever asked for the action."""
        for action in self:
            order = action.order_id.sudo()
            if order.activity_search([ACTIVITY]):
                continue  # one is enough to make somebody look at the order
            # The system itself is no active user.
            asked_by = action.create_uid.filtered(lambda user: user.active)
            somebody = asked_by or action.account_id.user_id or self.env.user
            order.activity_schedule(
                ACTIVITY,
                summary=self.env._("%s failed", action.kind_label),
                note=Markup("<p>%s</p>") % (action.error_message or ""),
                user_id=somebody.id,
            )

    def _drop_activities(self):
        """Take the call for somebody back where no other action has failed."""
        orders = self.order_id.filtered(
            lambda order: (
                not (order.action_ids - self).filtered(
                    lambda action: action.state == "failed"
                )
            )
        )
        orders.sudo().activity_unlink([ACTIVITY])
