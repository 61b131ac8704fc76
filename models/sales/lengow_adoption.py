"""Sale orders that are here already: of an earlier installation, or another account.

Whatever happened to the addon or its accounts, a marketplace order has one living sale
order. Before one is made, those of its number are looked for:

of no marketplace order         the addon was installed anew     linked
of an account that is no more   this account is its successor    taken over
of another account that works   both bring the same order        ignored, says why
of another company              the shop has moved               ignored, says why
canceled, of an account before  it was imported, and given up    ignored, says why
dismissed on an account before  nobody wants it                  dismissed here, too

What an account before has imported is taken over when the order comes in, also where it
would be set aside: whatever became of it at the marketplace meanwhile is followed.
"""

import logging

from odoo import models

from ...lengow_api import DEAD_STATUSES
from ...mapper import QUIET, ImportProblem, ProductFinder
from ...mapper.sale_mapper import NO_NUMBER
from ..errors import contained
from ..inbox.lengow_todo import OLD_ERROR_ACTIVITY

_logger = logging.getLogger(__name__)

# What stands on an order and is not what Lengow says: it goes with the sale orders.
GOES_ALONG = (
    "accepted_at", "change_kind", "imported_payload", "invoice_error", "invoice_state",
    "shipped_at", "tax_doubt", "tax_territory", "was_shipped_before_import",
    "difference_amount", "difference_at", "difference_key", "difference_reason",
    "difference_user_id", "left_out_fee",
)  # fmt: skip
# Of that, what waits for somebody: on one order only.
WAITS = (
    "change_kind",
    "imported_payload",
    "invoice_error",
    "invoice_state",
    "tax_doubt",
)


