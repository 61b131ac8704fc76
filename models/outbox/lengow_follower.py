"""Following what Lengow has until the marketplace has answered."""

import time
from datetime import UTC, timedelta

from odoo import fields, models

from ...lengow_api import LengowError
from ..errors import FOR_PEOPLE, words_of
from ..inbox.lengow_fetcher import cron_seconds
from ..settings.claim import claim
from ..settings.lengow_cron import Work
from .apart import shows
from .kinds import answer_of
from .lengow_dismissal import NOT_DISMISSED
from .lengow_sender import EXPIRY, expiry_sentence

# Our clock and Lengow's may differ, and Lengow stamps a change late.
OVERLAP = timedelta(hours=2)
# For so long an answer may come to what somebody has dismissed meanwhile.
LATEST = timedelta(days=30)
BATCH_SIZE = 100


class LengowFollower(models.AbstractModel):
    """Asks what became of the actions that Lengow has."""

    _name = "lengow.follower"
    _description = "Lengow: Following Actions"

    # === THE LOOP === #

    def _run(self):
        """Ask for every account what became of the actions that Lengow has."""
        # Whoever waits longest comes first, so that a busy account delays nobody twice.
        accounts = self.env["lengow.account"].search(
            self.env["lengow.account"]._following_domain(),
            order="last_follow_at NULLS FIRST, name, id",
        )
        self._run_on(accounts)

    def _run_on(self, accounts):
        """Follow the actions of those of some accounts that are due.

        :param lengow.account accounts: that were due when they were found
        """
        deadline = time.monotonic() + cron_seconds()
        work = Work(
            "cron_follow_actions",
            self,
            step="_follow_account",
            note="_note_failure",
            domain=accounts._following_domain(),
            deadline=deadline,
        )
        cron = self.env["lengow.cron"]
        if not cron._each(accounts, work):
            # Odoo would begin anew at once, and never end.
            cron._commit(remaining=0)

    def _follow_account(self, account):
        """Follow the actions of one account, unless another lane is at it.

        :param lengow.account account: one
        """
        with claim(account, "follow_actions") as is_free:
            if is_free:
                self._follow_committing(account)

    def _follow_committing(self, account):
        """Follow the actions of one account, committing batch by batch.

        :param lengow.account account: one
        """
        accepted = self.env["lengow.action"].search(
            [("account_id", "=", account.id), ("state", "=", "accepted")],
            order="sent_at, id",
        )
        if not (accepted or self._find_late(account)):
            return
        account.last_follow_at = fields.Datetime.now()
        cron = self.env["lengow.cron"]
        # What comes late is stamped when it comes.
        since = min(accepted.mapped("sent_at"), default=fields.Datetime.now()) - OVERLAP
        cron._commit()
        try:
            with account._get_client() as client:
                for batch in self._read_outcomes(client, since):
                    self._take_outcomes(account, batch)
        except LengowError as error:
            account._note_call(error)
            return
        self._expire(accepted.exists())
        account._note_call()

    def _note_failure(self, account, error):
        """Keep on an account that something else than Lengow stopped the following.

        :param lengow.account account: whose step was undone
        :param Exception error: what was raised
        """
        account._mark_unexpected(error)

    def _work_on_actions(self, step, *args):
        """Return what is to be done with each of some actions that Lengow has."""
        return Work(
            "cron_follow_actions",
            self,
            step=step,
            note="_note_failed_action",
            domain=["|", ("state", "=", "accepted"), ("error_code", "=", "expired")],
            args=args,
        )

    def _note_failed_action(self, action, error):
        """Call a person to an action whose outcome could not be noted.

        Lengow has it, as one that took too long: its outcome is asked for again.

        :param lengow.action action: whose step was undone
        :param Exception error: what was raised
        """
        action._mark_failed(
            "expired",
            words_of(error)
            if isinstance(error, FOR_PEOPLE)
            else self.env._(
                "Its outcome could not be noted (%s). Look on the marketplace whether "
                "it was done, and give your administrator the server log of this "
                "moment.",
                type(error).__name__,
            ),
        )

    # === BUSINESS METHODS === #

    def _read_outcomes(self, client, since):
        """Yield batches of remote actions that have an outcome, by their number.

        :param LengowClient client: to read with
        :param datetime since: naive, UTC
        """
        batch = {}
        for remote in client.iter_actions(updated_from=since.replace(tzinfo=UTC)):
            if remote.outcome != "waiting":
                batch[remote.id] = remote
            if len(batch) >= BATCH_SIZE:
                yield batch
                batch = {}
        yield batch

    def _find_late(self, account):
        """Return what Lengow has, and was too slow for us with, dismissed or not.

        :rtype: lengow.action
        """
        lately = fields.Datetime.now() - LATEST
        late = [
            ("account_id", "=", account.id),
            ("error_code", "=", "expired"),
            ("remote_ref", "!=", False),
        ]
        # One after the other: each has an index.
        failed = self.env["lengow.action"].search([*late, ("state", "=", "failed")])
        return failed | failed.search([*late, ("dismissed_at", ">", lately)])

    def _take_outcomes(self, account, remotes):
        """Note the outcomes of those remote actions that are ours.

        :param lengow.account account: of the actions
        :param dict remotes: remote actions by number
        """
        actions = self.env["lengow.action"].search(
            [
                ("account_id", "=", account.id),
                ("remote_ref", "in", list(remotes)),
                "|",
                ("state", "=", "accepted"),
                ("id", "in", self._find_late(account).ids),
            ]
        )
        self.env["lengow.cron"]._each_within(
            actions, self._work_on_actions("_take_outcome_among", remotes)
        )

    def _take_outcome_among(self, action, remotes):
        """Note what the marketplace has answered to an action, if it has."""
        self._take_outcome(action, remotes[action.remote_ref])

    def _take_outcome(self, action, remote):
        """Note what the marketplace has answered, if it has.

        :param lengow.action action: that Lengow has
        :param lengow_api.Action remote: as Lengow shows it
        """
        failed = remote.outcome == "failed" and not action.dismissed_at
        self.env["lengow.cron"]._count(
            action.account_id, updated=remote.outcome == "done", failed=failed
        )
        if remote.outcome == "done":
            # Somebody was too quick to dismiss it.
            action.filtered("dismissed_at").write(NOT_DISMISSED)
            action._mark_done(answer_of(remote))
            # The order has moved on: its new status is wanted now.
            self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
        elif failed:
            action._mark_failed("marketplace", remote.errors, answer_of(remote))

    def _expire(self, actions):
        """Call for a person where the marketplace has not answered for three days.

        An order that has moved to where the action leads is answer enough.

        :param lengow.action actions: that Lengow had when this run began
        """
        late = fields.Datetime.now() - EXPIRY
        self.env["lengow.cron"]._each_within(
            actions.filtered(lambda action: action.sent_at <= late),
            self._work_on_actions("_expire_one"),
        )

    def _expire_one(self, action):
        is_done = shows(action.order_id, action)
        self.env["lengow.cron"]._count(
            action.account_id, updated=is_done, failed=not is_done
        )
        if is_done:
            action._mark_done()
        else:
            action._mark_failed("expired", expiry_sentence(action))
