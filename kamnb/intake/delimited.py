"""CSV: decoded strictly, its delimiter found by the header, its rows split by the letter (faults.md S01-S04)."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import replace

from kamnb.intake.encodings import decode
from kamnb.intake.grid import Grid, View, grid_of_rows
from kamnb.intake.headers import same_name
from kamnb.intake.marks import FIX, STOP, Mark, stops

DELIMITERS = (",", "\t", ";")
NAMES = {",": "comma", "\t": "tab", ";": "semicolon"}
FIELD_LIMIT = 10_000_000


def sniff_delimiter(text: str, *, header_row: int, expected: Collection[str]) -> str:
    """The delimiter that finds most of the `expected` names in the header row; comma when none does better."""
    lines = text.split("\n", header_row)[:header_row]
    wanted = {same_name(name) for name in expected}

    def found(delimiter: str) -> tuple[int, int]:
        header = next(csv.reader(lines[-1:], delimiter=delimiter), [])
        return len(wanted & {same_name(name) for name in header}), len(header)

    return max(DELIMITERS, key=found)


def read_delimited(file: str, data: bytes, *, view: View) -> tuple[Grid | None, list[Mark]]:
    """The grid of a CSV file, or why there is none."""
    text, encoding, marks = decode(data, declared=view.encoding)
    if stops(marks):
        return None, marks
    delimiter = view.delimiter or sniff_delimiter(text, header_row=view.header_row, expected=view.expected)
    records, broken = _split(text, delimiter)
    if broken:
        return None, [*marks, broken]
    if delimiter != "," and not view.delimiter:
        marks.append(Mark("S04", FIX, facts={"case": NAMES[delimiter]}))
    grid = grid_of_rows(file, records, header_row=view.header_row)
    return replace(grid, encoding=encoding, marks=(*marks, *grid.marks)), []


def _split(text: str, delimiter: str) -> tuple[list[list[str]], Mark | None]:
    """Rows of fields, or S03 with the row in which a quote was opened and never rightly closed."""
    csv.field_size_limit(FIELD_LIMIT)
    records: list[list[str]] = []
    try:
        records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return [], Mark("S03", STOP, facts={"line": len(records) + 1})
    return records, None
