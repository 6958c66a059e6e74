"""What is left of list price at the account, and how its terms compare with those of accounts of its size."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years, year_end
from kamnb.methods.corridor import flag_price_outliers
from kamnb.methods.pricing import KINDS, TOTALS, PriceRules, build_waterfall, list_bars
from kamnb.methods.series import round_amounts
from kamnb.methods.serving import total_cost_to_serve
from kamnb.money import ratio

STEPS = ("on_invoice", *KINDS, "cost", "cost_to_serve")
OF = {"pocket": "list", "pocket_margin": "pocket", "net": "pocket"}  # what each total is quoted as a part of
LEAST = 5  # accounts of the channel that make a median
NOTABLE = 0.005  # half a point of list price above the peers is worth a talk


def price_latest(panel: DataFrame, products: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """Priced sales of the last twelve complete months: account, year, month, category, net_sales, list_sales, cost.

    `panel`: account, product, month and these amounts (minor units); `products`: product, category; a product that
    is not in the master has no category.
    """
    rows = add_years(panel.merge(products[["product", "category"]], on="product", how="left"), as_of=as_of)
    return rows.loc[
        rows["year"] == year_end(0, as_of=as_of),
        ["account", "year", "month", "category", "net_sales", "list_sales", "cost"],
    ]


def build_waterfalls(sales: DataFrame, terms: DataFrame, drivers: DataFrame, *, rules: PriceRules) -> DataFrame:
    """The price waterfall of every account that has terms, for the latest year; indexed by account.

    `sales`: from `price_latest`; `terms`, `drivers`: tables terms and cost_drivers.  Columns: those of
    methods.pricing.build_waterfall.  Accounts without cost drivers have an unknown cost to serve.
    """
    serving = total_cost_to_serve(drivers, scale=rules.scale)["cost_to_serve"] if len(drivers) else None
    falls = build_waterfall(sales, terms, rules=rules, costs=serving)
    return falls[(falls["terms"] > 0) & falls["invoice"].gt(0)].set_index("account")


def draw_bars(waterfalls: DataFrame, *, account: str) -> DataFrame:
    """The bars of the account's waterfall: bar, amount, start, end, total, and `share` of the first bar."""
    bars = list_bars(waterfalls.loc[waterfalls.index == account].reset_index())
    first = bars["amount"].iloc[0] if len(bars) else 1
    return bars[["bar", "amount", "start", "end", "total"]].assign(share=bars["amount"].astype(float) / float(first))


def summarise_worth(waterfalls: DataFrame, sales: DataFrame, *, account: str) -> dict[str, object]:
    """What the account leaves us in the latest year, as far as it is known.

    `waterfalls`: from `build_waterfalls`; `sales`: from `price_latest`.  Keys: idle (it bought nothing), margin,
    margin_rate (gross, of net sales; where the cost of every line is known); with terms also year, list, invoice,
    pocket, terms_cost (invoice - pocket), pocket_margin, net (minor units), pocket_rate (pocket of list),
    pocket_margin_rate and net_rate (of pocket).
    """
    own = sales[sales["account"] == account]
    found = {"idle": True} if own.empty else _sum_margin(own)
    if account not in waterfalls.index:
        return found
    row = waterfalls.loc[account]
    amounts = {name: int(row[name]) for name in TOTALS if pd.notna(row[name])}
    rates = {
        f"{part}_rate": amounts[part] / amounts[whole]
        for part, whole in OF.items()
        if part in amounts and amounts.get(whole, 0) > 0
    }
    return found | amounts | rates | {"year": row["year"], "terms_cost": amounts["invoice"] - amounts["pocket"]}


def _sum_margin(sales: DataFrame) -> dict[str, object]:
    """Gross margin and its rate; {} where the cost of any line is unknown."""
    if sales["cost"].isna().any():
        return {}
    total, margin = int(sales["net_sales"].sum()), int((sales["net_sales"] - sales["cost"]).sum())
    return {"margin": margin, "margin_rate": margin / total} if total > 0 else {"margin": margin}


