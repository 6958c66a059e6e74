"""Sales against plan in the running fiscal year: only complete months, who is behind and who ahead, in money."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, DatetimeIndex, Series

from kamnb import calendar, money
from kamnb.methods.targets import split_targets
from kamnb.review.scope import Scope

UNITS = ["unit", "unit_name", "plan", "actual", "difference", "attainment", "status"]
ACCOUNTS = ["account", "name", "channel_name", "key", "plan", "actual", "difference", "attainment", "status"]


def spread_plan(plan: DataFrame, panel: DataFrame, *, accounts: DataFrame, scope: Scope) -> DataFrame:
    """The plan of the reviewed and of the running year by month, every row with its channel.

    `plan`: the plan table; `panel`: account, month, net_sales; `accounts`: from `name_accounts`.  A row of a plan that
    was made by quarter or year stands for all months until the next one; it is spread over them like the sales of
    the same months a year before.  Returns month, account, channel, category, net_sales (minor units; totals stay
    exact) and `spread` (whether the month is our estimate).  Source: method.md A35; faults.md d.5.
    """
    channels = accounts.set_index("account")["channel"]
    named = plan.assign(channel=plan["channel"].where(plan["channel"].notna(), plan["account"].map(channels)))
    periods = _list_periods(named["month"], scope=scope)
    lasting = periods["start"].value_counts()
    long = named["month"].map(lasting) > 1
    whole = named[~long].assign(spread=False)
    parts = _split_rows(named[long], periods=periods, weights=_weigh_months(panel, periods["month"]))
    months = calendar.year_months(scope.year, start=scope.start).union(
        calendar.year_months(scope.landing, start=scope.start))
    rows = pd.concat([part for part in (whole, parts) if len(part)] or [whole], ignore_index=True)
    columns = ["month", "account", "channel", "category", "net_sales", "spread"]
    return rows.loc[rows["month"].isin(months), columns].reset_index(drop=True)


def _list_periods(planned: Series, *, scope: Scope) -> DataFrame:
    """Every month (`month`) that a planned month (`start`) stands for: itself and those until the next planned one."""
    starts = DatetimeIndex(sorted(planned.unique()))
    if starts.empty:
        return DataFrame({"start": planned, "month": planned})
    number = starts.year * 12 + starts.month
    usual = int(np.median(np.diff(number))) if len(starts) > 1 else 12 - int(
        calendar.fiscal_period(Series(starts), start=scope.start).iloc[0]) + 1
    lengths = [*np.minimum(np.diff(number), 12), usual]
    return DataFrame([(begin, begin + pd.DateOffset(months=step)) for begin, length in zip(starts, lengths, strict=True)
                      for step in range(length)], columns=["start", "month"])


def _weigh_months(panel: DataFrame, months: Series) -> Series:
    """Sales of the whole a year before each of `months`; the mean where there were none, ones without any."""
    totals = panel.groupby("month")["net_sales"].sum()
    before = Series((months - pd.DateOffset(years=1)).map(totals).to_numpy(dtype=float), index=months)
    known = before[before > 0]
    return before.where(before > 0, known.mean() if len(known) else 1.0)


def _split_rows(rows: DataFrame, *, periods: DataFrame, weights: Series) -> DataFrame:
    """Each row of `rows` spread over the months it stands for, to the last minor unit."""
    parts = []
    for start, group in rows.groupby("month"):
        months = periods.loc[periods["start"] == start, "month"]
        share = DataFrame(np.tile(weights[months].to_numpy(), (len(group), 1)), index=group.index, columns=list(months))
        cells = split_targets(group["net_sales"], share)
        long = cells.rename_axis(index="row", columns="spread_month").stack().rename("amount").reset_index()
        placed = group.loc[long["row"]].reset_index(drop=True)
        parts.append(placed.assign(month=long["spread_month"], net_sales=long["amount"], spread=True))
    return pd.concat(parts, ignore_index=True) if parts else rows.assign(spread=True)


def cut_plan(plan: DataFrame, *, scope: Scope) -> DataFrame:
    """The rows of `plan` (from `spread_plan`) that are due: those of the complete months under review."""
    return plan[plan["month"].isin(scope.done)].reset_index(drop=True)


def compare_units(due: DataFrame, sales: DataFrame, *, scope: Scope) -> DataFrame:
    """Plan and actual by channel; by category, or for the whole, where not every row of the plan has a known channel.

    `due`: from `cut_plan`; `sales`: account x category rows from `place_sales`.  Returns unit, unit_name, plan, actual,
    difference (minor units), `attainment` (actual / plan) and `status` (behind, on_plan, ahead by the tolerance;
    unplanned, with unknown plan, where there is none), most behind first.
    """
    unit = next((name for name in ("channel", "category") if len(due) and due[name].isin(sales[name]).all()), None)
    now = sales[sales["period"] == "current"] if len(due) else sales.iloc[:0]
    planned, sold = (rows.groupby(rows[unit] if unit else Series("", index=rows.index, dtype="str"))["net_sales"].sum()
                     for rows in (due, now))
    table = _measure_gaps(planned, sold, tolerance=scope.rules.tolerance).rename_axis("unit").reset_index()
    names = sales.drop_duplicates("channel").set_index("channel")["channel_name"]
    table["unit_name"] = table["unit"].map(names).where(table["unit"].isin(names.index), table["unit"])
    return table.sort_values(["difference", "unit"], ignore_index=True)[UNITS]


def compare_accounts(due: DataFrame, sales: DataFrame, *, keys: DataFrame, scope: Scope) -> DataFrame:
    """Plan and actual of every account that has a plan of its own.

    `due`: from `cut_plan`; `sales`: from `place_sales`; `keys`: from `choose_accounts`.  Columns as `compare_units`,
    with account, name, channel_name and `key` (is a key account); most behind first.
    """
    planned = due[due["account"].notna()].groupby("account")["net_sales"].sum()
    sold = sales[sales["period"] == "current"].groupby("account")["net_sales"].sum()
    table = _measure_gaps(planned, sold[sold.index.isin(planned.index)], tolerance=scope.rules.tolerance)
    table = table.reset_index(names="account")
    names = sales.drop_duplicates("account").set_index("account")[["name", "channel_name"]]
    table = table.join(names, on="account").assign(key=table["account"].isin(keys["account"]))
    table["name"] = table["name"].where(table["name"].notna(), table["account"])
    return table.sort_values(["difference", "account"], ignore_index=True)[ACCOUNTS]


def list_gaps(gaps: DataFrame) -> DataFrame:
    """The rows of `gaps` (from `compare_accounts`) worth a look: off plan by more than the tolerance, or key."""
    return gaps[(gaps["status"] != "on_plan") | gaps["key"].astype(bool)].reset_index(drop=True)


def _measure_gaps(planned: Series, sold: Series, *, tolerance: float) -> DataFrame:
    """Plan, actual, difference, attainment, status on the union of both indices; what the ledger lacks is no sale."""
    both = DataFrame({"plan": planned.astype("Int64")}).join(sold.rename("actual"), how="outer")
    both["actual"] = both["actual"].astype("Int64").fillna(0)
    both["difference"] = both["actual"] - both["plan"]
    both["attainment"] = money.ratio(both["actual"].astype(float), both["plan"].astype(float))
    both["status"] = judge_attainment(both["attainment"], tolerance=tolerance)
    return both


def judge_attainment(attainment: Series, *, tolerance: float) -> Series:
    """behind, on_plan or ahead: further from 1 than `tolerance` or not; unplanned where it is unknown."""
    steps = [attainment.isna(), attainment < 1 - tolerance, attainment > 1 + tolerance]
    return Series(np.select([step.to_numpy(dtype=bool) for step in steps], ["unplanned", "behind", "ahead"], "on_plan"),
                  index=attainment.index, dtype="str")


def total_gap(units: DataFrame) -> dict[str, object]:
    """Plan, actual, difference and attainment of all planned `units` (from `compare_units`); nothing for no rows."""
    planned = units[units["plan"].notna()]
    if planned.empty:
        return {}
    plan, actual = int(planned["plan"].sum()), int(planned["actual"].sum())
    return {"plan": plan, "actual": actual, "difference": actual - plan,
            "attainment": actual / plan if plan > 0 else float("nan")}


def summarise_plan(units: DataFrame, due: DataFrame, *, scope: Scope) -> dict[str, object]:
    """The facts of the plan sentence: the total, the unit that is most behind and the one most ahead.

    `units`: from `compare_units`; `due`: from `cut_plan`.  The key tells a plan by month from one we had to spread
    over months, and a single unit from several.
    """
    planned = units[units["plan"].notna()]
    if planned.empty:
        return {"key": "review.plan_found.none"}
    worst, best = planned.iloc[0], planned.iloc[-1]
    partly = bool(due["spread"].any()) and len(scope.done) < 12
    form = ("one" if len(planned) == 1 else "several") + ("_spread" if partly else "")
    return {"key": f"review.plan_found.{form}", **total_gap(units), "tolerance": scope.rules.tolerance,
            "worst": worst["unit_name"], "worst_difference": int(worst["difference"]), "best": best["unit_name"],
            "units": len(planned), "best_difference": int(best["difference"]),
            "behind": int((planned["status"] == "behind").sum())}


def summarise_accounts(gaps: DataFrame) -> dict[str, object]:
    """The facts of the sentence on accounts: how many are behind and ahead, with how much money, and the worst.

    `gaps`: from `compare_accounts`.
    """
    if gaps.empty:
        return {"key": "review.gaps_found.none"}
    behind, ahead = (gaps[gaps["status"] == status] for status in ("behind", "ahead"))
    return {"key": f"review.gaps_found.{'found' if len(behind) else 'fine'}", "accounts": len(gaps),
            "behind": len(behind), "short": -int(behind["difference"].sum()), "ahead": len(ahead),
            "over": int(ahead["difference"].sum()), "worst": list(behind["name"].head(3))}
