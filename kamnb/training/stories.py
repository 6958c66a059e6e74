"""The planted truths that change quantities: each takes the cases of all pairs and gives them back, altered."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Timestamp

from kamnb.training.pricing import list_prices
from kamnb.training.world import MONTHS, World, recipe


def tell_stories(world: World, pairs: DataFrame, cases: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cases after every story, and the cases that were moved between invoices (to the routed account, by pair)."""
    told = recipe("stories")
    cases = _leave(pairs, cases, told["T04"])
    cases = _fall_behind(pairs, cases, told["T09"]["behind"])
    cases = _shift_mix(world, pairs, cases)
    return _route(pairs, cases, told["T12"])


def _leave(pairs: DataFrame, cases: np.ndarray, story: dict) -> np.ndarray:
    """From a month on, every month less of everything, and the smallest products drop out two by two."""
    mine = np.flatnonzero(pairs["account"] == story["account"])
    ranked = mine[np.argsort(cases[mine].sum(axis=1), kind="stable")]
    going = ranked[:max(len(ranked) - story["products_left"], 0)]
    out = cases.copy()
    for step, month in enumerate(np.flatnonzero(MONTHS >= Timestamp(story["from"]))):
        out[mine, month] = np.rint(out[mine, month] * story["monthly"] ** (step + 1))
        out[going[:2 * (step + 1)], month] = 0
    return out


def _fall_behind(pairs: DataFrame, cases: np.ndarray, story: dict) -> np.ndarray:
    """From a month on, less of some categories: a rival took the shelf."""
    late = MONTHS >= Timestamp(story["from"])
    factor = pairs["category"].map(story["categories"]).fillna(1.0).where(pairs["account"] == story["account"], 1.0)
    return np.where(late[None, :], np.rint(cases * factor.to_numpy()[:, None]), cases).astype("int64")


def _shift_mix(world: World, pairs: DataFrame, cases: np.ndarray) -> np.ndarray:
    """The latest year repeats the cases of the year before, but part of the dear products turns into cheap ones."""
    story = recipe("stories")["T13"]
    rows = np.flatnonzero(pairs["account"] == story["account"])
    start = MONTHS.get_loc(Timestamp(story["from"]))
    price = list_prices(world).loc[pairs["product"].iloc[rows]].iloc[:, start].to_numpy()
    dear, cheap = rows[price >= np.median(price)], rows[price < np.median(price)]
    out = cases.copy()
    out[rows, start:start + 12] = out[rows, start - 12:start]
    for month in range(start, start + 12):
        moved = np.floor(out[dear, month] * story["share"]).astype("int64")
        out[dear, month] -= moved
        out[cheap, month] += _spread(int(moved.sum()), out[cheap, month])
    return out


def _spread(total: int, weights: np.ndarray) -> np.ndarray:
    """`total` split into whole numbers in proportion to `weights`, nothing lost."""
    exact = total * weights / weights.sum()
    whole = np.floor(exact).astype("int64")
    whole[np.argsort(whole - exact, kind="stable")[:total - whole.sum()]] += 1
    return whole


def _route(pairs: DataFrame, cases: np.ndarray, story: dict) -> tuple[np.ndarray, np.ndarray]:
    """Until a day, part of the account's cases stands on the wholesaler's invoices."""
    early = MONTHS < Timestamp(story["date"])
    mine = np.flatnonzero(pairs["account"] == story["account"])
    theirs = pairs.index[pairs["account"] == story["wholesaler"]]
    place = {product: row for row, product in pairs.loc[theirs, "product"].items()}
    out, moved = cases.copy(), np.zeros_like(cases)
    for row in mine:
        through = place.get(pairs.at[row, "product"])
        if through is not None:
            moved[row] = np.where(early, np.rint(cases[row] * story["share"]), 0)
            out[row] -= moved[row]
            out[through] += moved[row]
    return out, moved
