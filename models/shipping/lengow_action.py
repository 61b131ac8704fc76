from odoo import api, fields, models

from ...mapper.shipment import is_told_by_delivery
from ..errors import FOR_PEOPLE
from ..outbox.lengow_action import TOLD_STATES


class LengowAction(models.Model):
    """What a delivery changes in what it has planned."""

    _inherit = "lengow.action"

    tracking_number = fields.Char(
        compute="_compute_tracking_number",
        store=True,
        index="trigram",
        help="What was sent to the marketplace, so that a parcel finds its order.",
    )

    # === COMPUTE METHODS === #

    @api.depends("parameters")
    def _compute_tracking_number(self):
        for action in self:
            number = (action.parameters or {}).get("tracking_number")
            action.tracking_number = number and str(number)

    # === WHAT A DELIVERY CHANGES === #

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
        revised = {**self._entered_by_hand(), **parameters}
        # Whoever holds the lock is sending it as it is.
        if revised == self.parameters or not self.try_lock_for_update(
            allow_referencing=True
        ):
            return
        self.write({"parameters": revised, "is_corrected": False})
        if self.state == "failed":
            self._mark_todo_again()

    def _has_number(self, number):
        """Whether this tells a parcel's number, maybe as another module wants it told.

        :param str number: as it stands on the delivery
        :rtype: bool
        """
        parameters = self.parameters or {}
        told = parameters.get("tracking_number")
        if told == number or not (told and number):
            return told == number
        values = {**parameters, "tracking_number": number}
        outbox = self.env["lengow.outbox"]
        try:
            changed = outbox._as_told(self.order_id, self.kind, values)
        except FOR_PEOPLE:
            return False  # said where it is to be told
        return changed.get("tracking_number") == told

    def _entered_by_hand(self):
        """Return the arguments that no delivery tells."""
        return {
            name: value
            for name, value in (self.parameters or {}).items()
            if not is_told_by_delivery(name)
        }
