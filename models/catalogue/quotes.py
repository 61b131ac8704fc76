"""What products cost by a pricelist in a tax country, with and without tax.

The prices are those that Odoo's own sale orders would have, from the same methods: the
rule of the pricelist, the taxes of the product as the fiscal position maps them, the
tax engine.
"""

from datetime import datetime
from typing import NamedTuple

from ..overrides import are_known
from .price_batch import CONTEXT_KEY, PriceBatch, with_bases
from .standards import is_inherited, source_of

# Taxes that ask the product for nothing but its price.
OF_PRICE_ALONE = {"percent", "division", "fixed", "group"}
# How Odoo prices a product by no pricelist: it asks the product.
WITHOUT_RULES = {
    "product.pricelist": (
        {"product", "lengow_connector"},
        {"_compute_price_rule", "_get_applicable_rules"},
    ),
    "product.pricelist.item": ({"product"}, {"_compute_price", "_compute_base_price"}),
    "product.product": (
        {"product"},
        {
            "_price_compute",
            "_get_attributes_extra_price",
            "_compute_product_price_extra",
        },
    ),
}


class Offer(NamedTuple):
    """By what products are priced; either may be none."""

    pricelist: object
    fiscal_position: object


class Quote(NamedTuple):
    """What a product costs by an offer."""

    incl: float = 0.0
    excl: float = 0.0
    regular_incl: float = 0.0
    """What it costs without the pricelist, where that is more."""
    regular_excl: float = 0.0
    starts: datetime | None = None
    """When the rule of a reduced price began, in UTC."""
    ends: datetime | None = None
    problem: str | None = None
    """The code of what is wrong with it."""
    digits: int = 2
    """Of the currency."""


class Terms(NamedTuple):
    """Which taxes a product bears in an offer."""

    own: object
    """Those of the product, in the company."""
    mapped: object
    """Those that count for the offer instead."""
    is_same: bool
    """Whether these are the same ones."""
    of_price_alone: bool
    """Whether they ask for nothing but the price."""
    problem: str | None
    """The code of what is wrong with them."""


