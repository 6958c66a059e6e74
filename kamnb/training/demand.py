"""Who buys what: the assortment of each account and the cases it takes each month, before any story is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.training.pricing import discounts, list_prices
from kamnb.training.world import MONTHS, World, recipe, stream

MIDDLE = 42          # July 2024: where the yearly sales of an account are stated
ELASTICITY = 0.5     # share of a price rise that volume gives back
PAIR_NOISE = 0.10
BROAD = 18           # with so many products an account buys something of every category


def assort(world: World) -> DataFrame:
    """One row per account and product that it buys: `account`, `product`, `category`, `weight` (sum 1 by account)."""
    rng = stream(world.seed, "assortment")
    packs = recipe("channels")["pack"]
    rows = [_range_of(world, account, packs, rng) for account in world.accounts.index]
    return pd.concat(rows, ignore_index=True)


def _range_of(world: World, account: str, packs: dict, rng: np.random.Generator) -> DataFrame:
    """The products of one account: how many follows its size, which ones follow its channel and its taste."""
    drivers, products = world.accounts.loc[account], world.products
    mix = Series(world.channels.at[drivers["channel"], "mix"])
    fit = products["pack"].map(lambda pack: packs[pack][drivers["channel"]])
    taste = products["popularity"] / products.groupby("category")["popularity"].transform("sum")
    appeal = products["category"].map(mix) * fit * taste * rng.lognormal(0, 0.35, len(products))
    appeal = appeal.where(_wanted(world, account), 0.0)
    count = min(int(np.clip(round(8.2 * (drivers["sales"] / 100) ** 0.42), 5, 46)), int((appeal > 0).sum()))
    if account in recipe("stories")["key"]["accounts"] or account == recipe("stories")["T12"]["account"]:
        count = max(count, 22)
    kept = appeal.nlargest(count)
    broad = count >= BROAD or drivers["channel"] == world.accounts.at[recipe("stories")["T10"]["account"], "channel"]
    lead = appeal[appeal > 0].groupby(products["category"]).idxmax() if broad else Series(dtype=str)
    kept = appeal.loc[sorted({*kept.index, *lead})]
    return DataFrame({"account": account, "product": kept.index, "category": products["category"].loc[kept.index].array,
                      "weight": (kept / kept.sum()).to_numpy()})


def _wanted(world: World, account: str) -> Series:
    """Products an account may buy: the cast has one that buys no coffee and one whose range never changes."""
    stories, products = recipe("stories"), world.products
    wanted = Series(True, index=products.index)
    if account == stories["T10"]["account"]:
        wanted &= products["category"] != stories["T10"]["category"]
    if account == stories["T13"]["account"]:
        wanted &= (products["launched"] < "2023-01-01") & products["delisted"].isna()
    return wanted


def order_cases(world: World, pairs: DataFrame) -> np.ndarray:
    """Cases ordered: one row per pair, one column per month, as whole numbers (0 = nothing)."""
    rng = stream(world.seed, "demand")
    value = _account_value(world, rng)
    share = pairs["weight"].to_numpy()[:, None] * on_sale(world, pairs)
    total = DataFrame(share).groupby(pairs["account"].to_numpy()).transform("sum").to_numpy()
    share = np.divide(share, total, out=np.zeros_like(share), where=total > 0)
    yen = value.loc[pairs["account"]].to_numpy() * share * _seasons(world, pairs)
    yen *= rng.lognormal(0, PAIR_NOISE * _calm(world, pairs)[:, None], share.shape)
    return np.rint(yen / _prices(world, pairs)).astype("int64")


def _account_value(world: World, rng: np.random.Generator) -> DataFrame:
    """Yen an account would spend in each month without season: its size, its growth, its unrest, its life."""
    drivers = world.accounts
    years = (np.arange(len(MONTHS)) - MIDDLE) / 12
    trend = (1 + drivers["growth"].to_numpy())[:, None] ** years
    unrest = rng.lognormal(0, drivers["noise"].to_numpy()[:, None], trend.shape)
    value = drivers["sales"].to_numpy()[:, None] * 1e6 / 12 * trend * unrest * _orders(world, rng)
    return DataFrame(value, index=drivers.index, columns=MONTHS)


def _orders(world: World, rng: np.random.Generator) -> np.ndarray:
    """How often an account orders: 1 in every month, or for small food service and wholesale only now and then."""
    rare = world.accounts["channel"].isin(["FDS", "WHL"]) & (world.accounts["sales"] < 45)
    chance = np.where(rare, rng.uniform(0.45, 0.95, len(rare)), 1.0)[:, None]
    orders = (rng.random((len(rare), len(MONTHS))) < chance) / chance
    life = recipe("stories")["trade"]
    for row, account in enumerate(world.accounts.index):
        orders[row, MONTHS < Timestamp(life["opened"].get(account, "1990-01-01"))] = 0
        orders[row, MONTHS > Timestamp(life["closed"].get(account, "2100-01-01"))] = 0
    return orders


def on_sale(world: World, pairs: DataFrame) -> np.ndarray:
    """1 where the product of the pair is on sale in the month and the account has begun with its category."""
    products = world.products.loc[pairs["product"]]
    months = MONTHS.to_numpy()[None, :]
    ends = products["delisted"].fillna(Timestamp("2100-01-01")).to_numpy()[:, None]
    sold = (products["launched"].to_numpy()[:, None] <= months) & (months <= ends)
    story = recipe("stories")["T02"]
    begins = pairs["category"].map(story["starts"]).where(pairs["account"] == story["account"], "1990-01-01")
    return (sold & (pd.to_datetime(begins).to_numpy()[:, None] <= months)).astype(float)


def _seasons(world: World, pairs: DataFrame) -> np.ndarray:
    """Seasonal factor of the pair's category in each month."""
    table = np.stack(list(world.categories["season"]))
    rows = world.categories.index.get_indexer(pairs["category"])
    return table[rows][:, MONTHS.month - 1]


def _calm(world: World, pairs: DataFrame) -> np.ndarray:
    """How restless single products are at an account, against the usual: calm accounts have calm products."""
    noise = world.accounts["noise"].loc[pairs["account"]].to_numpy()
    return np.clip(noise / 0.05, 0.3, 2.5)


def _prices(world: World, pairs: DataFrame) -> np.ndarray:
    """Yen by which spending is turned into cases: between the mean price of 2024 and the price of the month."""
    net = list_prices(world).loc[pairs["product"]].to_numpy() * (
        1 - discounts(world).loc[pairs["account"]].to_numpy() / 1e6)
    usual = net[:, MONTHS.year == 2024].mean(axis=1)[:, None]
    return usual ** (1 - ELASTICITY) * net ** ELASTICITY
