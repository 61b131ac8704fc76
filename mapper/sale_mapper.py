"""The values of a sale order, once its partners exist."""

from decimal import Decimal

from .delivery import DeliveryChooser
from .positions import warehouse_of
from .pricing import Pricing
from .problems import ImportProblem
from .products import shown_sku
from .relay import relay_of
from .sale_names import SaleNames
from .service_taxes import ServiceTaxes
from .taxes import TaxMapper
from .usable import is_of_company

# References of the lines that are not goods, beside the marketplace's own line numbers.
SHIPPING_REF, FEE_REF, DISCOUNT_REF = "shipping", "processing_fee", "discount"
DIFFERENCE_REF = "total_difference"
# What the buyer is charged of them.
CHARGED = (SHIPPING_REF, FEE_REF)
# All that is paid beside the goods.
BESIDE = (SHIPPING_REF, FEE_REF, DISCOUNT_REF, DIFFERENCE_REF)
# What the references of lines without a number begin with; they still are its lines.
NO_NUMBER = "#"


class SaleMapper:
    """Turns the drafts of one account's orders into values for `sale.order`."""

    def __init__(self, account):
        """Take settings from an account where the marketplace has none.

        :param lengow.account account: of the orders, in their company
        """
        self.env = account.env
        self.account = account
        self.company = account.env.company
        self.taxes = TaxMapper(account)
        self.names = SaleNames(account.env)
        self.delivery_methods = DeliveryChooser(account)

    def values(self, draft):
        """Return the values of a sale order.

        :param SaleDraft draft: whose partners exist by now
        :rtype: dict
        :raise ImportProblem: if a setting that decides about its taxes is missing, or
            its delivery method cannot be used
        """
        plan, order = draft.plan, draft.plan.order
        fiscal_position = self.taxes.fiscal_position(draft)
        draft.territory = self.taxes.territory(draft)
        services = ServiceTaxes(self.taxes, draft, fiscal_position)
        draft.doubts = self.taxes.doubts(
            draft, fiscal_position, self._taxed_services(draft, services)
        )
        if services.doubt:
            draft.doubts.append(services.doubt)
        values = {
            "lengow_order_id": order.id,
            "lengow_package_index": draft.package_index,
            "company_id": self.company.id,
            "partner_id": plan.buyer.contact.partner.id,
            "partner_invoice_id": plan.buyer.invoice.partner.id,
            "partner_shipping_id": draft.delivery.partner.id,
            "date_order": order.order_date or order.create_date,
            "client_order_ref": order.name,
            "origin": order.name,
            "pricelist_id": plan.pricelist.id,
            "fiscal_position_id": fiscal_position.id,
            "commitment_date": order.ship_before,
            "pickup_location_data": self._pickup_location(draft),
            **self._settings(order),
            **self._name(order),
            "order_line": [
                (0, 0, values) for values in self._line_values(draft, services)
            ],
        }
        return {**values, **self._delivery_method(draft, values)}

    # === SETTINGS === #

    def _settings(self, order):
        """Return what is configured; what is not is left to Odoo's own defaults."""
        setting = order._setting
        values = {
            "team_id": setting("team_id").id,
            # Without one, Odoo would take whoever happens to run the import.
            "user_id": setting("salesperson_id").id,
            "warehouse_id": warehouse_of(order).id,
            "journal_id": setting("invoice_journal_id").id,
            "tag_ids": [(6, 0, setting("tag_ids").ids)],
            "payment_term_id": setting("payment_term_id").id,
            "preferred_payment_method_line_id": setting("payment_method_line_id").id,
        }
        kept_if_empty = ("user_id", "tag_ids")
        return {k: v for k, v in values.items() if v or k in kept_if_empty}

    def _name(self, order):
        """Return what the sale order is called, nothing where Odoo numbers it."""
        name = self.names.name(order)
        return {"name": name} if name else {}

    # === LINES === #

    def _line_values(self, draft, services):
        order = draft.plan.order
        date = order.order_date or order.create_date
        pricing = Pricing(self.company, draft.plan.currency, date)
        shared = self._shared_line_values(order)
        route = self._route_values(order)
        values = []
        for kept in draft.lines:
            line, product = kept.line, kept.product
            taxes = services.goods[product]
            values.append(
                {
                    **shared,
                    **route,
                    **pricing.line_values(product, kept.units, line.amount, taxes),
                    "lengow_line_ref": (
                        line.marketplace_order_line_id or f"{NO_NUMBER}{kept.position}"
                    ),
                    "lengow_factor": kept.factor,
                    **_unmatched_values(kept),
                }
            )
        for ref, product, amount in self._service_amounts(draft):
            for part in services.split(product, amount, ref in CHARGED):
                prices = pricing.line_values(
                    product, Decimal(1), part.amount, part.taxes
                )
                values.append({**shared, **prices, "lengow_line_ref": ref})
        return values

    def _shared_line_values(self, order):
        distribution = order._setting("analytic_distribution")
        return {"analytic_distribution": distribution} if distribution else {}

    def _route_values(self, order):
        """Return the route that goods take; of what is sent from here only."""
        route = order._setting("route_id")
        if not route or order.is_fulfilled_by_marketplace:
            return {}
        return {"route_ids": [(6, 0, route.ids)]}

    def _service_amounts(self, draft):
        """Yield reference, product and amount of what is paid beside the goods."""
        order = draft.plan.order
        for ref, name, amount in (
            (SHIPPING_REF, "shipping_product_id", draft.shipping),
            (FEE_REF, "fee_product_id", draft.fee),
            (DISCOUNT_REF, "discount_product_id", -draft.discount),
            (DIFFERENCE_REF, "difference_product_id", draft.difference),
        ):
            if amount:
                yield ref, self._service_product(order, name), amount

    def _service_product(self, order, name):
        """Return what is sold beside the goods: as set, else this addon's own product.

        :raise ImportProblem: if the order's company may use none of them
        """
        product = order._setting(name) or order.account_id._default_product(name)
        if product and is_of_company(product.sudo(), self.company):
            return product
        label = order.account_id._fields[name]._description_string(self.env)
        raise ImportProblem(
            "routing_unusable",
            self.env._(
                "%(setting)s of %(account)s belongs to another company than "
                "%(company)s. Share the product, or choose one on the routing rule.",
                setting=label,
                account=order.account_id.name,
                company=self.company.name,
            ),
        )

    def _taxed_services(self, draft, services):
        """Return the products beside the goods whose own taxes count."""
        if services.policy != "product":
            return []
        return [product for _ref, product, _amount in self._service_amounts(draft)]

    # === DELIVERY === #

    def _delivery_method(self, draft, values):
        """Return the delivery method, or leave it to the warehouse as Odoo does.

        It comes without a line and a price: the buyer has paid for shipping already.
        """
        method = self.delivery_methods.choose(draft, values)
        return {"carrier_id": method.id} if method else {}

    def _pickup_location(self, draft):
        """Return the relay point as Odoo's `pickup_location_data`, or False.

        On confirmation `delivery` makes it the delivery address, below the buyer's own.
        """
        package = draft.plan.content.packages[draft.package_index]
        relay = relay_of(package)
        address = package.delivery
        if not relay or not address:
            return False
        return {
            "id": relay.id,
            "name": relay.name or address.company or draft.delivery.name,
            "street": address.first_line or "",
            "city": address.city or "",
            "zip_code": address.zipcode or "",
            # The ISO code, whatever the marketplace wrote.
            "country_code": self.env["res.country"]
            .browse(draft.delivery.get("country_id"))
            .code
            or "",
        }


def _unmatched_values(kept):
    """Return what keeps SKU and title on a line whose product nobody knows."""
    if not kept.is_fallback:
        return {}
    title = kept.line.title or kept.product.display_name
    return {"name": f"[{shown_sku(kept.line)}] {title}", "lengow_is_to_match": True}
