from odoo import models
from odoo.exceptions import UserError

BATCH_SIZE = 20  # each is a call to Lengow
# How often a batch waits until a trouble is over: for some hours, as pauses grow. Then
# it may be an order that makes the trouble.
MOST_WAITS = 30


class LengowTaskRefresh(models.AbstractModel):
    """Reads many chosen orders from Lengow again."""

    _name = "lengow.task.refresh"
    _description = "Refresh of Chosen Orders"

    _batch_size = BATCH_SIZE

    def _step(self, task, orders):
        """Read a batch again; trouble with Lengow lets the task wait, or ends it.

        :param lengow.task task: whose batch it is
        :param lengow.order orders: of the batch
        """
        orders_sudo = orders._filtered_access("write").sudo()
        inbox, silent = orders_sudo.env["lengow.inbox"], self._tell_silent(orders_sudo)
        read = orders_sudo.filtered(lambda order: order not in silent)
        reasons, _rest = inbox._refresh_within(read, float("inf"))
        read.env["lengow.fetcher"]._import_soon(read)
        failing = read.account_id.filtered(lambda one: one.state != "connected")
        if failing:
            self._leave(task, failing)
            return
        task.memo = False
        left_out = silent | reasons
        task._note(
            [*left_out.values()],
            unnamed=len(orders) - len(orders_sudo),
            left=[order.id for order in left_out],
        )

    def _tell_silent(self, orders):
        """Return by order why it is not read: that of an account that is not connected.

        :rtype: dict[lengow.order, str]
        """
        silent = {}
        for account, theirs in orders.grouped("account_id").items():
            try:
                account._check_connected()
            except UserError as error:
                silent |= {order: f"{order.name}: {error}" for order in theirs}
        return silent

    def _leave(self, task, failing):
        """Leave a batch for later, or for somebody who looks after an account.

        :param lengow.task task: whose batch is done once more
        :param lengow.account failing: with which Lengow has trouble
        """
        waits = (task.memo or {}).get("waits", 0)
        lasting = failing.filtered(lambda account: not account.paused_until)
        if lasting or waits >= MOST_WAITS:
            task.memo = False
            task._mark_failed((lasting or failing)[0].error_message)
        else:
            task.memo = {"waits": waits + 1}
            until = max(failing.mapped("paused_until"))
            task._mark_waiting(until, failing[0].error_message)

    def _conclude(self, task):
        """Return what came of it.

        :param lengow.task task: that is through
        :rtype: str
        """
        return task._as_asked()._(
            "Up to date with Lengow: %(count)s of %(total)s.",
            count=task.done_count - task.failed_count,
            total=task.total_count,
        )
