"""Stores of the sample's accounts: how many there are, the lists of those who gave one, and what was found in them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.world import LANGUAGES, World, recipe, stream, twins

ROUNDS = ("2024-08-20", "2024-11-19", "2025-02-18", "2025-05-20", "2025-08-19", "2025-11-18")
STORES_CHECKED = 12
AREA = {"GMS": 4200, "RSM": 1600, "DRG": 950}
CLOSED = 0.04
HANDLING = 0.88
FIRST_CLOSURE = Timestamp("2023-02-28")


def count_stores(world: World) -> Series:
    """Open stores at the as-of date by account; missing where an account has no stores."""
    counts = np.ceil(world.accounts["sales"] / world.accounts["channel"].map(recipe("trade")["sales_per_store"]))
    story = recipe("stories")["T02"]
    counts.loc[story["account"]] = story["stores"]
    return counts.astype("Int64")


def list_stores(world: World, accounts: DataFrame) -> DataFrame:
    """Stores of the accounts that gave a list: store, account, names, format, region, area, category_sales, ...

    `accounts`: the account master.  Open stores at the as-of date are as many as the master says.
    """
    rng, master = stream(world.seed, "stores"), accounts.set_index("account")
    lists = [_stores_of(account, master.loc[account], world, rng) for account in recipe("field")["listed"]]
    stores = pd.concat(lists, ignore_index=True)
    stores.insert(0, "store", [f"S{number:04d}" for number in range(1, len(stores) + 1)])
    return stores


def _stores_of(account: str, facts: Series, world: World, rng: np.random.Generator) -> DataFrame:
    """The stores of one account, the closed ones after the open ones."""
    channel, count = world.accounts.at[account, "channel"], int(facts["stores"])
    shut = int(round(count * CLOSED))
    area = AREA[channel] * rng.lognormal(0, 0.35, count + shut)
    sales = float(facts["category_purchases"]) * 1.28 * area ** 1.1 / (area[:count] ** 1.1).sum()
    handled = rng.random(count + shut) < _handling(account)
    opened = _openings(account, count + shut, rng)
    closed = [pd.NaT] * count + [FIRST_CLOSURE + pd.DateOffset(months=int(m)) for m in rng.integers(0, 33, shut)]
    texts = [_texts(facts, place, int(facts["regions"]), rng) for place in range(count + shut)]
    return DataFrame(texts).assign(account=account, area=area.round(-1), handles=handled, opened=opened,
                                   category_sales=np.rint(sales / 1e5).astype("int64") * 100_000,
                                   closed=pd.to_datetime(Series(closed)))


def _texts(facts: Series, place: int, regions: int, rng: np.random.Generator) -> dict:
    """Name, format and region of a store in three languages; national chains stand in every region."""
    book = recipe("channels")["region"]
    home = [r["ja"] for r in book].index(facts["region"])
    region = book[(home + int(rng.integers(0, regions))) % len(book)]
    names = [facts["name"], facts["name_en"], facts["name_zh"]]
    numbered = [form.format(name, place + 1) for form, name in zip(recipe("field")["store_name"], names, strict=True)]
    return (twins("name", numbered) | twins("format", [facts["format"], facts["format_en"], facts["format_zh"]])
            | twins("region", [region[language] for language in LANGUAGES]))


def _handling(account: str) -> float:
    """Share of the account's stores that carry us."""
    return recipe("field")["handling"].get(account, HANDLING)


def _openings(account: str, count: int, rng: np.random.Generator) -> list[Timestamp]:
    """Opening days; the story's chain opens a store every few months of the five years."""
    story = recipe("stories")["T02"]
    old = [Timestamp("1990-01-01") + pd.DateOffset(months=int(m)) for m in rng.integers(0, 366, count)]
    if account != story["account"]:
        return old
    new = [Timestamp("2021-03-01") + pd.DateOffset(months=4 * step) for step in range(count - story["stores_first"])]
    return old[:story["stores_first"]] + [min(day, Timestamp("2025-11-01")) for day in new]


def check_stores(world: World, stores: DataFrame) -> DataFrame:
    """Store checks: date, store, account, must_stock, on_shelf, facings, category_facings, price_ok, display."""
    rng, rows = stream(world.seed, "store checks"), []
    behind = recipe("stories")["T09"]["behind"]
    for account, level in recipe("field")["checked"].items():
        chosen = stores[(stores["account"] == account) & stores["closed"].isna() & (stores["opened"] <= ROUNDS[0])]
        for store in chosen["store"].head(STORES_CHECKED):
            for day in ROUNDS:
                late = account == behind["account"] and day >= behind["from"]
                rows.append(_check(day, (store, account), level * (0.72 if late else 1.0), rng))
    return DataFrame(rows).sort_values(["date", "store"], ignore_index=True)


def _check(day: str, at: tuple[str, str], level: float, rng: np.random.Generator) -> dict:
    """What one round found in one store."""
    shelf = int(rng.integers(90, 150))
    return {"date": Timestamp(day), "store": at[0], "account": at[1], "must_stock": 12,
            "on_shelf": int(rng.binomial(12, level)), "facings": int(rng.binomial(shelf, 0.13 * level)),
            "category_facings": shelf, "price_ok": bool(rng.random() < 0.55 + 0.4 * level),
            "display": bool(rng.random() < level - 0.15)}
