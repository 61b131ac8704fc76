"""Invoices of marketplaces that are invoiced at once, and paid by the marketplace."""

import logging

from psycopg2 import Error as DatabaseError

from odoo import models
from odoo.exceptions import UserError

from ..errors import FOR_PEOPLE, is_collision, words_of
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
        # What is invoiced on delivery is looked at again once something is delivered.
        domain = [
            ("invoice_state", "=", "todo"),
            ("sale_order_ids.invoice_status", "in", ("to invoice", "invoiced")),
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
        cron._each(orders, work)
        cron._finish(self.env["lengow.todo"], "_settle_errors")

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

    def _invoice_again(self, orders):
        """Try again those of some orders whose invoice failed.

        :param lengow.order orders: in system mode
        """
        self._invoice_each(orders.filtered(lambda o: o.invoice_state == "error"))
        orders.env["lengow.todo"]._settle_errors()

    def _invoice_each(self, orders):
        """Invoice orders; what stops one ends on it.

        :param lengow.order orders: whose marketplaces are invoiced at once
        """
        for order in orders:
            self._invoice(order)

    def _invoice(self, order):
        """Invoice what can be invoiced now, post it and note it as paid.

        What is invoiced on delivery comes with a later run. A failure is kept on the
        order and leaves no draft behind.

        :param lengow.order order: whose marketplace is invoiced at once
        """
        try:
            with self.env.cr.savepoint():
                self._create_paid_invoices(order.with_company(order.company_id))
        except Exception as error:
            if is_collision(error):
                raise
            failure = error
        else:
            sales = order.sale_order_ids.filtered(lambda sale: sale.state == "sale")
            complete = all(
                sale.invoice_status in ("invoiced", "upselling") for sale in sales
            )
            if complete:
                order._mark_invoiced()
            else:
                order._mark_to_invoice()
            return
        self.env.invalidate_all(flush=False)
        self._note_failure(order, failure)

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

        :param lengow.order order: in its company
        :raise UserError: if Odoo refuses, or an invoice would not equal its sale order
        """
        sales = order.sale_order_ids.filtered(
            lambda sale: sale.state == "sale" and sale.invoice_status == "to invoice"
        )
        for sale in sales:
            invoices = sale._create_invoices()
            self._check_invoice_total(sale)
            invoices.action_post()
            self._register_payment(order, invoices)

    def _check_invoice_total(self, sale):
        """Hold the invoices of a sale order against it, once all of it is invoiced.

        :raise UserError: if they do not add up to it
        """
        if sale.invoice_status != "invoiced":
            return  # a part of it: the rest comes with its delivery
        invoiced = sum(sale.invoice_ids.mapped("amount_total_signed"))
        if sale.currency_id != sale.company_id.currency_id:
            invoiced = sum(sale.invoice_ids.mapped("amount_total_in_currency_signed"))
        if sale.currency_id.compare_amounts(invoiced, sale.amount_total):
            raise UserError(
                self.env._(
                    "The invoice would total %(invoiced)s instead of %(ordered)s. "
                    "Invoice %(sale)s by hand.",
                    invoiced=invoiced,
                    ordered=sale.amount_total,
                    sale=sale.name,
                )
            )

    def _register_payment(self, order, invoices):
        """Note invoices as paid in the marketplace's journal, if there is one."""
        journal = order.marketplace_id._setting("payment_journal_id")
        if not journal or not invoices:
            return
        order.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create(
            {"journal_id": journal.id, "communication": order.name}
        )._create_payments()
