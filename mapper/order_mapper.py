"""How a marketplace order becomes a sale order, step by step."""

from dataclasses import dataclass, field
from decimal import Decimal

from ..lengow_api import Order, OrderAmounts, reconcile
from .buyer import BuyerMapper, BuyerPlan
from .pricing import Pricing
from .problems import ImportProblem
from .products import ProductFinder, shown_sku
from .reference import ReferenceData


@dataclass
class SaleDraft:
    """One sale order to come: the kept lines of one delivery address.

    :ivar lengow.order row: the marketplace order
    :ivar int package_index: of the first package that goes to this address
    :ivar list lines: pairs of a payload line and its product
    :ivar Decimal shipping, fee, discount: of the whole order, on the first draft only
    :ivar Decimal expected_total: what the buyer pays for it, tax included
    """

    row: object
    order: Order
    buyer: BuyerPlan
    currency: object
    pricelist: object
    package_index: int = 0
    delivery: object = None
    lines: list = field(default_factory=list)
    shipping: Decimal = Decimal(0)
    fee: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)

    @property
    def expected_total(self):
        amounts = [line.amount for line, _product in self.lines]
        return sum(amounts, self.shipping + self.fee - self.discount)


class OrderMapper:
    """Maps a batch of orders of one account.

    First :meth:`plan`, which reads and checks and touches nothing; then, once the planned
    partners exist, :meth:`sale_values`.
    """

    def __init__(self, account, rows):
        """Read once what the whole batch needs.

        :param lengow.account account: of all the orders
        :param lengow.order rows: the orders of the inbox
        """
        self.env = account.env
        self.account = account
        self.company = account.company_id
        self.orders = {row: Order.from_payload(row.payload) for row in rows}
        self.definitions = {
            marketplace: marketplace._get_definition()
            for marketplace in rows.marketplace_id
        }
        self.reference = ReferenceData(self.env)
        self.buyers = BuyerMapper(account, self.reference)
        self.buyers.preload(self.orders.items())
        self.products = ProductFinder(
            account,
            [(row.marketplace_id, li) for row, o in self.orders.items() for li in o.lines],
        )

    # === FIRST: CHECK AND PLAN === #

    def plan(self, row):
        """Return the sale orders that a marketplace order becomes.

        :param lengow.order row: one of the batch
        :rtype: list[SaleDraft]
        :raise ImportProblem: with the reason why it cannot be mapped
        """
        order = self.orders[row]
        definition = self.definitions[row.marketplace_id]
        amounts = OrderAmounts(order, definition)
        self._check_content(order)
        self._check_amounts(amounts)
        currency = self._currency(order)
        totals = self._reconcile(order, definition, currency)
        lines = self._match_products(row, amounts)
        pricelist = self._pricelist(row, currency)
        buyer = self.buyers.plan(row, order)
        drafts = self._split_by_delivery(
            SaleDraft(row, order, buyer, currency, pricelist), lines
        )
        drafts[0].shipping = order.shipping or Decimal(0)
        drafts[0].fee = order.processing_fee or Decimal(0)
        if totals.rule == "order_discount":
            drafts[0].discount = totals.expected - totals.announced
        return drafts

    def _check_content(self, order):
        if not order.packages:
            raise self._problem(
                "package_missing",
                self.env._(
                    "Lengow sent the order without any package, so it is not known what "
                    "to send where. It is read again when Lengow completes it."
                ),
            )
        if not order.lines:
            raise self._problem(
                "line_missing",
                self.env._(
                    "Lengow sent the order without any line. It is read again when "
                    "Lengow completes it."
                ),
            )

    def _currency(self, order):
        """Return the currency of the amounts, which must be one that Odoo uses."""
        if not order.currency:
            raise self._problem(
                "currency_missing",
                self.env._(
                    "Lengow sent the order without a currency. It is read again when "
                    "Lengow completes it."
                ),
            )
        currency = self.reference.currency(order.currency)
        if not currency.active:
            raise self._problem(
                "currency_unknown",
                self.env._(
                    "The order is in %s, a currency that is not active in Odoo. Activate "
                    "it under Accounting, Currencies, and import again.",
                    order.currency,
                ),
            )
        return currency

    def _match_products(self, row, amounts):
        """Return each kept line with its product, or name all unknown SKUs at once."""
        matched, unknown = {}, []
        for line in amounts.kept_lines:
            product = self.products.find(row.marketplace_id, line)
            if product:
                matched[line] = product
            else:
                unknown.append(f"{shown_sku(line)} ({line.title or ''})")
        if unknown:
            raise self._problem(
                "product_missing",
                self.env._(
                    "No product has the reference, the barcode or an alias: %s. Create "
                    "the product or pair the SKU under Configuration, Product Aliases, and "
                    "import again.",
                    "; ".join(unknown),
                ),
            )
        return matched

    def _check_amounts(self, amounts):
        if amounts.no_exchange_rate:
            raise self._problem(
                "no_exchange_rate",
                self.env._(
                    "Lengow has no exchange rate for this order. Let Lengow not convert "
                    "amounts (on the account), or import again when it has one."
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

    def _reconcile(self, order, definition, currency):
        """Hold the kept lines against the total that Lengow announces."""
        totals = reconcile(order, currency.decimal_places, definition)
        if not totals.is_explained:
            raise self._problem(
                "total_mismatch",
                self.env._(
                    "Lines, shipping and fees add up to %(expected)s %(currency)s, but "
                    "Lengow announces %(announced)s. Nothing was imported: check the "
                    "order on the marketplace.",
                    expected=totals.expected,
                    announced=totals.announced,
                    currency=currency.name,
                ),
            )
        return totals

    def _pricelist(self, row, currency):
        """Return a pricelist in the order's currency; it decides the sale order's."""
        for settings in (row.marketplace_id, self.account):
            if settings.pricelist_id.currency_id == currency:
                return settings.pricelist_id
        Pricelist = self.env["product.pricelist"]
        if currency == self.company.currency_id:
            return Pricelist
        pricelist = Pricelist.search(
            [
                ("currency_id", "=", currency.id),
                ("company_id", "in", (False, self.company.id)),
            ],
            limit=1,
        )
        if not pricelist:
            raise self._problem(
                "pricelist_missing",
                self.env._(
                    "The order is in %s. Create a pricelist in this currency (it may be "
                    "empty) and import again.",
                    currency.name,
                ),
            )
        return pricelist

    def _split_by_delivery(self, draft, matched):
        """Return a draft per delivery address, each with its lines."""
        drafts = {}
        packages = zip(draft.order.packages, draft.buyer.deliveries, strict=True)
        for index, (package, delivery) in enumerate(packages):
            lines = [(line, matched[line]) for line in package.lines if line in matched]
            if not lines:
                continue
            if id(delivery) not in drafts:
                drafts[id(delivery)] = SaleDraft(
                    draft.row,
                    draft.order,
                    draft.buyer,
                    draft.currency,
                    draft.pricelist,
                    package_index=index,
                    delivery=delivery,
                )
            drafts[id(delivery)].lines += lines
        if not drafts:
            raise self._problem(
                "line_missing",
                self.env._("Every line is cancelled, refused or without quantity."),
            )
        return list(drafts.values())

    # === THEN: VALUES === #

    def sale_values(self, draft):
        """Return the values of a sale order whose partners exist by now.

        :param SaleDraft draft: from :meth:`plan`
        :rtype: dict
        """
        row, order = draft.row, draft.order
        partner = draft.buyer.contact.partner
        delivery = draft.delivery.partner
        fiscal_position = self._fiscal_position(row, partner, delivery)
        values = {
            "lengow_order_id": row.id,
            "lengow_package_index": draft.package_index,
            "company_id": self.company.id,
            "partner_id": partner.id,
            "partner_invoice_id": draft.buyer.invoice.partner.id,
            "partner_shipping_id": delivery.id,
            "date_order": row.order_date,
            "client_order_ref": row.name,
            "origin": row.name,
            "note": False,
            "pricelist_id": draft.pricelist.id,
            "fiscal_position_id": fiscal_position.id,
            "commitment_date": row.ship_before,
            **self._settings(row.marketplace_id),
            "order_line": [
                (0, 0, line) for line in self._line_values(draft, fiscal_position)
            ],
        }
        relay = self._pickup_location(order, draft)
        if relay:
            values["pickup_location_data"] = relay
        return values

    def _fiscal_position(self, row, partner, delivery):
        return row.marketplace_id.fiscal_position_id or self.env[
            "account.fiscal.position"
        ].with_company(self.company)._get_fiscal_position(partner, delivery)

    def _settings(self, marketplace):
        """Return what the marketplace says, or else the account, or else Odoo."""
        chosen = {
            field: getattr(marketplace[setting] or self.account[setting], "id", False)
            for field, setting in (
                ("team_id", "team_id"),
                ("user_id", "salesperson_id"),
                ("warehouse_id", "warehouse_id"),
            )
        }
        return {field: value for field, value in chosen.items() if value}

    def _line_values(self, draft, fiscal_position):
        pricing = Pricing(self.company, draft.currency, draft.row.order_date)
        taxes_of = self._taxes_by_product(draft, fiscal_position)
        values = [
            {
                **pricing.line_values(product, line.quantity, line.amount, taxes_of[product]),
                "lengow_line_ref": line.marketplace_order_line_id,
            }
            for line, product in draft.lines
        ]
        dominant = max(draft.lines, key=lambda pair: pair[0].amount)[1]
        for product, amount in self._service_amounts(draft):
            taxes = taxes_of[dominant]
            if self.account.service_tax_policy == "product":
                taxes = self._taxes(product, fiscal_position)
            values.append(pricing.line_values(product, Decimal(1), amount, taxes))
        return values

    def _service_amounts(self, draft):
        """Yield shipping, fee and discount with their products, where there are any."""
        marketplace, account = draft.row.marketplace_id, self.account
        shipping_product = marketplace.shipping_product_id or account.shipping_product_id
        for product, amount in (
            (shipping_product, draft.shipping),
            (account.fee_product_id, draft.fee),
            (account.discount_product_id, -draft.discount),
        ):
            if amount:
                yield product, amount

    def _taxes_by_product(self, draft, fiscal_position):
        return {
            product: self._taxes(product, fiscal_position)
            for _line, product in draft.lines
        }

    def _taxes(self, product, fiscal_position):
        taxes = product.taxes_id._filter_taxes_by_company(self.company)
        return fiscal_position.map_tax(taxes)

    def _pickup_location(self, order, draft):
        """Return the relay point in the shape of Odoo's `pickup_location_data`."""
        package = order.packages[draft.package_index]
        relay = next((t.relay for t in package.trackings if t.relay and t.relay.id), None)
        if not relay:
            return None
        address = package.delivery
        return {
            "id": relay.id,
            "name": relay.name or address.company or draft.delivery.values["name"],
            "street": address.first_line or "",
            "city": address.city or "",
            "zip_code": address.zipcode or "",
            "country_code": address.country_code,
        }

    def _problem(self, code, message):
        return ImportProblem(code, message)
