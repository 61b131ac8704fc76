"""How a marketplace order is checked and split into sale orders, step by step."""

from dataclasses import replace
from decimal import Decimal
from itertools import islice

from ..lengow_api import OrderAmounts
from .amounts import in_whole_units
from .buyer import BuyerMapper
from .collected import without_collected_tax
from .correction import corrected
from .draft import DraftLine, OrderPlan, SaleDraft
from .people import PeopleCleaner
from .problems import ImportProblem
from .products import ProductFinder, shown_sku
from .reference import ReferenceData
from .relay import relay_ref
from .totals import totals_of
from .usable import UsableSettings


class OrderMapper:
    """Plans the sale orders of a batch of orders of one account.

    It reads and checks, and touches nothing: the partners that it plans are created by
    the caller, and the sale orders from what :class:`SaleMapper` then makes of the
    drafts.
    """

    def __init__(self, account, orders):
        """Read once what the whole batch needs.

        :param lengow.account account: of all the orders, in their company
        :param lengow.order orders: of the inbox
        """
        self.env = account.env
        self.account = account
        self.company = account.env.company
        self.cleaners = {m: PeopleCleaner(m) for m in orders.marketplace_id}
        self.contents = {
            order: corrected(
                self.cleaners[order.marketplace_id].clean(order._content()),
                order.sudo().address_correction,
            )
            for order in orders
        }
        self.definitions = {
            marketplace: marketplace._find_definition()
            for marketplace in orders.marketplace_id
        }
        self.reference = ReferenceData(self.env)
        self.usable = UsableSettings()
        self.buyers = BuyerMapper(account, self.reference, self.cleaners)
        self.buyers.preload(self.contents.items())
        self.products = ProductFinder(
            account,
            [
                (order.marketplace_id, line)
                for order, content in self.contents.items()
                for line in content.lines
            ],
        )

    def plan(self, order):
        """Return the sale orders that a marketplace order becomes.

        :param lengow.order order: one of the batch
        :rtype: list[SaleDraft]
        :raise ImportProblem: with the reason why it cannot be mapped
        """
        content = self.contents[order]
        definition = self.definitions[order.marketplace_id]
        amounts = OrderAmounts(content, definition)
        self.usable.check(order)
        self._check_content(content)
        self._check_amounts(amounts)
        currency = self._currency(content)
        totals, difference = self._reconcile(order, content, definition, currency)
        content, amounts = totals.content, OrderAmounts(totals.content, definition)
        content = in_whole_units(content, amounts, currency.decimal_places)
        amounts = OrderAmounts(content, definition)
        products = self._match_products(order, amounts)
        pricelist = self._pricelist(order, currency)
        buyer = self.buyers.plan(order, content)
        plan = OrderPlan(order, content, buyer, currency, pricelist)
        if self._is_booked_net(totals, difference):
            plan, products = self._without_collected_tax(plan, amounts, products)
        content = plan.content
        drafts = self._split_by_delivery(plan, products)
        drafts[0].shipping = content.shipping or Decimal(0)
        self._charge_fee(drafts[0], content.processing_fee or Decimal(0))
        drafts[0].left_out_fee += totals.missing_fee
        for draft, part in self._shares(drafts, totals.discount):
            draft.discount = part
        self._add_difference(drafts, difference)
        return drafts

    def _check_content(self, content):
        if not content.packages:
            raise self._problem(
                "package_missing",
                self.env._(
                    "Lengow sent the order without any package, so it is not known "
                    "what to send where. It is read again when Lengow completes it."
                ),
            )
        if not content.lines:
            raise self._problem(
                "line_missing",
                self.env._(
                    "Lengow sent the order without any line. It is read again when "
                    "Lengow completes it."
                ),
            )

    def _currency(self, content):
        """Return the currency of the amounts, which must be one that Odoo uses."""
        if not content.currency:
            raise self._problem(
                "currency_missing",
                self.env._(
                    "Lengow sent the order without a currency. It is read again when "
                    "Lengow completes it."
                ),
            )
        currency = self.reference.currency(content.currency)
        if not currency.active:
            raise self._problem(
                "currency_unknown",
                self.env._("%s is not active.", content.currency)
                if currency
                else self.env._("Odoo has no currency %s.", content.currency),
            )
        return currency

    def _match_products(self, order, amounts):
        """Return what each kept line means, or name all unknown SKUs at once."""
        matched, unknown = {}, []
        for line in amounts.kept_lines:
            match = self.products.find(order.marketplace_id, line)
            if not match.product:
                match = self.products.fallback(order)
            if match.product:
                matched[line] = match
            else:
                unknown.append(f"{shown_sku(line)} ({line.title or ''})")
        if unknown:
            raise self._problem(
                "product_missing",
                self.env._("Unknown SKU: %s.", "; ".join(unknown)),
            )
        return matched

    def _check_amounts(self, amounts):
        if amounts.no_exchange_rate:
            raise self._problem(
                "no_exchange_rate",
                self.env._(
                    "Lengow converts the amounts and has no exchange rate for this "
                    "order."
                ),
            )
        incomplete = [line for line in amounts.kept_lines if line.amount is None]
        if amounts.order.total_order is None or incomplete or amounts.unreadable_lines:
            raise self._problem(
                "amount_missing",
                self.env._(
                    "Lengow sent the order without its total, or a line without amount "
                    "or quantity. It is read again when Lengow completes it."
                ),
            )
        if amounts.kept_total < 0 or amounts.order.total_order < 0:
            raise self._problem(
                "amount_negative",
                self.env._(
                    "The order's total is negative (%(expected)s by its lines, "
                    "%(announced)s announced). Ask Lengow's support to correct it.",
                    expected=amounts.kept_total,
                    announced=amounts.order.total_order,
                ),
            )

    def _reconcile(self, order, content, definition, currency):
        """Hold the kept lines against the total that Lengow announces.

        :return: how they compare, and the difference that a person has let through
        :rtype: tuple[Totals, Decimal]
        """
        totals = totals_of(
            content,
            definition,
            currency.decimal_places,
            order.marketplace_id._setting("fee_policy"),
        )
        difference = totals.difference(order.difference_key)
        if difference is None:
            raise self._problem(
                "total_mismatch",
                self.env._(
                    "Lines, shipping and fees add up to %(expected)s %(currency)s, but "
                    "Lengow announces %(announced)s. Check the order on the "
                    "marketplace.",
                    expected=totals.told.expected,
                    announced=totals.told.announced,
                    currency=currency.name,
                ),
            )
        if difference:
            self.usable.check_difference(self.account)
        return totals, difference

    def _is_booked_net(self, totals, difference):
        """Whether VAT that the marketplace keeps is left out, where it is told.

        How much of it a discount or a difference has changed is not told.
        """
        is_net = self.account.deemed_supplier_policy == "net"
        return is_net and not totals.discount and not difference

    def _without_collected_tax(self, plan, amounts, products):
        """Return a plan and its products less the VAT that the marketplace pays."""
        digits = plan.currency.decimal_places
        booked = without_collected_tax(plan.content, amounts, digits)
        lines = zip(plan.content.lines, booked.lines, strict=True)
        is_net = booked is not plan.content
        return replace(plan, content=booked, is_net=is_net), {
            new: products[old] for old, new in lines if old in products
        }

    def _pricelist(self, order, currency):
        """Return a pricelist in the order's currency; it decides the sale order's."""
        for settings in order._find_owners("pricelist_id"):
            if settings.pricelist_id.currency_id == currency:
                return settings.pricelist_id.with_env(self.env)
        Pricelist = self.env["product.pricelist"]
        if currency == self.company.currency_id:
            return Pricelist
        pricelist = Pricelist.search(
            [
                *Pricelist._check_company_domain(self.company),
                ("currency_id", "=", currency.id),
            ],
            limit=1,
        )
        if not pricelist:
            raise self._problem(
                "pricelist_missing",
                self.env._("The order is in %s, and no pricelist is.", currency.name),
            )
        return pricelist

    def _split_by_delivery(self, plan, products):
        """Return a draft per delivery address and relay point, each with its lines.

        :param OrderPlan plan: what the drafts share
        :param dict products: what the lines mean that are kept
        :rtype: list[SaleDraft]
        :raise ImportProblem: if no line is kept
        """
        drafts, numbered = {}, enumerate(plan.content.lines)
        packages = zip(plan.content.packages, plan.buyer.deliveries, strict=True)
        for index, (package, delivery) in enumerate(packages):
            lines = [
                DraftLine(position, line, *products[line])
                for position, line in islice(numbered, len(package.lines))
                if line in products
            ]
            place = (delivery, relay_ref(package))
            if lines and place not in drafts:
                drafts[place] = SaleDraft(plan, index, delivery)
            if lines:
                drafts[place].lines += lines
        if not drafts:
            raise self._problem(
                "line_missing",
                self.env._("Every line is canceled, refused or without quantity."),
            )
        return list(drafts.values())

    def _charge_fee(self, draft, fee):
        """Do with the processing fee what is set: sell it, beside or as shipping.

        :param SaleDraft draft: the first of an order
        :param Decimal fee: of the whole order
        """
        policy = draft.plan.order.marketplace_id._setting("fee_policy")
        if policy == "drop":
            draft.left_out_fee = fee
        elif policy == "shipping":
            draft.shipping += fee
        else:
            draft.fee = fee

    def _add_difference(self, drafts, difference):
        """Add what a person has let through, on lines of its own.

        :param list drafts: of one order, with everything else
        :param Decimal difference: of its announced total
        """
        if difference > 0:
            drafts[0].difference = difference
            return
        for draft, part in self._shares(drafts, -difference):
            draft.difference = -part

    def _shares(self, drafts, amount):
        """Return what of an amount is taken from each sale order, none gets negative.

        :param list drafts: of one order, with shipping and fee
        :param Decimal amount: that is taken from the whole order
        :return: each draft with its part
        :rtype: list[tuple[SaleDraft, Decimal]]
        """
        shares = []
        for draft in sorted(drafts, key=lambda d: d.expected_total, reverse=True):
            part = min(amount, draft.expected_total)
            shares.append((draft, part))
            amount -= part
        if amount:
            raise self._problem(
                "amount_negative",
                self.env._(
                    "The order's discount is larger than what it is for. Ask Lengow's "
                    "support to correct it.",
                ),
            )
        return shares

    def _problem(self, code, message):
        return ImportProblem(code, message)
