"""What follows in Odoo when an imported order ends, is refunded or is open again.

                   not delivered yet          delivered, at least in part
canceled/refused  sale order canceled,      left alone, activity; what is still to be
                   posted invoice: activity   delivered waits for somebody
refunded           sale order canceled       left alone, what is still to be delivered
                                              waits for somebody
   and any refund  see `lengow.refund.proposal`
open again         waits for somebody, who    activity
                   may import it again
"""

import logging

from odoo import models

from ...lengow_api import (
    CANCELED_STATUSES,
    DEAD_STATUSES,
    IMPORTABLE_STATUSES,
    REFUND_STATUSES,
)
from ..errors import contained
from .lengow_refund_proposal import CHANGE_ACTIVITY
from .sale_order import TELLS_NOTHING

_logger = logging.getLogger(__name__)

# The refund was asked for, and the marketplace or the merchant may still deny it.
UNSETTLED_REFUNDS = ("to_refund", "refunding")


class LengowFollowUp(models.AbstractModel):
    """Does in Odoo what the end or the refund of a marketplace order calls for."""

    _name = "lengow.follow.up"
    _description = "What Follows From the End of Lengow Orders"

    # === CANCELED, REFUSED OR REFUNDED ON THE MARKETPLACE === #

    def _follow(self, order, before, old_status):
        """Do in Odoo what a cancellation or refund on the marketplace calls for.

        Whatever Odoo refuses becomes an activity: one order must not stop the others.

        :param lengow.order order: imported
        :param lengow_api.Order before: its content before this change
        :param str old_status: its Lengow status before this change
        """
        proposal = order.env["lengow.refund.proposal"]
        status = order.lengow_status
        has_moved = status != old_status
        has_ended = has_moved and status in CANCELED_STATUSES | {"refunded"}
        is_refunded = proposal._is_more_refunded(order, before) or (
            has_moved and status in REFUND_STATUSES
        )
        is_back = has_moved and self._is_reopened(order, old_status)
        if not (has_ended or is_refunded or is_back):
            return
        order = order.with_company(order.company_id)
        with contained(self.env) as outcome:
            if has_ended:
                self._follow_cancellation(order, old_status)
            if is_refunded:
                proposal._propose(order)
            if is_back:
                self._follow_reopening(order)
        if outcome.error:
            if not outcome.is_for_people:
                # Whatever another module raises concerns this order and no other.
                message = "Order %s could not follow the marketplace"
                _logger.error(message, order.id, exc_info=outcome.error)
            self._report_refusal(order, outcome.reason)

    def _is_reopened(self, order, old_status):
        """Whether an order that had ended is to be shipped after all.

        On its way back it may have been at other statuses, also at one that is not
        known; then its sale orders tell that it had ended.
        """
        if order.lengow_status not in IMPORTABLE_STATUSES:
            return False
        if order.change_kind == "reopened" or old_status in DEAD_STATUSES:
            return True
        return old_status not in IMPORTABLE_STATUSES and not order._living_sales()

    def _report_refusal(self, order, reason):
        """Ask a person to do what Odoo refused to."""
        order._call_person(
            CHANGE_ACTIVITY,
            order._status_label(),
            self.env._("Odoo refused to follow: %s", reason),
            order.account_id._find_responsible(),
        )

    def _follow_reopening(self, order):
        """Say that an order that had ended goes on, where its sale order lives."""
        sales = order._living_sales()
        note = self.env._(
            "The marketplace order is open again: it is “%s” now.",
            order._status_label(),
        )
        order._log_note(note)
        (order.sale_order_ids - sales)._message_log_batch(
            bodies=dict.fromkeys((order.sale_order_ids - sales).ids, note)
        )
        if sales:
            order._call_person(
                CHANGE_ACTIVITY,
                order._status_label(),
                self.env._(
                    "It had ended on the marketplace and is open again. Go on with "
                    "%s, and drop credit notes that are not due any more.",
                    ", ".join(sales.mapped("name")),
                ),
                order.account_id._find_responsible(),
            )

    def _follow_denied_refund(self, order):
        """Say that a refund of something delivered was denied: nothing is to be done.

        A credit note that was proposed for it is not due any more.
        """
        drafts = (
            order.env["lengow.refund.proposal"]
            ._credit_notes(order)
            .filtered(lambda move: move.state == "draft")
        )
        order._dismiss_calls([CHANGE_ACTIVITY])
        order._log_note(
            self.env._(
                "The refund was denied on the marketplace, and all is delivered: "
                "nothing is to be done."
            )
        )
        if drafts:
            order._call_person(
                CHANGE_ACTIVITY,
                order._status_label(),
                self.env._(
                    "The refund was denied on the marketplace: delete the draft credit "
                    "note %s.",
                    ", ".join(drafts.mapped("display_name")),
                ),
                order.account_id._find_responsible(),
            )

    def _follow_cancellation(self, order, old_status):
        """Cancel what is not delivered, and point at what is."""
        is_denied = old_status in UNSETTLED_REFUNDS and order._living_sales()
        if is_denied and order.lengow_status == "canceled" and not order._open_sales():
            self._follow_denied_refund(order)
            return
        sales = order._living_sales()
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        self._cancel_sales(order, sales - delivered)
        if order.lengow_status in REFUND_STATUSES:
            return  # what is delivered or invoiced is for the credit note to settle
        sentences = []
        if delivered:
            sentences.append(
                self.env._(
                    "%s is delivered, at least in part, and was not canceled: arrange "
                    "the return, or contact the marketplace.",
                    ", ".join(delivered.mapped("name")),
                )
            )
        invoices = order._posted_invoices()
        if invoices:
            sentences.append(
                self.env._(
                    "%s is posted and stays: it probably needs a credit note.",
                    ", ".join(invoices.mapped("name")),
                )
            )
        if sentences:
            order._call_person(
                CHANGE_ACTIVITY,
                order._status_label(),
                " ".join(sentences),
                order.account_id._find_responsible(),
            )

    def _cancel_sales(self, order, sales):
        """Cancel sale orders of an order, locked ones too, and say why on each."""
        if not sales:
            return
        sales.with_context(**TELLS_NOTHING)._action_cancel()
        note = self.env._(
            "Canceled because the marketplace order %(order)s is now “%(status)s”.",
            order=order.name,
            status=order._status_label(),
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        order._log_note(note)

    # === A PERSON DECIDES === #

    def _cancel_rest(self, order):
        """Cancel what is still to be delivered of an order that has ended.

        :param lengow.order order: imported, in system mode
        """
        sales = order.with_company(order.company_id)._open_sales()
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        self._cancel_sales(order, sales - delivered)
        delivered.picking_ids.filtered(
            lambda picking: picking.state not in ("done", "cancel")
        ).action_cancel()
        if delivered:
            order._log_note(
                self.env._(
                    "%s canceled what was still to be delivered.", self.env.user.name
                )
            )
