"""What somebody has asked for that takes longer than anybody wants to look at."""

import hashlib
import json
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain
from odoo.tools import SQL

from ..ui import bounded
from .ir_attachment import NO_INDEX

OPEN_STATES = ("waiting", "running")
# How often a task is taken up again that does not get on.
MOST_ATTEMPTS = 5
# A file full of buyers' data is for whoever asked for it, and for today.
FILE_KEPT = timedelta(days=1)
TASK_KEPT = timedelta(days=14)
# So many sentences say enough of what could not be done.
MOST_NOTES = 20
CRON = "lengow_connector.cron_run_tasks"
DIALOG = "lengow_connector.lengow_task_view_dialog"
NEWS = "lengow_task"
# Under what names pauses keep which tasks are to stop, and which are to give up data
# that has been deleted everywhere else.
STOP, FORGET = "stop_task", "forget_task"
# Whoever works at a task has turned to it not longer ago than that.
LONGEST_TURN = timedelta(hours=1)


class LengowTask(models.Model):
    """A job over many records that goes on in the background, batch by batch.

        asked for ─► a batch, committed ─► the next one ─► concluded ─► told
                          ▲        │
                          └────────┴─ stopped, killed, out of time: goes on there

    It is for whoever asked for it alone: it works with their rights, in their language,
    and only they see it and its file. What is done with a batch says the service
    `lengow.task.<kind>`.
    """

    _name = "lengow.task"
    _description = "Lengow Background Task"
    _inherit = ["lengow.guarded"]
    _rec_name = "kind"
    _order = "id desc"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("refresh", "Refresh from Lengow"),
            ("import", "Import Orders"),
            ("export", "Export Orders"),
            ("print", "Print Documents"),
            ("anonymise", "Delete Buyers' Data"),
        ],
        string="What",
        required=True,
        readonly=True,
    )

    # waiting ──► running ──► done
    #    │           │  ▲
    #    │           ▼  │
    #    │         failed        goes on on a click, where it stopped
    #    │           │
    #    └───────────┴─────► canceled
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Stopped by an Error"),
            ("canceled", "Canceled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    res_model = fields.Char(required=True, readonly=True)
    res_ids = fields.Json(readonly=True, prefetch=False, help="What it is about.")
    options = fields.Json(readonly=True, help="How it was asked for.")
    surroundings = fields.Json(
        readonly=True, help="The language, time zone and companies it was asked for in."
    )
    memo = fields.Json(
        readonly=True,
        prefetch=False,
        help="What one batch leaves for the next ones.",
    )
    tally = fields.Json(
        readonly=True,
        prefetch=False,
        help="What was done for which account, until it is in the record of runs.",
    )
    total_count = fields.Integer(string="Of", readonly=True)
    done_count = fields.Integer(string="Processed", readonly=True)
    failed_count = fields.Integer(string="Not Done", readonly=True)
    progress = fields.Float(compute="_compute_progress")
    notes = fields.Text(string="What Could Not Be Done", readonly=True)
    left_ids = fields.Json(readonly=True, prefetch=False, help="Which those are.")
    message = fields.Text(readonly=True, help="How it ended.")
    file_id = fields.Many2one("ir.attachment", readonly=True, ondelete="set null")
    file_name = fields.Char(related="file_id.name", related_sudo=True)
    begun_at = fields.Datetime(string="Asked For", readonly=True)
    ended_at = fields.Datetime(string="Ended", readonly=True)
    last_turn_at = fields.Datetime(readonly=True)
    wait_until = fields.Datetime(readonly=True)
    attempts = fields.Integer(
        readonly=True, help="How often it was taken up since it last got on."
    )
    identity = fields.Char(readonly=True, help="The same for the same wish.")

    _open_uniq = models.UniqueIndex(
        "(identity) WHERE state IN ('waiting', 'running')",
        "That is being done already. See Background Tasks.",
    )

    # === COMPUTE METHODS === #

    @api.depends("done_count", "total_count", "state")
    def _compute_progress(self):
        for task in self:
            share = task.done_count / (task.total_count or 1)
            task.progress = 100.0 if task.state == "done" else 100.0 * share

    # === ACTION METHODS === #

    def action_download(self):
        """Hand the file over to whoever asked for it."""
        self.ensure_one().check_access("read")
        return {
            "type": "ir.actions.act_url",
            "url": f"/lengow/tasks/{self.id}/file",
            "target": "new" if self.kind == "print" else "self",
        }

    def action_stop(self):
        """Do no more of it: what is done stays done.

        What is worked at just now stops behind the batch at which it is.
        """
        self.check_access("read")
        tasks = self.sudo().filtered(lambda t: t.state in (*OPEN_STATES, "failed"))
        # Nobody waits for a row that whoever holds it writes anew with each batch: the
        # database would refuse to change it as often as this is tried.
        free = tasks.try_lock_for_update()
        for task in free:
            task._drop()
        (tasks - free)._ask_to_stop()

    def action_go_on(self):
        """Take up again what was stopped by an error, where it stopped."""
        self.check_access("read")
        for task in self.sudo():
            if task.state == "failed":
                task._find_stops().unlink()
                task.write(
                    {
                        "state": "waiting",
                        "attempts": 0,
                        "message": False,
                        "ended_at": False,
                        "wait_until": False,
                    }
                )
                task._trigger()

    # === WHAT IS TO BE DONE === #

    def _as_asked(self):
        """Return the environment of whoever asked: their rights, language, companies.

        Companies that they have left meanwhile are none of theirs any more.

        :rtype: Environment
        """
        user, context = self.user_id.sudo(), dict(self.surroundings or {})
        theirs = user._get_company_ids()
        asked = context.get("allowed_company_ids") or ()
        left = [id_ for id_ in asked if id_ in theirs]
        context["allowed_company_ids"] = left or user.company_id.ids
        return self.env(user=user.id, su=False, context=context)

    def _next(self, count):
        """Return the records whose turn is next, as whoever asked may see them.

        :param int count: at most so many
        :rtype: Model
        """
        self.flush_recordset(["res_ids"])
        # Not all of them, of which each batch would read and copy as many.
        first, last = self.done_count, self.done_count + count - 1
        [(ids,)] = self.env.execute_query(
            SQL(
                "SELECT jsonb_path_query_array(res_ids, %s::jsonpath) "
                "FROM lengow_task WHERE id = %s",
                f"$[{first} to {last}]",
                self.id,
            )
        )
        return self._as_asked()[self.res_model].browse(ids)

    # === STATE TRANSITIONS === #

    def _mark_running(self):
        """Note that it is taken up, once more if it has not got on since."""
        self.write(
            {
                "state": "running",
                "attempts": self.attempts + 1,
                "last_turn_at": fields.Datetime.now(),
                "wait_until": False,
                "message": False,
            }
        )

    def _mark_advanced(self, count, gone=0):
        """Note that so many more records are through.

        :param int count: of the records
        :param int gone: how many of them were deleted before their turn came
        """
        self.write(
            {
                "done_count": self.done_count + count,
                "failed_count": self.failed_count + gone,
                "attempts": 0,
            }
        )

    def _mark_waiting(self, until, message):
        """Let it rest until a moment: what is next is taken up again then.

        :param datetime until: when
        :param str message: why, for whoever asked
        """
        self.write({"wait_until": until, "attempts": 0, "message": message})
        self._trigger(until)

    def _mark_done(self, message):
        """Note that all of it is through.

        :param str message: for whoever asked
        """
        self._end("done", message)
        self._trigger(self.ended_at + FILE_KEPT)

    def _mark_failed(self, message):
        """Note what stopped it, until somebody lets it go on.

        :param str message: for whoever asked
        """
        self._end("failed", message)

    def _end(self, state, message=False):
        self._record_runs()
        values = {
            "state": state,
            "message": message,
            "ended_at": fields.Datetime.now(),
        }
        if state != "failed":  # which may go on with what it has
            values["memo"] = False
            if not self.file_id:  # whose file is about them
                values["res_ids"] = False
        self.write(values)
        # Whoever deletes data may have asked just now that it goes from the file, too.
        self._find_stops().filtered(lambda stop: stop.cron == STOP).unlink()

    def _drop(self, message=False):
        """Give up what is not done yet, and what there is of a file.

        :param str message: why
        """
        self._find_files().unlink()
        self._end("canceled", message)

    # === RECORD OF RUNS === #

    def _count(self, kind, account, seconds, **counts):
        """Count what is done for an account: it is kept however the task ends.

        :param str kind: of the run
        :param lengow.account account: one
        :param float seconds: that it took
        :param int counts: by the names of :data:`.tally.COUNTS`
        """
        tally = self.tally or {}
        kept = tally.setdefault(kind, {}).setdefault(str(account.id), {})
        for name, count in {"seconds": seconds, **counts}.items():
            kept[name] = kept.get(name, 0) + count
        self.tally = tally

    def _record_runs(self):
        """Keep what was done so far, as of whoever asked."""
        for task in self.filtered("tally"):
            task._as_asked()["lengow.recorder"]._record_tally(task.tally)
            task.tally = False

    # === TO BE STOPPED === #

    def _ask_to_stop(self, name=STOP):
        """Have whoever works at it stop behind the batch at which it is.

        :param str name: what is to be done then
        :raise ConcurrencyError: if somebody else has just asked for the same
        """
        stops = self._find_stops().filtered(lambda stop: stop.cron == name)
        known = stops.mapped("res_id")
        until = fields.Datetime.now() + TASK_KEPT
        values = {"cron": name, "res_model": self._name, "until": until}
        unknown = [id_ for id_ in self.ids if id_ not in known]
        try:
            self.env["lengow.pause"].create(
                [{**values, "res_id": id_} for id_ in unknown]
            )
        except UniqueViolation as error:
            raise ConcurrencyError("Somebody else has asked for the same") from error

    def _find_stops(self):
        """Return what says that it is to stop.

        :rtype: lengow.pause
        """
        return self.env["lengow.pause"].search(
            [
                ("cron", "in", (STOP, FORGET)),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
            ]
        )

    def _is_worked_at(self):
        """Whether somebody may be at it, who writes it anew with each batch."""
        turn = self.last_turn_at
        is_recent = turn and turn > fields.Datetime.now() - LONGEST_TURN
        return self.state == "running" and is_recent and not self.wait_until

    def _give_up_data(self):
        """Delete what there is of its file, of which data is deleted elsewhere."""
        why = self._as_asked()._(
            "Data of buyers was deleted meanwhile. Ask for it once more."
        )
        if self.state in (*OPEN_STATES, "failed"):
            self._drop(why)
            self._announce()
        elif self.state == "done":
            self._find_files().unlink()
            self.write({"res_ids": False, "message": why})
        self._find_stops().unlink()

    # === WHAT IT LEAVES === #

    def _note(self, sentences, unnamed=0, left=()):
        """Keep what could not be done, in as many sentences as anybody reads.

        :param list sentences: one for each record
        :param int unnamed: of how many records more nothing is said: those that whoever
            asked may not reach any more
        :param left: the ids of the records that the sentences are about
        """
        known = (self.notes or "").splitlines()
        lines = (bounded(" ".join(sentence.split())) for sentence in sentences)
        shown = [*known, *lines][:MOST_NOTES]
        self.write(
            {
                "failed_count": self.failed_count + len(sentences) + unnamed,
                "notes": "\n".join(shown) or False,
                "left_ids": [*(self.left_ids or ()), *left] or False,
            }
        )

    def _keep_part(self, content):
        """Keep what a batch has made of the file.

        :param bytes content: of a part
        """
        self._attach(f"part {self.done_count}", content)

    def _find_parts(self):
        """Return the parts of the file, in order.

        :rtype: ir.attachment
        """
        return self._find_files() - self.file_id

    def _keep_file(self, name, content):
        """Keep the file, which takes the place of its parts.

        :param str name: of the file
        :param bytes content: of the file
        """
        parts = self._find_parts()
        self.file_id = self._attach(name, content)
        parts.unlink()

    def _attach(self, name, content):
        # Nothing is made of it that Odoo makes of files: no index, no preview.
        attachments = self.env["ir.attachment"].with_context(**{NO_INDEX: True})
        return attachments.create(
            {
                "name": name,
                "raw": content,
                "mimetype": "application/octet-stream",
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _find_files(self):
        return self.env["ir.attachment"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        )

    # === HELPERS === #

    def _trigger(self, moment=None):
        self.env.ref(CRON).sudo()._trigger(moment)

    def _open(self):
        """Return the dialog that shows how far it is.

        :rtype: dict
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("In the Background"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref(DIALOG).id, "form")],
            "view_mode": "form",
            "target": "new",
        }

    def _announce(self):
        """Have every window of whoever asked show how far it is."""
        for task in self:
            task.user_id._bus_send(
                NEWS,
                {
                    "id": task.id,
                    "state": task.state,
                    "kind": task._as_asked()[self._name]._label(task.kind),
                    "message": task.message or "",
                    "has_file": bool(task.file_id),
                    "is_print": task.kind == "print",
                    "is_whole": not task.failed_count,
                },
            )

    def _label(self, kind):
        return dict(self._fields["kind"]._description_selection(self.env))[kind]

    # === CLEAN-UP === #

    @api.ondelete(at_uninstall=False)
    def _unlink_files(self):
        """Leave no file behind that nobody can reach any more."""
        self.sudo()._find_files().unlink()

    @api.autovacuum
    def _gc_tasks(self):
        """Forget what has ended, and what nothing has turned to for as long.

        Where the scheduled action is off, as in a copy, this deletes the files, too;
        and no wish of last year comes true once somebody switches it on.
        """
        self.env["lengow.background"]._forget_files()
        oldest = fields.Datetime.now() - TASK_KEPT
        self.search([("ended_at", "<", oldest)], limit=1000).unlink()
        turned_to = Domain("last_turn_at", ">=", oldest)
        forgotten = Domain("state", "in", OPEN_STATES) & Domain("begun_at", "<", oldest)
        for task in self.search(forgotten & ~turned_to, limit=1000):
            task._drop()


def identity_of(wish):
    """Return what is the same for the same wish of the same person.

    :param dict wish: the values of a task that say what is wanted
    :rtype: str
    """
    text = json.dumps(wish, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
