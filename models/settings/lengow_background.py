"""Takes what people have asked for through, batch by batch, in the background."""

import time
from contextlib import contextmanager

from psycopg2.errors import UniqueViolation

from odoo import fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL

from ..errors import FOR_PEOPLE, is_collision, words_of
from .lengow_cron import Work
from .lengow_task import (
    FILE_KEPT,
    FORGET,
    MOST_ATTEMPTS,
    OPEN_STATES,
    STOP,
    identity_of,
)

# So long a task has its turn while others wait for theirs.
TURN_SECONDS = 20
# So many reasons are told at once; the task names more of them.
TOLD = 3


class LengowBackground(models.AbstractModel):
    """Begins tasks, and goes on with them."""

    _name = "lengow.background"
    _description = "Lengow Background Tasks"

    # === BEGIN === #

    def _begin(self, kind, records, **options):
        """Have something done with many records, once however often it is asked for.

        :param str kind: of the task
        :param Model records: in the order in which it is to be done
        :param options: for the service of this kind; of JSON
        :return: the task, new or the one that does the same already
        :rtype: lengow.task
        :raise ConcurrencyError: if another window has just asked for the same
        """
        Task = self.env["lengow.task"].sudo()  # people ask, the system writes
        context = self.env.context
        wish = {
            "user_id": self.env.uid,
            "kind": kind,
            "res_model": records._name,
            "res_ids": records.ids,
            "options": options,
            "surroundings": {
                "lang": context.get("lang"),
                "tz": context.get("tz"),
                "allowed_company_ids": self.env.companies.ids,
            },
        }
        identity = identity_of(wish)
        task = Task.search(
            [("identity", "=", identity), ("state", "in", OPEN_STATES)], limit=1
        )
        # Whoever asks again wants it after all.
        task._find_stops().filtered(lambda stop: stop.cron == STOP).unlink()
        values = {
            **wish,
            "company_id": self.env.company.id,
            "identity": identity,
            "total_count": len(records),
            "begun_at": fields.Datetime.now(),
        }
        try:
            task = task or Task.create(values)
        except UniqueViolation as error:
            raise ConcurrencyError("Another window has asked for it") from error
        task._trigger()
        return task.with_env(self.env)

    # === ON SCHEDULE === #

    def _run(self):
        """Go on with every task, those first that wait longest."""
        self.env["lengow.cron"]._finish(self, "_forget_files")
        Task = self.env["lengow.task"]
        domain = self._due_domain()
        work = Work(
            "cron_run_tasks",
            self,
            step="_take_turn",
            note="_note_failure",
            domain=list(domain),
            takes_turns=True,
        )
        tasks = Task.search(domain, order="last_turn_at NULLS FIRST, id")
        self.env["lengow.cron"]._each(tasks, work)

    def _due_domain(self):
        now = fields.Datetime.now()
        rests = Domain("wait_until", ">", now)
        return Domain("state", "in", OPEN_STATES) & ~rests

    def _take_turn(self, tasks):
        """Go on with a task for a while, committing every batch.

        :param lengow.task tasks: one, locked
        """
        cron = self.env["lengow.cron"]
        for task in tasks:
            if task.attempts >= MOST_ATTEMPTS:
                self._give_up(task)
                continue
            ends = time.monotonic() + TURN_SECONDS
            task._mark_running()
            # Whatever stops this process, that it was tried is known.
            seconds_left = cron._commit()
            while self._is_still_ours(task):
                with self._sparing(task):
                    self._advance(task)
                    task._announce()
                    seconds_left = cron._commit()
                if not seconds_left or time.monotonic() > ends:
                    break
            if task.state in OPEN_STATES and not task.wait_until:
                task._trigger()

    def _is_still_ours(self, task):
        """Lock a task that a commit has released, unless it has ended or rests.

        Whoever asked may have wished meanwhile that it ends, or be nobody's user any
        more: nobody else sees what it does in their name.
        """
        if not task.try_lock_for_update():
            return False
        stops, user = task._find_stops(), task.user_id
        has_left = not user.active and not user._is_superuser()
        if FORGET in stops.mapped("cron"):
            task._give_up_data()
        elif task.state in OPEN_STATES and (stops or has_left):
            task._drop()
            task._announce()
        return task.state in OPEN_STATES and not task.wait_until

    @contextmanager
    def _sparing(self, task):
        """Let no collision count as an attempt: nothing about the task has failed.

        :param lengow.task task: one, locked
        """
        try:
            yield
        except Exception as error:
            if is_collision(error):
                cron = self.env["lengow.cron"]
                cron._undo()
                if task.try_lock_for_update():
                    task.attempts = 0
                    cron._commit()
            raise

    def _advance(self, task):
        """Do what is next: a batch, or what ends the task.

        :param lengow.task task: one
        """
        service = self.env[f"lengow.task.{task.kind}"]
        records = task._next(service._batch_size)
        if not records:
            message = service._conclude(task)
            task._mark_done(" ".join([message, *self._tell_left_out(task)]))
            return
        there = records.exists()
        service._step(task, there)
        if task.state in OPEN_STATES and not task.wait_until:
            task._mark_advanced(len(records), gone=len(records) - len(there))

    def _tell_left_out(self, task):
        """Yield what to know of the records with which it was not done, if any.

        :param lengow.task task: that is through
        """
        if not task.failed_count:
            return
        env, reasons = task._as_asked(), (task.notes or "").splitlines()
        told = reasons[:TOLD] or [
            env._("Deleted meanwhile, or not yours to see any more.")
        ]
        yield env._(
            "Left out: %(count)s. %(reasons)s",
            count=task.failed_count,
            reasons=" ".join(told) + (" …" if len(reasons) > TOLD else ""),
        )

    def _give_up(self, task):
        service = self.env[f"lengow.task.{task.kind}"]
        names = task._next(service._batch_size).sudo().exists().mapped("display_name")
        env = task._as_asked()
        task._mark_failed(
            env._(
                "It was taken up %(count)s times and did not get on. Something among "
                "this stops it: %(names)s. Give your administrator the server log, or "
                "let it go on later.",
                count=MOST_ATTEMPTS,
                names=", ".join(names[:5]) or "-",
            )
        )
        task._announce()

    def _note_failure(self, task, error):
        """Say on a task what stopped it.

        :param lengow.task task: whose batch was undone
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            words = words_of(error)
        else:
            words = task._as_asked()._(
                "It failed unexpectedly (%s). Let it go on; if it fails again, give "
                "your administrator the server log of this moment.",
                type(error).__name__,
            )
        task._mark_failed(words)
        task._announce()

    # === FILES === #

    def _forget_files(self):
        """Delete the files whose day is over, and what there is of unfinished ones.

        Those, too, that hold what was deleted while somebody was at them.
        """
        asked = self.env["lengow.pause"].search([("cron", "=", FORGET)])
        tasks = self.env["lengow.task"].browse(asked.mapped("res_id")).exists()
        for task in tasks.try_lock_for_update():
            task._give_up_data()
        oldest = fields.Datetime.now() - FILE_KEPT
        ended = self.env["lengow.task"].search([("ended_at", "<=", oldest)])
        for task in ended.filtered(lambda task: task.state == "failed"):
            task._drop(task.message)
        over = ended.filtered("file_id")
        over.file_id.unlink()
        over.res_ids = False
        self._find_orphans().unlink()

    def _find_orphans(self):
        """Return the files of tasks that the database has deleted with their user.

        :rtype: ir.attachment
        """
        found = self.env.execute_query(
            SQL(
                """
                SELECT file.id
                  FROM ir_attachment AS file
                 WHERE file.res_model = 'lengow.task'
                   AND NOT EXISTS (
                           SELECT 1 FROM lengow_task WHERE id = file.res_id
                       )
                """
            )
        )
        return self.env["ir.attachment"].browse(id_ for (id_,) in found)

    def _forget(self, records):
        """Delete every file that is about some records, and those in the making.

        :param Model records: whose data is deleted
        """
        found = self.env.execute_query(
            SQL(
                """
                SELECT id
                  FROM lengow_task
                 WHERE res_model = %s
                   AND kind IN ('export', 'print')
                   AND jsonb_typeof(res_ids) = 'array'
                   AND EXISTS (
                           SELECT 1 FROM jsonb_array_elements(res_ids) AS element
                            WHERE element::int = ANY(%s)
                       )
                """,
                records._name,
                records.ids,
            )
        )
        tasks = self.env["lengow.task"].sudo().browse(id_ for (id_,) in found)
        # Nobody waits for a row that is written with each batch, as often as the
        # database would refuse it: whoever works at the task does that, at once.
        at_work = tasks.filtered(lambda task: task._is_worked_at())
        for task in tasks - at_work:
            task._give_up_data()
        if at_work:
            at_work._ask_to_stop(FORGET)
            at_work._trigger()
