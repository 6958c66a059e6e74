"""Pauses longer than the buyer's own rhythm allows: by account, by item, by store."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

MEASURED = {"purchases": "int64", "first": "datetime64[us]", "last": "datetime64[us]", "usual": float, "limit": float,
            "pause": "int64", "chance": float, "lapsed": "boolean", "sales": "int64"}


@dataclass(frozen=True)
class PauseRules:
    """When a pause is too long; rules of thumb.

    `silence`: quantile of the buyer's own intervals that the pause must exceed; `least`: intervals needed to know them;
    `forget`: days after which a buyer counts as lost long ago and is no news.
    """

    silence: float = 0.95
    least: int = 5
    forget: int = 730


def measure_pauses(lines: DataFrame, *, keys: list[str], as_of: Timestamp, rules: PauseRules = PauseRules()) -> DataFrame:
    """The pause since the last purchase of every combination of `keys`, against its own rhythm.

    `lines`: the keys, date, net_sales; a purchase is a day with positive sales up to `as_of`; rows with an empty key are left
    out.  Returns the keys, `purchases` (days), `first`, `last`, `usual` (median interval, days), `limit` (quantile of its
    intervals, days), `pause` (days from the last purchase to `as_of`), `chance` (how rare so long a pause is: share of its
    intervals at least as long, the running one counted), `lapsed` (pause over the limit; unknown with too few intervals;
    False once forgotten) and `sales` (of the 365 days up to the last purchase: what is at stake a year), sorted by keys.
    Source: method.md D31, feature 13.
    """
    days = _list_days(lines, keys, as_of)
    if days.empty:
        return DataFrame(columns=[*keys, *MEASURED]).astype(MEASURED)
    groups = days.groupby("buyer")
    table = groups.agg(purchases=("date", "size"), first=("date", "min"), last=("date", "max"))
    gaps = days.dropna(subset=["interval"]).groupby("buyer")["interval"]
    table["usual"], table["limit"] = gaps.median().reindex(table.index), gaps.quantile(rules.silence).reindex(table.index)
    table["pause"] = (as_of.normalize() - table["last"]).dt.days
    longer = (days["interval"] >= table["pause"].to_numpy()[days["buyer"]]).groupby(days["buyer"]).sum()
    table["chance"] = (longer + 1) / table["purchases"]  # as many intervals as purchases, with the running one
    late = (table["pause"] > table["limit"]) & (table["pause"] <= rules.forget)
    table["lapsed"] = late.astype("boolean").mask(table["purchases"] - 1 < rules.least)
    table["sales"] = _sum_last_year(days)
    return table.astype(MEASURED).join(days.drop_duplicates("buyer").set_index("buyer")[keys])[[*keys, *MEASURED]].reset_index(drop=True)


def _list_days(lines: DataFrame, keys: list[str], as_of: Timestamp) -> DataFrame:
    """Days with positive sales, with the interval since the one before, the sum of sales, and `buyer` (number of the combination)."""
    kept = lines[(lines["date"] <= as_of) & lines[keys].notna().all(axis=1)]
    days = kept.assign(date=kept["date"].dt.normalize()).groupby([*keys, "date"], observed=True, as_index=False)["net_sales"].sum()
    days = days[days["net_sales"] > 0].sort_values([*keys, "date"], ignore_index=True)
    days["buyer"] = days.groupby(keys, observed=True).ngroup()  # numbers are quicker to group than names
    return days.assign(interval=days.groupby("buyer")["date"].diff().dt.days)


def _sum_last_year(days: DataFrame) -> Series:
    """Sales of the 365 days up to each buyer's last purchase."""
    since = days.groupby("buyer")["date"].transform("max") - pd.Timedelta(days=365)
    return days["net_sales"].where(days["date"] > since, 0).groupby(days["buyer"]).sum()


def list_lapsed(pauses: DataFrame) -> DataFrame:
    """The combinations that lapsed, most sales at stake first."""
    lapsed = pauses[pauses["lapsed"].fillna(False).astype(bool)]
    keys = [name for name in pauses.columns if name not in MEASURED]
    return lapsed.sort_values(["sales", *keys], ascending=[False, *[True] * len(keys)], ignore_index=True)


def sum_lapsed(pauses: DataFrame) -> DataFrame:
    """What lapsed at each account: account, `combinations` (with a rhythm that is known), `lapsed` (of them), `share`, `sales` at
    stake; most sales first.  `pauses`: by account and item, or account, store and item."""
    known = pauses[pauses["lapsed"].notna()].assign(gone=lambda rows: rows["lapsed"].astype(bool))
    known = known.assign(stake=known["sales"].where(known["gone"], 0))
    table = known.groupby("account").agg(combinations=("gone", "size"), lapsed=("gone", "sum"), sales=("stake", "sum")).reset_index()
    table["share"] = table["lapsed"] / table["combinations"].where(table["combinations"] > 0, np.nan)
    ordered = table.sort_values(["sales", "account"], ascending=[False, True], ignore_index=True)
    return ordered[["account", "combinations", "lapsed", "share", "sales"]]
