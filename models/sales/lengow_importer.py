"""From the inbox to sale orders: batches, and one by one where a batch fails.

ready ──► a batch of one account, all or none ──► imported
              │
              └─ fails ──► each of them alone ──► imported, or in error with its reason
"""

import logging
import time
from collections import Counter
from itertools import zip_longest

from psycopg2 import Error as DatabaseError
from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError
from odoo.tools import split_every

from ...lengow_api import OrderAmounts, minor_problems
from ...mapper import QUIET, ImportProblem, OrderMapper, SaleMapper
from ..companies import by_company
from ..errors import FOR_PEOPLE, contained, in_halves, words_of
from ..settings.lengow_cron import Work
from .account_analytic_distribution_model import DISTRIBUTIONS
from .due import CONNECTED, OUTDATED, READY, RELEASED

_logger = logging.getLogger(__name__)

BATCH_SIZE = 50
# What an order says of its unreadable values; the payload shows them all.
PROBLEM_LIMIT = 5
# What a request imports, however long it takes.
AT_LEAST = 500


class BatchFailed(Exception):
    """Undoes a batch: its sale orders are not all as they should be, or not wanted."""


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
        Order, oldest_first = self.env["lengow.order"], "order_date, id"
        due = Order.search(CONNECTED & (READY | RELEASED), order=oldest_first)
        # What is to be imported does not wait for what is looked at again.
        due |= Order.search(CONNECTED & OUTDATED, order=oldest_first)
        self._end_run(self._run_on(due))

    def _run_on(self, orders):
        """Import those of some orders that are due.

        :param lengow.order orders: that were due when they were found
        :return: whether there was time for all of them
        :rtype: bool
        """
        work = Work(
            "cron_process_orders",
            self,
            step="_process_due",
            note="_note_failure",
            domain=CONNECTED & (READY | RELEASED | OUTDATED),
            size=BATCH_SIZE,
            is_busy=True,
        )
        return self.env["lengow.cron"]._each(orders, work)

    def _end_run(self, is_through):
        """Tell people what has come of it, once for all that a run has done."""
        cron = self.env["lengow.cron"]
        cron._finish(self.env["lengow.todo"], "_settle_turn", is_through)
        cron._finish(self.env["lengow.todo"], "_hand_over_lost")

    # === BUSINESS METHODS === #

    def _process_due(self, orders):
        """Import a batch, of which some may still have to be judged.

        :param lengow.order orders: ready, released, or outdated
        """
        before = {order: order.import_state for order in orders}
        outdated = orders.filtered("is_outdated")
        self.env["lengow.second.look"]._look(outdated)
        released = (orders - outdated).filtered(lambda o: o.import_state == "waiting")
        self.env["lengow.judge"]._judge(released)
        self._process(orders.filtered(lambda order: order.import_state == "ready"))
        changed = orders.filtered(lambda order: order.import_state != before[order])
        states = Counter(changed.mapped("import_state"))
        self.env["lengow.cron"]._count(
            orders.account_id,
            imported=states["imported"],
            failed=states["error"],
            ignored=states["ignored"],
        )

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
            self.env["lengow.second.look"]._look(batch.filtered("is_outdated"))
            imported += self._process(
                batch.filtered(lambda order: order.import_state == "ready")
            )
        orders.env["lengow.todo"]._settle_errors()
        return imported

    def _go_on_within(self, orders, deadline):
        """Do as :meth:`_process_within` on somebody's click, and keep who it was."""
        began = time.monotonic()
        waiting = orders.filtered(lambda order: order.import_state != "imported")
        imported = self._process_within(orders, deadline)
        self.env["lengow.recorder"]._record_imports(waiting, began)
        return imported

    def _import_within(self, orders, deadline):
        """Judge orders once more and import what is ready, batch by batch.

        :param lengow.order orders: of any account and state, in system mode
        :param float deadline: as of :meth:`_process_within`
        :return: how many were imported, and the orders that there was time for
        :rtype: tuple[int, lengow.order]
        """
        imported, began = 0, time.monotonic()
        looked_at = already = orders.browse()
        for ids in split_every(BATCH_SIZE, orders.ids):
            if looked_at and time.monotonic() > deadline:
                break
            batch = orders.browse(ids)
            already |= batch.filtered(lambda order: order.import_state == "imported")
            imported += self._import_asked(batch)
            looked_at |= batch
        self.env["lengow.todo"]._settle_errors()
        self.env["lengow.recorder"]._record_imports(looked_at - already, began)
        if looked_at != orders:
            self.env.ref("lengow_connector.cron_process_orders")._trigger()
        return imported, looked_at

    def _import_asked(self, orders):
        """Judge a batch once more and import what is ready; what fails fails alone.

        :param lengow.order orders: of any account and state, in system mode
        :return: how many were imported
        :rtype: int
        """
        # Whoever holds one is at it already.
        locked, imported = orders.try_lock_for_update(allow_referencing=True), 0
        for some, count, error in in_halves(locked, self._judge_and_process):
            imported += count or 0
            if error and some.import_state != "imported" and not some.dismissed_at:
                self._note_failure(some, error)
        return imported

    def _judge_and_process(self, orders):
        self.env["lengow.judge"]._judge(orders)
        return self._process(
            orders.filtered(lambda order: order.import_state == "ready")
        )

    def _process(self, orders):
        """Import ready orders: together where possible, else each on its own.

        What cannot be imported ends in `error` with its reason. Nothing is committed,
        and nothing of a failed order stays.

        :param lengow.order orders: ready, of any account
        :return: how many were imported
        :rtype: int
        """
        imported = 0
        for account, ours in by_company(orders):
            ready = ours.with_context(**QUIET, **{DISTRIBUTIONS: True})
            importer = self.with_env(ready.env)
            imported += importer._process_for(account.with_env(ready.env), ready)
            # Only what is imported has got its products.
            self.env["lengow.matcher"]._match_waiting(ready)
        return imported

    def _process_for(self, account, orders):
        imported = 0
        with contained(self.env) as outcome:
            imported = self._import_batch(account, orders)
        if not outcome.error:
            return imported
        # Whatever another module raises, one order must not stop the others.
        count, error = len(orders), outcome.error
        _logger.info("%s orders are imported one by one: %r", count, error)
        return sum(self._import_alone(account, order) for order in orders)

    def _import_alone(self, account, order):
        """Import one order, and keep on it what stops it.

        :param lengow.account account: of the order
        :param lengow.order order: ready
        :return: whether it was imported
        :rtype: bool
        """
        imported = 0
        with contained(self.env) as outcome:
            imported = self._import_batch(account, order, alone=True)
        if outcome.error:
            self._note_failure(order, outcome.error)
            return False
        return bool(imported)

    def _note_failure(self, order, error):
        """Keep on an order what stopped its import.

        :param lengow.order order: whose import was undone
        :param Exception error: what was raised
        """
        order._mark_error(self._problem_of(order, error))

    def _find_problem(self, order):
        """Return what stops an order before it is a sale order; nothing stays of it.

        :param lengow.order order: in system mode
        :return: None if nothing does
        :rtype: ImportProblem | None
        """
        order = order.with_company(order.company_id).with_context(**QUIET)
        account, importer = order.account_id, self.with_env(order.env)
        with contained(self.env) as outcome:
            drafts = OrderMapper(account, order).plan(order)
            importer._create_partners(drafts)
            importer._sale_values(account, drafts)
            raise BatchFailed("it was only tried")
        if isinstance(outcome.error, BatchFailed):
            return None
        return self._problem_of(order, outcome.error)

    def _problem_of(self, order, error):
        if isinstance(error, ImportProblem):
            return error
        if isinstance(error, FOR_PEOPLE):
            return ImportProblem("refused_by_odoo", self._refusal(words_of(error)))
        if isinstance(error, DatabaseError):
            _logger.warning(
                "Order %s was refused by the database", order.id, exc_info=error
            )
            reason = error.diag.message_primary or ""
            return ImportProblem("refused_by_odoo", self._refusal(reason))
        # Whatever another module raises ends on the order that it concerns.
        _logger.error("Order %s could not be imported", order.id, exc_info=error)
        return ImportProblem(
            "unexpected",
            self.env._(
                "The import failed unexpectedly (%s). Try again; if it stays, give "
                "your administrator the server log of this moment.",
                type(error).__name__,
            ),
        )

    def _refusal(self, reason):
        return self.env._(
            "Odoo refused the sale order: %s",
            reason if reason.endswith(".") else f"{reason}.",
        )

    def _import_batch(self, account, orders, alone=False):
        """Create and confirm the sale orders of ready orders of one company.

        :param lengow.account account: of all the orders, in their company
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
        sales = self.env["sale.order"].create(self._sale_values(account, drafts))
        self._check_totals(drafts, sales, alone)
        self._link_lines(drafts, sales)
        self._note_buyers(drafts)
        self.env["lengow.tax.watch"]._tell(drafts, sales)
        self.env["lengow.difference"]._tell(drafts, sales)
        imported = sales.lengow_order_id
        self._finish(imported)
        self._note_unreadable(mapper, imported)
        self._note_unknown(imported)
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
            for plan in address.lineage
        )
        new = [plan for plan in plans if not plan.partner]
        while new:
            self._create_plans([p for p in new if not p.parent or p.parent.partner])
            new = [plan for plan in new if not plan.partner]
        for plan in plans:
            if plan.changes:
                plan.partner.write(plan.changes)
                plan.changes = {}

    def _create_plans(self, plans):
        """Create partners.

        :param list[AddressPlan] plans: whose parents exist
        :raise ConcurrencyError: if another worker has just created the same buyer
        """
        hooks = self.env["lengow.hooks"]
        values_list = [
            hooks._prepare_partner_values(
                plan,
                {
                    **plan.values,
                    "parent_id": plan.parent.partner.id if plan.parent else False,
                },
            )
            for plan in plans
        ]
        try:
            partners = self.env["res.partner"].create(values_list)
        except UniqueViolation as error:
            if error.diag.constraint_name != "res_partner_lengow_customer_uniq":
                raise
            raise ConcurrencyError(
                "Another worker has created the contact of a buyer"
            ) from error
        for plan, partner in zip(plans, partners, strict=True):
            plan.partner, plan.known = partner, dict(plan.values)

    def _note_buyers(self, drafts):
        """Tie each order to its buyer, also where somebody else is invoiced."""
        for draft in drafts:
            buyer, order = draft.delivery.parent or draft.delivery, draft.plan.order
            order.partner_id = buyer.partner
            if order.currency_id != draft.plan.currency:
                order.currency_id = draft.plan.currency  # created since it came in

    # === THE SALE ORDERS === #

    def _sale_values(self, account, drafts):
        """Return the values of the sale orders, as other modules want them.

        :param lengow.account account: of all of them
        :param list[SaleDraft] drafts: whose partners exist
        :rtype: list[dict]
        """
        hooks, mapper = self.env["lengow.hooks"], SaleMapper(account)
        mapper.names.preload({draft.plan.order for draft in drafts})
        values_list = []
        for draft in drafts:
            values = mapper.values(draft)
            lines = zip_longest(draft.lines, values["order_line"])
            values["order_line"] = [
                (*command, hooks._prepare_sale_line_values(draft, line, line_values))
                for line, (*command, line_values) in lines
            ]
            values_list.append(hooks._prepare_sale_values(draft, values))
        return values_list

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
                "tax_mismatch",
                self.env._(
                    "The sale order would total %(total)s %(currency)s, but the buyer "
                    "paid %(expected)s %(paid_currency)s. The taxes of its products do "
                    "not fit.",
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
                        {
                            "sale_line_id": sale_line.id,
                            "product_id": not kept.is_fallback and kept.product.id,
                            "factor": kept.factor,
                            "is_to_match": kept.is_fallback,
                        }
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

    def _note_unknown(self, orders):
        """Say on each order which SKUs are sold as the fallback product."""
        for order in orders:
            unknown = order.line_ids.filtered("is_to_match")
            if not unknown:
                continue
            note = self.env._(
                "Unknown SKU, sold as %(product)s until it is matched: %(skus)s.",
                product=unknown.sale_line_id.product_id[:1].display_name,
                skus=", ".join(line.sku or line.title or "?" for line in unknown),
            )
            order._log_note(note)
            sales = unknown.sale_line_id.order_id
            sales._message_log_batch(bodies=dict.fromkeys(sales.ids, note))

    def _mark_what_left(self, order):
        """Note what left before the import: it is delivered apart, and never told."""
        lines = order.line_ids.filtered("sale_line_id")
        left = lines.filtered(lambda line: line._has_left())
        is_whole = bool(left) and left == lines
        if order.was_shipped_before_import != is_whole:
            order.was_shipped_before_import = is_whole
        if left:
            left.sale_line_id.lengow_left_before_import = True
        if is_whole or not left or order.is_fulfilled_by_marketplace:
            return
        order._log_note(
            self.env._(
                "Some of it was already shipped when it was imported: %s. That has a "
                "delivery of its own, to be validated without sending anything.",
                ", ".join(left.mapped(lambda line: line.sku or line.title or "")),
            )
        )

    def _finish(self, orders):
        for order in orders:
            self._mark_what_left(order)
        orders._mark_imported()
        self.env["lengow.outbox"]._plan_links(orders)
