"""In whose hands national chains and groups are: split ownership, regions nobody visits, prices that drift apart."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.methods.ownership import compare_owners, map_territories, measure_split, sum_orphans

HANDS = ["account", "name", "net_sales", "regions", "owner_name", "people", "lead_name", "lead_share",
         "effective_owners", "orphan_stores", "orphan_share"]
SPLIT_GROUPS = ["group", "group_name", "accounts", "net_sales", "owners", "unowned", "price_low", "price_high", "price_spread",
                "levelling"]
MANY = 2  # regions from which a chain counts as spread (more than one territory)


def list_hands(visits: DataFrame, *, stores: DataFrame, earnings: DataFrame, tables: tuple[DataFrame, DataFrame]) -> DataFrame:
    """Chains with stores in more than one region and who works on them, the most split first.

    `visits`, `stores`: the tables; `earnings`: from `trace_earnings`; `tables`: accounts and team.  Returns account, name,
    net_sales, regions, owner_name, people (who visited), lead_name and lead_share (of the hours),
    effective_owners (equal owners that this amounts to), orphan_stores and orphan_share (stores nobody visited; NaN where
    no stores are listed).  Source: method.md E36, E37.
    """
    accounts, team = tables
    split = measure_split(visits)
    orphans = sum_orphans(map_territories(stores[stores["closed"].isna()], visits))[["orphans", "orphan_share"]]
    chains = accounts[accounts["regions"].fillna(0) >= MANY][["account", "regions", "owner"]]
    sold = earnings[["account", "name", "net_sales"]].merge(chains, on="account")
    table = sold.join(split, on="account", how="inner").reset_index(drop=True).join(orphans, on="account")
    names = team.set_index("member")["name"]
    table = table.assign(owner_name=table["owner"].map(names), lead_name=table["lead"].map(names)).rename(
        columns={"effective": "effective_owners", "orphans": "orphan_stores"})
    ordered = table.sort_values(["effective_owners", "net_sales", "account"], ascending=[False, False, True], ignore_index=True)
    return ordered[HANDS]


def list_split_groups(earnings: DataFrame, *, accounts: DataFrame, day: Timestamp) -> DataFrame:
    """Groups whose accounts have several owners or prices: what levelling to the lowest price of the group would cost.

    Returns group, group_name, accounts, net_sales, owners, unowned, price_low, price_high (net / list), price_spread and
    levelling (minor units a year), dearest first.  Source: method.md E37, section 5 feature 4.
    """
    sales = earnings[["account", "net_sales"]].assign(list_sales=earnings["list"])
    found = compare_owners(accounts, sales=sales, day=day).rename(columns={"sales": "net_sales"}).reset_index()
    named = found.assign(group_name=found["group"].map(accounts.set_index("account")["name"]).astype("str"))
    order = named["levelling"].astype("Float64").fillna(-1)
    return named.assign(order=order).sort_values(["order", "group"], ascending=[False, True], ignore_index=True)[SPLIT_GROUPS]


def summarise_hands(hands: DataFrame, *, groups: DataFrame) -> dict[str, object]:
    """The facts of the ownership sentence: chains in several hands, stores nobody visits, and what price levelling costs."""
    if hands.empty:
        return {}
    shared, first = hands[hands["people"] > 1], hands.iloc[0]
    orphans = hands["orphan_stores"].dropna()
    return {"chains": len(hands), "shared": len(shared), "name": first["name"], "people": int(first["people"]),
            "lead": first["lead_name"], "lead_share": float(first["lead_share"]), "orphans": int(orphans.sum()),
            "listed": len(orphans), "levelling": int(groups["levelling"].fillna(0).sum()), "groups": len(groups)}
