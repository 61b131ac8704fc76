"""The columns of a catalog, sorted by what they hold, and a stamp of its settings."""

import hashlib
import json

# Of a column, what its values depend on.
COLUMN_FIELDS = (
    "header",
    "source",
    "standard",
    "path",
    "attribute_id",
    "constant",
    "lang_id",
    "pricelist_id",
    "fiscal_position_id",
    "price_kind",
    "quantity_kind",
    "warehouse_ids",
    "use_template",
    "issue",
)
# Of a catalog, what its rows depend on; which products it holds is looked at each time.
CATALOGUE_FIELDS = (
    "company_id",
    "lang_id",
    "pricelist_id",
    "fiscal_position_id",
    "identity",
    "with_parents",
    "picture_size",
    "base_url",
)
# A change of how rows are made, in a new version, makes all of them anew.
VERSION = 1


class Layout:
    """The columns of a catalog as they are now.

    :ivar lengow.catalogue.column columns: all, in their order
    :ivar tuple headers: of all, in their order
    """

    def __init__(self, catalogue):
        """Take a catalog.

        :param lengow.catalogue catalogue: one, in system mode
        """
        self.columns = catalogue.column_ids.sorted(lambda c: (c.sequence, c.id))
        self.headers = tuple(self.columns.mapped("header"))
        self.header_set = frozenset(self.headers)
        parts = self.columns.grouped(lambda column: column._part())
        nothing = self.columns.browse()
        self.content = parts.get("content", nothing)
        self.price = parts.get("price", nothing)
        self.quantity = parts.get("quantity", nothing).filtered(
            lambda column: column.source == "quantity"
        )
        self.quantity_headers = tuple(self.quantity.mapped("header"))
        self.sellable_headers = tuple(
            self.quantity.filtered(
                lambda column: column.quantity_kind == "sellable"
            ).mapped("header")
        )
        self.price_headers = tuple(self.price.mapped("header"))
        self.stamp = self._stamp(catalogue)
        self._by_standard, self._by_standards = {}, {}
        for column in self.columns.filtered(lambda c: c.source == "standard"):
            self._by_standard.setdefault(column.standard, []).append(column.header)

    def standard(self, name):
        """Return the headers of the columns that hold a standard value.

        :rtype: list[str]
        """
        return self._by_standard.get(name, [])

    def standards(self, names):
        """Return the headers of the columns that hold some standard values.

        :param tuple names: of the values, the first one first
        :rtype: list[str]
        """
        if names not in self._by_standards:
            self._by_standards[names] = [
                header for name in names for header in self.standard(name)
            ]
        return self._by_standards[names]

    def _stamp(self, catalogue):
        """Return a text that is another one once rows are to be made anew."""
        told = [
            VERSION,
            [_plain(catalogue, name) for name in CATALOGUE_FIELDS],
            [
                [_plain(column, name) for name in COLUMN_FIELDS]
                for column in self.columns
            ],
        ]
        text = json.dumps(told)
        return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def _plain(record, name):
    value = record[name]
    if name == "issue":
        return bool(value)  # in whatever words
    return value.ids if record._fields[name].relational else value
