"""How much of the business hangs on few buyers, by year, and before and after accounts merged."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.channels.history import no_rows
from kamnb.channels.profit import deepest_level
from kamnb.methods.concentration import flag_dependence, lorenz_points, measure_concentration

YEARS = {"year": "datetime64[us]", "buyers": "int64", "cr4": float, "cr10": float, "hhi": float, "share_for_80": float,
         "cr4_before": float, "cr4_after": float}
MERGERS = {"account": "str", "name": "str", "group": "str", "group_name": "str", "channel_name": "str",
           "month": "datetime64[us]", "rank_before": "Int64", "rank_after": "Int64",
           "cr4_before": float, "cr4_after": float, "hhi_before": float, "hhi_after": float}
BUYERS = ["group", "group_name", "channel", "channel_name", "accounts", "net_sales", "share", "earned_share", "flag"]
FLAGS = {"unknown": "unknown", "ordinary": "ordinary", "key": "from_10", "dependent": "from_20", "mono": "from_50"}


def assign_buyers(accounts: DataFrame, *, day: Timestamp | None = None) -> Series:
    """Who buys for each account (index: account): the head of its group, else the account itself.

    `accounts`: the table.  `day`: groups as they stood on that day; None = every account by itself.  An account with a
    group but no joining date always belonged to it.
    """
    rows = accounts.set_index("account")
    joined = rows["group"].notna() & (rows["group_from"].isna() | (rows["group_from"] <= day)) if day is not None else (
        Series(False, index=rows.index))
    return rows["group"].where(joined, Series(rows.index, index=rows.index)).astype("str")


def sum_buyers(months: DataFrame, *, accounts: DataFrame, year: Timestamp, day: Timestamp | None) -> Series:
    """Net sales of `year` by buyer, as the groups stood on `day` (None = no groups)."""
    rows = months[months["year"] == year]
    return rows.groupby(rows["account"].map(assign_buyers(accounts, day=day)), observed=True)["net_sales"].sum()


def trace_concentration(months: DataFrame, *, accounts: DataFrame) -> DataFrame:
    """Concentration of our sales by year, groups as they stood at its end, and pro forma before and after mergers.

    `months`: from `place_months`; `accounts`: the table.  Returns year, buyers, cr4, cr10 (shares), hhi (0-10000),
    share_for_80 (share of the buyers that makes 80 % of sales), and pro forma: cr4_before (as if nobody had joined a
    group since the first year began) and cr4_after (today's groups in every year).  Source: method.md A01, E01, O31.
    """
    if months.empty:
        return no_rows(YEARS)
    start, today = months["month"].min() - pd.Timedelta(days=1), months["year"].max()
    rows = []
    for year in sorted(months["year"].unique()):
        now, before, after = (measure_concentration(sum_buyers(months, accounts=accounts, year=year, day=day))
                              for day in (year, start, today))
        rows.append(now.assign(year=year, cr4_before=before["cr4"], cr4_after=after["cr4"]))
    return pd.concat(rows, ignore_index=True).rename(columns={"accounts": "buyers"})[list(YEARS)]


def list_mergers(months: DataFrame, *, accounts: DataFrame) -> DataFrame:
    """Accounts that joined a group within the years seen, and what that changed in the latest year, newest first.

    Returns account, name, group, group_name (who it joined), channel_name (of the group's head), month, and before and
    after the mergers of those years: rank of the group among all buyers, cr4 and hhi of our sales in that channel.
    Source: method.md A01.
    """
    if months.empty:
        return no_rows(MERGERS)
    year, names = months["year"].max(), accounts.set_index("account")["name"]
    new = accounts[(accounts["group_from"] >= months["month"].min()) & (accounts["group_from"] <= year)
                   & accounts["group"].notna() & (accounts["group"] != accounts["account"])]
    joined = new[["account", "name", "group"]].assign(month=new["group_from"], group_name=new["group"].map(names))
    joined["channel_name"] = joined["group"].map(months.drop_duplicates("account").set_index("account")["channel_name"])
    for state, day in (("before", new["group_from"].min() - pd.Timedelta(days=1)), ("after", year)):
        sales = sum_buyers(months, accounts=accounts, year=year, day=day)
        joined[f"rank_{state}"] = joined["group"].map(sales.rank(ascending=False, method="min")).astype("Int64")
        inside = {name: measure_concentration(sum_buyers(rows, accounts=accounts, year=year, day=day))
                  for name, rows in months.groupby("channel_name") if name in set(joined["channel_name"])}
        for measure in ("cr4", "hhi"):
            joined[f"{measure}_{state}"] = joined["channel_name"].map(
                {name: found[measure].iloc[0] for name, found in inside.items() if len(found)}).astype(float)
    return joined.sort_values(["month", "account"], ascending=[False, True], ignore_index=True)[list(MERGERS)]


def rank_buyers(earnings: DataFrame, *, accounts: DataFrame, day: Timestamp) -> DataFrame:
    """Every buyer of the latest year, largest first, with how much of our sales and of our profit hangs on it.

    `earnings`: from `trace_earnings`; `accounts`: the table; `day`: groups as they stood on it.  Returns group (code of
    the buyer), group_name, channel, channel_name (of its largest account), `accounts`, net_sales, share of all sales,
    earned_share (of what all buyers with a profit earn, at the deepest known level; NaN unknown) and `flag`: the graver
    of what the two shares mean (ordinary, from_10, from_20, from_50 percent).  Source: method.md A01, E22, oracle O33.
    """
    level = deepest_level(earnings)
    buyer = earnings["account"].map(assign_buyers(accounts, day=day)).astype("str")
    sold = earnings.assign(group=buyer, profit=earnings[level].astype(float)).sort_values(
        ["net_sales", "account"], ascending=[False, True])
    buyers = sold.groupby("group").agg(
        channel=("channel", "first"), channel_name=("channel_name", "first"), accounts=("account", "size"),
        net_sales=("net_sales", "sum"), profit=("profit", lambda found: found.sum(skipna=False))).reset_index()
    buyers["share"] = buyers["net_sales"].astype(float) / buyers["net_sales"].sum()
    earned = buyers["profit"].clip(lower=0).sum()
    buyers["earned_share"] = buyers["profit"] / (earned if earned > 0 else float("nan"))
    flags = [flag_dependence(buyers[part])["flag"].map(list(FLAGS).index) for part in ("share", "earned_share")]
    buyers["flag"] = pd.concat(flags, axis=1).max(axis=1).map(dict(enumerate(FLAGS.values())))
    buyers["group_name"] = buyers["group"].map(accounts.set_index("account")["name"]).astype("str")
    return buyers.sort_values(["net_sales", "group"], ascending=[False, True], ignore_index=True)[BUYERS]


def trace_lorenz(buyers: DataFrame) -> DataFrame:
    """The concentration curve of `buyers` (from `rank_buyers`): rank, accounts and sales as cumulative shares."""
    return lorenz_points(buyers["net_sales"])


def summarise_concentration(concentration: DataFrame, *, buyers: DataFrame) -> dict[str, object]:
    """The facts of the concentration sentence: the first and the latest year, the largest buyer, flagged buyers.

    `concentration`: from `trace_concentration`; `buyers`: from `rank_buyers`.  Nothing for no rows.
    """
    if concentration.empty or buyers.empty:
        return {}
    first, last, largest = concentration.iloc[0], concentration.iloc[-1], buyers.iloc[0]
    flagged = buyers["flag"].isin(["from_10", "from_20", "from_50"])
    return {"cr4": float(last["cr4"]), "cr4_first": float(first["cr4"]), "cr10": float(last["cr10"]),
            "hhi": float(last["hhi"]), "buyers": int(last["buyers"]), "share_for_80": float(last["share_for_80"]),
            "largest": largest["group_name"], "largest_share": float(largest["share"]), "flagged": int(flagged.sum())}
