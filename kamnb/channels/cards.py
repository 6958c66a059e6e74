"""The position of every large account on one line: size, share of its purchases, growth, class, profit, headroom."""

from __future__ import annotations

from pandas import DataFrame, Series

from kamnb.channels.profit import deepest_level
from kamnb.methods.standing import place_accounts
from kamnb.methods.whitespace import benchmark_peers, sum_headroom

CARDS = ["account", "name", "channel_name", "net_sales", "class_cell", "growth_shrunken", "standing_growth",
         "in_store_share", "profit_left", "rank_gap", "headroom_low", "headroom_high"]
SHIFT = 20  # places by which profit ranks behind size before it is worth a talk (rule of thumb)


def lay_cards(classes: DataFrame, *, months: DataFrame, measured: tuple[DataFrame, DataFrame], accounts: DataFrame) -> DataFrame:
    """The position card of every A account, largest first.

    `classes`: from `classify_accounts`; `months`: from `place_months`; `measured`: from `trace_earnings` and `weigh_growth`;
    `accounts`: the table.  Returns account, name, channel_name, net_sales, class_cell ("AX"),
    growth_shrunken, standing_growth, in_store_share (of its purchases; NaN unknown), profit_left (deepest known level),
    rank_gap (places by which it ranks lower by profit than by size) and headroom_low to headroom_high up to the
    middle and the best quarter of its channel.  Source: method.md A05-A08.
    """
    earnings, weighed = measured
    large = classes[classes["class_abc"] == "A"]
    purchases = accounts.set_index("account")["category_purchases"]
    profit = earnings.set_index("account")[deepest_level(earnings)]
    yearly = months.groupby(["account", "channel", "year"], observed=True)["net_sales"].sum().reset_index()
    placed = place_accounts(yearly, profit=profit, purchases=purchases).reindex(large["account"])
    growth = weighed.set_index("account")[["growth_shrunken", "standing_growth"]]
    cards = large.assign(class_cell=large["class_abc"] + large["class_xyz"]).set_index("account")
    cards = cards.join(placed[["in_store_share", "profit", "rank_gap"]]).join(growth)
    cards = cards.join(_find_headroom(months, accounts, purchases)[["headroom_low", "headroom_high"]])
    return cards.rename(columns={"profit": "profit_left"}).reset_index()[CARDS]


def _find_headroom(months: DataFrame, accounts: DataFrame, purchases: Series) -> DataFrame:
    """Headroom by account up to the quantiles of our share of purchases in its channel."""
    sales = months[months["year"] == months["year"].max()].assign(category="-")
    sized = accounts[["account", "channel"]].assign(size=accounts["category_purchases"].astype(float))
    found = benchmark_peers(sales, sized[sized["account"].isin(sales["account"])])
    return sum_headroom(found, purchases.dropna())


def summarise_cards(cards: DataFrame, *, classes: DataFrame) -> dict[str, object]:
    """The facts of the sentence on the cards: who earns far less than its size suggests, and who grows fastest of the large.

    `cards`: from `lay_cards`; `classes`: from `classify_accounts`.
    """
    known = cards[cards["profit_left"].notna()]
    if known.empty:
        return {}
    lagging = known[known["rank_gap"] >= SHIFT]
    told = known.loc[known["rank_gap"].astype(float).idxmax()]
    growing = cards.sort_values(["growth_shrunken", "account"], ascending=[False, True]).iloc[0]
    share = classes.loc[classes["class_abc"] == "A", "share"].sum()
    return {"accounts": len(cards), "share": float(share), "lagging": len(lagging), "name": told["name"],
            "gap": int(told["rank_gap"]), "growing": growing["name"], "growth": float(growing["growth_shrunken"])}
