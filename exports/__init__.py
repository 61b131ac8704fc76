"""Tables as files that spreadsheets open. Knows nothing of orders."""

from .parts import pack_rows, unpack_rows
from .tables import Column, CsvTable, XlsxTable, harmless

__all__ = ["Column", "CsvTable", "XlsxTable", "harmless", "pack_rows", "unpack_rows"]
