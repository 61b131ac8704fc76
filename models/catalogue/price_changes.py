"""Whether prices may have changed although no product was, and when they will."""

import hashlib
from datetime import datetime, time, timedelta

from odoo.tools import SQL

from .price_batch import with_bases

# What prices are made of beside products, pricelists and fiscal positions.
ELSEWHERE = (
    "account.tax",
    "product.category",
    "product.template.attribute.value",
)


class PriceChanges:
    """What the prices of some offers of a company depend on."""

    def __init__(self, company, offers, zone, now):
        """Look up which pricelists build on which.

        :param res.company company: in system mode and in its own name
        :param list offers: each an Offer
        :param str zone: in which dates are told
        :param datetime now: in UTC
        """
        self.env = company.env
        self._company = company
        self._offers = offers
        self._zone = zone
        self._now = now
        self._pricelists = with_bases(
            self.env["product.pricelist"].union(*(offer.pricelist for offer in offers))
        )
        self.env.flush_all()

    def stamp(self):
        """Return a text that is another one whenever any price may be another one.

        :rtype: str
        """
        company, today = self._company, self._now.date()
        facts = [
            [(pricelist.id, position.id) for pricelist, position in self._offers],
            self._zone,
            self._pricelists.mapped(lambda p: (p.id, p.currency_id.id)),
            company.currency_id.id,
            company.account_price_include,
            company.tax_calculation_rounding_method,
            [
                sorted((offer.fiscal_position.tax_map or {}).items())
                for offer in self._offers
            ],
            [bool(offer.fiscal_position.tax_ids) for offer in self._offers],
            sorted(self._currencies()._get_rates(company, today).items()),
            self._trace("product.pricelist.item", self._items()),
            self._running(),
            *(self._trace(model, SQL("TRUE")) for model in ELSEWHERE),
        ]
        return hashlib.sha256(repr(facts).encode()).hexdigest()

    def next_moment(self):
        """Return when a rule begins or ends next, or another rate holds.

        :return: in UTC; False if nothing is to come
        :rtype: datetime
        """
        ((begins, ends),) = self.env.execute_query(
            SQL(
                """
                SELECT MIN(date_start) FILTER (WHERE date_start > %(now)s),
                       MIN(date_end) FILTER (WHERE date_end >= %(now)s)
                  FROM product_pricelist_item
                 WHERE %(items)s
                """,
                now=self._now,
                items=self._items(),
            )
        )
        # A rule holds until its last moment.
        after = ends and ends + timedelta(seconds=1)
        return min(filter(None, (begins, after, self._next_rate())), default=False)

    def _next_rate(self):
        rate = self.env["res.currency.rate"].search(
            [
                ("currency_id", "in", self._currencies().ids),
                ("company_id", "in", (False, self._company.root_id.id)),
                ("name", ">", self._now.date()),
            ],
            order="name",
            limit=1,
        )
        return rate and datetime.combine(rate.name, time())

    def _currencies(self):
        # A shared product has its price in the currency of the first company.
        first = self.env["res.company"]._get_main_company()
        return (self._company | first).currency_id | self._pricelists.currency_id

    def _items(self):
        ids = tuple(self._pricelists.ids) or (0,)
        return SQL("pricelist_id IN %s", ids)

    def _running(self):
        """Return how many rules have begun, and how many have ended."""
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*) FILTER (WHERE date_start <= %(now)s),
                       COUNT(*) FILTER (WHERE date_end < %(now)s)
                  FROM product_pricelist_item
                 WHERE %(items)s
                """,
                now=self._now,
                items=self._items(),
            )
        )

    def _trace(self, model, condition):
        """Return what is other once any row of a model is.

        The latest change alone would not do: a long transaction commits with the time
        at which it began.
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT COUNT(*), SUM(id), SUM(EXTRACT(EPOCH FROM write_date))
                  FROM %s
                 WHERE %s
                """,
                SQL.identifier(self.env[model]._table),
                condition,
            )
        )
