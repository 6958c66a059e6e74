"""Weights that nobody has settled yet: drawn at random within what people agree on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import InputError, nearest
from kamnb.methods.scoring import normalise_weights

BATCHES = 8  # batches that are drawn and sifted before the region is walked through instead
MEND = "Widen the bounds, or drop one of the orders."


@dataclass(frozen=True)
class WeightRules:
    """What is known about the weights, and how many to draw.

    `bounds`: `low` and `high` (shares of 1) by criterion, criteria left out are free.  `orders`: pairs (a, b), "a
    counts at least as much as b".  The same `seed` gives the same draws, so that answers move only with the rules.
    """

    bounds: DataFrame | None = None
    orders: tuple[tuple[str, str], ...] = ()
    draws: int = 10_000
    seed: int = 0


FREE = WeightRules()  # nothing is known about the weights


def bounds_around(weights: Series, *, spread: float = 0.5) -> DataFrame:
    """Bounds of each weight (`low`, `high`, shares of 1) that let it move by `spread` of itself up and down."""
    shares = normalise_weights(weights.astype(float))
    return DataFrame({"low": shares * (1 - spread), "high": (shares * (1 + spread)).clip(upper=1)})


def chain_orders(criteria: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """The pairs that say "most important first" of `criteria`, for `WeightRules.orders`."""
    names = list(criteria)
    return tuple(zip(names, names[1:], strict=False))


def draw_weights(criteria: pd.Index, *, rules: WeightRules) -> np.ndarray:
    """Weight vectors, uniform on the part of the simplex that `rules` leave open: draws x criteria, rows sum to 1.

    Raises InputError when bounds and orders contradict each other, or name what is not a criterion.
    Source: method.md 2.2 SMAA-2.
    """
    _check_names(criteria, rules)
    if not len(criteria):
        return np.empty((rules.draws, 0))
    limits, rng = _limits(criteria, rules), np.random.default_rng(rules.seed)
    chains = _find_chains(limits.pairs) if rules.bounds is None else None
    if chains is not None:
        return _sort_chains(rng.dirichlet(np.ones(len(criteria)), rules.draws), chains)
    key = tuple(map(tuple, (limits.low.tolist(), limits.high.tolist(), map(tuple, limits.pairs.tolist()))))
    return _draw_bounded(key, rules.draws, rules.seed).copy()


@lru_cache(maxsize=4)
def _draw_bounded(key: tuple, draws: int, seed: int) -> np.ndarray:
    """The draws within bounds and orders (`key`: low, high, pairs); the last ones are kept, for a report asks them again."""
    low, high, pairs = key
    limits, rng = _Limits(np.array(low), np.array(high), np.array(pairs, dtype=int).reshape(-1, 2)), np.random.default_rng(seed)
    sifted = _sift(limits, draws=draws, rng=rng)
    if len(sifted) == draws:
        return sifted
    from kamnb.methods.polytope import walk_polytope

    return walk_polytope(*limits.inequalities(), draws=draws, rng=rng)


@dataclass(frozen=True)
class _Limits:
    """Bounds and orders by the place of the criterion."""

    low: np.ndarray
    high: np.ndarray
    pairs: np.ndarray

    def inequalities(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows A and limits b of A w <= b."""
        unit = np.eye(len(self.low))
        steps = unit[self.pairs[:, 1]] - unit[self.pairs[:, 0]]
        return np.vstack([-unit, unit, steps]), np.concatenate([-self.low, self.high, np.zeros(len(steps))])

    def hold(self, weights: np.ndarray) -> np.ndarray:
        """Which rows of `weights` keep to the limits."""
        within = (weights <= self.high + 1e-12).all(axis=1)
        return within & (weights[:, self.pairs[:, 0]] >= weights[:, self.pairs[:, 1]]).all(axis=1)


def _check_names(criteria: pd.Index, rules: WeightRules) -> None:
    """Refuse bounds and orders of what is not a criterion."""
    named = [*([] if rules.bounds is None else rules.bounds.index), *(name for pair in rules.orders for name in pair)]
    for name in named:
        if name not in criteria:
            raise InputError(f"{name!r} has bounds or an order but is not a criterion", "criteria", nearest(name, criteria))


def _limits(criteria: pd.Index, rules: WeightRules) -> _Limits:
    bounds = DataFrame({"low": [], "high": []}) if rules.bounds is None else rules.bounds
    low, high = (bounds[name].reindex(criteria).astype(float).fillna(default).to_numpy()
                 for name, default in (("low", 0.0), ("high", 1.0)))
    pairs = np.array([[criteria.get_loc(a), criteria.get_loc(b)] for a, b in rules.orders], dtype=int).reshape(-1, 2)
    if low.sum() > 1 + 1e-9 or high.sum() < 1 - 1e-9 or (low > high + 1e-12).any():
        raise InputError("the bounds of the weights leave no room", "criteria", MEND)
    return _Limits(low, high, pairs)


def _find_chains(pairs: np.ndarray) -> list[list[int]] | None:
    """The criteria of `pairs` as separate chains, most important first; None where orders branch or run in circles."""
    after = dict(pairs.tolist())
    if len(after) < len(pairs) or len(set(after.values())) < len(pairs):
        return None
    chains = []
    for first in sorted(set(after) - set(after.values())):
        chains.append([first])
        while chains[-1][-1] in after:
            chains[-1].append(after[chains[-1][-1]])
    return chains if sum(len(chain) - 1 for chain in chains) == len(pairs) else None


def _sort_chains(weights: np.ndarray, chains: list[list[int]]) -> np.ndarray:
    """`weights` with the largest of each chain first: by symmetry still uniform on what the orders leave open."""
    for chain in chains:
        weights[:, chain] = -np.sort(-weights[:, chain], axis=1)
    return weights


def _sift(limits: _Limits, *, draws: int, rng: np.random.Generator) -> np.ndarray:
    """Draws on the simplex above the lower bounds that keep to all limits; fewer than asked for where they are rare."""
    kept, found = [], 0
    for batch in range(BATCHES):
        free = rng.dirichlet(np.ones(len(limits.low)), draws)
        weights = limits.low + (1 - limits.low.sum()) * free
        kept.append(weights[limits.hold(weights)])
        found += len(kept[-1])
        if found >= draws or found * BATCHES < draws * (batch + 1) * 0.9:
            break
    return np.concatenate(kept)[:draws]
