"""How a sheet lies on paper: page, heights and widths, estimated without a font."""

from __future__ import annotations

import math

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kamnb.formats import width_of
from kamnb.style import ACCENT

PAPER, LINE, TALL, ARROW = 9, 16, 24, 3
"""A4; points of a line of text, of a title; letters that the arrow of a filter takes."""


def lay_page(sheet: Worksheet, foot: str, *, pages: int) -> None:
    """A4 across, as wide as the page and `pages` long (0 = as many as needed), `foot` and page number below; no lines but the table's."""
    sheet.set_default_row(LINE)
    sheet.set_row(0, TALL)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(PAPER)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    sheet.fit_to_pages(1, pages)
    sheet.set_footer(f"&L&8{foot.replace('&', '&&')}&R&8&P / &N")


def fit_width(head: str, texts: list[str]) -> int:
    """Width of a column in letters: its longest entry, up to 60, and its head, up to 16 on a line."""
    return max(10, min(60, max((width_of(text[:60]) for text in texts), default=8) + 2), min(16, width_of(head)) + ARROW)


def title_format(book: Workbook, size: int) -> Format:
    """The format of a title or a key figure."""
    return book.add_format({"bold": True, "font_size": size, "font_color": ACCENT, "valign": "top"})


def count_lines(text: str, width: int) -> int:
    """Lines that `text` takes in a column of `width` letters, as words or wide letters fill it."""
    return 1 if width_of(text) <= width else math.ceil(width_of(text) * 1.1 / width)


def raise_row(sheet: Worksheet, row: int, lines: int) -> None:
    """Make `row` high enough for `lines` of text: not every programme does so by itself."""
    if lines > 1:
        sheet.set_row(row, LINE * lines)
