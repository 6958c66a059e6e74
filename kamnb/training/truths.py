"""The planted truths with their numbers, computed from the sample's own tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.channeltruths import CHANNEL_TRUTHS, Tables
from kamnb.training.world import World, recipe

YEAR = 2025


def measure_truths(world: World, tables: Tables) -> dict[str, dict]:
    """By id (T01 ... T18): accounts and dates that play a part, and numbers (yen, fractions, counts)."""
    stories = recipe("stories")
    channel = tables["sales"]["account"].map(tables["accounts"].set_index("account")["channel"])
    category = tables["sales"]["product"].map(tables["products"].set_index("product")["category"])
    sales = tables["sales"].assign(year=tables["sales"]["date"].dt.year, channel=channel, category=category)
    seen = tables | {"sales": sales}
    measures = {"T01": _giant, "T02": _riser, "T03": _channels, "T04": _leaver, "T05": _cheap, "T06": _promotions,
                "T07": _merger, "T08": _late, "T09": _plan, "T11": _strategic, "T12": _routing, "T13": _mix, **CHANNEL_TRUTHS}
    found = {key: measure(seen, stories[key]) for key, measure in measures.items()}
    return dict(sorted((found | {"T10": _white(seen, world, stories["T10"])}).items()))


def _share(value: float) -> float:
    """A fraction as truth.toml writes it."""
    return round(float(value), 4)


def price_accounts(tables: Tables) -> DataFrame:
    """By account, of the last year in yen: list_sales, net_sales, cost, terms, serve, profit; `pocket` (share of list).

    Terms valid at the as-of date, at their expected value; those limited to a category on that category alone.
    """
    year = tables["sales"][tables["sales"]["year"] == YEAR]
    sums = year.groupby("account")[["list_sales", "net_sales", "cost"]].sum()
    by_category = year.groupby(["account", "category"])["net_sales"].sum()
    terms = tables["terms"][tables["terms"]["kind"].ne("on_invoice") & tables["terms"]["kind"].ne("progressive_rebate")]
    worth = Series([_term_yen(term, sums, by_category) for term in terms.itertuples()], index=terms.index, dtype=float)
    drivers = tables["cost_drivers"]
    serve = (drivers["volume"] * drivers["unit_minutes"] * drivers["cost_per_minute"]).groupby(drivers["account"]).sum()
    sums["terms"] = worth.groupby(terms["account"]).sum().reindex(sums.index).fillna(0.0)
    sums["serve"] = serve.reindex(sums.index)
    sums["profit"] = sums["net_sales"] - sums["cost"] - sums["terms"] - sums["serve"]
    return sums.assign(pocket=(sums["net_sales"] - sums["terms"]) / sums["list_sales"])


def _term_yen(term: tuple, sums: DataFrame, by_category: Series) -> float:
    """Yearly yen of one term; payment days cost nothing here."""
    if term.kind == "payment_days" or term.account not in sums.index:
        return 0.0
    if term.basis == "amount_a_year":
        return float(term.value)
    limited = isinstance(term.category, str)
    base = by_category.get((term.account, term.category), 0) if limited else sums.at[term.account, "net_sales"]
    return float(term.value) * float(base) * (1.0 if pd.isna(term.probability) else float(term.probability))


def _giant(tables: Tables, story: dict) -> dict:
    facts = price_accounts(tables).loc[story["account"]]
    return {"account": story["account"], "net_sales": int(facts["net_sales"]),
            "gross_margin": int(facts["net_sales"] - facts["cost"]), "terms": round(facts["terms"]),
            "cost_to_serve": round(facts["serve"]), "profit": round(facts["profit"])}


def _riser(tables: Tables, story: dict) -> dict:
    account = story["account"]
    mine = tables["sales"][tables["sales"]["account"] == account]
    yearly = mine.groupby("year")["net_sales"].sum()
    market = tables["market"][tables["market"]["channel"] == mine["channel"].iloc[0]]
    size = market.groupby(market["month"].dt.year)["sales"].sum() * 1000
    stores = tables["stores"][tables["stores"]["account"] == account]
    ends = [Timestamp(f"{year}-12-31") for year in yearly.index]
    open_stores = [int(((stores["opened"] <= end) & ~(stores["closed"] <= end)).sum()) for end in ends]
    return {"account": account, "years": yearly.index.tolist(), "net_sales": yearly.tolist(),
            "growth": _cagr(yearly), "share_of_channel": (yearly / size).round(6).tolist(),
            "categories": mine.groupby("year")["category"].nunique().tolist(), "stores": open_stores}


def _cagr(yearly: Series) -> float:
    """Yearly growth from the first to the last value."""
    return _share((yearly.iloc[-1] / yearly.iloc[0]) ** (1 / (len(yearly) - 1)) - 1)


def _channels(tables: Tables, story: dict) -> dict:
    found = {}
    for side in ("losing", "gaining"):
        ours = tables["sales"][tables["sales"]["channel"] == story[side]].groupby("year")["net_sales"].sum()
        market = tables["market"][tables["market"]["channel"] == story[side]]
        size = market.groupby(market["month"].dt.year)["sales"].sum() * 1000
        found |= {side: story[side], f"{side}_ours": _cagr(ours), f"{side}_market": _cagr(size),
                  f"{side}_share": (ours / size).round(4).tolist()}
    return found


def _leaver(tables: Tables, story: dict) -> dict:
    mine = tables["sales"][(tables["sales"]["account"] == story["account"]) & (tables["sales"]["quantity"] > 0)]
    month = mine["date"].dt.to_period("M")
    monthly = mine.groupby(month)["net_sales"].sum()
    now, then = monthly["2025-10":"2025-12"].sum(), monthly["2024-10":"2024-12"].sum()
    products = mine.groupby(month)["product"].nunique()
    return {"account": story["account"], "since": story["from"],
            "last_quarter_against_year_before": _share(now / then - 1),
            "products_before": int(products["2025-03"]), "products_after": int(products["2025-12"])}


def _cheap(tables: Tables, story: dict) -> dict:
    pocket = price_accounts(tables)["pocket"]
    channel = tables["accounts"].set_index("account")["channel"].reindex(pocket.index)
    peers = pocket[(channel == story["peers"]) & (pocket.index != story["account"])]
    return {"account": story["account"], "pocket": _share(pocket[story["account"]]),
            "peers_median": _share(peers.median()), "peers_lowest": _share(peers.min())}


def _promotions(tables: Tables, story: dict) -> dict:
    found = {}
    for side, promo in story.items():
        lifts = promotion_lifts(tables, promo["promo"])
        found |= {f"{side}_promo": promo["promo"], f"{side}_account": promo["account"],
                  f"{side}_lift": _share(lifts.iloc[0]), f"{side}_after": _share(lifts.iloc[1:].sum())}
    return found


def promotion_lifts(tables: Tables, promo: str) -> Series:
    """Cases above the usual in the promotion's month and the two after, as shares of the usual of the first.

    Usual is the year before, moved by how the account's other categories changed in the same months.
    """
    deal = tables["promos"].set_index("promo").loc[promo]
    mine = tables["sales"][tables["sales"]["account"] == deal["account"]]
    months = pd.period_range(deal["starts"], periods=3, freq="M")
    cases = mine.assign(month=mine["date"].dt.to_period("M"), chosen=mine["category"] == deal["category"])
    table = cases.pivot_table(index="month", columns="chosen", values="quantity", aggfunc="sum")
    before = table.loc[months - 12].set_axis(months)
    usual = before[True] * (table.loc[months, False].sum() / before[False].sum())
    return (table.loc[months, True] - usual) / usual.iloc[0]


def _merger(tables: Tables, story: dict) -> dict:
    sales = tables["sales"]
    channel = sales.loc[sales["account"] == story["head"], "channel"].iloc[0]
    year = sales[(sales["channel"] == channel) & (sales["date"] > "2023-09-30") & (sales["date"] <= "2024-09-30")]
    apart = year.groupby("account")["net_sales"].sum()
    together = apart.rename({story["joined"]: story["head"]}).groupby(level=0).sum()
    return {"head": story["head"], "joined": story["joined"], "date": str(story["date"]), "channel": channel,
            "cr4_before": _top(apart), "cr4_after": _top(together),
            "hhi_before": _hhi(apart), "hhi_after": _hhi(together)}


def _top(sales: Series) -> float:
    return _share(sales.nlargest(4).sum() / sales.sum())


def _hhi(sales: Series) -> float:
    return round(float(((sales / sales.sum()) ** 2).sum()), 5)


def _late(tables: Tables, story: dict) -> dict:
    mine = tables["ar"][tables["ar"]["account"] == story["account"]]
    overdue = mine[(mine["due"] < Timestamp("2025-12-31")) & mine["paid_on"].isna()]
    late = (mine["paid_on"] - mine["due"]).dt.days.mean()
    return {"account": story["account"], "overdue": int(overdue["amount"].sum()), "days_late": round(float(late), 1)}


def _plan(tables: Tables, story: dict) -> dict:
    plan = tables["plan"][tables["plan"]["month"] <= "2025-12-01"].groupby("account")["net_sales"].sum() * 1000
    actual = tables["sales"][tables["sales"]["date"] >= "2025-04-01"].groupby("account")["net_sales"].sum()
    reached = actual / plan
    behind, ahead = story["behind"]["account"], story["ahead"]["account"]
    return {"behind": behind, "behind_reached": _share(reached[behind]),
            "ahead": ahead, "ahead_reached": _share(reached[ahead])}


def _white(tables: Tables, world: World, story: dict) -> dict:
    year = tables["sales"][tables["sales"]["year"] == YEAR]
    mates = year[year["channel"] == world.accounts.at[story["account"], "channel"]]
    bought = mates.pivot_table(index="account", columns="category", values="net_sales", aggfunc="sum", fill_value=0)
    name = world.categories.at[story["category"], "ja"]
    peers = bought.drop(story["account"])
    rest = bought.loc[story["account"]].drop(name).sum()
    usual = (peers[name] / peers.drop(columns=name).sum(axis=1)).median()
    return {"account": story["account"], "category": name, "category_en": world.categories.at[story["category"], "en"],
            "sales": int(bought.at[story["account"], name]), "peers": len(peers),
            "peers_buying": int((peers[name] > 0).sum()), "headroom": round(float(rest * usual))}


def _strategic(tables: Tables, story: dict) -> dict:
    marks = tables["scores"].groupby(["account", "criterion"])["score"].mean().astype(float).unstack()
    highest, lowest = marks.loc[story["large_not_key"]].max(), marks.loc[recipe("stories")["key"]["accounts"]].min()
    return {"large_not_key": story["large_not_key"], "key_not_large": story["key_not_large"],
            "criteria": marks.columns.tolist(),
            "their_highest": highest.round(2).tolist(), "lowest_of_key_accounts": lowest.round(2).tolist()}


def _routing(tables: Tables, story: dict) -> dict:
    months = {year: pd.period_range(f"{year}-04", f"{year}-12", freq="M") for year in (YEAR, YEAR - 1)}
    sales, through = tables["sales"], tables["sellthru"]
    direct = sales[sales["account"] == story["account"]]
    through = through[(through["account"] == story["account"]) & (through["wholesaler"] == story["wholesaler"])]
    own = direct.groupby(direct["date"].dt.to_period("M"))["quantity"].sum()
    other = through.groupby(through["month"].dt.to_period("M"))["quantity"].sum().reindex(own.index, fill_value=0)
    now, then = ({"direct": own[span].sum(), "both": (own + other)[span].sum()} for span in months.values())
    return {"account": story["account"], "wholesaler": story["wholesaler"], "date": story["date"],
            "direct_growth": _share(now["direct"] / then["direct"] - 1),
            "both_growth": _share(now["both"] / then["both"] - 1)}


def _mix(tables: Tables, story: dict) -> dict:
    mine = tables["sales"][tables["sales"]["account"] == story["account"]]
    table = mine[mine["year"].isin([YEAR - 1, YEAR])].groupby(["year", "product"])[["quantity", "net_sales"]].sum()
    before, now = table.loc[YEAR - 1], table.loc[YEAR]
    price_before, price_now = before["net_sales"] / before["quantity"], now["net_sales"] / now["quantity"]
    total = before["quantity"].sum()
    steps = {"price": ((price_now - price_before) * now["quantity"]).sum(),
             "volume": ((now["quantity"].sum() - total) * before["quantity"] / total * price_before).sum(),
             "mix": ((now["quantity"] - now["quantity"].sum() * before["quantity"] / total) * price_before).sum()}
    return {"account": story["account"], "total": int(now["net_sales"].sum() - before["net_sales"].sum())} | {
        name: round(float(np.float64(value))) for name, value in steps.items()}
