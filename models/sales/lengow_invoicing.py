"""Invoices of marketplaces that are invoiced at once, and paid by the marketplace."""

import logging
import time
from collections import defaultdict

from psycopg2 import Error as DatabaseError

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from ...mapper.sale_mapper import BESIDE
from ..errors import FOR_PEOPLE, contained, words_of
from ..settings.lengow_cron import Work

_logger = logging.getLogger(__name__)

BATCH_SIZE = 20


class LengowInvoicing(models.AbstractModel):
    """Invoices what is delivered or ordered, posts it and notes it as paid."""

    _name = "lengow.invoicing"
    _description = "Invoicing of Lengow Orders"

    # === CRON METHODS === #

    def _cron_invoice_orders(self):
        """Invoice the orders of marketplaces that are invoiced at once."""
        # What is invoiced on delivery is looked at again once something is delivered,
        # or somebody has invoiced it by hand and left out what is paid beside it.
        is_goods = ("lengow_line_ref", "not in", BESIDE)
        goods_due = [is_goods, ("qty_to_invoice", ">", 0)]
        rest_due = [
            ("invoice_status", "=", "to invoice"),
            ("order_line", "any", [is_goods, ("qty_invoiced", ">", 0)]),
        ]
        domain = [
            ("invoice_state", "=", "todo"),
            # Once that is read, there is nothing to invoice.
            ("unread_end", "=", False),
            "|",
            "|",
            ("sale_order_ids.invoice_status", "=", "invoiced"),
            ("sale_order_ids.order_line", "any", goods_due),
            ("sale_order_ids", "any", rest_due),
        ]
        orders = self.env["lengow.order"].search(domain, order="id")
        cron = self.env["lengow.cron"]
        work = Work(
            "cron_invoice_orders",
            self,
            step="_invoice_each",
            note="_note_failure",
            domain=domain,
            size=BATCH_SIZE,
        )
        is_through = cron._each(orders, work)
        self._settle_what_people_invoiced()
        cron._finish(self.env["lengow.todo"], "_settle_turn", is_through)

    # === BUSINESS METHODS === #

    def _plan(self, orders):
        """Have orders invoiced by the next run, but those the marketplace invoices.

        :param lengow.order orders: whose sale orders are confirmed
        """
        ours = orders.filtered(
            lambda order: not order.marketplace_id.invoiced_by_marketplace
        )
        if ours:
            ours._mark_to_invoice()
            self.env.ref("lengow_connector.cron_invoice_orders")._trigger()

    def _give_up(self, orders):
        """Stop waiting for invoices of orders that have nothing to invoice any more.

        :param lengow.order orders: in system mode
        """
        given_up = orders.filtered(
            lambda order: (
                order.invoice_state in ("todo", "error")
                and not order._living_sales()
                and not order._posted_invoices()
            )
        )
        given_up.write({"invoice_state": False, "invoice_error": False})

    def _settle_what_people_invoiced(self):
        """Complain no longer about orders that somebody invoiced, and paid, by hand."""
        failed = self.env["lengow.order"].search(
            [
                ("invoice_state", "=", "error"),
                ("sale_order_ids.invoice_status", "=", "invoiced"),
            ]
        )
        for order in failed:
            sales = order._living_sales()
            is_invoiced = all(sale.invoice_status == "invoiced" for sale in sales)
            if is_invoiced and not order._posted_invoices().filtered(_is_unpaid):
                order._mark_invoiced()

    def _invoice_again(self, orders):
        """Try again those of some orders whose invoice failed.

        :param lengow.order orders: in system mode
        """
        began = time.monotonic()
        failed = orders.filtered(lambda o: o.invoice_state == "error")
        self._invoice_each(failed)
        for account, of_account in failed.grouped("account_id").items():
            states = of_account.mapped("invoice_state")
            self.env["lengow.recorder"]._record_click(
                "invoice_orders",
                account,
                time.monotonic() - began,
                updated=states.count("invoiced"),
                failed=states.count("error"),
            )
        orders.env["lengow.todo"]._settle_errors()

    def _invoice_each(self, orders):
        """Invoice orders; what stops one ends on it.

        :param lengow.order orders: whose marketplaces are invoiced at once
        """
        for order in orders:
            self._invoice(order)
        for account, of_account in orders.grouped("account_id").items():
            states = of_account.mapped("invoice_state")
            self.env["lengow.cron"]._count(
                account,
                updated=states.count("invoiced"),
                failed=states.count("error"),
            )

    def _invoice(self, order):
        """Invoice what can be invoiced now, post it and note it as paid.

        What is invoiced on delivery comes with a later run. A failure is kept on the
        order and leaves no draft behind.

        :param lengow.order order: whose marketplace is invoiced at once
        """
        with contained(self.env) as outcome:
            self._create_paid_invoices(order.with_company(order.company_id))
        if outcome.error:
            self._note_failure(order, outcome.error)
        else:
            self._note_success(order)

    def _note_success(self, order):
        """Note what is invoiced, and what of it is not noted as paid.

        :param lengow.order order: whose invoices are posted
        """
        reason = self._unpaid_reason(order)
        if reason:
            return order._mark_not_invoiced(reason)
        sales = order.sale_order_ids.filtered(lambda sale: sale.state == "sale")
        if all(sale.invoice_status in ("invoiced", "upselling") for sale in sales):
            return order._mark_invoiced()
        return order._mark_to_invoice()

    def _note_failure(self, order, error):
        """Keep on an order why it has no invoice.

        :param lengow.order order: whose invoice was undone
        :param Exception error: what was raised
        """
        if isinstance(error, FOR_PEOPLE):
            reason = words_of(error)
        elif isinstance(error, DatabaseError):
            _logger.info("Order %s: the database refused its invoice", order.id)
            reason = error.diag.message_primary or ""
        else:
            # Whatever another module raises concerns this order and no other.
            _logger.error("Order %s could not be invoiced", order.id, exc_info=error)
            reason = self.env._(
                "Invoicing failed unexpectedly (%s). Try again; if it stays, give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )
        order._mark_not_invoiced(reason)

    def _create_paid_invoices(self, order):
        """Create, check, post and pay the invoices of what is to be invoiced.

        Invoices that could not be noted as paid earlier are noted as paid, too.

        :param lengow.order order: in its company
        :raise UserError: if Odoo refuses, or an invoice would not equal its sale order
        """
        sales = order.sale_order_ids.filtered(
            lambda sale: (
                sale.state == "sale"
                and sale.invoice_status == "to invoice"
                and self._is_due(sale)
            )
        )
        posted = order._posted_invoices().browse()
        if order.invoice_state == "error":
            posted = order._posted_invoices()
        for sale in sales:
            invoices = sale._create_invoices()
            self._check_invoice_total(sale, invoices)
            invoices.action_post()
            posted |= invoices
        self._register_payment(order, posted.filtered(_is_unpaid))

    def _is_due(self, sale):
        """Whether what was sold can be invoiced, and not only what is paid beside it.

        Shipping alone would be an invoice more, unless the goods have theirs. A
        discount waits for goods that are worth it, and what came back for a person.
        """
        due = sale.order_line.filtered(lambda line: line.qty_to_invoice > 0)
        sold = sale.order_line.filtered(
            lambda line: not line.display_type and line.lengow_line_ref not in BESIDE
        )
        total = sum(
            line.price_total * line.qty_to_invoice / (line.product_uom_qty or 1)
            for line in due
        )
        if not due or sale.currency_id.compare_amounts(total, 0.0) < 0:
            return False
        return bool(due & sold) or any(
            line.qty_invoiced or not line.product_uom_qty for line in sold
        )

    def _check_invoice_total(self, sale, invoices):
        """Hold the invoices of a sale order against what they are for.

        A part may miss its share by rounding; the whole may not.

        :param sale.order sale: that is being invoiced
        :param account.move invoices: that were just made of it
        :raise UserError: if they do not add up to it
        """
        moves = sale.invoice_ids.filtered(lambda move: move.state != "cancel")
        if moves.filtered(lambda move: move.move_type == "out_refund"):
            moves = invoices  # what is credited for what is for a person to say
        currency, shares, quantities = sale.currency_id, [], defaultdict(float)
        for line in moves.invoice_line_ids:
            sold = line.sale_line_ids & sale.order_line
            if sold.product_uom_qty:
                quantity = line.quantity * -line.move_id.direction_sign
                quantities[sold] += quantity
                shares.append(sold.price_total * quantity / sold.product_uom_qty)
        invoiced = sum(-move.direction_sign * move.amount_total for move in moves)
        is_whole = all(
            not line.product_uom_id.compare(quantities[line], line.product_uom_qty)
            for line in sale.order_line.filtered("product_uom_qty")
        )
        rounding = 0 if is_whole else currency.rounding * 2 * len(shares)
        missing = currency.round(invoiced - sum(shares))
        if currency.compare_amounts(abs(missing), rounding) > 0:
            raise UserError(
                self.env._(
                    "The invoice would total %(invoiced)s instead of %(ordered)s. "
                    "Invoice %(sale)s by hand.",
                    invoiced=format_amount(self.env, invoiced, currency),
                    ordered=format_amount(self.env, sum(shares), currency),
                    sale=sale.name,
                )
            )

    def _register_payment(self, order, invoices):
        """Note invoices as paid in the marketplace's journal, if there is one.

        :param account.move invoices: of the order, posted, with something to pay
        """
        journal = order._setting("payment_journal_id")
        if not journal or not invoices:
            return
        order.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create(
            {"journal_id": journal.id, "communication": order.name}
        )._create_payments()

    def _unpaid_reason(self, order):
        """Return why the invoices of an order are not noted as paid, maybe False.

        :param lengow.order order: invoiced as far as it can be
        """
        unpaid = order._posted_invoices().filtered(_is_unpaid)
        if not unpaid or order._setting("payment_journal_id"):
            return False
        return self.env._(
            "%(invoices)s is posted and not paid: %(marketplace)s has no payment "
            "journal.",
            invoices=", ".join(unpaid.mapped("name")),
            marketplace=order.marketplace_id.name,
        )


def _is_unpaid(invoice):
    """Return whether something is left to be paid, and nobody has begun to."""
    return invoice.payment_state == "not_paid" and not invoice.currency_id.is_zero(
        invoice.amount_residual
    )
