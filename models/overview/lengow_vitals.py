"""How an account does, for its administrator: each scheduled action, and what waits.

    lengow.run ──► when each has last succeeded
    what is due ─► how much of it waits, and since when

Nothing is stored; every number is found by an index.
"""

from datetime import timedelta
from typing import NamedTuple

from odoo import fields, models

from odoo.addons.base.models.ir_cron import _intervalTypes

from ..outbox.lengow_action import UNSENT_STATES

# What runs rarely is not late before the next one is.
SHORTEST_PATIENCE = timedelta(hours=1)
# So long something may wait that somebody has asked for, until it looks as if nothing
# ran: other work may have its turn first.
PATIENCE = timedelta(minutes=15)
# What does nothing for an account in test mode.
NOT_IN_TEST_MODE = ("check_days", "follow_actions", "send_actions")


class Backlog(NamedTuple):
    """What waits for a scheduled action."""

    model: str
    domain: list
    since: str
    """The field that says since when."""
    account: str = "account_id"


# By the kind of the runs that work it off.
BACKLOGS = {
    "process_orders": Backlog(
        "lengow.order", [("import_state", "=", "ready")], "write_date"
    ),
    "auto_accept": Backlog(
        "lengow.order",
        [
            ("is_to_accept", "=", True),
            ("auto_accept_examined", "=", False),
            ("import_state", "!=", "ignored"),
            ("marketplace_id.auto_accept", "=", True),
        ],
        "write_date",
    ),
    "send_actions": Backlog(
        "lengow.action", [("state", "in", UNSENT_STATES)], "planned_at"
    ),
    "follow_actions": Backlog("lengow.action", [("state", "=", "accepted")], "sent_at"),
    "fetch_documents": Backlog(
        "lengow.document",
        [("state", "in", ("todo", "failed")), ("next_try_at", "!=", False)],
        "create_date",
        "order_id.account_id",
    ),
}


class LengowVitals(models.AbstractModel):
    """Says how the scheduled actions of accounts do."""

    _name = "lengow.vitals"
    _description = "Vital Signs of Lengow Accounts"

    def _of(self, account):
        """Return what the administrator's page shows of an account.

        :param lengow.account account: one, which the user sees
        :return: a row for each scheduled action, in the order of the data's way
        :rtype: dict
        """
        account_sudo = account.sudo()  # how many there are, and none of them
        last = self._last_successes(account_sudo)
        labels = self.env["lengow.run"]._fields["kind"]._description_selection(self.env)
        return {
            "crons": [
                row
                for kind, label in labels
                if (row := self._row(account_sudo, kind, label, last.get(kind)))
            ],
            "calls_left": self.env["lengow.limiter"]._left(account_sudo),
            "calls_allowed": account_sudo._allowed_calls(),
        }

    def _row(self, account, kind, label, last):
        """Return what is shown of a scheduled action of an account, None without it."""
        cron = self._find_cron(kind)
        if not cron:
            return None
        count, since = self._waiting(account, kind)
        tell = self.env["lengow.overview"]._tell_time
        return {
            "kind": kind,
            "label": label,
            "last": last and tell(last),
            "is_late": self._is_late(account, kind, cron, last),
            "is_off": not cron.active,
            "waiting": count,
            "since": since and tell(since),
        }

    def _find_cron(self, kind):
        """Return the scheduled action of a kind of runs, in system mode.

        :rtype: ir.cron
        """
        cron = self.env.ref(f"lengow_connector.cron_{kind}", raise_if_not_found=False)
        return (cron or self.env["ir.cron"]).sudo()

    def _tell_standstill(self, kind, since):
        """Say that a scheduled action does not do what somebody waits for, if so.

        :param str kind: of its runs
        :param datetime since: when it was to begin at once
        :rtype: str | bool
        """
        cron = self._find_cron(kind)
        labels = self.env["lengow.run"]._fields["kind"]._description_selection(self.env)
        name = dict(labels)[kind]
        if not cron.active:
            return self.env._(
                "Nothing is done: the scheduled action “%(name)s” is switched off. Ask "
                "your administrator to switch it on; it goes on by itself then. The "
                "page Health shows it as “%(label)s”.",
                name=cron.name or name,
                label=name,
            )
        since = max(filter(None, (since, cron.lastcall)))
        if since + PATIENCE >= fields.Datetime.now():
            return False
        return self.env._(
            "Nothing was done since %(time)s: the scheduled action “%(name)s” does not "
            "run. Ask your administrator whether the server runs scheduled actions. "
            "The page Health shows it as “%(label)s”.",
            time=self.env["lengow.overview"]._tell_time(since),
            name=cron.name,
            label=name,
        )

    def _is_late(self, account, kind, cron, last):
        """Whether a scheduled action has not succeeded for longer than it should."""
        if account.state == "draft" or account.paused_since or not account.active:
            return False
        if account.test_mode and kind in NOT_IN_TEST_MODE:
            return False
        begun = last or cron.lastcall or account.connected_at or account.create_date
        begun = max(begun, account.live_since or begun)
        rhythm = _intervalTypes[cron.interval_type](cron.interval_number)
        now = fields.Datetime.now()
        return begun + 2 * rhythm < now and begun + SHORTEST_PATIENCE < now

    def _last_successes(self, account):
        """Return when the scheduled actions of an account have last done their work.

        :rtype: dict[str, datetime]
        """
        rows = self.env["lengow.run"].sudo()
        return dict(
            rows._read_group(
                [
                    ("account_id", "=", account.id),
                    ("user_id", "=", False),
                    ("outcome", "!=", "failed"),
                ],
                ["kind"],
                ["ended_at:max"],
            )
        )

    def _waiting(self, account, kind):
        """Return how much waits for a scheduled action, and since when.

        :rtype: tuple[int, datetime | None]
        """
        backlog = BACKLOGS.get(kind)
        if not backlog:
            return 0, None
        domain = [*backlog.domain, (backlog.account, "=", account.id)]
        [(count, since)] = (
            self.env[backlog.model]
            .sudo()
            ._read_group(domain, [], ["__count", f"{backlog.since}:min"])
        )
        return count, since or None
