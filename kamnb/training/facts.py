"""Numbers about an account that its plan quotes, computed from the sample's own tables."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.training.accountplans import percent
from kamnb.training.world import World, recipe

YEARS = (2025, 2024)
CLOSE = 3               # coverage from which a contact is close


def gather_facts(world: World, tables: dict[str, DataFrame]) -> dict[str, dict]:
    """By account: texts to fill in, and under `raw` the same as numbers."""
    return {account: _facts(world, tables, account) for account in recipe("stories")["key"]["accounts"]}


def _facts(world: World, tables: dict[str, DataFrame], account: str) -> dict:
    """The facts of one account."""
    raw = _trade(world, tables, account) | _shelf(tables, account) | _people(tables, account) | _effort(tables, account)
    signed = ("growth", "sports", "teawater", "market")
    shares = ("wallet", "handles", "onshelf", "rival")
    texts = {name: percent(raw[name], signed=True) for name in signed} | {name: percent(raw[name]) for name in shares}
    counts = {name: f"{value:,.0f}" for name, value in raw.items() if name not in texts}
    return counts | texts | {"raw": raw}


def _trade(world: World, tables: dict[str, DataFrame], account: str) -> dict:
    """Sales in million yen, growth, items, share of the account's purchases and growth of its market."""
    sales = tables["sales"]
    mine = sales[sales["account"] == account]
    category, year = mine["product"].map(world.products["category"]), mine["date"].dt.year
    now, then = (mine.loc[year == y, "net_sales"].sum() for y in YEARS)
    late = mine["date"].dt.month >= 5
    market = tables["market"][tables["market"]["channel"] == world.accounts.at[account, "channel"]]
    size = market.groupby(market["month"].dt.year)["sales"].sum()
    bought = int(tables["accounts"].set_index("account").at[account, "category_purchases"])
    return {"sales": now / 1e6, "growth": now / then - 1, "products": mine.loc[year == YEARS[0], "product"].nunique(),
            "sports": _change(mine, category == "sports"),
            "teawater": _change(mine, category.isin(["tea", "water"]) & late),
            "market": size[YEARS[0]] / size[YEARS[1]] - 1, "purchases": bought / 1e6, "wallet": now / bought}


def _change(mine: DataFrame, chosen: Series) -> float:
    """Change of the chosen lines against the year before; missing where there were none."""
    year = mine["date"].dt.year
    now, then = (mine.loc[chosen & (year == y), "net_sales"].sum() for y in YEARS)
    return now / then - 1 if then > 0 else float("nan")


def _shelf(tables: dict[str, DataFrame], account: str) -> dict:
    """Stores now and at the start of 2021, the share that carries us, and must-stock items on the shelf lately."""
    stores = tables["stores"][tables["stores"]["account"] == account]
    open_now = stores[stores["closed"].isna()]
    checks = tables["store_checks"]
    checks = checks[(checks["account"] == account) & (checks["date"] >= "2025-05-01")]
    listed = tables["accounts"].set_index("account").at[account, "stores"]
    return {"stores": 0 if pd.isna(listed) else int(listed),
            "stores_first": int((stores["opened"] < "2021-01-01").sum()),
            "handles": open_now["handles"].mean() if len(open_now) else float("nan"),
            "onshelf": checks["on_shelf"].sum() / checks["must_stock"].sum() if len(checks) else float("nan")}


def _people(tables: dict[str, DataFrame], account: str) -> dict:
    """Persons, how many of them we know, contacts of the last year, and the first rival's share."""
    people = tables["people"][tables["people"]["account"] == account]
    log = tables["contacts_log"]
    rivals = tables["competitors"]
    rivals = rivals[(rivals["account"] == account) & (rivals["competitor_en"] == "Competitor A")]
    return {"persons": len(people), "covered": int((people["coverage"] >= CLOSE).sum()),
            "contacts": int(((log["account"] == account) & (log["date"] >= "2025-01-01")).sum()),
            "rival": rivals["share"].mean()}


def _effort(tables: dict[str, DataFrame], account: str) -> dict:
    """Visits of the last year, deliveries a year and the number of terms."""
    drivers = tables["cost_drivers"]
    mine = drivers[(drivers["account"] == account) & (drivers["activity_en"] == "Delivery and handling")]
    return {"visits": int((tables["visits"]["account"] == account).sum()), "deliveries": int(mine["volume"].sum()),
            "terms": int((tables["terms"]["account"] == account).sum())}
