"""Following what Lengow has until the marketplace has answered."""

from datetime import UTC, timedelta

from odoo import fields, models

from ...lengow_api import LengowError
from .kinds import answer_of
from .lengow_sender import EXPIRY, expiry_sentence

# Our clock and Lengow's may differ, and Lengow stamps a change late.
OVERLAP = timedelta(hours=2)
BATCH_SIZE = 100


class LengowFollower(models.AbstractModel):
    """Asks what became of the actions that Lengow has."""

    _name = "lengow.follower"
    _description = "Lengow: Following Actions"

    # === THE LOOP === #

    def _run(self):
        """Ask for every account what became of the actions that Lengow has."""
        accounts = self.env["lengow.account"].search(
            self.env["lengow.account"]._sending_domain()
        )
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(accounts))
        for account in accounts:
            self._follow_account(account)
            if not cron._commit_progress(1):
                break

    def _follow_account(self, account):
        """Follow the actions of one account, committing batch by batch."""
        accepted = self.env["lengow.action"].search(
            [("account_id", "=", account.id), ("state", "=", "accepted")],
            order="sent_at, id",
        )
        late = self.env["lengow.action"].search_count(
            self._late_domain(account), limit=1
        )
        if not (accepted or late):
            return
        cron = self.env["ir.cron"]
        # What comes late is stamped when it comes.
        since = min(accepted.mapped("sent_at"), default=fields.Datetime.now()) - OVERLAP
        cron._commit_progress()
        try:
            with account._get_client() as client:
                for batch in self._read_outcomes(client, since):
                    self._take_outcomes(account, batch)
                    cron._commit_progress()
        except LengowError as error:
            account._note_call(error)
            return
        self._expire(accepted)
        cron._commit_progress()
        account._note_call()

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

    def _late_domain(self, account):
        """Return the domain of what Lengow has, and was too slow for us with.

        :rtype: list
        """
        return [
            "&",
            "&",
            "&",
            ("account_id", "=", account.id),
            ("state", "=", "failed"),
            ("error_code", "=", "expired"),
            ("remote_ref", "!=", False),
        ]

    def _take_outcomes(self, account, remotes):
        """Note the outcomes of those remote actions that are ours.

        :param lengow.account account: of the actions
        :param dict remotes: remote actions by number
        """
        actions = (
            self.env["lengow.action"]
            .search(
                [
                    ("account_id", "=", account.id),
                    ("remote_ref", "in", list(remotes)),
                    "|",
                    ("state", "=", "accepted"),
                    *self._late_domain(account),
                ]
            )
            .try_lock_for_update(allow_referencing=True)
        )
        for action in actions.filtered(
            lambda action: action.state == "accepted" or action.error_code == "expired"
        ):
            self._take_outcome(action, remotes[action.remote_ref])

    def _take_outcome(self, action, remote):
        """Note what the marketplace has answered, if it has.

        :param lengow.action action: that Lengow has
        :param lengow_api.Action remote: as Lengow shows it
        """
        if remote.outcome == "done":
            action._mark_done(answer_of(remote))
            # The order has moved on: its new status is wanted now.
            self.env.ref("lengow_connector.cron_fetch_orders")._trigger()
        elif remote.outcome == "failed":
            action._mark_failed("marketplace", remote.errors, answer_of(remote))

    def _expire(self, actions):
        """Call for a person where the marketplace has not answered for three days.

        An order that has moved to where the action leads is answer enough.

        :param lengow.action actions: that Lengow had when this run began
        """
        late = fields.Datetime.now() - EXPIRY
        locked = actions.exists().try_lock_for_update(allow_referencing=True)
        for action in locked.filtered(
            lambda action: action.state == "accepted" and action.sent_at <= late
        ):
            if action.kind in action.order_id._actions_behind():
                action._mark_done()
            else:
                action._mark_failed("expired", expiry_sentence(action))
