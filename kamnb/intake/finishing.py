"""The last step of a table: amounts rounded, returns entered, columns typed for good, totals struck."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from pandas import DataFrame

from kamnb.intake.controls import control_totals
from kamnb.intake.exact import take_exact
from kamnb.intake.findings import file_finding
from kamnb.intake.returns import Slips, mirror, returned_rows, unknown_slips
from kamnb.intake.rounding import round_to_total
from kamnb.intake.tables import Draft


@dataclass(frozen=True)
class Finished:
    """Accepted rows of a table, its control totals, and what was found on the way."""

    rows: DataFrame
    controls: list[dict[str, object]]
    findings: list[dict[str, object]]


def finish(draft: Draft, *, slips: Slips | None, scale: int) -> Finished:
    """The accepted rows of `draft`, lines of returned `slips` entered once more as returns."""
    rows = draft.frame[draft.live()]
    if draft.source.round_lines == "total":
        rows = _rounded(draft, rows, scale=scale)
    rows = rows.astype({column.name: column.dtype for column in draft.table.columns})
    added = mirror(rows[returned_rows(rows, slips.numbers)]) if slips else rows.iloc[:0]
    findings = [file_finding(mark, table=draft.table.name, file=slips.opened.name)
                for mark in unknown_slips(rows, slips)] if slips else []
    table = pd.concat([rows, added], ignore_index=True) if len(added) else rows.reset_index(drop=True)
    return Finished(table, control_totals(draft, rows, added=added, scale=scale), findings)


def _rounded(draft: Draft, rows: DataFrame, *, scale: int) -> DataFrame:
    """`rows` with every amount rounded so that its total is the exact total, rounded once."""
    whole = rows.copy()
    for name, exact in draft.exact.items():
        known = rows.index[rows[name].notna()]
        values = take_exact(exact, known.to_numpy())
        whole.loc[known, name] = round_to_total(values, rows.loc[known], scale=scale)
    return whole
