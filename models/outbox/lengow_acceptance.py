"""Accepting orders without a person, within the limits of their marketplace."""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from ...lengow_api import (
    PROMISED_STATUSES,
    OrderAmounts,
    reconcile,
    round_currency,
)
from ...mapper.products import FULFILMENT_SUFFIX
from ...mapper.shipment import number_text
from ..errors import FOR_PEOPLE, words_of
from ..settings.lengow_cron import Work
from .kinds import DECIDE_ACTIVITY
from .lengow_action import OPEN_STATES

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
        decided = orders.filtered(lambda o: o.lengow_status != "waiting_acceptance")
        decided._dismiss_calls([DECIDE_ACTIVITY])
        if (orders - decided).marketplace_id.filtered("auto_accept"):
            self.env.ref("lengow_connector.cron_auto_accept").sudo()._trigger()

    def _due_domain(self):
        """Return the domain of the orders that are to be examined.

        :rtype: list
        """
        return [
            ("lengow_status", "=", "waiting_acceptance"),
            ("auto_accept_examined", "=", False),
            # Of what another system takes care of, it decides.
            ("import_state", "!=", "ignored"),
            ("marketplace_id.auto_accept", "=", True),
            ("marketplace_id.active", "=", True),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    def _examine(self, orders):
        """Accept the orders that pass the checks, and say of the others why not.

        Nothing is committed and nothing is sent.

        :param lengow.order orders: that wait for acceptance
        """
        for account, group in orders.grouped("account_id").items():
            of_account = group.with_company(account.company_id)
            self.env["lengow.matcher"]._match(of_account)
            stock = FreeStock(of_account)
            for order in of_account:
                order.auto_accept_examined = True
                self._examine_one(order, stock)

    def _examine_one(self, order, stock):
        if "accept" not in order._possible_kinds():
            return
        reasons = self._reasons_not_to_accept(order, stock)
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
        rule = order._find_action_rule("accept")
        return {
            argument.name: argument.default
            for argument in rule.arguments.values()
            if argument.required and argument.default
        }

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
        most = max(amounts.order.total_order, amounts.kept_total)
        total = self._in_company_currency(order, float(most))
        if not limit or order.company_id.currency_id.compare_amounts(total, limit) <= 0:
            return False
        return self.env._(
            "Its total of %(total)s is above your limit of %(limit)s.",
            total=order.company_id.currency_id.format(total),
            limit=order.company_id.currency_id.format(limit),
        )

    def _price_reason(self, order, line, floor):
        """Compare the unit price with the product's, both with tax."""
        product = line.product_id
        if not product:
            return False
        currency = order.company_id.currency_id
        unit = self._in_company_currency(order, line.amount_total / line._units())
        taxes = product.taxes_id._filter_taxes_by_company(order.company_id)
        full = taxes.compute_all(product.lst_price, currency, product=product)
        lowest = full["total_included"] * floor / 100
        if currency.compare_amounts(unit, lowest) >= 0:
            return False
        return self.env._(
            "%(product)s is sold at %(price)s, below %(lowest)s.",
            product=product.display_name,
            price=currency.format(unit),
            lowest=currency.format(lowest),
        )

    def _in_company_currency(self, order, amount):
        company = order.company_id
        currency = order.currency_id or company.currency_id
        date = order.order_date or fields.Datetime.now()
        return currency._convert(amount, company.currency_id, company, date.date())

    # === WHAT IS SAID === #

    def _acceptance_note(self, order):
        marketplace = order.marketplace_id
        checks = [
            (marketplace.auto_accept_known_skus, self.env._("every SKU is known")),
            (marketplace.auto_accept_stock, self.env._("the stock suffices")),
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


class FreeStock:
    """What is free of each product, less what was promised to other orders.

    On hand is not free where sale orders wait for it, reserved or not; nor where
    marketplace orders do that are accepted, by whomever, and not yet confirmed here. A
    kit is looked at part by part.
    """

    def __init__(self, orders):
        """Read what the products of some orders are promised to.

        :param lengow.order orders: of one account
        """
        self.env = orders.env
        self.company = orders.company_id
        self._promised = defaultdict(float)
        sold = orders.line_ids.product_id
        parts = sold.browse().union(
            *(part for product in sold for part, _needed in self._parts(product, 1))
        )
        products = sold | parts | self._kits_with(parts)
        by_sku = self._by_sku(products)
        for line in self._find_promised_lines(products, by_sku):
            if line.product_id:
                self._promise(line.product_id, line._units())
                continue
            product, factor = by_sku[line.sku]
            self._promise(product, line.quantity * factor)

    def promise(self, order):
        """Count the quantities of an order that was just accepted."""
        for line in order.line_ids.filtered(lambda line: line._is_kept()):
            self._promise(line.product_id, line._units())

    def reasons(self, order):
        """Return a sentence for each product that does not suffice.

        :rtype: list[str]
        """
        marketplace = order.marketplace_id
        warehouse = marketplace._setting("warehouse_id")
        return [
            self.env._(
                "%(product)s: %(free)s free, %(wanted)s needed.",
                product=product.display_name,
                free=number_text(free),
                wanted=number_text(quantity + marketplace.auto_accept_stock_buffer),
            )
            for product, quantity in self._wanted(order).items()
            if float_compare(
                free := self._free(product, warehouse),
                quantity + marketplace.auto_accept_stock_buffer,
                precision_rounding=product.uom_id.rounding,
            )
            < 0
        ]

    def _free(self, product, warehouse):
        if warehouse:
            product = product.with_context(warehouse_id=warehouse.id)
        reserved = product.qty_available - product.free_qty
        claimed = max(reserved, product.outgoing_qty)
        return product.qty_available - claimed - self._promised[product.id]

    def _promise(self, product, quantity):
        for part, needed in self._parts(product, quantity):
            self._promised[part.id] += needed

    def _wanted(self, order):
        """Return how much of which products in stock an order takes."""
        wanted = defaultdict(float)
        for line in order.line_ids.filtered(lambda line: line._is_kept()):
            for part, needed in self._parts(line.product_id, line._units()):
                wanted[part] += needed
        return wanted

    # === OTHER ORDERS === #

    def _find_promised_lines(self, products, by_sku):
        """Return the lines of open orders, accepted and not a confirmed sale order."""
        lines = self.env["lengow.order.line"].search(
            [
                ("order_id.company_id", "=", self.company.id),
                ("order_id.is_fulfilled_by_marketplace", "=", False),
                ("order_id.lengow_status", "in", list(PROMISED_STATUSES)),
                "|",
                ("order_id.import_state", "in", ("waiting", "ready", "error")),
                ("sale_line_id.order_id.state", "in", ("draft", "sent")),
                "|",
                ("product_id", "in", products.ids),
                "&",
                ("product_id", "=", False),
                ("sku", "in", list(by_sku)),
            ]
        )
        return lines.filtered(
            lambda line: line._is_kept() and self._is_accepted(line.order_id)
        )

    def _is_accepted(self, order):
        if order.lengow_status != "waiting_acceptance":
            return True  # here, or in the marketplace's own back office
        return any(
            action.kind == "accept" and action.state in (*OPEN_STATES, "done")
            for action in order.action_ids
        )

    def _by_sku(self, products):
        """Return what lines that nobody has looked at yet may mean, by their SKUs.

        :return: pairs of a product and how many of it a piece is
        :rtype: dict
        """
        aliases = self.env["lengow.product.alias"].search(
            [
                ("product_id", "in", products.ids),
                ("company_id", "=", self.company.id),
            ]
        )
        by_sku = {product.barcode: (product, 1.0) for product in products}
        by_sku |= {product.default_code: (product, 1.0) for product in products}
        by_sku |= {alias.sku: (alias.product_id, alias.factor) for alias in aliases}
        return {
            spelling: meant
            for sku, meant in by_sku.items()
            if sku
            for spelling in (sku, sku + FULFILMENT_SUFFIX)
        }

    # === KITS, WHERE ODOO KNOWS THEM === #

    def _parts(self, product, quantity):
        """Return what is taken from the stock for so many of a product.

        :return: pairs of product and quantity
        :rtype: list[tuple[product.product, float]]
        """
        kit = self._find_kit(product)
        if not kit:
            return [(product, quantity)] if product.is_storable else []
        in_kits = product.uom_id._compute_quantity(
            quantity, kit.product_uom_id, round=False
        )
        _kits, lines = kit.explode(product, in_kits / kit.product_qty)
        return [
            (
                line.product_id,
                line.product_uom_id._compute_quantity(
                    values["qty"], line.product_id.uom_id, round=False
                ),
            )
            for line, values in lines
            if line.product_id.is_storable
        ]

    def _find_kit(self, product):
        """Return what a kit is made of, nothing for any other product."""
        if "mrp.bom" not in self.env or not product:
            return None
        boms = self.env["mrp.bom"].sudo()
        return boms._bom_find(product, company_id=self.company.id, bom_type="phantom")[
            product
        ]

    def _kits_with(self, parts):
        """Return the kits that some products are parts of."""
        if "mrp.bom" not in self.env:
            return parts.browse()
        boms = (
            self.env["mrp.bom"]
            .sudo()
            .search(
                [("type", "=", "phantom"), ("bom_line_ids.product_id", "in", parts.ids)]
            )
        )
        variants = boms.product_tmpl_id.product_variant_ids
        return (boms.product_id | variants).sudo(False)
