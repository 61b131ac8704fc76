"""The one loop of all scheduled actions: a failing record never stops a run.

    due records ─► without those that pause ─► a batch, locked, still due ─► its step
                                                   │                           │
        committed ◄────────────────────────────────┼───────── it worked ───────┤
        rolled back, each record on its own ◄──────┴───────── it failed ───────┘
                  │
                  ├─ a collision: rolled back, another run tries again
                  └─ anything else: noted on the record, which pauses if it stays due

A service says what a step is and how a failure is noted on a record, in its own words.
It may commit within a step, with :meth:`LengowCron._commit`; then a failure undoes what
came after that. What it counts with :meth:`LengowCron._count` is kept at the end of the
run, by account.
"""

import logging
import time
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import timedelta

from odoo import fields, models
from odoo.tools import split_every

from ..errors import FOR_PEOPLE, is_collision
from .processors import has_processor
from .tally import Tally

_logger = logging.getLogger(__name__)

# Until a collision is tried again: whoever has the row is done by then.
COLLISION_PAUSE = timedelta(minutes=1)
# How often is done what ends a run, where others are in the way.
ATTEMPTS = 3
# How long a record pauses that failed and stays due: longer each time.
SHORTEST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(days=1)
# What the context of a run calls the counts of what it has done.
TALLY = "lengow_tally"


@dataclass(frozen=True)
class Work:
    """What is to be done with each of some records.

    :ivar str cron: xml id of the scheduled action, without the addon's name
    :ivar Model service: that does it
    :ivar str step: its method that takes the records of a batch, and `args`
    :ivar str note: its method that takes a record and the exception that stopped it
    :ivar list domain: of what is due; looked at again once a batch is locked
    :ivar int size: of a batch; one that fails is done one by one
    :ivar tuple args: passed on to the step
    :ivar deadline: of the run on the clock of `time.monotonic`, where it may take
        longer than what Odoo leaves to it
    :ivar bool takes_turns: whether the records come in the order of their last turn, so
        that none need pause to let the others come first
    :ivar timedelta rest: how long a record pauses that is still due after its step
    :ivar bool is_busy: whether the step keeps a processor busy, so that more lanes than
        there are processors are of no use
    :ivar bool is_secret: whether an exception may quote what must not be in a log
    """

    cron: str
    service: models.BaseModel
    step: str
    note: str
    domain: list
    size: int = 1
    args: tuple = ()
    deadline: float | None = None
    takes_turns: bool = False
    rest: timedelta | None = None
    is_busy: bool = False
    is_secret: bool = False


