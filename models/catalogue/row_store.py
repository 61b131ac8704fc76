"""Rows of catalogs as they are read and written, many with one statement.

The ORM would take longer to create a thousand rows than it takes to find out what is in
them. What is not another one than before is not written.

What a row says is kept twice: by the headers of the columns for whoever asks for one of
them, and as the line that files have. To take it apart for each file would be half of
what a file costs. It is sent to PostgreSQL as the line, which is read there at a third
of what it takes to read the values one by one.
"""

import hashlib
import json
from dataclasses import dataclass, field

from odoo import fields as odoo_fields
from odoo.tools import SQL, split_every

from ...catalogue.formats import BETWEEN, joined
from .layout import Layout

TABLE = "lengow_catalogue_row"
# So many rows are written with one statement, of which several copies are in memory.
AT_ONCE = 500
# What the files say of a product beside the values, and what people see of it.
TOLD = (
    "product_id",
    "product_tmpl_id",
    "identifier",
    "kind",
    "quantity",
    "price",
    "regular_price",
    "issues",
    "twins",
    "has_error",
    "has_warning",
    "state",
)
# The same texts make the same digest.
ENCODE = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
# Types of what is written, as PostgreSQL calls them.
TYPES = {
    "id": "int",
    "product_id": "int",
    "product_tmpl_id": "int",
    "identifier": "varchar",
    "kind": "varchar",
    "quantity": "int",
    "price": "numeric",
    "regular_price": "numeric",
    "issues": "jsonb",
    "twins": "varchar",
    "has_error": "bool",
    "has_warning": "bool",
    "state": "varchar",
    "digest": "varchar",
    "changed_at": "timestamp",
    "withdrawn_at": "timestamp",
}
READ = (
    *TYPES,
    "values",
    "line_stamp",
    "published_at",
    "is_published",
    "published_quantity",
    "held_quantity",
)


@dataclass(slots=True)
class Row:
    """A row of a catalog, maybe not written yet."""

    kind: str = "simple"
    product_id: int | None = None
    product_tmpl_id: int | None = None
    id: int | None = None
    identifier: str | None = None
    values: dict = field(default_factory=dict)
    quantity: int = 0
    price: float = 0.0
    regular_price: float = 0.0
    issues: list = field(default_factory=list)
    twins: str | None = None
    has_error: bool = False
    has_warning: bool = False
    state: str = "listed"
    digest: str | None = None
    changed_at: object = None
    withdrawn_at: object = None
    published_at: object = None
    is_published: bool = False
    published_quantity: int = 0
    held_quantity: int | None = None
    line_stamp: str | None = None
    had_identifier: str | None = None
    had_values: dict = field(default_factory=dict)
    wanted: str | None = None

    @property
    def is_frozen(self):
        """Whether Lengow knows the identifier."""
        return bool(self.published_at)

    @property
    def key(self):
        """What tells rows of one catalog apart: the product, or the template."""
        if self.kind == "parent":
            return ("parent", self.product_tmpl_id)
        return ("product", self.product_id)

    def line(self, headers):
        """Return the texts of some columns as one, with `BETWEEN` between them.

        :param headers: of the columns, in their order
        :rtype: str
        """
        return joined([*map(self.values.get, headers)])

    def seal(self, told):
        """Take the digest of what the row says.

        :param str told: what its columns say, the same wherever each of them stands
        :return: whether it says something else than before
        :rtype: bool
        """
        told += ENCODE([getattr(self, name) for name in TOLD])
        digest = hashlib.sha1(told.encode(), usedforsecurity=False).hexdigest()
        is_changed = digest != self.digest
        self.digest = digest
        return is_changed


