"""What quantities were made of, so that nobody asks again what is left of the same.

    what lies where, open moves, the product, its row, the settings ─► a stamp of them
        as it was when the quantity was told ─► it is told already
        another one, or none                 ─► Odoo is asked what is left

Odoo takes a tenth of a millisecond for each product, and between two runs few of many
have moved. PostgreSQL takes the stamps of all of them; what is deleted, or goes back to
what it was, has another one, too. None is kept of what more decides: kits, products on
open orders, and everything where a module beside us has a say in quantities. Whoever
changes how quantities are read raises `VERSION` of `layout.py`: stamps of before say
nothing then.
"""

import json
from typing import NamedTuple

from odoo import fields
from odoo.tools import SQL

from ..overrides import are_known
from .stock_counts import COUNTED_BY, OPEN_MOVES

_COUNTING, _COUNTED = COUNTED_BY["product.product"]
# What decides how much is left, and which addons say so in a way that is known here.
DECIDED_BY = {
    "product.product": (_COUNTING | {"product_expiry"}, _COUNTED),
    "lengow.catalogue.stock": (
        {"lengow_connector"},
        {"_begin", "_read", "_open", "_stocked", "_sellable"},
    ),
}
SOLD = SQL(
    "state = 'listed' AND kind != 'parent' AND product_id IS NOT NULL "
    "AND has_error IS NOT TRUE"
)
# Where each location is, by its id: each would be looked up in the table otherwise.
PLACES = SQL(
    """
    SELECT ARRAY_AGG(COALESCE(hashtextextended(location.parent_path, 0), 0)
                     ORDER BY ids.id) AS paths
      FROM generate_series(1, (SELECT MAX(id) FROM stock_location)) AS ids (id)
 LEFT JOIN stock_location location ON location.id = ids.id
    """
)


class Told(NamedTuple):
    """What a row says is left of its product."""

    id: int
    product_id: int
    quantity: int
    values: dict
    """By the headers of the columns with quantities."""


