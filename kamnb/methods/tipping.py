"""What would change our mind: the weight of a single criterion at which a seat changes hands."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.errors import InputError, nearest
from kamnb.methods.acceptability import share_seats
from kamnb.methods.scoring import normalise_weights
from kamnb.methods.uncertainty import ScoreRange, as_range, draw_scores

STEPS = 200  # weights from 0 to 1 that are tried for each criterion
TIPPING = {"account": "str", "criterion": "str", "seated": bool, "weight": float, "tips_at": float, "distance": float}


def find_tipping(ratings: DataFrame, *, weights: Series, seats: int) -> DataFrame:
    """For every account and criterion, the weight nearest to the agreed one at which the account would get or lose its seat.

    `ratings`: accounts by criteria, higher = better, NaN = left out; `weights`: agreed weights by criterion, any scale; while one
    moves the others keep their proportions.  Returns account, criterion, `seated` (among the best `seats` now), `weight` (agreed
    share), `tips_at` (share, to half a percent), `distance` (between them), nearest first; only where there is such a
    weight: an account without rows keeps its place whatever one criterion weighs.  Raises InputError for a criterion without
    weight.  Source: method.md feature 2 ("Y needs > 0.6 weight on logo to get in").
    """
    for name in ratings.columns.difference(weights.index):
        raise InputError(f"criterion {name!r} has no weight", "criteria", nearest(name, weights.index))
    ranges = as_range(ratings)
    shares = normalise_weights(weights.reindex(ranges.low.columns).astype(float))
    if ranges.low.empty:
        return DataFrame(columns=list(TIPPING)).astype(TIPPING)
    now = _seat(ranges, shares.to_numpy()[None, :], seats)[0]
    seated = Series(now, index=ranges.low.index)
    parts = [_tip(ranges, _vary(shares, criterion), seated, seats).assign(criterion=criterion, weight=shares[criterion])
             for criterion in shares.index] if len(shares) > 1 else []
    table = pd.concat(parts, ignore_index=True) if parts else DataFrame(columns=["account", "tips_at", "weight", "criterion"])
    table = table.assign(distance=(table["tips_at"] - table["weight"]).abs(), seated=table["account"].map(seated))
    nearest_first = table.sort_values(["distance", "account", "criterion"]).drop_duplicates(["account", "criterion"])
    return nearest_first.reset_index(drop=True)[list(TIPPING)].astype(TIPPING)


def _seat(ranges: ScoreRange, weights: np.ndarray, seats: int) -> np.ndarray:
    """Whether each account takes at least half a seat under each row of `weights`."""
    rows = []
    for _, scores in draw_scores(ranges, weights):
        draw, account, part = share_seats(scores, seats=seats)
        taken = np.zeros(scores.shape, dtype=bool)
        taken[draw, account] = part >= 0.5
        rows.append(taken)
    return np.concatenate(rows)


def _vary(shares: Series, criterion: str) -> np.ndarray:
    """Weights with one criterion from 0 to 1 and the others in their proportions; alike where the others weigh nothing."""
    tried, alone = np.linspace(0, 1, STEPS + 1)[:, None], (shares.index == criterion).astype(float)
    others = shares.to_numpy() * (1 - alone)
    rest = others / others.sum() if others.sum() > 0 else (1 - alone) / (1 - alone).sum()
    return (1 - tried) * rest[None, :] + tried * alone[None, :]


def _tip(ranges: ScoreRange, weights: np.ndarray, seated: Series, seats: int) -> DataFrame:
    """Weights of the varied criterion under which a seat is not held by the account that holds it now, or the other way:
    account, tips_at."""
    step, place = np.nonzero(_seat(ranges, weights, seats) != seated.to_numpy()[None, :])
    return DataFrame({"account": ranges.low.index.to_numpy()[place], "tips_at": step / STEPS})
