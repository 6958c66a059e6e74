"""Where the running fiscal year will land: whole, channels, key accounts, with range, plan and what the test said."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series
from scipy.special import stdtr

from kamnb.methods.forecast import REACH, forecast_landing, project_months
from kamnb.methods.series import round_amounts
from kamnb.methods.targets import split_target
from kamnb.review.scope import Scope, year_end

SUREST = 0.01  # a dozen forecasts of the past cannot tell one in a hundred from one in a thousand
MONTHS = 12  # a plan of fewer months is no plan of the year
FREEDOM = 6  # independent windows of the backtest that forecast_landing counts with
LANDING = ["level", "unit", "unit_name", "actual", "p10", "p50", "p90", "plan", "difference", "chance",
           "previous_sales", "growth", "model", "mase"]


def forecast_units(panel: DataFrame, *, accounts: DataFrame, keys: DataFrame, scope: Scope) -> DataFrame:
    """The landing of the running fiscal year for the whole, every channel and every key account.

    `panel`: account, month, net_sales; `accounts`, `keys`: from scope.  Returns level (total, channel, account), unit,
    unit_name and the columns of methods.forecast.forecast_landing.  The channels' forecasts are scaled to that of the
    whole, so that they add up to it; key accounts stand for themselves.
    """
    series = [_label_series(panel, accounts, keys=keys, level=level) for level in ("total", "channel", "account")]
    long = pd.concat(series, ignore_index=True)
    names = long.drop_duplicates("account").set_index("account")[["level", "unit", "unit_name"]]
    landing = forecast_landing(long, year=scope.landing, as_of=scope.as_of, start=scope.start)
    table = names.join(landing, how="inner")
    return _add_up(table).reset_index(drop=True)


def _label_series(panel: DataFrame, accounts: DataFrame, *, keys: DataFrame, level: str) -> DataFrame:
    """Rows of `panel` whose account is the series of `level` they belong to, with level, unit and unit_name."""
    rows = panel[["account", "month", "net_sales"]].merge(accounts, on="account", how="inner")
    if level == "account":
        rows = rows[rows["account"].isin(keys["account"])]
    unit = {"total": Series("", index=rows.index), "channel": rows["channel"], "account": rows["account"]}[level]
    name = {"total": Series("", index=rows.index), "channel": rows["channel_name"], "account": rows["name"]}[level]
    return DataFrame({"account": level + "/" + unit, "month": rows["month"], "net_sales": rows["net_sales"],
                      "level": level, "unit": unit, "unit_name": name})


def _add_up(table: DataFrame) -> DataFrame:
    """`table` with the channels' months to come scaled so that they sum to those of the whole."""
    channels = table[table["level"] == "channel"]
    coming = (channels["p50"] - channels["actual"]).astype(float)
    whole = table[table["level"] == "total"]
    if len(whole) != 1 or (coming < 0).any() or not coming.sum() > 0:
        return table
    shares = split_target(int((whole["p50"] - whole["actual"]).iloc[0]), coming)
    moved = (channels["actual"] + shares - channels["p50"]).reindex(table.index, fill_value=0).astype("Int64")
    return table.assign(**{name: table[name] + moved for name in ("p10", "p50", "p90")})


def compare_landing(landing: DataFrame, plan: DataFrame, *, sales: DataFrame, scope: Scope) -> DataFrame:
    """The landing beside the plan of the year and the sales of the year before.

    `landing`: from `forecast_units`; `plan`: from `spread_plan`; `sales`: account, month, net_sales with channel.
    Adds plan, difference (p50 - plan), `chance` (that the plan is reached, by the errors of the backtest; NaN without
    range or plan), previous_sales and growth (p50 against them).  Order: whole, channels, key accounts, each with the
    largest shortfall first.  Source: feature 6.
    """
    year = scope.landing_months
    planned = _sum_levels(plan[plan["month"].isin(year)])
    before = _sum_sales(sales[sales["month"].isin(year - pd.DateOffset(years=1))])
    table = landing.assign(place=landing["level"] + "/" + landing["unit"])
    table["plan"] = table["place"].map(planned).astype("Int64")
    table["previous_sales"] = table["place"].map(before).astype("Int64")
    table["difference"] = table["p50"] - table["plan"]
    deviation = (table["p90"] - table["p50"]).astype("Float64") / REACH
    missing = (table["plan"] - table["p50"]).astype("Float64") / deviation.where(deviation > 0)
    chance = 1 - stdtr(FREEDOM, missing.to_numpy(dtype=float, na_value=float("nan")))
    table["chance"] = chance.clip(SUREST, 1 - SUREST)
    base = table["previous_sales"].astype("Float64")
    table["growth"] = (table["p50"] / base.where(base > 0) - 1).astype(float)
    order = table["level"].map({"total": 0, "channel": 1, "account": 2})
    gap = table["difference"].fillna((table["p50"] - table["previous_sales"]).fillna(0))
    ranked = table.assign(order=order, gap=gap).sort_values(["order", "gap", "unit"], ignore_index=True)
    return ranked[LANDING]


