"""What is settled in Odoo, and must be settled on the marketplace.

a sale order is canceled    ─► a cancellation ─┐
a credit note is posted      ─► a refund       ─┴─► outbox, or a person's to-do list

And back: what the marketplace has canceled because it was asked to from here comes
home to the sale order, whose deliveries are held until then.
"""

import logging
from decimal import Decimal

from odoo import models
from odoo.exceptions import UserError

from ...lengow_api import DEAD_STATUSES, REFUNDED_STATUSES
from ...mapper import ImportProblem
from ...mapper.refund import is_told, refund_arguments
from ...mapper.shipment import number_text, quantity_argument
from ..errors import contained
from ..sales.sale_order import TELLS_NOTHING
from .kinds import ACTIVITIES, CANCEL_KINDS, REFUND_KINDS
from .ledger import EPSILON, Ledger, is_done
from .lengow_action import OPEN_STATES, TOLD_STATES

_logger = logging.getLogger(__name__)

# What takes goods back that were to be delivered.
TAKES_BACK = (*CANCEL_KINDS, "pickup_cancel")


class LengowSettlement(models.AbstractModel):
    """Has marketplaces cancel and refund what was canceled and credited in Odoo."""

    _name = "lengow.settlement"
    _description = "Lengow: Canceled and Credited in Odoo"

    # === A CANCELED SALE ORDER === #

    def _cancel_with(self, order, sales):
        """Plan the cancellation on the marketplace of what was canceled in Odoo.

        Where that takes a person, it is put on somebody's to-do list.

        :param lengow.order order: one
        :param sale.order sales: of this order, just canceled
        :return: whether a person is needed, for whom there is a dialog
        :rtype: bool
        """
        order.ensure_one()
        has_ended = order.lengow_status in DEAD_STATUSES
        if has_ended or self._is_cancel_under_way(order, sales):
            return False
        try:
            kind, lines = self._find_cancel_kind(order, sales)
            rule = order._check_action_possible(kind)
        except UserError as error:
            self._ask_somebody_to(order, "cancel", str(error))
            return False
        arguments = {
            argument.name: argument.default
            for argument in rule.arguments.values()
            if argument.required and argument.name != "line"
        }
        try:
            order._plan_action(kind, arguments, lines=lines)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to(order, "cancel", str(error))
            return order.can_cancel
        return False

    def _is_cancel_under_way(self, order, sales):
        """Whether nothing of sale orders is left to be canceled on the marketplace.

        What has not left is left, although the marketplace is told that it has.
        """
        ledger = Ledger(order)
        kept = order.line_ids.filtered(lambda line: line._is_kept())
        lines = kept.filtered(lambda line: line.sale_line_id.order_id in sales)
        if any(
            line.sale_line_id._lengow_units(ledger.pieces_left(line, CANCEL_KINDS))
            > line.sale_line_id.qty_delivered + EPSILON
            for line in lines
        ):
            return False
        return any(
            (rule := order._find_action_rule(kind)) and order._is_under_way(kind, rule)
            for kind in CANCEL_KINDS
        )

    def _take_back_cancellations(self, sales):
        """Cancel nothing on the marketplaces of sale orders that live again.

        What was sent stays: their deliveries are held. What is still canceled of the
        same orders is planned apart, if it was to be canceled together with them.

        :param sale.order sales: that were canceled, in system mode
        """
        ours = sales.filtered("lengow_order_id")
        for order, living in ours.grouped("lengow_order_id").items():
            refs = {None, *self._line_refs(order, living)}
            order.action_ids.filtered(
                lambda a, refs=refs: (
                    a.kind in CANCEL_KINDS and (a.parameters or {}).get("line") in refs
                )
            )._take_back(self.env._("Its sale order lives again."))
            kept = order.line_ids.filtered(lambda line: line._is_kept())
            canceled = kept.sale_line_id.order_id.filtered(
                lambda sale: sale.state == "cancel"
            )
            if canceled:
                self._cancel_with(order, canceled)
            else:
                order._dismiss_calls([ACTIVITIES["cancel"]])

    def _find_cancel_kind(self, order, sales):
        """Return the action that cancels exactly these sale orders, and its lines.

        :return: kind, and further parameters by line; no lines for the whole order
        :raise UserError: if the marketplace has no action for just a part
        """
        is_whole = not (order.sale_order_ids - sales).filtered(
            lambda sale: sale.state != "cancel"
        ) and not any(sales.order_line.mapped("qty_delivered"))
        kinds = order._possible_among(CANCEL_KINDS) or ["cancel"]
        if is_whole:
            return kinds[0], None
        for kind in reversed(kinds):
            rule = order._find_action_rule(kind)
            lines = (
                rule and rule.is_per_line and self._canceled_lines(order, rule, sales)
            )
            if lines:
                return kind, lines
        raise UserError(
            self.env._(
                "Only a part of the order is canceled in Odoo, and %s cannot cancel "
                "a part. Do it in the marketplace's own back office.",
                order.marketplace_id.name,
            )
        )

    def _canceled_lines(self, order, rule, sales):
        """Return what is canceled of each line, empty if a line cannot be told so.

        :raise UserError: if a part of a pack is delivered
        """
        quantity_name = quantity_argument(rule)
        lines = {}
        for line in order._lines_for(rule):
            rows = line._same_number()
            mine = rows.filtered(lambda row: row.sale_line_id.order_id in sales)
            if not mine:
                continue
            if mine.sale_line_id == rows.sale_line_id:
                mine = rows
            sold = mine.sale_line_id
            delivered = [li._lengow_whole_share(li.qty_delivered) for li in sold]
            if None in delivered:
                raise UserError(self._broken_pack_sentence(line, sold))
            ordered = sum(mine.mapped("quantity"))
            asked = self._target(order, line, (*OPEN_STATES, "done"))
            left = ordered if asked is None else min(ordered, asked)
            remaining = left - sum(delivered)
            if remaining <= EPSILON:
                continue
            is_part = remaining < line.whole_quantity
            if is_part and not quantity_name:
                return {}
            is_said = quantity_name and (
                is_part or rule.arguments[quantity_name].required
            )
            lines[line] = {quantity_name: number_text(remaining)} if is_said else {}
        return lines

    def _broken_pack_sentence(self, line, sold):
        return self.env._(
            "%(sku)s is a pack of %(factor)s, and a part of one is delivered (units: "
            "%(delivered)s). %(marketplace)s cannot be told about a part of a pack. "
            "Cancel or refund it in the marketplace's own back office.",
            sku=line.sku or line.title or "",
            factor=number_text(sold[0].lengow_factor),
            delivered=number_text(sum(sold.mapped("qty_delivered"))),
            marketplace=line.order_id.marketplace_id.name,
        )

    # === WHAT THE MARKETPLACE CANCELED ON OUR WORD === #

    def _is_cancel_on_its_way(self, order, sale):
        """Whether some of a sale order is being canceled on the marketplace.

        Without a line the whole order is, until it says so itself.

        :param lengow.order order: one
        :param sale.order sale: of this order
        :rtype: bool
        """
        refs = self._line_refs(order, sale)
        has_ended = order.lengow_status in DEAD_STATUSES
        for action in order.action_ids.filtered(lambda a: a.kind in TAKES_BACK):
            ref = (action.parameters or {}).get("line")
            if action._is_open() and (not ref or ref in refs):
                return True
            if is_done(action) and not ref and not has_ended:
                return True
        return False

    def _find_uncut_lines(self, order, sale):
        """Return the sale order's lines that still sell what is canceled, at a target.

        :param lengow.order order: one
        :param sale.order sale: of this order
        :return: how many units are left for the marketplace, by sale order line
        :rtype: dict[sale.order.line, float]
        """
        targets = {}
        for line in order.line_ids.filtered(
            lambda line: line.sale_line_id.order_id == sale
        ):
            target = self._target(order, line, ("done",))
            sold = line.sale_line_id
            if target is None:
                continue
            if line._same_number().sale_line_id != sold:
                target = line._share_of(target)
            left = sold._lengow_units(target)
            if sold._lengow_living_quantity() > left:
                targets[sold] = left
        return targets

    def _target(self, order, line, states):
        """Return how many pieces cancellations of ours leave, None without any.

        :param lengow.order.line line: of the order
        :param states: of the actions that count, beside what was done by hand
        """
        asked = order.action_ids.filtered(
            lambda a: (
                a.kind in CANCEL_KINDS
                and (a.state in states or a._is_said_done())
                and (a.parameters or {}).get("line") == line.lengow_line_ref
                and a.line_quantity
            )
        )
        if not asked:
            return None
        pieces = {action: self._pieces(order, action) for action in asked}
        if None in pieces.values():
            sold = line.sale_line_id
            return sold._lengow_share(sold.qty_delivered)
        # What was sold when one was asked for is less by it and by all that came later,
        # and by what had been asked for of the same.
        return max(
            0.0,
            min(
                action.line_quantity
                - sum(
                    pieces[other]
                    for other in asked
                    if other.id >= action.id
                    or other.line_quantity == action.line_quantity
                )
                for action in asked
            ),
        )

    def _pieces(self, order, action):
        """Return how many pieces a cancellation is for, None for all of its line."""
        rule = order._find_action_rule(action.kind)
        name = rule and quantity_argument(rule)
        value = name and (action.parameters or {}).get(name)
        return float(value) if value else None

    def _line_refs(self, order, sales):
        lines = order.line_ids.filtered(lambda li: li.sale_line_id.order_id in sales)
        return set(lines.mapped("lengow_line_ref"))

    def _bring_home(self, actions):
        """Take from sale orders what their marketplaces canceled on our word.

        Where Odoo refuses, somebody is called; the deliveries stay held.

        :param lengow.action actions: done, or done by hand, of any kind
        """
        for action in actions.sudo():
            ref = (action.parameters or {}).get("line")
            if action.kind not in CANCEL_KINDS or not ref:
                continue
            order = action.order_id.with_company(action.company_id)
            with contained(self.env) as outcome:
                self._cut(order, ref)
            if not (error := outcome.error):
                continue
            if not outcome.is_for_people:
                # Whatever another module raises concerns this order and no other.
                _logger.error("Order %s is not reduced", order.id, exc_info=error)
            sentence = self._uncut_sentence(outcome.reason)
            self._ask_somebody_to(order, "cancel", sentence)

    def _uncut_sentence(self, reason):
        return self.env._(
            "The marketplace has canceled a part, and Odoo refused to reduce the sale "
            "order: %s Reduce it by hand; its deliveries are held until then.",
            reason,
        )

    def _cut(self, order, ref):
        lines = order.line_ids.filtered(lambda line: line.lengow_line_ref == ref)
        for sale in lines.sale_line_id.order_id.filtered(lambda s: s.state != "cancel"):
            if self._is_all_canceled(order, sale, (*OPEN_STATES, "done")):
                if self._is_all_canceled(order, sale, ("done",)):
                    sale.with_context(**TELLS_NOTHING)._action_cancel()
                continue
            for sale_line, left in self._find_uncut_lines(order, sale).items():
                if left < sale_line.qty_delivered:
                    raise UserError(
                        self.env._("More than that of %s is delivered.", sale_line.name)
                    )
                ordered = Decimal(str(sale_line.product_uom_qty))
                total = Decimal(str(sale_line.price_total)) * Decimal(str(left))
                sale_line._lengow_reduce(left, total / ordered)
                order._log_note(
                    self.env._(
                        "%(sale)s: %(product)s reduced to %(quantity)s, as the "
                        "marketplace has canceled the rest.",
                        sale=sale.name,
                        product=sale_line.product_id.display_name,
                        quantity=number_text(left),
                    )
                )

    def _is_all_canceled(self, order, sale, states):
        """Whether actions in some states leave nothing of a sale order."""
        lines = order.line_ids.filtered(
            lambda li: li.sale_line_id.order_id == sale and li.sale_line_id
        )
        return not sale._lengow_is_delivered() and all(
            self._target(order, line, states) == 0 for line in lines
        )

    # === A DELETED SALE ORDER === #

    def _ask_about_deleted(self, order, deleted):
        """Have somebody decide about an order whose sale orders were deleted.

        Maybe it is to be imported again, maybe canceled: the marketplace is told
        nothing of it by itself.

        :param lengow.order order: one, in system mode
        :param str deleted: the numbers of its sale orders that are gone
        """
        if order.lengow_status in DEAD_STATUSES:
            return
        sentence = self.env._(
            "%(sale)s was deleted by %(user)s, and the marketplace still waits for it. "
            "Import it again, or cancel it on the marketplace.",
            sale=deleted,
            user=self.env.user.name,
        )
        if order.import_state == "imported" and not order._living_sales():
            order._mark_error(ImportProblem("sale_order_deleted", sentence))
        self._ask_somebody_to(order, "cancel", sentence)

    # === A POSTED CREDIT NOTE === #

    def _refund_with(self, order, move):
        """Plan the refund on the marketplace that a posted credit note stands for.

        Where that takes a person, it is put on somebody's to-do list.

        :param lengow.order order: one
        :param account.move move: a credit note of this order
        """
        order.ensure_one()
        known = order.action_ids.filtered(lambda a: a._credits(move))
        if known or self._is_given_back(order, move):
            return
        try:
            self._plan_refund(order, move)
        except UserError as error:  # raised before anything is written
            self._ask_somebody_to(order, "refund", f"{move.name}: {error}")

    def _take_back_refunds(self, moves):
        """Refund nothing that credit notes say no longer, unless it is sent already.

        :param account.move moves: in draft again
        """
        for move in moves.sudo():  # whoever invoices need not be our user
            order = move.lengow_order_id
            refunds = order.action_ids.filtered(
                lambda action, move=move: action._credits(move)
            )
            refunds._take_back(self.env._("The credit note is not posted any more."))
            if any(
                refund.state in TOLD_STATES or refund._is_said_done()
                for refund in refunds
            ):
                self._ask_somebody_to(
                    order,
                    "refund",
                    self.env._(
                        "%(credit_note)s is a draft again, but %(marketplace)s has "
                        "been sent its refund. Post it again with the same amounts, "
                        "or settle the difference in the marketplace's own back "
                        "office.",
                        credit_note=move.name,
                        marketplace=order.marketplace_id.display_name,
                    ),
                )

    def _is_given_back(self, order, move):
        """Whether a credit note follows what the marketplace gives back: it is no news.

        After a refund in part it is, unless the marketplace gave back at least as much
        as is credited, apart from what it is still being told.

        :rtype: bool
        """
        if order.lengow_status not in REFUNDED_STATUSES:
            return False
        if order.lengow_status != "partial_refunded" or move.lengow_follows_refund:
            return True
        under_way = order.action_ids.filtered(
            lambda a: a.kind in REFUND_KINDS and a.state in OPEN_STATES
        ).move_id
        proposal = order.env["lengow.refund.proposal"]
        credited = proposal._credit_notes(order).filtered(lambda m: m.state == "posted")
        told = proposal._refunded_total(order)
        total = sum((credited - under_way).mapped("amount_total"))
        return move.currency_id.compare_amounts(total, float(told)) <= 0

    def _plan_refund(self, order, move):
        """Plan a refund that says exactly what the credit note says.

        :raise UserError: if the marketplace cannot be told, or not by itself
        """
        credit = move._lengow_credit()
        for kind in order._possible_among(REFUND_KINDS) or ["refund"]:
            rule = order._check_action_possible(kind)
            told = self._tell_refund(order, rule, credit)
            if told:
                arguments, lines = told
                order._plan_action(kind, arguments, lines=lines, move=move)
                return
        raise UserError(
            self.env._(
                "%s accepts no refund of just this amount. Refund it with the "
                "dialog, or in the marketplace's own back office.",
                order.marketplace_id.name,
            )
        )

    def _tell_refund(self, order, rule, credit):
        """Return the arguments of a refund and its lines, None if it cannot be told.

        :param dict credit: see `account.move._lengow_credit`
        """
        if not order._is_told_by_line(rule):
            whole = credit["whole"]
            values = refund_arguments(rule, whole)
            return (values, None) if is_told(rule, whole, values) else None
        if credit["rest"] and credit["whole"].is_partial:
            return None  # for no line in particular
        lines = {}
        for line, line_credit in credit["lines"].items():
            possible = order._lines_for(rule) & line._same_number()
            values = refund_arguments(rule, line_credit)
            if not possible or not is_told(rule, line_credit, values):
                return None
            lines[possible] = values
        return ({}, lines) if lines else None

    # === WHAT THE DIALOG BEGINS WITH === #

    def _credited_lines(self, order, rule, credit):
        """Return the lines that a credit note gives back, with quantity and amount."""
        return {
            possible: {
                "quantity": float(line_credit.quantity),
                "amount": float(line_credit.amount) if line_credit.is_partial else 0.0,
            }
            for line, line_credit in credit["lines"].items()
            if (possible := order._lines_for(rule) & line._same_number())
        }

    # === WHAT A PERSON MUST DO === #

    def _ask_somebody_to(self, order, kind, sentence):
        """Put something that the marketplace must be told on a to-do list.

        :param str kind: `cancel` or `refund`
        :param str sentence: why it does not go by itself
        """
        order._call_person(ACTIVITIES[kind], order._action_label(kind), sentence)
