"""The files that Lengow fetches, made of the rows of a catalog.

    rows ─► same as before? ─yes─► nothing is done
              │ no
              ├─ too much would change at once, or a column is broken ─► on hold:
              │     rows and prices stay as they are; quantities go on
              ├─ too much would sell out at once ─► on hold: everything stays
              └─ else ─► all files at once, in one transaction

Whoever fetches gets the last files, whatever happens meanwhile.
"""

import hashlib
import json

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..ui import notification
from .at_work import at_work
from .layout import Layout
from .lengow_catalogue import FILES, FILES_FIELD
from .published_file import packed, unpacked_rows
from .row_store import RowStore

# So many rows are in memory at once.
PAGE = 2000
STOCK_FILE = "stock.csv"
STOCK_HEADERS = (
    "id",
    "stock_quantity",
    "stock_price_incl_tax",
    "stock_updated_at",
)
# Which rows the files have: those that are sold, and those that were.
IN_FILE = SQL(
    "identifier IS NOT NULL AND "
    "(state = 'listed' AND (NOT has_error OR published_at IS NOT NULL) "
    "OR state = 'withdrawn' AND published_at IS NOT NULL)"
)


class LengowCataloguePublisher(models.AbstractModel):
    """Makes the files that Lengow fetches from the rows of a catalog."""

    _name = "lengow.catalogue.publisher"
    _description = "Files of Lengow Catalogs"

    # === PUBLISH === #

    def _publish(self, catalogue, is_released=False):
        """Make the files anew, if they differ and are not held.

        :param lengow.catalogue catalogue: one, published
        :param bool is_released: whether a person has looked at what would be held
        """
        if catalogue.state == "draft":
            return
        catalogue = at_work(catalogue)
        layout = Layout(catalogue)
        stamp = self._stamp(catalogue, layout)
        if stamp == catalogue.files_stamp and not is_released:
            return
        hold = self.env["lengow.catalogue.hold"]
        if catalogue.published_at and not is_released:
            hold._judge(catalogue)
        else:
            hold._end(catalogue)
        if catalogue.held_rows and not catalogue.held_zero:
            self._publish_quantities(catalogue, layout)
        elif not catalogue.held_zero:
            self._publish_all(catalogue, layout)
        catalogue.files_stamp = stamp

    def _release(self, catalogue):
        """Publish what is held.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        :raise UserError: if it is not held
        """
        if catalogue.state != "held":
            raise UserError(self.env._("%s is not on hold.", catalogue.name))
        catalogue = at_work(catalogue)
        for column in catalogue.column_ids.filtered("issue"):
            column.accepted_issue = column.issue
        self._publish(catalogue, is_released=True)
        return notification(
            "success",
            self.env._(
                "Released: Lengow gets %s as it is now.", catalogue.display_name
            ),
        )

    def _publish_all(self, catalogue, layout):
        """Make every file of the rows as they are.

        :param lengow.catalogue catalogue: one, at work
        :param Layout layout: of its columns
        """
        files = {}
        for name in FILES:
            if name == STOCK_FILE:
                headers, rows = STOCK_HEADERS, self._stock_rows(catalogue)
            else:
                headers, rows = layout.headers, self._rows(catalogue, layout.headers)
            files[name] = packed(name.rpartition(".")[2], headers, rows)
        if not files[STOCK_FILE].row_count and not catalogue.published_at:
            raise UserError(
                self.env._(
                    "Nothing of %s can be published: no product is in it without an "
                    "error.",
                    catalogue.name,
                )
            )
        self._keep(catalogue, files)
        self._mark_published(catalogue)
        new = layout.columns.filtered(lambda column: not column.is_published)
        if new:
            new.is_published = True

    def _publish_quantities(self, catalogue, layout):
        """Make the files of what they say now, but for what is left.

        :param lengow.catalogue catalogue: one, at work, with files
        :param Layout layout: of its columns
        """
        before = catalogue._attachment("catalogue.csv").raw
        headers, _rows = unpacked_rows(before)
        files = {}
        for name in FILES:
            if name != STOCK_FILE:
                rows = self._patched(catalogue, layout, before)
                files[name] = packed(name.rpartition(".")[2], headers, rows)
        before = catalogue._attachment(STOCK_FILE).raw
        headers, _rows = unpacked_rows(before)
        files[STOCK_FILE] = packed(
            "csv", headers, self._patched(catalogue, layout, before)
        )
        self._keep(catalogue, files)
        self._mark_quantities(catalogue)

    # === ROWS OF THE FILES === #

    def _rows(self, catalogue, headers):
        """Yield the texts of the rows that the files have.

        :param headers: of the columns, in their order
        """
        for row in self._pages(catalogue):
            values = row.values
            yield [values.get(header, "") for header in headers]

    def _stock_rows(self, catalogue):
        """Yield what the stock file says of the rows that the files have."""
        for row in self._pages(catalogue):
            price = f"{row.price:.2f}" if row.kind != "parent" else ""
            yield [row.identifier, str(row.quantity), price, _moment(row.changed_at)]

    def _pages(self, catalogue):
        store, after = RowStore(catalogue), 0
        while page := store.page(IN_FILE, after, PAGE):
            yield from page
            after = page[-1].id

    def _patched(self, catalogue, layout, before):
        """Yield the rows of a file with the quantities of now.

        :param bytes before: a CSV file, packed
        """
        headers, rows = unpacked_rows(before)
        place = {header: number for number, header in enumerate(headers)}
        is_stock = tuple(headers) == STOCK_HEADERS
        id_header = "id" if is_stock else self._id_header(layout)
        for page in _pages_of(rows, PAGE):
            ids = [row[place[id_header]] for row in page]
            now = self._quantities_now(catalogue, layout, ids)
            for row, id_ in zip(page, ids, strict=True):
                texts = now.get(id_, {})
                for header, text in (
                    _stock_texts(texts) if is_stock else texts.get("values", {})
                ).items():
                    if header in place:
                        row[place[header]] = text
                yield row

    # === WHAT IS KEPT === #

    def _keep(self, catalogue, files):
        """Keep the files that differ from what Lengow reads now.

        :param dict files: by their names
        """
        Attachment = self.env["ir.attachment"].sudo()
        is_changed = False
        for name, file in files.items():
            present = catalogue._attachment(name)
            if present.checksum == Attachment._compute_checksum(file.content):
                continue
            is_changed = True
            values = {"raw": file.content, "description": str(file.row_count)}
            if present:
                present.write(values)
            else:
                Attachment.create(
                    {
                        "name": f"{name}.gz",
                        "res_model": catalogue._name,
                        "res_id": catalogue.id,
                        "res_field": FILES_FIELD,
                        "mimetype": "application/gzip",
                        **values,
                    }
                )
        if is_changed or not catalogue.published_at:
            catalogue.published_at = fields.Datetime.now()
            catalogue.checksum = catalogue._attachment("catalogue.csv").checksum

    def _mark_published(self, catalogue):
        """Keep on rows what the files say of them; identifiers stay from now on."""
        now = fields.Datetime.now()
        self._execute(
            SQL(
                """
                UPDATE lengow_catalogue_row
                   SET published_at = COALESCE(published_at, %(now)s),
                       is_published = (state = 'listed'),
                       published_quantity = quantity,
                       published_price = price
                 WHERE catalogue_id = %(id)s AND %(in_file)s
                   AND (published_at IS NULL
                        OR is_published IS DISTINCT FROM (state = 'listed')
                        OR published_quantity IS DISTINCT FROM quantity
                        OR published_price IS DISTINCT FROM price)
                """,
                now=now,
                id=catalogue.id,
                in_file=IN_FILE,
            ),
            SQL(
                """
                UPDATE lengow_catalogue_row
                   SET is_published = FALSE, published_quantity = 0
                 WHERE catalogue_id = %s AND is_published AND NOT (%s)
                """,
                catalogue.id,
                IN_FILE,
            ),
        )

    def _mark_quantities(self, catalogue):
        """Keep on rows which quantities the files tell."""
        self._execute(
            SQL(
                """
                UPDATE lengow_catalogue_row
                   SET published_quantity = quantity
                 WHERE catalogue_id = %s AND is_published AND state = 'listed'
                   AND published_quantity IS DISTINCT FROM quantity
                """,
                catalogue.id,
            )
        )

    def _execute(self, *statements):
        for statement in statements:
            self.env.cr.execute(statement)
        self.env["lengow.catalogue.row"].invalidate_model()

    def _stamp(self, catalogue, layout):
        """Return a text that is another one once the files may be others."""
        told = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), MD5(STRING_AGG(digest, '' ORDER BY id)) "
                "FROM lengow_catalogue_row WHERE catalogue_id = %s AND %s",
                catalogue.id,
                IN_FILE,
            )
        )[0]
        limits = [catalogue[name] for name in ("hold_lost", "hold_zero", "hold_price")]
        text = json.dumps([*told, layout.stamp, limits])
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    # === QUANTITIES DURING A HOLD === #

    def _quantities_now(self, catalogue, layout, identifiers):
        """Return what is left of products, by their identifiers.

        What would be lost is still sold as long as it is held, but no more of it than
        there is.

        :return: quantity, texts by header, and when it changed
        :rtype: dict[str, dict]
        """
        rows = RowStore(catalogue).of_identifiers(identifiers)
        headers = (*layout.quantity_headers, *layout.standard("availability"))
        found, lost = {}, []
        for row in rows:
            if row.state == "listed":
                found[row.identifier] = {
                    "quantity": row.quantity,
                    "moment": row.changed_at,
                    "values": {
                        header: row.values[header]
                        for header in headers
                        if header in row.values
                    },
                }
            elif row.is_published:
                lost.append(row)
        # Those of products that were deleted have none.
        ids = [row.product_id for row in lost if row.product_id]
        stocks = self._stocks_of(catalogue, layout, ids)
        for row in lost:
            stock = stocks.get(row.product_id)
            left = stock.quantity if stock else 0
            if left < (row.published_quantity or 0):
                found[row.identifier] = {
                    "quantity": left,
                    "moment": row.changed_at,
                    "values": dict(stock.values)
                    if stock
                    else dict.fromkeys(layout.quantity_headers, "0"),
                }
        return found

    def _stocks_of(self, catalogue, layout, product_ids):
        products = self.env["product.product"].sudo().browse(product_ids).exists()
        stock = self.env["lengow.catalogue.stock"]
        products = products.with_env(catalogue.env)
        return stock._read(catalogue, layout.quantity, products) if products else {}

    def _id_header(self, layout):
        """Return the header of the column with the identifiers."""
        return layout.standard("id")[0]


def _pages_of(rows, size):
    """Yield lists of rows, as long as there are some."""
    page = []
    for row in rows:
        page.append(row)
        if len(page) == size:
            yield page
            page = []
    if page:
        yield page


def _stock_texts(told):
    """Return the texts of the stock file of a product of which something is told."""
    if not told:
        return {}
    return {
        "stock_quantity": str(told["quantity"]),
        "stock_updated_at": _moment(told["moment"]),
    }


def _moment(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