class RowStore:
    """Reads and writes the rows of one catalog."""

    def __init__(self, catalogue):
        """Take a catalog.

        :param lengow.catalogue catalogue: one, in system mode
        """
        self.env = catalogue.env
        self.catalogue = catalogue
        self.catalogue_id = catalogue.id
        self.company_id = catalogue.company_id.id

    # === READ === #

    def of_products(self, ids):
        """Return the rows of product variants.

        :param ids: of the products
        :rtype: dict[int, Row]
        """
        rows = self._load(SQL("product_id = ANY(%s) AND kind != 'parent'", list(ids)))
        return {row.product_id: row for row in rows}

    def of_templates(self, ids):
        """Return the rows of parents.

        :param ids: of the product templates
        :rtype: dict[int, Row]
        """
        rows = self._load(
            SQL("product_tmpl_id = ANY(%s) AND kind = 'parent'", list(ids))
        )
        return {row.product_tmpl_id: row for row in rows}

    def of_ids(self, ids):
        """Return rows in the order of their ids.

        :rtype: list[Row]
        """
        return self._load(SQL("id = ANY(%s)", list(ids)))

    def of_identifiers(self, names):
        """Return the rows that have some identifiers.

        :rtype: list[Row]
        """
        if not names:
            return []
        # Each by its index: of many at once PostgreSQL would read all rows.
        found = SQL(
            """
            SELECT held.id
              FROM unnest(%s::varchar[]) AS sought (name)
        CROSS JOIN LATERAL (SELECT id
                              FROM lengow_catalogue_row
                             WHERE catalogue_id = %s AND identifier = sought.name
                             LIMIT 1) held
            """,
            list(names),
            self.catalogue_id,
        )
        return self._load(SQL("id = ANY(ARRAY(%s))", found))

    def page(self, condition, after, limit):
        """Return the next rows of those that fulfill a condition.

        :param SQL condition: on the table
        :param int after: id of the last row that was read
        :param int limit: how many at most
        :rtype: list[Row]
        """
        return self._load(
            SQL("%s AND id > %s", condition, after), SQL("LIMIT %s", limit)
        )

    def lines(self, condition, headers, after, limit):
        """Return what files say of the next rows that fulfill a condition.

        :param SQL condition: on the table
        :param headers: of the columns, in their order
        :param int after: id of the last row that was read
        :param int limit: how many at most
        :return: id, identifier, kind, quantity, price, moment of the last change, and
            the texts of all columns as one, with `BETWEEN` between them
        :rtype: list[tuple]
        """
        return self.env.execute_query(
            SQL(
                """
                SELECT id, identifier, kind, quantity, price::float8, changed_at,
                       CASE WHEN line_stamp = %(headers)s || digest THEN line
                            ELSE (%(line)s) END
                  FROM lengow_catalogue_row
                 WHERE catalogue_id = %(catalogue)s AND %(condition)s
                   AND id > %(after)s
              ORDER BY id
                 LIMIT %(limit)s
                """,
                headers=_stamp_of(headers),
                line=_line_of_values(headers),
                catalogue=self.catalogue_id,
                condition=condition,
                after=after,
                limit=limit,
            )
        )

    def _load(self, condition, limit=None):
        names = SQL(", ").join(SQL.identifier(name) for name in READ)
        found = self.env.execute_query(
            SQL(
                "SELECT %s FROM lengow_catalogue_row WHERE catalogue_id = %s AND %s "
                "ORDER BY id %s",
                names,
                self.catalogue_id,
                condition,
                limit or SQL(),
            )
        )
        return [_row_of(dict(zip(READ, values, strict=True))) for values in found]

    # === WRITE === #

    def keep(self, rows):
        """Write the rows that say something else than before, many with one statement.

        :param rows: of this catalog
        :return: how many were new, and how many were written in all
        :rtype: tuple[int, int]
        """
        now, created, written = odoo_fields.Datetime.now(), 0, 0
        headers = Layout(self.catalogue).headers
        changed = self._changed(rows, headers, now)
        for some in split_every(AT_ONCE, changed):
            data = f"[{','.join(text for _is_new, text in some)}]"
            self.env.execute_query(_upsert(data, headers, self._common(now)))
            created += sum(is_new for is_new, _text in some)
            written += len(some)
        if written:
            self._forget()
        return created, written

    def _changed(self, rows, headers, now):
        """Yield of rows to be written whether they are new, and as JSON.

        Those are that say something else, or whose line is of other columns, or of
        other values.
        """
        by_name, stamp = sorted(headers), _stamp_of(headers)
        names = _stamp_of(by_name)
        for row in rows:
            is_changed = row.seal(names + row.line(by_name))
            if is_changed:
                row.changed_at = now
            if is_changed or row.line_stamp != stamp + row.digest:
                yield row.id is None, _data_of(row, row.line(headers))

    def release(self, ids):
        """Take the identifiers from rows that were not published under them.

        :param ids: of the rows
        """
        if ids:
            self._execute(
                SQL("SET identifier = NULL, digest = NULL WHERE id = ANY(%s)", ids)
            )

    def drop(self, ids):
        """Delete rows that were never published.

        :param ids: of the rows
        """
        if ids:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM lengow_catalogue_row WHERE catalogue_id = %s "
                    "AND id = ANY(%s) AND published_at IS NULL",
                    self.catalogue_id,
                    list(ids),
                )
            )
            self._forget()

    def _execute(self, clause):
        self.env.cr.execute(
            SQL(
                "UPDATE lengow_catalogue_row %s AND catalogue_id = %s",
                clause,
                self.catalogue_id,
            )
        )
        self._forget()

    def _forget(self):
        self.env["lengow.catalogue.row"].invalidate_model()

    def _common(self, now):
        uid = self.env.uid
        return {
            "catalogue_id": self.catalogue_id,
            "company_id": self.company_id,
            "create_uid": uid,
            "create_date": now,
            "write_uid": uid,
            "write_date": now,
        }


