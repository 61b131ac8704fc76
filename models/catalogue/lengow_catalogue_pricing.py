import logging
from datetime import UTC
from typing import NamedTuple
from zoneinfo import ZoneInfo

from odoo import fields, models

from ..errors import in_halves
from .price_changes import PriceChanges
from .quotes import Offer, Quote, Quotes

_logger = logging.getLogger(__name__)

DATE_FORMAT = "%Y-%m-%d %H:%M:%S"


class Priced(NamedTuple):
    """The prices of a product variant."""

    values: dict
    """The text of each column by its header."""
    price: float
    """With tax."""
    regular: float
    """With tax."""
    problem: str | None = None
    """The code of what is wrong with it."""


class LengowCataloguePricing(models.AbstractModel):
    """Reads prices, with and without tax, and the dates of reduced ones."""

    _name = "lengow.catalogue.pricing"
    _description = "Prices of Lengow Catalogs"

    def _read(self, catalogue, columns, products):
        """Return the prices of product variants, with as many queries for any number.

        The regular price is what a product costs without the pricelist, where that is
        more; else the price itself.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :param product.product products: a batch
        :rtype: dict[int, Priced]
        """
        company = self._company(catalogue)
        catalogue = catalogue.with_env(company.env)
        columns = columns.with_env(company.env)
        columns = columns.filtered(lambda column: column.source == "price")
        usual = _offer_of(catalogue)
        offers = {column: _offer_of(column, usual) for column in columns}
        wanted = list(dict.fromkeys([usual, *offers.values()]))
        quotes = self._quotes(company, products, wanted)
        zone = ZoneInfo(self._zone(catalogue))
        # Many products have one price.
        priced, found = {}, {}
        for id_ in products.ids:
            own = tuple(quotes[offer][id_] for offer in wanted)
            if own not in priced:
                by_offer = dict(zip(wanted, own, strict=True))
                by_column = {
                    column: by_offer[offer] for column, offer in offers.items()
                }
                priced[own] = self._priced(by_offer[usual], by_column, zone)
            found[id_] = priced[own]
        return found

    def _company(self, catalogue):
        """Return the company of a catalog as it counts alone, in system mode.

        Whoever asks, and from which screen: it makes no difference.

        :rtype: res.company
        """
        company = catalogue.sudo().company_id
        return company.with_env(
            self.env(su=True, context={"allowed_company_ids": company.ids})
        )

    def _zone(self, catalogue):
        """Return the time zone in which a catalog tells its dates.

        :rtype: str
        """
        return catalogue.company_id.partner_id.tz or catalogue.user_id.tz or "UTC"

    # === QUOTES === #

    def _quotes(self, company, products, offers):
        """Return what products cost, whatever the rules of some of them do.

        :param res.company company: in system mode
        :param list offers: of :class:`Offer`
        :return: quotes by offer and id of the product
        :rtype: dict[Offer, dict[int, Quote]]
        """
        date, failed = fields.Datetime.now(), []
        quotes = {offer: {} for offer in offers}

        def read(some):
            return Quotes(company, some, date).quote(offers)

        for some, found, error in in_halves(products, read):
            if error:
                failed.append((some, error))
                problem = {some.id: Quote(problem="price_failed")}
                found = dict.fromkeys(offers, problem)
            for offer in offers:
                quotes[offer] |= found[offer]
        if failed:
            _logger.warning(
                "The prices of %s products could not be read, such as %s",
                len(failed),
                failed[0][0],
                exc_info=failed[0][1],
            )
        return quotes

    # === TEXTS === #

    def _priced(self, quote, quote_by_column, zone):
        """Return the prices of one product.

        :param Quote quote: by the pricelist of the catalog
        :param dict quote_by_column: by that of each column
        :param ZoneInfo zone: in which dates are told
        :rtype: Priced
        """
        values, problems = {}, [quote.problem]
        for column, own in quote_by_column.items():
            problems.append(own.problem)
            values[column.header] = _text(column, own, zone)
        problem = next(filter(None, problems), None)
        return Priced(values, quote.incl, quote.regular_incl, problem)

    # === WHEN PRICES CHANGE === #

    def _stamp(self, catalogue, columns):
        """Return a text that is another one whenever any price may be another one.

        Rules, taxes and rates that were changed count, and rules that have begun or
        ended; products do not.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :rtype: str
        """
        return self._changes(catalogue, columns).stamp()

    def _next_change(self, catalogue, columns):
        """Return when prices change next by themselves: a rule begins or ends.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :return: maybe False
        :rtype: datetime
        """
        return self._changes(catalogue, columns).next_moment()

    def _changes(self, catalogue, columns):
        company = self._company(catalogue)
        catalogue = catalogue.with_env(company.env)
        usual = _offer_of(catalogue)
        own = [_offer_of(column, usual) for column in columns.with_env(company.env)]
        zone = self._zone(catalogue)
        return PriceChanges(company, [usual, *own], zone, fields.Datetime.now())


def _offer_of(record, usual=None):
    """Return by what a catalog or a column prices products.

    :param Offer usual: what counts where the record leaves something empty
    :rtype: Offer
    """
    pricelist, position = record.pricelist_id, record.fiscal_position_id
    if usual:
        pricelist = pricelist or usual.pricelist
        position = position or usual.fiscal_position
    return Offer(pricelist, position)


def _text(column, quote, zone):
    """Return what a column tells of a price; nothing where there is none."""
    if quote.problem in ("no_rate", "price_failed"):
        return ""
    kind = column.price_kind
    if kind in ("start", "end"):
        moment = quote.starts if kind == "start" else quote.ends
        if not moment:
            return ""
        return moment.replace(tzinfo=UTC).astimezone(zone).strftime(DATE_FORMAT)
    discount = quote.regular_incl - quote.incl
    if kind == "discount_percent":
        share = discount / quote.regular_incl if quote.regular_incl else 0.0
        return f"{share * 100:.2f}"
    if kind == "discount_amount":
        amount = discount
    elif kind == "discount_amount_excl":
        amount = quote.regular_excl - quote.excl
    else:
        amount = getattr(quote, kind)
    return f"{amount + 0.0:.{quote.digits}f}"  # never minus nothing
