"""Errors for people: an activity per order, one mail per run, nothing twice.

an order is in error ──► it was not reported ──► end of the run: activity, digest mail
       │
       └─► it leaves the error ──► end of the run: activity closed, report forgotten
"""

import hashlib

from odoo import api, fields, models

ERROR_ACTIVITY = "lengow_connector.mail_activity_type_to_fix"


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    is_error_new = fields.Boolean(
        compute="_compute_is_error_new",
        store=True,
        help="The responsible has not been told about this error yet.",
    )
    reported_error = fields.Char(
        readonly=True,
        copy=False,
        help="What was reported last, so that the same error is never reported twice.",
    )

    _new_error_idx = models.Index("(account_id) WHERE is_error_new")
    _reported_error_idx = models.Index(
        "(import_state) WHERE reported_error IS NOT NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "import_state",
        "error_code",
        "error_message",
        "invoice_state",
        "invoice_error",
        "reported_error",
    )
    def _compute_is_error_new(self):
        for order in self:
            key = order._error_key()
            order.is_error_new = bool(key) and key != order.reported_error

    # === BUSINESS METHODS === #

    @api.model
    def _settle_errors(self):
        """Report the errors that are new and close what was reported and is mended.

        For the end of a run. Orders that another worker holds are left to its own run.
        """
        Order = self.sudo()
        Order._close_mended_errors()
        found = Order.search(
            [("is_error_new", "=", True)], order="account_id, order_date, id"
        )
        locked = found.try_lock_for_update(allow_referencing=True)
        new = locked.filtered("is_error_new")
        if not new:
            return
        new._schedule_error_activities()
        for account, orders in new.grouped("account_id").items():
            account._mail_error_digest(orders)
        for order in new:
            order.reported_error = order._error_key()

    @api.model
    def _close_mended_errors(self):
        """Close the activities of orders that are not in error any more.

        An order that is about to be tried again keeps its activity until that is done.
        """
        mended = self.search(
            [
                ("reported_error", "!=", False),
                ("import_state", "not in", ("error", "ready")),
                ("invoice_state", "!=", "error"),
            ]
        ).try_lock_for_update(allow_referencing=True)
        if mended:
            mended._dismiss_calls([ERROR_ACTIVITY])
            mended.reported_error = False

    def _schedule_error_activities(self):
        """Give each order's error to the account's responsible, all in one go."""
        for account, orders in self.grouped("account_id").items():
            # The digest tells the responsible: a mail for each would be too much.
            self._call_people(
                ERROR_ACTIVITY,
                {o: (o._error_label(), o._error_sentence()) for o in orders},
                account._find_responsible(),
            )

    # === HELPERS === #

    def _error_key(self):
        """Return what tells one error from another without quoting it, or False."""
        sentence = self._error_sentence()
        if sentence is False:
            return False
        kind = self.error_code if self.import_state == "error" else "invoice"
        return f"{kind}:{hashlib.sha256(sentence.encode()).hexdigest()[:16]}"

    def _error_sentence(self):
        if self.import_state == "error":
            return self.error_message or ""
        if self.invoice_state == "error":
            return self.invoice_error or ""
        return False

    def _error_label(self):
        """Return the kind of error, which holds no data of the buyer."""
        field = "error_code" if self.import_state == "error" else "invoice_state"
        labels = dict(self._fields[field]._description_selection(self.env))
        return labels.get(self[field], "")
