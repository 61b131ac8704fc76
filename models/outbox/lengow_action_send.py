"""How an action reaches Lengow, once.

An action takes two transactions, with a look before it is sent:

    lock ─► still due? ─► GET: does Lengow have it already? ─► sending ─► COMMIT
    lock ─► still ours? ─► POST ─► accepted, todo, unknown or failed ─► COMMIT

A process that is killed leaves `sending`, and a lost answer `unknown`. The next run
looks such an action up in the same way, and sends it again only once it is certainly
absent.
"""

import logging
from contextlib import ExitStack
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...lengow_api import (
    LengowError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    RequestRefusedError,
)
from .lengow_action import UNSENT_STATES

_logger = logging.getLogger(__name__)

# After this time Lengow has got a call or never will: longer than any time-out of the
# client, and of the proxies between.
SETTLE_TIME = timedelta(minutes=5)
# Until somebody looks for the first time what became of a call without answer.
FIRST_LOOK = timedelta(minutes=1)
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_WISH = timedelta(days=1)
# As Lengow's own plugins: an action that takes longer needs a person.
EXPIRY = timedelta(days=3)
# What would be answered again to the same call. Everything else is trouble with the
# connection, the keys or the load, which the other actions of the account share.
FINAL_ERRORS = (RequestRefusedError, NotFoundError, PayloadError)


class OutgoingCalls:
    """The clients of one run, and the accounts that are left alone for its rest."""

    def __init__(self, stack):
        """Open nothing yet.

        :param ExitStack stack: closes the clients
        """
        self._stack = stack
        self._clients = {}

    def client_of(self, account):
        """Return the client of an account, None if it is to be left alone."""
        if account.id not in self._clients:
            try:
                client = self._stack.enter_context(account._get_client())
            except UserError as error:
                _logger.info("Account %s sends nothing: %s", account.id, error)
                client = None
            self._clients[account.id] = client
        return self._clients[account.id]

    def pause(self, account):
        """Leave an account alone for the rest of this run."""
        self._clients[account.id] = None


