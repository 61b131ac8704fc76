"""Which fiscal position a sale order gets: by where its goods leave and arrive.

Goods that lie in a country where the company has a VAT number, and stay there, have the
position of that number. What goes to a territory has one made for it, or else that of
exports. Anything else has the one that Odoo finds.
"""

from typing import NamedTuple

from .territories import (
    Territory,
    is_at_home,
    mother_of,
    plain_postcode,
    territory_of,
)

# Countries that belong to another one for VAT.
SAME_TAXES = {"MC": "FR", "IM": "GB"}


class Place(NamedTuple):
    """Where goods arrive, as their taxes see it.

    :ivar res.country country: a territory's own, where it has one
    :ivar str postcode: as it was written
    :ivar Territory territory: whose rules are not those of the rest; None at home
    """

    country: object
    state: object
    postcode: str
    territory: Territory | None = None

    @property
    def is_outside(self):
        """Whether the VAT of its country does not reach it, though it has its code."""
        has_own_code = mother_of(self.country.code)
        return bool(self.territory and self.territory.is_outside and not has_own_code)


def warehouse_of(order):
    """Return the warehouse that the settings have an order leave from, maybe none.

    :param lengow.order order: of the inbox
    """
    setting = order._setting
    warehouse = setting("warehouse_id")
    if order.is_fulfilled_by_marketplace:
        return setting("fulfilment_warehouse_id") or warehouse
    return warehouse


