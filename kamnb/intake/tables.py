"""The files of a table put together, and the checks that need its rows side by side."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.intake.dictionary import REQUIRED, Table
from kamnb.intake.duplicates import differing_keys, later_rows, repeated_rows
from kamnb.intake.exact import Exact, take_exact, total
from kamnb.intake.mapping import Part
from kamnb.intake.marks import FIX, STOP, WARN, Mark, excluded, positions
from kamnb.intake.numeric import join_columns
from kamnb.intake.schemas import check_cells, check_keys
from kamnb.intake.source import Source
from kamnb.intake.subtotals import subtotal_rows

PAST = {"sales": ("date",), "sellthru": ("month",), "pos": ("month",), "stock": ("month",), "visits": ("date",),
        "contacts_log": ("date",), "store_checks": ("date",), "ar": ("issued", "paid_on"), "agreements": ("date",)}
LONG_AGO = pd.Timestamp("1980-01-01")


@dataclass(frozen=True, eq=False)
class Draft:
    """A table on its way: all rows of all its files, and the marks on them. Positions count through all files."""

    table: Table
    source: Source
    parts: tuple[Part, ...]
    frame: DataFrame
    exact: Mapping[str, Exact]
    marks: tuple[Mark, ...]

    def starts(self) -> np.ndarray:
        """Position of each file's first row."""
        return np.cumsum([0, *(len(part.frame) for part in self.parts)])[:-1]

    def excel_rows(self) -> np.ndarray:
        """Each row's number as Excel shows it."""
        return np.concatenate([part.opened.grid.rows for part in self.parts])

    def excluded(self) -> np.ndarray:
        """Rows that leave by a rule."""
        return excluded(self.marks, len(self.frame))

    def quarantined(self) -> np.ndarray:
        """Rows that are set aside as faulty."""
        return positions(self.marks, len(self.frame)) & ~self.excluded()

    def live(self) -> np.ndarray:
        """Rows that are accepted as things stand."""
        return ~self.excluded() & ~positions(self.marks, len(self.frame))

    def with_marks(self, marks: Sequence[Mark]) -> Draft:
        """The same draft with more marks."""
        return replace(self, marks=(*self.marks, *marks)) if marks else self


def assemble(parts: Sequence[Part], *, table: Table, source: Source) -> Draft:
    """The parts of one table below each other, not yet checked."""
    starts = np.cumsum([0, *(len(part.frame) for part in parts)])[:-1]
    frame = pd.concat([part.frame for part in parts], ignore_index=True)
    marks = [mark.shifted(int(start)) for part, start in zip(parts, starts, strict=True)
             for mark in part.marks if len(mark.at)]
    exact = {name: join_columns([part.exact[name] for part in parts]) for name in parts[0].exact}
    return Draft(table, source, tuple(parts), frame, exact, tuple(marks))


def check_table(draft: Draft, *, as_of: date) -> Draft:
    """`draft` with the marks of every check; each check sees what the ones before it found."""
    for check in CHECKS:
        draft = draft.with_marks(check(draft))
    draft = draft.with_marks(_odd_dates(draft, as_of))
    return forget_cells(draft)


def _subtotals(draft: Draft) -> list[Mark]:
    """S09: rows of totals in the ledger."""
    if draft.table.name != "sales":
        return []
    return subtotal_rows(draft.frame[~draft.excluded()], draft.exact["net_sales"], starts=draft.starts())


def _cells(draft: Draft) -> list[Mark]:
    """What the schema says of cells that nothing was said about yet; rows without cells (S02) are left alone."""
    broken = [mark.at for mark in draft.marks if mark.code == "S02"]
    rows = ~draft.excluded()
    rows[np.concatenate(broken) if broken else []] = False
    known = {(mark.facts.get("ours"), at) for mark in draft.marks if mark.severity != FIX for at in mark.at}
    marks = []
    for mark in check_cells(draft.frame[rows], draft.table):
        fresh = [n for n, at in enumerate(mark.at) if (mark.column, at) not in known]
        if fresh:
            marks.append(replace(mark, at=mark.at[fresh], values=[mark.values[n] for n in fresh]))
    return marks


def _repeats(draft: Draft) -> list[Mark]:
    """K06: rows that are equal in everything the files say, dropped only if the engagement says so."""
    drop = draft.source.dedupe == "exact"
    if draft.source.distinct or (draft.table.key and not drop):
        return []
    originals = [part.opened.grid.original for part in draft.parts]
    at = repeated_rows(draft.frame[draft.live()], originals, starts=draft.starts())
    if not len(at):
        return []
    measure = measured(draft.table)
    amount = total(take_exact(draft.exact[measure], at)) if measure else ""
    facts = {"amount": amount, "case": "dropped" if drop else ""}
    return [Mark("K06", FIX if drop else WARN, at=at, facts=facts, excluded=drop)]


def _distinct(draft: Draft) -> list[Mark]:
    """S17 and K01: all rows of a key but the first leave a master that is taken from a longer file."""
    if not draft.source.distinct or not draft.table.key:
        return []
    live = draft.frame[draft.live()]
    at, key = later_rows(live, draft.table.key), list(draft.table.key)
    marks = [Mark("S17", FIX, at=at, facts={"case": "distinct", "ours": key[0]}, excluded=True)] if len(at) else []
    differing, columns = differing_keys(live, key)
    if len(differing):
        marks.append(Mark("K01", WARN, key[0], at=differing, values=draft.frame.loc[differing[:1], key[0]].tolist(),
                          facts={"case": "differ", "ours": key[0], "columns": ", ".join(columns)}))
    return marks


def _keys(draft: Draft) -> list[Mark]:
    """K01: keys that occur twice."""
    if not draft.table.key:
        return []
    return check_keys(draft.frame.loc[draft.live(), list(draft.table.key)], draft.table)


CHECKS: tuple[Callable[[Draft], list[Mark]], ...] = (_subtotals, _cells, _repeats, _distinct, _keys)


def check_rows_left(draft: Draft) -> Draft:
    """`draft`, stopped (S16) where it must have rows and not one can be used."""
    needed = draft.table.name in REQUIRED and len(draft.frame) and not draft.live().any()
    everything = np.arange(len(draft.frame))
    return draft.with_marks([Mark("S16", STOP, at=everything)]) if needed else draft


def _odd_dates(draft: Draft, as_of: date) -> list[Mark]:
    """D06: days after the as-of day where only past ones make sense, and days long ago."""
    marks, live = [], draft.live()
    for column in draft.table.columns:
        if column.kind in ("date", "month"):
            days = draft.frame[column.name]
            future = live & (days > pd.Timestamp(as_of)) & (column.name in PAST.get(draft.table.name, ()))
            cases = {"future": future, "old": live & (days < LONG_AGO)}
            marks += [Mark("D06", WARN, column.name, at=np.flatnonzero(hit), values=[str(days[hit].iloc[0].date())],
                           facts={"case": case, "ours": column.name, "as_of": as_of.isoformat()})
                      for case, hit in cases.items() if hit.any()]
    return marks


def forget_cells(draft: Draft) -> Draft:
    """`draft` with the cells missing that were refused but did not take their row along."""
    soft = [mark for mark in draft.marks if mark.severity == WARN and mark.code in ("N22", "N23")]
    frame = draft.frame.copy() if soft else draft.frame
    for mark in soft:
        frame.loc[mark.at, mark.facts["ours"]] = None
    return replace(draft, frame=frame)


def measured(table: Table) -> str:
    """The amount that a table's control totals are about: its first one that must be filled in, or none."""
    return next((c.name for c in table.columns if c.kind == "amount" and c.required), "")
