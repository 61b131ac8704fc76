import time

from odoo import models

from .lengow_importer import BATCH_SIZE


class LengowTaskImport(models.AbstractModel):
    """Imports many chosen orders, or says of each why it cannot be."""

    _name = "lengow.task.import"
    _description = "Import of Chosen Orders"

    _batch_size = BATCH_SIZE

    def _step(self, task, orders):
        """Import a batch.

        :param lengow.task task: whose batch it is
        :param lengow.order orders: of the batch
        """
        orders_sudo = orders._filtered_access("write").sudo()
        waiting = orders_sudo.filtered(lambda o: o.import_state != "imported")
        self.env["lengow.judge"]._ask_for(waiting)
        began = time.monotonic()
        waiting.env["lengow.importer"]._import_asked(waiting)
        self._count(task, waiting, time.monotonic() - began)
        if waiting.filtered(lambda o: o.import_state == "ready"):
            # Somebody else was at them, and need not have imported them.
            self.env.ref("lengow_connector.cron_process_orders").sudo()._trigger()
        # An error may quote the buyer's data; which kind it is does not.
        left = waiting.filtered(lambda order: order.import_state != "imported")
        task._note(
            [f"{order.name}: {_why_not(order)}" for order in left],
            unnamed=len(orders) - len(orders_sudo),
            left=left.ids,
        )

    def _count(self, task, orders, seconds):
        """Count what a batch has become, for whoever asked and for the record of runs.

        :param lengow.task task: whose batch it was
        :param lengow.order orders: that were not imported before
        :param float seconds: that it took
        """
        imported = (task.memo or {}).get("imported", 0)
        for account, theirs in orders.grouped("account_id").items():
            states = theirs.mapped("import_state")
            imported += states.count("imported")
            task._count(
                "process_orders",
                account,
                seconds * len(theirs) / len(orders),
                imported=states.count("imported"),
                failed=states.count("error"),
                ignored=states.count("ignored"),
            )
        task.memo = {"imported": imported}

    def _conclude(self, task):
        """Tell whom it concerns, and return what came of it.

        :param lengow.task task: that is through
        :rtype: str
        """
        self.env["lengow.todo"]._settle_errors()
        return task._as_asked()._(
            "Orders imported: %(imported)s of %(count)s.",
            imported=(task.memo or {}).get("imported", 0),
            count=task.total_count,
        )


def _why_not(order):
    """Return why an order is not imported, without quoting anything of it."""
    if order.import_state == "error":
        return order._error_label()
    labels = dict(order._fields["import_state"]._description_selection(order.env))
    return order.state_reason or labels[order.import_state]
