"""Cancelled, refused or refunded on the marketplace after the import.

                   not delivered yet          delivered, at least in part
cancelled/refused  sale order cancelled,      left alone, activity
                   posted invoice: activity
refunded           sale order cancelled       left alone
   and any refund  posted invoice: a draft credit note, never posted by itself;
                   no posted invoice but delivered: activity
"""

import logging

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...lengow_api import CANCELLED_STATUSES, REFUND_STATUSES, Order

_logger = logging.getLogger(__name__)

CHANGE_ACTIVITY = "lengow_connector.mail_activity_type_marketplace_change"


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # === BUSINESS METHODS === #

    def _follow_marketplace(self, before, old_status):
        """Do in Odoo what a cancellation or refund on the marketplace calls for.

        Whatever Odoo refuses becomes an activity: one order must not stop the others.

        :param lengow_api.Order before: the order before this change
        :param str old_status: its Lengow status before this change
        """
        status = self.lengow_status
        has_moved = status != old_status
        refunded = self._newly_refunded(before) if status in REFUND_STATUSES else {}
        order = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                if has_moved and status in CANCELLED_STATUSES | {"refunded"}:
                    order._follow_cancellation()
                if status in REFUND_STATUSES and (has_moved or refunded):
                    order._follow_refund(refunded)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            order._note_that_it_did_not_follow(str(error))
        except Exception as error:
            # Whatever another module raises concerns this order and no other.
            _logger.exception("Order %s could not follow the marketplace", self.id)
            order._note_that_it_did_not_follow(type(error).__name__)

    def _note_that_it_did_not_follow(self, reason):
        self.invalidate_recordset(flush=False)
        self._schedule_change_activity(
            self._status_label(), self.env._("Odoo refused to follow: %s", reason)
        )

    def _follow_cancellation(self):
        """Cancel what is not delivered, and point at what is."""
        sales = self._living_sales()
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        self._cancel_sales(sales - delivered)
        if self.lengow_status in REFUND_STATUSES:
            return  # what is delivered or invoiced is for the credit note to settle
        sentences = []
        if delivered:
            sentences.append(
                self.env._(
                    "%s is delivered, at least in part, and was left alone: arrange "
                    "the return, or ask the marketplace.",
                    ", ".join(delivered.mapped("name")),
                )
            )
        invoices = self._posted_invoices()
        if invoices:
            sentences.append(
                self.env._(
                    "%s is posted and stays: it probably needs a credit note.",
                    ", ".join(invoices.mapped("name")),
                )
            )
        if sentences:
            self._schedule_change_activity(self._status_label(), " ".join(sentences))

    def _cancel_sales(self, sales):
        """Cancel sale orders, locked ones too, and say why on each."""
        if not sales:
            return
        sales._action_cancel()
        note = self.env._(
            "Cancelled because the marketplace order %(order)s is now “%(status)s”.",
            order=self.name,
            status=self._status_label(),
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        self._log_note(note)

    def _follow_refund(self, refunded):
        """Propose a draft credit note, or point at what has none.

        :param dict refunded: Decimal amounts by line number; empty when the marketplace
            does not tell them
        """
        invoices = self._posted_invoices()
        if not invoices:
            if self._living_sales():
                self._schedule_change_activity(
                    self._status_label(),
                    self.env._(
                        "No invoice is posted in Odoo for it, so there is nothing to "
                        "credit. Check what is still to be delivered, or comes back."
                    ),
                )
            return
        if self._is_credited_already(invoices):
            return
        partial = self.lengow_status == "partial_refunded"
        credit_notes = self._propose_credit_notes(invoices, refunded if partial else {})
        amount = float(sum(refunded.values()))
        sentence = self.env._(
            "A draft credit note is proposed for %s. Check it before you post it.",
            ", ".join(credit_notes.reversed_entry_id.mapped("name")),
        )
        if partial:
            told = self.currency_id.format(amount) if amount else self.env._("not told")
            sentence += " " + self.env._(
                "The marketplace refunded a part (%s): keep no more than that.", told
            )
        self._schedule_change_activity(self._status_label(), sentence)

    def _newly_refunded(self, before):
        """Return what was refunded since the last payload, by line number.

        :rtype: dict[str, Decimal]
        """
        old = _refunded_by_line(before)
        new = _refunded_by_line(Order.from_payload(self.payload))
        grown = {ref: amount - old.get(ref, 0) for ref, amount in new.items()}
        return {ref: amount for ref, amount in grown.items() if amount > 0}

    def _is_credited_already(self, invoices):
        """Return whether credit notes, draft or posted, cover what was refunded.

        Somebody who credits in Odoo and has the refund reported from there gets no
        second credit note.
        """
        credited = invoices.reversal_move_ids.filtered(lambda m: m.state != "cancel")
        if not credited:
            return False
        refunded = _refunded_by_line(Order.from_payload(self.payload))
        if self.lengow_status != "partial_refunded" or not refunded:
            return True
        total = float(sum(refunded.values()))
        return (
            credited.currency_id[:1].compare_amounts(
                sum(credited.mapped("amount_total")), total
            )
            >= 0
        )

    def _propose_credit_notes(self, invoices, refunded):
        """Create draft credit notes for posted invoices.

        :param account.move invoices: posted
        :param dict refunded: amounts of a partial refund by line number; empty for all
        :rtype: account.move
        """
        today = fields.Date.context_today(self)
        reason = f"{self.name}, {self._status_label()}"
        credit_notes = invoices._reverse_moves(
            [
                {
                    "ref": self.env._(
                        "Reversal of: %(invoice)s, %(reason)s",
                        invoice=invoice.name,
                        reason=reason,
                    ),
                    "date": today,
                    "invoice_date": today,
                    "invoice_origin": invoice.invoice_origin,
                    "lengow_order_id": self.id,
                }
                for invoice in invoices
            ]
        )
        if refunded:
            return self._reduce_to_refunded(credit_notes, refunded)
        return credit_notes

    def _reduce_to_refunded(self, credit_notes, refunded):
        """Leave on draft credit notes the lines that a partial refund is about.

        Some marketplaces put the whole refund on one line, whichever. Where an amount
        is more than its line, or its line is not invoiced, nothing is reduced and the
        person who checks the draft chooses.

        :param account.move credit_notes: drafts over everything
        :param dict refunded: amounts by line number
        :return: the credit notes that still have lines
        """
        lines = {
            ref: credit_notes.invoice_line_ids.filtered(
                lambda line, ref=ref: line.sale_line_ids[:1].lengow_line_ref == ref
            )
            for ref in refunded
        }
        excess = {
            ref: credit_notes.currency_id[:1].compare_amounts(
                float(amount), sum(lines[ref].mapped("price_total"))
            )
            for ref, amount in refunded.items()
        }
        if max(excess.values()) > 0:
            return credit_notes
        for ref, amount in refunded.items():
            if excess[ref] < 0:
                ratio = float(amount) / sum(lines[ref].mapped("price_total"))
                for line in lines[ref]:
                    line.price_unit *= ratio
        kept = credit_notes.invoice_line_ids.browse().union(*lines.values())
        (credit_notes.invoice_line_ids - kept).unlink()
        empty = credit_notes.filtered(lambda note: not note.invoice_line_ids)
        empty.unlink()
        return credit_notes - empty

    def _schedule_change_activity(self, summary, sentence):
        """Ask the account's responsible to look, instead of what was asked before.

        :param str summary: what happened
        :param str sentence: what to do; without the buyer's data
        """
        self.activity_unlink([CHANGE_ACTIVITY])
        # The list of activities tells the responsible: a mail each would be too much.
        self.with_context(mail_activity_quick_update=True).activity_schedule(
            CHANGE_ACTIVITY,
            summary=summary,
            note=Markup("<p>%s</p>") % sentence,
            user_id=self.account_id._get_responsible().id,
        )

    # === HELPERS === #

    def _posted_invoices(self):
        invoices = self.sale_order_ids.invoice_ids
        return invoices.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )

    def _status_label(self):
        labels = dict(self._fields["lengow_status"]._description_selection(self.env))
        return labels[self.lengow_status]


def _refunded_by_line(order):
    """Return the refunded amounts that an order's lines tell, by line number."""
    amounts = {}
    for line in order.lines:
        amount = line.refunded_amount
        if amount:
            ref = line.marketplace_order_line_id or ""
            amounts[ref] = amounts.get(ref, 0) + amount
    return amounts
