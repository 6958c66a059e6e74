"""Who looks after accounts that stand in several places: split ownership, orphan stores, prices that drift apart."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame

from kamnb import money
from kamnb.methods.groups import assign_buyers
from kamnb.methods.series import round_amounts

SPLIT = ["people", "hours", "lead", "lead_share", "split", "effective"]
GROUPED = ["accounts", "sales", "owners", "unowned", "lead", "lead_share", "split", "price_low", "price_high",
           "price_spread", "levelling"]
TERRITORY = {"account": "str", "region": "str", "stores": "int64", "visited": "int64", "orphans": "int64", "people": "int64",
             "lead": "str", "hours": float}


def measure_split(work: DataFrame) -> DataFrame:
    """How the work on every account is spread over people.

    `work`: account, staff, hours (more rows per pair are summed; <NA> staff is nobody known and left out).  Returns, by
    account (index): `people`, `hours`, `lead` (who does most), `lead_share`, `split` (chance that two hours picked at
    random belong to two people: 0 = one hand, near 1 = everybody's and nobody's) and `effective` (number of equal owners
    this amounts to, 1 / (1 - split)).  Source: method.md E36, E37.
    """
    known = work.dropna(subset=["staff"])
    cells = known.groupby(["account", "staff"], observed=True)["hours"].sum().astype(float)
    cells = cells[cells > 0].reset_index().sort_values(["account", "hours", "staff"], ascending=[True, False, True])
    groups = cells.groupby("account", observed=True)
    found = groups.agg(people=("staff", "size"), hours=("hours", "sum"), lead=("staff", "first"), first=("hours", "first"))
    squares = (cells["hours"] ** 2).groupby(cells["account"]).sum()
    found["lead_share"] = found["first"] / found["hours"]
    found["effective"] = found["hours"] ** 2 / squares
    return found.assign(split=1 - 1 / found["effective"])[SPLIT]


def compare_owners(accounts: DataFrame, *, sales: DataFrame, day: pd.Timestamp) -> DataFrame:
    """Groups whose accounts are in several hands, and whose prices differ, largest first.

    `accounts`: account, group, group_from, owner; `sales`: account, net_sales, list_sales (one year; <NA> = unknown);
    `day`: groups as they stood on it.  Returns, by group with more than one account that buys (index): `accounts`,
    `sales`, `owners` (distinct), `unowned` (accounts without an owner), `lead`, `lead_share` and `split` as in
    `measure_split` with sales in the place of hours, `price_low`, `price_high` (net / list of its accounts),
    `price_spread` and `levelling`: what it would cost a year if every account asked for the lowest price of its group
    (minor units; <NA> where a price is unknown).  Source: method.md E36, E37; section 5 feature 4.
    """
    rows = sales[sales["net_sales"] > 0].merge(accounts[["account", "owner"]], on="account")
    rows["group"] = rows["account"].map(assign_buyers(accounts, day=day))
    rows = rows[rows.groupby("group")["account"].transform("size") > 1]
    listed = rows["list_sales"].astype("Float64").astype(float)
    rows = rows.assign(list=listed, price=money.ratio(rows["net_sales"].astype(float), listed))
    groups = rows.groupby("group", observed=True)
    found = groups.agg(accounts=("account", "size"), sales=("net_sales", "sum"), owners=("owner", "nunique"))
    found["unowned"] = rows["owner"].isna().groupby(rows["group"]).sum().astype("int64")
    found["price_low"], found["price_high"] = groups["price"].min(), groups["price"].max()
    found["price_spread"] = found["price_high"] - found["price_low"]
    levelled = (rows["price"] - groups["price"].transform("min")) * rows["list"]
    found["levelling"] = round_amounts(levelled.groupby(rows["group"]).sum(skipna=False))
    hands = measure_split(DataFrame({"account": rows["group"], "staff": rows["owner"], "hours": rows["net_sales"]}))
    found = found.join(hands[["lead", "lead_share", "split"]]).rename_axis("group")
    return found.sort_index().sort_values("sales", ascending=False, kind="stable")[GROUPED]


def map_territories(stores: DataFrame, visits: DataFrame) -> DataFrame:
    """Who goes where for every account: the ownership matrix of account x region, with the stores nobody visits.

    `stores`: store, account, region (open stores); `visits`: store, staff, hours of the period looked at (no store =
    head office, left out).  Returns account, region, `stores`, `visited`, `orphans` (stores without a visit), `people`
    (who visited), `lead` (most hours; "" = nobody) and `hours`.  Source: method.md E36 (orphan stores).
    """
    seen = visits.dropna(subset=["store"]).merge(stores[["store", "account", "region"]], on="store", suffixes=("_said", ""))
    places = stores.groupby(["account", "region"], observed=True).size().rename("stores").to_frame()
    places["visited"] = seen.groupby(["account", "region"], observed=True)["store"].nunique()
    work = seen.groupby(["account", "region", "staff"], observed=True)["hours"].sum().astype(float).reset_index()
    work = work.sort_values(["account", "region", "hours", "staff"], ascending=[True, True, False, True])
    teams = work.groupby(["account", "region"], observed=True).agg(people=("staff", "size"), lead=("staff", "first"),
                                                                   hours=("hours", "sum"))
    table = places.join(teams).reset_index()
    filled = {name: table[name].fillna(0) for name in ("visited", "people", "hours")}  # no visit is a count of none
    table = table.assign(**filled, lead=table["lead"].astype("str").fillna(""))
    table["orphans"] = table["stores"] - table["visited"]
    return table.sort_values(["account", "region"], ignore_index=True).astype(TERRITORY)[list(TERRITORY)]


def sum_orphans(territories: DataFrame) -> DataFrame:
    """Orphan stores by account (index), most first: `regions`, `stores`, `orphans`, `orphan_share` and `leads` (how many
    people lead in at least one of its regions).  `territories`: from `map_territories`.  Source: method.md E36."""
    groups = territories.groupby("account", observed=True)
    found = groups.agg(regions=("region", "size"), stores=("stores", "sum"), orphans=("orphans", "sum"))
    found["orphan_share"] = found["orphans"] / found["stores"].where(found["stores"] > 0)
    leads = territories[territories["lead"] != ""].groupby("account", observed=True)["lead"].nunique()
    found["leads"] = leads.reindex(found.index).astype("Float64").fillna(0).astype("int64")
    return found.sort_index().sort_values("orphans", ascending=False, kind="stable")

