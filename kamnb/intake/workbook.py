"""Sheets of a workbook: cells as text, with the errors and uncalculated formulas that readers hide (F13, N06, N07)."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from posixpath import join, normpath
from xml.etree import ElementTree

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kamnb.intake.cells import UNCALCULATED
from kamnb.intake.grid import Grid, View, grid_of_rows, header_of
from kamnb.intake.headers import column_letter
from kamnb.intake.marks import FIX, STOP, WARN, Mark

EXACT = 10 ** 15
SIZE_LIMIT, RATIO_LIMIT = 500_000_000, 200
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
ERROR_CELL = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>.*?<v>([^<]*)</v>', re.DOTALL)
EMPTY_FORMULA = re.compile(rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>[^<]*</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')


def read_workbook(file: str, data: bytes, *, view: View) -> tuple[Grid | None, list[Mark]]:
    """The grid of a sheet of a workbook, or why there is none."""
    parts, marks = _open_parts(data)
    if parts is None:
        return None, marks
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet, marks = choose_sheet(book, view.sheet)
        if sheet is None:
            return None, marks
        cells = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except CalamineError:
        return None, [Mark("F09", STOP)]
    _show_hidden_faults(cells, _sheet_xml(parts, sheet))
    grid = grid_of_rows(file, _texts(cells, view.header_row), sheet=sheet, header_row=view.header_row)
    marks += _headless(cells, len(grid.header), view.header_row)
    return replace(grid, marks=(*marks, *grid.marks), hints=_hints(cells, view.header_row)), []


def _open_parts(data: bytes) -> tuple[zipfile.ZipFile | None, list[Mark]]:
    """The workbook's zip, unless it is cut short (F09), unpacks to too much (F10) or defines entities (F11)."""
    try:
        parts = zipfile.ZipFile(io.BytesIO(data))
        size = sum(part.file_size for part in parts.infolist())
        if size > SIZE_LIMIT or size > RATIO_LIMIT * max(len(data), 100_000):
            return None, [Mark("F10", STOP, facts={"size": size // 1_000_000, "limit": SIZE_LIMIT // 1_000_000})]
        for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
            if b"<!DOCTYPE" in parts.read(name):
                return None, [Mark("F11", STOP)]
    except (zipfile.BadZipFile, KeyError, EOFError):
        return None, [Mark("F09", STOP)]
    return parts, []


def choose_sheet(book: CalamineWorkbook, wanted: str | None) -> tuple[str | None, list[Mark]]:
    """Name of the sheet to read: the one asked for, or the only visible one (F13)."""
    sheets = [s for s in book.sheets_metadata if s.typ == SheetTypeEnum.WorkSheet]
    visible = [s.name for s in sheets if s.visible == SheetVisibleEnum.Visible]
    hidden = [s.name for s in sheets if s.visible != SheetVisibleEnum.Visible]
    names = ", ".join(visible)
    if wanted is not None and wanted not in visible + hidden:
        close = get_close_matches(wanted, visible, n=1, cutoff=0.4)
        return None, [Mark("F13", STOP, facts={"case": "absent", "wanted": wanted, "sheets": names,
                                               "nearest": close[0] if close else "–"})]
    if wanted is None and len(visible) != 1:
        return None, [Mark("F13", STOP, facts={"sheets": names, "first": visible[0] if visible else "–"})]
    unread = [name for name in hidden if name != wanted]
    marks = [Mark("F13", WARN, facts={"case": "hidden", "sheets": ", ".join(unread)})] if unread else []
    return wanted or visible[0], marks


def _sheet_xml(parts: zipfile.ZipFile, sheet: str) -> bytes:
    """The sheet's part of the file as written."""
    book = ElementTree.fromstring(parts.read("xl/workbook.xml"))
    related = next(node.get(RELATED) for node in book.iter(f"{MAIN}sheet") if node.get("name") == sheet)
    links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    target = next(node.get("Target") for node in links if node.get("Id") == related)
    return parts.read(target.lstrip("/") if target.startswith("/") else normpath(join("xl", target)))


def _show_hidden_faults(cells: list[list[object]], xml: bytes) -> None:
    """Write error values and a mark for formulas without a result into `cells`, where the reader left blanks."""
    for row, column, text in _hidden_faults(xml):
        if row < len(cells) and column < len(cells[row]):
            cells[row][column] = text


def _hidden_faults(xml: bytes) -> Iterator[tuple[int, int, str]]:
    if b't="e"' in xml:
        for found in ERROR_CELL.finditer(xml):
            yield *_address(found[1]), found[2].decode()
    if b"<f" in xml:
        for found in EMPTY_FORMULA.finditer(xml):
            if b't="str"' not in found[1]:
                yield *_address(found[1]), UNCALCULATED


def _address(attributes: bytes) -> tuple[int, int]:
    """Row and column (from 0) of a cell."""
    letters, digits = ADDRESS.search(attributes).groups()
    column = 0
    for letter in letters:
        column = column * 26 + letter - 64
    return int(digits) - 1, column - 1


def _texts(cells: list[list[object]], header_row: int) -> list[list[str]]:
    """`cells` as text, rows from the header on no wider than the header."""
    above = [list(map(cell_text, record)) for record in cells[:header_row]]
    width = len(header_of(above, header_row))
    return above + [list(map(cell_text, record[:width])) for record in cells[header_row:]]


def cell_text(cell: object) -> str:
    """A cell of a workbook as the text a person would have typed: 7 not 7.0, ISO dates, no exponents."""
    return WRITERS.get(type(cell), str)(cell)


def _number_text(cell: float) -> str:
    text = repr(cell)
    return format(Decimal(text), "f").removesuffix(".0") if "e" in text else text.removesuffix(".0")


WRITERS: dict[type, Callable] = {
    str: str, float: _number_text, bool: {True: "true", False: "false"}.__getitem__, date: date.isoformat,
    datetime: lambda cell: cell.isoformat(sep=" ").removesuffix(" 00:00:00")}


def _headless(cells: list[list[object]], width: int, header_row: int) -> list[Mark]:
    """S11: columns with content but without a header, left out."""
    beyond = {at for record in cells[header_row:] for at, cell in enumerate(record[width:], width) if cell != ""}
    if not beyond:
        return []
    letters = ", ".join(column_letter(at) for at in sorted(beyond))
    return [Mark("S11", FIX, letters, facts={"case": "columns", "count": len(beyond)})]


def _hints(cells: list[list[object]], header_row: int) -> Callable[[int], tuple[Mark, ...]]:
    """Function that tells whether a column of codes was spoilt: numbers beyond 15 digits (N10), dates (N11)."""
    def hints(column: int) -> tuple[Mark, ...]:
        found = [record[column] for record in cells[header_row:] if not isinstance(record[column], str)]
        long = sum(isinstance(cell, float) and abs(cell) >= EXACT for cell in found)
        dates = sum(isinstance(cell, date) for cell in found)
        counts = (("N10", long), ("N11", dates))
        return tuple(Mark(code, WARN, facts={"count": n, "case": "cells"}) for code, n in counts if n)
    return hints
