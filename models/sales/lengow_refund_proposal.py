"""Draft credit notes for what a marketplace refunded after the import.

posted invoice                   a draft credit note, never posted by itself
no posted invoice, a sale order  activity
already credited in Odoo         nothing
"""

from odoo import fields, models

from .lengow_revision import CHANGE_ACTIVITY


class LengowRefundProposal(models.AbstractModel):
    """Proposes to credit in Odoo what the marketplace gave back to the buyer."""

    _name = "lengow.refund.proposal"
    _description = "Credit Notes Proposed for Lengow Orders"

    # === BUSINESS METHODS === #

    def _propose(self, order, refunded):
        """Propose a draft credit note, or point at what has none.

        :param lengow.order order: imported, and refunded at least in part
        :param dict refunded: Decimal amounts by line number; empty when the marketplace
            does not tell them
        """
        invoices = order._posted_invoices()
        if not invoices:
            if order._living_sales():
                order._call_person(
                    CHANGE_ACTIVITY,
                    order._status_label(),
                    self.env._(
                        "No invoice is posted in Odoo for it, so there is nothing to "
                        "credit. Check what is still to be delivered, or comes back."
                    ),
                    order.account_id._find_responsible(),
                )
            return
        if self._is_credited_already(order, invoices):
            return
        partial = order.lengow_status == "partial_refunded"
        credit_notes = self._create_credit_notes(
            order, invoices, refunded if partial else {}
        )
        amount = float(sum(refunded.values()))
        sentence = self.env._(
            "A draft credit note is proposed for %s. Check it before you post it.",
            ", ".join(credit_notes.reversed_entry_id.mapped("name")),
        )
        if partial:
            shown = (
                order.currency_id.format(amount) if amount else self.env._("not told")
            )
            sentence += " " + self.env._(
                "The marketplace refunded a part (%s): keep no more than that.", shown
            )
        order._call_person(
            CHANGE_ACTIVITY,
            order._status_label(),
            sentence,
            order.account_id._find_responsible(),
        )

    def _newly_refunded(self, before, after):
        """Return what was refunded between two contents, by line number.

        :param lengow_api.Order before: the content as it was
        :param lengow_api.Order after: the content as it is
        :rtype: dict[str, Decimal]
        """
        old, new = _refunded_by_line(before), _refunded_by_line(after)
        grown = {ref: amount - old.get(ref, 0) for ref, amount in new.items()}
        return {ref: amount for ref, amount in grown.items() if amount > 0}

    def _is_credited_already(self, order, invoices):
        """Return whether credit notes, draft or posted, cover what was refunded.

        Somebody who credits in Odoo and has the refund reported from there gets no
        second credit note.

        :param lengow.order order: refunded at least in part
        :param account.move invoices: of this order, posted
        :rtype: bool
        """
        credited = invoices.reversal_move_ids.filtered(lambda m: m.state != "cancel")
        if not credited:
            return False
        refunded = _refunded_by_line(order._content())
        if order.lengow_status != "partial_refunded" or not refunded:
            return True
        total = float(sum(refunded.values()))
        return (
            credited.currency_id[:1].compare_amounts(
                sum(credited.mapped("amount_total")), total
            )
            >= 0
        )

    def _create_credit_notes(self, order, invoices, refunded):
        """Create draft credit notes for posted invoices.

        :param lengow.order order: that is credited
        :param account.move invoices: posted
        :param dict refunded: amounts of a partial refund by line number; empty for all
        :rtype: account.move
        """
        today = fields.Date.context_today(order)
        reason = f"{order.name}, {order._status_label()}"
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
                    "lengow_order_id": order.id,
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


def _refunded_by_line(content):
    """Return the refunded amounts that the lines of a content tell, by line number."""
    amounts = {}
    for line in content.lines:
        amount = line.refunded_amount
        if amount:
            ref = line.marketplace_order_line_id or ""
            amounts[ref] = amounts.get(ref, 0) + amount
    return amounts
