"""Accepting orders without a person, within the limits of their marketplace."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...lengow_api import (
    OrderAmounts,
    reconcile,
    round_currency,
)
from ...mapper.rates import converted
from ..companies import by_company
from ..errors import FOR_PEOPLE, words_of
from ..inbox.lengow_order_rate import rates_in
from ..settings.lengow_cron import Work
from .arguments import argument_label, defaults_of, reason_of, without_blanks
from .free_stock import FreeStock
from .kinds import DECIDE_ACTIVITY, DECISION_KINDS

BATCH_SIZE = 50


class LengowAcceptance(models.AbstractModel):
    """Accepts what passes the checks of its marketplace, and says why of the rest."""

    _name = "lengow.acceptance"
    _description = "Lengow: Automatic Acceptance"

    # === THE LOOP === #

    def _run(self):
        """Accept what the marketplaces' checks allow, a batch per transaction.

        Each order is examined once, and again when Lengow changes it.
        """
        domain = self._due_domain()
        work = Work(
            "cron_auto_accept",
            self,
            step="_examine",
            note="_note_failure",
            domain=domain,
            size=BATCH_SIZE,
        )
        waiting = self.env["lengow.order"].search(domain, order="order_date, id")
        self.env["lengow.cron"]._each(waiting, work)

    def _note_failure(self, order, error):
        """Leave an order that could not be examined to a person.

        :param lengow.order order: whose examination was undone
        :param Exception error: what was raised
        """
        order.auto_accept_examined = True
        reason = (
            words_of(error)
            if isinstance(error, FOR_PEOPLE)
            else self.env._(
                "It could not be examined (%s): decide yourself, and give your "
                "administrator the server log of this moment.",
                type(error).__name__,
            )
        )
        self._leave_to_a_person(order, [reason])

    # === BUSINESS METHODS === #

    def _offer(self, orders):
        """Have changed orders examined soon; withdraw calls that are out of date.

        :param lengow.order orders: new or changed
        """
        decided = orders.filtered(
            lambda order: not order.is_to_accept or order.import_state == "ignored"
        )
        decided._dismiss_calls([DECIDE_ACTIVITY])
        if (orders - decided).marketplace_id.filtered("auto_accept"):
            self.env.ref("lengow_connector.cron_auto_accept").sudo()._trigger()

    def _due_domain(self):
        """Return the domain of the orders that are to be examined.

        :rtype: list
        """
        return [
            ("is_to_accept", "=", True),
            ("auto_accept_examined", "=", False),
            # It may be another order by now, or none.
            ("unread_from", "=", False),
            # Of what another system takes care of, it decides.
            ("import_state", "!=", "ignored"),
            ("is_outdated", "=", False),
            ("dismissed_at", "=", False),
            ("marketplace_id.auto_accept", "=", True),
            ("marketplace_id.active", "=", True),
            # Until it is described nobody knows how it is asked.
            ("marketplace_id.is_known", "=", True),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    def _examine(self, orders):
        """Accept the orders that pass the checks, and say of the others why not.

        Nothing is committed and nothing is sent.

        :param lengow.order orders: that wait for acceptance
        """
        for account, ours in by_company(orders):
            self.env["lengow.matcher"]._match(ours)
            stock = FreeStock(ours)
            for order in ours:
                order.auto_accept_examined = True
                self._examine_one(order, stock)
            decided = ours.filtered("pending_kind")
            self.env["lengow.cron"]._count(
                account,
                updated=len(decided),
                ignored=len(ours) - len(decided),
            )

    def _examine_one(self, order, stock):
        if "accept" not in order._possible_kinds():
            return
        reasons = self._reasons_not_to_accept(order, stock)
        if reasons and self._is_to_refuse(order, stock, reasons):
            refuse = self._refuse
            if order.marketplace_id.auto_refuse_lines:
                refuse = self._refuse_lines
            refuse(order, stock, reasons)
            return
        if not reasons:
            try:
                order._plan_action("accept", self._defaults(order))
            except UserError as error:
                reasons = [words_of(error)]
        if reasons:
            self._leave_to_a_person(order, reasons)
            return
        stock.promise(order)
        order._log_note(self._acceptance_note(order))

    def _defaults(self, order):
        """Return what the marketplace itself proposes where it demands something."""
        return defaults_of(order._find_action_rule("accept"))

    # === REFUSING === #

    def _is_to_refuse(self, order, stock, reasons):
        """Whether an order cannot be delivered, and its marketplace is set to refuse.

        :param FreeStock stock: what is free
        :param list reasons: why it is not accepted
        :rtype: bool
        """
        marketplace = order.marketplace_id
        if not (marketplace.auto_refuse and marketplace.auto_accept_stock):
            return False
        if marketplace.auto_refuse_lines and not marketplace.decides_lines:
            return False  # it did so when that was chosen
        kept = order.line_ids.filtered(lambda line: line._is_kept())
        is_known = all(line.product_id for line in kept)
        if order.is_fulfilled_by_marketplace or not is_known:
            return False
        return set(reasons) <= set(stock.reasons(order)) and stock.is_short(order)

    def _refuse(self, order, _stock, reasons):
        """Refuse an order that cannot be delivered; else a person decides.

        :param list reasons: what is missing
        """
        try:
            order._plan_action("refuse", self._refusal_arguments(order.marketplace_id))
        except UserError as error:
            self._leave_to_a_person(order, [*reasons, words_of(error)])
            return
        order._log_note(
            self.env._("Refused automatically: %s", " ".join(map(str, reasons)))
        )

    def _refuse_lines(self, order, stock, reasons):
        """Refuse the lines that are missing, and accept the others.

        What is free of these only with the safety stock is for a person.

        :param FreeStock stock: what is free
        :param list reasons: what is missing
        """
        rules = [order._find_action_rule(kind) for kind in DECISION_KINDS]
        waiting = order._lines_unasked_for(rules[1])
        short = stock.lines_short(order)
        missing = waiting.filtered(lambda line: line._same_number() & short)
        if missing == waiting:
            self._refuse(order, stock, reasons)
            return
        rest = order._lines_unasked_for(rules[0]) - missing
        others = rest.browse().union(*(line._same_number() for line in rest))
        if not (missing and rest):
            self._leave_to_a_person(order, reasons)
            return
        doubts = stock.reasons(order, others)
        try:
            with self.env.cr.savepoint():
                arguments = self._refusal_arguments(order.marketplace_id)
                order._plan_action("refuse", arguments, missing)
                if not doubts:
                    order._plan_action("accept", self._defaults(order), rest)
        except UserError as error:
            self._leave_to_a_person(order, [*reasons, words_of(error)])
            return
        names = ", ".join(line.sku or line.title or "?" for line in missing)
        order._log_note(self.env._("Refused automatically: %s", names))
        if doubts:
            self._leave_to_a_person(order, doubts)
            return
        stock.promise(order, others)
        order._log_note(self._acceptance_note(order))

    def _refusal_arguments(self, marketplace):
        """Return what is sent with a refusal of a marketplace.

        :rtype: dict
        """
        definition = marketplace._find_definition()
        rule = definition and definition.actions.get("refuse")
        argument = self._reason_argument(marketplace)
        given = {argument.name: marketplace.auto_refuse_reason} if argument else {}
        return {**(defaults_of(rule) if rule else {}), **without_blanks(given)}

    def _reason_argument(self, marketplace):
        """Return the argument that says why an order is refused, None without one.

        :rtype: lengow_api.Argument | None
        """
        definition = marketplace._find_definition()
        rule = definition and definition.actions.get("refuse")
        return reason_of(rule) if rule else None

    def _fault_of_refusal(self, marketplace):
        """Return why orders of a marketplace cannot be refused by rule, maybe False.

        :rtype: str | bool
        """
        name = marketplace.name
        if not marketplace.auto_accept_stock:
            return self.env._(
                "%s: nothing is refused without a look at the stock. Choose “Only With "
                "Free Stock”, too.",
                name,
            )
        definition = marketplace._find_definition()
        rule = definition and definition.actions.get("refuse")
        if definition and not (rule and rule.is_allowed_at("waiting_acceptance")):
            return self.env._("%s does not let orders be refused through Lengow.", name)
        if (
            definition
            and marketplace.auto_refuse_lines
            and not decides_lines(definition)
        ):
            return self.env._("%s decides about whole orders only.", name)
        arguments = self._refusal_arguments(marketplace)
        faults = (
            [f for f in rule.check(arguments) if f.argument != "line"] if rule else []
        )
        argument = self._reason_argument(marketplace)
        if argument and argument.name in {fault.argument for fault in faults}:
            return self.env._(
                "%(marketplace)s requires a reason to refuse. %(choices)s",
                marketplace=name,
                choices=(
                    marketplace.refuse_reasons
                    and self.env._("Enter one of: %s.", marketplace.refuse_reasons)
                )
                or "",
            )
        if faults:
            return self.env._(
                "%(marketplace)s requires more than a reason to refuse: %(names)s. "
                "Refuse its orders by hand.",
                marketplace=name,
                names=", ".join(argument_label(self.env, f.argument) for f in faults),
            )
        return False

    # === CHECKS === #

    def _reasons_not_to_accept(self, order, stock):
        """Return why a person has to decide, sentence by sentence.

        :param lengow.order order: one
        :param FreeStock stock: what is free
        :rtype: list[str]
        """
        marketplace = order.marketplace_id
        amounts = OrderAmounts(order._content(), marketplace._find_definition())
        problem = self.env["lengow.judge"]._find_problem(order, amounts)
        if problem:
            # What cannot be read cannot be checked.
            return [problem.message]
        reasons = [
            self._doubt_about_total(order, amounts)
            or self._amount_reason(order, amounts, marketplace.auto_accept_amount_limit)
        ]
        kept = order.line_ids.filtered(lambda line: line._is_kept())
        unknown = kept.filtered(lambda line: not line.product_id)
        if unknown and marketplace.auto_accept_known_skus:
            skus = ", ".join(line.sku or "?" for line in unknown)
            reasons.append(self.env._("Unknown SKUs: %s.", skus))
        if marketplace.auto_accept_price_floor:
            reasons += [
                self._price_reason(order, line, marketplace.auto_accept_price_floor)
                for line in kept
            ]
        if marketplace.auto_accept_stock and not order.is_fulfilled_by_marketplace:
            reasons += stock.reasons(order)
        return [reason for reason in reasons if reason]

    def _doubt_about_total(self, order, amounts):
        """Return why the order's total cannot be trusted, maybe False."""
        if amounts.no_exchange_rate:
            return self.env._("Lengow has no exchange rate for it.")
        if amounts.order.total_order is None:
            return self.env._("Lengow sent it without its total.")
        lines = (*amounts.kept_lines, *amounts.unreadable_lines)
        if any(line.amount is None or line.quantity is None for line in lines):
            return self.env._("Lengow sent a line without amount or quantity.")
        digits = order.currency_id.decimal_places if order.currency_id else 2
        parts, total = amounts.kept_total, amounts.order.total_order
        if round_currency(total, digits) >= round_currency(parts, digits):
            return False
        if reconcile(amounts.order, digits, amounts.definition).is_explained:
            return False
        return self.env._(
            "Its total of %(total)s is below the sum of its lines, %(parts)s.",
            total=total,
            parts=parts,
        )

    def _amount_reason(self, order, amounts, limit):
        if not limit:
            return False
        most = max(amounts.order.total_order, amounts.kept_total)
        # The limit is told in the currency of the account's company.
        company = order.account_id.company_id
        total = self._in_company_currency(order, float(most), company)
        if total is None:
            return self._no_rate(order)
        if company.currency_id.compare_amounts(total, limit) <= 0:
            return False
        return self.env._(
            "Its total of %(total)s is above your limit of %(limit)s.",
            total=company.currency_id.format(total),
            limit=company.currency_id.format(limit),
        )

    def _price_reason(self, order, line, floor):
        """Compare the unit price with the product's, both with tax."""
        product = line.product_id
        if not product:
            return False
        currency = order.company_id.currency_id
        unit = self._in_company_currency(
            order, line.amount_total / line._units(), order.company_id
        )
        if unit is None:
            return self._no_rate(order)
        taxes = product.taxes_id._filter_taxes_by_company(order.company_id)
        date = (order.order_date or fields.Datetime.now()).date()
        # A shared product has its price in the currency of the first company.
        price = converted(
            product.lst_price, product.currency_id, currency, order.company_id, date
        )
        if price is None:
            return self._no_rate(order, product.currency_id)
        full = taxes.compute_all(price, currency, product=product)
        lowest = full["total_included"] * floor / 100
        if currency.compare_amounts(unit, lowest) >= 0:
            return False
        return self.env._(
            "%(product)s is sold at %(price)s, below %(lowest)s.",
            product=product.display_name,
            price=currency.format(unit),
            lowest=currency.format(lowest),
        )

    def _in_company_currency(self, order, amount, company):
        """Return an amount in the currency of a company, None where Odoo has no rate.

        :rtype: float | None
        """
        rate = rates_in(order, company)[order]
        return company.currency_id.round(amount / rate) if rate else None

    def _no_rate(self, order, currency=None):
        currency = currency or order.currency_id
        return self.env._(
            "Enter a rate of %s: without one Odoo counts 1 as 1.",
            currency.name or order._content().currency or "?",
        )

    # === WHAT IS SAID === #

    def _acceptance_note(self, order):
        marketplace = order.marketplace_id
        checks = [
            (marketplace.auto_accept_known_skus, self.env._("every SKU is known")),
            (
                marketplace.auto_accept_stock,
                self.env._("the stock suffices, with what comes in until then")
                if marketplace.auto_accept_incoming
                else self.env._("the stock suffices"),
            ),
            (marketplace.auto_accept_price_floor, self.env._("no price is too low")),
            (
                marketplace.auto_accept_amount_limit,
                self.env._("the total is in limits"),
            ),
        ]
        passed = ", ".join(text for wanted, text in checks if wanted)
        return self.env._(
            "Accepted automatically: %s.", passed or self.env._("no check is set")
        )

    def _leave_to_a_person(self, order, reasons):
        """Note why the order was not accepted, and call the account's responsible."""
        why = " ".join(reasons)
        order._log_note(self.env._("Not accepted automatically. %s", why))
        deadline = order.accept_before or fields.Datetime.now()
        order._call_person(
            DECIDE_ACTIVITY,
            self.env._("Accept or refuse %s", order.name),
            why,
            deadline=deadline.date(),
            by_mail=True,
        )


def decides_lines(definition):
    """Whether a marketplace takes both decisions line by line.

    :param lengow_api.MarketplaceDefinition definition: None where it is not known
    :rtype: bool
    """
    rules = [definition and definition.actions.get(kind) for kind in DECISION_KINDS]
    return all(
        rule and rule.is_per_line and rule.is_allowed_at("waiting_acceptance")
        for rule in rules
    )