class LengowAction(models.Model):
    _inherit = "lengow.action"

    # === CRON METHODS === #

    @api.model
    def _cron_send_actions(self):
        """Send what is due, and settle what may have been sent, one action at a time.

        Several workers may run this at once: each action is locked, and looked at again
        after every commit. Trouble that an account's other actions would share leaves
        them for the next run.
        """
        cron = self.env["ir.cron"]
        due = self.search(self._due_domain(), order="next_try_at NULLS FIRST, id")
        cron._commit_progress(remaining=len(due))
        with ExitStack() as stack:
            calls = OutgoingCalls(stack)
            for id_ in due.ids:
                self.browse(id_)._cron_send_action(calls)
                if not cron._commit_progress(1):
                    break
        self._trigger_next_try()

    def _cron_send_action(self, calls):
        """Send or settle one action, committing before and after the call."""
        # The lock comes first: what is read after it is what the other workers left.
        if not self.try_lock_for_update(allow_referencing=True).filtered_domain(
            self._due_domain()
        ):
            return
        account = self.account_id
        client = calls.client_of(account)
        if not client:
            return
        error = self._prepare_to_send(client)
        attempt = self.state == "sending" and self.attempt_count
        self.env["ir.cron"]._commit_progress()
        # The commit released the row; whoever took it meanwhile has settled it.
        if attempt and not error and self._is_still_sending(attempt):
            error = self._send(client)
            self.env["ir.cron"]._commit_progress()
        if error and not isinstance(error, FINAL_ERRORS):
            calls.pause(account)
            account._note_call(error)
        else:
            account._note_call()

    def _is_still_sending(self, attempt):
        locked = self.try_lock_for_update(allow_referencing=True)
        return bool(
            locked and self.state == "sending" and self.attempt_count == attempt
        )

    def _trigger_next_try(self):
        """Have this run again when the next action is due."""
        upcoming = self.search(
            [
                ("state", "in", UNSENT_STATES),
                ("next_try_at", "!=", False),
                ("account_id", "any", self.env["lengow.account"]._sending_domain()),
            ],
            order="next_try_at",
            limit=1,
        )
        if upcoming:
            soon = fields.Datetime.now() + timedelta(seconds=1)
            self._trigger_send(max(upcoming.next_try_at, soon))

    # === BUSINESS METHODS === #

    @api.model
    def _due_domain(self):
        """Return the domain of the actions that may be sent or settled now.

        :rtype: list
        """
        return [
            ("state", "in", UNSENT_STATES),
            "|",
            ("next_try_at", "=", False),
            ("next_try_at", "<=", fields.Datetime.now()),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    def _prepare_to_send(self, client):
        """Bring a due action to `sending`, unless it turns out otherwise.

        Nothing is sent here. What Lengow has already is adopted, and what was sent and
        is certainly absent may be sent anew.

        :param LengowClient client: to look with
        :return: the error that ended the looking, None if there was none
        :rtype: LengowError | None
        """
        if self.state == "todo" and not (self._has_its_turn() and self._may_start()):
            return None
        try:
            if self._find_sent(client):
                return None
        except LengowError as error:
            self._postpone(error)
            return error
        if self.state == "todo" or self._may_be_sent_anew():
            self._mark_sending(fields.Datetime.now() + FIRST_LOOK)
        return None

    def _send(self, client):
        """Make the call of an action that is `sending`, and note what came of it.

        Never commits: the caller does, before and after.

        :param LengowClient client: to send with
        :return: what went wrong, None if nothing did
        :rtype: LengowError | None
        """
        try:
            self._make_call(client)
        except LengowError as error:
            if error.may_have_arrived:
                look_at = fields.Datetime.now() + self._first_pause()
                self._mark_unknown(look_at, error.code, self._describe(error))
            elif isinstance(error, FINAL_ERRORS):
                self._mark_failed(error.code, error.message)
            else:
                self._mark_not_sent()
                self._postpone(error)
            return error
        return None

    def _postpone(self, error):
        """Try again later, after as long a time as it was tried already.

        Lengow's own wish for the pause comes first. After three days a person is
        called.

        :param LengowError error: what went wrong; nothing was sent by the call
        """
        now = fields.Datetime.now()
        began = self.planned_at if self.state == "todo" else self.sent_at
        if now - began >= EXPIRY:
            self._mark_failed("expired", self._expiry_sentence())
            return
        pause = self._growing_pause(began)
        if isinstance(error, RateLimitedError) and error.retry_after:
            pause = min(timedelta(seconds=error.retry_after), LONGEST_WISH)
        if self.state == "todo":
            self._mark_waiting(now + pause, error.code, self._describe(error))
        else:
            self._mark_unknown(now + pause, error.code, self._describe(error))

    def _growing_pause(self, began):
        """Return as long a time as has passed, within bounds.

        :param datetime began: when it was tried for the first time
        :rtype: timedelta
        """
        passed = fields.Datetime.now() - began
        return min(max(passed, SHORTEST_PAUSE), LONGEST_PAUSE)

    def _first_pause(self):
        """Return the pause before a call without answer is looked for."""
        if self.attempt_count > 1:
            return self._growing_pause(self.planned_at)
        return FIRST_LOOK

    def _describe(self, error):
        """Return a sentence about an error, for whoever looks at the action."""
        return self.account_id._describe_error(error)

    def _expiry_sentence(self):
        if not self.sent_at:
            return self.env._(
                "It could not be sent for three days. Nothing has reached the "
                "marketplace. Check the account, then send it again."
            )
        return self.env._(
            "Three days have passed without an answer. Check on the marketplace "
            "whether it was done; sending it again looks for it first."
        )

    # === IS IT ITS TURN? === #

    def _has_its_turn(self):
        """Whether no other action stands in the way; a repetition ends here."""
        lookalikes = self._find_lookalikes()
        if lookalikes.filtered(lambda other: other._repeated_by(self)):
            self._mark_canceled(self.env._("The same was asked for already."))
            return False
        # Of two that Lengow cannot tell apart, the second waits until the first is
        # known there by its number.
        if lookalikes.filtered(
            lambda other: (
                other.state in ("sending", "unknown")
                or (other.state == "todo" and other.id < self.id)
            )
        ):
            self._mark_waiting(fields.Datetime.now() + FIRST_LOOK)
            return False
        return True

    def _find_lookalikes(self):
        """Return the other actions of the order that look the same to Lengow."""
        asked = self._signature_of(self.kind, self.parameters)
        return self.search(
            [
                ("order_id", "=", self.order_id.id),
                ("signature", "=", asked),
                ("state", "not in", ("failed", "canceled")),
                ("id", "!=", self.id),
            ]
        )

    def _repeated_by(self, other):
        """Whether another action asks for this one again, by a second click.

        Two deliveries or credit notes that report the same are two things, and so is
        what is asked for after this one was done.
        """
        still_open = not self.closed_at or self.closed_at >= other.planned_at
        same_source = (
            self.picking_id == other.picking_id and self.move_id == other.move_id
        )
        return self.id < other.id and still_open and same_source

    # === ONE SET OF METHODS FOR EACH KIND === #
    #
    # An action of a marketplace is sent, found and checked by the three methods of
    # lengow_action_marketplace.py; a kind of our own has its own three.

    def _may_start(self):
        """Whether the order is still where the action is possible; if not, it ends."""
        return self._of_kind("may_start")()

    def _find_sent(self, client):
        """Look for the action at Lengow, and adopt it if it is there.

        :rtype: bool
        :raise LengowError: if Lengow cannot be asked
        """
        return self._of_kind("find_sent")(client)

    def _make_call(self, client):
        """Send the action and note Lengow's answer.

        :raise LengowError: if there is no proper answer
        """
        return self._of_kind("make_call")(client)

    def _may_be_sent_anew(self):
        """Whether what was sent and is not found is to be sent again.

        Each sending begins anew, so that the three days count from the asking.
        """
        if not self._is_certainly_absent():
            return False
        self._mark_not_sent(self.error_code, self.error_message)
        if fields.Datetime.now() - self.planned_at >= EXPIRY:
            self._mark_failed("expired", self._expiry_sentence())
            return False
        return True

    def _is_certainly_absent(self):
        """Whether an action that was sent and is not found will never turn up."""
        if self._is_repeatable() or fields.Datetime.now() >= self.sent_at + SETTLE_TIME:
            return True
        self._mark_unknown(
            self.sent_at + SETTLE_TIME, self.error_code, self.error_message
        )
        return False

    def _is_repeatable(self):
        """Whether sending it twice is the same as sending it once."""
        return self.kind == "link"

    @api.model
    def _own_kinds(self):
        """Return the kinds that are no actions of a marketplace."""
        return ("link",)

    def _of_kind(self, step):
        owner = self.kind if self.kind in self._own_kinds() else "marketplace"
        return getattr(self, f"_{owner}_{step}")
