"""A job: it takes its records through the same loop as a scheduled action does.

    queue.job ─► records ─► the service's own run on them ─► done
                              │
                              ├─ somebody holds some of them: the job comes back later
                              └─ its time is up: the job goes on in another turn

The loop commits as it does everywhere, on a cursor of the job's own. So a job that is
killed, comes back or is asked for again finds what is left, and nothing twice: what is
due is looked at under the lock of its row. Whatever a record's step raises is noted on
the record. No failure of a step fails the job, and no job repeats a call to Lengow.
"""

import time
from dataclasses import dataclass, field

from odoo import models
from odoo.tools import config

from odoo.addons.lengow_connector.models.settings.tally import COUNTS, Tally
from odoo.addons.queue_job.exception import FailedJobError, RetryableJobError

# What the context of a job's run calls its state.
JOB = "lengow_job"
# The method that jobs call.
METHOD = "_run_in_job"
# How long a job lasts where the server sets no limit.
JOB_SECONDS = 60


@dataclass
class JobRun:
    """What becomes of a job's run while it is under way.

    :ivar float deadline: on the clock of `time.monotonic`
    :ivar Tally tally: of what was done
    :ivar bool is_through: whether there was time for all records
    :ivar bool is_in_the_way: whether somebody else is at some of them
    """

    deadline: float
    tally: Tally = field(default_factory=Tally)
    is_through: bool = True
    is_in_the_way: bool = False


class LengowQueued(models.AbstractModel):
    """Is taken through a service's step by jobs."""

    _name = "lengow.queued"
    _description = "Taken Through by Jobs"

    def _run_in_job(self, service):
        """Take records through the step of a service, as far as they are still due.

        :param str service: model that knows the step
        :return: what was done
        :rtype: str
        :raise RetryableJobError: if some of them are to be looked at again
        """
        self._check_commits()
        run = JobRun(time.monotonic() + job_seconds())
        self.env[service].with_context(**{JOB: run})._run_on(self.exists())
        if run.is_in_the_way:
            raise RetryableJobError(self.env._("Another worker is at some of it."))
        if not run.is_through:
            raise RetryableJobError(
                self.env._("Its time was up; the rest is done in another turn."),
                seconds=1,
                ignore_retry=True,
            )
        return self._tell_outcome(run.tally)

    def _check_commits(self):
        """Begin nothing where the loop may not commit.

        :raise FailedJobError: if somebody has set the job function so
        """
        functions = self.env["queue.job.function"].sudo()
        name = functions.job_function_name(self._name, METHOD)
        if not functions.job_config(name).allow_commit:
            raise FailedJobError(
                self.env._("Set Allow Commit on the job function %s.", name)
            )

    def _tell_outcome(self, tally):
        """Return what was done and committed, in words.

        :rtype: str
        """
        Run = self.env["lengow.run"]
        totals = {
            name: sum(tally.of(account_id)[name] for account_id in tally.seconds)
            for name in COUNTS
        }
        return ", ".join(
            f"{Run._fields[f'{name}_count']._description_string(self.env)}: {total}"
            for name, total in totals.items()
            if total
        )


def job_seconds():
    """Return how long a job may last: half of what the server leaves to a request.

    :rtype: float
    """
    limit = config["limit_time_real"]
    return limit / 2 if limit > 0 else JOB_SECONDS
