"""Masters that are split over files: further columns looked up by a shared key, one partner per row at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import reduce
from pathlib import PurePath

import pyarrow as pa
import pyarrow.compute as pc

from kamnb.intake.cells import as_text
from kamnb.intake.files import Opened, Shelf, open_files
from kamnb.intake.grid import Grid, View
from kamnb.intake.headers import find_header, same_name
from kamnb.intake.marks import QUAR, STOP, WARN, Mark, stops
from kamnb.intake.source import Join


def open_join(shelf: Shelf, join: Join) -> Opened:
    """The one file that `join` means."""
    view = View(sheet=join.sheet, encoding=join.encoding, expected=frozenset(join.on.values()))
    opened = list(open_files(shelf, [join.path], view=view))
    if len(opened) > 1:
        names = ", ".join(other.name for other in opened)
        return Opened(join.path, marks=(Mark("F01", STOP, facts={"case": "several", "names": names}),))
    return opened[0]


def join_grid(grid: Grid, other: Grid, *, join: Join) -> tuple[Grid, list[Mark], list[Mark]]:
    """`grid` with the columns of `other`, the marks on `grid` and those on `other`.

    A column whose name `grid` has already is called <file>.<name>.  K01 if a key of `other` is not unique, K02 for rows
    that find no partner (their joined columns stay blank), S07 for a key column that is not there.
    """
    left, lost_left = _places(grid, list(join.on))
    right, lost_right = _places(other, list(join.on.values()))
    broken = [replace(mark, severity=WARN if mark.severity == QUAR else mark.severity) for mark in other.marks]
    if lost_left or lost_right:
        return grid, lost_left, [*lost_right, *broken]
    mine, theirs = _keys(grid, left), _keys(other, right)
    twice = theirs.filter(pc.invert(pc.is_in(theirs, pa.array([""])))).value_counts()
    twice = [pair["values"].replace("\x1f", " + ") for pair in twice.to_pylist() if pair["counts"] > 1]
    if twice:
        return grid, [], [Mark("K01", STOP, " + ".join(join.on.values()), values=sorted(twice)[:1],
                               facts={"case": "join", "count": len(twice)}), *broken]
    partner = pc.index_in(pc.if_else(pc.equal(mine, ""), None, mine), theirs, skip_nulls=True)
    lost = pc.sum(pc.and_(pc.is_null(partner), pc.not_equal(mine, ""))).as_py() or 0
    alone = [Mark("K02", WARN, " + ".join(join.on), facts={"case": "join", "count": lost, "master": other.file})]
    return _wider(grid, other, partner=partner), alone if lost else [], broken


def _places(grid: Grid, names: Sequence[str]) -> tuple[list[int], list[Mark]]:
    """Positions of the key columns, or S07 for those that are not there."""
    found = [find_header(grid, name) for name in names]
    return [at for at, _ in found], [mark for _, mark in found if mark]


def _keys(grid: Grid, at: Sequence[int]) -> pa.Array:
    """Key of each row as one text, blank where a part of it is."""
    texts = [pc.fill_null(as_text(grid.column(i)), "") for i in at]
    parts = [pc.utf8_normalize(pc.utf8_trim_whitespace(text), form="NFC") for text in texts]
    blank = reduce(pc.or_, [pc.equal(part, "") for part in parts])
    return pc.if_else(blank, "", pc.binary_join_element_wise(*parts, "\x1f"))


def _wider(grid: Grid, other: Grid, *, partner: pa.Array) -> Grid:
    width, taken = len(grid.header), {same_name(header) for header in grid.header}
    stem = PurePath(other.file).stem
    added = tuple(f"{stem}.{name}" if same_name(name) in taken else name for name in other.header)

    def column(at: int) -> pa.Array:
        return grid.column(at) if at < width else other.column(at - width).take(partner)

    return replace(grid, header=(*grid.header, *added), column=column,
                   hints=lambda at: grid.hints(at) if at < width else ())


def joined(grid: Grid, others: Mapping[str, Opened], *, joins: Sequence[Join]) -> tuple[Grid, list[Mark], list]:
    """`grid` after all `joins`, the marks on it, and the marks on the other files, each with the file's name."""
    here: list[Mark] = []
    elsewhere: list[tuple[str, Mark]] = []
    for join in joins:
        other = others[join.path]
        if other.grid is not None and not stops(here):
            grid, mine, theirs = join_grid(grid, other.grid, join=join)
            here += mine
            elsewhere += [(other.name, mark) for mark in theirs]
    return grid, here, elsewhere
