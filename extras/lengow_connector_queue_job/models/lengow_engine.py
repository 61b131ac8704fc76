"""From the scheduled actions to jobs: they find what is due, and jobs do it.

    a scheduled action finds what is due
      └─► without what pauses, and what jobs have already
            └─► a job for some records of an account, in the channel of both

One channel for each stage and account, ``root.lengow.send_actions.7``: how much is done
at once is set for all, for a stage or for an account where the engine is configured.
"""

import logging
from datetime import timedelta

from odoo import fields, models
from odoo.tools import split_every

from odoo.addons.queue_job.job import (
    ENQUEUED,
    PENDING,
    STARTED,
    WAIT_DEPENDENCIES,
    identity_exact,
)

from .lengow_queued import JOB, METHOD

_logger = logging.getLogger(__name__)

CHANNEL = "root.lengow"
WAITING_STATES = (WAIT_DEPENDENCIES, PENDING, ENQUEUED, STARTED)
# How many records a job takes, by the scheduled action that finds them: a batch of the
# import; some calls to Lengow, since each job needs a token of its own for them.
JOB_SIZES = {
    "cron_process_orders": 50,
    "cron_send_actions": 10,
    "cron_follow_actions": 1,
    "cron_fetch_documents": 10,
}
# So many records are handed over at once, the ones of all accounts in their order.
PAGE_SIZE = 1_000
# For so long jobs may wait until the scheduled actions no longer wait for them.
PATIENCE = timedelta(minutes=15)


class LengowEngine(models.AbstractModel):
    """Has jobs do what the scheduled actions find."""

    _name = "lengow.engine"
    _description = "Job Engine of Lengow's Scheduled Actions"

    def _hand_over(self, service, cron_name, records):
        """Have jobs take records through the step of a service.

        :param Model service: that has found them
        :param str cron_name: xml id of its scheduled action, without the addon's name
        :param Model records: that are due, those that wait longest first
        :return: whether that was done; if not, they are to be taken through at once
        :rtype: bool
        """
        if self.env.context.get(JOB):
            return False
        loop = self.env["lengow.cron"]
        due = loop._without_paused(records, cron_name)
        if not due or self._stands_still():
            return False
        is_through = True
        known = self._ids_in_jobs(due)
        new = [id_ for id_ in due.ids if id_ not in known]
        loop._commit(remaining=len(new))
        for ids in split_every(PAGE_SIZE, new):
            for account, theirs in self._by_account(due.browse(ids)):
                self._enqueue(service, cron_name, account, theirs)
            is_through = bool(loop._commit(len(ids)))
            if not is_through:
                break
        if is_through and due._name != "lengow.account":
            busy = self.env["lengow.account"].union(
                *(account for account, _theirs in self._by_account(due))
            )
            kind = cron_name.removeprefix("cron_")
            loop._finish(self.env["lengow.recorder"], "_record_idle", kind, busy)
        return True

    def _enqueue(self, service, cron_name, account, records):
        """Create the jobs for some records of an account.

        :param Model service: that knows their step
        :param str cron_name: xml id of its scheduled action
        :param lengow.account account: whose they are
        :param Model records: in the order in which they are to be done
        """
        cron = self.env.ref(f"lengow_connector.{cron_name}").sudo()
        # The jobs are seen by those who work for the company.
        theirs = records.with_context(company_id=account.company_id.id)
        for ids in split_every(JOB_SIZES[cron_name], records.ids):
            job = theirs.browse(ids).with_delay(
                priority=cron.priority,
                description=f"{cron.name}: {account.name} ({len(ids)})",
                channel=channel_of(cron_name, account),
                identity_key=identity_exact,
            )
            job._run_in_job(service._name)

    # === HELPERS === #

    def _ids_in_jobs(self, records):
        """Return the ids of the records that jobs are to do already.

        :rtype: set[int]
        """
        jobs = (
            self.env["queue.job"]
            .sudo()
            .search_fetch(
                [
                    ("model_name", "=", records._name),
                    ("method_name", "=", METHOD),
                    ("state", "in", WAITING_STATES),
                ],
                ["records"],
            )
        )
        return {id_ for job in jobs for id_ in job.records.ids}

    def _by_account(self, records):
        """Return records by the account that they belong to.

        :return: an account, and its records in their order, for each account
        :rtype: list[tuple[lengow.account, Model]]
        """
        if records._name == "lengow.account":
            return [(account, account) for account in records]
        path = "account_id" if "account_id" in records else "order_id.account_id"
        rows = records.sudo()._read_group(
            [("id", "in", records.ids)], [path], ["id:array_agg"]
        )
        found = []
        for account, ids in rows:
            wanted = set(ids)
            theirs = records.browse(id_ for id_ in records.ids if id_ in wanted)
            found.append((account, theirs))
        return found

    def _stands_still(self):
        """Whether no engine takes the jobs, so that nothing may wait for it.

        Its rows tell: something of ours could have been done for long, and nothing
        was.

        :rtype: bool
        """
        jobs, since = self.env["queue.job"].sudo(), fields.Datetime.now() - PATIENCE
        ours = [("method_name", "=", METHOD)]
        is_late = jobs.search_count(
            [
                *ours,
                ("state", "in", WAITING_STATES),
                ("date_created", "<", since),
                "|",
                ("eta", "=", False),
                ("eta", "<", since),
            ],
            limit=1,
        )
        if not is_late or jobs.search_count(
            [*ours, "|", ("date_started", ">=", since), ("date_done", ">=", since)],
            limit=1,
        ):
            return False
        _logger.warning(
            "Jobs wait for more than %s minutes: is the job runner there? Until it "
            "takes them, the scheduled actions do their work.",
            PATIENCE // timedelta(minutes=1),
        )
        return True


def channel_of(cron_name, account):
    """Return the channel of the jobs of a scheduled action for an account.

    :param str cron_name: xml id of the scheduled action
    :param lengow.account account: one
    :rtype: str
    """
    return f"{CHANNEL}.{cron_name.removeprefix('cron_')}.{account.id}"
