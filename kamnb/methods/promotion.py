"""What promotions really brought: baseline, uplift, the dip that follows, and the return."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money

PAIRS = 4  # months that two years must have in common around an event before their levels can be compared
PHASES = {1: "event", 2: "after"}
MOVED = 0.25  # a promotion that keeps less than this share of its uplift has mainly moved sales in time


def lay_baseline(panel: DataFrame, promos: DataFrame, *, after: int = 2,
                 measure: Literal["quantity", "net_sales"] = "quantity") -> DataFrame:
    """Actual and baseline of every promotion's months and of the `after` months that follow.

    `panel`: account, month, quantity, net_sales, and category, product when promotions are limited to one; complete
    months only.  `promos`: the promos table.  Returns promo, month, `phase` (event or after), `actual` and
    `baseline` (units, or minor units for net_sales), sorted by promo and month; the baseline is NaN where no other
    year can tell.  It is the mean over the other years of the same month there, brought to this year's level by the
    months around it; months of promotions (same account and category) and their aftermath are left out.
    Source: method.md 2.2 trade-promotion ROI.
    """
    columns = {"promo": "str", "month": "datetime64[us]", "phase": "str", "actual": float, "baseline": float}
    if panel.empty or promos.empty:
        return DataFrame(columns=list(columns)).astype(columns)
    first = panel["month"].min()
    months = pd.date_range(first, panel["month"].max(), freq="MS")
    bounds = [(_month_number(promos[day]) - _month_number(first)).to_numpy() for day in ("starts", "ends")]
    touched = np.array([_touch(len(months), start, end, after=after) for start, end in zip(*bounds, strict=True)])
    dirty = _list_dirty(promos, touched > 0)
    sold = _Sold(panel, _month_number(panel["month"]) - _month_number(first), measure=measure, months=len(months))
    found = []
    for place in np.argsort(promos["promo"].to_numpy(dtype=str), kind="stable"):
        promo = promos.iloc[place].to_dict()
        series = sold.series(promo)
        found += [(promo["promo"], months[at], PHASES[touched[place][at]], series[at], _expect(series, ~dirty[place], at))
                  for at in np.flatnonzero(touched[place])]
    return DataFrame(found, columns=list(columns)).astype(columns)


class _Sold:
    """Monthly sales of the goods of a promotion: its product's, else its category's, else all of the account's."""

    def __init__(self, panel: DataFrame, places: Series, *, measure: str, months: int):
        self.months = months
        self.values, self.places = panel[measure].to_numpy(dtype=float), places.to_numpy(dtype=int)
        self.rows = panel.groupby("account", observed=True).indices
        self.goods = {name: panel[name].to_numpy(dtype=object) for name in ("product", "category") if name in panel}

    def series(self, promo: dict) -> np.ndarray:
        """One number per month."""
        rows = self.rows.get(promo["account"], np.array([], dtype=int))
        for name in self.goods:
            if pd.notna(promo.get(name)):
                rows = rows[self.goods[name][rows] == promo[name]]
                break
        return np.bincount(self.places[rows], self.values[rows], minlength=self.months)


def _month_number(days: Series | pd.Timestamp) -> Series | int:
    """Months since year 0."""
    parts = days.dt if isinstance(days, Series) else days
    return parts.year * 12 + parts.month


def _list_dirty(promos: DataFrame, touched: np.ndarray) -> np.ndarray:
    """Promotion x month: whether any promotion of the account may have disturbed the sales of these goods then.

    Goods are the same with the same category, or where one of them has none.
    """
    categories = promos["category"].to_numpy(dtype=object) if "category" in promos else np.full(len(promos), None)
    blank = np.array([pd.isna(category) for category in categories])
    dirty = np.zeros_like(touched)
    for rivals in promos.reset_index(drop=True).groupby("account").indices.values():
        for place in rivals:
            same = blank[rivals] | blank[place] | (categories[rivals] == categories[place])
            dirty[place] = touched[rivals[same]].any(axis=0)
    return dirty


def _touch(months: int, start: int, end: int, *, after: int) -> np.ndarray:
    """1 for the months of a promotion, 2 for the `after` months that follow, 0 elsewhere."""
    places = np.arange(months)
    return np.where((places >= start) & (places <= end), 1, np.where((places > end) & (places <= end + after), 2, 0))


def _expect(sold: np.ndarray, clean: np.ndarray, place: int) -> float:
    """Sales to be expected at `place` by the same month of other years, NaN without any."""
    around = np.array([step for step in range(-6, 7) if step and 0 <= place + step < len(sold)])
    guesses = []
    for shift in (k for k in range(place % 12, len(sold), 12) if k != place and clean[k]):
        there = shift + around
        common = around[(there >= 0) & (there < len(sold))]
        common = common[clean[place + common] & clean[shift + common]]
        level = sold[shift + common].sum()
        if len(common) >= PAIRS and level > 0:
            guesses.append(sold[shift] * sold[place + common].sum() / level)
    return float(np.mean(guesses)) if guesses else float("nan")


def measure_uplift(periods: DataFrame) -> DataFrame:
    """Uplift and dip of each promotion, by promo.

    `periods`: promo, phase (event or after), actual, baseline - months or weeks, from `lay_baseline` or elsewhere.
    Returns `expected`, `actual` (of the event), `gross` (their difference), `dip` (shortfall of the periods after;
    negative where they sold more), `net` = gross - dip, and `lift` = gross / expected; NaN without a baseline.
    Source: oracles O27, O28.
    """
    sums = periods.groupby(["promo", "phase"])[["actual", "baseline"]].sum(skipna=False)
    event = sums.xs("event", level="phase") if len(sums) else sums.droplevel("phase")
    later = sums[sums.index.get_level_values("phase") == "after"].droplevel("phase")
    gross = event["actual"] - event["baseline"]
    follows = Series(event.index.isin(later.index), index=event.index)
    dip = (later["baseline"] - later["actual"]).reindex(event.index).where(follows, 0.0)
    return DataFrame({"expected": event["baseline"], "actual": event["actual"], "gross": gross, "dip": dip,
                      "net": gross - dip, "lift": money.ratio(gross, event["baseline"])})


def appraise_promotions(uplift: DataFrame) -> DataFrame:
    """What each promotion earned, on the index of `uplift`.

    `uplift`: from `measure_uplift`, joined with `unit_margin` (margin per unit in minor units; for an uplift in
    money, the margin rate) and `spend` (minor units).  Returns `margin` = net x unit_margin, `roi` = (margin -
    spend) / spend, `cost_per_unit` = spend / net (NaN unless net is positive), `break_even` = spend / unit_margin,
    and `verdict`: earned, lost, moved (less than a quarter of the uplift is left after the dip) or unknown.
    Source: method.md 2.2 trade-promotion ROI, oracles O27, O28.
    """
    spend = uplift["spend"].astype(float)
    unit_margin = uplift["unit_margin"].astype(float)
    margin = uplift["net"] * unit_margin
    roi = money.ratio(margin - spend, spend)
    steps = [uplift["net"].isna(), (uplift["gross"] > 0) & (uplift["net"] < MOVED * uplift["gross"]),
             margin.isna() | spend.isna(), margin >= spend]
    names = ["unknown", "moved", "unknown", "earned"]
    verdict = np.select([step.to_numpy(dtype=bool) for step in steps], names, "lost")
    return DataFrame({"margin": margin, "roi": roi, "cost_per_unit": money.ratio(spend, uplift["net"]),
                      "break_even": money.ratio(spend, unit_margin),
                      "verdict": Series(verdict, index=uplift.index, dtype="str")})
