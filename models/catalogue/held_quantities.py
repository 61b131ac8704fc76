"""What the files of a catalog on hold say is left of products.

    lost                            what is left, and no more than was told
    sold out at once, perhaps by    what was told, less what was sold since
    mistake
    all others, meanwhile           what is left, and no more than was told

Selling out by mistake ends sales on every channel within the hour, and some never come
back; one piece sold too many is one order to cancel. So what looks like a mistake goes
on being sold, but never a piece that somebody has bought meanwhile.
"""

from collections import defaultdict
from datetime import timedelta
from math import ceil
from typing import NamedTuple

from odoo.fields import Domain
from odoo.tools import SQL

from ...lengow_api import DEAD_STATUSES
from ..errors import in_halves
from ..inbox.demand import Demand
from .row_store import RowStore
from .shelf import Shelves

# Odoo stamps an order with the beginning of the transaction that brought it.
OVERLAP = timedelta(minutes=5)
# So many rows are looked at at once.
PAGE = 2000


class Fall(NamedTuple):
    """That less is left of a product than its file says."""

    id: int
    """Of the row."""
    quantity: int
    """That is left."""
    lowered: int
    """By how much it falls."""
    texts: dict
    """By header, where the texts of the columns are known themselves."""

    def text(self, header, said):
        """Return what a column says now.

        :param str header: of the column
        :param str said: what it said, maybe nothing
        :rtype: str
        """
        if header in self.texts:
            return lower(said, self.texts[header])
        return str(max(int(said) - self.lowered, 0)) if said.isdigit() else said


