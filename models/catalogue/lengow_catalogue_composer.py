"""From products to the rows of a catalog: what each says, and what is wrong with it.

    a batch of products ─► content, prices, quantities ─► rows ─► identifiers ─► issues
                │
                └─ one cannot be read: halves of the batch, until it is alone

What cannot be read keeps what its row said, and is sold no more until it can.
"""

import logging
from dataclasses import dataclass, field

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, split_every

from ...catalogue.checks import ean_key
from ...catalogue.texts import to_text
from ..errors import in_halves
from .layout import Layout
from .row_facts import PRICE_PROBLEMS, images_of, judge
from .row_store import Row, RowStore
from .standards import varying_lines

_logger = logging.getLogger(__name__)

# So many rows are read and written at once.
BATCH = 1000
UNREADABLE = "unreadable"
SMALL_PICTURE = "small_picture"
# Whose pictures a row shows, by the first part of its key.
MODELS = {"product": "product.product", "parent": "product.template"}
ALL_PARTS = {"content", "price", "quantity"}
ENABLED, DISABLED = "Enabled", "Disabled"
IN_STOCK, OUT_OF_STOCK = "instock", "outofstock"
NOTHING_LEFT = "0"
# As exact as any currency, and as what the database gives back.
PRICE_DIGITS = 6


@dataclass
class Reading:
    """What was read of some products, by their ids.

    :ivar tuple parts: which columns were asked for
    :ivar set unreadable: keys of the rows that nothing could be read for
    :ivar dict sides: pixels of pictures that were not there before, by key of the row
    """

    parts: tuple = ()
    texts: dict = field(default_factory=dict)
    prices: dict = field(default_factory=dict)
    stocks: dict = field(default_factory=dict)
    sides: dict = field(default_factory=dict)
    unreadable: set = field(default_factory=set)

    def add(self, other):
        """Take over what was read of other products."""
        for name in ("texts", "prices", "stocks", "sides", "unreadable"):
            getattr(self, name).update(getattr(other, name))


