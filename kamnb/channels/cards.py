"""The position of every account on one line, and the large ones to talk about: size, growth, profit, headroom, renewal."""

from __future__ import annotations

from pandas import DataFrame, Series, Timestamp

from kamnb.channels.market import compare_purchases
from kamnb.channels.profit import deepest_level
from kamnb.methods.renewal import place_replacements
from kamnb.methods.standing import place_accounts
from kamnb.methods.whitespace import sum_headroom

Measured = tuple[DataFrame, DataFrame, Series]
CARDS = ["account", "name", "channel_name", "net_sales", "class_cell", "variation", "growth_shrunken", "growth_low",
         "growth_high", "standing_growth", "in_store_share", "profit_left", "rank_gap", "headroom_low", "headroom_high", "due_units"]
TALKS = ["account", "name", "channel_name", "net_sales", "class_cell", "growth_shrunken", "standing_growth", "profit_left",
         "rank_gap", "headroom_high", "due_units"]
SHIFT = 20  # places by which profit ranks behind size before it is worth a talk (rule of thumb)


def lay_cards(classes: DataFrame, *, months: DataFrame, measured: Measured, accounts: DataFrame) -> DataFrame:
    """The position card of every account that bought in the latest year, largest first.

    `classes`: from `classify_accounts`; `months`: from `place_months`; `measured`: from `trace_earnings`, `weigh_growth` and
    `count_renewals`; `accounts`: the table.  Returns account, name, channel_name, net_sales, class_cell ("AX"), variation,
    growth_shrunken with growth_low and growth_high (80 %), standing_growth, in_store_share (of its purchases; NaN unknown),
    profit_left (deepest known level), rank_gap (places by which it ranks lower by profit than by size), headroom_low to
    headroom_high up to the middle and the best quarter of its channel, and due_units.  Source: method.md A05-A08, C22.
    """
    earnings, weighed, due = measured
    purchases = accounts.set_index("account")["category_purchases"]
    profit = earnings.set_index("account")[deepest_level(earnings)]
    yearly = months.groupby(["account", "channel", "year"], observed=True)["net_sales"].sum().reset_index()
    placed = place_accounts(yearly, profit=profit, purchases=purchases).reindex(classes["account"])
    growth = weighed.set_index("account")[["growth_shrunken", "growth_low", "growth_high", "standing_growth"]]
    cards = classes.assign(class_cell=classes["class_abc"] + classes["class_xyz"]).set_index("account")
    cards = cards.join(placed[["in_store_share", "profit", "rank_gap"]]).join(growth).join(due)
    room = sum_headroom(compare_purchases(months, accounts=accounts), purchases.dropna())
    cards = cards.join(room[["headroom_low", "headroom_high"]])
    return cards.rename(columns={"profit": "profit_left"}).reset_index()[CARDS]


def count_renewals(purchases: DataFrame, *, products: DataFrame, as_of: Timestamp) -> Series:
    """Units of long-life goods that every account is likely to replace within twelve months (`due_units`, by account).

    `purchases`: panel account_product_month; `products`: the table; goods without a life are used up and left out.
    Source: method.md C22.
    """
    lives = products.dropna(subset=["life", "life_spread"]).set_index("product")
    lasting = purchases[purchases["product"].isin(lives.index)]
    return place_replacements(lasting, lives, as_of=as_of, years=1).set_index("account")["due"].rename("due_units")


def pick_talks(cards: DataFrame) -> DataFrame:
    """The large accounts to talk about: `cards` of class A whose profit lags their size, that surely grow unlike their
    channel, or that buy irregularly."""
    lagging = (cards["rank_gap"] >= SHIFT).fillna(False).astype(bool)
    apart = cards["standing_growth"].isin(["faster", "slower"]) | cards["class_cell"].str.endswith("Z")
    return cards[cards["class_cell"].str.startswith("A") & (lagging | apart)][TALKS].reset_index(drop=True)


def summarise_cards(cards: DataFrame, *, classes: DataFrame) -> dict[str, object]:
    """The facts of the sentence on the cards: who of the large earns far less than its size suggests, and who grows fastest.

    `cards`: from `lay_cards`; `classes`: from `classify_accounts`.
    """
    large = cards[cards["class_cell"].str.startswith("A")]
    known = large[large["profit_left"].notna()]
    if known.empty:
        return {}
    lagging = known[known["rank_gap"] >= SHIFT]
    told = known.loc[known["rank_gap"].astype(float).idxmax()]
    growing = large.sort_values(["growth_shrunken", "account"], ascending=[False, True]).iloc[0]
    share = classes.loc[classes["class_abc"] == "A", "share"].sum()
    return {"accounts": len(large), "share": float(share), "lagging": len(lagging), "name": told["name"],
            "gap": int(told["rank_gap"]), "growing": growing["name"], "growth": float(growing["growth_shrunken"])}
