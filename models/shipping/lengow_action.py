from odoo import models

from ...mapper.shipment import is_told_by_delivery
from ..outbox.lengow_action import TOLD_STATES


class LengowAction(models.Model):
    """What a delivery changes in what it has planned."""

    _inherit = "lengow.action"

    def _is_told(self):
        """Whether the marketplace has the action, or may have it.

        :rtype: bool
        """
        self.ensure_one()
        return self.state in TOLD_STATES

    def _revise(self, parameters):
        """Bring an action that its delivery has planned up to date, if it is not told.

        A failed one is sent again, if that changes anything. What a person entered by
        hand stays.

        :param dict parameters: as the delivery tells them now
        """
        self.ensure_one()
        if not self.picking_id or not self._is_revisable():
            return
        by_hand = {
            name: value
            for name, value in (self.parameters or {}).items()
            if not is_told_by_delivery(name)
        }
        revised = {**by_hand, **parameters}
        # Whoever holds the lock is sending it as it is.
        if revised == self.parameters or not self.try_lock_for_update(
            allow_referencing=True
        ):
            return
        self.parameters = revised
        if self.state == "failed":
            self._mark_todo_again()

    def _is_revisable(self):
        """Whether it certainly has not reached the marketplace."""
        if self.state == "failed":
            return self.error_code != "expired" or not self.sent_at
        return self.state == "todo"

    def _take_back(self, reason):
        """Cancel what has certainly not reached the marketplace, as it is not true now.

        :param str reason: a translated sentence
        """
        unsent = self.filtered(lambda action: action._is_revisable())
        locked = unsent.try_lock_for_update(allow_referencing=True)
        locked._mark_canceled(reason)
        locked.is_taken_back = True
