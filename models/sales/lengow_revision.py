"""What becomes of an imported order whose content or status changes at Lengow.

    imported ──► payload differs in what matters ──► the order says what changed
                     │                                   │            │
                     └─ changed back: forgotten     apply to      keep as it is
                                                    sale order    (forgotten)

While a change waits for somebody, the payload that the sale order was made of is kept
beside the new one; what changed is always computed from the two.

Whatever waits for somebody is an undecided change of the order, which holds its
deliveries: see `lengow.hold`. What ends or is refunded: see `lengow.follow.up`.
"""

from collections import defaultdict
from decimal import Decimal
from functools import partial

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_datetime

from ...lengow_api import DEAD_STATUSES, round_currency
from ...mapper import QUIET, ImportProblem, OrderComparison, OrderMapper, Sold
from ...mapper.correction import still_meant
from ...mapper.sale_mapper import NO_NUMBER
from .lengow_order import DECIDE_CHANGE_ACTIVITY
from .sale_order import TELLS_NOTHING

# Of several kinds of change, the first decides what is to be done.
KINDS = ("content", "review", "address", "billing")
# Not to be shipped yet, or given back in part: goods must not leave unasked.
DOUBTFUL_STATUSES = ("new", "waiting_acceptance", "accepted", "partial_refunded")


