"""What becomes of the counts of a run: a row for each account, at its end."""

import logging
import time

from odoo import fields, models

from ..errors import contained
from .tally import COUNTS, Tally

_logger = logging.getLogger(__name__)

# What calls Lengow: the trouble that an account has then is that of the run.
CALLING = (
    "fetch_orders",
    "sync_marketplaces",
    "send_actions",
    "follow_actions",
    "fetch_documents",
    "check_days",
)


class LengowRecorder(models.AbstractModel):
    """Keeps what was done for accounts, and by whom."""

    _name = "lengow.recorder"
    _description = "Record of Lengow Runs"

    def _record(self, kind, accounts, tally, is_whole):
        """Keep what a run of a scheduled action has done.

        :param str kind: of the run
        :param lengow.account accounts: whose records it has taken through
        :param Tally tally: what came of it
        :param bool is_whole: whether it has looked at everything that was due, so that
            the other accounts had nothing to do
        """
        accounts = accounts.sudo().exists()
        rows = {account: self._row(kind, account, tally) for account in accounts}
        if is_whole:
            rows |= self._idle_rows(kind, accounts, tally)
        self._keep(kind, rows)

    def _record_idle(self, kind, busy):
        """Keep that all accounts but some had nothing to do.

        :param str kind: of the run
        :param lengow.account busy: that had
        """
        self._keep(kind, self._idle_rows(kind, busy, Tally()))

    def _keep(self, kind, rows):
        """Keep what runs have done; one that repeats the last one is added to that.

        :param str kind: of the runs
        :param dict rows: values by account
        """
        Run = self.env["lengow.run"].sudo()
        last = {account: self._last_of(Run, kind, account) for account in rows}
        # Whoever holds one is recording the same just now.
        free = Run.union(*last.values()).try_lock_for_update()
        to_create = []
        for account, values in rows.items():
            run = last[account]
            if not run or not self._repeats(run, values):
                to_create.append({**values, "account_id": account.id, "kind": kind})
            elif run in free:
                run.write(
                    {
                        "ended_at": values["ended_at"],
                        "seconds": values["seconds"],
                        "repeat_count": run.repeat_count + 1,
                    }
                )
        Run.create(to_create)

    def _record_click(self, kind, account, seconds, **counts):
        """Keep what somebody's click has done, in the transaction of the click.

        :param str kind: of the run
        :param lengow.account account: one
        :param float seconds: how long it took
        :param int counts: by the names of :data:`COUNTS`
        """
        account = account.sudo()
        trouble = self._trouble(kind, account)
        self.env["lengow.run"].sudo().create(
            {
                **self._values(counts, seconds, trouble),
                "account_id": account.id,
                "kind": kind,
                "user_id": self.env.uid,
            }
        )

    def _record_tally(self, tally):
        """Keep what a background task has done, whatever keeping it meets.

        :param dict tally: counts and seconds, by kind of run and by account
        """
        for kind, by_account in tally.items():
            for account_id, counts in by_account.items():
                account = self.env["lengow.account"].sudo().browse(int(account_id))
                if not account.exists():
                    continue
                with contained(self.env) as outcome:
                    self._record_click(kind, account, **counts)
                if outcome.error:  # the task is to end all the same
                    _logger.error("A run is not kept", exc_info=outcome.error)

    def _record_imports(self, orders, began):
        """Keep what became of the orders that somebody has imported.

        :param lengow.order orders: that were not imported before
        :param float began: on the clock of `time.monotonic`
        """
        for account, theirs in orders.grouped("account_id").items():
            states = theirs.mapped("import_state")
            self._record_click(
                "process_orders",
                account,
                time.monotonic() - began,
                imported=states.count("imported"),
                failed=states.count("error"),
                ignored=states.count("ignored"),
            )

    # === HELPERS === #

    def _row(self, kind, account, tally):
        trouble = self._trouble(kind, account)
        return self._values(tally.of(account.id), tally.seconds[account.id], trouble)

    def _idle_rows(self, kind, busy, tally):
        idle = self._idle_beside(kind, busy)
        return {account: self._row(kind, account, tally) for account in idle}

    def _trouble(self, kind, account):
        """Return what an account's calls to Lengow met, as far as a run is about it."""
        if kind not in CALLING:
            return False
        if kind != "fetch_orders" and account._has_unreadable_orders():
            return False
        return account.error_message

    def _values(self, counts, seconds, trouble):
        now = fields.Datetime.now()
        outcome = "failed" if trouble else "done" if any(counts.values()) else "idle"
        return {
            **{f"{name}_count": counts.get(name, 0) for name in COUNTS},
            "outcome": outcome,
            "error": trouble or False,
            "started_at": fields.Datetime.subtract(now, seconds=int(seconds)),
            "ended_at": now,
            "seconds": seconds,
        }

    def _last_of(self, Run, kind, account):
        of_kind = [("account_id", "=", account.id), ("kind", "=", kind)]
        return Run.search([*of_kind, ("user_id", "=", False)], order="id desc", limit=1)

    def _repeats(self, run, values):
        """Whether a run says nothing that the one before it has not said."""
        is_quiet = not any(values[f"{name}_count"] for name in COUNTS)
        return (
            is_quiet
            and run.outcome == values["outcome"]
            and (run.error or False) == values["error"]
            and not any(run[f"{name}_count"] for name in COUNTS)
        )

    def _idle_beside(self, kind, accounts):
        """Return the accounts that had nothing to do, as far as anybody could tell."""
        Account = self.env["lengow.account"].sudo()
        if kind in CALLING:
            domain = [*Account._working_domain(), ("state", "=", "connected")]
        else:
            domain = [("state", "!=", "draft"), ("active", "=", True)]
        return Account.search([*domain, ("id", "not in", accounts.ids)])
