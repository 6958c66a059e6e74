"""Tables of a report as native tables of slides: columns as wide as their texts, pages as long as a slide."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kamnb.reports.pptx_measure import BOLD, Box, count_lines, line_height, paragraph, paragraphs, text_width
from kamnb.reports.reading import Table
from kamnb.shown import HIDDEN, PAGE_ROWS, RIGHT, cell_text
from kamnb.style import GREY, GRID, INK, LIGHT

LARGE = (14.0, 13.0, 12.0)  # for tables that leave room
SIZES = (11.0, 10.0, 9.0)
PAD, GAP, LEAD = 0.07, 0.035, 0.16  # LEAD: room between a number and the text right of it
MOST = 12
WIDEST = 4.2
COMFORT = 1.35  # a table narrower than the slide is spread to at most this multiple of what its texts need
Texts = list[list[str]]


@dataclass(frozen=True)
class Sheet:
    """Part of a table that fits one slide: heads, rows of texts, which columns stand right, widths and the size of the type."""

    heads: list[str]
    units: list[str]
    rows: Texts
    right: list[bool]
    widths: list[float]
    size: float


def visible_texts(table: Table) -> tuple[list[dict], Texts]:
    """Columns that a page shows (codes are left to the workbook), and the texts of its first rows."""
    shown = [(place, column) for place, column in enumerate(table.columns) if column["kind"] not in HIDDEN]
    return [c for _, c in shown], [[cell_text(row[place], column) for place, column in shown] for row in table.rows[:PAGE_ROWS]]


def split_table(table: Table, box: Box, *, first: float | None = None) -> list[Sheet]:
    """The pages of `table`, each for a body of `box`; `first`: height that the first page has, where it is less.

    The largest type in which the table is one page; else as many pages as it takes, and columns by page where they are too many.
    """
    told, rooms, fitting = visible_texts(table), (first or box.h, box.h), []
    for size in (*LARGE, *SIZES):
        sheets = _try_size(told, size, rooms, width=box.w)
        if len(sheets) == 1 and size > SIZES[-1]:
            return sheets
        fitting = fitting or (sheets if size in SIZES else [])
    return fitting or _by_columns(told, rooms, width=box.w)


def _by_columns(told: tuple[list[dict], Texts], rooms: tuple[float, float], *, width: float) -> list[Sheet]:
    """A table too wide for one slide: its columns in groups, each with the first column."""
    sheets: list[Sheet] = []
    for chosen, widths in _column_groups(*told, width):
        sheets += _pages(_sheet(told, chosen, widths, size=SIZES[-1]), rooms[bool(sheets)], rooms[1])
    return sheets


def _try_size(told: tuple[list[dict], Texts], size: float, rooms: tuple[float, float], *, width: float) -> list[Sheet]:
    """The pages at one size of type; none where the columns do not fit, or need to be squeezed for large type."""
    least, ideal = _needs(*told, size)
    if sum(ideal if size in LARGE else least) > width or (size in LARGE and len(told[1]) > MOST):
        return []
    return _pages(_sheet(told, list(range(len(least))), _share_out(least, ideal, width), size=size), *rooms)


def _sheet(told: tuple[list[dict], Texts], chosen: list[int], widths: list[float], *, size: float) -> Sheet:
    """The chosen columns of a table."""
    columns, texts = told
    return Sheet([columns[c]["label"] for c in chosen], [columns[c]["unit"] for c in chosen], [[row[c] for c in chosen] for row in texts],
                 [columns[c]["kind"] in RIGHT for c in chosen], widths, size)


def _column_groups(columns: list[dict], texts: Texts, room: float) -> list[tuple[list[int], list[float]]]:
    """Columns by slide with their widths, the first one again on each slide."""
    least, ideal = _needs(columns, texts, SIZES[-1])
    groups, rest = [], list(range(1, len(columns)))
    while rest:
        taken = [rest.pop(0)]
        while rest and least[0] + sum(least[c] for c in [*taken, rest[0]]) <= room:
            taken.append(rest.pop(0))
        chosen = [0, *taken]
        groups.append((chosen, _share_out([least[c] for c in chosen], [ideal[c] for c in chosen], room)))
    return groups


def _needs(columns: list[dict], texts: Texts, size: float) -> tuple[list[float], list[float]]:
    """The narrowest and the best width of each column, padding included."""
    least, ideal = [], []
    leads = _leads([column["kind"] in RIGHT for column in columns])
    for place, column in enumerate(columns):
        cells, sides = [row[place] for row in texts], 2 * PAD + 0.02 + leads[place]
        whole = max((text_width(cell, size) for cell in cells), default=0.0)
        head = max(_longest_word(column["label"], size) * BOLD, text_width(column["unit"], size - 1.5))
        firm = column["kind"] in RIGHT or whole <= 1.3
        least.append(max(head, whole if firm else max(1.25, *[_longest_word(cell, size) for cell in cells])) + sides)
        spread = min(text_width(column["label"], size) * BOLD, max(whole, 0.9) if firm else 1.5)
        ideal.append(max(least[-1], min(max(whole, spread), WIDEST) + sides))
    return least, ideal


def _leads(right: list[bool]) -> list[float]:
    """Extra room at the left of each column: where a text follows a number."""
    return [LEAD if place and before and not own else 0.0 for place, (before, own) in enumerate(zip([False, *right], right, strict=False))]


def _longest_word(text: str, size: float) -> float:
    """Width of what should not be broken: Western words, or a few letters of Japanese and Chinese."""
    longest = max((text_width(word[:18], size) for word in text.split()), default=0.0)
    return longest if text.isascii() else min(longest, text_width("国" * 5, size))


def _share_out(least: list[float], ideal: list[float], room: float) -> list[float]:
    """Widths between `least` and `ideal` that fill `room`, or a little more than `ideal` where there is much room."""
    if sum(ideal) <= room:
        factor = min(room / sum(ideal), COMFORT)
        return [width * factor for width in ideal]
    spare, wish = room - sum(least), sum(ideal) - sum(least)
    return [low + (best - low) * spare / wish for low, best in zip(least, ideal, strict=True)]


def _pages(part: Sheet, first: float, later: float) -> list[Sheet]:
    """`part` cut at rows so that every page fits its height: as few pages as possible, of about the same length."""
    heights = [row_height(row, part) for row in part.rows]
    rooms = (first - head_height(part), later - head_height(part))
    cuts = _cut(heights, rooms, most=MOST + 2)
    even = _cut(heights, rooms, most=-(-len(heights) // len(cuts)))
    return [replace(part, rows=part.rows[start:stop]) for start, stop in (even if len(even) == len(cuts) else cuts)]


def _cut(heights: list[float], rooms: tuple[float, float], *, most: int) -> list[tuple[int, int]]:
    """First and last row of each page."""
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < len(heights):
        stop = start + 1
        while stop < len(heights) and stop - start < most and sum(heights[start:stop + 1]) <= rooms[bool(cuts)]:
            stop += 1
        cuts.append((start, stop))
        start = stop
    return cuts


def _rooms(sheet: Sheet) -> list[float]:
    """Inches that each column has for its texts."""
    return [width - 2 * PAD - lead for width, lead in zip(sheet.widths, _leads(sheet.right), strict=True)]


def row_height(row: list[str], sheet: Sheet) -> float:
    """Inches that a row takes, with its longest cell broken into lines."""
    lines = max(count_lines(text, room, sheet.size) for text, room in zip(row, _rooms(sheet), strict=True))
    return lines * line_height(sheet.size) + 2 * GAP + 0.03


def head_height(sheet: Sheet) -> float:
    """Inches that the heads with their units take."""
    lines = max(count_lines(head, room / BOLD, sheet.size) for head, room in zip(sheet.heads, _rooms(sheet), strict=True))
    return lines * line_height(sheet.size) + any(sheet.units) * line_height(sheet.size - 1.5) + 2 * GAP + 0.04


def table_shape(sheet: Sheet, at: Box, *, name: str, alt: str) -> dict:
    """The native table of `sheet`, its upper left corner at that of `at`."""
    leads = _leads(sheet.right)
    rows = [{"height": head_height(sheet), "anchor": "b", "cells": [
        {"lines": _head(head, unit, sheet.size, right), "below": INK, "weight": 1.0, "lead": lead}
        for head, unit, right, lead in zip(sheet.heads, sheet.units, sheet.right, leads, strict=True)]}]
    for number, row in enumerate(sheet.rows, 1):
        below = LIGHT if number == len(sheet.rows) else GRID
        cells = [{"lines": paragraphs(text, size=sheet.size, align="r" if right else None), "below": below, "lead": lead}
                 for text, right, lead in zip(row, sheet.right, leads, strict=True)]
        rows.append({"height": row_height(row, sheet), "cells": cells})
    box = Box(at.x, at.y, sum(sheet.widths), sum(row["height"] for row in rows))
    return {"kind": "table", "name": name, "alt": alt, "box": box, "widths": sheet.widths, "rows": rows, "head": True, "pad": PAD,
            "gap": GAP}


def _head(text: str, unit: str, size: float, right: bool) -> list[dict]:
    look = {"align": "r" if right else None, "tight": True}
    lines = [paragraph(text, size=size, bold=True, **look)]
    return [*lines, paragraph(unit, size=size - 1.5, colour=GREY, **look)] if unit else lines
