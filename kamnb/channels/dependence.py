"""How much of the business hangs on few buyers."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.channels.profit import deepest_level
from kamnb.methods.concentration import flag_dependence, lorenz_points
from kamnb.methods.groups import assign_buyers

BUYERS = ["group", "group_name", "channel", "channel_name", "accounts", "net_sales", "share", "earned_share", "flag"]
FLAGS = {"unknown": "unknown", "ordinary": "ordinary", "key": "from_10", "dependent": "from_20", "mono": "from_50"}


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