class PositionFinder:
    """Finds fiscal positions for the sale orders of one company."""

    def __init__(self, company):
        """Find positions of a company.

        :param res.company company: that sells
        """
        self.env = company.env
        self.company = company
        self.home = company.account_fiscal_country_id
        self.model = self.env["account.fiscal.position"].with_company(company)
        self._found = {}
        self._places = {}
        self._warehouses = {}
        self._default_warehouse = None

    def find(self, draft):
        """Return the position for an order and its delivery, maybe none.

        Odoo asks the contact, which may have ordered as a business once and privately
        now, or be somebody else who is invoiced. So it is asked about partners that say
        what this order says, unless somebody set a position on the buyer by hand.

        :param SaleDraft draft: whose partners exist by now
        """
        buyer = draft.plan.buyer
        partners = draft.delivery.partner | (
            self.env["res.partner"] if buyer.is_fixed else buyer.contact.partner
        )
        for partner in partners.with_company(self.company):
            if partner.property_account_position_id:
                return partner.property_account_position_id
        place, vat = self.place(draft), buyer.numbers.vat
        billed = buyer.billed
        invoiced = (billed.get("country_id"), billed.get("state_id"), billed.get("zip"))
        arrival = place.country.id, place.state.id, place.postcode, vat
        key = (
            arrival if buyer.is_fixed else (*invoiced, vat),
            arrival,
            place.territory,
            self.origin(draft),
        )
        if key not in self._found:
            self._found[key] = self._for_stock(place, key[-1]) or self._for_place(
                place, key[0], arrival
            )
        return self._found[key]

    # === WHERE GOODS LEAVE === #

    def origin(self, draft):
        """Return the country that the goods of a draft leave from, maybe none."""
        order = draft.plan.order
        key = order.marketplace_id, order.routing_rule_id
        if key not in self._warehouses:
            # As Odoo chooses it for the sale order, whoever imports it.
            self._warehouses[key] = order._find_warehouse()
        return self.country_of(warehouse_of(order) or self._warehouses[key])

    def country_of(self, warehouse):
        """Return the country of a warehouse; at the company's own address it is home.

        :param stock.warehouse warehouse: one, or none
        """
        if warehouse.partner_id == self.company.partner_id:
            return self.home
        return warehouse.partner_id.country_id

    def get_default_warehouse(self):
        """Return the warehouse that a company's sale orders have by default."""
        if self._default_warehouse is None:
            user = self.env.user.with_company(self.company)
            self._default_warehouse = user._get_default_warehouse_id()
        return self._default_warehouse

    def is_abroad(self, country):
        """Whether goods that leave from a country leave from elsewhere than home."""
        codes = (country.code, SAME_TAXES.get(country.code))
        return bool(country and self.home) and self.home.code not in codes

    def registered(self, country):
        """Return the position for sales under the company's VAT number of a country.

        :param res.country country: abroad
        """
        return self.model.search(
            [
                *self.model._check_company_domain(self.company),
                ("foreign_vat", "!=", False),
                ("country_id", "=", country.id),
                ("state_ids", "=", False),
            ],
            limit=1,
        )

    def _for_stock(self, place, origin):
        """Return the position of goods that lie abroad, and stay in that country."""
        if not self.is_abroad(origin) or place.country != origin or place.territory:
            return self.model
        return self.registered(origin)

    # === WHERE THEY ARRIVE === #

    def place(self, draft):
        """Return where the goods of a draft arrive, as their taxes see it."""
        get = draft.delivery.get
        key = get("country_id"), get("state_id"), get("zip"), get("city")
        if key not in self._places:
            country = self.env["res.country"].browse(get("country_id") or [])
            state = self.env["res.country.state"].browse(get("state_id") or [])
            self._places[key] = self._place(country, state, get("zip"), get("city"))
        return self._places[key]

    def _place(self, country, state, postcode, city):
        territory = territory_of(country.code, postcode, city, state.code)
        if not territory:
            return Place(country, state, postcode)
        if territory.country != country.code:
            country = self.env["res.country"].search(
                [("code", "=", territory.country)], limit=1
            )
            state = state.browse()
        if territory.state:
            state = country.state_ids.filtered(lambda s: s.code == territory.state)
        is_home = self._is_home(territory)
        return Place(country, state, postcode, None if is_home else territory)

    def _is_home(self, territory):
        """Whether a territory has the taxes of the company, which may lie in it."""
        here = self.company.partner_id
        own = territory_of(
            here.country_id.code, here.zip, here.city, here.state_id.code
        )
        if own and own.code == territory.code and own.country == territory.country:
            return True
        return is_at_home(territory, self.home.code)

    def _for_place(self, place, invoiced, arrival):
        """Return the position that Odoo finds, unless it is one for a whole country.

        :param Place place: where the goods arrive
        :param tuple invoiced, arrival: whom to imagine for Odoo
        """
        if place.territory:
            positions = self._automatic()
            special = positions.filtered(is_special)
            for partner in self._spellings(place, arrival[-1]):
                if found := special._get_first_matching_fpos(partner):
                    return found
            if place.is_outside:
                exports = positions.filtered(_is_general)
                return exports._get_first_matching_fpos(self._imagined(*arrival))
        return self.model._get_fiscal_position(
            self._imagined(*invoiced), self._imagined(*arrival)
        )

    def _automatic(self):
        domain = self.model._check_company_domain(self.company)
        return self.model.search([*domain, ("auto_apply", "=", True)])

    def _spellings(self, place, vat):
        """Yield imagined partners, by the country and postcode that somebody may mean.

        Odoo compares postcodes letter by letter, and knows overseas regions as
        countries and by the postcodes of the mother country.
        """
        countries = place.country
        if mother := mother_of(place.country.code):
            countries |= self.env["res.country"].search([("code", "=", mother)])
        for country in countries:
            plain = plain_postcode(country.code, place.postcode)
            for postcode in dict.fromkeys((plain, place.postcode)):
                yield self._imagined(country.id, place.state.id, postcode, vat)

    def _imagined(self, country_id, state_id, postcode, vat):
        Partner = self.env["res.partner"].with_company(self.company)
        values = {
            "country_id": country_id,
            "state_id": state_id,
            "zip": postcode,
            "vat": vat,
            "vies_valid": bool(vat),
        }
        return Partner.new({k: v for k, v in values.items() if k in Partner._fields})


def is_special(position):
    """Whether a position is for a part of a country."""
    return bool(position.state_ids or position.zip_from)


def _is_general(position):
    """Whether a position is for whatever no other one names: that of exports."""
    named = position.country_id or position.country_group_id
    return not (named or is_special(position) or position.is_domestic)
