"""The values of a sale order, once its partners exist."""

from decimal import Decimal

from .pricing import Pricing
from .problems import ImportProblem

# References of the lines that are not goods, beside the marketplace's own line numbers.
SHIPPING_REF, FEE_REF, DISCOUNT_REF = "shipping", "processing_fee", "discount"


class SaleMapper:
    """Turns the drafts of one account's orders into values for `sale.order`."""

    def __init__(self, account):
        """Take settings from an account where the marketplace has none.

        :param lengow.account account: of the orders
        """
        self.env = account.env
        self.account = account
        self.company = account.company_id

    def values(self, draft):
        """Return the values of a sale order.

        :param SaleDraft draft: whose partners exist by now
        :rtype: dict
        :raise ImportProblem: if a setting that decides about its taxes is missing
        """
        row = draft.row
        fiscal_position = self._fiscal_position(draft)
        return {
            "lengow_order_id": row.id,
            "lengow_package_index": draft.package_index,
            "company_id": self.company.id,
            "partner_id": draft.buyer.contact.partner.id,
            "partner_invoice_id": draft.buyer.invoice.partner.id,
            "partner_shipping_id": draft.delivery.partner.id,
            "date_order": row.order_date or row.create_date,
            "client_order_ref": row.name,
            "origin": row.name,
            "pricelist_id": draft.pricelist.id,
            "fiscal_position_id": fiscal_position.id,
            "commitment_date": row.ship_before,
            "pickup_location_data": self._pickup_location(draft),
            **self._settings(row),
            "order_line": [
                (0, 0, values) for values in self._line_values(draft, fiscal_position)
            ],
        }

    # === SETTINGS === #

    def _chosen(self, marketplace, name):
        """Return a marketplace's setting, or else its account's."""
        return marketplace[name] or self.account[name]

    def _settings(self, row):
        """Return what is configured; what is not is left to Odoo's own defaults."""
        marketplace = row.marketplace_id
        warehouse = self._chosen(marketplace, "warehouse_id")
        if row.is_fulfilled_by_marketplace:
            own = warehouse
            warehouse = self._chosen(marketplace, "fulfilment_warehouse_id") or own
        values = {
            "team_id": self._chosen(marketplace, "team_id").id,
            # Without one, Odoo would take whoever happens to run the import.
            "user_id": self._chosen(marketplace, "salesperson_id").id,
            "warehouse_id": warehouse.id,
            "tag_ids": [(6, 0, self._chosen(marketplace, "tag_ids").ids)],
        }
        kept_if_empty = ("user_id", "tag_ids")
        return {k: v for k, v in values.items() if v or k in kept_if_empty}

    def _fiscal_position(self, draft):
        """Return the position: by who owes the tax, by setting, or else by country.

        :raise ImportProblem: if the marketplace collects the tax and no position is set
        """
        marketplace = draft.row.marketplace_id
        tax = draft.order.tax
        if tax and tax.is_marketplace_deemed_supplier:
            return self._deemed_supplier_position(marketplace)
        if draft.row.is_business and draft.order.total_tax == 0:
            untaxed = self._chosen(marketplace, "b2b_fiscal_position_id")
            if untaxed:
                return untaxed
        return self._chosen(marketplace, "fiscal_position_id") or self.env[
            "account.fiscal.position"
        ].with_company(self.company)._get_fiscal_position(
            draft.buyer.contact.partner, draft.delivery.partner
        )

    def _deemed_supplier_position(self, marketplace):
        position = self._chosen(marketplace, "deemed_supplier_fiscal_position_id")
        if not position:
            raise ImportProblem(
                "fiscal_position_missing",
                self.env._(
                    "%(marketplace)s collects the VAT of this order itself (deemed "
                    "supplier). Choose the fiscal position for such orders on the "
                    "account or the marketplace, and import again.",
                    marketplace=marketplace.name,
                ),
            )
        return position

    # === LINES === #

    def _line_values(self, draft, fiscal_position):
        date = draft.row.order_date or draft.row.create_date
        pricing = Pricing(self.company, draft.currency, date)
        taxes_of = {
            product: self._taxes(product, fiscal_position)
            for _line, product in draft.lines
        }
        shared = self._shared_line_values(draft.row.marketplace_id)
        values = []
        for index, (line, product) in enumerate(draft.lines):
            taxes = taxes_of[product]
            values.append(
                {
                    **shared,
                    **pricing.line_values(product, line.quantity, line.amount, taxes),
                    # A line without a number still is the marketplace's.
                    "lengow_line_ref": line.marketplace_order_line_id or f"#{index}",
                }
            )
        dominant_taxes = taxes_of[draft.dominant_product]
        for ref, product, amount in self._service_amounts(draft):
            taxes = dominant_taxes
            if self.account.service_tax_policy == "product":
                taxes = self._taxes(product, fiscal_position)
            prices = pricing.line_values(product, Decimal(1), amount, taxes)
            values.append({**shared, **prices, "lengow_line_ref": ref})
        return values

    def _shared_line_values(self, marketplace):
        distribution = self._chosen(marketplace, "analytic_distribution")
        return {"analytic_distribution": distribution} if distribution else {}

    def _service_amounts(self, draft):
        """Yield reference, product and amount of what is paid beside the goods."""
        account = self.account
        shipping_product = self._chosen(draft.row.marketplace_id, "shipping_product_id")
        for ref, product, amount in (
            (SHIPPING_REF, shipping_product, draft.shipping),
            (FEE_REF, account.fee_product_id, draft.fee),
            (DISCOUNT_REF, account.discount_product_id, -draft.discount),
        ):
            if amount:
                yield ref, product, amount

    def _taxes(self, product, fiscal_position):
        taxes = product.taxes_id._filter_taxes_by_company(self.company)
        return fiscal_position.map_tax(taxes)

    # === DELIVERY === #

    def _pickup_location(self, draft):
        """Return the relay point as Odoo's `pickup_location_data`, or False.

        On confirmation `delivery` makes it the delivery address, below the buyer's own.
        """
        package = draft.order.packages[draft.package_index]
        relays = (tracking.relay for tracking in package.trackings)
        relay = next((relay for relay in relays if relay and relay.id), None)
        address = package.delivery
        if not relay or not address:
            return False
        return {
            "id": relay.id,
            "name": relay.name or address.company or draft.delivery.name,
            "street": address.first_line or "",
            "city": address.city or "",
            "zip_code": address.zipcode or "",
            "country_code": address.country_code or "",
        }
