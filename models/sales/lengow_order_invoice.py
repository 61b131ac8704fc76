"""Invoices of marketplaces that are invoiced at once, and paid by the marketplace."""

import logging

from psycopg2 import Error as DatabaseError

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

_logger = logging.getLogger(__name__)

BATCH_SIZE = 20


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    # todo ──► done                        todo: something is delivered or ordered that
    #  ▲ └───► error ──► todo (retried)          is to be invoiced; error: says why not
    invoice_state = fields.Selection(
        [("todo", "To Invoice"), ("done", "Invoiced"), ("error", "Not Invoiced")],
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="For marketplaces whose orders are invoiced and noted as paid at once.",
    )
    invoice_error = fields.Text(readonly=True, copy=False)

    # === CRON METHODS === #

    @api.model
    def _cron_invoice_orders(self):
        """Invoice the orders of marketplaces that are invoiced at once."""
        # What is invoiced on delivery is looked at again once something is delivered.
        domain = [
            ("invoice_state", "=", "todo"),
            ("sale_order_ids.invoice_status", "in", ("to invoice", "invoiced")),
        ]
        orders = self.search(domain, order="id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(orders))
        for ids in split_every(BATCH_SIZE, orders.ids):
            try:
                batch = self.browse(ids).try_lock_for_update(allow_referencing=True)
                for order in batch.filtered_domain(domain):
                    order._invoice()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                _logger.info("A batch of orders is invoiced again: %s", error)
                self.env.cr.rollback()
                self.env.ref("lengow_connector.cron_invoice_orders")._trigger()
            if not cron._commit_progress(len(ids)):
                break
        self.env["lengow.todo"]._settle_errors()

    # === ACTION METHODS === #

    def action_invoice_again(self):
        """Try again to invoice orders whose invoice failed."""
        self.check_access("write")
        orders_sudo = self.sudo()  # the import's own right, as when it ran by itself
        for order in orders_sudo.filtered(lambda o: o.invoice_state == "error"):
            order._invoice()
        self.env["lengow.todo"]._settle_errors()

    # === BUSINESS METHODS === #

    def _plan_invoices(self):
        """Have these orders invoiced by the next run.

        What the marketplace invoices itself is left alone.
        """
        ours = self.filtered(lambda o: not o.marketplace_id.invoiced_by_marketplace)
        if not ours:
            return
        ours.write({"invoice_state": "todo", "invoice_error": False})
        self.env.ref("lengow_connector.cron_invoice_orders")._trigger()

    def _invoice(self):
        """Invoice what can be invoiced now, post it and note it as paid.

        What is invoiced on delivery comes with a later run. A failure is kept on the
        order and leaves no draft behind.
        """
        self.ensure_one()
        order = self.with_company(self.company_id)
        try:
            with self.env.cr.savepoint():
                order._create_paid_invoices()
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except UserError as error:
            return self._mark_not_invoiced(str(error))
        except DatabaseError as error:
            _logger.info("Order %s: the database refused its invoice", self.id)
            return self._mark_not_invoiced(error.diag.message_primary or "")
        except Exception as error:
            # Whatever another module raises concerns this order and no other.
            _logger.exception("Order %s could not be invoiced", self.id)
            return self._mark_not_invoiced(type(error).__name__)
        sales = self.sale_order_ids.filtered(lambda sale: sale.state == "sale")
        complete = all(
            sale.invoice_status in ("invoiced", "upselling") for sale in sales
        )
        state = "done" if complete else "todo"
        return self.write({"invoice_state": state, "invoice_error": False})

    def _mark_not_invoiced(self, reason):
        """Keep on the order why it has no invoice."""
        self.env.invalidate_all(flush=False)
        self.write({"invoice_state": "error", "invoice_error": reason})

    def _create_paid_invoices(self):
        """Create, check, post and pay the invoices of what is to be invoiced.

        :raise UserError: if Odoo refuses, or an invoice would not equal its sale order
        """
        sales = self.sale_order_ids.filtered(
            lambda sale: sale.state == "sale" and sale.invoice_status == "to invoice"
        )
        for sale in sales:
            invoices = sale._create_invoices()
            self._check_invoice_total(sale, invoices)
            invoices.action_post()
            self._register_payment(invoices)

    def _check_invoice_total(self, sale, invoices):
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

    def _register_payment(self, invoices):
        """Note the invoices as paid in the marketplace's journal, if there is one."""
        journal = (
            self.marketplace_id.payment_journal_id or self.account_id.payment_journal_id
        )
        if not journal or not invoices:
            return
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoices.ids
        ).create(
            {"journal_id": journal.id, "communication": self.name}
        )._create_payments()
