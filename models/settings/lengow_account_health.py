"""How the calls of an account go.

called ──► it worked ──► connected, no pause
   ▲          │
   │          └─ trouble ──► error, and a pause: Lengow's wish, or ever longer
   └──────────────────────────── the pause is over ◄────┘
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_datetime

from ..errors import FOR_PEOPLE, words_of
from .lengow_limiter import SHARE

# What of its account and marketplace may keep an action from being sent.
SILENCING = (
    "account_id.state",
    "account_id.test_mode",
    "account_id.active",
    "account_id.paused_until",
    "account_id.paused_since",
    "marketplace_id.active",
)
NO_TROUBLE = {
    "error_code": False,
    "error_message": False,
    "paused_until": False,
    "failing_since": False,
}
# Trouble that the next call would meet as well.
PAUSING_ERRORS = (
    "authentication",
    "connection_lost",
    "rate_limited",
    "server_error",
    "timeout",
    "unreachable",
)
# What goes on at once when somebody ends a pause.
CALLING_CRONS = (
    "cron_fetch_orders",
    "cron_send_actions",
    "cron_follow_actions",
    "cron_fetch_documents",
)
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(minutes=15)


class LengowAccountHealth(models.AbstractModel):
    """The health of an account: its last error, its pause, and what follows of them."""

    _name = "lengow.account.health"
    _description = "Health of a Lengow Account"

    error_code = fields.Char(readonly=True, copy=False)
    error_message = fields.Text(readonly=True, copy=False)
    paused_until = fields.Datetime(
        readonly=True,
        copy=False,
        help="Until then no scheduled action calls Lengow, which asked for a pause or "
        "has trouble.",
    )
    failing_since = fields.Datetime(readonly=True, copy=False)

    # By a person; it lasts until a person ends it, whatever Lengow answers.
    paused_since = fields.Datetime(readonly=True, copy=False)
    paused_by_id = fields.Many2one(
        "res.users", readonly=True, copy=False, ondelete="set null"
    )
    pause_reason = fields.Char(readonly=True, copy=False)
    pause_label = fields.Char(compute="_compute_pause_label")
    standing = fields.Selection(
        [
            ("draft", "Not connected"),
            ("connected", "Connected"),
            ("error", "Error"),
            ("paused", "Paused"),
            ("archived", "Archived"),
        ],
        compute="_compute_standing",
        help="What it does now: the state of its connection, unless it rests.",
    )

    live_since = fields.Datetime(
        readonly=True,
        copy=False,
        help="When it was last connected or resumed: it stands still for no longer.",
    )

    calls_per_minute = fields.Integer(
        default=450,
        help="More calls a minute are not made for this account, over all servers and "
        "workers: those beyond wait. Lengow usually allows 500. 0: as many as Lengow "
        "takes.",
    )
    lengow_calls_per_minute = fields.Integer(
        readonly=True,
        copy=False,
        help="What Lengow itself says that it allows; 0 where it sets no limit.",
    )

    _calls_per_minute_range = models.Constraint(
        "CHECK(calls_per_minute = 0 OR calls_per_minute BETWEEN 10 AND 100000)",
        "Allow at least 10 calls a minute. Enter 0 for as many as Lengow takes.",
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "paused_since", "active")
    def _compute_standing(self):
        for account in self:
            if not account.active:
                account.standing = "archived"
            elif account.paused_since and account.state != "draft":
                account.standing = "paused"
            else:
                account.standing = account.state

    @api.depends("paused_since", "paused_by_id", "pause_reason")
    @api.depends_context("tz", "lang")
    def _compute_pause_label(self):
        for account in self:
            if not account.paused_since:
                account.pause_label = False
                continue
            sentence = account.env._(
                "Paused by %(user)s since %(date)s: nothing is fetched or sent.",
                user=account.sudo().paused_by_id.name or account.env._("somebody"),
                date=format_datetime(
                    account.env, account.paused_since, dt_format="short"
                ),
            )
            account.pause_label = " ".join(
                filter(None, (sentence, account.pause_reason))
            )

    # === STATE TRANSITIONS === #

    def _mark_connected(self, is_tested=False):
        """Note that a call worked, which heals an earlier error.

        :param bool is_tested: whether it has tested the keys, which alone connects
        """
        self.ensure_one()
        if self.state == "draft" and not is_tested:
            return  # somebody has disconnected it while the call was under way
        if self._has_unreadable_orders():
            return  # the next reading tells whether they still are
        if self.state != "connected" or self.error_message or self.paused_until:
            is_new = self.state == "draft"
            news = {"live_since": fields.Datetime.now()} if is_new else {}
            self.sudo().write({"state": "connected", **NO_TROUBLE, **news})

    def _mark_error(self, error, is_tested=False):
        """Keep what went wrong, and what to do, on the account.

        :param LengowError error: what the client raised
        :param bool is_tested: as of :meth:`_mark_connected`
        """
        self.ensure_one()
        self._mark_failed(error.code, self._describe_error(error), is_tested)
        is_lasting = error.retry_after or error.code in PAUSING_ERRORS
        if is_lasting and self.state == "error":
            self._pause(error.retry_after)

    def _pause(self, wished_seconds=None):
        """Ask nothing of Lengow for a while, in this run and in those of all workers.

        :param float wished_seconds: what Lengow asks for; else as long as the trouble
            lasts already, within bounds
        """
        now = fields.Datetime.now()
        since = self.failing_since or now
        length = min(max(now - since, SHORTEST_PAUSE), LONGEST_PAUSE)
        if wished_seconds:
            length = timedelta(seconds=wished_seconds)
        until = now + length
        self.sudo().write({"paused_until": until, "failing_since": since})
        for cron in ("cron_send_actions", "cron_fetch_orders"):
            self.env.ref(f"lengow_connector.{cron}").sudo()._trigger(until)

    def _mark_paused(self, reason):
        """Ask nothing of Lengow by schedule until a person resumes it.

        :param str reason: why, maybe empty
        """
        paused = self.filtered(lambda account: not account.paused_since)
        paused.sudo().write(
            {
                "paused_since": fields.Datetime.now(),
                "paused_by_id": self.env.uid,
                "pause_reason": reason or False,
            }
        )
        for account in paused:
            account._message_log(
                body=" ".join(
                    filter(
                        None,
                        (self.env._("Paused by %s.", self.env.user.name), reason),
                    )
                )
            )

    def _mark_resumed(self):
        """Let the scheduled actions go on at once with what waited meanwhile."""
        paused = self.filtered("paused_since")
        for account in paused:
            account._message_log(body=self.env._("Resumed by %s.", self.env.user.name))
        paused.sudo().write(
            {
                "paused_since": False,
                "paused_by_id": False,
                "pause_reason": False,
                "live_since": fields.Datetime.now(),
            }
        )
        if paused:
            for cron in CALLING_CRONS:
                self.env.ref(f"lengow_connector.{cron}").sudo()._trigger()

    def _resume(self):
        """End a pause, since a person asks for another try at once."""
        paused = self.sudo().filtered("paused_until")
        if paused:
            paused.paused_until = False

    def _mark_refused(self, code, message):
        """Keep why keys that Lengow accepts are not to be used, and use them no more.

        :param str code: of the refusal
        :param str message: for people
        """
        self.sudo().write(
            {
                **NO_TROUBLE,
                "state": "draft",
                "error_code": code,
                "error_message": message,
            }
        )

    def _mark_unexpected(self, error):
        """Keep on the account that something else than Lengow failed.

        :param Exception error: its words where it was written for people, else only its
            kind, since its text may hold anything
        """
        if isinstance(error, FOR_PEOPLE):
            self._mark_failed("unexpected", words_of(error))
            return
        message = self.env._(
            "The synchronization failed unexpectedly (%s). The next run tries again; "
            "if it stays, give your administrator the server log of this moment.",
            type(error).__name__,
        )
        self._mark_failed("unexpected", message)

    def _mark_failed(self, code, message, is_tested=False):
        if self.state == "draft" and not is_tested:
            return  # whoever has disconnected it meanwhile has no trouble any more
        self.sudo().write(
            {"state": "error", "error_code": code, "error_message": message}
        )

    def _note_call(self, error=None):
        """Show on the account how the last call went, if nobody else is at it.

        To be called first in a transaction: the row may have been changed by the
        synchronization while a call was under way.

        :param LengowError error: what went wrong, None if nothing did
        """
        self.ensure_one()
        if error is None and self.state == "connected" and not self.error_message:
            return
        if not self.try_lock_for_update(allow_referencing=True):
            return
        if error is None:
            self._mark_connected()
        else:
            self._mark_error(error)

    # === HELPERS === #

    def _has_unreadable_orders(self):
        """Whether its trouble is with some orders, and not with calls to Lengow."""
        return self.state == "connected" and self.error_code == "payload"

    def _synced_or_live(self):
        """Return since when nothing was synchronized, though it was to be.

        :return: False for what was never connected
        :rtype: datetime | bool
        """
        last = self.last_sync_at or self.connected_at
        return max(filter(None, (last, self.live_since)), default=False)

    def _allowed_calls(self):
        """Return how many calls a minute may be made, 0 for as many as Lengow takes.

        :rtype: int
        """
        self.ensure_one()
        told = self.lengow_calls_per_minute
        limits = [self.calls_per_minute, int(told * SHARE) or (1 if told else 0)]
        return min(filter(None, limits), default=0)

    def _describe_error(self, error):
        """Return a sentence that says what failed, where, and what to do next.

        :param LengowError error: what the client raised
        :rtype: str
        """
        return self.env["lengow.connection"]._describe(self, error)
