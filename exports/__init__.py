"""Tables as files that spreadsheets open. Knows nothing of orders."""

from .tables import Column, CsvTable, XlsxTable, harmless

__all__ = ["Column", "CsvTable", "XlsxTable", "harmless"]
