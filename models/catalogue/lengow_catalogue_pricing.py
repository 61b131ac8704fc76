from typing import NamedTuple

from odoo import models


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

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :param product.product products: a batch
        :rtype: dict[int, Priced]
        """
        empty = dict.fromkeys(columns.mapped("header"), "")
        return {product.id: Priced(dict(empty), 0.0, 0.0) for product in products}

    def _stamp(self, catalogue, columns):
        """Return a text that is another one whenever any price may be another one.

        Rules, taxes and rates that were changed count, and rules that have begun or
        ended; products do not.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :rtype: str
        """
        return ""

    def _next_change(self, catalogue, columns):
        """Return when prices change next by themselves: a rule begins or ends.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: of the part `price`
        :return: maybe False
        :rtype: datetime
        """
        return False
