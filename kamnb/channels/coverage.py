"""Fair share: our share of what an account buys as the stores that handle us times our share in those stores."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.channels.structure import sum_latest
from kamnb.methods.distribution import cover_stores
from kamnb.methods.fairshare import decompose_share, estimate_levers

FAIR = ["account", "name", "channel", "channel_name", "net_sales", "bought", "stores", "numeric", "weighted", "in_store",
        "purchase_share", "fair_index", "by_coverage", "by_in_store", "by_both", "lever_total"]


def measure_fair_share(months: DataFrame, *, stores: DataFrame, accounts: DataFrame, as_of: Timestamp) -> DataFrame:
    """Our share of every account's purchases as weighted coverage times in-store share, and what either lever is worth.

    `months`: from `place_months`; `stores`: the table (open stores count); `accounts`: the table.  Returns account, name,
    channel, channel_name, net_sales, bought (what the account buys of all makers: category_purchases, else what its stores
    sell), stores, numeric and weighted coverage, in_store (share in the stores that handle us), purchase_share =
    weighted x in_store, fair_index (in_store / share over all these accounts), and the headroom up to the best quarter of
    the accounts by_coverage, by_in_store and by_both with its sum lever_total (minor units); largest sum first.
    Source: method.md 2.2 fair-share identities, oracles O18, O19.
    """
    running = stores[stores["closed"].isna() | (stores["closed"] > as_of)]
    covered = cover_stores(running)
    sold = sum_latest(months).merge(accounts[["account", "name", "category_purchases"]], on="account")
    rows = sold.set_index("account").join(covered[["stores", "numeric", "coverage", "market"]], how="inner")
    bought = rows["category_purchases"].astype("Float64").astype(float)
    rows["bought"] = bought.where(bought.notna(), rows["market"])
    rows = rows[(rows["bought"] > 0) & (rows["coverage"] > 0)]
    positions = rows.assign(sales=rows["net_sales"], market=rows["bought"], handled=rows["bought"] * rows["coverage"],
                            group=rows["channel"])
    shares, levers = decompose_share(positions), estimate_levers(positions)
    found = rows.rename(columns={"coverage": "weighted"}).assign(
        in_store=shares["in_store_share"], purchase_share=shares["market_share"], fair_index=shares["fair_share"],
        by_coverage=levers["by_coverage_high"], by_in_store=levers["by_in_store_high"], by_both=levers["by_both_high"],
        lever_total=levers["headroom_high"]).reset_index()
    found["stores"] = found["stores"].astype("int64")
    return found.sort_values(["lever_total", "account"], ascending=[False, True], ignore_index=True)[FAIR]


def summarise_fair_share(fair: DataFrame) -> dict[str, object]:
    """The facts of the fair-share sentence: what both levers are worth together, and where stores and where shelf is short."""
    if fair.empty:
        return {}
    facts = {"accounts": len(fair), "total": int(fair["lever_total"].sum()), "by_in_store": int(fair["by_in_store"].sum()),
             "by_coverage": int(fair["by_coverage"].sum())}
    for lever, share in (("coverage", "weighted"), ("in_store", "in_store")):
        row = fair.loc[fair[f"by_{lever}"].astype(float).idxmax()]
        facts |= {f"{lever}_name": row["name"], f"{lever}_worth": int(row[f"by_{lever}"]), f"{lever}_share": float(row[share])}
    return facts