class LengowCatalogueComposer(models.AbstractModel):
    """Says what the rows of products are, in a catalog as it is now."""

    _name = "lengow.catalogue.composer"
    _description = "Composition of Rows of Lengow Catalogs"

    def _compose(self, catalogue, products, parts, is_again=False, shelf=None):
        """Write the rows of a batch of products, those that say something else.

        :param lengow.catalogue catalogue: one, in system mode, in its company
        :param product.product products: in the selection of the catalog
        :param tuple parts: of which columns; of the others the row says what it did
        :param bool is_again: whether these stand in the way of others, looked at just
            now
        :param Shelf shelf: the stock, where several batches follow each other
        :return: how many rows are new, and how many were written in all
        :rtype: tuple[int, int]
        """
        layout, store = Layout(catalogue), RowStore(catalogue)
        reading = self._read(catalogue, layout, products, parts, shelf)
        rows = self._rows(store, products)
        parents = self._parents(catalogue, layout, store, rows, products, reading)
        decision = self.env["lengow.catalogue.identity"]._assign(
            catalogue, store, [*parents.values(), *rows], products
        )
        for row in rows:
            self._fill(row, reading)
        self._measure(catalogue, layout, (*rows, *parents.values()), reading)
        eans = self._shared_eans(catalogue, layout, rows)
        has_shop = "website_url" in products._fields
        for row in (*rows, *parents.values()):
            self._conclude(row, layout, self._parent_of(catalogue, row, parents))
            problems, side = self._problems(row, reading), reading.sides.get(row.key)
            judge(row, layout, problems, eans, has_shop, side)
            if row.has_error:
                self._sell_out(row, layout)
        store.drop(decision.dropped)
        written = store.keep(_in_order(rows, parents))
        if decision.others and not is_again:
            again = self._compose(
                catalogue,
                products.browse(sorted(decision.others)),
                parts,
                is_again=True,
                shelf=shelf,
            )
            written = tuple(map(sum, zip(written, again, strict=True)))
        return written

    def _write_quantities(self, catalogue, layout, stocks):
        """Write what is left of products whose rows say something else.

        :param lengow.catalogue catalogue: one, in system mode, in its company
        :param Layout layout: of the catalog
        :param dict stocks: what is left by the id of the product
        :return: how many rows are new, and how many were written in all
        :rtype: tuple[int, int]
        """
        store, written = RowStore(catalogue), 0
        for ids in split_every(BATCH, stocks):
            rows = store.of_products(ids).values()
            for row in rows:
                stock = stocks[row.product_id]
                row.values |= stock.values
                row.quantity = stock.quantity
                text = IN_STOCK if row.quantity > 0 else OUT_OF_STOCK
                row.values |= dict.fromkeys(layout.standard("availability"), text)
            written += store.keep(rows)[1]
        return 0, written

    def _sum_up(self, catalogue):
        """Have the next parents say how much is left of all their variants.

        :param lengow.catalogue catalogue: one, in system mode
        :return: how many said something else, none once that was all
        :rtype: int
        """
        found = dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT p.id, COALESCE(SUM(c.quantity), 0)
                      FROM lengow_catalogue_row p
                 LEFT JOIN lengow_catalogue_row c
                        ON c.catalogue_id = p.catalogue_id AND c.kind = 'child'
                       AND c.product_tmpl_id = p.product_tmpl_id
                       AND c.state = 'listed'
                     WHERE p.catalogue_id = %s AND p.kind = 'parent'
                       AND p.state = 'listed' AND p.has_error IS NOT TRUE
                  GROUP BY p.id
                    HAVING COALESCE(SUM(c.quantity), 0) != p.quantity
                     LIMIT %s
                    """,
                    catalogue.id,
                    BATCH,
                )
            )
        )
        if not found:
            return 0
        layout, store = Layout(catalogue), RowStore(catalogue)
        rows = store.of_ids(list(found))
        for row in rows:
            row.quantity = found[row.id]
            text = IN_STOCK if row.quantity > 0 else OUT_OF_STOCK
            row.values |= dict.fromkeys(layout.standard("availability"), text)
            row.values |= dict.fromkeys(layout.sellable_headers, str(row.quantity))
        store.keep(rows)
        return len(rows)

    # === READ === #

    def _read(self, catalogue, layout, products, parts, shelf=None):
        """Read products, and find those that cannot be read.

        :rtype: Reading
        """
        reading = Reading(parts)

        def read(some):
            return self._read_all(catalogue, layout, some, parts, shelf)

        for some, found, error in in_halves(products, read):
            if error:
                _log_unreadable(catalogue, some, error, not reading.unreadable)
                reading.unreadable.add(("product", some.id))
            else:
                reading.add(found)
        return reading

    def _read_all(self, catalogue, layout, products, parts, shelf):
        reading = Reading(parts)
        if "content" in parts:
            content = self.env["lengow.catalogue.content"]
            reading.texts = content._read(catalogue, layout.content, products)
        if "price" in parts:
            pricing = self.env["lengow.catalogue.pricing"]
            reading.prices = pricing._read(catalogue, layout.price, products)
        if "quantity" in parts:
            stock = self.env["lengow.catalogue.stock"]
            reading.stocks = stock._read(catalogue, layout.quantity, products, shelf)
        return reading

    # === ROWS === #

    def _rows(self, store, products):
        """Return the rows of products, new ones for those that have none.

        :rtype: list[Row]
        """
        known = store.of_products(products.ids)
        kinds = {
            template.id: "child" if varying_lines(template) else "simple"
            for template in products.product_tmpl_id
        }
        rows = []
        for product in products:
            row = known.get(product.id) or Row()
            row.product_id, row.product_tmpl_id = product.id, product.product_tmpl_id.id
            row.kind = kinds[row.product_tmpl_id]
            row.state, row.withdrawn_at = "listed", None
            rows.append(row)
        return rows

    def _read_parents(self, catalogue, layout, templates, reading):
        """Return the texts of templates, and find those that cannot be read.

        :rtype: dict[int, dict[str, str]]
        """
        content, texts = self.env["lengow.catalogue.content"], {}

        def read(some):
            return content._read_parents(catalogue, layout.content, some)

        for some, found, error in in_halves(templates, read):
            if error:
                _log_unreadable(catalogue, some, error, not reading.unreadable)
                reading.unreadable.add(("parent", some.id))
            else:
                texts |= found
        return texts

    def _parents(self, catalogue, layout, store, rows, products, reading):
        """Return the parents' rows of the variants of a batch, by their templates.

        :rtype: dict[int, Row]
        """
        ids = sorted({row.product_tmpl_id for row in rows if row.kind == "child"})
        if not catalogue.with_parents or not ids:
            return {}
        known = store.of_templates(ids)
        parents = {id_: known.get(id_) or Row(kind="parent") for id_ in ids}
        templates = products.product_tmpl_id.browse(ids)
        texts = {}
        if "content" in reading.parts:
            texts = self._read_parents(catalogue, layout, templates, reading)
        for id_, row in parents.items():
            row.product_tmpl_id = id_
            row.state, row.withdrawn_at = "listed", None
            row.values = {
                **dict.fromkeys(layout.price_headers, ""),
                **dict.fromkeys(layout.quantity_headers, ""),
                **dict.fromkeys(layout.sellable_headers, NOTHING_LEFT),
                **row.values,
                **texts.get(id_, {}),
            }
        return parents

    def _fill(self, row, reading):
        """Give a row what was read of its product."""
        id_ = row.product_id
        row.values = {**row.values, **reading.texts.get(id_, {})}
        if price := reading.prices.get(id_):
            row.values |= price.values
            row.price = round(price.price, PRICE_DIGITS)
            row.regular_price = round(price.regular, PRICE_DIGITS)
        if stock := reading.stocks.get(id_):
            row.values |= stock.values
            row.quantity = stock.quantity

    def _measure(self, catalogue, layout, rows, reading):
        """Look how large the pictures are of rows that show others than before.

        An address tells one picture from another, so that each is opened once.

        :param rows: of products and parents, filled
        """
        changed = [
            row.key
            for row in rows
            if images_of(row.values, layout) != images_of(row.had_values, layout)
        ]
        pictures = self.env["lengow.catalogue.pictures"]
        for kind, model in MODELS.items():
            ids = [id_ for kind_, id_ in changed if kind_ == kind]
            if ids:
                records = self.env[model].sudo().browse(ids)
                sides = pictures._sides(catalogue, records)
                reading.sides |= {(kind, id_): sides.get(id_) for id_ in ids}

    def _conclude(self, row, layout, parent):
        """Give a row what follows from the rest of it.

        :param Row row: of a product or a parent
        :param Layout layout: of its catalog
        :param str parent: the identifier of its parent, maybe empty
        """
        told = {
            "id": row.identifier or "",
            "parent_id": parent,
            "type": row.kind,
            "status": ENABLED,
            "availability": IN_STOCK if row.quantity > 0 else OUT_OF_STOCK,
        }
        for name, text in told.items():
            for header in layout.standard(name):
                row.values[header] = text
        if row.values.keys() != layout.header_set:
            # Of a column that is gone, or that nobody could read yet.
            row.values = {h: row.values.get(h, "") for h in layout.headers}

    def _sell_out(self, row, layout):
        """Have a row say that nothing of its product is for sale.

        :param Row row: with errors, or withdrawn
        :param Layout layout: of its catalog
        """
        row.quantity = 0
        row.values |= dict.fromkeys(layout.quantity_headers, NOTHING_LEFT)
        row.values |= dict.fromkeys(layout.standard("status"), DISABLED)
        row.values |= dict.fromkeys(layout.standard("availability"), OUT_OF_STOCK)

    def _problems(self, row, reading):
        """Return the codes of what was found while a product was read."""
        if row.key in reading.unreadable:
            return {UNREADABLE}
        kept = set()
        if row.key not in reading.sides:
            kept = {SMALL_PICTURE}.intersection(row.issues)
        if set(reading.parts) != ALL_PARTS:
            # Something else may be what could not be read.
            kept |= {UNREADABLE}.intersection(row.issues)
        if price := reading.prices.get(row.product_id):
            return kept | ({price.problem} if price.problem else set())
        return kept | PRICE_PROBLEMS.intersection(row.issues)

    def _shared_eans(self, catalogue, layout, rows):
        """Return the EANs of a batch that more than one product has.

        :rtype: set[str]
        """
        headers = layout.standard("ean")
        eans = {row.values.get(headers[0]) for row in rows} if headers else set()
        found = (
            catalogue.env["product.product"]._read_group(
                catalogue._selection()
                & Domain("barcode", "in", list(filter(None, eans))),
                ["barcode"],
                having=[("__count", ">", 1)],
            )
            if any(eans)
            else ()
        )
        return {ean_key(to_text(ean)) for (ean,) in found}

    def _parent_of(self, catalogue, row, parents):
        """Return what the variants of a template have in common."""
        if row.kind != "child":
            return ""
        parent = parents.get(row.product_tmpl_id)
        identity = self.env["lengow.catalogue.identity"]
        return (parent and parent.identifier) or identity._parent_identifier(
            catalogue, row.product_tmpl_id
        )


def _in_order(rows, parents):
    """Yield rows, each parent before the first of its children.

    What is new is numbered in this order, in which the files list it.
    """
    parents = dict(parents)
    for row in rows:
        if parent := parents.pop(row.product_tmpl_id, None):
            yield parent
        yield row


def _log_unreadable(catalogue, record, error, is_first):
    # What stops all of them is in the log once: there may be many thousand.
    trace = error if is_first else None
    _logger.error("%s: %s cannot be read", catalogue, record, exc_info=trace)