class HeldQuantities:
    """Finds what falls while a catalog is on hold; nothing rises."""

    def __init__(self, catalogue, layout):
        """Take a catalog.

        :param lengow.catalogue catalogue: one, at work, on hold
        :param Layout layout: of its columns
        """
        self.env = catalogue.env
        self.catalogue = catalogue
        self.layout = layout
        self._sold = None
        stock = self.env["lengow.catalogue.stock"]
        self._shelves = Shelves(lambda: stock._begin(catalogue))

    def begin(self):
        """Keep what is told now: what falls from here is counted from it."""
        self._keep(SQL("published_quantity"), SQL("held_quantity IS NULL"))

    def end(self):
        """Forget what was told when it began."""
        self._keep(SQL("NULL"), SQL("held_quantity IS NOT NULL"))

    def falls(self):
        """Return of which products less is left than the files say, and note it.

        :return: by the identifiers
        :rtype: dict[str, Fall]
        """
        found = {}
        for row in self._rows():
            fall = self._fall_of(row, *self._left.get(row.product_id, (None, {})))
            if fall.lowered > 0:
                found[row.identifier] = fall
        self._note(found.values())
        parents = self._parents()
        self._note(parents.values())
        return found | parents

    # === WHICH ROWS === #

    def _rows(self):
        """Yield the rows of which less may be left than is told, and read how much."""
        is_held = SQL(
            "is_published AND kind != 'parent' AND published_quantity > 0 "
            "AND (state != 'listed' OR COALESCE(quantity, 0) < published_quantity)"
        )
        if not self.catalogue.held_zero:
            is_held = SQL("%s AND state != 'listed'", is_held)
        store, after = RowStore(self.catalogue), 0
        while page := store.page(is_held, after, PAGE):
            after = page[-1].id
            self._left = self._read_left(filter(_needs_stock, page))
            yield from page

    def _read_left(self, rows):
        """Return what is left of the products of rows that do not say it themselves.

        :return: quantities and texts by the id of the product; nothing of what cannot
            be read
        :rtype: dict[int, tuple[int, dict]]
        """
        ids = [row.product_id for row in rows if row.product_id]
        products = self.env["product.product"].sudo().browse(ids).exists()
        service, found = self.env["lengow.catalogue.stock"], {}

        def read(some):
            columns, shelf = self.layout.quantity, self._shelves.now()
            return service._read(self.catalogue, columns, some, shelf)

        for _some, told, _error in in_halves(products.with_env(self.env), read):
            found |= told or {}
        return {id_: (told.quantity, told.values) for id_, told in found.items()}

    # === HOW MUCH === #

    def _fall_of(self, row, left, texts):
        """Return how far the quantity of a row falls, maybe not at all.

        :param Row row: that is held
        :param int left: of its product, None where nobody has read it
        :param dict texts: what its columns say then
        :rtype: Fall
        """
        told = row.published_quantity
        if row.state != "listed":
            # What was deleted is there no more.
            quantity = left or 0
        elif row.quantity > 0:
            quantity, texts = row.quantity, row.values
        else:
            quantity = max((row.held_quantity or 0) - self._sold_of(row), 0)
            if left is not None and left < quantity:
                quantity = left
            else:
                texts = {}
        headers = self.layout.quantity_headers
        texts = {header: texts[header] for header in headers if header in texts}
        return Fall(row.id, quantity, told - quantity, texts)

    def _sold_of(self, row):
        if self._sold is None:
            self._sold = self._count_sold()
        # Of what is added up, a millionth is no piece.
        return ceil(round(self._sold[row.product_id], 6))

    def _count_sold(self):
        """Count what was sold since what the files say was true.

        :return: pieces by the id of the product
        :rtype: dict[int, float]
        """
        sold = defaultdict(float)
        if not self.catalogue.told_until:
            return sold
        since = self.catalogue.told_until - OVERLAP
        company = self.catalogue.company_id
        demand = Demand(company)
        new = self._new_lines(since)
        Line = self.env["lengow.order.line"]
        known = Line._read_group(
            new & Domain("product_id", "!=", False),
            ["product_id", "factor"],
            ["quantity:sum"],
        )
        unknown = demand.match(Line.search(new & Domain("product_id", "=", False)))
        counted = [
            *((product, n * (factor or 1.0)) for product, factor, n in known),
            *((product, n) for _line, product, n in unknown),
            *(
                (product, unit._compute_quantity(n, product.uom_id))
                for product, unit, n in self._new_sales(since)
            ),
        ]
        products = self.env["product.product"].union(*(one for one, _n in counted))
        demand.kits.look_up(products)
        for product, quantity in counted:
            _add(sold, demand.kits, product, quantity)
        return sold

    def _new_lines(self, since):
        """Return what finds the lines of marketplace orders that came in since then.

        There may be many by now: they are counted where they are.

        :rtype: Domain
        """
        alive = Domain("lengow_status", "not in", [*DEAD_STATUSES])
        orders = alive & Domain(
            [
                ("company_id", "=", self.catalogue.company_id.id),
                ("create_date", ">=", since),
                ("is_fulfilled_by_marketplace", "=", False),
            ]
        )
        is_some = Domain("quantity", ">", 0)
        return Domain("order_id", "any", orders) & alive & is_some

    def _new_sales(self, since):
        """Return what was sold elsewhere since then: products, units and how many."""
        return self.env["sale.order.line"]._read_group(
            [
                ("company_id", "=", self.catalogue.company_id.id),
                ("order_id.state", "=", "sale"),
                ("order_id.date_order", ">=", since),
                ("order_id.lengow_order_id", "=", False),
                ("product_id", "!=", False),
                ("product_uom_qty", ">", 0),
            ],
            ["product_id", "product_uom_id"],
            ["product_uom_qty:sum"],
        )

    def _parents(self):
        """Return the parents of which more is told than of all their variants."""
        if not self.catalogue.held_zero:
            return {}
        found = self.env.execute_query(
            SQL(
                """
                SELECT p.identifier, p.id, COALESCE(SUM(c.published_quantity), 0),
                       p.published_quantity
                  FROM lengow_catalogue_row p
             LEFT JOIN lengow_catalogue_row c
                    ON c.catalogue_id = p.catalogue_id AND c.kind = 'child'
                   AND c.product_tmpl_id = p.product_tmpl_id AND c.is_published
                 WHERE p.catalogue_id = %s AND p.kind = 'parent' AND p.is_published
              GROUP BY p.id
                HAVING COALESCE(SUM(c.published_quantity), 0) < p.published_quantity
                """,
                self.catalogue.id,
            )
        )
        return {
            identifier: Fall(id_, left, told - left, {})
            for identifier, id_, left, told in found
        }

    # === WHAT IS NOTED === #

    def _note(self, falls):
        """Keep on rows what the files say from now on."""
        if not falls:
            return
        rows = SQL(", ").join(SQL("(%s, %s)", f.id, f.quantity) for f in falls)
        self._execute(
            SQL(
                "UPDATE lengow_catalogue_row r SET published_quantity = f.quantity "
                "FROM (VALUES %s) AS f(id, quantity) WHERE r.id = f.id",
                rows,
            )
        )

    def _keep(self, value, condition):
        self._execute(
            SQL(
                "UPDATE lengow_catalogue_row SET held_quantity = %s "
                "WHERE catalogue_id = %s AND is_published AND %s",
                value,
                self.catalogue.id,
                condition,
            )
        )

    def _execute(self, statement):
        self.env.cr.execute(statement)
        self.env["lengow.catalogue.row"].invalidate_model()


def lower(text, other):
    """Return the lower one of two quantities; the first if it is none.

    :rtype: str
    """
    if text.isdigit() and other.isdigit():
        return str(min(int(text), int(other)))
    return text


def _needs_stock(row):
    """Whether a row says nothing of what is left of its product."""
    return row.state != "listed" or row.has_error


def _add(sold, kits, product, quantity):
    """Count a product as sold, and what a kit is made of."""
    sold[product.id] += quantity
    for part, needed in kits.parts(product, quantity):
        if part != product:
            sold[part.id] += needed
