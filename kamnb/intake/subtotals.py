"""Rows of totals between the lines of a ledger, which would count its sales twice (faults.md S09)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pandas import DataFrame, Series

from kamnb.intake.exact import Exact, decimal_of
from kamnb.intake.marks import STOP, WARN, Mark

TOTAL = re.compile(r"(?:.* )?(?:grand |sub[- ]?)?totals?|.*(?:総合計|合計|小計|総計|累計)|計", re.IGNORECASE)

LIKELY = "計|[tTｔＴ][oOｏＯ][tTｔＴ][aAａＡ]"


def subtotal_rows(frame: DataFrame, amounts: Exact, *, starts: np.ndarray) -> list[Mark]:
    """S09: rows whose code says that they are a total, left out; the intake stops where they are the sum of nothing.

    `frame`: rows not yet excluded, indexed by position through all files; `amounts`: their net sales, by position;
    `starts`: position of each file's first row.
    """
    found = [_named_totals(frame[name]) for name in frame.columns if frame[name].dtype == "str"]
    named = pd.concat(found).sort_index()
    at = named.index.unique().to_numpy()
    if not len(at):
        return []
    wrong = _sums_of_nothing(frame.index.to_numpy(), at, amounts=amounts, starts=starts)
    return [Mark("S09", WARN, at=at, values=[named.iloc[0]], excluded=True), *wrong]


def _named_totals(texts: Series) -> Series:
    """Those of `texts` that name a total."""
    hit = pc.fill_null(pc.match_substring_regex(pa.array(texts), LIKELY), False)
    likely = texts[hit.to_numpy(zero_copy_only=False)]
    return likely[[bool(TOTAL.fullmatch(unicodedata.normalize("NFKC", text))) for text in likely]]


def _sums_of_nothing(rows: np.ndarray, totals: np.ndarray, *, amounts: Exact, starts: Sequence[int]) -> list[Mark]:
    """Totals that equal no block of lines directly above or below them; not judged where a line cannot be read."""
    marks = []
    bounds = [*starts, len(amounts.units)]
    for first, last in zip(bounds[:-1], bounds[1:], strict=True):
        mine = totals[(totals >= first) & (totals < last)]
        lines = np.zeros(last - first, dtype=bool)
        lines[rows[(rows >= first) & (rows < last)] - first] = True
        lines[mine - first] = False
        if amounts.known[first:last][lines].all():
            sums = np.cumsum(np.where(lines, amounts.units[first:last], 0).astype(object))
            known = {0, *sums.tolist()}
            marks += [_wrong(row, amounts) for row in mine if amounts.known[row]
                      and not {sums[row - first] - amounts.units[row], sums[row - first] + amounts.units[row]} & known]
    return marks


def _wrong(row: int, amounts: Exact) -> Mark:
    value = format(decimal_of(int(amounts.units[row]), amounts.places), "f")
    return Mark("S09", STOP, at=np.array([row]), values=[value], facts={"case": "mismatch"}, excluded=True)
