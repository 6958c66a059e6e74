"""The year's target in months and half-years that sum to it exactly."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.targets import split_target
from kamnb.money import growth, ratio, round_half_away

PROPOSED = ["month", "baseline", "target", "growth_target", "capture"]
TARGETS = ["month", "half", "previous_sales", "previous_kind", "baseline", "target", "change", "growth"]


def propose_targets(baseline: DataFrame, *, growth_target: float, capture: float) -> DataFrame:
    """Targets by month: the year before raised by `growth_target`, at least the baseline, spread like the baseline.

    `baseline`: from `spread_baseline`.  Returns month, baseline, target (whole minor units; the months sum to the
    rounded year), and the two choices `growth_target` and `capture` (share of the headroom counted on) in every row,
    so that a saved decision says what it was made with.  Source: method.md A26, A27.
    """
    before = max(int(baseline["previous_sales"].sum()), 0) if len(baseline) else 0
    total = max(int(round_half_away(before * (1 + growth_target))), int(baseline["baseline"].sum()))
    shape = baseline["baseline"].clip(lower=0)
    shape = shape if shape.sum() > 0 else Series(1, index=baseline.index)
    target = split_target(total, shape) if len(baseline) else Series(dtype="int64")
    return baseline[["month", "baseline"]].assign(target=target, growth_target=growth_target, capture=capture)[PROPOSED]


def read_targets(decision: DataFrame, baseline: DataFrame) -> DataFrame:
    """The decided targets beside baseline and the year before, one row per month of the year to plan.

    `decision`: saved rows with month and target; `baseline`: from `spread_baseline`.  Returns `TARGETS`: amounts in
    minor units, `change` and `growth` of the target over the year before.  No rows unless the decision holds a
    target for each of the twelve months.  Raises InputError for a target that is not a whole number.
    """
    columns = {"change": "Int64", "growth": float, "target": "int64"}
    if baseline.empty or not {"month", "target"} <= set(decision.columns):
        return baseline.iloc[:0].assign(target=0, change=0, growth=0.0)[TARGETS].astype(columns)
    months = pd.to_datetime(decision["month"])
    saved = Series(_whole(decision["target"]).array, index=months)
    target = saved[~saved.index.duplicated()].reindex(baseline["month"])
    if target.isna().any():
        return read_targets(decision.iloc[:, :0], baseline)
    rows = baseline.assign(target=target.array)
    grown = growth(rows["previous_sales"].astype(float), rows["target"].astype(float))
    return rows.assign(change=(rows["target"] - rows["previous_sales"]), growth=grown["rate"])[TARGETS].astype(columns)


def list_months(targets: DataFrame) -> DataFrame:
    """The targets by month as a reader sees them: month, previous_sales, baseline, target, change, growth."""
    return targets[["month", "previous_sales", "baseline", "target", "change", "growth"]]


def _whole(values: Series) -> Series:
    """`values` as whole numbers."""
    numbers = pd.to_numeric(values.astype("str").str.replace(",", "", regex=False), errors="coerce")
    wrong = numbers.isna() | (numbers % 1 != 0)
    if wrong.any():
        raise InputError(f"target {values[wrong].iloc[0]!r} is not a whole number", "decisions/actions, column target",
                         "Write a whole number in the currency's smallest unit.")
    return numbers.astype("Int64")


def sum_halves(targets: DataFrame) -> DataFrame:
    """First half, second half and year of the targets.

    `targets`: from `read_targets`.  Returns `period` (first_half, second_half, full_year), previous_sales, baseline,
    target, change, growth and `year_share`: the part of the year's target; the halves sum to the year exactly.
    Source: method.md A27.
    """
    amounts = ["previous_sales", "baseline", "target"]
    parts = targets.groupby("half")[amounts].sum()
    rows = pd.concat([parts, parts.sum().to_frame().T]) if len(parts) else parts
    names = {1: "first_half", 2: "second_half"}
    rows = rows.assign(period=[*(names[number] for number in parts.index), *(["full_year"] * (len(parts) > 0))])
    grown = growth(rows["previous_sales"].astype(float), rows["target"].astype(float))
    whole = Series(float(targets["target"].sum()), index=rows.index)
    return rows.assign(change=rows["target"] - rows["previous_sales"], growth=grown["rate"],
                       year_share=ratio(rows["target"].astype(float), whole)).reset_index(drop=True)[
        ["period", *amounts, "change", "growth", "year_share"]]


def summarise_targets(halves: DataFrame, targets: DataFrame) -> dict[str, object]:
    """The year's target in numbers: year, target, growth, change, previous, baseline, first, second, first_share and
    peak (the largest month); {} without targets."""
    if halves.empty:
        return {}
    year = halves.iloc[-1]
    ordered = targets.sort_values(["target", "month"], ascending=[False, True])
    last_day = (targets["month"].max() + pd.offsets.MonthEnd(0)).normalize()
    return {"year": last_day, "target": int(year["target"]), "growth": year["growth"], "change": int(year["change"]),
            "previous": int(year["previous_sales"]), "baseline": int(year["baseline"]),
            "first": int(halves["target"].iloc[0]), "second": int(halves["target"].iloc[1]),
            "first_share": halves["year_share"].iloc[0], "peak": ordered["month"].iloc[0]}
