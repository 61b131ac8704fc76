"""Warnings before deadlines of marketplaces pass: one activity for all of an account.

    near and not warned about ──► noted on the order ──► activity on the account
               │                                          counts what is near
               └─ done, asked for, or moved away: forgotten ──► counted anew, or closed

Whoever marks the activity as done is not called again before another order's deadline
is near, or one of them has moved.
"""

from datetime import timedelta
from typing import NamedTuple

from markupsafe import Markup

from odoo import fields, models
from odoo.fields import Domain

from ..inbox.lengow_phase import FORGOTTEN_AFTER
from ..settings.lengow_cron import Work


class Kind(NamedTuple):
    """How people are warned about the deadline of what is to be done."""

    job: str
    """Whose orders have it."""
    warned: str
    """The field that holds the deadline that was warned about."""
    hours: str
    """The setting of the account: how long before."""
    activity: str
    """The XML id of the activity type."""
    path: str
    """Of the list that shows what was warned about."""


KINDS = (
    Kind(
        "to_accept",
        "accept_warned_for",
        "accept_warning_hours",
        "lengow_connector.mail_activity_type_accept_deadline",
        "lengow-orders-accept-soon",
    ),
    Kind(
        "to_ship",
        "ship_warned_for",
        "ship_warning_hours",
        "lengow_connector.mail_activity_type_ship_deadline",
        "lengow-orders-ship-soon",
    ),
)


class LengowDeadlineWarning(models.AbstractModel):
    """Warns whoever is responsible before deadlines pass."""

    _name = "lengow.deadline.warning"
    _description = "Warnings Before Deadlines"

    # === THE LOOP === #

    def _run(self):
        """Warn for every account that is connected, whether or not it has trouble."""
        domain = [
            *self.env["lengow.account"]._connected_domain(),
            ("active", "=", True),
        ]
        work = Work(
            "cron_warn_deadlines",
            self,
            step="_warn_accounts",
            note="_note_failure",
            domain=domain,
        )
        self.env["lengow.cron"]._each(self.env["lengow.account"].search(domain), work)

    def _note_failure(self, account, error):
        """Keep on an account that its deadlines could not be looked at.

        :param lengow.account account: whose step was undone
        :param Exception error: what was raised
        """
        account._mark_unexpected(error)

    def _warn_accounts(self, accounts):
        """Bring the warnings of some accounts in line with what is near.

        :param lengow.account accounts: to look at
        """
        for account in accounts:
            self._age_phases(account)
            for kind in KINDS:
                self._warn(account, kind)

    def _age_phases(self, account):
        """Let orders be work again of which nothing was heard for a day.

        :param lengow.account account: of the orders
        """
        Order = self.env["lengow.order"]
        forgotten = Order.search(
            [
                ("account_id", "=", account.id),
                ("phase", "=", "under_way"),
                ("pending_since", "<", fields.Datetime.now() - FORGOTTEN_AFTER),
            ]
        )
        locked = forgotten.try_lock_for_update(allow_referencing=True)
        self.env.add_to_compute(Order._fields["phase"], locked)

    # === ONE ACCOUNT, ONE KIND === #

    def _warn(self, account, kind):
        """Note what is near and what is no more, and say so.

        :param lengow.account account: one
        :param Kind kind: of the deadline
        """
        near = self._find_near(account, kind)
        self._forget(account, kind, near)
        news = near.filtered(lambda o: o[kind.warned] != o.due_at)
        for moment, orders in news.grouped("due_at").items():
            orders[kind.warned] = moment
        left = account.activity_search([kind.activity], only_automated=False)
        for person, orders in self._by_person(account, near).items():
            # Somebody may have given it to somebody else.
            is_usual = person == account._find_responsible()
            activity = (
                left
                if is_usual
                else left.filtered_domain([("user_id", "=", person.id)])
            )
            left -= activity
            if activity or orders & news:
                self._call(account, kind, orders, activity, person)
        left.unlink()

    def _by_person(self, account, near):
        """Return orders by who is called for them, the account's responsible last.

        :param lengow.order near: of the account, some maybe of other companies
        :rtype: dict[res.users, lengow.order]
        """
        found, usual = {}, account._find_responsible()
        for company, orders in near.grouped("company_id").items():
            person = account._find_responsible(company=company)
            found[person] = near & (found.get(person, near[:0]) | orders)
        return dict(sorted(found.items(), key=lambda item: item[0] == usual))

    def _find_near(self, account, kind):
        """Return the orders whose deadline is near or over, the most urgent first.

        :rtype: lengow.order
        """
        # To track what is noted on them would read them, and keep it.
        Order = self.env["lengow.order"].with_context(mail_notrack=True)
        hours = account[kind.hours]
        if not hours or account.test_mode or account.state == "draft":
            return Order
        until = fields.Datetime.now() + timedelta(hours=hours)
        # Nothing else of them is looked at, however many there are.
        return Order.search_fetch(
            self.env["lengow.overview"]._domain_of([kind.job])
            & Domain("account_id", "=", account.id)
            & Domain("due_at", "<", until),
            ["due_at", "company_id", kind.warned],
            order="due_at, id",
        )

    def _forget(self, account, kind, near):
        """Take back what was noted on orders that are done, or whose time has moved."""
        noted = near.search(
            [("account_id", "=", account.id), (kind.warned, "!=", False)]
        )
        (noted - near)[kind.warned] = False

    def _call(self, account, kind, near, activity, responsible):
        """Say on the account how many orders are near their deadline, and until when.

        :param mail.activity activity: that says so already, maybe none
        :param res.users responsible: who is called
        """
        here = self.with_context(
            tz=responsible.tz or "UTC",
            lang=responsible.lang or account._find_language() or self.env.lang,
        )
        first = near[0].due_at
        local = fields.Datetime.context_timestamp(here, first)
        values = {
            "summary": here._summarize(kind, near),
            "note": Markup("<p><a href='/odoo/%s'>%s</a></p>")
            % (kind.path, here.env._("Show These Orders")),
            "date_deadline": local.date(),
        }
        if activity:
            if activity[0].summary != values["summary"]:
                activity[0].write(values)
            return
        account.with_context(mail_activity_quick_update=True).activity_schedule(
            kind.activity, user_id=responsible.id, **values
        )

    def _summarize(self, kind, near):
        """Return how many orders are near, how many of them late, and what comes next.

        :rtype: str
        """
        now = fields.Datetime.now()
        to_come = [o.due_at for o in near if o.due_at >= now]
        if kind.job == "to_accept":
            summary = self.env._("To accept soon: %s", len(near))
        else:
            summary = self.env._("To ship soon: %s", len(near))
        parts = [summary]
        if late := len(near) - len(to_come):
            parts.append(self.env._("late: %s", late))
        if to_come:
            moment = self.env["lengow.overview"]._tell_time(min(to_come))
            parts.append(self.env._("next by %s", moment))
        return ", ".join(parts)