class Quotes:
    """Prices products in the name of a company, at one moment."""

    def __init__(self, company, products, date):
        """Look nothing up yet.

        :param res.company company: in system mode and in its own name
        :param product.product products: a batch
        :param datetime date: at which rules and rates hold, in UTC
        """
        self.env = company.env
        self._company = company
        self._date = date
        self._batch = PriceBatch(products.with_env(self.env))
        self._products = products.with_env(self.env)
        self._template_ids = {p.id: p.product_tmpl_id.id for p in self._products}
        self._is_taxed_alike = is_inherited(self._products, "taxes_id")
        self._no_rule = self.env["product.pricelist.item"]
        self._terms = {}
        self._without_rules = {}
        self._mapped = {}
        self._of_price_alone = {}
        self._has_rate = {}

    def quote(self, offers):
        """Return what each product costs by each offer.

        :param offers: each an Offer
        :return: quotes by offer and id of the product
        :rtype: dict[Offer, dict[int, Quote]]
        """
        return {offer: self._quotes(offer) for offer in offers}

    def currency(self, offer):
        """Return the currency of the prices of an offer.

        :rtype: res.currency
        """
        return offer.pricelist.currency_id or self._company.currency_id

    def _quotes(self, offer):
        currency = self.currency(offer)
        knows_rates = self._knows_rates(offer)
        # Many products have one price: the tax engine works on each once.
        base_lines, drafts, made, quotes = {}, [], {}, {}
        for product in self._products:
            rule, price, regular = self._prices(offer, product, currency)
            terms = self._terms_of(product, offer.fiscal_position)
            problem = terms.problem
            if not knows_rates and not self._is_convertible(product, rule, currency):
                problem = "no_rate"
            is_reduced = (
                regular > price and currency.compare_amounts(regular, price) > 0
            )
            keys = tuple(
                self._add_line(base_lines, product, terms, unit, currency)
                for unit in (price, regular)[: 1 + is_reduced]
            )
            drafts.append((product.id, rule, problem, keys))
        self._add_taxes([*base_lines.values()])
        totals = {key: _totals(line) for key, line in base_lines.items()}
        for id_, rule, problem, keys in drafts:
            draft = rule._ids, problem, keys
            if draft not in made:
                of_keys = [totals[key] for key in keys]
                made[draft] = _quote(rule, problem, of_keys, currency.decimal_places)
            quotes[id_] = made[draft]
        return quotes

    # === PRICES === #

    def _prices(self, offer, product, currency):
        """Return the rule of a product, its price by it, and its own sales price."""
        if not offer.pricelist:
            price = self._sales_prices(currency)[product.id]
            return self._no_rule, price, price
        pricelist = offer.pricelist.with_context(**{CONTEXT_KEY: self._batch})
        asked = {"currency": currency, "date": self._date}
        price, rule_id = pricelist._compute_price_rule(product, 1.0, **asked)[
            product.id
        ]
        rule = self._no_rule.browse(rule_id or [])
        if not rule or not self._is_rate_known(product.currency_id, currency):
            return rule, price, price
        return rule, price, self._sales_prices(currency)[product.id]

    def _sales_prices(self, currency):
        """Return what Odoo says of all products without any pricelist, asked once.

        :rtype: dict[int, float]
        """
        if currency.id not in self._without_rules:
            self._without_rules[currency.id] = self._prices_without_rules(currency)
        return self._without_rules[currency.id]

    def _prices_without_rules(self, currency):
        if self._are_of_templates() and are_known(self.env, WITHOUT_RULES):
            return self._prices_of_templates(currency)
        told = self.env["product.pricelist"]._compute_price_rule(
            self._products, 1.0, currency=currency, date=self._date
        )
        return {id_: price for id_, (price, _rule) in told.items()}

    def _are_of_templates(self):
        """Whether variants cost what their template does, and their values more."""
        extra = self._products._fields["price_extra"]
        return extra.compute == "_compute_product_price_extra" and is_inherited(
            self._products, "list_price", "currency_id"
        )

    def _prices_of_templates(self, currency):
        """Return what the templates cost, and the values that make the variants.

        Odoo adds the same, and looks up for each variant what all have in common.

        :rtype: dict[int, float]
        """
        every_value = self._products.product_template_attribute_value_ids
        extras = {value.id: value.price_extra for value in every_value}
        own = {
            template.id: (template.list_price, template.currency_id)
            for template in self._products.product_tmpl_id
        }
        prices = {}
        for product in self._products:
            price, source = own[self._template_ids[product.id]]
            values = product.product_template_attribute_value_ids
            price += sum(map(extras.get, values._ids))
            prices[product.id] = self._converted(price, source, currency)
        return prices

    def _converted(self, price, source, target):
        if source == target:
            return price
        return source._convert(price, target, self.env.company, self._date, round=False)

    # === TAXES === #

    def _add_line(self, base_lines, product, terms, price, currency):
        """Note what Odoo's tax engine is to work on, unless it is noted already.

        :param dict base_lines: by what their taxes depend on
        :param Terms terms: of the product
        :return: the key of the line
        """
        if not terms.is_same:
            price = product._get_tax_included_unit_price_from_price(
                price, terms.own, product_taxes_after_fp=terms.mapped
            )
        key = price, terms.mapped._ids, None if terms.of_price_alone else product.id
        if key not in base_lines:
            Tax = self.env["account.tax"]
            base_lines[key] = Tax._prepare_base_line_for_taxes_computation(
                {},
                price_unit=price,
                quantity=1.0,
                tax_ids=terms.mapped,
                currency_id=currency,
                product_id=product,
                product_uom_id=product.uom_id,
                # What is rounded together shares what is left of a cent, and a price
                # would depend on its neighbors'.
                computation_key=str(len(base_lines)),
            )
        return key

    def _terms_of(self, product, fiscal_position):
        """Return which taxes a product bears, looked up once for all of a template.

        :rtype: Terms
        """
        id_ = product.id
        source_id = self._template_ids[id_] if self._is_taxed_alike else id_
        key = source_id, fiscal_position._ids
        if key not in self._terms:
            own, problem = self._taxes(product)
            mapped = self._map(own, fiscal_position)
            of_price_alone = self._depend_on_price_alone(mapped)
            self._terms[key] = Terms(
                own, mapped, own == mapped, of_price_alone, problem
            )
        return self._terms[key]

    def _depend_on_price_alone(self, taxes):
        if taxes._ids not in self._of_price_alone:
            kinds = {*taxes.flatten_taxes_hierarchy().mapped("amount_type")}
            self._of_price_alone[taxes._ids] = kinds <= OF_PRICE_ALONE
        return self._of_price_alone[taxes._ids]

    def _taxes(self, product):
        """Return the taxes of a product in the company, and what is wrong with them.

        :return: and the code of a problem, or None
        :rtype: tuple[account.tax, str | None]
        """
        taxes = source_of(product, product.product_tmpl_id, "taxes_id").taxes_id
        own = taxes._filter_taxes_by_company(self._company)
        return own, self._problem_of(taxes, own)

    def _map(self, taxes, fiscal_position):
        place = taxes._ids, fiscal_position._ids
        if place not in self._mapped:
            self._mapped[place] = fiscal_position.map_tax(taxes)
        return self._mapped[place]

    def _add_taxes(self, base_lines):
        Tax = self.env["account.tax"]
        Tax._add_tax_details_in_base_lines(base_lines, self._company)
        Tax._round_base_lines_tax_details(base_lines, self._company)

    # === WHAT IS WRONG === #

    def _problem_of(self, taxes, own):
        """Return the code of what is wrong with a product's taxes, None if nothing.

        :param account.tax taxes: all that it has
        :param account.tax own: those of the company
        """
        if taxes and not own:
            return "foreign_tax"
        # Who charges none at all misses none.
        if not taxes and self._company.account_sale_tax_id:
            return "no_tax"
        return None

    def _knows_rates(self, offer):
        """Whether Odoo has the rate of whatever currency a price may be in.

        Nothing has to be asked of each product then.
        """
        # A shared product has its price in the currency of the first company.
        first = self.env["res.company"]._get_main_company()
        currencies = with_bases(offer.pricelist).currency_id | first.currency_id
        return all(map(self._has_rates, currencies))

    def _is_convertible(self, product, rule, currency):
        """Whether Odoo has every rate that a price needs.

        :param product.pricelist.item rule: that the price is of; maybe none
        :param res.currency currency: in which the price is wanted
        """
        if rule.compute_price == "fixed":
            return True
        source = product.currency_id
        if rule.base == "standard_price":
            source = product.cost_currency_id
        elif rule.base == "pricelist" and rule.base_pricelist_id:
            base = rule.base_pricelist_id.with_context(**{CONTEXT_KEY: self._batch})
            source = base.currency_id
            below = base._get_product_rule(product, 1.0, date=self._date)
            if not self._is_convertible(product, rule.browse(below or []), source):
                return False
        return self._is_rate_known(source, currency)

    def _is_rate_known(self, source, target):
        """Whether one currency can be converted into another.

        Without a rate Odoo counts 1 as 1.
        """
        return source == target or all(map(self._has_rates, source | target))

    def _has_rates(self, currency):
        """Whether a currency is the company's own, or has any rate."""
        if currency == self._company.currency_id:
            return True
        if currency not in self._has_rate:
            rates = self.env["res.currency.rate"].search_count(
                [
                    ("currency_id", "=", currency.id),
                    ("company_id", "in", (False, self._company.root_id.id)),
                ],
                limit=1,
            )
            self._has_rate[currency] = bool(rates)
        return self._has_rate[currency]


def _totals(base_line):
    """Return what a price is without and with tax.

    What rounding the parts of a price leaves belongs to the part without tax.
    """
    details = base_line["tax_details"]
    rest = details["delta_total_excluded_currency"]
    return tuple(
        details[name] + rest
        for name in ("total_excluded_currency", "total_included_currency")
    )


def _quote(rule, problem, totals, digits):
    """Return what a product costs.

    :param product.pricelist.item rule: that the price is of; maybe none
    :param list totals: of its price, and of its regular price if that is more
    :rtype: Quote
    """
    if problem == "no_rate":
        return Quote(problem=problem)
    (excl, incl), (regular_excl, regular_incl) = totals[0], totals[-1]
    is_reduced = regular_incl > incl
    return Quote(
        incl,
        excl,
        regular_incl,
        regular_excl,
        (is_reduced and rule.date_start) or None,
        (is_reduced and rule.date_end) or None,
        problem,
        digits,
    )