def _row_of(values):
    for name in ("values", "issues"):
        if isinstance(values[name], str):
            values[name] = json.loads(values[name])
    values["values"] = values["values"] or {}
    values["issues"] = values["issues"] or []
    for name in ("price", "regular_price"):
        values[name] = float(values[name] or 0.0)
    for name in ("quantity", "published_quantity"):
        values[name] = values[name] or 0
    return Row(
        **values, had_identifier=values["identifier"], had_values=values["values"]
    )


def _data_of(row, line):
    """Return a row as JSON.

    :param Row row: sealed
    :param str line: what it says
    :rtype: str
    """
    data = {name: getattr(row, name) for name in TYPES}
    for name in ("changed_at", "withdrawn_at"):
        data[name] = data[name] and data[name].isoformat(" ")
    return ENCODE({**data, "line": line})


def _stamp_of(headers):
    """Return a text that is another one for other columns, or in another order.

    :rtype: str
    """
    text = BETWEEN.join(headers)
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _line_of_values(headers):
    """Return what files say of a row, put together of its values.

    :param headers: of the columns, in their order
    :rtype: SQL
    """
    if not headers:
        return SQL("''")
    names = [_column(header) for header in headers]
    return SQL(
        """
        SELECT ARRAY_TO_STRING(ARRAY[%s]::text[], %s, '')
          FROM jsonb_to_record(COALESCE(%s, '{}')) AS told(%s)
        """,
        SQL(", ").join(
            SQL("REPLACE(told.%s, %s, '')", name, BETWEEN) for name in names
        ),
        BETWEEN,
        SQL.identifier(TABLE, "values"),
        SQL(", ").join(SQL("%s text", name) for name in names),
    )


def _values_of_line(headers):
    """Return what a line says by the headers of its columns.

    :param headers: of the columns, in their order
    :rtype: SQL
    """
    texts = SQL("string_to_array(x.line, %s)", BETWEEN)
    if len(headers) == 1:
        texts = SQL("ARRAY[x.line]")  # an empty text is no array of one
    return SQL("jsonb_object(%s::text[], %s)", list(headers), texts)


def _column(header):
    """Return a header as the name of a column, also one that begins with `-`.

    :rtype: SQL
    """
    return SQL('"' + header.replace('"', '""').replace("%", "%%") + '"')


def _upsert(data, headers, common):
    """Return the statement that inserts the new ones of some rows, updates the others.

    :param str data: the rows, as JSON
    :param headers: of the columns, in their order
    :param dict common: what all have in common
    :rtype: SQL
    """
    names = [name for name in TYPES if name != "id"]
    types = SQL(", ").join(
        SQL("%s %s", SQL.identifier(name), SQL(type_)) for name, type_ in TYPES.items()
    )
    columns = {
        **{name: SQL("x.%s", SQL.identifier(name)) for name in names},
        "values": _values_of_line(headers),
        "line": SQL("x.line"),
        "line_stamp": SQL("%s || x.digest", _stamp_of(headers)),
        **{name: SQL("%s", value) for name, value in common.items()},
    }
    never_again = ("catalogue_id", "create_uid", "create_date")
    updated = [name for name in columns if name not in never_again]
    return SQL(
        """
        INSERT INTO lengow_catalogue_row (id, %(columns)s)
             SELECT COALESCE(x.id, nextval('lengow_catalogue_row_id_seq')), %(values)s
               FROM json_to_recordset(%(data)s::json) AS x(%(types)s, line text)
        ON CONFLICT (id) DO UPDATE SET %(updates)s
          RETURNING id
        """,
        columns=_identifiers(columns),
        values=SQL(", ").join(columns.values()),
        data=data,
        types=types,
        updates=SQL(", ").join(
            SQL("%s = EXCLUDED.%s", SQL.identifier(name), SQL.identifier(name))
            for name in updated
        ),
    )


def _identifiers(names):
    return SQL(", ").join(SQL.identifier(name) for name in names)
