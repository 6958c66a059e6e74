"""A file's table as written: header, text or typed columns, and the row numbers that Excel shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from kamnb.intake.marks import FIX, QUAR, STOP, WARN, Mark

PEEK = 20
LIMITS = (65_536, 1_048_576)


def no_hints(_: int) -> tuple[Mark, ...]:
    """Nothing to say about a column of codes."""
    return ()


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of one file or sheet, not yet mapped.

    `column(i)`: cells of the i-th column as a pyarrow array; `rows`: each row's number as Excel shows it;
    `original(positions)`: those rows as text; `hints(i)`: marks that matter only where the i-th column holds codes;
    `top`: the first rows of the file, whatever they hold.
    """

    file: str
    sheet: str
    header: tuple[str, ...]
    rows: np.ndarray
    column: Callable[[int], pa.Array]
    original: Callable[[np.ndarray], list[str]]
    encoding: str = ""
    marks: tuple[Mark, ...] = ()
    hints: Callable[[int], tuple[Mark, ...]] = no_hints
    top: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class View:
    """How a file is to be looked at; `expected` are the headers that are looked for."""

    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    header_row: int = 1
    expected: frozenset[str] = field(default=frozenset(), compare=False)


def grid_of_rows(file: str, records: list[list[str]], *, sheet: str = "", header_row: int = 1) -> Grid:
    """Grid of `records`, the file's rows of text from its first one; `header_row` is counted from 1."""
    header = header_of(records, header_row)
    body = records[header_row:]
    filled = np.fromiter((any(map(str.strip, record)) for record in body), dtype=bool, count=len(body))
    kept = [body[at] for at in np.flatnonzero(filled)]
    marks = [*_blank_rows(filled, header_row), *_uneven(kept, len(header)), *_cut(len(records))]
    wrong = {int(at): kept[at] for mark in marks for at in mark.at}
    even = [[None] * len(header) if at in wrong else record for at, record in enumerate(kept)] if wrong else kept
    columns = [pa.array(cells, pa.string()) for cells in zip(*even, strict=True)]
    columns = columns or [pa.array([], pa.string()) for _ in header]
    return Grid(file, sheet, header, np.flatnonzero(filled) + header_row + 1, columns.__getitem__,
                _writer(columns, wrong), marks=tuple(marks), top=tuple(map(tuple, records[:PEEK])))


def header_of(records: Sequence[Sequence[str]], header_row: int) -> tuple[str, ...]:
    """Cells of the header row up to the last one that is filled in."""
    record = records[header_row - 1] if len(records) >= header_row else ()
    last = max((at for at, cell in enumerate(record) if cell.strip()), default=-1)
    return tuple(record[: last + 1])


def _blank_rows(filled: np.ndarray, header_row: int) -> list[Mark]:
    """S11: rows without any content between rows with some, left out and counted."""
    inner = np.flatnonzero(filled)
    gaps = np.flatnonzero(~filled[: inner[-1]]) if len(inner) else inner
    return [Mark("S11", FIX, facts={"count": len(gaps), "first": int(gaps[0]) + header_row + 1})] if len(gaps) else []


def _uneven(records: list[list[str]], width: int) -> list[Mark]:
    """S01: data rows that end in one more delimiter than the header; S02: rows with too many or too few fields."""
    lengths = np.fromiter(map(len, records), dtype=np.int64, count=len(records))
    odd = np.flatnonzero(lengths != width) if width else []
    trailing = [at for at in odd if lengths[at] == width + 1 and not records[at][-1].strip()]
    others = sorted(set(odd) - set(trailing))
    marks = [Mark("S02", QUAR, at=np.array([at]), facts={"expected": width, "actual": lengths[at]}) for at in others]
    if trailing:
        marks.append(Mark("S01", STOP, at=np.array(trailing), facts={"expected": width, "actual": width + 1}))
    return marks


def _cut(records: int) -> list[Mark]:
    """S14: exactly as many rows as a spreadsheet can hold."""
    return [Mark("S14", WARN, facts={"count": records})] if records in LIMITS else []


def _writer(columns: list[pa.Array], wrong: dict[int, list[str]]) -> Callable[[np.ndarray], list[str]]:
    """Function that writes the rows at some positions as one line of CSV each."""
    def write(at: np.ndarray) -> list[str]:
        cells = zip(*(column.take(pa.array(at)).to_pylist() for column in columns), strict=True)
        return [as_line(wrong.get(int(position), record)) for position, record in zip(at, cells, strict=True)]
    return write


def as_line(record: Sequence[object]) -> str:
    """`record` as one line of CSV without its line end."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(["" if cell is None else cell for cell in record])
    return out.getvalue()
