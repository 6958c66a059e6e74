"""Days of the past on which one could have decided: what was known then, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, DatetimeIndex, Index, Series, Timestamp

from kamnb import money
from kamnb.calendar import add_years, last_complete_month
from kamnb.methods.growth import shrink_growth
from kamnb.methods.segmentation import measure_variation
from kamnb.methods.series import spread_months

YEAR = 12
MEASURES = ["origin", "account", "channel", "sales", "growth", "active", "tenure", "open_share", "margin_rate", "cv"]
RATED = ("revenue", "growth", "continuity", "entry", "profit", "steadiness")
OUTCOMES = ["origin", "account", "before", "after", "change", "rate", "margin_before", "margin_after", "margin_change"]


def list_origins(panel: DataFrame, *, as_of: Timestamp, horizon: int = 12, step: int = 3) -> DatetimeIndex:
    """Ends of months with two years of ledger before them and `horizon` complete months after them, oldest first.

    `panel`: with `month`; only complete months before `as_of` count.  `step`: months between two origins, counted back
    from the latest.  None where the history is too short.
    """
    if panel.empty:
        return DatetimeIndex([])
    last, first = last_complete_month(as_of), panel["month"].min()
    latest = last - pd.DateOffset(months=horizon)
    earliest = first + pd.DateOffset(months=2 * YEAR - 1)
    months = pd.date_range(earliest, latest, freq="MS")[::-1][::step][::-1]
    return DatetimeIndex(months + pd.offsets.MonthEnd(0), name="origin").as_unit("us")


def trace_criteria(panel: DataFrame, categories: DataFrame, *, origins: DatetimeIndex) -> DataFrame:
    """What the ledger alone said of each account on each of `origins`, for accounts that bought in the year before.

    `panel`: account, channel, month, net_sales, cost; `categories`: account, category, month, net_sales (may be empty).
    Returns origin, account, channel, `sales` (of the year before, minor units), `growth` (shrunken), `active` (share of
    its months with a purchase), `tenure` (years since the first purchase in the ledger), `open_share` (categories that
    its channel buys and it does not), `margin_rate`, `cv` (of quarters).  Nothing that is known only today is used:
    no masters but the channel, no terms, no ratings by people.  Unknown stays unknown.
    """
    if not len(origins):
        empty = DataFrame({name: Series([], dtype="str" if name in ("account", "channel") else float) for name in MEASURES})
        return empty.astype({"origin": "datetime64[us]", "sales": "int64"})
    texts, (rows, goods) = number_names(panel, categories)
    grids = {name: _spread_known(rows, name) for name in ("net_sales", "cost")}
    parts = [_measure_at(rows[rows["month"] <= day], {name: grid.loc[:, :day] for name, grid in grids.items()}, goods) for day in origins]
    table = pd.concat(parts, ignore_index=True).sort_values(["origin", "account"], ignore_index=True)
    return table.assign(**{name: texts[name].take(table[name]) for name in ("account", "channel")})[MEASURES]


def number_names(*frames: DataFrame) -> tuple[dict[str, Index], list[DataFrame]]:
    """`frames` with accounts, channels, categories and products as numbers, which are much quicker to group than texts, and the
    texts by column, in order: number n stands for the n-th."""
    texts, numbered = {}, [frame.copy(deep=False) for frame in frames]
    for column in ("account", "channel", "category", "product"):
        held = [frame for frame in numbered if column in frame]
        if held:
            numbers, texts[column] = pd.factorize(pd.concat([frame[column].astype("str") for frame in held]), sort=True)
            ends = np.cumsum([len(frame) for frame in held])[:-1]
            for frame, part in zip(held, np.split(numbers, ends), strict=True):
                frame[column] = part
    return texts, numbered


def _spread_known(panel: DataFrame, amount: str) -> DataFrame:
    """`amount` of `panel` by account and month, 0 where there is no row, unknown where any of it is."""
    sums = spread_months(panel.assign(net_sales=panel[amount]))
    unknown = spread_months(panel.assign(net_sales=panel[amount].isna().astype(int)))
    return sums.mask(unknown > 0)


def _measure_at(panel: DataFrame, grids: dict[str, DataFrame], categories: DataFrame) -> DataFrame:
    """The criteria at the end of the last month of `grids` (net_sales and cost, accounts by months); `panel` ends there too."""
    day = grids["net_sales"].columns[-1] + pd.offsets.MonthEnd(0)
    yearly, bought = add_years(panel, as_of=day), grids["net_sales"] > 0
    sales, cost = (grid.iloc[:, -YEAR:].sum(axis=1, skipna=False) for grid in grids.values())
    channel = panel.groupby("account")["channel"].last().reindex(sales.index)
    table = DataFrame({
        "channel": channel, "sales": sales, "active": bought.iloc[:, -YEAR:].sum(axis=1) / YEAR,
        "tenure": (day - bought.idxmax(axis=1)).dt.days / 365.25, "margin_rate": money.ratio(sales - cost, sales),
        "cv": measure_variation(panel, by="quarter")["cv"], "growth": shrink_growth(yearly)["shrunken"],
        "open_share": _measure_open(categories, channel, day)})[sales > 0]
    return table.astype({"channel": "int64", "sales": "int64"}).rename_axis("account").reset_index().assign(origin=day)


def _measure_open(categories: DataFrame, channel: Series, day: Timestamp) -> Series:
    """Share of the categories of its channel that each account did not buy in the year before `day`."""
    recent = categories[categories["month"].between(day - pd.DateOffset(months=YEAR), day) & (categories["net_sales"] > 0)]
    pairs = recent[["account", "category"]].drop_duplicates()
    offered = pairs.assign(channel=pairs["account"].map(channel)).groupby("channel")["category"].nunique()
    own = pairs.groupby("account").size().reindex(channel.index, fill_value=0)
    return 1 - own / channel.map(offered) if len(pairs) else Series(np.nan, index=channel.index)


def rate_criteria(measures: DataFrame) -> DataFrame:
    """Ratings from 1 to 5 on what `trace_criteria` measured, on each origin among its own accounts.

    Returns origin, account, sales and revenue, growth, continuity (active and tenure), entry, profit, steadiness.
    """
    names = ["origin", "account", "sales", *RATED]
    if measures.empty:
        return measures[names[:3]].assign(**{name: Series([], dtype=float) for name in RATED})
    parts = [_rate(rows) for _, rows in measures.groupby("origin")]
    return pd.concat(parts, ignore_index=True)[names]


def _rate(rows: DataFrame) -> DataFrame:
    """The ratings of one origin: `scoring.scale_to_scores` of all measures at once."""
    measures = DataFrame({"revenue": np.log(rows["sales"].astype(float)), "growth": np.log1p(rows["growth"]), "tenure": rows["tenure"],
                          "active": rows["active"], "entry": rows["open_share"], "profit": rows["margin_rate"], "steadiness": rows["cv"]})
    ends = measures.quantile([0.05, 0.5, 0.95])
    bottom, top = ends.loc[0.05].where(ends.columns != "revenue", ends.loc[0.5]), ends.loc[0.95]
    spread = (top - bottom).where(top > bottom)
    scores = (1 + 4 * ((measures - bottom) / spread).clip(0, 1)).fillna(3.0).where(measures.notna())
    return rows[["origin", "account", "sales"]].join(scores).assign(
        continuity=scores[["tenure", "active"]].mean(axis=1), steadiness=6 - scores["steadiness"])


def measure_outcomes(panel: DataFrame, *, origins: DatetimeIndex, horizon: int = 12) -> DataFrame:
    """What became of each account in the `horizon` months after each origin, against the same months a year earlier.

    `panel`: account, month, net_sales, cost.  Returns origin, account, `before`, `after`, `change` (sales, minor units),
    `rate` (change / before; -1 = lost), `margin_before`, `margin_after`, `margin_change` (unknown where a cost is).
    Accounts without positive sales before are left out: they could not be judged by growth.
    """
    if not len(origins):
        return DataFrame({name: Series([], dtype="float") for name in OUTCOMES}).astype({"account": "str", "origin": "datetime64[us]"})
    texts, (rows,) = number_names(panel)
    grids = {name: _spread_known(rows, name) for name in ("net_sales", "cost")}
    table = pd.concat([_follow(grids, day, horizon) for day in origins], ignore_index=True)
    return table.assign(account=texts["account"].take(table["account"]))[OUTCOMES]


def _follow(grids: dict[str, DataFrame], day: Timestamp, horizon: int) -> DataFrame:
    """Outcomes after one origin; `grids`: net_sales and cost, accounts by months."""
    months = grids["net_sales"].columns
    spans = [slice(first, first + horizon) for first in (months.searchsorted(day) - YEAR, months.searchsorted(day))]
    (before, cost_before), (after, cost_after) = ([grid.iloc[:, span].sum(axis=1, skipna=False) for grid in grids.values()]
                                                  for span in spans)
    table = DataFrame({"before": before, "after": after, "change": after - before, "rate": (after - before) / before,
                       "margin_before": before - cost_before, "margin_after": after - cost_after})[before > 0]
    table = table.astype(dict.fromkeys(["before", "after", "change"], "int64") | dict.fromkeys(["margin_before", "margin_after"], "Int64"))
    table["margin_change"] = table["margin_after"] - table["margin_before"]
    return table.rename_axis("account").reset_index().assign(origin=day)