def _sum_levels(rows: DataFrame) -> Series:
    """Sales or plan of `rows` by place: of the whole, of every channel and of every account that has all twelve months.

    Channels are only summed where every row belongs to one: else a part of the plan would stand for all of it.
    """
    levels = {"total": Series("", index=rows.index, dtype="str"), "account": rows["account"]}
    if rows["channel"].notna().all():
        levels["channel"] = rows["channel"]
    places = pd.concat([rows.assign(place=level + "/" + unit)[unit.notna()] for level, unit in levels.items()])
    grouped = places.groupby("place")
    return grouped["net_sales"].sum()[grouped["month"].nunique() == MONTHS].astype("Int64")


def _sum_sales(rows: DataFrame) -> Series:
    """Sales of `rows` by place; a month without sales is no gap."""
    whole = Series("", index=rows.index, dtype="str")
    levels = {"total": whole, "channel": rows["channel"], "account": rows["account"]}
    places = pd.concat([rows.assign(place=level + "/" + unit) for level, unit in levels.items()])
    return places.groupby("place")["net_sales"].sum().astype("Int64")


def trace_year(panel: DataFrame, plan: DataFrame, *, landing: DataFrame, scope: Scope) -> DataFrame:
    """The running year month by month, summed up: actual, forecast with its range at the end, plan and last year.

    Returns month, kind (actual or forecast), `net_sales` (of the month), `so_far` (summed up), `low`, `high` (range of
    the sum, growing from the last actual month to the year's end; <NA> without a test), `yardstick` (plan, or sales of
    the year before without a whole plan, summed up) and `basis` (plan or previous_sales).  Minor units; one row per
    month, none without a yardstick, or where the forecast is the yardstick.
    """
    months = project_months(panel.assign(account="total"), year=scope.landing, as_of=scope.as_of, start=scope.start)
    table = months[["month", "kind", "net_sales"]].sort_values("month", ignore_index=True)
    table["so_far"] = table["net_sales"].cumsum()
    ahead = (table["kind"] == "forecast").cumsum()
    width = (landing["p90"] - landing["p50"])[landing["level"] == "total"].astype("Float64")
    # errors of single months are taken as independent: the range grows with the square root of their number
    share = (ahead / max(int(ahead.max()) if len(ahead) else 1, 1)) ** 0.5
    reach = round_amounts(share * (width.iloc[0] if len(width) else pd.NA))
    table["low"], table["high"] = table["so_far"] - reach, table["so_far"] + reach
    last_year = panel.assign(month=panel["month"] + pd.DateOffset(years=1))
    for basis, rows in {"plan": plan, "previous_sales": last_year}.items():
        yardstick = _sum_up(rows, table["month"])
        if yardstick.notna().all() and not (yardstick == table["so_far"]).all():
            return table.assign(yardstick=yardstick, basis=basis)
    return table.iloc[:0].assign(yardstick=Series(dtype="Int64"), basis=Series(dtype="str"))


def pick_ranges(landing: DataFrame) -> DataFrame:
    """The channels and key accounts of `landing` (from `compare_landing`) whose forecast was tested and has a range."""
    return landing[(landing["level"] != "total") & landing["p10"].notna()].reset_index(drop=True)


def _sum_up(rows: DataFrame, months: Series) -> Series:
    """Running sum of the sales of `rows` in `months`, unknown for all of them where one is lacking."""
    known = months.map(rows.groupby("month")["net_sales"].sum()).astype("Int64")
    return known.cumsum() if len(known) and known.notna().all() else known.where(Series(False, index=known.index))


def summarise_landing(landing: DataFrame, *, scope: Scope) -> dict[str, object]:
    """The facts of the landing sentence: range, plan or last year, and the chance of reaching the plan.

    `landing`: from `compare_landing`.  The key tells with and without plan, and a range that could not be tested.
    """
    whole = landing[landing["level"] == "total"]
    if whole.empty:
        return {"key": "review.landing_found.none"}
    total = whole.iloc[0]
    form = "untested" if pd.isna(total["p10"]) else "no_plan" if pd.isna(total["plan"]) else "plan"
    numbers = ("p10", "p50", "p90", "plan", "difference", "chance", "previous_sales", "growth", "actual")
    return {"key": f"review.landing_found.{form}", "year": year_end(scope.landing, start=scope.start),
            **{name: total[name] for name in numbers}}


def summarise_backtest(landing: DataFrame) -> dict[str, object]:
    """What the backtest said: how many series had a method that beat the naive one, and by how much.

    `landing`: from `compare_landing`.  The key tells tested from untested.
    """
    tested = landing[landing["mase"].notna()]
    if landing.empty or tested.empty:
        return {"key": "review.backtest_found.untested"}
    whole = landing.loc[landing["level"] == "total", "mase"]
    return {"key": "review.backtest_found.tested", "series": len(tested), "better": int((tested["mase"] < 1).sum()),
            "naive": int((tested["model"] == "naive").sum()), "mase": float(tested["mase"].median()),
            "whole": float(whole.iloc[0]) if len(whole) else float("nan")}
