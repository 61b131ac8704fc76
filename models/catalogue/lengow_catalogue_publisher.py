"""The files that Lengow fetches, made of the rows of a catalog.

    rows ─► same as before? ─yes─► nothing is done
              │ no
              ├─ too much would change at once, or a column is broken ─► on hold:
              │     rows and prices stay as they are; quantities go on
              ├─ too much would sell out at once ─► on hold: quantities only fall, too
              └─ else ─► all files at once, in one transaction

Whoever fetches gets the last files, whatever happens meanwhile. Both are CSV; the other
formats follow them, see :mod:`.lengow_catalogue_files`.
"""

import hashlib
import json
from functools import lru_cache

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..ui import notification
from .at_work import at_work
from .held_quantities import HeldQuantities, lower
from .layout import Layout
from .lengow_catalogue import FILES
from .lengow_catalogue_address import MAIN_FILE, STOCK_FILE
from .lengow_catalogue_composer import OUT_OF_STOCK
from .published_file import is_there, packed, packed_together, unpacked_rows
from .row_store import RowStore

# So many rows are in memory at once.
PAGE = 4000
STOCK_HEADERS = (
    "id",
    "stock_quantity",
    "stock_price_incl_tax",
    "stock_updated_at",
)
# Which rows the files have: those that are sold, and those that were.
IN_FILE = SQL(
    "identifier IS NOT NULL AND "
    "(state = 'listed' AND (has_error IS NOT TRUE OR published_at IS NOT NULL) "
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
        :return: in words, what keeps Lengow from reading any file
        :rtype: str
        """
        problem = ""
        if catalogue.state == "draft":
            return problem
        catalogue = at_work(catalogue)
        layout = Layout(catalogue)
        stamp = self._stamp(catalogue, layout)
        is_same = stamp == catalogue.files_stamp and not self._lost_files(catalogue)
        if not is_same or is_released or catalogue.state == "held":
            hold = self.env["lengow.catalogue.hold"]
            if catalogue.published_at and not is_released:
                hold._judge(catalogue)
            else:
                hold._end(catalogue)
            if catalogue.state == "held":
                problem = self._publish_quantities(catalogue, layout, is_same)
            else:
                self._publish_all(catalogue, layout)
            catalogue.files_stamp = stamp
        self.env["lengow.catalogue.files"]._follow(catalogue)
        if not catalogue.held_zero and catalogue.told_until != catalogue.content_until:
            catalogue.told_until = catalogue.content_until
        return problem

    def _release(self, catalogue):
        """Publish what is held.

        :param lengow.catalogue catalogue: one, which the user may change
        :return: a notification
        :raise UserError: if it is not held
        """
        if catalogue.state != "held":
            raise UserError(self.env._("%s is not on hold.", catalogue.name))
        catalogue = at_work(catalogue)
        seen = self.env.context.get("lengow_hold_seen", catalogue.hold_stamp)
        self.env["lengow.catalogue.hold"]._judge(catalogue)
        if catalogue.state == "held" and catalogue.hold_stamp != seen:
            return notification(
                "warning",
                self.env._(
                    "Nothing was released: what would change has changed since you "
                    "looked. Look again, then release it."
                ),
            )
        catalogue.column_ids.filtered("issue").is_issue_accepted = True
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
        main, stock = packed_together(
            [("csv", layout.headers), ("csv", STOCK_HEADERS)],
            self._pages(catalogue, layout.headers),
        )
        if not main.row_count and not catalogue.published_at:
            raise UserError(
                self.env._(
                    "Nothing of %s can be published: no product is in it without an "
                    "error.",
                    catalogue.name,
                )
            )
        self._keep(catalogue, main, stock)
        self._mark_published(catalogue)
        new = layout.columns.filtered(lambda column: not column.is_published)
        if new:
            new.is_published = True

    def _lost_files(self, catalogue):
        """Return the names of published files that nobody can read any more.

        :rtype: list[str]
        """
        if not catalogue.published_at:
            return []
        return [name for name in FILES if not is_there(catalogue._attachment(name))]

    def _publish_quantities(self, catalogue, layout, is_same):
        """Make the files of what they say now, but for what is left.

        :param lengow.catalogue catalogue: one, at work, with files, on hold
        :param Layout layout: of its columns
        :param bool is_same: whether the rows say what they said last time
        :return: in words, why that cannot be done
        :rtype: str
        """
        if lost := self._lost_files(catalogue):
            return self.env._(
                "%(files)s of %(catalog)s cannot be read from the disk any more, and "
                "Lengow gets nothing. Release what is on hold, or mend it: the files "
                "are made anew then.",
                files=", ".join(lost),
                catalog=catalogue.name,
            )
        falls = HeldQuantities(catalogue, layout).falls()
        if is_same and not falls:
            return ""
        files = []
        for name in FILES:
            before = catalogue._attachment(name).raw
            headers, _rows = unpacked_rows(before)
            rows = self._patched(catalogue, layout, before, falls)
            files.append(packed("csv", headers, rows))
        self._keep(catalogue, *files)
        if not catalogue.held_zero:
            self._mark_quantities(catalogue)
        return ""

    # === ROWS OF THE FILES === #

    def _rows(self, catalogue, headers):
        """Yield the texts of the rows that the files have, those of a row as one.

        :param headers: of the columns, in their order
        """
        for lines, _stock in self._pages(catalogue, headers):
            yield from lines

    def _pages(self, catalogue, headers):
        """Yield what the files say of the next rows, and what the stock file does.

        :param headers: of the columns, in their order
        :return: of each row the texts of all columns as one, and those of the stock
            file
        :rtype: Iterator[tuple[list[str], list[list[str]]]]
        """
        store, after = RowStore(catalogue), 0
        while page := store.lines(IN_FILE, headers, after, PAGE):
            lines, stock = [], []
            for _id, identifier, kind, quantity, price, changed_at, line in page:
                told = f"{price or 0:.2f}" if kind != "parent" else ""
                left, moment = str(quantity or 0), _moment(changed_at)
                lines.append(line)
                stock.append([identifier, left, told, moment])
            yield lines, stock
            after = page[-1][0]

    def _patched(self, catalogue, layout, before, falls):
        """Yield the rows of a file with the quantities of now.

        :param bytes before: a CSV file, packed
        :param dict falls: by identifier, of what is left less of than it says
        """
        headers, rows = unpacked_rows(before)
        place = {header: number for number, header in enumerate(headers)}
        is_stock = tuple(headers) == STOCK_HEADERS
        id_header = "id" if is_stock else self._id_header(layout)
        for page in _pages_of(rows, PAGE):
            ids = [row[place[id_header]] for row in page]
            now = self._quantities_now(catalogue, layout, ids)
            for row, id_ in zip(page, ids, strict=True):
                said = dict(zip(headers, row, strict=True))
                if is_stock:
                    told = _stock_texts(now.get(id_), falls.get(id_))
                else:
                    told = self._texts(catalogue, layout, said, now.get(id_))
                    told |= self._fallen_texts(layout, said, falls.get(id_))
                for header in place.keys() & told.keys():
                    row[place[header]] = told[header]
                yield row

    def _texts(self, catalogue, layout, said, now):
        """Return what a row of a file says of a product as much of it is left now.

        :param dict said: what it says, by header
        :param dict now: of :meth:`_quantities_now`; None where nobody knows
        """
        if not now:
            return {}
        if not catalogue.held_zero:
            return now["values"]
        # Nothing rises: what is told of each warehouse may fall by itself.
        headers = filter(now["values"].__contains__, layout.quantity_headers)
        return {
            header: lower(said.get(header, ""), now["values"][header])
            for header in headers
        }

    def _fallen_texts(self, layout, said, fall):
        """Return what a row of a file says of a product of which less is left.

        :param Fall fall: None where nothing is known to fall
        """
        if not fall:
            return {}
        headers = filter(said.__contains__, layout.quantity_headers)
        told = {header: fall.text(header, said[header]) for header in headers}
        if not fall.quantity:
            told |= dict.fromkeys(layout.standard("availability"), OUT_OF_STOCK)
        return told

    # === WHAT IS KEPT === #

    def _keep(self, catalogue, main, stock):
        """Keep the files that differ from what Lengow reads now.

        :param PublishedFile main: with everything
        :param PublishedFile stock: with what is left alone
        """
        files = self.env["lengow.catalogue.files"]
        changed = [
            files._store(catalogue, name, file.content, str(file.row_count))
            for name, file in ((MAIN_FILE, main), (STOCK_FILE, stock))
        ]
        if any(changed) or not catalogue.published_at:
            catalogue.published_at = fields.Datetime.now()
            catalogue.checksum = catalogue._attachment(MAIN_FILE).checksum

    def _mark_published(self, catalogue):
        """Keep on rows what the files say of them; identifiers stay from now on.

        The days of what was withdrawn count from when the files say so.
        """
        now = fields.Datetime.now()
        self._execute(
            SQL(
                """
                UPDATE lengow_catalogue_row
                   SET published_at = COALESCE(published_at, %(now)s),
                       withdrawn_at = CASE WHEN state = 'withdrawn' AND is_published
                                           THEN %(now)s ELSE withdrawn_at END,
                       is_published = (state = 'listed'),
                       held_quantity = NULL,
                       published_quantity = quantity,
                       published_price = price
                 WHERE catalogue_id = %(id)s AND %(in_file)s
                   AND (published_at IS NULL
                        OR held_quantity IS NOT NULL
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
                   SET is_published = FALSE, published_quantity = 0,
                       held_quantity = NULL
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
        """Return what is left of products that are sold as ever, by their identifiers.

        :return: quantity, texts by header, and when it changed
        :rtype: dict[str, dict]
        """
        headers = (*layout.quantity_headers, *layout.standard("availability"))
        return {
            row.identifier: {
                "quantity": min(row.quantity, row.published_quantity)
                if catalogue.held_zero
                else row.quantity,
                "moment": row.changed_at,
                "values": {
                    header: row.values[header]
                    for header in headers
                    if header in row.values
                },
            }
            for row in RowStore(catalogue).of_identifiers(identifiers)
            if _is_sold_as_ever(row, catalogue.held_zero)
        }

    def _id_header(self, layout):
        """Return the header of the column with the identifiers."""
        return layout.standard("id")[0]


def _is_sold_as_ever(row, is_zero_held):
    """Whether a row says itself what is left of its product while the file is held."""
    is_listed = row.state == "listed"
    if not is_zero_held:
        return is_listed
    # Parents say what is told of their variants.
    return is_listed and row.quantity > 0 and row.kind != "parent"


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


def _stock_texts(now, fall):
    """Return the texts of the stock file of a product of which something is told.

    :param dict now: what is left, None where nobody knows
    :param Fall fall: that less is left than it says, None where nothing is known
    """
    if fall:
        quantity, moment = fall.quantity, fields.Datetime.now()
    elif now:
        quantity, moment = now["quantity"], now["moment"]
    else:
        return {}
    return {"stock_quantity": str(quantity), "stock_updated_at": _moment(moment)}


# Many rows have changed in one transaction.
@lru_cache(maxsize=1000)
def _moment(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""