class LengowAdoption(models.AbstractModel):
    """Links orders to sale orders that exist, so that none is made twice."""

    _name = "lengow.adoption"
    _description = "Adoption of Existing Sale Orders"

    def _settle(self, account, orders):
        """Deal with the orders that have a living sale order already.

        :param lengow.account account: of all the orders
        :param lengow.order orders: ready
        :return: those that were linked, and those that have none yet
        :rtype: tuple[lengow.order, lengow.order]
        """
        by_number = self._find_living(account, orders).grouped(
            lambda sale: sale.lengow_order_id.name or sale.client_order_ref
        )
        done = self._find_done(account, orders)
        linked = new = orders.browse()
        for order in orders:
            sales = by_number.get(order.name, self.env["sale.order"])
            sales = sales.filtered(lambda sale, o=order: self._may_be(sale, o))
            given_up = self._find_same(done, order)
            if not sales and given_up and not order.is_asked_for:
                order._mark_ignored(self._reason_given_up(given_up))
            elif not sales:
                new |= order
            elif reason := self._reason_to_leave(order, sales):
                order._mark_ignored(reason)
            elif problem := self._find_doubt(order, sales):
                order._mark_error(problem)
            else:
                self._link(order, sales.sorted("id"))
                linked |= order
        if linked:
            self.env["lengow.outbox"]._plan_links(linked)
        return linked, new

    # === TAKE OVER === #

    def _take_over(self, account, orders):
        """Take over what is a sale order already, as soon as it comes in.

        What this account would not import any more is followed all the same. A failure
        harms no other order.

        :param lengow.account account: of all the orders
        :param lengow.order orders: just judged, in system mode
        :return: orders that were linked, each with itself as it was read last: the row
            of the account before, or the same one where nobody knows
        :rtype: list[tuple[lengow.order, lengow.order]]
        """
        self._take_over_dismissals(account, orders)
        open_ones = orders.filtered(self._may_be_taken_over).with_context(**QUIET)
        if open_ones and not account._of_same_shop() - account:
            # What is to be imported is linked by the import.
            open_ones = open_ones.filtered(lambda o: o.lengow_status in DEAD_STATUSES)
        if not open_ones:
            return []
        by_number = self._find_living(account, open_ones).grouped(
            lambda sale: sale.lengow_order_id.name or sale.client_order_ref
        )
        taken = []
        for order in open_ones:
            sales = by_number.get(order.name, self.env["sale.order"])
            sales = sales.filtered(lambda sale, o=order: self._may_be(sale, o))
            if sales and self._is_followed(order, sales):
                taken += self._take_over_one(order, sales.sorted("id"))
        return taken

    def _take_over_dismissals(self, account, orders):
        """Dismiss what was dismissed on an account before, and is not imported.

        :param lengow.account account: of all the orders
        :param lengow.order orders: in system mode
        """
        open_ones = orders.filtered(
            lambda order: not order.dismissed_at and order.import_state != "imported"
        )
        before = open_ones and account._of_same_shop() - account
        if not before:
            return
        wanted = [
            ("account_id", "in", before.ids),
            ("name", "in", open_ones.mapped("name")),
            ("dismissed_at", "!=", False),
        ]
        dismissed = self.env["lengow.order"].sudo().search(wanted)
        for order in open_ones if dismissed else ():
            if row := self._find_same(dismissed, order):
                self.env["lengow.dismissal"]._carry_over(row, order)

    def _may_be_taken_over(self, order):
        is_forgotten = order.is_anonymised_by_lengow or order.anonymised_at
        judge = self.env["lengow.judge"]
        is_released = order.import_state == "waiting" and not (
            judge._reason_to_wait(order) or judge._is_held(order)
        )
        return (
            (is_released or order.import_state in ("ready", "ignored"))
            and order.marketplace_id.active
            and not (is_forgotten or order.dismissed_at or order.sale_order_ids)
        )

    def _is_followed(self, order, sales):
        """Whether what becomes of an order concerns its sale orders here.

        Those of no account are this one's where it would have imported the order, and
        are linked by the import where it does.
        """
        if self._reason_to_leave(order, sales) or self._find_doubt(order, sales):
            return False
        if sales == sales.filtered("lengow_order_id"):
            return True
        judge = self.env["lengow.judge"]
        return order.lengow_status in DEAD_STATUSES and not judge._reason_not_ours(
            order, order._content(), asks_age=True
        )

    def _take_over_one(self, order, sales):
        earlier = sales.lengow_order_id.sorted("id")
        with contained(self.env) as outcome:
            self._link(order, sales)
            if order.lengow_status not in DEAD_STATUSES:
                self.env["lengow.outbox"]._plan_links(order)
        if outcome.error:
            # Whatever another module raises concerns this order and no other.
            _logger.error(
                "Order %s could not be taken over", order.id, exc_info=outcome.error
            )
            return []
        return [(order, earlier[-1:] or order)]

    # === FIND === #

    def _find_living(self, account, orders):
        """Return the sale orders with the numbers of some orders, but their own.

        Those of an account before this one are known by their marketplace order, even
        if somebody has changed their customer reference.
        """
        numbers = orders.mapped("name")
        before = account._of_same_shop() - account
        found = (
            self.env["sale.order"]
            .sudo()
            .search(
                [
                    ("state", "!=", "cancel"),
                    "|",
                    "&",
                    ("lengow_order_id.name", "in", numbers),
                    ("lengow_order_id.account_id", "in", before.ids),
                    "&",
                    "&",
                    ("client_order_ref", "in", numbers),
                    ("origin", "in", numbers),
                    "|",
                    ("company_id", "in", orders.company_id.ids),
                    ("lengow_order_id", "!=", False),
                ]
            )
        )
        return found.filtered(
            lambda sale: (
                sale.lengow_order_id.account_id in before
                or (
                    sale.origin == sale.client_order_ref
                    and sale.lengow_order_id.account_id != account
                )
            )
        )

    def _find_done(self, account, orders):
        """Return what accounts before this one have imported.

        :rtype: lengow.order
        """
        before = account._of_same_shop() - account
        return (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("account_id", "in", before.ids),
                    ("name", "in", orders.mapped("name")),
                    ("import_state", "=", "imported"),
                ]
            )
        )

    def _find_same(self, rows, order):
        """Return the row of an account before that is of an order, maybe none."""
        codes = order.marketplace_id._codes()
        return rows.filtered(
            lambda row: row.name == order.name and row.marketplace_id._codes() & codes
        )[:1]

    def _reason_given_up(self, row):
        return self.env._(
            "The account %(account)s imported it before (%(sales)s), and its sale "
            "order is canceled. Import it if there is to be another.",
            account=row.account_id.name,
            sales=", ".join(row.sale_order_ids.mapped("name")) or "?",
        )

    def _may_be(self, sale, order):
        """Whether a sale order may be for the same order of the same shop.

        Numbers are unique within a shop only. Whose an unlinked sale order was is not
        known any more: its number speaks for it.
        """
        other = sale.lengow_order_id
        if not other:
            return True
        # An account that is read no more knows a marketplace by its earlier name.
        if not other.marketplace_id._codes() & order.marketplace_id._codes():
            return False
        same_shop = (
            other.account_id.lengow_account_ref == order.account_id.lengow_account_ref
        )
        if sale.company_id != order.company_id:
            return same_shop
        return same_shop or other.order_date == order.order_date

    def _reason_to_leave(self, order, sales):
        """Return why an order is left to whoever has its sale orders, maybe False."""
        for sale in sales.filtered("lengow_order_id"):
            owner = sale.lengow_order_id.account_id
            works = owner.active and owner.state != "draft"
            if works or sale.company_id != order.company_id:
                return self.env._(
                    "It is here already, as %(sale)s of the account %(account)s.",
                    sale=sale.name,
                    account=owner.name,
                )
        return False

    def _find_doubt(self, order, sales):
        """Return why unlinked sale orders are maybe not this order's, or None."""
        date = order.order_date or order.create_date
        doubtful = sales.filtered(
            lambda sale: (
                not sale.lengow_order_id
                and sale.date_order.replace(microsecond=0)
                != date.replace(microsecond=0)
            )
        )
        if not doubtful:
            return None
        return ImportProblem(
            "already_here",
            self.env._(
                "%(sales)s has this number as its customer reference, but another "
                "date. If it is this order, give it the date %(date)s (UTC); if not, "
                "change its customer reference.",
                sales=", ".join(doubtful.mapped("name")),
                date=date,
            ),
        )

    def _link(self, order, sales):
        """Make sale orders those of a marketplace order.

        :param lengow.order order: which had none
        :param sale.order sales: living, oldest first
        """
        earlier = sales.lengow_order_id
        for index, sale in enumerate(sales):
            values = {"lengow_order_id": order.id}
            if not sale.lengow_order_id:
                values["lengow_package_index"] = index
            sale.write(values)
        sales.invoice_ids.write({"lengow_order_id": order.id})
        if not self._link_known_lines(order, earlier.line_ids):
            self._link_lines(order, sales)
        order.partner_id = earlier.partner_id[:1] or sales.partner_id[:1]
        order._mark_imported()
        names = ", ".join(sales.mapped("name"))
        order._log_note(
            self.env._("%s was here already, and belongs to this order now.", names)
        )
        for row in earlier:
            self._carry_over(row, order)
            row.line_ids.write({"sale_line_id": False, "is_to_match": False})
            row._mark_ignored(
                self.env._(
                    "%(sales)s belongs to the account %(account)s now.",
                    sales=names,
                    account=order.account_id.name,
                )
            )
        self.env["lengow.outbox"]._close_left_behind(order)

    def _carry_over(self, row, order):
        """Put on an order what became of it in Odoo, and what waits for somebody.

        :param lengow.order row: of the account before
        :param lengow.order order: which has its sale orders now
        """
        order.write(
            {
                name: row._fields[name].convert_to_write(row[name], row)
                for name in GOES_ALONG
                if row[name] and not order[name]
            }
        )
        # Should this account come back, it looks at the order as if it had changed.
        row.write(dict.fromkeys((*WAITS, "payload_digest"), False))
        # What could not be taken over there has come in here.
        row.filtered("unread_from")._dismiss_calls([OLD_ERROR_ACTIVITY])
        calls = self.env["mail.activity"].sudo()
        calls.search([("res_model", "=", row._name), ("res_id", "=", row.id)]).write(
            {"res_id": order.id}
        )
        row.invalidate_recordset(["activity_ids"])  # which Odoo leaves as it was
        # What was asked for counts on, and what was still to be sent is this account's
        # to send; the number is told anew anyway.
        account = order.account_id
        row.sudo().commission_ids.order_id = order
        is_same_shop = row.account_id in account._of_same_shop()
        waiting = row.action_ids.sudo().filtered(
            lambda action: action.state == "todo" and not action.sent_at
        )
        if is_same_shop:
            (row.action_ids.sudo() - waiting).order_id = order
        if not account.test_mode:
            waiting.filtered(lambda action: action.kind != "link").order_id = order

    def _carry_what_waits(self, account):
        """Have an account send what those before it had still to send.

        For the end of its test mode, in which it would have been withheld.

        :param lengow.account account: one
        """
        before = account._of_same_shop() - account
        waiting = (
            self.env["lengow.action"]
            .sudo()
            .search(
                [
                    ("account_id", "in", before.ids),
                    ("state", "=", "todo"),
                    ("sent_at", "=", False),
                    ("kind", "!=", "link"),
                ]
            )
        )
        imported = (
            self.env["lengow.order"]
            .sudo()
            .search(
                [
                    ("account_id", "=", account.id),
                    ("name", "in", waiting.order_id.mapped("name")),
                    ("import_state", "=", "imported"),
                ]
            )
        )
        for row, actions in waiting.grouped("order_id").items():
            if order := self._find_same(imported, row):
                actions.order_id = order

    def _link_known_lines(self, order, lines):
        """Tie lines to what the account before has sold for the same numbers.

        :param lengow.order order: which has its sale orders now
        :param lengow.order.line lines: of the account before, maybe none
        :return: whether it is clear which is which
        :rtype: bool
        """
        sold = lines.filtered("sale_line_id").grouped("lengow_line_ref")
        rows = order.line_ids.grouped("lengow_line_ref")
        is_clear = all(
            ref and len(before) == 1 == len(rows.get(ref, ()))
            for ref, before in sold.items()
        )
        if not (sold and is_clear):
            return False
        for ref, before in sold.items():
            rows[ref].write(
                {
                    "sale_line_id": before.sale_line_id.id,
                    "product_id": before.product_id.id,
                    "factor": before.factor,
                    "is_to_match": before.is_to_match,
                }
            )
        return True

    def _link_lines(self, order, sales):
        """Tie lines to sale order lines, as far as it is clear which is which."""
        services = order.account_id._get_products_beside(order)
        sold = [
            line
            for sale in sales
            for line in sale.order_line.sorted("id")
            if not line.display_type and line.product_id not in services
        ]
        kept = order.line_ids.filtered(lambda line: line._is_kept()).sorted("sequence")
        factors = self._find_factors(order, kept, sold)
        if None in factors or len(kept) != len(sold):
            order._log_note(
                self.env._(
                    "Its lines differ from those of the sale order: report its "
                    "shipment by hand."
                )
            )
            return
        for line, sale_line, factor in zip(kept, sold, factors, strict=True):
            line.write(
                {
                    "sale_line_id": sale_line.id,
                    "product_id": sale_line.product_id.id,
                    "factor": factor,
                }
            )
            sale_line.lengow_factor = factor
            if not sale_line.lengow_line_ref:
                sale_line.lengow_line_ref = (
                    line.lengow_line_ref or f"{NO_NUMBER}{line.sequence}"
                )

    def _find_factors(self, order, kept, sold):
        """Return how many units each line's pieces were sold as.

        As noted on the sale order line, one by one, or as its SKU says today.

        :param lengow.order.line kept: of the order
        :param list sold: its sale order lines
        :return: a number per line, None where the quantities do not fit
        :rtype: list
        """
        items = order._content().lines
        order = order.with_company(order.company_id)
        pairs = [(order.marketplace_id, item) for item in items]
        finder = ProductFinder(order.account_id, pairs)
        factors = []
        for line, sale_line in zip(kept, sold, strict=False):
            possible = [sale_line.lengow_factor or 1.0, 1.0]
            if line.sequence < len(items):
                match = finder.find_one(order.marketplace_id, items[line.sequence])
                if match.product == sale_line.product_id:
                    possible.append(match.factor)
            own, sold_in = sale_line.product_id.uom_id, sale_line.product_uom_id
            # Somebody may have sold them by the dozen.
            units = sold_in._compute_quantity(sale_line.product_uom_qty, own, False)
            fitting = (
                factor
                for factor in possible
                if not own.compare(line.quantity * factor, units)
            )
            factors.append(next(fitting, None))
        return factors
