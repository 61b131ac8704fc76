"""Write tables row by row, so that memory does not grow with their length.

A table that takes longer is made in parts, of which any process may make the next one;
to join them takes a tenth of the time.

Texts come from buyers and marketplaces: none of them may run as a formula in the
spreadsheet of whoever opens the file.
"""

import csv
import gzip
import io
import re
from dataclasses import dataclass
from zipfile import ZIP_DEFLATED, ZipFile

import xlsxwriter

#: What a cell of Excel can hold.
LONGEST_TEXT = 32_767
#: Characters that XML does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Spreadsheets run a text that begins so, some after blanks; also in full width.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
#: But a phone number only looks like one.
_NUMBER = re.compile(r"[+-]?\d[\d ]*")
#: Where a workbook keeps the cells of its only sheet.
_SHEET = "xl/worksheets/sheet1.xml"
_END_OF_ROWS = b"</sheetData>"
#: A sheet of more rows may grow beyond what a plain archive holds.
_MANY_ROWS = 400_000


@dataclass(frozen=True)
class Column:
    """A column of a table.

    :ivar str label: its heading
    :ivar str kind: ``text``, ``amount``, ``number`` or ``moment``
    :ivar int width: in characters
    """

    label: str
    kind: str = "text"
    width: int = 16


def is_formula(text):
    """Tell whether a spreadsheet may take a text for a formula."""
    return bool(_FORMULA.match(text)) and not _NUMBER.fullmatch(text)


def harmless(text):
    """Return a text that no spreadsheet runs, led by an apostrophe if need be.

    See OWASP, "CSV injection".
    """
    return f"'{text}" if is_formula(text) else text


class XlsxTable:
    """A table in a workbook; see :meth:`write_row`.

    :param file: a binary file, open for writing
    :param list columns: of :class:`Column`
    :param str title: of the sheet
    :param int after: how many rows come before, for a part of a table; see :meth:`part`
    :ivar int row_count: rows so far, without the headings
    """

    #: Rows of a sheet, without the headings.
    most_rows = 1_048_575

    def __init__(self, file, columns, title, after=None):
        self._columns = columns
        self._book = xlsxwriter.Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "nan_inf_to_errors": False,
            },
        )
        self._sheet = self._book.add_worksheet(title[:31])
        self._moment = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self._amount = self._book.add_format({"num_format": "#,##0.00####"})
        # The mark of a text that was typed with an apostrophe: it stays one when the
        # cell is edited.
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._bold = self._book.add_format({"bold": True})
        self.row_count = after or 0
        if after is None:
            self._write_headings()
        else:
            self._write_styles(0, self._bold, *self._styles())

    def _styles(self):
        return self._moment, self._amount, self._quoted

    def _write_styles(self, row, *styles):
        """Write a row that is left out in the end: styles are numbered by first use."""
        for index, style in enumerate(styles):
            self._sheet.write_blank(row, index, None, style)

    def _write_headings(self):
        for index, column in enumerate(self._columns):
            self._sheet.set_column(index, index, column.width)
            self._sheet.write_string(0, index, column.label, self._bold)
        self._sheet.freeze_panes(1, 1)

    def write_row(self, values):
        """Add a row.

        :param list values: one for each column: texts, numbers, naive datetimes, None
        """
        self.row_count += 1
        for index, (column, value) in enumerate(
            zip(self._columns, values, strict=True)
        ):
            if value is None or value == "":
                continue
            if column.kind == "moment":
                self._sheet.write_datetime(self.row_count, index, value, self._moment)
            elif column.kind == "amount":
                self._sheet.write_number(self.row_count, index, value, self._amount)
            elif column.kind == "number":
                self._sheet.write_number(self.row_count, index, value)
            else:
                text = _clean(value)
                style = self._quoted if is_formula(text) else None
                self._sheet.write_string(self.row_count, index, text, style)

    def close(self):
        """Finish the file."""
        if self.row_count:
            self._sheet.autofilter(0, 0, self.row_count, len(self._columns) - 1)
        self._book.close()

    @classmethod
    def part(cls, columns, rows, after):
        """Return some rows as a part of a table, for :meth:`join`.

        :param list columns: of :class:`Column`
        :param rows: as :meth:`write_row` takes them
        :param int after: how many rows come before
        :return: the part, and how many rows there are with it
        :rtype: tuple[bytes, int]
        """
        file = io.BytesIO()
        table = cls(file, columns, "", after=after)
        for row in rows:
            table.write_row(row)
        table.close()
        sheet = ZipFile(file).read(_SHEET)
        begin = sheet.find(b'<row r="%d"' % (after + 2))
        cells = sheet[begin : sheet.index(_END_OF_ROWS)] if begin > 0 else b""
        return gzip.compress(cells, compresslevel=3), table.row_count

    @classmethod
    def join(cls, file, columns, title, parts, row_count):
        """Write a table of which there are parts.

        :param file: a binary file, open for writing
        :param list columns: of :class:`Column`
        :param str title: of the sheet
        :param parts: as :meth:`part` has made them, one after the other
        :param int row_count: how many rows they have
        """
        frame = io.BytesIO()
        table = cls(frame, columns, title)
        table._write_styles(1, *table._styles())
        table.row_count = row_count
        table.close()
        with ZipFile(frame) as source, ZipFile(file, "w", ZIP_DEFLATED) as target:
            for name in source.namelist():
                if name != _SHEET:
                    target.writestr(name, source.read(name))
            sheet = source.read(_SHEET)
            # What is said there of how large it is counts the row of the styles.
            sheet = re.sub(
                rb'(<dimension ref="A1:[A-Z]+)\d+', rb"\g<1>%d" % (row_count + 1), sheet
            )
            begin, end = sheet.index(b'<row r="2"'), sheet.index(_END_OF_ROWS)
            is_large = row_count > _MANY_ROWS
            with target.open(_SHEET, "w", force_zip64=is_large) as cells:
                cells.write(sheet[:begin])
                for part in parts:
                    cells.write(_unpacked(part))
                cells.write(sheet[end:])