class LengowRevision(models.AbstractModel):
    """Brings in line with Lengow what was imported already, or asks a person to."""

    _name = "lengow.revision"
    _description = "Changes of Imported Lengow Orders"

    # === WHAT LENGOW SENDS ABOUT A KNOWN ORDER === #

    def _write_payload(self, order, values):
        """Store what Lengow sends about a known order, and follow up what it changes.

        :param lengow.order order: known to the inbox
        :param dict values: of the inbox, with the new payload
        """
        if order.import_state != "imported":
            self._write_waiting(order, values)
            return
        order_sudo = order.sudo()  # what was sold is for the system to bring in line
        old_payload, old_status = order_sudo.payload, order_sudo.lengow_status
        old_deadline = order_sudo.ship_before
        before = order_sudo._content() if old_payload else None
        order.write(values)
        if before is None:
            return  # it was anonymised: there is nothing to compare with
        self._follow_line_numbers(order_sudo)
        self._take(order_sudo, old_payload, before, old_status)
        self._follow_deadline(order_sudo, old_deadline)

    def _take_over(self, account, orders):
        """Take over what is a sale order already; follow up what changed before that.

        :param lengow.account account: of all the orders
        :param lengow.order orders: just judged, in system mode
        """
        for order, last in self.env["lengow.adoption"]._take_over(account, orders):
            if last.anonymised_at or not last.payload:
                continue
            old_status = "waiting_shipment" if last == order else last.lengow_status
            self._take(order, last.payload, last._content(), old_status)
            self._follow_deadline(order, last.ship_before)

    def _write_waiting(self, order, values):
        """Store what Lengow sends about an order that is not imported.

        What a person has corrected of it stays; where the marketplace changes that
        address, too, the order says so.
        """
        correction = order.sudo().address_correction
        before = correction and order._content()
        order.write(values)
        if (
            correction
            and still_meant(correction, before, order._content()) != correction
        ):
            order._log_note(
                self.env._(
                    "The marketplace changed an address that was corrected in Odoo. "
                    "The correction stays; correct it again if it is wrong now."
                )
            )

    def _take(self, order, old_payload, before, old_status):
        """Follow up what Lengow changed of an imported order, and ask about the rest.

        :param lengow.order order: imported, in system mode; is as Lengow shows it now
        :param dict old_payload: what was stored before
        :param lengow_api.Order before: the content of that
        :param str old_status: its Lengow status before this change
        """
        self.env["lengow.follow.up"]._follow(order, before, old_status)
        self._review(order, old_payload, before, old_status)

    def _review(self, order, old_payload, before, old_status):
        """Note whether the order still is what its sale orders were made of.

        Somebody is called for each change that is new.

        :param lengow.order order: imported
        :param dict old_payload: what was stored before; the sale orders were made of it
            unless an older one is kept
        :param lengow_api.Order before: the content of the old payload
        :param str old_status: its Lengow status before this change
        """
        if order.is_anonymised_by_lengow or order.anonymised_at:
            order._forget_changes()
            return
        imported = before
        if order.change_kind and order.imported_payload:
            imported = order._content_of(order.imported_payload)
        kind, differences = self._find_change(order, imported, old_status)
        if not kind:
            order._forget_changes()
            return
        is_news = kind != order.change_kind or (
            differences
            and differences != self._find_differences(order, imported, before)
        )
        order._mark_changed(kind, old_payload)
        if is_news:
            self._call_to_decide(order, differences)

    def _find_change(self, order, imported, old_status):
        """Return what somebody has to decide about, and what it is about.

        :return: of `change_kind`, or None; what differs, where that tells
        :rtype: tuple[str | None, list[Difference]]
        """
        if order.lengow_status in DEAD_STATUSES:
            is_news = order.change_kind or old_status not in DEAD_STATUSES
            return ("canceled" if is_news and order._open_sales() else None), []
        if (
            self.env["lengow.follow.up"]._is_reopened(order, old_status)
            and not order._living_sales()
        ):
            return "reopened", []
        differences = self._find_differences(order, imported)
        kinds = {difference.kind for difference in differences}
        is_news = order.change_kind or old_status != order.lengow_status
        if is_news and self._is_doubtful(order):
            kinds.add("review")
        return next((kind for kind in KINDS if kind in kinds), None), differences

    def _is_doubtful(self, order):
        """Whether the order's status speaks against what is still to be delivered."""
        return order.lengow_status in DOUBTFUL_STATUSES and bool(order._open_sales())

    def _call_to_decide(self, order, differences):
        """Put an undecided change on the to-do list of who is responsible.

        It names what changed, which holds none of the buyer's data.
        """
        sentences = {
            "canceled": self.env._(
                "It ended on the marketplace before all of it was delivered. The rest "
                "is held: cancel it, or deliver it all the same."
            ),
            "reopened": self.env._(
                "It is to be shipped again, but its sale order was canceled: import "
                "it again, or keep it as it is."
            ),
        }
        changed = self.env._(
            "Changed after the import: %s. Deliveries are held until you apply it, or "
            "keep the sale order as it is.",
            "; ".join(
                dict.fromkeys(
                    [difference.label for difference in differences]
                    or [order._status_label()]
                )
            ),
        )
        kinds = dict(order._fields["change_kind"]._description_selection(self.env))
        order._call_person(
            DECIDE_CHANGE_ACTIVITY,
            kinds[order.change_kind],
            sentences.get(order.change_kind, changed),
            order.account_id._find_responsible(),
        )

    # === WHAT DIFFERS === #

    def _summary(self, order):
        """Return an undecided change in words, False without any.

        :param lengow.order order: one, in system mode
        :rtype: str | bool
        """
        status = self.env._("It is “%s” on the marketplace now.", order._status_label())
        if order.change_kind in ("canceled", "reopened"):
            return status
        if not order.imported_payload:
            return False
        imported = order._content_of(order.imported_payload)
        found = list(map(str, self._find_differences(order, imported)))
        if order.change_kind == "review" and self._is_doubtful(order):
            found.append(status)
        return "\n".join(found) or False

    def _find_differences(self, order, imported, now=None):
        """Return what is not as it was.

        :param lengow.order order: one
        :param lengow_api.Order imported: the content as it was imported
        :param lengow_api.Order now: the content to hold against that; by default as it
            is now
        :rtype: list[Difference]
        """
        comparison = OrderComparison(
            self.env,
            imported,
            now or order._content(),
            order.marketplace_id._find_definition(),
            is_shipped=order._has_passed_shipment(),
            sold=partial(self._sold, order),
            decided=self.env["lengow.difference"]._decided(order),
        )
        return comparison.differences()

    def _sold(self, order):
        """Return what Odoo sells and still has to deliver of each line.

        :return: by line number, and by SKU for lines that have, or had, no number
        :rtype: dict[str, Sold]
        """
        rows = defaultdict(order.line_ids.browse)
        for row in order.line_ids.filtered("sale_line_id"):
            for key in filter(None, (row.lengow_line_ref, row.sku)):
                rows[key] |= row
        reported = {
            (action.parameters or {}).get("line")
            for action in order.action_ids
            if action.kind == "ship"
            and (action.state not in ("failed", "canceled") or action._is_said_done())
        }
        return {
            key: Sold(
                _pieces_of(lines, "_lengow_living_quantity"),
                _pieces_of(lines, "_lengow_remaining"),
                bool(reported & {*same.mapped("lengow_line_ref"), None}),
            )
            for key, same in rows.items()
            for lines in [same.sale_line_id]
        }

    # === ANOTHER NUMBER === #

    def _follow_line_numbers(self, order):
        """Give sale order lines the numbers that the marketplace gave late.

        :param lengow.order order: imported, in system mode
        """
        for line in order.line_ids.filtered("lengow_line_ref"):
            sold = line.sale_line_id
            if (sold.lengow_line_ref or "").startswith(NO_NUMBER):
                sold.lengow_line_ref = line.lengow_line_ref

    # === ANOTHER DEADLINE === #

    def _follow_deadline(self, order, before):
        """Bring sale orders and open deliveries in line with a moved deadline.

        A deadline that is told no more stays: marketplaces drop it once it is met.

        :param lengow.order order: imported, in system mode
        :param datetime before: the deadline that it had; False for none
        """
        after = order.ship_before
        if not after or after == before or order.lengow_status in DEAD_STATUSES:
            return
        note = self.env._(
            "%(marketplace)s moved the shipping deadline from %(before)s to %(after)s.",
            marketplace=order.marketplace_id.name,
            after=format_datetime(self.env, after),
            before=format_datetime(self.env, before) if before else "\N{EN DASH}",
        )
        sales = order._living_sales().with_context(**QUIET)
        moved = [sale._lengow_move_deadline(before, after, note) for sale in sales]
        if any(moved):
            order._log_note(note)

    # === A PERSON DECIDES === #

    def _apply_addresses(self, order):
        """Put the addresses that Lengow has now on sale orders and open deliveries.

        :param lengow.order order: imported, in system mode
        :raise UserError: if there is nothing more to deliver, or no such address
        """
        quiet = order.with_company(order.company_id).with_context(**QUIET)
        self._forget_outdated_correction(quiet)
        try:
            drafts = OrderMapper(quiet.account_id, quiet).plan(quiet)
        except ImportProblem as problem:
            raise UserError(problem.message) from problem
        quiet.env["lengow.importer"]._create_partners(drafts)
        sales = quiet._living_sales()
        for sale in sales:
            draft = self._draft_for(sale, drafts)
            if draft is None or len(drafts) != len(sales):
                raise UserError(
                    self.env._("The packages changed, too. Import the order again.")
                )
            delivery = draft.delivery.partner
            if order.change_kind == "billing":
                delivery = sale.partner_shipping_id  # somebody may have chosen it
            sale._lengow_readdress(delivery, draft.plan.buyer.invoice.partner)

    def _forget_outdated_correction(self, order):
        """Let the marketplace's own address count again where that was changed.

        :param lengow.order order: of which somebody applies a change
        """
        if order.address_correction and order.imported_payload:
            order.address_correction = still_meant(
                order.address_correction,
                order._content_of(order.imported_payload),
                order._content(),
            )
            order._show_addresses()

    def _draft_for(self, sale, drafts):
        """Return the draft with the lines of a sale order, None if there is none.

        Packages come in any order; where lines have no numbers, it has to do.
        """
        refs = set(sale.order_line.mapped("lengow_line_ref"))
        same = [
            draft
            for draft in drafts
            if refs & {kept.line.marketplace_order_line_id for kept in draft.lines}
        ]
        if same:
            return same[0] if len(same) == 1 else None
        return next(
            (d for d in drafts if d.package_index == sale.lengow_package_index), None
        )

    def _apply_content(self, order):
        """Bring the sale orders in line with what Lengow sells now, or change nothing.

        Where there is just less of something that is not delivered yet, its lines are
        reduced; anything else is imported again.

        :param lengow.order order: imported, in system mode
        :raise UserError: see :meth:`_import_again`
        """
        reductions = self._find_reductions(order)
        if not reductions:
            self._import_again(order)
            return
        for line, difference in reductions.items():
            line._lengow_reduce(
                line._lengow_units(float(difference.quantity)),
                self._reduced_total(line, difference),
            )
        order._log_note(
            self.env._(
                "%s reduced the sale order to what the marketplace shows.",
                self.env.user.name,
            )
        )

    def _reduced_total(self, line, difference):
        """Return what is paid for a reduced line, in the terms of its sale order.

        The marketplace's own amount may be in another currency, or hold a VAT that the
        sale order does not.

        :param sale.order.line line: as it was sold
        :param Difference difference: that reduces it
        :rtype: Decimal
        """
        price = Decimal(str(line.price_total)) / Decimal(str(line.product_uom_qty))
        units = Decimal(str(line._lengow_units(float(difference.quantity))))
        total = price * difference.price_ratio * units
        return round_currency(total, line.currency_id.decimal_places)

    def _find_reductions(self, order):
        """Return what is to be reduced, by sale order line.

        :return: empty where reducing does not do it: something else changed, more was
            delivered or invoiced already, nothing would be left, or no rule explains
            what is to be paid in all
        :rtype: dict[sale.order.line, Difference]
        """
        order = order.with_company(order.company_id)
        totals = self.env["lengow.difference"]._totals(order)
        if not (totals and totals.is_explained):
            return {}  # the import says what is wrong with it
        imported = order._content_of(order.imported_payload)
        by_ref = order.line_ids.grouped("lengow_line_ref")
        reductions = {}
        for difference in self._find_differences(order, imported):
            line = by_ref.get(difference.ref or "", order.line_ids[:0]).sale_line_id
            if difference.kind == "billing":
                continue
            if len(line) != 1 or line.order_id.state != "sale":
                return {}
            least = max(line.qty_delivered, line.qty_invoiced)
            units = line._lengow_units(float(difference.quantity))
            if not least <= units < line.product_uom_qty:
                return {}
            reductions[line] = difference
        sales = self.env["sale.order.line"].concat(*reductions).order_id
        left = sales.order_line.filtered("lengow_line_ref") - sales.order_line.filtered(
            lambda line: line in reductions and not reductions[line].quantity
        )
        return reductions if any(li.product_id.type == "consu" for li in left) else {}

    def _import_again(self, order):
        """Cancel the living sale orders and import afresh, or change nothing.

        :param lengow.order order: imported, in system mode
        :raise UserError: if something was delivered or invoiced, or the import fails;
            the caller's transaction must then be undone
        """
        order = order.with_company(order.company_id)
        if order.import_state != "imported":
            raise UserError(self.env._("%s is not imported.", order.name))
        self._forget_outdated_correction(order)
        sales = order._living_sales()
        self._check_can_be_replaced(sales)
        sales.with_context(**TELLS_NOTHING)._action_cancel()
        # The database allows one living sale order per package: the old ones must have
        # gone before the new ones come.
        sales.flush_recordset()
        note = self.env._(
            "Imported again by %s: a new one replaces it.", self.env.user.name
        )
        sales._message_log_batch(bodies={sale.id: note for sale in sales})
        order.is_asked_for = True
        order._mark_ready()
        order.env["lengow.judge"]._judge(order)
        if order.import_state == "ready":
            order.env["lengow.importer"]._process(order)
        if order.import_state != "imported":
            reason = order.error_message or order.state_reason or ""
            words = self.env._(
                "Nothing was changed, because the import fails: %s", reason
            )
            raise self.env["lengow.difference"]._failure(order, words)

    def _check_can_be_replaced(self, sales):
        """Refuse to replace what has left the house.

        :param sale.order sales: of one order
        :raise UserError: if goods or a posted invoice went out for a sale order
        """
        delivered = sales.filtered(lambda sale: sale._lengow_is_delivered())
        if delivered:
            raise UserError(
                self.env._(
                    "%s is delivered, at least in part, and stays. Correct it by hand.",
                    ", ".join(delivered.mapped("name")),
                )
                + self._then_keep(sales)
            )
        invoices = sales.invoice_ids.filtered(lambda move: move.state == "posted")
        if invoices:
            raise UserError(
                self.env._(
                    "%s is posted, so the sale order stays. Correct it with a credit "
                    "note.",
                    ", ".join(invoices.mapped("name")),
                )
                + self._then_keep(sales)
            )

    def _then_keep(self, sales):
        """Return the sentence about the button that there is while a change waits."""
        if not sales.lengow_order_id.change_kind:
            return ""
        return " " + self.env._("Then choose “Keep Sale Order”.")


def _pieces_of(lines, count):
    """Return what sale order lines count together, as the marketplace counts.

    :param sale.order.line lines: of one line of the marketplace
    :param str count: their method that counts units
    :rtype: Decimal
    """
    return Decimal(str(sum(li._lengow_share(getattr(li, count)()) for li in lines)))
