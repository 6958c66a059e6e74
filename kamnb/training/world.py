"""The world of the sample client: its channels, categories, products and accounts, with what drives each account."""

from __future__ import annotations

import tomllib
import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

AS_OF = Timestamp("2025-12-31")
MONTHS = pd.date_range("2021-01-01", "2025-12-01", freq="MS")
LANGUAGES = ("ja", "en", "zh")


@dataclass(frozen=True)
class World:
    """What is true in the sample: frames indexed by their codes."""

    seed: int
    channels: DataFrame
    categories: DataFrame
    products: DataFrame
    accounts: DataFrame


@cache
def recipe(name: str) -> dict:
    """The parsed recipe file `name`.toml that lies beside this module."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def stream(seed: int, part: str) -> np.random.Generator:
    """A random generator of its own for each `part`, so that a change in one part leaves the others alone."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def twins(name: str, texts: list) -> dict:
    """One text in three columns: `name` (Japanese), `name_en`, `name_zh`."""
    columns = [name if language == LANGUAGES[0] else f"{name}_{language}" for language in LANGUAGES]
    return dict(zip(columns, texts, strict=True))


def name_categories(world: World, frame: DataFrame) -> DataFrame:
    """`frame` with its category codes replaced by the three names of the category."""
    names = world.categories.reindex(frame["category"])
    return frame.assign(category=names["ja"].array, category_en=names["en"].array, category_zh=names["zh"].array)


def make_world(seed: int) -> World:
    """The world that `seed` gives: the named cast plus accounts with made-up names, sizes and habits."""
    book = recipe("channels")
    channels = DataFrame.from_dict(book["channel"], orient="index").rename_axis("channel")
    categories = DataFrame.from_dict(book["category"], orient="index").rename_axis("code")
    categories["season"] = [np.array(s) / np.mean(s) for s in categories["season"]]
    return World(seed, channels, categories, _products(), _accounts(channels, seed))


def _products() -> DataFrame:
    """Products indexed by code: `category` (code), three names, `pack`, `list_price` (2021), `cost_share`, ..."""
    fields = ["product", "ja", "en", "zh", "pack", "list_price", "cost_share", "popularity", "launched", "delisted"]
    rows = [dict(zip(fields, line, strict=False), category=category)
            for category, lines in recipe("products").items() for line in lines]
    products = DataFrame(rows).set_index("product")
    products["launched"] = pd.to_datetime(products["launched"].fillna("2016-04-01"))
    products["delisted"] = pd.to_datetime(products["delisted"])
    return products


def _accounts(channels: DataFrame, seed: int) -> DataFrame:
    """Accounts indexed by code with channel, names and drivers: sales (million yen, 2024), growth, noise, ..."""
    first = recipe("cast")["codes"]
    rows = [{"account": f"A{first[channel] + rank:03d}", "channel": channel, "rank": rank}
            for channel, count in channels["accounts"].items() for rank in range(count)]
    frame = DataFrame(rows).set_index("account")
    named = DataFrame.from_dict(recipe("cast")["account"], orient="index").reindex(frame.index)
    rng = stream(seed, "accounts")
    frame = frame.join(_names(frame, named["name"], rng))
    frame["sales"] = named["sales"].fillna(_tail(frame, named["sales"], channels))
    usual = frame["channel"].map(channels["growth"])
    frame["growth"] = named["growth"].fillna(usual + rng.normal(0, 0.028, len(frame)))
    frame["noise"] = named["noise"].fillna(frame["channel"].map(channels["noise"]) * rng.lognormal(0, 0.25, len(frame)))
    frame["discount"] = named["discount"].fillna(_discounts(frame, channels, rng)).round(3)
    wallets = frame["channel"].map(channels["share"]) * 1.1 * rng.lognormal(0, 0.3, len(frame))
    frame["wallet"] = named["wallet"].fillna(wallets.clip(upper=0.16))
    frame["international"] = named["international"].fillna(False).astype(bool)
    return frame


def _tail(frame: DataFrame, named: Series, channels: DataFrame) -> Series:
    """Sales of the accounts that are not named: what the channel has left, falling with the rank."""
    rest = channels["sales"] / 1e6 - named.groupby(frame["channel"]).sum()
    weight = (1 / (frame["rank"] + 1.0) ** 0.9).where(named.isna())
    return weight / weight.groupby(frame["channel"]).transform("sum") * frame["channel"].map(rest)


def _discounts(frame: DataFrame, channels: DataFrame, rng: np.random.Generator) -> Series:
    """Discounts that follow the size of the account within its channel, with a little bargaining around it."""
    size = np.log10(frame["sales"] / frame.groupby("channel")["sales"].transform("median"))
    usual = frame["channel"].map(channels["discount"]) + 0.022 * size
    return (usual + rng.normal(0, 0.011, len(frame))).clip(0.03, 0.22)


def _names(frame: DataFrame, named: Series, rng: np.random.Generator) -> DataFrame:
    """Three names for every account, `ja`, `en` and `zh`: those of the cast, else a made-up place and a trade word."""
    parts = recipe("cast")["names"]
    taken = "".join(name[0] for name in named.dropna())
    places = [[a[0] + b[0], a[1] + b[1], a[2] + b[2]] for a in parts["first"] for b in parts["second"]
              if a[0] + b[0] not in parts["avoid"] and a[0] + b[0] not in taken]
    order = iter(rng.permutation(len(places)))
    rows = {}
    for account, channel in frame["channel"].items():
        forms, place = parts["forms"][channel], places[next(order)]
        form = forms[int(account[1:]) % len(forms)]
        made = [text.format(word) for text, word in zip(form, (place[0], place[1], place[2]), strict=True)]
        rows[account] = named[account] if isinstance(named[account], list) else made
    return DataFrame.from_dict(rows, orient="index", columns=list(LANGUAGES))