class CsvTable:
    """A table as comma-separated values in UTF-8; see :class:`XlsxTable`."""

    most_rows = float("inf")

    def __init__(self, file, columns, title, after=None):
        self._columns = columns
        # The mark at the start tells Excel that this is UTF-8.
        encoding = "utf-8-sig" if after is None else "utf-8"
        self._text = io.TextIOWrapper(file, encoding, newline="", write_through=True)
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL)
        if after is None:
            self._writer.writerow([column.label for column in columns])
        self.row_count = after or 0

    def write_row(self, values):
        """Add a row; see :meth:`XlsxTable.write_row`."""
        self.row_count += 1
        self._writer.writerow(
            [
                self._cell(column, value)
                for column, value in zip(self._columns, values, strict=True)
            ]
        )

    def _cell(self, column, value):
        if value is None or value == "":
            return ""
        if column.kind == "moment":
            return value.isoformat(" ", "seconds")
        if column.kind == "amount":
            # Cents at least; some currencies have more digits.
            whole, _point, digits = f"{value:.6f}".rstrip("0").partition(".")
            return f"{whole}.{digits:0<2}"
        if column.kind == "number":
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return harmless(_clean(value))

    def close(self):
        """Finish the file, and leave it open."""
        self._text.flush()
        self._text.detach()

    @classmethod
    def part(cls, columns, rows, after):
        """Return some rows as a part of a table; see :meth:`XlsxTable.part`."""
        file = io.BytesIO()
        table = cls(file, columns, "", after=after)
        for row in rows:
            table.write_row(row)
        table.close()
        return gzip.compress(file.getvalue(), compresslevel=3), table.row_count

    @classmethod
    def join(cls, file, columns, title, parts, row_count):
        """Write a table of which there are parts; see :meth:`XlsxTable.join`."""
        cls(file, columns, title).close()
        for part in parts:
            file.write(_unpacked(part))


def _unpacked(part):
    """Return the rows of a part of a table.

    :raise EOFError: if it is cut off, or there is nothing of it
    """
    if not part:
        # Odoo reads nothing of a file that is gone: that is no part without rows.
        raise EOFError("There is nothing of the part")
    return gzip.decompress(part)


def _clean(value):
    return _CONTROL.sub("", str(value))[:LONGEST_TEXT]