class LengowCron(models.AbstractModel):
    """Takes records through a step, each in a transaction that harms no other."""

    _name = "lengow.cron"
    _description = "Loop of Lengow's Scheduled Actions"

    # === THE LOOP === #

    def _each(self, records, work):
        """Take records through a step, and commit after each batch.

        :param Model records: that are due, those that wait longest first
        :param Work work: what is to be done
        :return: whether there was time for all of them
        :rtype: bool
        """
        records, tally = self._without_paused(records, work.cron), Tally()
        counting = {TALLY: tally}
        is_through = self.with_context(**counting)._take_batches(
            records.with_context(**counting), work
        )
        if records:
            self._finish(self.env["lengow.overview"], "_announce")
        kind = work.cron.removeprefix("cron_")
        accounts = self.env["lengow.account"].browse(tally.seconds.keys())
        # What works on accounts has turned to those that were due.
        is_of_accounts = records._name == accounts._name
        is_whole = is_through and not (is_of_accounts or tally.is_shared)
        recorder = self.env["lengow.recorder"]
        self._finish(recorder, "_record", kind, accounts, tally, is_whole)
        return is_through

    def _count(self, account, **counts):
        """Count what a step has done, for the record of the run, if it is part of one.

        :param lengow.account account: whose records they are
        :param int counts: by the names of :data:`.tally.COUNTS`
        """
        if (tally := self.env.context.get(TALLY)) and account:
            tally.add(account.id, **counts)

    def _take_batches(self, records, work):
        time_left = self._commit(remaining=len(records))
        for number, ids in enumerate(split_every(work.size, records.ids)):
            # The first has its turn however late it is: no run is for nothing.
            if number and not time_left:
                return False
            if work.is_busy and not has_processor(self.env.cr, work.cron):
                # Others are at the same; what is left once they are done is looked at.
                self._trigger(work)
                self._commit(remaining=0)
                return False
            self._isolate(records.browse(ids), work)
            time_left = self._commit(len(ids))
            if work.deadline is not None:
                time_left = time.monotonic() <= work.deadline
        return True

    def _each_within(self, records, work):
        """Take records through a step that is a part of another record's step.

        :param Model records: what the other step has found
        :param Work work: what is to be done with each
        """
        for ids in split_every(work.size, records.ids):
            self._isolate(records.browse(ids), work)
            self._commit()

    def _commit(self, done=0, remaining=None):
        """Commit what was done, and tell Odoo how far the run is.

        :param int done: how many records more are through
        :param int remaining: how many are to be taken through
        :return: how many seconds the run has left
        :rtype: float
        """
        seconds = self.env["ir.cron"]._commit_progress(done, remaining=remaining)
        if tally := self.env.context.get(TALLY):
            tally.keep()
        return seconds

    def _undo(self):
        """Undo what came after the last commit, for a step that knows how to go on."""
        self.env.cr.rollback()
        if tally := self.env.context.get(TALLY):
            tally.drop()

    def _finish(self, service, method, *args):
        """Do what ends a run; a failure of it is for the log, and for the next run.

        Lanes end at once, and write the same rows: the next run knows nothing of what
        this one has counted.

        :param Model service: that does it
        :param str method: of the service
        """
        for _attempt in range(ATTEMPTS):
            if self._finish_once(service, method, *args):
                break

    def _finish_once(self, service, method, *args):
        """Do it, and return whether it is not to be tried again."""
        try:
            getattr(service, method)(*args)
            self._commit()
        except Exception as error:
            self.env.cr.rollback()
            if is_collision(error):
                return False
            _logger.exception("%s.%s failed", service._name, method)
        return True

    # === ONE BATCH === #

    def _isolate(self, records, work):
        """Take a batch through its step; what fails harms only the record it is about.

        :param Model records: a batch
        :param Work work: what is to be done
        """
        try:
            self._take_through(records, work)
            # What the database refuses, or fails at the end, is to fail here.
            self.env.cr.flush()
        except Exception as error:  # noqa: BLE001
            # Whatever another module raises, one record must not stop the others.
            self._undo()
            kind = type(error).__name__
            if len(records) > 1:
                _logger.info("%s: a batch is done one by one: %s", work.cron, kind)
                self._each_within(records, replace(work, size=1))
            elif is_collision(error):
                # Somebody else writes the same rows. Nothing is lost by a later run.
                _logger.info("%s: %s is tried again: %s", work.cron, records, kind)
                self._trigger(work)
            else:
                self._leave(records, work, error)

    def _take_through(self, records, work):
        locked = records.try_lock_for_update(allow_referencing=True)
        if len(locked) < len(records):
            # Whoever holds the others may be at something else with them.
            self._trigger(work)
            if tally := self.env.context.get(TALLY):
                tally.is_shared = True
        due = locked.filtered_domain(work.domain)
        for account, group in due.grouped(self._account_of).items():
            with self._clock(account):
                self._do(self._in_language(group, account), work)
        if work.rest and (still_due := self._still_due(due, work)):
            self._pause(still_due, work, work.rest)

    def _clock(self, account):
        """Return a context that notes how long an account takes."""
        tally = self.env.context.get(TALLY)
        return tally.clock(account.id) if tally and account else nullcontext()

    def _do(self, records, work):
        """Do the step itself, in the language of whoever reads what it writes."""
        service = work.service.with_env(records.env)
        getattr(service, work.step)(records, *work.args)

    def _trigger(self, work):
        """Have another run, once whoever is in the way is done."""
        self._plan_run(work.cron)

    def _plan_run(self, cron_name):
        """Have another run within a minute, unless there is one anyway.

        :param str cron_name: xml id of the scheduled action, without the addon's name
        """
        soon = fields.Datetime.now() + COLLISION_PAUSE
        cron = self.env.ref(f"lengow_connector.{cron_name}")
        planned = self.env["ir.cron.trigger"].sudo()
        if not planned.search_count(
            [
                ("cron_id", "=", cron.id),
                ("call_at", ">", fields.Datetime.now()),
                ("call_at", "<=", soon),
            ],
            limit=1,
        ):
            cron._trigger(soon)

    # === WHAT FAILS === #

    def _leave(self, record, work, error):
        """Note a failure on the record it is about, and go on.

        :param Model record: one, whose step was undone
        :param Work work: what was to be done
        :param Exception error: what stopped it
        """
        told = not work.is_secret and isinstance(error, FOR_PEOPLE)
        _logger.log(
            logging.INFO if told else logging.ERROR,
            "%s: %s is left aside: %s",
            work.cron,
            record,
            type(error).__name__,
            exc_info=None if work.is_secret or told else error,
        )
        record = record.exists()
        if not record:
            return
        try:
            account = self._account_of(record)
            in_language = self._in_language(record, account)
            service = work.service.with_env(in_language.env)
            getattr(service, work.note)(in_language, error)
            self._count(account, failed=1)
            self._commit()
        except Exception:
            self._undo()
            _logger.exception("%s: the failure of %s is not noted", work.cron, record)
        try:
            if not work.takes_turns and (still_due := self._still_due(record, work)):
                self._pause(still_due, work)
                self.env.flush_all()
        except Exception as error:  # noqa: BLE001
            # Another worker may have failed at it, too, and let it pause just now.
            self.env.cr.rollback()
            kind = type(error).__name__
            _logger.info("%s: %s does not pause: %s", work.cron, record, kind)

    # === PAUSES === #

    def _without_paused(self, records, cron):
        """Return those of some records that do not pause.

        :param Model records: that are due
        :param str cron: xml id of the scheduled action, without the addon's name
        """
        paused = (
            self.env["lengow.pause"]
            .sudo()
            .search_fetch(
                [
                    ("cron", "=", cron),
                    ("res_model", "=", records._name),
                    ("until", ">", fields.Datetime.now()),
                ],
                ["res_id"],
            )
        )
        ids = {pause.res_id for pause in paused}
        return records.filtered(lambda record: record.id not in ids)

    def _still_due(self, records, work):
        return records.exists().filtered_domain(work.domain)

    def _pause(self, records, work, rest=None):
        """Let records that stay due not come first in every run.

        :param Model records: still due
        :param Work work: what is to be done with them
        :param timedelta rest: how long; if not given it is longer after each failure
        """
        Pause = self.env["lengow.pause"].sudo()
        known = {
            pause.res_id: pause
            for pause in Pause.search(
                [
                    ("cron", "=", work.cron),
                    ("res_model", "=", records._name),
                    ("res_id", "in", records.ids),
                ]
            )
        }
        now = fields.Datetime.now()
        for id_ in records.ids:
            pause = known.get(id_, Pause)
            failures = 0 if rest else pause.failure_count + 1
            length = rest or min(SHORTEST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
            values = {"until": now + length, "failure_count": failures}
            if pause:
                pause.write(values)
            else:
                Pause.create(
                    {
                        "cron": work.cron,
                        "res_model": records._name,
                        "res_id": id_,
                        **values,
                    }
                )

    # === LANGUAGE === #

    def _in_language(self, records, account):
        """Return records in the language of whoever reads what is noted about them."""
        lang = account._find_language()
        return records.with_context(lang=lang) if lang else records

    def _account_of(self, record):
        """Return the account that a record belongs to, or is; none of some records."""
        account = self.env["lengow.account"]
        if record._name == account._name:
            return record
        if record._name.startswith("lengow."):
            owner = record.sudo()
            if "account_id" in owner:
                return owner.account_id
            if "order_id" in owner:
                return owner.order_id.account_id
        return account
