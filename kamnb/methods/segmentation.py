"""Accounts by size (ABC), by steadiness and rhythm of their purchases (XYZ), and both together."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.series import find_gaps, spread_periods

Period = Literal["month", "quarter"]
LEAST = {"month": 6, "quarter": 4}  # with fewer periods since the first purchase, steadiness cannot be told
MAD = 1.4826  # makes the median absolute deviation comparable with a standard deviation


def classify_abc(values: Series, *, cuts: tuple[float, float] = (0.8, 0.95),
                 crossing: Literal["included", "excluded"] = "included") -> DataFrame:
    """Accounts by cumulative share of value, largest first.

    `values`: one amount per account.  Returns `value`, `share`, `cumulative` (0-1, of the values that are not
    negative), `rank` (1 = largest) and `abc`: A, B, C, or "-" for a negative or unknown value, which has no share.
    `crossing`: whether the account that crosses a cut still belongs to the better class.
    Source: method.md 2.2 ABC-XYZ, 2.3 choice 2.
    """
    ordered = values.rename("value").to_frame().rename_axis(index=values.index.name or "account")
    ordered = ordered.sort_index().sort_values("value", ascending=False, kind="stable")
    counted = ordered["value"].astype(float).where(lambda value: value >= 0)
    total = counted.sum()
    ordered["share"] = counted / (total if total > 0 else np.nan)
    ordered["cumulative"] = ordered["share"].cumsum()
    before = ordered["cumulative"] - (ordered["share"] if crossing == "included" else 0)
    # a hair's breadth keeps 0.1 + 0.7 on the right side of 0.8
    limits = [cut - 1e-12 if crossing == "included" else cut + 1e-12 for cut in cuts]
    inside = [(before < cut) if crossing == "included" else (before <= cut) for cut in limits]
    ordered["rank"] = np.arange(1, len(ordered) + 1)
    steps = [ordered["share"].isna().to_numpy(), *(step.to_numpy(dtype=bool) for step in inside)]
    ordered["abc"] = Series(np.select(steps, ["-", "A", "B"], "C"), index=ordered.index, dtype="str")
    return ordered


def measure_variation(panel: DataFrame, *, by: Period = "month", sd: Literal["population", "sample"] = "population"
                      ) -> DataFrame:
    """How much each account's sales vary from period to period, since its first purchase.

    `panel`: account, month, net_sales.  Returns, by account: `periods`, `centre` and `spread` (minor units),
    `cv` (spread / centre, NaN where the centre is not positive) and `robust`.  An account with a negative period
    (returns) has no honest CV: there centre is the median, spread 1.4826 x MAD, and `robust` is True.
    """
    wide = spread_periods(panel, by=by)
    series = wide.where((wide != 0).cummax(axis=1)).astype(float)
    robust = (series < 0).any(axis=1)
    odd = series[robust]  # medians are slow: only where they are needed
    median = odd.median(axis=1)
    deviation = odd.sub(median, axis=0).abs().median(axis=1) * MAD
    centre = series.mean(axis=1).where(~robust, median.reindex(series.index))
    spread = series.std(axis=1, ddof=0 if sd == "population" else 1).where(~robust, deviation.reindex(series.index))
    return DataFrame({"periods": series.count(axis=1), "centre": centre, "spread": spread,
                      "cv": spread / centre.where(centre > 0), "robust": robust})


def class_of_variation(cv: Series, *, cuts: tuple[float, float] = (0.10, 0.25)) -> Series:
    """X below the first cut, Z above the second, Y between; Z too where a CV does not exist.  Source: O30."""
    steps = [(cv < cuts[0]).to_numpy(), (cv <= cuts[1]).to_numpy()]
    return Series(np.select(steps, ["X", "Y"], "Z"), index=cv.index, name="xyz", dtype="str")


def classify_xyz(panel: DataFrame, *, by: Period = "month", sd: Literal["population", "sample"] = "population",
                 cuts: tuple[float, float] = (0.10, 0.25)) -> DataFrame:
    """`measure_variation` plus `xyz`: X, Y, Z, or "-" for too short a history (6 months, 4 quarters) or no sales.

    `panel`: account, month, net_sales; pass it through `series.deseasonalise` first to judge what is left when
    the season is taken out.  Thresholds are rules of thumb.  Source: method.md 2.2 ABC-XYZ, 2.3 choice 1, O30.
    """
    variation = measure_variation(panel, by=by, sd=sd)
    judged = class_of_variation(variation["cv"], cuts=cuts)
    return variation.assign(xyz=judged.where(variation["periods"] >= LEAST[by], "-"))


def measure_rhythm(panel: DataFrame, *, by: Period = "month") -> DataFrame:
    """How often and how regularly each account buys, since its first purchase.

    `panel`: account, month, net_sales.  Returns, by account: `periods`, `active` (share of them with positive
    sales), `intervals` (how many), `interval` (their mean, in periods) and `interval_cv` (NaN with fewer than 2).
    """
    wide = spread_periods(panel, by=by)
    bought = wide.to_numpy(dtype=float) > 0
    rows, gaps = find_gaps(bought)
    periods = Series(np.maximum.accumulate(bought, axis=1).sum(axis=1), index=wide.index).astype("int64")
    number = np.bincount(rows, minlength=len(wide))
    several = np.where(number > 0, number, np.nan)
    mean = np.bincount(rows, weights=gaps, minlength=len(wide)) / several
    spread = np.sqrt(np.bincount(rows, weights=(gaps - mean[rows]) ** 2, minlength=len(wide)) / several)
    return DataFrame({"periods": periods, "active": bought.sum(axis=1) / periods.where(periods > 0), "intervals": number,
                      "interval": mean, "interval_cv": np.where(number >= 2, spread / mean, np.nan)}, index=wide.index)


def classify_frequency(panel: DataFrame, *, by: Period = "month", often: float = 0.8, regular: float = 0.5
                       ) -> DataFrame:
    """`measure_rhythm` plus `xyz` by purchase frequency: X often, Y seldom but regular, Z irregular, "-" too short.

    `often`: share of active periods from which a buyer is frequent; `regular`: interval CV up to which a buyer is
    regular.  Both are rules of thumb.  Source: method.md 2.2 ABC-XYZ (the reading by purchase frequency).
    """
    rhythm = measure_rhythm(panel, by=by)
    steps = [rhythm["periods"] < LEAST[by], rhythm["active"] >= often, rhythm["interval_cv"] <= regular + 1e-12]
    classes = np.select([step.to_numpy(dtype=bool) for step in steps], ["-", "X", "Y"], "Z")
    return rhythm.assign(xyz=Series(classes, index=rhythm.index, dtype="str"))


def advise_period(panel: DataFrame, *, sd: Literal["population", "sample"] = "population",
                  cuts: tuple[float, float] = (0.10, 0.25), limit: float = 0.9) -> DataFrame:
    """Whether XYZ should run by month or by quarter on this panel: one row each.

    `panel`: account, month, net_sales.  Returns `period` (month, quarter), `X`, `Y`, `Z`, `short` (numbers of
    accounts), `share_z` (of the classified) and `advised` (True in one row): quarters when more than `limit` of the
    accounts are Z by month, for then the classes tell accounts apart no longer.
    """
    rows = []
    for period in LEAST:
        classes = classify_xyz(panel, by=period, sd=sd, cuts=cuts)["xyz"]
        counts = classes.value_counts().reindex(["X", "Y", "Z", "-"], fill_value=0)
        rows.append({"period": period, **counts.rename({"-": "short"}).to_dict()})
    counts = DataFrame(rows).iloc[:len(rows) if len(panel) else 0]
    judged = counts[["X", "Y", "Z"]].sum(axis=1)
    share = (counts["Z"] / judged.where(judged > 0)).astype(float)
    quarters = bool(len(share)) and share.iloc[0] > limit and judged.iloc[1] > 0
    return counts.assign(share_z=share, advised=counts["period"] == ("quarter" if quarters else "month"))


def cross_abc_xyz(abc: DataFrame, xyz: DataFrame) -> DataFrame:
    """The nine fields of ABC by XYZ: `abc`, `xyz`, `accounts`, `sales` (minor units) and `share` (of the total).

    `abc`: from `classify_abc`; `xyz`: from `classify_xyz` or `classify_frequency`.  All nine fields come back,
    empty ones with zero; rows with "-" follow where there are accounts without a class, so that the total ties.
    """
    joined = abc[["value", "abc"]].join(xyz["xyz"])
    joined["xyz"] = joined["xyz"].astype("str").fillna("-")
    cells = joined.groupby(["abc", "xyz"])["value"].agg(accounts="size", sales="sum")
    nine = pd.MultiIndex.from_product([list("ABC"), list("XYZ")], names=["abc", "xyz"])
    rest = cells.index.difference(nine) if len(cells) else cells.index
    grid = cells.reindex((nine if len(cells) else nine[:0]).append(rest), fill_value=0)
    grid["share"] = grid["sales"] / grid["sales"].sum() if grid["sales"].sum() > 0 else np.nan
    return grid.rename_axis(index=["abc", "xyz"]).reset_index()
