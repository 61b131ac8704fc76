"""Which taxes a sale order carries, and what about them a person should look at."""

from typing import NamedTuple

from .positions import SAME_TAXES, PositionFinder, is_special
from .problems import ImportProblem
from .vat import is_declared_business

# Amounts of these are shares of the price: VAT. Others go by the piece.
SHARES = ("percent", "division")


class TaxDoubt(NamedTuple):
    """Something about the taxes of a sale order that may be wrong.

    :ivar str summary: what is doubtful; the same for all orders with this cause
    :ivar str sentence: about which order's what, and what to do; no buyer's data
    """

    summary: str
    sentence: str


class TaxMapper:
    """Finds fiscal positions and taxes for the sale orders of one account."""

    def __init__(self, account):
        """Take settings from an account where the marketplace has none.

        :param lengow.account account: of the orders, in their company
        """
        self.env = account.env
        self.company = account.env.company
        self.home = self.company.account_fiscal_country_id
        self.positions = PositionFinder(self.company)
        self._taxes_of = {}

    # === FISCAL POSITION === #

    def fiscal_position(self, draft):
        """Return the position: by who owes the tax, by setting, or else by country.

        :param SaleDraft draft: whose partners exist by now
        :raise ImportProblem: if the marketplace collects the tax and no position is set
        """
        plan, order = draft.plan, draft.plan.order
        if is_collected_by_marketplace(plan.content):
            return self._deemed_supplier_position(order)
        if self._is_untaxed_business(plan):
            untaxed = order._setting("b2b_fiscal_position_id")
            if untaxed:
                return untaxed
        set_by_hand = order._setting("fiscal_position_id")
        return set_by_hand or self.positions.find(draft)

    def territory(self, draft):
        """Return the code of the territory that a draft goes to, or False."""
        territory = self.positions.place(draft).territory
        return territory.code if territory else False

    def _is_untaxed_business(self, plan):
        is_business = plan.buyer.numbers.vat or is_declared_business(plan.content)
        return is_business and plan.content.total_tax == 0

    def _deemed_supplier_position(self, order):
        position = order._setting("deemed_supplier_fiscal_position_id")
        if not position:
            raise ImportProblem(
                "fiscal_position_missing",
                self.env._(
                    "%s pays the VAT of this order (deemed supplier).",
                    order.marketplace_id.name,
                ),
            )
        return position

    # === TAXES === #

    def taxes(self, product, fiscal_position):
        """Return the taxes of a product under a fiscal position."""
        return fiscal_position.map_tax(self._own_taxes(product))

    def service_taxes(self, taxes):
        """Return those of some taxes that what is paid beside the goods carries, too.

        What is due by the piece of goods, such as an eco-contribution, is not due on
        their transport.
        """
        if all(_is_share(tax) for tax in taxes):
            return taxes
        flat = taxes.flatten_taxes_hierarchy()
        shares = flat.filtered(lambda tax: tax.amount_type in SHARES)
        return shares or flat.filtered(lambda tax: tax.amount_type == "code")

    def of_position(self, fiscal_position):
        """Return the taxes that a product may have under a fiscal position.

        :param account.fiscal.position fiscal_position: of a sale order; maybe empty
        :rtype: account.tax
        """
        if fiscal_position not in self._taxes_of:
            Tax = self.env["account.tax"]
            domestic = Tax.search(
                [
                    *Tax._check_company_domain(self.company),
                    ("type_tax_use", "=", "sale"),
                    ("amount_type", "in", SHARES),
                    ("is_domestic", "=", True),
                ]
            )
            self._taxes_of[fiscal_position] = fiscal_position.map_tax(domestic)
        return self._taxes_of[fiscal_position]

    def _own_taxes(self, product):
        return product.taxes_id._filter_taxes_by_company(self.company)

    # === DOUBTS === #

    def doubts(self, draft, fiscal_position, services):
        """Return what a person should look at before the sale order is invoiced.

        :param SaleDraft draft: whose partners exist by now
        :param account.fiscal.position fiscal_position: of the sale order; maybe empty
        :param services: products of the lines that have taxes of their own
        :rtype: list[TaxDoubt]
        """
        products = self.env["product.product"].concat(
            *(kept.product for kept in draft.lines), *services
        )
        found = [
            self._doubt_number(draft),
            self._doubt_vies(draft, fiscal_position),
            self._doubt_country(draft),
            self._doubt_territory(draft, fiscal_position, products)
            or self._doubt_export(draft, fiscal_position, products),
            self._doubt_untaxed(fiscal_position, products),
            self._doubt_collected(draft),
            self._doubt_origin(draft, fiscal_position, products),
        ]
        return [doubt for doubt in found if doubt]

    def _doubt_number(self, draft):
        if not draft.plan.buyer.numbers.is_refused:
            return None
        return TaxDoubt(
            self.env._("VAT number not valid"),
            self.env._(
                "The buyer orders as a business, but the VAT number that the "
                "marketplace sent is not valid. It was left out, and the taxes are "
                "those of a consumer."
            ),
        )

    def _doubt_vies(self, draft, fiscal_position):
        if not (draft.plan.buyer.numbers.vat and fiscal_position.vat_required):
            return None
        if "vat_check_vies" not in self.company._fields:
            return None
        if not self.company.vat_check_vies:
            return None
        return TaxDoubt(
            self.env._("VAT number not asked at VIES"),
            self.env._(
                "%s was chosen because the buyer's VAT number is well-formed. VIES was "
                "not asked during the import: check the number before you invoice.",
                fiscal_position.name,
            ),
        )

    def _doubt_country(self, draft):
        address = draft.plan.content.packages[draft.package_index].delivery
        if not address or address.is_empty or address.country_code:
            return None
        return TaxDoubt(
            self.env._("Delivery without country"),
            self.env._(
                "The delivery address names no country. That of the billing address "
                "was taken, for the taxes as well: check both."
            ),
        )

    def _doubt_territory(self, draft, fiscal_position, products):
        """Doubt taxes that take a territory for the rest of its country."""
        place = self.positions.place(draft)
        if not place.territory or is_special(fiscal_position):
            return None
        if is_collected_by_marketplace(draft.plan.content):
            return None
        if place.territory.is_outside:
            # With a code of its own, it is doubted as any other country.
            is_charged = _is_charged(self.taxes(products, fiscal_position))
            if not (place.is_outside and is_charged):
                return None
        return TaxDoubt(
            self.env._("Territory with its own taxes"),
            self.env._(
                "The order goes to %(territory)s, which has other rules for VAT than "
                "the rest of %(country)s, and %(position)s makes no difference. Check "
                "the taxes, and create a fiscal position that is detected for its "
                "range of postcodes.",
                territory=territory_label(self.env, place.territory.code),
                country=place.country.name,
                position=fiscal_position.name or self.env._("the domestic tax"),
            ),
        )

    def _doubt_export(self, draft, fiscal_position, products):
        """Doubt domestic taxes on goods that leave the country."""
        country = self.positions.place(draft).country
        if not self.home or fiscal_position.is_domestic:
            return None
        if self.home.code in (country.code, SAME_TAXES.get(country.code)):
            return None
        standing = self.env["account.tax"]
        for tax in self._own_taxes(products):
            is_left = tax in fiscal_position.map_tax(tax)
            if is_left and tax not in fiscal_position.tax_ids and _is_charged(tax):
                standing |= tax
        if not standing:
            return None
        if fiscal_position:
            return TaxDoubt(
                self.env._("Domestic tax under %s", fiscal_position.name),
                self.env._(
                    "The order goes to %(country)s, but %(position)s leaves %(taxes)s "
                    "as it is. Add the tax to the fiscal position (for OSS: refresh "
                    "the mapping in the accounting settings), and correct this order.",
                    country=country.name,
                    position=fiscal_position.name,
                    taxes=", ".join(standing.mapped("name")),
                ),
            )
        return TaxDoubt(
            self.env._("No fiscal position for %s", country.name),
            self.env._(
                "The order goes to %(country)s, for which Odoo finds no fiscal "
                "position, and carries %(taxes)s. Let a position be detected "
                "automatically or choose one on the marketplace, and correct this "
                "order.",
                country=country.name,
                taxes=", ".join(standing.mapped("name")),
            ),
        )

    def _doubt_untaxed(self, fiscal_position, products):
        """Doubt goods without any tax in a company that charges one by default."""
        if fiscal_position and not fiscal_position.tax_ids:
            return None  # it takes all taxes away anyhow
        if not self.company.account_sale_tax_id:
            return None
        untaxed = products.filtered(lambda product: not self._own_taxes(product))
        if not untaxed:
            return None
        names = ", ".join(dict.fromkeys(untaxed.mapped("display_name")))
        return TaxDoubt(
            self.env._("Products without tax"),
            self.env._(
                "%(products)s has no tax in %(company)s, so none was booked. Add the "
                "tax to the product, and correct this order.",
                products=names,
                company=self.company.name,
            ),
        )

    def _doubt_collected(self, draft):
        content = draft.plan.content
        if not is_collected_by_marketplace(content) or draft.plan.is_net:
            return None
        return TaxDoubt(
            self.env._("VAT that the marketplace pays is booked"),
            self.env._(
                "%s pays the VAT of this order itself, so you get less than the buyer "
                "paid. How much is unknown or not deducted: decide what your "
                "turnover is.",
                draft.plan.order.marketplace_id.name,
            ),
        )

    def _doubt_origin(self, draft, fiscal_position, products):
        """Doubt taxes of goods that lie abroad, where they are not those of there."""
        origin = self.positions.origin(draft)
        if not self.positions.is_abroad(origin) or self._is_decided(draft):
            return None
        registered = self.positions.registered(origin)
        if registered and fiscal_position == registered:
            return None
        if registered and self._is_distance_sale(draft, fiscal_position, products):
            return None
        values = {
            "country": origin.name,
            "home": self.home.name,
            "position": fiscal_position.name or self.env._("the domestic tax"),
        }
        if registered:
            sentence = self.env._(
                "The goods leave from %(country)s, where %(position)s does not declare "
                "them: it supposes %(home)s. Check the taxes.",
                **values,
            )
        else:
            sentence = self.env._(
                "The goods leave from %(country)s, and %(position)s supposes %(home)s. "
                "Check the taxes, and create a fiscal position with your tax ID of "
                "%(country)s.",
                **values,
            )
        return TaxDoubt(self.env._("Sent from %s", origin.name), sentence)

    def _is_decided(self, draft):
        """Whether who owes the tax, or a setting, has chosen the position."""
        setting = draft.plan.order._setting
        return is_collected_by_marketplace(draft.plan.content) or bool(
            setting("fiscal_position_id")
        )

    def _is_distance_sale(self, draft, fiscal_position, products):
        """Whether VAT of the country of arrival is charged, wherever in the EU it left.

        One registration for OSS is for the stock of all countries.
        """
        place = self.positions.place(draft)
        ends = self.home | self.positions.origin(draft) | place.country
        is_within = ends <= self.env.ref("base.europe").country_ids
        is_charged = _is_charged(self.taxes(products, fiscal_position))
        return is_within and is_charged and not place.is_outside


def territory_label(env, code):
    """Return what a territory is called, in the language of the user."""
    field = env["lengow.order"]._fields["tax_territory"]
    return dict(field._description_selection(env))[code]


def is_collected_by_marketplace(content):
    """Whether the marketplace owes the VAT of an order, not the merchant."""
    return bool(content.tax and content.tax.is_marketplace_deemed_supplier)


def _is_share(tax):
    parts = tax.flatten_taxes_hierarchy()
    return all(part.amount_type in SHARES for part in parts)


def _is_charged(tax):
    parts = tax.flatten_taxes_hierarchy()
    return any(part.amount_type in SHARES and part.amount > 0 for part in parts)
