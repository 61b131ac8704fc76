"""What could not be taken over of what Lengow sent, said on the order it is about."""

import logging

from odoo import models
from odoo.tools import html2plaintext

from ...mapper import ImportProblem
from ..errors import contained

_logger = logging.getLogger(__name__)


class LengowInboxFailure(models.AbstractModel):
    """Says on orders why what Lengow sent of them is not taken over."""

    _name = "lengow.inbox.failure"
    _description = "Failures of the Inbox"

    def _note(self, order, values, failure):
        """Say it on an order, and create it where there is none yet.

        As long as Lengow sends it, the next fetch tries it again: it is not stored.

        :param lengow.order order: None where there is none
        :param dict values: with which it is created
        :param Outcome failure: of storing it
        :return: whether it stands on the order
        :rtype: bool
        """
        _logger.error(
            "Order %s cannot be stored", values["name"], exc_info=failure.error
        )
        with contained(self.env) as outcome:
            order = order or self.env["lengow.order"].create(values)
            sentence = self._sentence(order, failure)
            if order.import_state != "imported":
                order._mark_error(ImportProblem("unexpected", sentence))
            elif html2plaintext(order.message_ids[:1].body or "").strip() != sentence:
                order._log_note(sentence)  # once, however often it is tried again
        return not outcome.error

    def _sentence(self, order, failure):
        """Return what is said of an order.

        :param lengow.order order: one, in the language of whoever reads it
        :param Outcome failure: of storing it
        :rtype: str
        """
        return order.env._(
            "What Lengow sent of %(order)s could not be taken over (%(reason)s). "
            "Refresh it once more; if that fails, too, give your administrator the "
            "server log of this moment.",
            order=order.name,
            reason=failure.reason,
        )
