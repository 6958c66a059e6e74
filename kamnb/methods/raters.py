"""Whether raters have seen the same accounts: concordance, pairwise agreement, and who dissents where."""

from __future__ import annotations

from itertools import combinations
from typing import Literal

import numpy as np
from pandas import DataFrame, Series
from scipy.special import chdtrc

AGREEMENT = {"criterion": "str", "raters": "int64", "accounts": "int64", "w": float, "p_value": float, "agreement": "str"}
PAIRS = {"rater": "str", "other": "str", "cells": "int64", "same": float, "near": float, "kappa": float, "difference": float}
LEANING = {"rater": "str", "criterion": "str", "cells": "int64", "bias": float, "apart": float}
DISSENT = {"account": "str", "criterion": "str", "rater": "str", "score": float, "others": float, "difference": float}
WHOLE = "all"  # the row over all criteria


def agree_raters(scores: DataFrame, *, cuts: tuple[float, float] = (0.3, 0.7)) -> DataFrame:
    """Kendall's coefficient of concordance W of the raters on every criterion, and over all of them together.

    `scores`: account, criterion, rater, score (empty = cannot say).  Returns criterion ("all" last: by the mean of each
    rater over the cells that everybody rated), `raters`, `accounts` (rated by all of them; the others cannot count),
    `w` (0 = chance, 1 = the same order; corrected for ties), `p_value` (chi-squared approximation) and `agreement`
    (weak, moderate, strong by `cuts`, a rule of thumb; unknown for fewer than two raters or three accounts, or where
    every rater gives everybody the same).  Source: method.md feature 2.
    """
    known = _known(scores)
    wide = known.pivot_table(index=["criterion", "account"], columns="rater", values="score", observed=True)
    rows = [{"criterion": name, **_concord(part.dropna(axis=1, how="all").dropna(), cuts)}
            for name, part in wide.groupby(level="criterion")]
    if rows:
        common = wide.dropna().groupby(level="account").mean()
        rows.append({"criterion": WHOLE, **_concord(common, cuts)})
    return DataFrame(rows, columns=list(AGREEMENT)).astype(AGREEMENT)


def _known(scores: DataFrame) -> DataFrame:
    return scores[scores["score"].notna()].astype({"score": float})


def _concord(wide: DataFrame, cuts: tuple[float, float]) -> dict[str, object]:
    """W of `wide` (accounts by raters, complete), its p-value and its name."""
    accounts, raters = wide.shape
    ranks = wide.rank()
    ties = sum(((counts := column.value_counts().to_numpy(dtype=float)) ** 3 - counts).sum() for _, column in wide.items())
    spread = raters**2 * (accounts**3 - accounts) - raters * ties
    facts = {"raters": raters, "accounts": accounts, "w": np.nan, "p_value": np.nan, "agreement": "unknown"}
    if raters < 2 or accounts < 3 or spread <= 0:
        return facts
    w = 12 * ((ranks.sum(axis=1) - raters * (accounts + 1) / 2) ** 2).sum() / spread
    name = "weak" if w < cuts[0] else "moderate" if w < cuts[1] else "strong"
    return facts | {"w": float(w), "p_value": float(chdtrc(accounts - 1, raters * (accounts - 1) * w)), "agreement": name}


def compare_raters(scores: DataFrame, *, weights: Literal["linear", "quadratic"] = "quadratic") -> DataFrame:
    """Agreement of every pair of raters over the cells (account x criterion) that both rated.

    Returns rater, other, `cells`, `same` (share of equal ratings), `near` (share at most 1 apart), `kappa` (Cohen's
    weighted kappa: 1 = the same, 0 = as chance would have it; NaN where both give everybody the same) and `difference`
    (mean of rater - other: who is the milder), least agreement first.  `weights`: how a gap counts.
    """
    wide = _known(scores).pivot_table(index=["account", "criterion"], columns="rater", values="score", observed=True)
    rows = []
    for first, second in combinations(sorted(wide.columns), 2):
        both = wide[[first, second]].dropna()
        gap = (both[first] - both[second]).abs()
        rows.append({"rater": first, "other": second, "cells": len(both), "same": gap.eq(0).mean(), "near": gap.le(1).mean(),
                     "kappa": weigh_kappa(both[first], both[second], weights=weights),
                     "difference": (both[first] - both[second]).mean()})
    table = DataFrame(rows, columns=list(PAIRS)).astype(PAIRS)
    return table.sort_values(["kappa", "rater", "other"], ignore_index=True)


def weigh_kappa(first: Series, second: Series, *, weights: Literal["linear", "quadratic"] = "quadratic") -> float:
    """Weighted kappa of two series of ratings of the same things; NaN where chance would agree fully, or without any."""
    power = 2 if weights == "quadratic" else 1
    seen, expected = (first - second).abs() ** power, 0.0
    for value, share in second.value_counts(normalize=True).items():
        expected += share * ((first - value).abs() ** power).mean()
    return float(1 - seen.mean() / expected) if expected > 0 else float("nan")


def measure_leaning(scores: DataFrame) -> DataFrame:
    """How each rater lies to the others on each criterion, furthest apart first.

    Returns rater, criterion, `cells` (that somebody else rated too), `bias` (mean of own rating - mean of the others;
    positive = milder) and `apart` (mean distance from the others, whichever way).
    """
    known = _known(scores)
    cell = known.groupby(["account", "criterion"])["score"]
    count, total = cell.transform("size"), cell.transform("sum")
    compared = known.assign(gap=known["score"] - (total - known["score"]) / (count - 1).where(count > 1))
    compared = compared[count > 1].assign(apart=lambda rows: rows["gap"].abs())
    table = compared.groupby(["rater", "criterion"]).agg(cells=("gap", "size"), bias=("gap", "mean"), apart=("apart", "mean"))
    table = table.reset_index().astype(LEANING)[list(LEANING)]
    return table.sort_values(["apart", "rater", "criterion"], ascending=[False, True, True], ignore_index=True)


def list_dissent(scores: DataFrame, *, least: float = 2.0) -> DataFrame:
    """Single ratings that lie `least` or more from what the others say of the same account, widest first.

    Returns account, criterion, rater, `score`, `others` (median of the other raters) and `difference`.  In each cell only
    the rater who stands furthest apart is named, or all who do so equally (two raters alone always do).
    """
    known = _known(scores).drop_duplicates(["account", "criterion", "rater"])
    pairs = known.merge(known, on=["account", "criterion"], suffixes=("", "_other"))
    pairs = pairs[pairs["rater"] != pairs["rater_other"]]
    others = pairs.groupby(["account", "criterion", "rater"])["score_other"].median().rename("others")
    table = known.join(others, on=["account", "criterion", "rater"])
    table["difference"] = table["score"] - table["others"]
    table["apart"] = table["difference"].abs()
    widest = table.groupby(["account", "criterion"])["apart"].transform("max")
    named = table[(table["apart"] >= least) & (table["apart"] == widest)]
    ordered = named.sort_values(["apart", "account", "criterion", "rater"], ascending=[False, True, True, True], ignore_index=True)
    return ordered[list(DISSENT)].astype(DISSENT)


def average_by_rater(scores: DataFrame, *, without: tuple[str, ...] = ("relationship",)) -> DataFrame:
    """Mean rating of each account by each rater over all criteria but those named: account, rater, `liking`, `cells`.

    Relationship is left out because it says how near the account is, not how good.
    """
    known = _known(scores)
    kept = known[~known["criterion"].isin(without)].groupby(["account", "rater"], as_index=False)
    return kept.agg(liking=("score", "mean"), cells=("score", "size"))
