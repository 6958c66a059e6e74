"""How the stores of the account carry us: breadth and depth, and what was found on the shelf."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

MEASURES = (
    ("breadth", "share"),
    ("coverage", "share"),
    ("in_store_share", "share1"),
    ("per_store", "money"),
    ("availability", "share"),
    ("shelf_share", "share1"),
    ("displays", "share"),
    ("prices", "share"),
)
LEAST = 5  # accounts of the channel that make a median


def measure_stores(stores: DataFrame, checks: DataFrame, sales: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """How the stores of each account carry us and what was found in them, by account.

    `stores`, `checks`: tables stores and store_checks; `sales`: account, net_sales of a year (minor units).  Returns
    `stores` (open), `handling`, `breadth` (share of stores), `coverage` (share of category sales through them),
    `in_store_share` (our sales of those category sales), `per_store` (minor units); from the last twelve months'
    checks `availability` (must-stock products on the shelf), `shelf_share` (our facings of the category's),
    `displays`, `prices` (share of checks with the agreed display, the agreed price).  Coverage x in-store share is
    our share of the account's category sales, exactly.  Source: method.md 2.2 fair-share identities, A22, A24.
    """
    recent = checks[checks["date"] > as_of - pd.DateOffset(years=1)]
    return (
        pd.concat([_carry(stores, sales.groupby("account")["net_sales"].sum()), _find(recent)], axis=1)
        .rename_axis("account")
        .sort_index()
    )


def _carry(stores: DataFrame, sales: Series) -> DataFrame:
    """Breadth and depth from the store list: open stores for which it is known whether they carry us."""
    known = stores[stores["closed"].isna() & stores["handles"].notna()]
    handled = known["handles"].astype(bool)
    carried = known["category_sales"].astype(float).where(handled, 0.0).groupby(known["account"]).sum(min_count=1)
    category = known["category_sales"].astype(float).groupby(known["account"]).sum(min_count=1)
    table = DataFrame(
        {"stores": known.groupby("account").size(), "handling": handled.astype("int64").groupby(known["account"]).sum()}
    )
    ours = sales.reindex(table.index).astype(float)
    return table.assign(
        breadth=table["handling"] / table["stores"],
        coverage=carried / category.where(category > 0),
        in_store_share=ours / carried.where(carried > 0),
        per_store=ours / table["handling"].where(table["handling"] > 0),
    )


def _find(checks: DataFrame) -> DataFrame:
    """What checks found, as ratios of sums."""
    numbers = checks.groupby("account")[["must_stock", "on_shelf", "facings", "category_facings"]].sum(min_count=1)
    numbers = numbers.astype("Float64").astype(float)
    flags = checks[["display", "price_ok"]].astype("Float64").groupby(checks["account"]).mean().astype(float)
    return DataFrame(
        {
            "availability": numbers["on_shelf"] / numbers["must_stock"].where(numbers["must_stock"] > 0),
            "shelf_share": numbers["facings"] / numbers["category_facings"].where(numbers["category_facings"] > 0),
            "displays": flags["display"],
            "prices": flags["price_ok"],
        }
    )


def compare_stores(measures: DataFrame, accounts: DataFrame, *, account: str) -> DataFrame:
    """The account's measures in the store beside the median of its channel's other accounts.

    `measures`: from `measure_stores`; `accounts`: account, channel.  Returns `store_measure` (code), `kind`, `own`,
    `peer` (NaN under five peers), `peers`; only measures that are known of the account.
    """
    columns = ["store_measure", "kind", "own", "peer", "peers"]
    if account not in measures.index:
        return DataFrame({name: [] for name in columns})
    channel = accounts.set_index("account")["channel"].reindex(measures.index)
    mates = measures[channel == channel[account]].drop(index=account)[[name for name, _ in MEASURES]].astype(float)
    known = mates.notna().sum()
    table = DataFrame(
        {
            "store_measure": known.index,
            "kind": [kind for _, kind in MEASURES],
            "own": measures.loc[account, known.index].astype(float).to_numpy(),
            "peer": mates.median().where(known >= LEAST, np.nan).to_numpy(),
            "peers": known.to_numpy(),
        }
    )
    return table.dropna(subset="own", ignore_index=True)[columns]


def summarise_stores(measures: DataFrame, *, account: str) -> dict[str, object]:
    """The account's own store numbers that are known: stores, handling, unhandled, per_store, availability, ...

    `measures`: from `measure_stores`.
    """
    if account not in measures.index:
        return {}
    known: dict[str, object] = measures.loc[account].dropna().to_dict()
    return known | ({"unhandled": int(known["stores"] - known["handling"])} if "handling" in known else {})
