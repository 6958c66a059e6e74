"""The workbook behind a native chart: what PowerPoint opens when somebody edits the chart's data."""

from __future__ import annotations

import io
from datetime import date, datetime

from xlsxwriter.utility import xl_col_to_name, xl_range_abs
from xlsxwriter.workbook import Workbook

from kamnb.reports.pptx_measure import clean

SHEET = "Sheet1"


class DataSheet:
    """Columns written side by side into one sheet; each answers with the reference that a chart quotes."""

    def __init__(self) -> None:
        """An empty sheet."""
        self.columns: list[tuple[str, list, str]] = []

    def add(self, head: str, values: list, form: str = "") -> tuple[str, str]:
        """Append a column; returns the references of its head and of its values."""
        place = len(self.columns)
        self.columns.append((clean(head), values, form))
        return f"{SHEET}!${xl_col_to_name(place)}$1", f"{SHEET}!{xl_range_abs(1, place, max(len(values), 1), place)}"

    def to_bytes(self, as_of: date) -> bytes:
        """The workbook; the same columns give the same bytes.  Text is written as text, never as a formula."""
        stream = io.BytesIO()
        with Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
            book.set_properties({"created": datetime(as_of.year, as_of.month, as_of.day)})
            sheet = book.add_worksheet(SHEET)
            for place, (head, values, form) in enumerate(self.columns):
                sheet.set_column(place, place, 14 if place else 28)
                sheet.write_string(0, place, head)
                look = book.add_format({"num_format": form}) if form else None
                for row, value in enumerate(values, 1):
                    _write(sheet, row, place, (value, look))
        return stream.getvalue()


def _write(sheet, row: int, column: int, cell: tuple) -> None:
    value, look = cell
    if isinstance(value, date):
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), look)
    elif isinstance(value, str):
        sheet.write_string(row, column, clean(value), look)
    elif value is not None:
        sheet.write_number(row, column, value, look)
