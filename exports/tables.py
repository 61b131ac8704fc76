"""Write tables row by row, so that memory does not grow with their length.

Texts come from buyers and marketplaces: none of them may run as a formula in the
spreadsheet of whoever opens the file.
"""

import csv
import io
import re
from dataclasses import dataclass

import xlsxwriter

#: What a cell of Excel can hold.
LONGEST_TEXT = 32_767
#: Characters that XML does not allow.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
#: Spreadsheets run a text that begins so, some after blanks; also in full width.
_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
#: But a phone number only looks like one.
_NUMBER = re.compile(r"[+-]?\d[\d ]*")


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
    :ivar int row_count: rows so far, without the headings
    """

    #: Rows of a sheet, without the headings.
    most_rows = 1_048_575

    def __init__(self, file, columns, title):
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
        self.row_count = 0
        self._write_headings()

    def _write_headings(self):
        bold = self._book.add_format({"bold": True})
        for index, column in enumerate(self._columns):
            self._sheet.set_column(index, index, column.width)
            self._sheet.write_string(0, index, column.label, bold)
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


class CsvTable:
    """A table as comma-separated values in UTF-8; see :class:`XlsxTable`."""

    most_rows = float("inf")

    def __init__(self, file, columns, title):
        self._columns = columns
        # The mark at the start tells Excel that this is UTF-8.
        self._text = io.TextIOWrapper(file, "utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text, quoting=csv.QUOTE_ALL)
        self._writer.writerow([column.label for column in columns])
        self.row_count = 0

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


def _clean(value):
    return _CONTROL.sub("", str(value))[:LONGEST_TEXT]
