"""What one must believe for an account to be chosen, and who beats whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import InputError, nearest
from kamnb.methods.acceptability import TIE, share_seats
from kamnb.methods.uncertainty import Ratings, ScoreRange, as_range, draw_scores
from kamnb.methods.weighting import FREE, WeightRules, draw_weights

BELIEFS = ["account", "criterion", "in_top", "weight_all", "weight_in", "weight_out", "weight_first", "least", "most"]


def explain_seats(ratings: Ratings, accounts: Sequence[str], *, seats: int, rules: WeightRules = FREE
                  ) -> DataFrame:
    """What one must believe about the weights for each of `accounts` to be among the best `seats`.

    Returns account, criterion, `in_top` (share of the draws), and mean weights of the criterion: `weight_all` (over
    all draws), `weight_in` and `weight_out` (over the draws with and without the account), `weight_first` (its
    central weight: over the draws in which it is best), and `least`, `most`: nine in ten of the draws with the account
    give the criterion this much weight.  What never happened is NaN.  In the order of `accounts` and criteria.
    Raises InputError for an account that is not rated.  Source: method.md 2.2 SMAA-2, feature 2.
    """
    ranges = as_range(ratings)
    places = _places(ranges, accounts)
    if not len(places):
        return DataFrame(columns=BELIEFS)
    weights = draw_weights(ranges.low.columns, rules=rules)
    parts = [[_seat_parts(scores, places, seats=count) for count in (seats, 1)]
             for _, scores in draw_scores(ranges, weights, seed=rules.seed)]
    seated, best = (np.concatenate(part) for part in zip(*parts, strict=True))
    rows = [_describe_beliefs(weights, seated[:, n], best[:, n]).assign(account=account, criterion=ranges.low.columns)
            for n, account in enumerate(accounts)]
    return pd.concat(rows, ignore_index=True)[BELIEFS]


def _places(ranges: ScoreRange, accounts: Sequence[str]) -> np.ndarray:
    for account in accounts:
        if account not in ranges.low.index:
            raise InputError(f"account {account!r} is not rated", "ratings", nearest(account, ranges.low.index))
    return ranges.low.index.get_indexer(list(accounts))


def _seat_parts(scores: np.ndarray, places: np.ndarray, *, seats: int) -> np.ndarray:
    """Part of a seat that the accounts at `places` take in each draw."""
    draw, account, part = share_seats(scores, seats=seats)
    parts = np.zeros(scores.shape, dtype="float32")
    parts[draw, account] = part
    return parts[:, places]


def _describe_beliefs(weights: np.ndarray, seated: np.ndarray, best: np.ndarray) -> DataFrame:
    """Means of `weights` over the draws in which an account has a seat, has none, and is best; their middle nine tenths."""
    means = {name: (part @ weights) / part.sum() if part.sum() > 0 else np.nan
             for name, part in (("weight_in", seated), ("weight_out", 1 - seated), ("weight_first", best))}
    inside = weights[seated > 0]
    least, most = np.quantile(inside, [0.05, 0.95], axis=0) if len(inside) else (np.nan, np.nan)
    return DataFrame({"in_top": seated.mean(), "weight_all": weights.mean(axis=0), **means, "least": least, "most": most},
                     index=range(weights.shape[1]))


def measure_confidence(ratings: Ratings, central: DataFrame, *, rules: WeightRules = FREE) -> Series:
    """Confidence factor by account: how often it is best under its own central weight, with ratings drawn in their ranges.

    `central`: central weights, accounts by criteria (`Acceptability.weights`); without any, NaN.  Near 1: the weights
    alone decide.  Low: even its best friends cannot be sure of it.  Source: method.md 2.2 SMAA-2, oracle O6.
    """
    ranges = as_range(ratings)
    factors = Series(np.nan, index=central.index, name="confidence")
    known = central.dropna().loc[:, ranges.low.columns]
    for account, weights in known.iterrows():
        place, won = ranges.low.index.get_loc(account), 0.0
        fixed = np.repeat(weights.to_numpy(dtype=float)[None, :], rules.draws, axis=0)
        for _, scores in draw_scores(ranges, fixed, seed=rules.seed):
            won += float(_seat_parts(scores, np.array([place]), seats=1).sum())
        factors[account] = won / rules.draws
    return factors


def compare_pairs(ratings: Ratings, accounts: Sequence[str], *, rules: WeightRules = FREE) -> DataFrame:
    """Pairwise winning indices of `accounts`: share of the draws in which the row scores above the column.

    Rows and columns in the order of `accounts`; equal scores count half for each, so that mirrored cells sum to 1;
    NaN on the diagonal.  Raises InputError for an account that is not rated.  Source: method.md 2.2 SMAA-2.
    """
    ranges = as_range(ratings)
    places = _places(ranges, accounts)
    wins = np.zeros((len(places), len(places)))
    weights = draw_weights(ranges.low.columns, rules=rules) if len(places) else np.empty((0, 0))
    for _, scores in draw_scores(ranges, weights, seed=rules.seed):
        chosen = scores[:, places].astype(float)
        apart = chosen[:, :, None] - chosen[:, None, :]
        wins += (apart > TIE).sum(axis=0) + 0.5 * (np.abs(apart) <= TIE).sum(axis=0)
    table = DataFrame(wins / max(rules.draws, 1), index=list(accounts), columns=list(accounts))
    return table.mask(np.eye(len(places), dtype=bool))
