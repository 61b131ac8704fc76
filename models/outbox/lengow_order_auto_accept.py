"""Accepting orders without a person, within the limits of their marketplace."""

from collections import defaultdict

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare, split_every

from ...lengow_api import PROMISED_STATUSES, Order
from ...mapper import ImportProblem, ProductFinder
from .lengow_action import OPEN_STATES

BATCH_SIZE = 50
ACTIVITY = "lengow_connector.mail_activity_type_decide"


class LengowOrder(models.Model):
    _inherit = "lengow.order"

    auto_accept_examined = fields.Boolean(
        readonly=True,
        copy=False,
        help="Automatic acceptance has decided on the order as it is.",
    )

    _auto_accept_idx = models.Index(
        "(marketplace_id) WHERE lengow_status = 'waiting_acceptance' "
        "AND auto_accept_examined IS NOT TRUE"
    )

    # === CRON METHODS === #

    @api.model
    def _cron_auto_accept(self):
        """Accept what the marketplaces' checks allow, a batch per transaction.

        Each order is examined once, and again when Lengow changes it.
        """
        domain = self._auto_accept_domain()
        waiting = self.search(domain, order="order_date, id")
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=len(waiting))
        for ids in split_every(BATCH_SIZE, waiting.ids):
            batch = self.browse(ids).try_lock_for_update(allow_referencing=True)
            batch.filtered_domain(domain)._auto_accept()
            if not cron._commit_progress(len(ids)):
                break

    # === BUSINESS METHODS === #

    @api.model
    def _auto_accept_domain(self):
        return [
            ("lengow_status", "=", "waiting_acceptance"),
            ("auto_accept_examined", "=", False),
            ("marketplace_id.auto_accept", "=", True),
            ("account_id.state", "!=", "draft"),
        ]

    def _offer_to_auto_accept(self):
        """Have changed orders examined soon; withdraw calls that are out of date."""
        decided = self.filtered(lambda o: o.lengow_status != "waiting_acceptance")
        decided._drop_decision_activity()
        if (self - decided).marketplace_id.filtered("auto_accept"):
            self.env.ref("lengow_connector.cron_auto_accept").sudo()._trigger()

    def _drop_decision_activity(self):
        self.sudo().activity_unlink([ACTIVITY])

    def _auto_accept(self):
        """Accept the orders that pass the checks, and say of the others why not.

        Nothing is committed and nothing is sent.
        """
        for account, orders in self.grouped("account_id").items():
            orders = orders.with_company(account.company_id)
            orders._find_products(account)
            stock = FreeStock(orders)
            for order in orders:
                order.auto_accept_examined = True
                order._auto_accept_one(stock)

    def _auto_accept_one(self, stock):
        if not self._possible("accept"):
            return
        reasons = self._reasons_not_to_accept(stock)
        if not reasons:
            try:
                self._plan_action("accept", self._accept_defaults())
            except UserError as error:
                reasons = [str(error)]
        if reasons:
            self._leave_to_a_person(reasons)
            return
        stock.promise(self)
        self._log_note(self._acceptance_note())

    def _possible(self, kind):
        return kind in self._possible_kinds()

    def _find_products(self, account):
        """Note which products the lines stand for, as far as that is known."""
        payloads = {order: Order.from_payload(order.sudo().payload) for order in self}
        finder = ProductFinder(
            account.with_env(self.env),
            [
                (order.marketplace_id, line)
                for order, payload in payloads.items()
                for line in payload.lines
            ],
        )
        for order, payload in payloads.items():
            for row, line in zip(order.line_ids, payload.lines, strict=False):
                try:
                    row.product_id = finder.find(order.marketplace_id, line)
                except ImportProblem:
                    row.product_id = False

    def _accept_defaults(self):
        """Return what the marketplace itself proposes where it demands something."""
        rule = self._find_action_rule("accept")
        return {
            argument.name: argument.default
            for argument in rule.arguments.values()
            if argument.required and argument.default
        }

    # === CHECKS === #

    def _reasons_not_to_accept(self, stock):
        """Return why a person has to decide, sentence by sentence.

        :param FreeStock stock: what is free
        :rtype: list[str]
        """
        marketplace = self.marketplace_id
        reasons = [self._amount_reason(marketplace.auto_accept_amount_limit)]
        kept = self.line_ids.filtered(lambda line: line.quantity > 0)
        unknown = kept.filtered(lambda line: not line.product_id)
        if unknown and marketplace.auto_accept_known_skus:
            skus = ", ".join(line.sku or "?" for line in unknown)
            reasons.append(self.env._("Unknown SKUs: %s.", skus))
        if marketplace.auto_accept_price_floor:
            reasons += [
                self._price_reason(line, marketplace.auto_accept_price_floor)
                for line in kept
            ]
        if marketplace.auto_accept_stock and not self.is_fulfilled_by_marketplace:
            reasons += stock.reasons(self)
        return [reason for reason in reasons if reason]

    def _amount_reason(self, limit):
        total = self._in_company_currency(self.amount_total)
        if not limit or self.company_id.currency_id.compare_amounts(total, limit) <= 0:
            return False
        return self.env._(
            "Its total of %(total)s is above your limit of %(limit)s.",
            total=self.company_id.currency_id.format(total),
            limit=self.company_id.currency_id.format(limit),
        )

    def _price_reason(self, line, floor):
        """Compare the unit price with the product's, both with tax."""
        product = line.product_id
        if not product:
            return False
        currency = self.company_id.currency_id
        unit = self._in_company_currency(line.amount_total / line.quantity)
        taxes = product.taxes_id._filter_taxes_by_company(self.company_id)
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

    def _in_company_currency(self, amount):
        company = self.company_id
        currency = self.currency_id or company.currency_id
        date = self.order_date or fields.Datetime.now()
        return currency._convert(amount, company.currency_id, company, date.date())

    # === WHAT IS SAID === #

    def _acceptance_note(self):
        marketplace = self.marketplace_id
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

    def _leave_to_a_person(self, reasons):
        """Note why the order was not accepted, and call the account's responsible."""
        why = " ".join(reasons)
        self._log_note(self.env._("Not accepted automatically. %s", why))
        self._drop_decision_activity()
        deadline = self.accept_before or fields.Datetime.now()
        self.sudo().activity_schedule(
            ACTIVITY,
            date_deadline=deadline.date(),
            summary=self.env._("Accept or refuse %s", self.name),
            note=Markup("<p>%s</p>") % why,
            user_id=(self.account_id.user_id or self.env.user).id,
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
        warehouse = marketplace.warehouse_id or order.account_id.warehouse_id
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
