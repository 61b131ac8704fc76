"""What could not be taken over of what Lengow sent, said on the order it is about."""

import logging
from datetime import timedelta

from odoo import fields, models

from ...lengow_api import DEAD_STATUSES, Order, resolve_status
from ...mapper import ImportProblem, ReferenceData
from ..errors import Outcome, contained
from .lengow_todo import OLD_ERROR_ACTIVITY

_logger = logging.getLogger(__name__)

# What stands for the state before, where an order was never read.
NEVER_READ = "new"
# States before, in which an order has never passed the question of its age.
UNSEEN = (NEVER_READ, "ignored")
# For so long each fetch reads again by itself what was changed.
FIRST_RETRY = timedelta(hours=2)


class LengowInboxFailure(models.AbstractModel):
    """Says on orders why what Lengow sent of them is not taken over."""

    _name = "lengow.inbox.failure"
    _description = "Failures of the Inbox"

    def _note(self, order, values, failure):
        """Say it on an order, and create it where there is none yet.

        As long as Lengow sends it, the next fetch tries it again: it is not stored.

        :param lengow.order order: none where there is none
        :param dict values: with which it is created
        :param Outcome failure: of storing it
        :return: the order, where whoever looks after it has not been told of this yet;
            None where it cannot even be said
        :rtype: lengow.order | None
        """
        _logger.error(
            "Order %s cannot be stored", values["name"], exc_info=failure.error
        )
        marketplace = self.env["lengow.marketplace"].browse(values["marketplace_id"])
        if not (order or marketplace.active):
            return order  # which nobody wants
        with contained(self.env) as outcome:
            was = order.import_state or NEVER_READ
            order = order or order.browse(self._create(marketplace, values).id)
            is_told, was_over = bool(order.unread_from), order.unread_end
            self._keep_unread(order, values["payload"], was)
            # That it has ended is news, whoever has looked at it before.
            has_ended = order.unread_end and not was_over
            self._say(order, failure, is_told and not has_ended)
        return None if outcome.error else order.filtered("is_error_new")

    def _create(self, marketplace, values):
        """Create an order, with all that can be shown of it.

        What it takes from the stock is not to be sold once more meanwhile.

        :param lengow.marketplace marketplace: of it
        :param dict values: with which it is created in any case
        :rtype: lengow.order
        """
        orders = self.env["lengow.order"].with_context(tracking_disable=True)
        content, created = self.env["lengow.inbox.content"], orders.browse()
        with contained(self.env) as outcome:
            shown = content._prepare_values(
                Order.from_payload(values["payload"]),
                created,
                marketplace._find_definition(),
                ReferenceData(self.env),
            )
            deadline = marketplace._acceptance_deadline(shown["order_date"])
            created = orders.create({**values, **shown, "accept_before": deadline})
        return orders.create(values) if outcome.error else created

    def _keep_unread(self, order, payload, was):
        """Keep on an order that what Lengow sent last of it is not here.

        :param lengow.order order: one
        :param dict payload: that could not be taken over
        :param str was: its state before
        """
        has_ended = False
        with contained(self.env):  # that may be what cannot be done
            definition = order.marketplace_id._find_definition()
            status, _code = resolve_status(Order.from_payload(payload), definition)
            has_ended = status in DEAD_STATUSES
        is_news = has_ended and order.lengow_status not in DEAD_STATUSES
        if order.unread_end != is_news:
            order.unread_end = is_news
        if not order.unread_from:
            now = fields.Datetime.now()
            order.unread_from, order.unread_since = was, now
            order.unread_retry_at = now + FIRST_RETRY

    def _say(self, order, failure, is_told):
        """Put an order that is to be imported in error; call somebody to any other one.

        :param lengow.order order: one
        :param Outcome failure: of storing what Lengow sent of it
        :param bool is_told: whether it says so already
        """
        if self._is_wanted(order):
            order._mark_error(self._problem(order, failure))
            return
        if is_told:
            return  # once, however often it is tried again
        sentence = self._sentence(order, failure)
        if order.import_state == "imported":
            # It may have ended there, and is about to be shipped here.
            kinds = dict(order._fields["error_code"]._description_selection(order.env))
            responsible = order.account_id._find_responsible(company=order.company_id)
            order._call_person(
                OLD_ERROR_ACTIVITY, kinds["unexpected"], sentence, responsible
            )
        order._log_note(sentence)

    def _settle(self, orders):
        """Call nobody any more to orders that are read now.

        :param lengow.order orders: that could not be taken over before
        """
        if orders:
            orders._dismiss_calls([OLD_ERROR_ACTIVITY])

    def _is_wanted(self, order):
        """Whether an order is not imported yet, and nothing says that it never is."""
        is_settled = order.import_state == "imported" or order.dismissed_at
        return not (is_settled or order.anonymised_at) and order.marketplace_id.active

    def _keep_error(self, order):
        """Leave an order in error of which what Lengow sent last is not here.

        :param lengow.order order: one
        :return: whether it is such a one
        :rtype: bool
        """
        if not (order.unread_from and self._is_wanted(order)):
            return False
        if order.import_state != "error":
            order._mark_error(self._problem(order, Outcome()))
        return True

    def _problem(self, order, failure):
        return ImportProblem("unexpected", self._sentence(order, failure))

    def _sentence(self, order, failure):
        """Return what is said of an order.

        :param lengow.order order: one, in the language of whoever reads it
        :param Outcome failure: of storing it; without an error where that is forgotten
        :rtype: str
        """
        return order.env._(
            "What Lengow sent of %(order)s could not be taken over (%(reason)s). "
            "Refresh it once more; if that fails, too, give your administrator the "
            "server log of this moment.",
            order=order.name,
            reason=failure.reason or "\N{EN DASH}",
        )
