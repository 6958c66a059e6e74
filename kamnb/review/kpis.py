"""KPI actuals against plan: who misses what, and whether a miss is a signal or the usual noise."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb.review.scope import Scope

POINTS = 8  # with fewer months the natural limits say nothing
LASTING = 3  # months in a row off plan that are no surprise any more
XMR = 2.66  # natural limits of an individuals chart: mean +- 2.66 mean moving ranges
KPIS = ["kpi", "kpi_name", "unit_of_kpi", "account", "name", "month", "planned", "reached", "gap", "kpi_status",
        "signal"]


def compare_kpis(actuals: DataFrame, kpis: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """The latest value of every KPI and account beside its plan, and whether it is a signal.

    `actuals`: kpi_actuals; `kpis`: the KPI dictionary; `accounts`: account, name.  Returns kpi, kpi_name, unit_of_kpi,
    account, name, month, planned, reached, `gap` (reached - planned, counted so that negative is bad), `kpi_status`
    (behind, on_plan, ahead by the KPI's tolerance) and `signal`: lasting where the LASTING latest months all lie on
    the same side beyond the tolerance, sudden where else the latest gap lies outside the natural limits of the earlier
    ones, noise otherwise, few with fewer than POINTS earlier months.
    Sorted by kpi and account.
    Source: method.md A35, feature 25.
    """
    known = actuals[(actuals["month"] <= scope.last) & actuals["actual"].notna() & actuals["plan"].notna()]
    facts = kpis[["kpi", "name", "unit", "direction", "tolerance"]].rename(
        columns={"name": "kpi_name", "unit": "unit_of_kpi"})
    table = known.merge(facts, on="kpi", how="inner").merge(accounts[["account", "name"]], on="account", how="left")
    if table.empty:
        return DataFrame(columns=KPIS)
    table["account"] = table["account"].where(table["account"].notna(), "")
    table = table.sort_values(["kpi", "account", "month"])
    up = table["direction"].map({"up": 1.0, "down": -1.0})
    table["gap"] = (table["actual"] - table["plan"]) * up
    limits = table.groupby(["kpi", "account"])["gap"].apply(_natural_limits).unstack()
    latest = table.drop_duplicates(["kpi", "account"], keep="last").join(limits, on=["kpi", "account"])
    latest["kpi_status"], latest["signal"] = _judge(latest)
    return latest.rename(columns={"plan": "planned", "actual": "reached"})[KPIS].reset_index(drop=True)


def _judge(latest: DataFrame) -> tuple[Series, Series]:
    """Status and signal of every row of `latest`."""
    allowed, gap = latest["tolerance"].where(latest["tolerance"].notna(), 0.0), latest["gap"]
    status = np.select([gap < -allowed, gap > allowed], ["behind", "ahead"], "on_plan")
    lasting = (latest["best"] < -allowed) | (latest["worst"] > allowed)
    steps = [latest["low"].isna(), lasting, (gap < latest["low"]) | (gap > latest["high"])]
    signal = np.select([step.to_numpy(dtype=bool) for step in steps], ["few", "lasting", "sudden"], "noise")
    return Series(status, index=latest.index, dtype="str"), Series(signal, index=latest.index, dtype="str")


def _natural_limits(gaps: Series) -> Series:
    """low, high: natural limits of all gaps but the latest, NaN with fewer than POINTS of them; worst and best gap of
    the LASTING latest months."""
    earlier, recent = gaps.iloc[:-1], gaps.iloc[-LASTING:]
    reach = XMR * earlier.diff().abs().mean() if len(earlier) >= POINTS else float("nan")
    return Series({"low": earlier.mean() - reach, "high": earlier.mean() + reach, "worst": recent.min(),
                   "best": recent.max()})


def summarise_kpis(table: DataFrame) -> dict[str, object]:
    """The facts of the KPI sentence: how many values are behind, how many are new or lasting, and the worst account."""
    if table.empty:
        return {"key": "review.kpi_found.none"}
    behind = table[table["kpi_status"] == "behind"]
    named = behind[behind["name"].notna()]
    worst = named["name"].value_counts(sort=False).sort_index().sort_values(ascending=False, kind="stable")
    return {"key": f"review.kpi_found.{'found' if len(behind) else 'fine'}", "values": len(table),
            "kpis": table["kpi"].nunique(), "behind": len(behind), "sudden": int((behind["signal"] == "sudden").sum()),
            "lasting": int((behind["signal"] == "lasting").sum()), "month": table["month"].max(),
            "worst": worst.index[0] if len(worst) else "", "worst_behind": int(worst.iloc[0]) if len(worst) else 0}
