"""From the inbox to sale orders: batches, and one by one where a batch fails.

ready ──► a batch of one account, all or none ──► imported
              │
              └─ fails ──► each of them alone ──► imported, or in error with its reason
"""

import logging
import time

from psycopg2 import Error as DatabaseError

from odoo import models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import split_every

from ...lengow_api import OrderAmounts, minor_problems
from ...mapper import ImportProblem, OrderMapper, SaleMapper

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
# What an order says of its unreadable values; the payload shows them all.
PROBLEM_LIMIT = 5
# What a request imports, however long it takes.
AT_LEAST = 500
# A marketplace's buyer: no follower, no mail, no log line, no doubt about the VAT
# number.
QUIET = {
    "mail_create_nosubscribe": True,
    "mail_create_nolog": True,
    "mail_notrack": True,
    "tracking_disable": True,
    "mail_auto_subscribe_no_notify": True,
    "no_vat_validation": True,
}


class BatchFailed(Exception):
    """Undoes a batch whose sale orders do not all equal their marketplace orders."""


class LengowImporter(models.AbstractModel):
    """Makes sale orders of the orders that are ready."""

    _name = "lengow.importer"
    _description = "Import of Lengow Orders"

    # === CRON METHODS === #

    def _cron_process_orders(self):
        """Import the orders that are ready, a batch per transaction.

        Several workers may run this at once: each batch locks its rows, skips those
        that are locked, and looks again at the ones it got.
        """
        Order = self.env["lengow.order"]
        domain = [
            ("import_state", "=", "ready"),
            ("account_id.state", "!=", "draft"),
            ("account_id.active", "=", True),
        ]
        ready = Order.search(domain, order="order_date, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(ready))
        for ids in split_every(BATCH_SIZE, ready.ids):
            try:
                batch = Order.browse(ids).try_lock_for_update(allow_referencing=True)
                self._process(batch.filtered_domain(domain))
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                # Somebody else changed the same orders. They are still ready, or were
                # imported by that somebody: another run looks.
                _logger.info("A batch of orders is tried again: %s", error)
                self.env.cr.rollback()
                self.env.ref("lengow_connector.cron_process_orders")._trigger()
            if not cron._commit_progress(len(ids)):
                break
        self.env["lengow.todo"]._settle_errors()

    # === BUSINESS METHODS === #

    def _process_within(self, orders, deadline):
        """Import those of some orders that are ready, batch by batch, until `deadline`.

        :param lengow.order orders: of any account and state
        :param float deadline: on the clock of `time.monotonic`; the first
            :data:`AT_LEAST` orders are imported whatever the time
        :return: how many were imported
        :rtype: int
        """
        imported = 0
        for done, ids in enumerate(split_every(BATCH_SIZE, orders.ids)):
            if done * BATCH_SIZE >= AT_LEAST and time.monotonic() > deadline:
                break
            batch = orders.browse(ids).try_lock_for_update(allow_referencing=True)
            imported += self._process(
                batch.filtered(lambda order: order.import_state == "ready")
            )
        orders.env["lengow.todo"]._settle_errors()
        return imported

    def _process(self, orders):
        """Import ready orders: together where possible, else each on its own.

        What cannot be imported ends in `error` with its reason. Nothing is committed,
        and nothing of a failed order stays.

        :param lengow.order orders: ready, of any account
        :return: how many were imported
        :rtype: int
        """
        imported = 0
        for account, of_account in orders.grouped("account_id").items():
            ready = of_account.with_company(account.company_id).with_context(**QUIET)
            importer = self.with_env(ready.env)
            imported += importer._process_for(account.with_env(ready.env), ready)
        return imported

    def _process_for(self, account, orders):
        try:
            with self.env.cr.savepoint():
                return self._import_batch(account, orders)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except (BatchFailed, ImportProblem, UserError, DatabaseError) as error:
            _logger.info("%s orders are imported one by one: %s", len(orders), error)
        except Exception:
            # Whatever another module raises, one order must not stop the others.
            _logger.exception("A batch of orders is imported one by one")
        self.env.invalidate_all(flush=False)
        return sum(self._import_alone(account, order) for order in orders)

    def _import_alone(self, account, order):
        """Import one order, and keep on it what stops it.

        :param lengow.account account: of the order
        :param lengow.order order: ready
        :return: whether it was imported
        :rtype: bool
        """
        try:
            with self.env.cr.savepoint():
                return bool(self._import_batch(account, order, alone=True))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except ImportProblem as problem:
            found = problem
        except UserError as error:
            found = ImportProblem("refused_by_odoo", self._refusal(str(error)))
        except DatabaseError as error:
            _logger.warning(
                "Order %s was refused by the database", order.id, exc_info=True
            )
            found = ImportProblem(
                "refused_by_odoo", self._refusal(error.diag.message_primary or "")
            )
        except Exception as error:
            # Whatever another module raises ends on the order that it concerns.
            _logger.exception("Order %s could not be imported", order.id)
            found = ImportProblem(
                "unexpected",
                self.env._(
                    "The import failed unexpectedly (%s). Try again; if it stays, give "
                    "your administrator the server log of this moment.",
                    type(error).__name__,
                ),
            )
        self.env.invalidate_all(flush=False)
        order._mark_error(found)
        return False

    def _refusal(self, reason):
        return self.env._(
            "Odoo refused the sale order: %s Correct it and import again.",
            reason if reason.endswith(".") else f"{reason}.",
        )

    def _import_batch(self, account, orders, alone=False):
        """Create and confirm the sale orders of ready orders of one account.

        :param lengow.account account: of all the orders
        :param lengow.order orders: ready
        :param bool alone: raise an order's problem instead of keeping it on the order
        :return: how many were imported
        :raise ImportProblem: with `alone`, what stops the order
        :raise BatchFailed: if a total differs, so that the caller undoes everything
        """
        linked, orders = self.env["lengow.adoption"]._settle(account, orders)
        if not orders:
            return len(linked)
        mapper = OrderMapper(account, orders)
        drafts = []
        for order in orders:
            try:
                drafts += mapper.plan(order)
            except ImportProblem as problem:
                if alone:
                    raise
                order._mark_error(problem)
        self._create_partners(drafts)
        sale_mapper = SaleMapper(account)
        sales = self.env["sale.order"].create(
            [sale_mapper.values(draft) for draft in drafts]
        )
        self._check_totals(drafts, sales, alone)
        self._link_lines(drafts, sales)
        self._note_buyers(drafts)
        imported = sales.lengow_order_id
        self._finish(imported)
        self._note_unreadable(mapper, imported)
        sales._lengow_apply_workflow()
        return len(imported) + len(linked)

    # === THE BUYERS === #

    def _create_partners(self, drafts):
        """Create the planned partners that are missing, contacts before addresses.

        :param list[SaleDraft] drafts: whose plans get their partners
        """
        # Each once, in their order: orders of one buyer share the plans.
        plans = dict.fromkeys(
            plan
            for draft in drafts
            for address in draft.plan.buyer.addresses
            for plan in (address.parent, address)
            if plan
        )
        new = [plan for plan in plans if not plan.partner]
        self._create_plans([plan for plan in new if not plan.parent])
        self._create_plans([plan for plan in new if plan.parent])
        for plan in plans:
            if plan.changes:
                plan.partner.write(plan.changes)
        self._note_doubtful_vat_numbers(drafts)

    def _create_plans(self, plans):
        partners = self.env["res.partner"].create(
            [
                {**plan.values, "parent_id": plan.parent and plan.parent.partner.id}
                for plan in plans
            ]
        )
        for plan, partner in zip(plans, partners, strict=True):
            plan.partner = partner

    def _note_doubtful_vat_numbers(self, drafts):
        """Say so where Odoo would not have taken a VAT number, which is kept."""
        Partner = self.env["res.partner"].with_context(no_vat_validation=False)
        contacts = {draft.plan.order: draft.plan.buyer.contact for draft in drafts}
        for order, contact in contacts.items():
            vat = contact.values.get("vat")
            if not vat:
                continue
            accepted, _country = Partner._run_vat_checks(
                contact.partner.country_id, vat, validation="setnull"
            )
            if not accepted:
                order._log_note(
                    self.env._(
                        "The buyer's VAT number does not pass Odoo's check. It is kept "
                        "as the marketplace sent it."
                    )
                )

    def _note_buyers(self, drafts):
        """Tie each order to its buyer, also where somebody else is invoiced."""
        for draft in drafts:
            buyer = draft.delivery.parent or draft.delivery
            draft.plan.order.partner_id = buyer.partner

    # === THE SALE ORDERS === #

    def _check_totals(self, drafts, sales, alone):
        """Hold every sale order's total against the marketplace's, to the cent.

        :raise ImportProblem: with `alone`, if they differ
        :raise BatchFailed: if they differ
        """
        for draft, sale in zip(drafts, sales, strict=True):
            expected = float(draft.expected_total)
            currency = draft.plan.currency
            same_currency = sale.currency_id == currency
            if same_currency and not sale.currency_id.compare_amounts(
                sale.amount_total, expected
            ):
                continue
            if not alone:
                raise BatchFailed(f"the total of order {draft.plan.order.id} differs")
            raise ImportProblem(
                "total_mismatch",
                self.env._(
                    "The sale order would total %(total)s %(currency)s, but the buyer "
                    "paid %(expected)s %(paid_currency)s. Nothing was imported: check "
                    "the taxes of its products.",
                    total=sale.amount_total,
                    currency=sale.currency_id.name,
                    expected=expected,
                    paid_currency=currency.name,
                ),
            )

    def _link_lines(self, drafts, sales):
        """Tie each line of the inbox to its sale order line and product."""
        for draft, sale in zip(drafts, sales, strict=True):
            # By position: a marketplace may leave the numbers out, or repeat them.
            lines = {line.sequence: line for line in draft.plan.order.line_ids}
            sold = sale.order_line.sorted("id")
            for kept, sale_line in zip(draft.lines, sold, strict=False):
                line = lines.get(kept.position)
                if line:
                    line.write(
                        {"sale_line_id": sale_line.id, "product_id": kept.product.id}
                    )

    def _note_unreadable(self, mapper, orders):
        """Say on each order what of it could not be read and was not needed."""
        for order in orders:
            definition = mapper.definitions[order.marketplace_id]
            problems = minor_problems(OrderAmounts(mapper.contents[order], definition))
            if problems:
                shown = [p.path for p in problems[:PROBLEM_LIMIT]]
                order._log_note(
                    self.env._(
                        "Lengow sent values that cannot be read, and that the sale "
                        "order does not need: %s.",
                        ", ".join(shown),
                    )
                )

    def _finish(self, orders):
        for shipped in orders.filtered(lambda order: order._has_passed_shipment()):
            shipped.was_shipped_before_import = True
        orders._mark_imported()
        self.env["lengow.outbox"]._plan_links(orders)
