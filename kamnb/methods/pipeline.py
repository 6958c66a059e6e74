"""Sell-in against sell-out: what the trade bought, what it sold on, and what lies in between."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb import money

FLOWS = {"account": "str", "month": "datetime64[us]", "sell_in": float, "reported": float, "stock": float,
         "off_take": float, "source": "str", "built": float, "cover": float}
SPAN = 3      # months of off-take that stock is set against
HISTORY = 6   # months needed before a cover counts as usual
GROWTH = ["sell_in_base", "sell_in", "off_take_base", "off_take", "built_base", "built", "growth_in", "growth_out",
          "pipeline_points"]


def lay_pipeline(sell_in: DataFrame, *, sell_out: DataFrame, stock: DataFrame) -> DataFrame:
    """Sell-in, stock and off-take of every account that reports stock or sell-out, month by month.

    All three: account, month, quantity (units of goods; more rows per month are summed, so that products may be
    listed).  `sell_in`: what it bought from us; `sell_out`: what it says it sold on (POS, sell-through); `stock`: what
    it held at the end of the month.  Any but sell_in may be empty.  A month of which an account gave no stock, or no
    sell-out, is unknown; sell-in is complete, so no row is 0.

    Returns account, month, `sell_in`, `reported`, `stock`, `off_take` and its `source`: "stock" = opening + sell_in -
    closing, exact and complete; else "reported"; else "" and NaN; `built` = sell_in - off_take (what went into the
    pipeline), and `cover` = months of off-take in stock (mean of the last 3 months).  Rows run from the first month of
    which anything is known to the last of the sell-in.  Source: section 5 feature 10.
    """
    parts = {"sell_in": sell_in, "reported": sell_out, "stock": stock}
    sums = [frame.groupby(["account", "month"], observed=True)["quantity"].sum().astype(float).rename(name)
            for name, frame in parts.items()]
    known = pd.concat(sums, axis=1).reset_index()
    flows = _fill_months(known, last=sell_in["month"].max())
    if flows.empty:
        return DataFrame(columns=list(FLOWS)).astype(FLOWS)
    groups = flows.groupby("account", observed=True)
    by_stock = flows["sell_in"] - groups["stock"].diff()
    flows["off_take"] = by_stock.where(by_stock.notna(), flows["reported"])
    flows["source"] = np.select([by_stock.notna(), flows["reported"].notna()], ["stock", "reported"], "")
    flows["built"] = flows["sell_in"] - flows["off_take"]
    mean = groups["off_take"].rolling(SPAN, min_periods=SPAN).mean().reset_index(level=0, drop=True)
    flows["cover"] = money.ratio(flows["stock"], mean)
    return flows[list(FLOWS)].astype(FLOWS)


def _fill_months(known: DataFrame, *, last: pd.Timestamp) -> DataFrame:
    """A row for every month of every account that reports anything, from its first report to `last`; sell-in 0 if none."""
    told = known[known["reported"].notna() | known["stock"].notna()]
    first = told.groupby("account", observed=True)["month"].min()
    starts = first.to_numpy().astype("datetime64[M]").astype("int64")
    counts = np.datetime64(last, "M").astype("int64") - starts + 1 if len(first) else starts
    steps = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
    months = (np.repeat(starts, counts) + steps).astype("datetime64[M]").astype("datetime64[us]")
    grid = DataFrame({"account": np.repeat(first.index.to_numpy(dtype=object), counts), "month": months})
    flows = grid.astype({"account": "str"}).merge(known, on=["account", "month"], how="left")
    return flows.assign(sell_in=flows["sell_in"].fillna(0.0)).sort_values(["account", "month"], ignore_index=True)


def check_reports(pipeline: DataFrame) -> DataFrame:
    """How far reported sell-out agrees with what stock says left, by account.

    `pipeline`: from `lay_pipeline`.  Over the months in which both are known: `months`, `off_take`, `reported`, and
    `coverage` (reported / off_take): below 1 the account reports only a part of what it sells on, above 1 somebody
    else supplies it too, or stock is miscounted.
    """
    both = pipeline[(pipeline["source"] == "stock") & pipeline["reported"].notna()]
    found = both.groupby("account", observed=True).agg(
        months=("month", "size"), off_take=("off_take", "sum"), reported=("reported", "sum"))
    return found.assign(coverage=money.ratio(found["reported"], found["off_take"]))


def split_sell_in(pipeline: DataFrame) -> DataFrame:
    """Growth of sell-in over two years as growth of off-take and what the pipeline took up, exactly.

    `pipeline`: from `lay_pipeline`, with `year` (calendar.add_years).  Returns, by account, of the last two years:
    `sell_in_base`, `sell_in`, `off_take_base`, `off_take`, `built_base`, `built` (added to stock), `growth_in`,
    `growth_out` and `pipeline_points` = growth_in - growth of off-take measured on the same base: the part of the
    sell-in's growth that is only stock.  NaN where a month of either year is unknown.  Source: section 5 feature 10.
    """
    years = sorted(pipeline["year"].unique())[-2:]
    if len(years) < 2:
        none = pd.Index(sorted(pipeline["account"].unique()), name="account", dtype="str")
        return DataFrame(index=none, columns=GROWTH, dtype=float)
    groups = pipeline.groupby(["account", "year"], observed=True)[["sell_in", "off_take", "built"]]
    complete = groups.count().min(axis=1) == 12
    wide = groups.sum().where(complete).unstack("year")
    found = {f"{name}{end}": wide[name].get(year) for name in ("sell_in", "off_take", "built")
             for end, year in zip(("_base", ""), years, strict=True)}
    table = DataFrame(found)
    table["growth_in"] = money.growth(table["sell_in_base"], table["sell_in"])["rate"]
    table["growth_out"] = money.growth(table["off_take_base"], table["off_take"])["rate"]
    table["pipeline_points"] = money.ratio(table["built"] - table["built_base"], table["sell_in_base"])
    return table[GROWTH]


def flag_filling(pipeline: DataFrame, *, excess: float = 0.5, window: int = 12) -> DataFrame:
    """Months in which an account held clearly more, or less, stock than is usual for it.

    `pipeline`: from `lay_pipeline`.  Adds `usual` (median cover of the `window` months a year or more before, at least
    6 of them; so that a slow fill does not become its own measure), `over` (months of cover above usual), `surplus`
    (units above usual cover) and `flag`: filled (over at least `excess`), drained (as much below), normal, unknown.
    Only where stock is known: no flag rests on a guess.  `excess` is a rule of thumb.  Source: section 5 feature 10.
    """
    found = pipeline.copy()
    cover = found.pivot(index="month", columns="account", values="cover")
    ago = cover.shift(window).rolling(window, min_periods=HISTORY).median()
    young = cover.shift(SPAN).expanding(min_periods=HISTORY).median()  # a shorter history, where there is no other
    usual = ago.where(ago.notna(), young).stack()
    found["usual"] = usual.reindex(pd.MultiIndex.from_frame(found[["month", "account"]])).to_numpy(dtype=float)
    found["over"] = found["cover"] - found["usual"]
    found["surplus"] = found["over"] * found["stock"] / found["cover"].where(found["cover"] > 0)
    steps = [found["over"].isna(), found["over"] >= excess, found["over"] <= -excess]
    flags = np.select([step.to_numpy() for step in steps], ["unknown", "filled", "drained"], "normal")
    return found.assign(flag=Series(flags, index=found.index, dtype="str"))


def value_surplus(flagged: DataFrame, prices: Series) -> DataFrame:
    """What stands in the pipeline now beyond the usual, by account, largest first.

    `flagged`: from `flag_filling`; `prices`: our net price per unit by account (minor units).  Returns `month` (the
    latest), `stock`, `cover`, `usual`, `surplus` (units), `surplus_sales` (minor units: sales we have booked that
    shoppers have not yet bought) and `flag`.
    """
    latest = flagged.groupby("account", observed=True).tail(1).set_index("account")
    found = latest[["month", "stock", "cover", "usual", "surplus", "flag"]]
    value = found["surplus"] * prices.reindex(found.index).astype("Float64").astype(float)
    found = found.assign(surplus_sales=value).sort_index()
    return found.sort_values("surplus_sales", ascending=False, kind="stable", na_position="last")[
        ["month", "stock", "cover", "usual", "surplus", "surplus_sales", "flag"]]
