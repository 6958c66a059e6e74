"""What the year to plan brings without new activity: fiscal years behind it, its range, and its months."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.actions.rules import PlanRules
from kamnb.calendar import fiscal_year, half, year_months
from kamnb.methods.forecast import forecast_landing, project_months
from kamnb.methods.series import round_amounts
from kamnb.methods.targets import profile_months, split_target
from kamnb.money import growth

SHOWN = 4  # full fiscal years before the running one
YEARS = {"year": "datetime64[us]", "net_sales": "Int64", "kind": "str", "actual": "Int64", "low": "Int64",
         "high": "Int64", "change": "Int64", "growth": float, "model": "str"}
MONTHS = {"month": "datetime64[us]", "half": "int64", "previous_sales": "Int64", "previous_kind": "str",
          "baseline": "int64"}


def list_years(panel: DataFrame, *, rules: PlanRules) -> DataFrame:
    """Fiscal years up to the one to plan: the past as it was, the running one as it will land, the next as forecast.

    `panel`: account_month rows of one account.  Returns year (last day), net_sales (minor units), `kind` (actual,
    landing = partly actual, baseline = no month known yet), `actual` (its known part), `low`, `high` (the range that
    holds the year four times in five; <NA> where history is too short to test a forecast), change, growth and
    `model`; oldest first.  A first year that began before the account did is left out.  Source: method.md A26, A27.
    """
    known = panel[panel["month"] <= rules.last]
    if known.empty:
        return DataFrame(columns=list(YEARS)).astype(YEARS)
    running = int(fiscal_year(Series([rules.as_of]), start=rules.start).iloc[0])
    rows = [_past_years(known, before=running, start=rules.start),
            *(_coming_year(known, year=year, rules=rules) for year in range(running, rules.year + 1))]
    years = pd.concat(rows, ignore_index=True).tail(SHOWN + 1 + rules.year - running).reset_index(drop=True)
    sales = years["net_sales"].astype(float)
    grown = growth(sales.shift(), sales)
    return years.assign(change=round_amounts(grown["change"]), growth=grown["rate"])[list(YEARS)].astype(YEARS)


def _past_years(known: DataFrame, *, before: int, start: int) -> DataFrame:
    """Full fiscal years before the year `before`."""
    named = fiscal_year(known["month"], start=start)
    first = int(named.iloc[known["month"].argmin()])
    whole = known["month"].min() == year_months(first, start=start)[0]
    span = range(first if whole else first + 1, before)
    sums = known.groupby(named)["net_sales"].sum().reindex(span, fill_value=0).astype("Int64")
    return DataFrame({"year": [_last_day(year, start) for year in span], "net_sales": sums.array, "kind": "actual",
                      "actual": sums.array, "low": sums.array, "high": sums.array, "model": ""}).astype(
        {"year": "datetime64[us]", "kind": "str", "model": "str"})


def _coming_year(known: DataFrame, *, year: int, rules: PlanRules) -> DataFrame:
    """Landing of a year that is not over, one row."""
    found = forecast_landing(known, year=year, as_of=rules.as_of, start=rules.start).iloc[0]
    left = int(found["months_left"])
    kind = "actual" if left == 0 else "baseline" if left == 12 else "landing"
    return DataFrame({"year": [_last_day(year, rules.start)], "net_sales": [found["p50"]], "kind": [kind],
                      "actual": [found["actual"]], "low": [found["p10"]], "high": [found["p90"]],
                      "model": [found["model"]]}).astype({name: YEARS[name] for name in
                                                          ("year", "net_sales", "actual", "low", "high")})


def _last_day(year: int, start: int) -> Timestamp:
    """Last day of the fiscal year named `year`."""
    return (year_months(year, start=start)[-1] + pd.offsets.MonthEnd(0)).normalize()


def spread_baseline(panel: DataFrame, years: DataFrame, *, rules: PlanRules) -> DataFrame:
    """The months of the year to plan beside those of the year before.

    `panel`: account_month rows of one account; `years`: from `list_years`.  Returns month, half (1 or 2),
    `previous_sales` and `previous_kind` (actual or forecast) of the same month a year earlier, and `baseline`: the
    year's forecast spread by the account's own months of the last three years; sums to it exactly (a forecast
    below zero counts as none).  No rows without history.  Source: method.md A27.
    """
    if years.empty:
        return DataFrame(columns=list(MONTHS)).astype(MONTHS)
    total = max(int(years["net_sales"].iloc[-1]), 0)
    profile = profile_months(panel, as_of=rules.as_of, start=rules.start).iloc[0]
    months = Series(rules.months)
    before = project_months(panel, year=rules.year - 1, as_of=rules.as_of, start=rules.start).set_index("month")
    earlier = before.reindex(months - pd.DateOffset(years=1))   # a month before the account's first one had no sales
    return DataFrame({"month": months, "half": half(months, start=rules.start).array,
                      "previous_sales": earlier["net_sales"].fillna(0).array,
                      "previous_kind": earlier["kind"].fillna("actual").array,
                      "baseline": split_target(total, profile).array}).astype(MONTHS)


def summarise_baseline(years: DataFrame) -> dict[str, object]:
    """What the year to plan brings by itself: year, baseline, low, high, growth, change; {} without two years.

    `years`: from `list_years`.
    """
    if len(years) < 2:
        return {}
    row = years.iloc[-1]
    return {"year": row["year"], "baseline": int(row["net_sales"]), "low": row["low"], "high": row["high"],
            "growth": row["growth"], "change": row["change"]}
