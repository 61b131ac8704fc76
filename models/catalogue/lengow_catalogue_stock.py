from math import floor
from typing import NamedTuple

from odoo import models

from .shelf import Shelf


class Stocked(NamedTuple):
    """What is left of a product variant."""

    values: dict
    """The text of each column by its header."""
    quantity: int
    """That is told to be for sale."""
    free: float
    """That neither a delivery waits for, reserved or not, nor is expired."""
    open_orders: float
    """On marketplace orders that no confirmed sale order stands for."""
    buffer: int
    """That is never offered."""


class _Terms(NamedTuple):
    """What a catalog tells of any product."""

    buffer: int
    """That is never offered, where the product says nothing else."""
    maximum: int
    """More is never told; 0 where it is."""
    untracked: int
    """Of what no stock is kept of."""


class LengowCatalogueStock(models.AbstractModel):
    """Reads how much of products may still be sold."""

    _name = "lengow.catalogue.stock"
    _description = "Quantities of Lengow Catalogs"

    def _begin(self, catalogue):
        """Read what a pass over all products of a catalog needs once.

        :param lengow.catalogue catalogue: one
        :return: for :meth:`_read`; its `unknown_orders` are open ones with SKUs that
            mean no product, and which therefore lower no quantity
        :rtype: Shelf
        """
        return Shelf(catalogue.sudo().company_id)

    def _read(self, catalogue, columns, products, begun=None):
        """Return what is left of product variants, with as many queries for any number.

        :param lengow.catalogue catalogue: one
        :param lengow.catalogue.column columns: with quantities
        :param product.product products: a batch
        :param Shelf begun: of :meth:`_begin`, where several batches follow each other
        :rtype: dict[int, Stocked]
        """
        catalogue, columns = catalogue.sudo(), columns.sudo()
        shelf = begun or self._begin(catalogue)
        usual = self._open(catalogue.warehouse_ids or shelf.warehouses)
        columns = columns.filtered(lambda column: column.source == "quantity")
        places = {
            column: self._open(column.warehouse_ids) if column.warehouse_ids else usual
            for column in columns
        }
        levels = {
            place: shelf.look(products, place) for place in {usual, *places.values()}
        }
        terms = _Terms(
            catalogue.buffer, catalogue.maximum_quantity, catalogue.untracked_quantity
        )
        told = [
            (column.header, column.quantity_kind == "on_hand", levels[place])
            for column, place in places.items()
        ]
        return {
            product.id: self._stocked(terms, product, levels[usual], told)
            for product in products.with_env(shelf.company.env)
        }

    def _open(self, warehouses):
        """Return of which warehouses anything is for sale: maybe of none any more."""
        return warehouses.filtered("active")

    def _stocked(self, terms, product, levels, told):
        """Return what is left of one product.

        :param _Terms terms: of the catalog
        :param dict levels: by the id of the product, in the warehouses of the catalog;
            nothing of what no stock is kept of
        :param list told: of each column its header, whether it tells what is on hand,
            and the levels in its warehouses
        :rtype: Stocked
        """
        id_, buffer = product.id, terms.buffer
        if product.lengow_has_buffer:
            buffer = max(product.lengow_buffer, 0)
        values = {}
        for header, is_on_hand, here in told:
            level = here.get(id_)
            if level and is_on_hand:
                quantity = _whole(level.on_hand)
            else:
                quantity = self._sellable(terms, product, level, buffer)
            values[header] = str(quantity)
        level = levels.get(id_)
        quantity = self._sellable(terms, product, level, buffer)
        if not level:
            return Stocked(values, quantity, float(quantity), 0.0, 0)
        return Stocked(values, quantity, level.free, level.free - level.left, buffer)

    def _sellable(self, terms, product, level, buffer):
        if level:
            quantity = _whole(level.left - buffer)
        elif product.product_tmpl_id.type == "combo":
            quantity = 0  # it is sold by what is in it
        else:
            quantity = terms.untracked
        return min(quantity, terms.maximum or quantity)


def _whole(quantity):
    """Return how many whole pieces a quantity is, never less than none."""
    return max(floor(round(quantity, 6)), 0)
