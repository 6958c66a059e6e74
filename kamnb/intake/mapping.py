"""One file mapped to a table: its columns converted kind by kind, with everything that was found on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame, Series

from kamnb.intake.cells import as_text
from kamnb.intake.dates import convert_date
from kamnb.intake.dictionary import DTYPES, Column, Table
from kamnb.intake.exact import Exact, times
from kamnb.intake.files import Opened
from kamnb.intake.grid import Grid
from kamnb.intake.headers import match_headers
from kamnb.intake.marks import FIX, QUAR, WARN, Mark, stops
from kamnb.intake.numeric import convert_amount, convert_count, convert_measure, read_exact
from kamnb.intake.source import Source
from kamnb.intake.texts import convert_text, convert_truth, read_choice, read_code, read_text


@dataclass(frozen=True)
class Rules:
    """How the cells of a table are read: its declared forms and the currency's number of decimals."""

    source: Source
    scale: int


@dataclass(frozen=True, eq=False)
class Part:
    """The rows of one file as columns of the table, faulty cells missing.

    `exact`: its amounts before rounding; `headers`: the file's own header of each column of ours that it has.
    """

    opened: Opened
    frame: DataFrame
    exact: Mapping[str, Exact]
    headers: Mapping[str, str]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, eq=False)
class Converted:
    """One column: its values, its marks and, for an amount, what it was before rounding."""

    values: Series
    marks: list[Mark]
    exact: Exact | None = None


def map_file(opened: Opened, grid: Grid, *, table: Table, rules: Rules) -> tuple[Part | None, list[Mark]]:
    """The rows of `grid` as a part of `table`, or the marks that say why it cannot be mapped."""
    matched, marks = match_headers(grid, table, rules.source)
    if stops(marks):
        return None, marks
    whole = tuple(mark for mark in grid.marks if not len(mark.at))
    broken = [mark for mark in grid.marks if len(mark.at)]
    ignored = ignored_rows(grid, matched, rules.source)
    columns = _convert_all(grid, matched, table=table, rules=rules)
    frame = DataFrame({name: column.values for name, column in columns.items()}, index=range(len(grid.rows)))
    exact = {name: column.exact for name, column in columns.items() if column.exact is not None}
    cells = [mark for column in columns.values() for mark in column.marks]
    headers = {name: " ".join(grid.header[at].split()) for name, at in matched.items()}
    return Part(opened, frame, exact, headers, (*whole, *marks, *broken, *ignored, *_elsewhere(cells, broken))), []


def _convert_all(grid: Grid, matched: Mapping[str, int], *, table: Table, rules: Rules) -> dict[str, Converted]:
    """Every column of the table: from the file, from a constant, or unknown throughout."""
    rows = len(grid.rows)
    twins = [name for name in table.twins() if name in matched or name in rules.source.constants]
    columns = {}
    for column in [*table.columns, *(table.column(name) for name in twins)]:
        if column.name in matched:
            at = matched[column.name]
            converted = convert(grid.column(at), column, rules=rules)
            marks = [*converted.marks, *(grid.hints(at) if column.kind == "id" else ())]
            named = [_named(mark, column, header=grid.header[at], soft=_is_soft(table, column)) for mark in marks]
            columns[column.name] = replace(converted, marks=named)
        elif column.name in rules.source.constants:
            constant = pa.array([rules.source.constants[column.name]] * rows, pa.string())
            converted = convert(constant, column, rules=rules)
            named = [_named(mark, column, header=column.name, soft=False) for mark in converted.marks]
            columns[column.name] = replace(converted, marks=named)
        else:
            columns[column.name] = _unknown(column, rows)
    return columns


def _unknown(column: Column, rows: int) -> Converted:
    """A column that the file does not have."""
    nothing = Exact(np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=bool), 0)
    values = Series(index=range(rows), dtype=DTYPES.get(column.kind, "float64"))
    return Converted(values, [], nothing if column.kind == "amount" else None)


def ignored_rows(grid: Grid, matched: Mapping[str, int], source: Source) -> list[Mark]:
    """S17: rows that the engagement leaves out by a value they hold ("" = blank)."""
    marks = []
    for name, values in source.ignore.items():
        if name in matched:
            texts = pc.utf8_trim_whitespace(pc.fill_null(as_text(grid.column(matched[name])), ""))
            at = np.flatnonzero(pc.is_in(texts, pa.array(values, pa.string())).to_numpy(zero_copy_only=False))
            facts = {"ours": name, "values": ", ".join(f'"{value}"' for value in values)}
            marks.append(Mark("S17", FIX, grid.header[matched[name]], at=at, facts=facts, excluded=True))
    return [mark for mark in marks if len(mark.at)]


def _is_soft(table: Table, column: Column) -> bool:
    """Whether a faulty cell costs only itself: in a master, a detail must not take the account and its sales along."""
    return bool(table.key) and not column.required


def _named(mark: Mark, column: Column, *, header: str, soft: bool) -> Mark:
    severity = WARN if soft and mark.severity == QUAR else mark.severity
    return replace(mark, severity=severity, column=" ".join(header.split()), facts={**mark.facts, "ours": column.name})


def _elsewhere(marks: list[Mark], broken: list[Mark]) -> list[Mark]:
    """`marks` without the rows that are broken as a whole."""
    rows = np.concatenate([mark.at for mark in broken]) if broken else np.array([], dtype=np.int64)
    if not len(rows):
        return marks
    kept = [(mark, ~np.isin(mark.at, rows)) for mark in marks]
    return [replace(mark, at=mark.at[keep], values=[v for v, k in zip(mark.values, keep, strict=False) if k])
            for mark, keep in kept if keep.any() or not len(mark.at)]


def convert(array: pa.Array, column: Column, *, rules: Rules) -> Converted:
    """`array` as `column`: text for codes, int64 minor units for amounts, days for dates, floats for measures."""
    match column.kind:
        case "id":
            return Converted(*convert_text(array, read_code))
        case "text":
            return Converted(*convert_text(array, read_text))
        case "choice":
            words = partial(read_choice, choices=column.choices)
            return Converted(*convert_text(array, words, sure=f"^({'|'.join(column.choices)})$"))
        case "bool":
            return Converted(*convert_truth(array))
        case "date" | "month":
            return Converted(*convert_date(array, form=rules.source.date_format, monthly=column.kind == "month"))
        case _:
            return _numeric(array, column, rules)


def _numeric(array: pa.Array, column: Column, rules: Rules) -> Converted:
    exact, marks = read_exact(array, percent=column.kind in ("share", "rate"))
    if column.kind == "amount":
        exact = times(exact, rules.source.unit)
        values, faults = convert_amount(exact, scale=rules.scale, rounds=bool(rules.source.round_lines))
        return Converted(values, [*marks, *faults], exact)
    if column.kind == "int":
        values, faults = convert_count(exact)
        return Converted(values, [*marks, *faults])
    return Converted(convert_measure(exact), marks)