class StockStamps:
    """The stamps of the rows of one catalog, as its stock is now."""

    def __init__(self, catalogue, layout, shelf):
        """Read the settings.

        :param lengow.catalogue catalogue: one, at work
        :param Layout layout: of its columns
        :param Shelf shelf: its stock
        """
        self.env = catalogue.env
        self._catalogue_id = catalogue.id
        self._headers = layout.quantity_headers
        self._ordered = shelf.ordered_ids
        # What is read after midnight bears the stamp of the day before.
        self._today = fields.Date.to_string(fields.Date.today())
        self._shelf = shelf
        self._settings = None
        if are_known(self.env, DECIDED_BY):
            self._settings = _settings(catalogue, layout, shelf)

    def page(self, after, limit):
        """Return what the next rows say is left whose stamp is not the one they keep.

        :param int after: id of the last row that was looked at
        :param int limit: how many are looked at, at most
        :return: and the id of the last one; None once there is none
        :rtype: tuple[int | None, list[Told]]
        """
        self.env.flush_all()
        condition = SQL("%s AND id > %s", SOLD, after)
        [(last,)] = self.env.execute_query(
            SQL("SELECT MAX(id) FROM (%s) page", self._ids(condition, limit))
        )
        if last is None:
            return None, []
        texts = SQL(", ").join(
            SQL("%s->>%s", SQL.identifier("row", "values"), header)
            for header in self._headers
        )
        found = self.env.execute_query(
            SQL(
                """
                SELECT row.id, row.product_id, row.quantity, ARRAY[%s]::text[]
                  FROM (%s) now
                  JOIN lengow_catalogue_row row ON row.id = now.id
                 WHERE (row.stock_stamp = now.stamp) IS NOT TRUE
                    OR row.product_id = ANY(%s)
              ORDER BY row.id
                """,
                texts,
                self._stamps(SQL("%s AND id <= %s", condition, last)),
                self._ordered,
            )
        )
        return last, [
            Told(*told, dict(zip(self._headers, values, strict=True)))
            for *told, values in found
        ]

    def keep(self, ids):
        """Keep the stamps of rows that say what is left now.

        :param list ids: of the rows
        """
        if not ids or self._settings is None:
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE lengow_catalogue_row row
                   SET stock_stamp = now.stamp
                  FROM (%s) now
                 WHERE row.id = now.id AND row.product_id != ALL(%s)
                   AND row.stock_stamp IS DISTINCT FROM now.stamp
                """,
                self._stamps(SQL("%s AND id = ANY(%s)", SOLD, ids)),
                [*self._ordered, *self._shelf.kit_ids],
            )
        )
        self.env["lengow.catalogue.row"].invalidate_model(["stock_stamp"])

    # === STAMPS === #

    def _ids(self, condition, limit):
        return SQL(
            "SELECT id FROM lengow_catalogue_row WHERE catalogue_id = %s AND %s "
            "ORDER BY id LIMIT %s",
            self._catalogue_id,
            condition,
            limit,
        )

    def _stamps(self, condition):
        """Return the query for the ids of rows and their stamps, NULL for some.

        :param SQL condition: on the table of rows
        :rtype: SQL
        """
        # Each product by its index, not by joins: what they were worth PostgreSQL
        # would guess, and take hours on a database without statistics.
        return SQL(
            """
            WITH places AS MATERIALIZED (%(places)s)
          SELECT sold.id,
                 CASE WHEN %(is_kit)s THEN NULL
                      ELSE hashtextextended(%(settings)s || ROW(
                               sold.digest, product.write_date, template.write_date,
                               (%(lying)s), (%(moving)s)
                           )::text, 0)::text
                  END AS stamp
            FROM (SELECT id, product_id, digest
                    FROM lengow_catalogue_row
                   WHERE catalogue_id = %(catalogue)s AND %(condition)s) sold
            JOIN product_product product ON product.id = sold.product_id
            JOIN product_template template ON template.id = product.product_tmpl_id
      CROSS JOIN places
            """,
            places=PLACES,
            catalogue=self._catalogue_id,
            condition=condition,
            lying=self._lying(),
            moving=self._moving(),
            is_kit=self._is_kit(),
            settings=self._settings,
        )

    def _lying(self):
        """Return the query for what lies where; that of a location counts, too."""
        told = _hash(
            _path("quant.location_id"), "quant.quantity", "quant.reserved_quantity"
        )
        if "removal_date" in self.env["stock.quant"]._fields:
            # What can expire is asked for once a day.
            told = SQL(
                "CASE WHEN quant.removal_date IS NULL THEN %s "
                "ELSE hashtextextended(ROW(quant.removal_date, %s)::text, %s) END",
                told,
                self._today,
                told,
            )
        return SQL(
            "SELECT SUM(%s) FROM stock_quant quant "
            "WHERE quant.product_id = sold.product_id",
            told,
        )

    def _moving(self):
        """Return the query for what is to come and to go, from where to where."""
        places = SQL("0::bigint")
        for name in ("location_id", "location_dest_id", "location_final_id"):
            places = SQL("hashint8extended(%s, %s)", _path(f"move.{name}"), places)
        return SQL(
            "SELECT SUM(%s) FROM stock_move move "
            "WHERE move.state IN %s AND move.product_id = sold.product_id",
            _hash(places, "move.product_qty"),
            OPEN_MOVES,
        )

    def _is_kit(self):
        """Return whether a product may be a kit, whose parts decide."""
        if "mrp.bom" not in self.env:
            return SQL("FALSE")
        return SQL(
            "EXISTS (SELECT FROM mrp_bom bom WHERE bom.type = 'phantom' "
            "AND bom.product_tmpl_id = template.id)"
        )


def _path(location):
    """Return what tells where a location is, a number.

    :param str location: the column that names it; maybe none
    :rtype: SQL
    """
    return SQL("COALESCE(places.paths[%s], 0)", SQL(location))


def _hash(start, *quantities):
    """Return a number that is another one once any of some quantities is another one.

    :param SQL start: a number that tells the rest
    :param str quantities: their columns
    :rtype: SQL
    """
    for place, quantity in enumerate(quantities, start=1):
        # The hash of zero is what it starts with: without its place, the quantity after
        # it would be taken for it.
        start = SQL(
            "hashfloat8extended(COALESCE(%s, 0)::float8, %s # %s)",
            SQL(quantity),
            start,
            place,
        )
    return start


def _settings(catalogue, layout, shelf):
    """Return a text that is another one once a setting changes what is left."""
    chosen = catalogue.with_context(active_test=False).warehouse_ids
    warehouses = (shelf.warehouses | chosen | layout.quantity.warehouse_ids).sorted()
    told = [
        layout.stamp,
        catalogue.buffer,
        catalogue.maximum_quantity,
        catalogue.untracked_quantity,
        chosen.ids,
        [(house.id, house.active, house.view_location_id.id) for house in warehouses],
        catalogue.env["decimal.precision"].precision_get("Product Unit"),
    ]
    return json.dumps(told)
