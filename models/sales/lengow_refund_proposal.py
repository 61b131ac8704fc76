"""Draft credit notes for what a marketplace refunded after the import.

posted invoice                   a draft credit note, never posted by itself
a part is credited already       a draft credit note of the rest
no posted invoice, a sale order  activity
credited in Odoo to the cent     nothing
"""

from collections import defaultdict
from decimal import Decimal

from odoo import fields, models

from ...lengow_api import (
    GIVEN_BACK_STATUSES,
    REFUND_STATUSES,
    allocate,
    resolve_status,
    round_currency,
)
from ...mapper import line_key
from ...mapper.amounts import amount_of, are_converted
from ...mapper.pricing import Pricing
from ...mapper.terms import Terms

CHANGE_ACTIVITY = "lengow_connector.mail_activity_type_marketplace_change"


class LengowRefundProposal(models.AbstractModel):
    """Proposes to credit in Odoo what the marketplace gave back to the buyer."""

    _name = "lengow.refund.proposal"
    _description = "Credit Notes Proposed for Lengow Orders"

    # === WHAT WAS REFUNDED === #

    def _is_more_refunded(self, order, before):
        """Whether more is refunded of an order, or of one of its lines, than before.

        :param lengow.order order: imported
        :param lengow_api.Order before: its content as it was
        :rtype: bool
        """
        now = order._content()
        is_converted = are_converted(before, now)
        amounts = defaultdict(Decimal)
        for sign, content, other in ((1, now, before), (-1, before, now)):
            for line, amount in self._refunds(order, content, is_converted):
                amounts[line_key(line, other)] += sign * amount
        return any(amount > 0 for amount in amounts.values())

    def _refunded_total(self, order):
        """Return what the lines of an order tell to be refunded, as it is booked.

        :rtype: Decimal
        """
        return sum(self._booked_refunds(order).values(), Decimal(0))

    def _booked_refunds(self, order):
        """Return the refunded amounts of an order as they are booked.

        :return: amounts by the number that its sale order has for a line
        :rtype: dict[str, Decimal]
        """
        terms, booked = Terms(order), defaultdict(Decimal)
        rows = {row.sequence: row for row in order.line_ids}
        refunds = self._refunds(order, order._content())
        for position, (_line, amount) in enumerate(refunds):
            row = rows.get(position, order.line_ids.browse())
            ref = row.sale_line_id.lengow_line_ref or row.lengow_line_ref or ""
            if terms.differ:
                digits = order.currency_id.decimal_places
                amount = round_currency(amount / terms.of_line(row), digits)
            if amount:
                booked[ref] += amount
        return booked

    def _refunds(self, order, content, is_converted=False):
        """Yield each line of a content, and how much of it is refunded.

        A line that is given back without an amount is given back whole.

        :param bool is_converted: whether the buyer's own amounts are wanted
        :rtype: Iterator[tuple[lengow_api.Line, Decimal]]
        """
        definition = order.marketplace_id._find_definition()
        for line in content.lines:
            amount = amount_of(line, "refunded_amount", is_converted)
            if not amount and (
                resolve_status(line, definition)[0] in GIVEN_BACK_STATUSES
            ):
                amount = amount_of(line, "amount", is_converted)
            yield line, amount or Decimal(0)

    def _credit_notes(self, order):
        """Return the credit notes of an order, drafts too, but no canceled ones."""
        found = self.env["account.move"].search(
            [
                ("move_type", "=", "out_refund"),
                ("state", "!=", "cancel"),
                "|",
                ("lengow_order_id", "=", order.id),
                ("reversed_entry_id", "in", order._posted_invoices().ids),
            ]
        )
        return found | order.sale_order_ids.invoice_ids.filtered(
            lambda move: move.move_type == "out_refund" and move.state != "cancel"
        )

    # === WHAT IS PROPOSED === #

    def _propose(self, order):
        """Propose a draft credit note of what is not credited yet, or call somebody.

        :param lengow.order order: imported, and refunded at least in part
        """
        invoices = order._posted_invoices()
        if not invoices:
            self._point_at_missing_invoice(order)
            return
        partial = (
            order.lengow_status == "partial_refunded"
            or order.lengow_status not in REFUND_STATUSES
        )
        refunded = self._booked_refunds(order) if partial else {}
        credited = self._credit_notes(order)
        if not credited:
            notes = self._create_credit_notes(order, invoices)
            if refunded:
                wanted = self._wanted(order, notes, refunded, credited)
                notes = self._reduce(notes, wanted)
        elif partial and not refunded:
            self._ask_to_compare(order, credited)
            return
        else:
            notes = self._propose_rest(order, invoices, credited, refunded)
        if notes:
            self._announce(order, notes, partial, sum(refunded.values(), Decimal(0)))

    def _propose_rest(self, order, invoices, credited, refunded):
        """Return draft credit notes over what is refunded and not credited yet.

        Somebody who credits in Odoo and has the refund reported from there gets no
        second credit note.

        :param dict refunded: amounts by line number; empty for all that is invoiced
        :rtype: account.move
        """
        due = (
            sum(refunded.values(), Decimal(0))
            if refunded
            else _total_of(order, invoices)
        )
        due -= _total_of(order, credited)
        if order.currency_id.compare_amounts(float(due), 0.0) <= 0:
            return credited.browse()
        wanted = (
            self._wanted(order, invoices, refunded, credited)
            if refunded
            else _not_credited(order, invoices, credited)
        )
        return self._reduce(
            self._create_credit_notes(order, invoices), _capped(wanted, due)
        )

    def _point_at_missing_invoice(self, order):
        """Call somebody to a refund of what is not invoiced in Odoo.

        What is still to be delivered of it is held, and has its own call.
        """
        is_held = order.lengow_status not in REFUND_STATUSES and order._open_sales()
        if is_held or not order._living_sales():
            return
        order._call_person(
            CHANGE_ACTIVITY,
            order._status_label(),
            self.env._(
                "No invoice is posted in Odoo for it, so there is nothing to "
                "credit. Check what is still to be delivered, or comes back."
            ),
            order.account_id._find_responsible(),
        )

    def _ask_to_compare(self, order, credited):
        """Call somebody where the marketplace does not tell how much it gave back.

        What it gave back because it was told to from here is no news.
        """
        told = order.action_ids.filtered(
            lambda a: (
                a.move_id in credited
                and (a.state not in ("failed", "canceled") or a._is_said_done())
            )
        )
        if told:
            return
        order._call_person(
            CHANGE_ACTIVITY,
            order._status_label(),
            self.env._(
                "The marketplace refunded a part and does not say how much. Compare %s "
                "with the marketplace's own back office.",
                ", ".join(credited.mapped("display_name")),
            ),
            order.account_id._find_responsible(),
        )

    def _announce(self, order, credit_notes, partial, amount):
        """Call somebody to check the drafts."""
        sentence = self.env._(
            "A draft credit note is proposed for %s. Check it before you post it.",
            ", ".join(credit_notes.reversed_entry_id.mapped("name")),
        )
        if partial:
            shown = (
                order.currency_id.format(float(amount))
                if amount
                else self.env._("unknown amount")
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

    def _create_credit_notes(self, order, invoices):
        """Create draft credit notes over all that posted invoices say of an order.

        :param lengow.order order: that is credited
        :param account.move invoices: posted
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
                    "lengow_follows_refund": True,
                }
                for invoice in invoices
            ]
        )
        product_lines = _product_lines(credit_notes)
        (product_lines - _lines_of(order, credit_notes)).unlink()
        return credit_notes

    # === HOW MUCH OF EACH LINE === #

    def _wanted(self, order, moves, refunded, credited):
        """Return what is to be credited of each sale order line.

        :param lengow.order order: that is credited
        :param account.move moves: that have the lines
        :param dict refunded: amounts by line number
        :param account.move credited: credit notes that there are
        :return: amounts by sale order line; an empty one for lines that are not there
        :rtype: dict[sale.order.line, Decimal]
        """
        there = _by_sale_line(_lines_of(order, credited))
        billed = _by_sale_line(_lines_of(order, moves))
        by_ref = {line.lengow_line_ref: line for line in billed if line}
        wanted = defaultdict(Decimal)
        for ref, amount in refunded.items():
            line = by_ref.get(ref, self.env["sale.order.line"])
            wanted[line] += max(amount - there.get(line, 0), Decimal(0))
        return {line: amount for line, amount in wanted.items() if amount}

    def _reduce(self, credit_notes, wanted):
        """Leave on draft credit notes what is to be credited, to the cent.

        Some marketplaces put the whole refund on one line, whichever. Where an amount
        is more than its line, or its line is not invoiced, nothing is reduced and the
        person who checks the draft chooses.

        :param account.move credit_notes: drafts over everything
        :param dict wanted: amounts by sale order line
        :return: the credit notes that still have lines
        """
        there = _by_sale_line(_product_lines(credit_notes))
        currency = credit_notes.currency_id[:1]
        if not wanted or any(
            currency.compare_amounts(float(amount), float(there.get(line, 0))) > 0
            for line, amount in wanted.items()
        ):
            return credit_notes
        kept = self.env["account.move.line"]
        for sale_line, amount in wanted.items():
            lines = _product_lines(credit_notes).filtered(
                lambda li, sl=sale_line: li.sale_line_ids[:1] == sl
            )
            parts = allocate(
                amount,
                [abs(_decimal(line.price_total)) for line in lines],
                currency.decimal_places,
            )
            for line, part in zip(lines, parts, strict=True):
                self._set_total(line, part)
            kept |= lines
        (credit_notes.invoice_line_ids - kept).unlink()
        empty = credit_notes.filtered(lambda note: not note.invoice_line_ids)
        empty.unlink()
        return credit_notes - empty

    def _set_total(self, line, amount):
        """Have a line of a draft total an amount with tax, as the import has its own.

        :param account.move.line line: one
        :param Decimal amount: with tax
        """
        if not line.currency_id.compare_amounts(line.price_total, float(amount)):
            return
        move = line.move_id
        date = fields.Datetime.to_datetime(move.invoice_date or move.date)
        priced = Pricing(move.company_id, move.currency_id, date).line_values(
            line.product_id, Decimal(str(line.quantity)), amount, line.tax_ids
        )
        line.write(
            {
                "price_unit": priced["price_unit"],
                "discount": 0.0,
                "extra_tax_data": priced.get("extra_tax_data", False),
            }
        )


def _product_lines(moves):
    return moves.invoice_line_ids.filtered(lambda li: li.display_type == "product")


def _lines_of(order, moves):
    """Return the lines of documents that are about an order.

    Somebody may have invoiced several orders of a buyer in one. What such an invoice,
    and its credit notes, say of no sale order is for none of them in particular.

    :param lengow.order order: one
    :param account.move moves: invoices, or credit notes
    :rtype: account.move.line
    """
    lines = _product_lines(moves)
    shared = (moves | moves.reversed_entry_id).filtered(
        lambda move: move.line_ids.sale_line_ids.order_id - order.sale_order_ids
    )
    return lines.filtered(
        lambda li: (
            li.sale_line_ids.order_id & order.sale_order_ids
            if li.sale_line_ids
            else li.move_id.lengow_order_id == order
            or not (li.move_id | li.move_id.reversed_entry_id) & shared
        )
    )


def _by_sale_line(lines):
    """Return what lines of documents total with tax, by sale order line."""
    amounts = defaultdict(Decimal)
    for line in lines:
        amounts[line.sale_line_ids[:1]] += _decimal(line.price_total)
    return amounts


def _not_credited(order, invoices, credited):
    """Return what is invoiced and not credited, by sale order line.

    What was credited beside the lines, or beyond one, is taken from the others.
    """
    rest = _by_sale_line(_lines_of(order, invoices))
    for line, amount in _by_sale_line(_lines_of(order, credited)).items():
        rest[line] -= amount
    return {line: amount for line, amount in rest.items() if amount > 0}


def _capped(wanted, due):
    """Take from amounts, the largest first, what they are more than is due."""
    excess = sum(wanted.values(), Decimal(0)) - due
    capped = {}
    for line, amount in sorted(wanted.items(), key=lambda pair: -pair[1]):
        taken = min(amount, max(excess, Decimal(0)))
        excess -= taken
        if amount > taken:
            capped[line] = amount - taken
    return capped


def _total_of(order, moves):
    """Return what documents total of an order, with tax."""
    total = Decimal(0)
    for move in moves:
        lines = _lines_of(order, move)
        is_whole = lines == _product_lines(move)
        total += _decimal(
            move.amount_total if is_whole else sum(lines.mapped("price_total"))
        )
    return total


def _decimal(amount):
    return Decimal(str(amount)).quantize(Decimal("0.0001"))
