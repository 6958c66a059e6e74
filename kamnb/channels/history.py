"""Sales by channel over the years: where the business comes from, and who brings its growth."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb import money
from kamnb.calendar import add_years
from kamnb.methods.growth import measure_growth, total_years

MONTHS = ["account", "name", "channel", "channel_name", "year", "month", "net_sales", "list_sales", "cost"]
HISTORY = {"channel": "str", "channel_name": "str", "year": "datetime64[us]", "accounts": "int64", "net_sales": "int64",
           "share": float, "previous_sales": "Int64", "change": "Int64", "growth": float, "case": "str"}
GROWTH = {"channel": "str", "channel_name": "str", "first_sales": "Int64", "net_sales": "Int64", "share": float,
          "change": "Int64", "cagr": float, "growth_points": float, "years": "int64"}


def no_rows(types: dict[str, object]) -> DataFrame:
    """A frame without rows whose columns have these types, so that whatever follows can join it."""
    return DataFrame(columns=list(types)).astype(types)


def place_months(panel: DataFrame, *, accounts: DataFrame, channels: DataFrame, as_of: Timestamp) -> DataFrame:
    """The ledger by account and month with names, channel and year: what every other view of this stage starts from.

    `panel`: panel account_month; `accounts`, `channels`: the tables.  Returns account, name, channel, channel_name (the
    code where channels have no names), year (last day of twelve complete months), month, net_sales, list_sales, cost
    (minor units; the last two <NA> where unknown), and category if the panel has it.  Months outside complete years
    are left out.
    """
    names = channels[["channel", "name"]].rename(columns={"name": "channel_name"})
    named = accounts[["account", "name", "channel"]].merge(names, on="channel", how="left", validate="many_to_one")
    named["channel_name"] = named["channel_name"].where(named["channel_name"].notna(), named["channel"])
    months = add_years(panel, as_of=as_of).merge(named, on="account", how="left", validate="many_to_one")
    extra = [column for column in ("category",) if column in panel]
    return months[[*MONTHS, *extra]].sort_values(["account", "month", *extra], ignore_index=True)


def drop_unknown(table: DataFrame) -> DataFrame:
    """`table` without the columns of which nothing is known, so that a page shows what there is."""
    return table.dropna(axis=1, how="all") if len(table) else table


def trace_channels(months: DataFrame) -> DataFrame:
    """Sales of every channel in every year, with growth over the year before.

    `months`: from `place_months`.  Returns channel, channel_name, year, `accounts` (that bought), `net_sales`
    (0 = none), `share` of all sales of the year, `previous_sales`, `change` (minor units), `growth` (NaN where no rate
    is honest) and `case` (money.growth); sorted by channel and year.  Source: method.md A09.
    """
    if months.empty:
        return no_rows(HISTORY)
    history = total_years(months, by="channel").stack().rename("net_sales").reset_index()
    history["channel_name"] = history["channel"].map(_names(months))
    history["accounts"] = _count_buyers(months).reindex(pd.MultiIndex.from_frame(history[["channel", "year"]]),
                                                        fill_value=0).to_numpy()
    history["share"] = money.ratio(history["net_sales"], history.groupby("year")["net_sales"].transform("sum"))
    history["previous_sales"] = history.groupby("channel")["net_sales"].shift().astype("Int64")
    grown = money.growth(history["previous_sales"].astype(float), history["net_sales"].astype(float))
    history["change"] = history["net_sales"] - history["previous_sales"]
    return history.assign(growth=grown["rate"], case=grown["case"])[list(HISTORY)]


def _names(months: DataFrame) -> pd.Series:
    return months.drop_duplicates("channel").set_index("channel")["channel_name"]


def _count_buyers(months: DataFrame) -> pd.Series:
    """How many accounts of a channel had sales in a year, by channel and year."""
    yearly = months.groupby(["channel", "year", "account"], observed=True)["net_sales"].sum()
    return (yearly > 0).groupby(["channel", "year"]).sum()


def compare_growth(history: DataFrame) -> DataFrame:
    """What each channel brought to the growth of the whole, from the first year to the latest; no rows for one year.

    `history`: from `trace_channels`.  Returns channel, channel_name, `first_sales` (first year), `net_sales`
    (latest), `share` (of the latest), `change` (minor units), `cagr` (a year; NaN unless both ends are positive),
    `growth_points` (change as a fraction of all sales of the first year: they sum to the growth of the whole) and
    `years` (between the two); largest change first.  Source: method.md A09.
    """
    if history["year"].nunique() < 2:
        return no_rows(GROWTH)
    wide = history.pivot(index=["channel", "channel_name"], columns="year", values="net_sales")
    grown = measure_growth(wide).rename(columns={"first": "first_sales", "current": "net_sales"})
    grown["change"] = grown["net_sales"] - grown["first_sales"]
    grown["share"] = (grown["net_sales"] / grown["net_sales"].sum()).astype(float)
    grown["growth_points"] = (grown["change"] / grown["first_sales"].sum()).astype(float)
    ordered = grown.reset_index().sort_values(["change", "channel"], ascending=[False, True], ignore_index=True)
    return ordered[list(GROWTH)]


def summarise_growth(growth: DataFrame) -> dict[str, object]:
    """The facts of the growth sentence: totals, growth a year, and the channels that brought and lost most.

    `growth`: from `compare_growth`.  Nothing for no rows.
    """
    if growth.empty:
        return {}
    first, last, years = growth["first_sales"].sum(), growth["net_sales"].sum(), int(growth["years"].iloc[0])
    cagr = (last / first) ** (1 / years) - 1 if first > 0 and last > 0 else float("nan")
    facts = {"sales": int(last), "change": int(last - first), "cagr": float(cagr), "years": years,
             "channels": len(growth), "growing": int((growth["change"] > 0).sum())}
    for role, row in (("best", growth.iloc[0]), ("worst", growth.iloc[-1])):
        facts |= {role: row["channel_name"], f"{role}_change": int(row["change"]), f"{role}_cagr": float(row["cagr"])}
    return facts
