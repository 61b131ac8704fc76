"""Errors for people: an activity per order, one mail per run, nothing twice.

    _mark_error() ──► the error is new ──► end of the run: activity, digest mail
         │                                            │
         └─ the same as reported before: silent       └─► the order leaves the error:
                                                          end of the run: activity closed
"""

import hashlib

from markupsafe import Markup

from odoo import api, fields, models

ERROR_ACTIVITY = "lengow_connector.mail_activity_type_to_fix"


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    is_error_new = fields.Boolean(
        readonly=True, copy=False, help="The responsible has not been told about it yet."
    )
    reported_error = fields.Char(
        readonly=True,
        copy=False,
        help="What was reported last, so that the same error is never reported twice.",
    )

    _new_error_idx = models.Index("(account_id) WHERE is_error_new")
    _reported_error_idx = models.Index("(import_state) WHERE reported_error IS NOT NULL")

    # === STATE TRANSITIONS === #

    def _mark_error(self, problem):
        """Override to notice whether this error was reported before."""
        super()._mark_error(problem)
        for order in self:
            order.is_error_new = order.reported_error != order._error_key()

    # === BUSINESS METHODS === #

    @api.model
    def _settle_errors(self):
        """Report the errors that are new and close what was reported and is mended.

        For the end of a run. Orders that another worker holds are left to its own run.
        """
        Order = self.sudo()
        Order._close_mended_errors()
        found = Order.search(
            [("is_error_new", "=", True), ("import_state", "=", "error")],
            order="account_id, order_date, id",
        )
        locked = found.try_lock_for_update(allow_referencing=True)
        new = locked.filtered(lambda o: o.is_error_new and o.import_state == "error")
        if not new:
            return
        new._schedule_error_activities()
        for account, orders in new.grouped("account_id").items():
            account._mail_error_digest(orders)
        for order in new:
            order.reported_error = order._error_key()
        new.is_error_new = False

    @api.model
    def _close_mended_errors(self):
        """Close the activities of orders that are not in error any more.

        An order that is about to be tried again keeps its activity until that is done.
        """
        mended = self.search(
            [
                ("import_state", "not in", ("error", "ready")),
                "|",
                ("reported_error", "!=", False),
                ("is_error_new", "=", True),
            ]
        ).try_lock_for_update(allow_referencing=True)
        if mended:
            mended._close_error_activities()
            mended.write({"reported_error": False, "is_error_new": False})

    def _error_key(self):
        """Return what tells one error from another without quoting it."""
        message = self.error_message or ""
        return f"{self.error_code}:{hashlib.sha256(message.encode()).hexdigest()[:16]}"

    def _close_error_activities(self):
        self.activity_unlink([ERROR_ACTIVITY])

    def _schedule_error_activities(self):
        """Give each order's error to the account's responsible, all in one go."""
        self._close_error_activities()
        activity_type = self.env.ref(ERROR_ACTIVITY)
        labels = dict(self._fields["error_code"]._description_selection(self.env))
        model_id = self.env["ir.model"]._get_id(self._name)
        today = fields.Date.context_today(self)
        # The digest tells the responsible: a mail for each activity would be too much.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "activity_type_id": activity_type.id,
                    "automated": True,
                    "summary": labels[order.error_code],
                    "note": Markup("<p>%s</p>") % order.error_message,
                    "date_deadline": today,
                    "res_model_id": model_id,
                    "res_id": order.id,
                    "user_id": order.account_id._get_responsible().id,
                }
                for order in self
            ]
        )
