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

from odoo import fields, models
from odoo.exceptions import UserError

from ...lengow_api import (
    LengowError,
    NotFoundError,
    PayloadError,
    RateLimitedError,
    RequestRefusedError,
)
from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from .kinds import ACTIVITIES, kind_of, signature_of
from .ledger import Ledger
from .lengow_action import UNSENT_STATES
from .pending import leaves_work

_logger = logging.getLogger(__name__)

# After this time Lengow has got a call or never will: longer than any time-out of the
# client, and of the proxies between.
SETTLE_TIME = timedelta(minutes=5)
# Until somebody looks for the first time what became of a call without answer.
FIRST_LOOK = timedelta(minutes=1)
# Most marketplaces answer within minutes; later ones are found by the regular runs.
FOLLOWED_SOON = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=5))
SHORTEST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
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


class LengowSender(models.AbstractModel):
    """Sends what is in the outbox, and settles what may have been sent."""

    _name = "lengow.sender"
    _description = "Lengow: Sending Actions"

    # === THE LOOP === #

    def _run(self):
        """Send what is due, and settle what may have been sent, one action at a time.

        Several workers may run this at once: each action is locked, and looked at again
        after every commit. Trouble that an account's other actions would share leaves
        them for the next run.
        """
        due = self.env["lengow.action"].search(
            self._due_domain(), order="next_try_at NULLS FIRST, id"
        )
        self._run_on(due)

    def _run_on(self, actions):
        """Send or settle those of some actions that are due, and end a run with that.

        :param lengow.action actions: that were due when they were found
        """
        cron = self.env["lengow.cron"]
        with ExitStack() as stack:
            work = Work(
                "cron_send_actions",
                self,
                step="_run_one",
                note="_note_failure",
                domain=self._due_domain(),
                args=(OutgoingCalls(stack),),
            )
            cron._each(actions, work)
        cron._finish(self, "_trigger_next_try")
        cron._finish(self, "_trigger_following")

    def _run_one(self, action, calls):
        """Send or settle one action, committing before and after the call.

        :param lengow.action action: due, and locked
        :param OutgoingCalls calls: of this run
        """
        account = action.account_id
        client = calls.client_of(account)
        if not client or not self._make_document(action):
            return
        error = self._prepare_to_send(action, client)
        attempt = action.state == "sending" and action.attempt_count
        self.env["lengow.cron"]._commit()
        # The commit released the row; whoever took it meanwhile has settled it.
        if attempt and not error and self._is_still_sending(action, attempt):
            error = self._send(action, client)
            is_final = isinstance(error, FINAL_ERRORS)
            self.env["lengow.cron"]._count(
                account, updated=error is None, failed=is_final
            )
            self.env["lengow.cron"]._commit()
        if error and not isinstance(error, FINAL_ERRORS):
            calls.pause(account)
            account._note_call(error)
        else:
            account._note_call()

    def _note_failure(self, action, error):
        """Keep on an action that something else than Lengow stopped it.

        What was not sent yet waits for a person; what may have arrived is looked for
        before anything is sent again.

        :param lengow.action action: whose step was undone
        :param Exception error: what was raised
        """
        sentence = self._failure_sentence(error)
        if action.state == "todo":
            action._mark_failed("unexpected", sentence)
            return
        look_at = fields.Datetime.now() + self._growing_pause(action.sent_at)
        action._mark_unknown(look_at, "unexpected", sentence)

    def _failure_sentence(self, error):
        if isinstance(error, FOR_PEOPLE):
            return words_of(error)
        return self.env._(
            "Odoo could not prepare it (%s). Send it again; if it stays, give your "
            "administrator the server log of this moment.",
            type(error).__name__,
        )

    def _make_document(self, action):
        """Have the document made that is to go with an action, if it is not there yet.

        That is a transaction of its own, with nothing locked and no savepoint open:
        localisations of Odoo commit while they make one, and what people have changed
        in a layout may raise anything.

        :param lengow.action action: due, and locked
        :return: whether the action is still due, and locked
        :rtype: bool
        """
        kind = kind_of(action.kind)
        if not kind.lacks_document(action):
            return True
        cron, reason = self.env["lengow.cron"], None
        cron._commit()
        try:
            kind.make_document(action)
        except FOR_PEOPLE as error:
            cron._undo()
            reason = words_of(error)
        cron._commit()
        locked = action.try_lock_for_update(allow_referencing=True)
        if not locked.filtered_domain(self._due_domain()):
            return False
        if reason:
            sentence = self.env._(
                "Odoo could not make the PDF of the invoice: %s", reason
            )
            action._mark_failed("document", sentence)
        return not reason

    def _is_still_sending(self, action, attempt):
        locked = action.try_lock_for_update(allow_referencing=True)
        return bool(
            locked and action.state == "sending" and action.attempt_count == attempt
        )

    def _trigger_next_try(self):
        """Have this run again when the next action is due."""
        upcoming = self.env["lengow.action"].search(
            [
                ("state", "in", UNSENT_STATES),
                ("next_try_at", "!=", False),
                ("marketplace_id.active", "=", True),
                ("account_id", "any", self.env["lengow.account"]._sending_domain()),
            ],
            order="next_try_at",
            limit=1,
        )
        if upcoming:
            soon = fields.Datetime.now() + timedelta(seconds=1)
            self.env["lengow.action"]._trigger_send(max(upcoming.next_try_at, soon))

    def _trigger_following(self):
        """Have what was just sent followed soon: somebody waits for it."""
        now = fields.Datetime.now()
        just_sent = self.env["lengow.action"].search_count(
            [("state", "=", "accepted"), ("sent_at", ">=", now - FOLLOWED_SOON[0])],
            limit=1,
        )
        if just_sent:
            cron = self.env.ref("lengow_connector.cron_follow_actions").sudo()
            cron._trigger([now + pause for pause in FOLLOWED_SOON])

    def _due_domain(self):
        """Return the domain of the actions that may be sent or settled now.

        :rtype: list
        """
        return [
            ("state", "in", UNSENT_STATES),
            "|",
            ("next_try_at", "=", False),
            ("next_try_at", "<=", fields.Datetime.now()),
            ("marketplace_id.active", "=", True),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    # === THE STEPS OF ONE ACTION === #

    def _prepare_to_send(self, action, client):
        """Bring a due action to `sending`, unless it turns out otherwise.

        Nothing is sent here. What Lengow has already is adopted, and what was sent and
        is certainly absent may be sent anew.

        :param lengow.action action: one
        :param LengowClient client: to look with
        :return: the error that ended the looking, None if there was none
        :rtype: LengowError | None
        """
        kind = kind_of(action.kind)
        if action.state == "todo" and not (
            self._has_its_turn(action) and self._may_start(action)
        ):
            return None
        try:
            if kind.find_sent(action, client):
                self._dismiss_call_for(action)
                return None
        except LengowError as error:
            self._postpone(action, error)
            return error
        is_due = action.state == "todo" or (
            # Meanwhile the order may have moved on, by this very call or otherwise.
            self._may_be_sent_anew(action) and self._may_start(action)
        )
        if is_due:
            action._mark_sending(fields.Datetime.now() + FIRST_LOOK)
            self._dismiss_call_for(action)
        return None

    def _dismiss_call_for(self, action):
        """Take back the call for somebody who was to ask for this, and has.

        What somebody was called for since then is something else.
        """
        if action.kind in ACTIVITIES and not leaves_work(action.order_id, action):
            calls = action.order_id.sudo().activity_search([ACTIVITIES[action.kind]])
            # PostgreSQL knows it to the microsecond, `planned_at` to the second.
            until = action.planned_at + timedelta(seconds=1)
            calls.filtered(lambda call: call.create_date < until).unlink()

    def _send(self, action, client):
        """Make the call of an action that is `sending`, and note what came of it.

        Never commits: the caller does, before and after.

        :param lengow.action action: one
        :param LengowClient client: to send with
        :return: what went wrong, None if nothing did
        :rtype: LengowError | None
        """
        try:
            kind_of(action.kind).make_call(action, client)
        except LengowError as error:
            if error.may_have_arrived:
                look_at = fields.Datetime.now() + self._first_pause(action)
                message = action.account_id._describe_error(error)
                action._mark_unknown(look_at, error.code, message)
            elif isinstance(error, FINAL_ERRORS):
                action._mark_failed(error.code, error.message)
            else:
                action._mark_not_sent()
                self._postpone(action, error)
            return error
        return None

    def _postpone(self, action, error):
        """Try again later, after as long a time as it was tried already.

        Lengow's own wish for the pause comes first. After three days a person is
        called.

        :param LengowError error: what went wrong; nothing was sent by the call
        """
        now = fields.Datetime.now()
        began = action.planned_at if action.state == "todo" else action.sent_at
        if now - began >= EXPIRY:
            action._mark_failed("expired", expiry_sentence(action))
            return
        pause = self._growing_pause(began)
        if isinstance(error, RateLimitedError) and error.retry_after:
            pause = timedelta(seconds=error.retry_after)
        message = action.account_id._describe_error(error)
        if action.state == "todo":
            action._mark_waiting(now + pause, error.code, message)
        else:
            action._mark_unknown(now + pause, error.code, message)

    def _growing_pause(self, began):
        """Return as long a time as has passed, within bounds.

        :param datetime began: when it was tried for the first time
        :rtype: timedelta
        """
        passed = fields.Datetime.now() - began
        return min(max(passed, SHORTEST_PAUSE), LONGEST_PAUSE)

    def _first_pause(self, action):
        """Return the pause before a call without answer is looked for."""
        if action.attempt_count > 1:
            return self._growing_pause(action.planned_at)
        return FIRST_LOOK

    # === IS IT ITS TURN? === #

    def _has_its_turn(self, action):
        """Whether no other action stands in the way; a repetition ends here."""
        lookalikes = self._find_lookalikes(action)
        if lookalikes.filtered(lambda other: self._is_repeated_by(other, action)):
            action._mark_canceled(self.env._("The same is requested already."))
            return False
        # Of two that Lengow cannot tell apart, the second waits until the first is
        # known there by its number.
        if lookalikes.filtered(
            lambda other: (
                other.state in ("sending", "unknown")
                or (other.state == "todo" and other.id < action.id)
            )
        ):
            action._mark_waiting(fields.Datetime.now() + FIRST_LOOK)
            return False
        return True

    def _find_lookalikes(self, action):
        """Return the other actions of the order that look the same to Lengow."""
        asked = signature_of(action.kind, action.parameters)
        return action.search(
            [
                ("order_id", "=", action.order_id.id),
                ("signature", "=", asked),
                ("state", "not in", ("failed", "canceled", "withheld")),
                ("id", "!=", action.id),
            ]
        )

    def _is_repeated_by(self, action, other):
        """Whether another action asks for this one again, by a second click.

        Two deliveries or credit notes that report the same are two things, and so is
        what is asked for after this one was done.
        """
        still_open = not action.closed_at or action.closed_at >= other.planned_at
        same_source = (
            action.picking_id == other.picking_id and action.move_id == other.move_id
        )
        # What had failed and is asked for again comes after what took its place.
        is_earlier = (action.planned_at, action.id) < (other.planned_at, other.id)
        if not (is_earlier and still_open and same_source):
            return False
        return not Ledger(other.order_id, action=other).allows_repetition(
            other.kind, other.parameters
        )

    def _may_start(self, action):
        """Whether it is still possible, and left of the order; if not, it ends."""
        if not kind_of(action.kind).may_start(action):
            return False
        fault = Ledger(action.order_id, action=action).fault(
            action.kind, action.parameters
        )
        if fault:
            action._mark_failed("impossible", self.env._("Not sent. %s", fault))
        return not fault

    # === WAS IT SENT? === #

    def _may_be_sent_anew(self, action):
        """Whether what was sent and is not found is to be sent again.

        Each sending begins anew, so that the three days count from the asking.
        """
        if not self._is_certainly_absent(action):
            return False
        action._mark_not_sent(action.error_code, action.error_message)
        if fields.Datetime.now() - action.planned_at >= EXPIRY:
            action._mark_failed("expired", expiry_sentence(action))
            return False
        return True

    def _is_certainly_absent(self, action):
        """Whether an action that was sent and is not found will never turn up."""
        settled_at = action.sent_at + SETTLE_TIME
        if kind_of(action.kind).is_repeatable or fields.Datetime.now() >= settled_at:
            return True
        action._mark_unknown(settled_at, action.error_code, action.error_message)
        return False


def expiry_sentence(action):
    """Say that three days have passed, and what to do now.

    :param lengow.action action: not sent, or without an answer
    :rtype: str
    """
    if not action.sent_at:
        return action.env._(
            "It could not be sent for three days. Nothing has reached the "
            "marketplace. Check the account, then send it again."
        )
    return action.env._(
        "Three days have passed without an answer. Check on the marketplace "
        "whether it was done; sending it again looks for it first."
    )
