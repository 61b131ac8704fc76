from odoo import models
from odoo.exceptions import UserError

from ..outbox.kinds import OWN_KINDS
from ..outbox.lengow_action import OPEN_STATES
from .lengow_anonymiser import BATCH_SIZE

IMPERSONAL = [kind.name for kind in OWN_KINDS.values() if not kind.is_personal]


class LengowTaskAnonymise(models.AbstractModel):
    """Deletes the buyers' data of many orders at somebody's wish."""

    _name = "lengow.task.anonymise"
    _description = "Deletion of Many Buyers' Data"

    _batch_size = BATCH_SIZE

    def _step(self, task, orders):
        """Delete the data of a batch; an order that fails harms none beside it.

        :param lengow.task task: whose batch it is
        :param lengow.order orders: of the batch
        :raise AccessError: if the user may delete nobody's data any more
        :raise UserError: if the account is to keep its data meanwhile
        """
        orders.env["lengow.order.anonymise"].check_access("create")
        self._check_account(task)
        mine = self.env["lengow.order"].browse(orders._filtered_access("write").ids)
        work = self.env["lengow.anonymiser"]._work(
            self._domain(task), "_anonymise", "_note_failure"
        )
        self.env["lengow.cron"]._each_within(mine, work)
        # Those, too, that the user may not reach any more: their data is still there.
        hidden = mine.browse(orders.ids).exists() - mine
        left = mine.exists().filtered(lambda order: not order.anonymised_at)
        env = task._as_asked()
        task._note(
            [
                env._(
                    "%s: something is still on its way to the marketplace, its buyer "
                    "is in use just now, or Odoo refuses it. Choose “Delete Buyers' "
                    "Data” in its menu to see which.",
                    order.name,
                )
                for order in left
            ],
            unnamed=len(hidden.filtered(lambda order: not order.anonymised_at)),
            left=left.ids,
        )

    def _check_account(self, task):
        """Refuse what somebody has switched off since it was asked for: a dispute.

        :raise UserError: with the reason why the data is kept
        """
        account = self._account_of(task).with_env(task._as_asked())
        if not account:
            return
        account.check_access("write")
        if not account.anonymise_orders:
            raise UserError(
                account.env._(
                    "Everything: this account does not delete buyers' data. %s",
                    account.anonymise_off_reason or "",
                )
            )

    def _account_of(self, task):
        """Return the account whose orders' time is over, none for chosen orders."""
        account_id = (task.options or {}).get("account_id")
        return self.env["lengow.account"].browse(account_id)

    def _domain(self, task):
        """Return the domain of what may be deleted when its turn comes."""
        if account := self._account_of(task):
            return account._due_for_anonymisation_domain()
        on_its_way = [("state", "in", OPEN_STATES), ("kind", "not in", IMPERSONAL)]
        return [("anonymised_at", "=", False), ("action_ids", "not any", on_its_way)]

    def _conclude(self, task):
        """Return what came of it.

        :param lengow.task task: that is through
        :rtype: str
        """
        return task._as_asked()._(
            "Orders whose buyer's data is deleted: %s.",
            task.done_count - task.failed_count,
        )