def compare_terms(waterfalls: DataFrame, accounts: DataFrame, *, account: str) -> DataFrame:
    """Every step from list price to contribution beside the median of the channel's other accounts.

    `waterfalls`: from `build_waterfalls`; `accounts`: account, channel.  Returns `bar`, `amount` (minor units, given
    away), `share` and `peer_share` (of list price; NaN under five peers), `gap` (difference) and `gap_amount` (what
    the gap costs a year), costliest gap first.  No rows without terms or a list price.
    """
    listed = waterfalls[waterfalls["list"].notna()]
    columns = {
        "bar": "str",
        "amount": "Int64",
        "share": float,
        "peer_share": float,
        "gap": float,
        "gap_amount": "Int64",
    }
    if account not in listed.index:
        return DataFrame(columns=list(columns)).astype(columns)
    shares = -listed[list(STEPS)].astype("Float64").astype(float).div(listed["list"].astype(float), axis=0) + 0.0
    channel = accounts.set_index("account")["channel"]
    mates = shares[shares.index.map(channel) == channel[account]].drop(index=account)
    own, peer = shares.loc[account], mates.median().where(mates.notna().sum() >= LEAST)
    given = -listed.loc[account, list(STEPS)]
    table = DataFrame({"amount": given.astype("Int64"), "share": own, "peer_share": peer, "gap": own - peer})
    table["gap_amount"] = round_amounts(table["gap"] * float(listed.at[account, "list"]))
    table = table[table["share"].notna() & ((table["share"] != 0) | (table["peer_share"].fillna(0) != 0))]
    return (
        table.rename_axis("bar")
        .reset_index()
        .sort_values(["gap_amount", "bar"], ascending=[False, True], ignore_index=True)[list(columns)]
    )


def summarise_terms(comparison: DataFrame) -> dict[str, object]:
    """The term that costs most against peers: `terms` (how many) and, of a gap of half a point, bar, gap, gap_amount.

    `comparison`: from `compare_terms`.  {} without rows.
    """
    agreed = comparison[~comparison["bar"].isin(["cost", "cost_to_serve"])]
    if agreed.empty:
        return {}
    worse = agreed[agreed["gap"] >= NOTABLE]
    return {"terms": len(agreed)} | (
        {name: worse[name].iloc[0] for name in ("bar", "gap", "gap_amount")} if len(worse) else {}
    )


def place_in_corridor(waterfalls: DataFrame, accounts: DataFrame, *, account: str) -> DataFrame:
    """Pocket price of the account and its channel's others, with what their size would let expect.

    `waterfalls`: from `build_waterfalls`; `accounts`: account, name, channel.  Returns account, name, `rate` (pocket
    / list), `size` (list sales, minor units), `expected`, `z`, `flag` (low, high, "", unknown) and `own`; sorted by
    size.  No rows without terms or a list price.  Source: method.md A21, A50.
    """
    listed = waterfalls[waterfalls["list"].gt(0)].reset_index()
    master = accounts[["account", "name", "channel"]]
    prices = listed.assign(
        rate=ratio(listed["pocket"].astype(float), listed["list"].astype(float)), size=listed["list"].astype(float)
    ).merge(master, on="account")
    flags = flag_price_outliers(prices[["account", "rate", "size", "channel"]])
    table = prices[["account", "name", "channel", "size"]].merge(flags, on="account")
    table["own"] = table["account"] == account
    mates = table[table["channel"].isin(table.loc[table["own"], "channel"])]
    return mates.sort_values(["size", "account"], ignore_index=True)[
        ["account", "name", "rate", "size", "expected", "z", "flag", "own"]
    ]


def summarise_corridor(corridor: DataFrame) -> dict[str, object]:
    """The account's place: rate, expected, `below` (expected - rate), z, flag, `cost` of it a year; {} if untold."""
    own = corridor[corridor["own"]]
    if own.empty or own["expected"].isna().all():
        return {}
    row = own.iloc[0]
    below = float(row["expected"] - row["rate"])
    return {
        "rate": float(row["rate"]),
        "expected": float(row["expected"]),
        "below": below,
        "z": float(row["z"]),
        "flag": row["flag"],
        "corridor_cost": int(np.rint(below * row["size"])),
        "mates": len(corridor) - 1,
    }
