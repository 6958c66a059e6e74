"""Where we stand: position of accounts in our business, and our distance to category No. 1."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb import money
from kamnb.methods.growth import measure_growth, total_years
from kamnb.methods.series import round_amounts

POSITION = ["channel", "sales", "share", "cumulative", "rank", "channel_share", "channel_rank", "growth", "cagr",
            "in_store_share", "profit", "profit_rate", "profit_rank", "rank_gap"]
GAP = ["share", "rival_share", "rank", "gap_points", "gap", "growth", "rival_growth", "years_to_first", "verdict"]


def place_accounts(yearly: DataFrame, *, profit: Series, purchases: Series) -> DataFrame:
    """The position of every account that bought in the latest year: the numbers of its position card, largest first.

    `yearly`: account, channel, year, net_sales; `profit`: of the latest year by account (minor units; may be empty or have
    gaps); `purchases`: what an account buys a year in our categories from all makers, on the basis of our prices.  Returns,
    by account (index): `channel`, `sales`, `share`, `cumulative` (of all sales, 0-1), `rank`, `channel_share`,
    `channel_rank`, `growth` (last year; NaN where no rate is honest), `cagr`, `in_store_share` (sales / purchases),
    `profit`, `profit_rate`, `profit_rank` (<NA> unknown) and `rank_gap` (profit_rank - rank: positive = earns less than
    its size suggests).  Source: method.md A05, A06.
    """
    wide = total_years(yearly)
    grown = measure_growth(wide)
    found = DataFrame({"channel": yearly.groupby("account", observed=True)["channel"].last().reindex(wide.index),
                       "sales": grown["current"].astype("Int64"), "growth": grown["rate"], "cagr": grown["cagr"]})
    found = found[(found["sales"] != 0).to_numpy(dtype=bool)] if len(found) else found
    found = found.assign(sales=found["sales"].astype("int64")).sort_index().sort_values("sales", ascending=False, kind="stable")
    counted = found["sales"].clip(lower=0).astype(float)
    found["share"] = counted / (counted.sum() if counted.sum() > 0 else np.nan)
    found["cumulative"], found["rank"] = found["share"].cumsum(), np.arange(1, len(found) + 1)
    channels = counted.groupby(found["channel"])
    found["channel_share"] = money.ratio(counted, channels.transform("sum"))
    found["channel_rank"] = found.groupby("channel")["rank"].rank(method="first").astype("int64")
    found["in_store_share"] = money.ratio(counted, purchases.reindex(found.index).astype("Float64").astype(float))
    found["profit"] = profit.reindex(found.index).astype("Int64")
    found["profit_rate"] = money.ratio(found["profit"].astype("Float64").astype(float), counted)
    found["profit_rank"] = found["profit"].rank(ascending=False, method="min").astype("Int64")
    return found.assign(rank_gap=found["profit_rank"] - found["rank"])[POSITION]


def gap_to_first(positions: DataFrame) -> DataFrame:
    """How far we are from No. 1, or ahead of No. 2, wherever the largest rival's sales are known.

    `positions`: sales, rival_sales, market (minor units, one year) and sales_base, rival_base (the year before; <NA> =
    unknown), any index (channel and category, account ...).  Returns `share`, `rival_share`, `rank` (1 = we lead, 2 = the
    rival does; equal counts as ours), `gap_points` and `gap` (rival - ours: negative = our lead, minor units), `growth`,
    `rival_growth`, `years_to_first` (until we draw level if both go on as in the last year; 0 where we lead, NaN where the
    gap widens) and `verdict`: first, closing, widening, behind (growth unknown), unknown.  Source: method.md A43.
    """
    names = ("sales", "rival_sales", "market", "sales_base", "rival_base")
    ours, rival, market, base, rival_base = (positions[name].astype("Float64").astype(float) for name in names)
    found = DataFrame({"share": money.ratio(ours, market), "rival_share": money.ratio(rival, market)}, index=positions.index)
    known = ours.notna() & rival.notna()
    found["rank"] = Series(np.where(ours >= rival, 1, 2), index=positions.index).astype("Int64").where(known)
    found["gap_points"], found["gap"] = found["rival_share"] - found["share"], round_amounts(rival - ours)
    found["growth"], found["rival_growth"] = (money.growth(a, b)["rate"] for a, b in ((base, ours), (rival_base, rival)))
    with np.errstate(divide="ignore", invalid="ignore"):
        pace = np.log((1 + found["growth"]) / (1 + found["rival_growth"]))
        years = (np.log(rival / ours) / pace).where((pace > 0) & (ours > 0))
    found["years_to_first"] = years.where(ours < rival, 0.0).where(known)
    steps = [~known, ours >= rival, found["years_to_first"].notna(), pace.notna()]
    verdicts = np.select([np.asarray(step, dtype=bool) for step in steps], ["unknown", "first", "closing", "widening"], "behind")
    return found.assign(verdict=Series(verdicts, index=positions.index, dtype="str"))[GAP]


def sum_standing(gaps: DataFrame, sales: Series) -> dict[str, float]:
    """Over all fields of `gap_to_first`: `fields` (known), `first` (where we lead), `closing`, `widening`, and `led_share`
    (of our known `sales`, on the same index, the part in fields we lead).  Empty where nothing is known."""
    known = gaps[gaps["verdict"] != "unknown"]
    if known.empty:
        return {}
    sold = sales.reindex(known.index).astype(float)
    counts = {name: int((known["verdict"] == name).sum()) for name in ("first", "closing", "widening")}
    return {"fields": len(known), **counts, "led_share": float(sold[known["verdict"] == "first"].sum() / sold.sum())}
