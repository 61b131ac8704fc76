"""Reading again what could not be taken over, ever less often.

could not be taken over ─► each fetch ─two hours─► now and then ─a month─► people
"""

import logging
from datetime import timedelta

from odoo import fields, models

from ...lengow_api import LengowError
from .lengow_inbox import MOST_UNTOLD, OF_ONE_ORDER

_logger = logging.getLogger(__name__)

# Then an order waits as long as it has waited already, and no longer than this.
LONGEST_RETRY = timedelta(days=1)
# What is not read in so long is left to people.
LAST_RETRY = timedelta(days=30)
# So many are read again by one fetch: each is a call to Lengow.
MOST_RETRIES = 20


class LengowInboxRetry(models.AbstractModel):
    """Reads orders from Lengow again that could not be taken over."""

    _name = "lengow.inbox.retry"
    _description = "Retries of the Inbox"

    def _try_again(self, account, client):
        """Read from Lengow again what could not be taken over, ever less often.

        Whatever was in the way may be mended by now, and the order not change any more.

        :param lengow.account account: one, in system mode
        :param LengowClient client: of it
        :return: yields before the first one and after each, which may be committed
            then: the order if it is read
        :rtype: Iterator[lengow.order]
        """
        now = fields.Datetime.now()
        due = account.env["lengow.order"].search(
            [
                ("account_id", "=", account.id),
                ("unread_from", "!=", False),
                ("import_state", "in", ("error", "imported")),
                ("unread_since", ">=", now - LAST_RETRY),
                ("unread_retry_at", "<=", now),
            ],
            order="unread_retry_at, id",
            limit=MOST_RETRIES,
        )
        inbox, untold = self.env["lengow.inbox"], 0
        if due:
            yield due.browse()  # what was fetched is kept, whatever comes of these
        for order in due:
            locked = order.try_lock_for_update(allow_referencing=True)
            if not (locked and order.unread_from):
                continue
            # Before the call: whatever comes of it, the others have their turn next.
            order.unread_retry_at = now + min(now - order.unread_since, LONGEST_RETRY)
            try:
                is_read = not inbox._refresh_one(account, client, order)
            except LengowError as error:
                # All else was read just now: this one alone is in the way.
                _logger.info("Order %s is not read again: %s", order.id, error)
                is_read, untold = False, untold + 1
                if error.code not in OF_ONE_ORDER or untold == MOST_UNTOLD:
                    return
            yield order.filtered(lambda _order, is_read=is_read: is_read)
