from odoo import fields, models

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
        waiting.env["lengow.importer"]._import_asked(waiting)
        if waiting.filtered(lambda o: o.import_state == "ready"):
            # Somebody else was at them, and need not have imported them.
            self.env.ref("lengow_connector.cron_process_orders").sudo()._trigger()
        memo = task.memo or {}
        for account, theirs in waiting.grouped("account_id").items():
            states = theirs.mapped("import_state")
            counts = memo.setdefault(str(account.id), {})
            for state in ("imported", "error", "ignored"):
                counts[state] = counts.get(state, 0) + states.count(state)
        task.memo = memo
        # An error may quote the buyer's data; which kind it is does not.
        task._note(
            [
                f"{order.name}: {_why_not(order)}"
                for order in waiting
                if order.import_state != "imported"
            ],
            unnamed=len(orders) - len(orders_sudo),
        )

    def _conclude(self, task):
        """Tell whom it concerns, and return what came of it.

        :param lengow.task task: that is through
        :rtype: str
        """
        env = task._as_asked()
        self.env["lengow.todo"]._settle_errors()
        seconds = (fields.Datetime.now() - task.begun_at).total_seconds()
        imported = 0
        for account_id, counts in (task.memo or {}).items():
            account = env["lengow.account"].browse(int(account_id)).exists()
            imported += counts["imported"]
            if account:
                env["lengow.recorder"]._record_click(
                    "process_orders",
                    account,
                    seconds,
                    imported=counts["imported"],
                    failed=counts["error"],
                    ignored=counts["ignored"],
                )
        return env._(
            "%(imported)s of %(count)s orders imported.",
            imported=imported,
            count=task.total_count,
        )


def _why_not(order):
    """Return why an order is not imported, without quoting anything of it."""
    if order.import_state == "error":
        return order._error_label()
    labels = dict(order._fields["import_state"]._description_selection(order.env))
    return order.state_reason or labels[order.import_state]
