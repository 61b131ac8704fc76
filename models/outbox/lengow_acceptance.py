"""Accepting orders without a person, within the limits of their marketplace."""

from collections import defaultdict

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, split_every

from ...lengow_api import PROMISED_STATUSES
from ...mapper import ImportProblem, ProductFinder
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
        waiting = self.env["lengow.order"].search(domain, order="order_date, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for ids in split_every(BATCH_SIZE, waiting.ids):
            batch = waiting.browse(ids).try_lock_for_update(allow_referencing=True)
            self._examine(batch.filtered_domain(domain))
            if not cron._commit_progress(len(ids)):
                break

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
            ("marketplace_id.auto_accept", "=", True),
            ("account_id", "any", self.env["lengow.account"]._sending_domain()),
        ]

    def _examine(self, orders):
        """Accept the orders that pass the checks, and say of the others why not.

        Nothing is committed and nothing is sent.

        :param lengow.order orders: that wait for acceptance
        """
        for account, group in orders.grouped("account_id").items():
            of_account = group.with_company(account.company_id)
            self._find_products(account, of_account)
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
                reasons = [str(error)]
        if reasons:
            self._leave_to_a_person(order, reasons)
            return
        stock.promise(order)
        order._log_note(self._acceptance_note(order))

    def _find_products(self, account, orders):
        """Note which products the lines stand for, as far as that is known."""
        contents = {order: order._content() for order in orders}
        finder = ProductFinder(
            account.with_env(orders.env),
            [
                (order.marketplace_id, item)
                for order, content in contents.items()
                for item in content.lines
            ],
        )
        for order, content in contents.items():
            for line, item in zip(order.line_ids, content.lines, strict=False):
                try:
                    line.product_id = finder.find(order.marketplace_id, item)
                except ImportProblem:
                    line.product_id = False

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
        reasons = [self._amount_reason(order, marketplace.auto_accept_amount_limit)]
        kept = order.line_ids.filtered(lambda line: line.quantity > 0)
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

    def _amount_reason(self, order, limit):
        total = self._in_company_currency(order, order.amount_total)
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
        unit = self._in_company_currency(order, line.amount_total / line.quantity)
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
    """What is free of each product, less what was promised to earlier orders.

    An accepted order reserves nothing before it is a sale order, which takes an hour or
    more: until then its quantities are counted here.
    """

    def __init__(self, orders):
        """Read the stock of the products of some orders.

        :param lengow.order orders: of one account
        """
        self.env = orders.env
        self._promised = defaultdict(float)
        products = orders.line_ids.product_id
        accepted = self.env["lengow.order.line"].search(
            [
                ("product_id", "in", products.ids),
                ("order_id.company_id", "=", orders.company_id.id),
                ("order_id.import_state", "in", ("waiting", "ready", "error")),
                ("order_id.lengow_status", "in", PROMISED_STATUSES),
                ("order_id.action_ids.kind", "=", "accept"),
                ("order_id.action_ids.state", "in", (*OPEN_STATES, "done")),
            ]
        )
        for line in accepted:
            self._count(line)

    def promise(self, order):
        """Count the quantities of an order that was just accepted."""
        for line in order.line_ids:
            self._count(line)

    def _count(self, line):
        self._promised[line.product_id] += line.quantity

    def reasons(self, order):
        """Return a sentence for each product that does not suffice.

        :rtype: list[str]
        """
        marketplace = order.marketplace_id
        warehouse = marketplace._setting("warehouse_id")
        wanted = defaultdict(float)
        for line in order.line_ids.filtered("product_id.is_storable"):
            wanted[line.product_id] += line.quantity
        return [
            self.env._(
                "Of %(product)s %(free)g are free, and %(wanted)g are needed.",
                product=product.display_name,
                free=free,
                wanted=quantity + marketplace.auto_accept_stock_buffer,
            )
            for product, quantity in wanted.items()
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
        return product.free_qty - self._promised[product]
