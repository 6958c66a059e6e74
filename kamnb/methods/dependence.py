"""Who needs whom: dependence both ways, steadiness, and whether terms drift against us."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import last_complete_month
from kamnb.methods.segmentation import measure_variation
from kamnb.money import ratio

DEPENDENCE = ["ours", "theirs", "balance"]
STABLE = ["tenure", "tenure_from", "active", "cv", "robust"]
DRIFT = {"years": "int64", "first": float, "last": float, "drift": float, "verdict": "str"}
BUYERS = {"year": "datetime64[us]", "buyers": "int64", "entered": "Int64", "left": "Int64", "sales": "int64", "per_buyer": float}


def measure_dependence(sales: Series, purchases: Series, *, ours: float = 0.05, theirs: float = 0.20) -> DataFrame:
    """Dependence of each account and us on one another, by account.

    `sales`: our sales of a year; `purchases`: what the account buys a year in our categories from all makers, at our prices
    (may be empty or have gaps).  Returns `ours` (share of our sales that hangs on it), `theirs` (share of its purchases that
    hangs on us) and `balance`: mutual, we_depend (only we do), they_depend, loose (neither), unknown (purchases are not
    known, and we do or do not depend).  Thresholds are rules of thumb.  Source: method.md E24, C05.
    """
    amounts = sales.astype("Float64").astype(float)
    share = ratio(amounts, Series(float(amounts.clip(lower=0).sum()), index=amounts.index))
    part = ratio(amounts, purchases.astype("Float64").astype(float).reindex(amounts.index))
    table = DataFrame({"ours": share, "theirs": part}).rename_axis(index="account")
    we, they = share >= ours, part >= theirs
    steps = [part.isna() | share.isna(), we & they, we, they]
    codes = np.select([step.to_numpy(dtype=bool) for step in steps], ["unknown", "mutual", "we_depend", "they_depend"], "loose")
    return table.assign(balance=Series(codes, index=table.index, dtype="str"))[DEPENDENCE]


def measure_stability(panel: DataFrame, opened: Series, *, as_of: Timestamp) -> DataFrame:
    """How long and how steadily each account buys, by account.

    `panel`: account, month, net_sales (pass it through `series.deseasonalise` to leave the season out); `opened`: day of the
    first trade by account, where known.  Returns `tenure` (years to `as_of`), `tenure_from` (master; ledger: at least that
    long, the ledger may begin later), `active` (share of the last 12 complete months with a purchase), `cv` of quarters and
    `robust` (`measure_variation`).  Source: method.md E25.
    """
    last = last_complete_month(as_of)
    known = panel[panel["month"] <= last]
    bought = known[known["net_sales"] > 0]
    recent = bought[bought["month"] > last - pd.DateOffset(months=12)]
    variation = measure_variation(known, by="quarter")[["cv", "robust"]]
    begun = bought.groupby("account")["month"].min().reindex(variation.index)
    master = opened.reindex(variation.index).astype("datetime64[us]")
    earlier = master.notna() & ~(master > begun)
    first = begun.astype("datetime64[us]").mask(earlier, master)
    table = variation.assign(tenure=(as_of - first).dt.days / 365.25,
                             active=recent.groupby("account")["month"].nunique().reindex(variation.index, fill_value=0) / 12)
    return table.assign(tenure_from=earlier.map({True: "master", False: "ledger"}).astype("str"))[STABLE]


def measure_price_drift(waterfall: DataFrame, *, least: float = 0.005) -> DataFrame:
    """Whether what is left of the list price goes down from year to year, by account.

    `waterfall`: from `pricing.build_waterfall`.  Returns `years` (with a known rate), `first`, `last` (pocket price / list price of
    the oldest and the latest of them), `drift` (slope of a straight line, a year; negative = the account's bargaining gains
    ground) and `verdict`: losing, gaining, steady (within `least` a year), unknown (fewer than two years).
    Source: method.md E27.
    """
    rows = waterfall.astype({"pocket": "Float64", "list": "Float64"})
    rows = rows.assign(rate=ratio(rows["pocket"], rows["list"]).astype("Float64").astype(float)).dropna(subset=["rate"])
    rows = rows.sort_values(["account", "year"]).assign(place=lambda table: table["year"].dt.year.astype(float))
    groups = rows.groupby("account")
    away = rows["place"] - groups["place"].transform("mean")
    sums = DataFrame({"account": rows["account"], "xy": away * rows["rate"], "xx": away**2}).groupby("account").sum()
    drift = ratio(sums["xy"], sums["xx"])
    steps = [drift.isna(), drift <= -least, drift >= least]
    verdict = np.select([step.to_numpy(dtype=bool) for step in steps], ["unknown", "losing", "gaining"], "steady")
    table = groups.agg(years=("rate", "size"), first=("rate", "first"), last=("rate", "last"))
    return table.assign(drift=drift, verdict=verdict).astype(DRIFT)


def count_buyers(yearly: DataFrame) -> DataFrame:
    """How many accounts bought in each year: does our market of buyers shrink?

    `yearly`: account, year, net_sales.  Returns year, `buyers` (with positive sales), `entered`, `left` (against the year before;
    unknown in the first), `sales` (minor units) and `per_buyer`, oldest first.  Source: method.md C01.
    """
    sums = yearly.groupby(["year", "account"], observed=True)["net_sales"].sum()
    bought, rows, before = sums[sums > 0], [], None
    for year in sorted(yearly["year"].unique()):
        now = set(bought.loc[year].index) if year in bought.index.get_level_values(0) else set()
        sales = int(sums.loc[year].sum())
        rows.append({"year": year, "buyers": len(now), "entered": pd.NA if before is None else len(now - before),
                     "left": pd.NA if before is None else len(before - now), "sales": sales,
                     "per_buyer": sales / len(now) if now else np.nan})
        before = now
    return DataFrame(rows, columns=list(BUYERS)).astype(BUYERS)
