"""Days of the past on which one could have decided: what was known then, and what came of it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, DatetimeIndex, Index, Series, Timestamp

from kamnb import money
from kamnb.calendar import add_years, last_complete_month
from kamnb.methods.growth import shrink_growth
from kamnb.methods.scoring import scale_to_scores
from kamnb.methods.segmentation import measure_variation

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
    parts = [_measure_at(rows[rows["month"] <= day], goods[goods["month"] <= day], day) for day in origins]
    table = pd.concat(parts, ignore_index=True).sort_values(["origin", "account"], ignore_index=True)
    return table.assign(**{name: texts[name].take(table[name]) for name in ("account", "channel")})[MEASURES]


def number_names(*frames: DataFrame) -> tuple[dict[str, Index], list[DataFrame]]:
    """`frames` with accounts, channels, categories and products as numbers, which are much quicker to group than texts, and the
    texts by column, in order: number n stands for the n-th."""
    texts, numbered = {}, list(frames)
    for column in ("account", "channel", "category", "product"):
        known = pd.concat([Series([], dtype="str"), *(frame[column].drop_duplicates() for frame in frames if column in frame)])
        texts[column] = Index(known.dropna().unique(), dtype="str").sort_values()
        numbered = [frame.assign(**{column: texts[column].get_indexer(frame[column])}) if column in frame else frame for frame in numbered]
    return texts, numbered


def _measure_at(panel: DataFrame, categories: DataFrame, day: Timestamp) -> DataFrame:
    """The criteria of one origin; both frames end there."""
    yearly = add_years(panel, as_of=day)
    year = yearly[yearly["year"] == yearly["year"].max()]
    sums = year.groupby("account").agg(channel=("channel", "last"), sales=("net_sales", "sum"))
    bought = panel[panel["net_sales"] > 0]
    margin = year.astype({"cost": "Int64"}).groupby("account")[["net_sales", "cost"]].sum(skipna=False).astype("Float64")
    table = sums[sums["sales"] > 0].assign(
        active=bought[bought["month"].isin(year["month"].unique())].groupby("account")["month"].nunique() / YEAR,
        tenure=(day - bought.groupby("account")["month"].min()).dt.days / 365.25,
        margin_rate=money.ratio(margin["net_sales"] - margin["cost"], margin["net_sales"]).astype(float),
        cv=measure_variation(panel, by="quarter")["cv"], growth=shrink_growth(yearly)["shrunken"],
        open_share=_measure_open(categories, sums["channel"], day))
    return table.rename_axis("account").reset_index().assign(origin=day)


def _measure_open(categories: DataFrame, channel: Series, day: Timestamp) -> Series:
    """Share of the categories of its channel that each account did not buy in the year before `day`."""
    recent = categories[(categories["month"] > day - pd.DateOffset(months=YEAR)) & (categories["net_sales"] > 0)]
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
    lasting = pd.concat([scale_to_scores(rows["tenure"]), scale_to_scores(rows["active"])], axis=1).mean(axis=1)
    return rows[["origin", "account", "sales"]].assign(
        revenue=scale_to_scores(np.log(rows["sales"].astype(float)), low=0.5), growth=scale_to_scores(np.log1p(rows["growth"])),
        continuity=lasting, entry=scale_to_scores(rows["open_share"]), profit=scale_to_scores(rows["margin_rate"]),
        steadiness=scale_to_scores(rows["cv"], direction="cost"))


def measure_outcomes(panel: DataFrame, *, origins: DatetimeIndex, horizon: int = 12) -> DataFrame:
    """What became of each account in the `horizon` months after each origin, against the same months a year earlier.

    `panel`: account, month, net_sales, cost.  Returns origin, account, `before`, `after`, `change` (sales, minor units),
    `rate` (change / before; -1 = lost), `margin_before`, `margin_after`, `margin_change` (unknown where a cost is).
    Accounts without positive sales before are left out: they could not be judged by growth.
    """
    if not len(origins):
        return DataFrame({name: Series([], dtype="float") for name in OUTCOMES}).astype({"account": "str", "origin": "datetime64[us]"})
    texts, (rows,) = number_names(panel)
    table = pd.concat([_follow(rows, day, horizon) for day in origins], ignore_index=True)
    return table.assign(account=texts["account"].take(table["account"]))[OUTCOMES]


def _follow(panel: DataFrame, day: Timestamp, horizon: int) -> DataFrame:
    """Outcomes after one origin."""
    sums, start = {}, (day + pd.DateOffset(days=1)).normalize()
    for name, first in (("before", start - pd.DateOffset(months=YEAR)), ("after", start)):
        last = first + pd.DateOffset(months=horizon - 1)
        rows = panel[panel["month"].between(first, last)].astype({"cost": "Int64"})
        sums[name] = rows.groupby("account")[["net_sales", "cost"]].sum(skipna=False)
    known = sums["before"].index[sums["before"]["net_sales"] > 0]
    before, after = sums["before"].loc[known], sums["after"].reindex(known, fill_value=0)
    margins = [part["net_sales"].astype("Int64") - part["cost"] for part in (before, after)]
    change = after["net_sales"] - before["net_sales"]
    table = DataFrame({"before": before["net_sales"], "after": after["net_sales"], "change": change,
                       "rate": change / before["net_sales"].astype(float), "margin_before": margins[0],
                       "margin_after": margins[1], "margin_change": margins[1] - margins[0]})
    return table.rename_axis("account").reset_index().assign(origin=day)
