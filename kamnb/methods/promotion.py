"""What promotions really brought: baseline, uplift, the dip that follows, and the return."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money

PAIRS = 4  # months that two years must have in common around an event before their levels can be compared
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
    months = pd.date_range(panel["month"].min(), panel["month"].max(), freq="MS")
    by_account = dict(list(panel.groupby("account", observed=True)))
    parts = []
    for promo in promos.sort_values("promo").to_dict("records"):
        rows = _in_scope(by_account.get(promo["account"], panel.iloc[:0]), promo)
        sold = rows.groupby("month")[measure].sum().reindex(months, fill_value=0).to_numpy(dtype=float)
        rivals = promos[(promos["account"] == promo["account"]) & _same_goods(promos, promo)]
        dirty = np.any([_touched(months, other, after=after) > 0 for other in rivals.to_dict("records")], axis=0)
        phase = _touched(months, promo, after=after)
        at = np.flatnonzero(phase)
        parts.append(DataFrame({"promo": promo["promo"], "month": months[at], "actual": sold[at],
                                "phase": np.where(phase[at] == 1, "event", "after"),
                                "baseline": [_expect(sold, ~dirty, place) for place in at]}))
    return pd.concat(parts, ignore_index=True)[list(columns)].astype(columns)


def _in_scope(rows: DataFrame, promo: dict) -> DataFrame:
    """Rows of the goods on promotion: its product, else its category, else everything."""
    for name in ("product", "category"):
        if pd.notna(promo.get(name)):
            return rows[rows[name] == promo[name]]
    return rows


def _same_goods(promos: DataFrame, promo: dict) -> Series:
    """Promotions that may disturb the sales of the goods of `promo`: same category, or one of them without."""
    if "category" not in promos.columns or pd.isna(promo["category"]):
        return Series(True, index=promos.index)
    return (promos["category"] == promo["category"]) | promos["category"].isna()


def _touched(months: pd.DatetimeIndex, promo: dict, *, after: int) -> np.ndarray:
    """1 for the months of the promotion, 2 for the `after` months that follow, 0 elsewhere."""
    first, last = (day.to_period("M").start_time for day in (promo["starts"], promo["ends"]))
    event = (months >= first) & (months <= last)
    later = (months > last) & (months <= last + pd.DateOffset(months=after))
    return np.where(event, 1, np.where(later, 2, 0))


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
