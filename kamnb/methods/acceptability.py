"""Who would be chosen under other weights: stochastic multicriteria acceptability (SMAA-2)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.scoring import normalise_weights

TRIES = 50  # batches before bounds count as too tight to draw from


@dataclass(frozen=True)
class Acceptability:
    """What `accept_ranks` returns.

    `ranks`: one row per account, one column per rank (1 = best): share of the draws; rows and columns sum to 1.
    `weights`: central weights, one row per account, one column per criterion: the mean of the weights under which
    the account came first, NaN if it never did.  Accounts that nobody rated have NaN in both.
    """

    ranks: DataFrame
    weights: DataFrame


def bounds_around(weights: Series, *, spread: float = 0.5) -> DataFrame:
    """Bounds of each weight (`low`, `high`, shares of 1) that let it move by `spread` of itself up and down."""
    shares = normalise_weights(weights.astype(float))
    return DataFrame({"low": shares * (1 - spread), "high": (shares * (1 + spread)).clip(upper=1)})


def draw_weights(criteria: pd.Index, *, draws: int, seed: int, bounds: DataFrame | None = None) -> np.ndarray:
    """`draws` weight vectors, uniform on the simplex within `bounds` (`low`, `high` by criterion): draws x criteria.

    Raises InputError when the bounds leave (almost) no room.
    """
    rng = np.random.default_rng(seed)
    if bounds is None:
        return rng.dirichlet(np.ones(len(criteria)), draws)
    low = bounds["low"].reindex(criteria, fill_value=0.0).to_numpy()
    high = bounds["high"].reindex(criteria, fill_value=1.0).to_numpy()
    kept, found = [], 0
    for _ in range(TRIES):
        if found >= draws or low.sum() > 1 + 1e-12:
            break
        batch = low + (1 - low.sum()) * rng.dirichlet(np.ones(len(criteria)), draws)
        kept.append(batch[(batch <= high + 1e-12).all(axis=1)])
        found += len(kept[-1])
    if found < draws:
        raise InputError("the bounds of the weights leave no room to move", "criteria", "Widen the bounds.")
    return np.concatenate(kept)[:draws]


def accept_ranks(ratings: DataFrame, *, draws: int = 10_000, seed: int = 0, bounds: DataFrame | None = None
                 ) -> Acceptability:
    """How often each account takes each rank when the weights of the criteria are drawn at random.

    `ratings`: accounts by criteria, higher = better, NaN = not rated (left out, the other weights take over).
    `bounds`: `low` and `high` per criterion, for example from `bounds_around`.  Ties are broken by lot.  The result
    does not depend on the order of the rows.  Source: method.md 2.2 SMAA-2, oracles O8, O9.
    """
    rated = ratings[ratings.notna().any(axis=1)].sort_index()
    places = pd.RangeIndex(1, len(rated) + 1, name="rank")
    if rated.empty:
        return Acceptability(DataFrame(index=ratings.index, columns=places, dtype=float),
                             DataFrame(index=ratings.index, columns=ratings.columns, dtype=float))
    weights = draw_weights(ratings.columns, draws=draws, seed=seed, bounds=bounds)
    order = _order_accounts(rated.to_numpy(dtype=float), weights, seed=seed)
    n = len(rated)
    cells = np.bincount((order * n + np.arange(n)).ravel(), minlength=n * n).reshape(n, n)
    first = np.zeros((n, weights.shape[1]))
    np.add.at(first, order[:, 0], weights)
    central = first / np.where(cells[:, :1] > 0, cells[:, :1], np.nan)
    return Acceptability(DataFrame(cells / draws, index=rated.index, columns=places).reindex(ratings.index),
                         DataFrame(central, index=rated.index, columns=ratings.columns).reindex(ratings.index))


def _order_accounts(values: np.ndarray, weights: np.ndarray, *, seed: int) -> np.ndarray:
    """Places of the accounts from best to worst in every draw (draws x accounts)."""
    known = ~np.isnan(values)
    scores = weights @ np.where(known, values, 0.0).T
    if not known.all():
        scores /= np.maximum(weights @ known.T.astype(float), 1e-300)
    scores += np.random.default_rng([seed, 1]).random(scores.shape) * 1e-9
    return np.argsort(-scores, axis=1)


def top_share(acceptability: Acceptability, *, seats: int) -> Series:
    """Probability that an account is among the best `seats`, by account (`in_top`)."""
    return acceptability.ranks.iloc[:, :seats].sum(axis=1, min_count=1).rename("in_top")
