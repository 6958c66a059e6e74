"""How widely items and the maker stand in stores, and how well they sell where they stand."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

from kamnb import money

WEIGHTS = {"acv": "all_sales", "pcv": "category_sales"}  # measure of distribution: what a store weighs by
MEASURED = ["stores", "numeric", "acv", "pcv"]


def measure_distribution(listing: DataFrame, stores: DataFrame) -> DataFrame:
    """Distribution of every item: in how many stores it is, and what those stores weigh.

    `listing`: store, item, one row or more where the item is listed, stocked or sold (whichever reading is wanted);
    `stores`: store, all_sales and category_sales (any unit; NaN = unknown), one row for every store of the trade that
    is looked at.  Returns, by item (index): `stores` (that carry it), `numeric` (share of the stores), `acv` (their
    share of all sales), `pcv` (of the category's sales; both over the stores whose sales are known, NaN if none is).
    Listings of other stores are left out.  Source: method.md 2.2 distribution, 2.3 choice 6, oracles O14, O15, O18.
    """
    pairs = listing[["store", "item"]].drop_duplicates()
    carried = pairs.merge(stores[["store", *WEIGHTS.values()]], on="store")
    groups = carried.groupby("item", observed=True)
    found = groups.size().rename("stores").to_frame()
    found["numeric"] = found["stores"] / max(len(stores), 1)
    for name, weight in WEIGHTS.items():
        whole = stores[weight].astype(float).sum(min_count=1)
        found[name] = groups[weight].sum().astype(float) / (whole if whole > 0 else np.nan)
    return found[MEASURED].sort_index()


def sum_points(distribution: DataFrame) -> dict[str, float]:
    """Total distribution over all items of `measure_distribution`: `points` (TDP: sum of the items' weighted
    distribution in per cent; numeric where no weights are known), `items` and `items_per_store` (mean over all stores
    = sum of numeric distributions).  Empty for no items.  Source: method.md 2.2 distribution, oracle O17."""
    if distribution.empty:
        return {}
    weighted = distribution["pcv"].where(distribution["pcv"].notna(), distribution["acv"])
    weighted = weighted.where(weighted.notna(), distribution["numeric"])
    return {"points": float(weighted.sum() * 100), "items": len(distribution),
            "items_per_store": float(distribution["numeric"].sum())}


def measure_depth(distribution: DataFrame, sales: Series) -> DataFrame:
    """What every item sells where it stands: `distribution` plus `sales`, `per_store` and `per_point`.

    `sales`: by item (minor units or units of goods).  per_store = sales per store that carries it; per_point (SPPD) =
    sales per point of weighted distribution (1 point = 1 % of the category's sales), so that items in large and in
    small stores compare.  Unknown sales stay unknown.  Source: method.md 2.2 distribution.
    """
    sold = sales.reindex(distribution.index).astype("Float64").astype(float)
    return distribution.assign(sales=sold, per_store=sold / distribution["stores"].where(distribution["stores"] > 0),
                               per_point=sold / (distribution["pcv"].where(distribution["pcv"] > 0) * 100))


def index_purchases(quantity: Series, shoppers: Series) -> Series:
    """Purchase index (PI): units, or money, per thousand shoppers; NaN where there are none.  Source: oracle O16."""
    return (money.ratio(quantity.astype(float), shoppers.astype(float)) * 1000).rename("purchase_index")


def cover_stores(stores: DataFrame, *, by: str = "account") -> DataFrame:
    """How many of the stores, and of their category sales, handle us, `by` account (or another column).

    `stores`: `by`, handles (<NA> = not known) and category_sales (what the store sells of the category, all makers;
    <NA> = unknown); pass open stores only.  Returns by `by` (index): `stores`, `known` (stores of which it is known
    whether they handle us), `handling`, `numeric` (handling / known), `market` and `handled` (category sales of the
    known stores and of those that handle us), `coverage` (weighted distribution = handled / market) and `tilt`
    (coverage - numeric: negative = we miss the large stores).  Source: method.md A07, 2.2 fair share, oracle O18.
    """
    rows = stores[[by]].assign(handles=stores["handles"].astype("boolean").astype("Float64").astype(float))
    rows["market"] = stores["category_sales"].astype("Float64").astype(float).where(rows["handles"].notna())
    rows["handled"] = rows["market"] * rows["handles"]
    groups = rows.groupby(by, observed=True)
    found = groups.agg(stores=("handles", "size"), known=("handles", "count"), handling=("handles", "sum"))
    found["handling"] = found["handling"].astype("int64")
    found["numeric"] = money.ratio(found["handling"].astype(float), found["known"].astype(float))
    found[["market", "handled"]] = groups[["market", "handled"]].sum(min_count=1)
    found["coverage"] = money.ratio(found["handled"], found["market"])
    return found.assign(tilt=found["coverage"] - found["numeric"])
