from odoo import models

BATCH_SIZE = 20  # each is a call to Lengow


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
        accounts = orders_sudo.account_id
        inbox = orders_sudo.env["lengow.inbox"]
        missing, _rest = inbox._refresh_within(orders_sudo, float("inf"))
        task._note(
            [
                orders.env._("Lengow does not know %s any more.", order.name)
                for order in missing
            ]
        )
        failing = accounts.filtered(lambda account: account.state != "connected")
        if until := max(failing.mapped("paused_until"), default=False):
            task._mark_waiting(until)
        elif failing:
            task._mark_failed(failing[0].error_message)

    def _conclude(self, task):
        """Return what came of it.

        :param lengow.task task: that is through
        :rtype: str
        """
        return task._as_asked()._(
            "%s orders are up to date with Lengow.",
            task.done_count - task.failed_count,
        )
