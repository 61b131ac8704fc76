"""Until when an order is to be accepted or shipped, in the words of a clock."""

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models
from odoo.tools import format_date, format_time

# A deadline of today is not far, and neither is one of tomorrow morning.
NEAR = timedelta(hours=24)


class Deadline(NamedTuple):
    """A deadline of an order, or none."""

    text: str | bool = False
    is_near: bool = False


class LengowDeadline(models.AbstractModel):
    """Says until when something is to be done about an order."""

    _name = "lengow.deadline"
    _description = "Deadlines of Lengow Orders"

    def _of(self, order):
        """Return the deadline that counts for an order as it is now, by its `due_at`.

        :param lengow.order order: one
        :rtype: Deadline
        """
        if not order.due_at:
            return Deadline()
        what = self.env._("Accept") if order.is_to_accept else self.env._("Ship")
        return self._said(order, order.due_at, what)

    def _said(self, order, moment, what):
        now = fields.Datetime.now()
        local = fields.Datetime.context_timestamp(order, moment)
        today = fields.Datetime.context_timestamp(order, now).date()
        days = (local.date() - today).days
        values = {
            "what": what,
            "time": format_time(self.env, local.timetz(), time_format="short")
            if local.tzinfo
            else "",
            "date": format_date(self.env, local.date()),
        }
        if moment < now:
            text = self.env._("%(what)s: late since %(date)s, %(time)s", **values)
        elif not days:
            text = self.env._("%(what)s before today, %(time)s", **values)
        elif days == 1:
            text = self.env._("%(what)s before tomorrow, %(time)s", **values)
        else:
            text = self.env._("%(what)s before %(date)s, %(time)s", **values)
        return Deadline(text, moment < now + NEAR)
