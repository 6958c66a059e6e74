"""Marks become findings: rows that say which fault stands where, as a person would look it up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from pandas import DataFrame

from kamnb.intake.marks import QUAR, SEVERITIES, Mark
from kamnb.intake.tables import Draft

COLUMNS = ["code", "severity", "table", "file", "sheet", "row", "column", "value", "count", "facts"]
LISTED = 200
WIDEST = 60


def file_finding(mark: Mark, *, table: str, file: str, sheet: str = "") -> dict[str, object]:
    """Finding about a file as a whole, or about its rows as one."""
    value = str(mark.values[0]) if len(mark.values) else ""
    count = int(mark.facts.get("count", max(len(mark.at), 1)))
    return {"code": mark.code, "severity": mark.severity, "table": table, "file": file, "sheet": sheet, "row": None,
            "column": mark.column, "value": shortened(value), "count": count,
            "facts": {"ours": "", **{name: str(fact) for name, fact in mark.facts.items()}}}


def shortened(value: str) -> str:
    """`value` short enough for a sentence."""
    return value if len(value) <= WIDEST else value[: WIDEST - 1] + "…"


def draft_findings(draft: Draft) -> Iterator[dict[str, object]]:
    """Findings on a table: of its files, then of its rows. Rows that left by a rule have no faults of their own."""
    for part in draft.parts:
        for mark in part.marks:
            if not len(mark.at):
                yield file_finding(mark, table=draft.table.name, file=part.opened.name, sheet=part.opened.grid.sheet)
    left = draft.excluded()
    for mark in draft.marks:
        if mark.excluded or not len(mark.at) or not left[mark.at].all():
            yield from _row_findings(mark, draft, np.ones(len(mark.at), bool) if mark.excluded else ~left[mark.at])


def _row_findings(mark: Mark, draft: Draft, kept: np.ndarray) -> Iterator[dict[str, object]]:
    """One finding per row where each row has its value, up to a limit; otherwise one for all of them."""
    at = mark.at[kept]
    if len(mark.values) != len(mark.at) or mark.severity not in (QUAR, "WARN"):
        yield _at_row(mark, draft, at=at, value=str(mark.values[0]) if len(mark.values) else "", count=len(at))
        return
    values = [value for value, keep in zip(mark.values, kept, strict=True) if keep]
    for position, value in list(zip(at, values, strict=True))[:LISTED]:
        yield _at_row(mark, draft, at=np.array([position]), value=str(value), count=1)
    if len(at) > LISTED:
        more = _at_row(mark, draft, at=at[LISTED:], value="", count=len(at) - LISTED)
        yield more | {"facts": more["facts"] | {"more": "1"}}


def _at_row(mark: Mark, draft: Draft, *, at: np.ndarray, **said: object) -> dict[str, object]:
    owner = int(np.searchsorted(draft.starts(), at[0], side="right")) - 1
    part = draft.parts[owner]
    column = part.headers.get(str(mark.facts.get("ours", "")), mark.column)
    finding = file_finding(mark, table=draft.table.name, file=part.opened.name, sheet=part.opened.grid.sheet)
    row = int(part.opened.grid.rows[at[0] - draft.starts()[owner]])
    return finding | {"row": row, "column": column, "value": shortened(str(said["value"])), "count": said["count"]}


def finding_frame(findings: Iterable[dict[str, object]]) -> DataFrame:
    """Findings as a table, worst first, then by table, file and row."""
    frame = DataFrame(list(findings), columns=COLUMNS)
    frame = frame.astype({name: "str" for name in COLUMNS if name not in ("row", "count", "facts")})
    frame = frame.astype({"row": "Int64", "count": "int64"})
    rank = frame["severity"].map({severity: n for n, severity in enumerate(SEVERITIES)})
    ordered = frame.assign(rank=rank).sort_values(["rank", "table", "file", "row", "code", "column", "value"],
                                                  na_position="first", kind="stable")
    return ordered.drop(columns="rank").reset_index(drop=True)


def quarantine_frame(draft: Draft) -> DataFrame:
    """Rows of the table that were set aside, at least one: table, file, sheet, row, code (all of them), original."""
    aside = draft.quarantined()
    codes = pd.Series("", index=np.flatnonzero(aside), dtype=object)
    for mark in draft.marks:
        if mark.severity == QUAR:
            at = mark.at[aside[mark.at]]
            codes[at] = [", ".join(sorted({*filter(None, old.split(", ")), mark.code})) for old in codes[at]]
    pieces = []
    for part, start in zip(draft.parts, draft.starts(), strict=True):
        at = codes.index.to_numpy()
        at = at[(at >= start) & (at < start + len(part.frame))]
        if len(at):
            grid = part.opened.grid
            pieces.append(DataFrame({"table": draft.table.name, "file": part.opened.name, "sheet": grid.sheet,
                                     "row": grid.rows[at - start], "code": codes[at].to_numpy(),
                                     "original": grid.original(at - start)}))
    return pd.concat(pieces, ignore_index=True)


def empty_quarantine() -> DataFrame:
    """No rows set aside."""
    texts = {name: pd.Series(dtype="str") for name in ("table", "file", "sheet", "code", "original")}
    return DataFrame(texts | {"row": pd.Series(dtype="int64")})[["table", "file", "sheet", "row", "code", "original"]]
