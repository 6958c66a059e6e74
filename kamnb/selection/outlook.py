"""Growth with headroom: how fast accounts grow once noise is taken out, and how much more they could buy."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.calendar import add_years
from kamnb.methods.growth import shrink_growth
from kamnb.methods.whitespace import benchmark_peers, sum_headroom
from kamnb.money import ratio

NAMED = 8  # names that a scatter of growth and headroom can carry


def estimate_growth(listed: DataFrame, panel: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Growth of the last twelve months without the noise, by account.

    `listed`: from `list_accounts`; `panel`: account_month.  Returns, by account, `growth_shrunken`, `growth_low`,
    `growth_high` (fractions; the interval holds the true growth with a probability of 80 %) and `shrinkage` (0 = own
    growth stands, 1 = the channel's mean); unknown for accounts without a full year before.  `panel` may be restated
    (`routing.restate_panel`).  Source: method.md A06, feature 9.
    """
    yearly = add_years(panel[panel["account"].isin(listed["account"])], as_of=as_of)
    known = listed.set_index("account")
    shrunk = shrink_growth(yearly.assign(channel=yearly["account"].map(known["channel"]))).reindex(known.index)
    names = {"shrunken": "growth_shrunken", "low": "growth_low", "high": "growth_high"}
    rates = shrunk.rename(columns=names)[[*names.values(), "shrinkage"]].astype(float)
    return rates.where(known["case"].isin(["grew", "rerouted"]))


def value_headroom(listed: DataFrame, panel: DataFrame, accounts: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """What each account would buy on top if it bought like its peers, by account.

    `panel`: account_category_month; `accounts`: the master, whose `size` makes accounts comparable.  Returns, by
    account, `headroom_low` (like the median peer), `headroom` (like the better quarter; minor units, never more than
    half of what the account buys from all makers, where that is known), `open_share` (headroom as a share of sales and
    headroom), `wallet` (our share of its purchases).  All unknown where sizes are.  Source: method.md A07, feature 8.
    """
    yearly = add_years(panel, as_of=as_of)
    latest = yearly[(yearly["year"] == yearly["year"].max()) & yearly["account"].isin(listed["account"])]
    master = accounts[accounts["account"].isin(listed["account"])]
    purchases = master.set_index("account")["category_purchases"]
    room = sum_headroom(benchmark_peers(latest[["account", "category", "net_sales"]], master), purchases)
    sums = room[["headroom_low", "headroom_high"]].rename(columns={"headroom_high": "headroom"}).astype("Int64")
    table = sums.reindex(pd.Index(listed["account"], name="account"))
    sales = listed.set_index("account")["net_sales"].astype(float)
    table["open_share"] = ratio(table["headroom"].astype(float), sales + table["headroom"].astype(float))
    table["wallet"] = ratio(sales, purchases.astype(float).reindex(table.index))
    return table


def join_measures(listed: DataFrame, *measures: DataFrame | Series) -> DataFrame:
    """`listed` (one row per account) with the columns of `measures`, each indexed by account."""
    joined = listed.set_index("account")
    for measure in measures:
        joined = joined.join(measure)
    return joined.reset_index()


def place_accounts(facts: DataFrame) -> DataFrame:
    """Accounts of which growth and headroom are both known, for the map: account, name, `net_sales`, `headroom`,
    `open_share`, `growth_shrunken`, `growth_low`, `growth_high`, `promising` and `named` (True = gets its name).

    Promising: surely outgrows all accounts together, and could buy more on top than the median account could (as a
    share).  Named are the largest of them, and of the others the largest and those whose growth moves most money.
    """
    known = facts[facts["growth_shrunken"].notna() & facts["open_share"].notna()].reset_index(drop=True)
    ours = _total_growth(known)
    known["promising"] = (known["growth_low"] > ours) & (known["open_share"] > known["open_share"].median())
    sales = known["net_sales"].astype(float)
    moved = (sales * known["growth_shrunken"]).abs()
    first = sales.where(known["promising"]).rank(ascending=False, method="first") <= NAMED
    large = (sales.rank(ascending=False) <= NAMED - 2) | (moved.rank(ascending=False) <= NAMED // 2)
    columns = ["account", "name", "net_sales", "headroom", "open_share", "growth_shrunken", "growth_low", "growth_high",
               "promising"]
    return known[columns].assign(named=first | large, ours=ours)


def _total_growth(known: DataFrame) -> float:
    """Growth of the accounts in `known` together, weighted by their sales of the year before."""
    sales = known["net_sales"].astype(float)
    before = sales / (1 + known["growth_shrunken"])
    return float(sales.sum() / before.sum() - 1) if before.sum() > 0 else float("nan")


def summarise_outlook(places: DataFrame) -> dict[str, object]:
    """Numbers of the map: `measured` accounts, `headroom` and `sales` of all of them, `promising` accounts with their
    `promising_sales` and `promising_headroom` (shares), `ours` (growth of all together) and `names` (the promising
    with the most headroom); {} where no account is promising."""
    chosen = places[places["promising"]].sort_values(["headroom", "account"], ascending=[False, True])
    if chosen.empty:
        return {}
    sales, room = float(places["net_sales"].sum()), float(places["headroom"].sum())
    return {"measured": len(places), "headroom": int(room), "sales": int(sales), "promising": len(chosen),
            "promising_sales": float(chosen["net_sales"].sum()) / sales,
            "promising_headroom": float(chosen["headroom"].sum()) / room, "ours": places["ours"].iloc[0],
            "names": chosen["name"].head(4).tolist()}
