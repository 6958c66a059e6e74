"""Ratings that are only known within a range, and scores drawn from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from pandas import DataFrame, Series

BLOCK = 32  # least draws at a time: the scores of 5,000 accounts then fit into the processor's cache; of fewer accounts more draws do
LEVELS = 65_536  # steps in which a rating moves through its range
CACHED = 32_768  # scores, or ratings that are moved, at a time: few enough for the cache, many enough to be worth a call
SLICE = 4  # weight vectors for each small product, too small for the algebra library to start threads of its own


@dataclass(frozen=True)
class ScoreRange:
    """Ratings known to lie between `low` and `high`: accounts by criteria, any scale, higher = better.

    Equal ends are a rating that is known.  NaN in both is left out: the other criteria take over its weight.
    """

    low: DataFrame
    high: DataFrame


Ratings = DataFrame | ScoreRange


def widen_ratings(ratings: DataFrame, *, spread: Series | float = 0.0, missing: Literal["range", "left_out"] = "range",
                  scale: tuple[float, float] = (1.0, 5.0)) -> ScoreRange:
    """`ratings` as ranges: `spread` (of all, or by criterion) up and down within `scale`, and what nobody rated.

    `missing`: a rating nobody gave may be anything on the scale ("range"), or does not count ("left_out").  An
    account without any rating stays unrated: nothing is known of it.  Source: method.md 2.3 choice 10.
    """
    values = ratings.astype(float)
    low, high = (values - spread).clip(*scale), (values + spread).clip(*scale)
    if missing == "left_out":
        return ScoreRange(low, high)
    open_cells = values.isna().mul(values.notna().any(axis=1), axis=0)
    return ScoreRange(low.mask(open_cells, scale[0]), high.mask(open_cells, scale[1]))


def span_raters(scores: DataFrame) -> ScoreRange:
    """The lowest and the highest rating that any rater gave: accounts by criteria, NaN where nobody could say.

    `scores`: account, criterion, rater, score (5 = best; turn cost criteria round first).
    """
    known = scores[scores["score"].notna()].astype({"score": float})
    cells = known.groupby(["account", "criterion"])["score"]
    return ScoreRange(cells.min().unstack(), cells.max().unstack())


def as_range(ratings: Ratings) -> ScoreRange:
    """`ratings` as a ScoreRange of the accounts that are rated at all, in the order of their names, the lesser end first; where
    only one end is known the rating is taken to be that."""
    whole = ratings if isinstance(ratings, ScoreRange) else ScoreRange(ratings, ratings)
    low, high = whole.low.astype(float), whole.high.astype(float).reindex(index=whole.low.index, columns=whole.low.columns)
    rated = low.index[low.notna().any(axis=1) | high.notna().any(axis=1)].sort_values()
    ends = [low.loc[rated].to_numpy(), high.loc[rated].to_numpy()]
    return ScoreRange(*(DataFrame(pick(*ends), index=rated, columns=low.columns) for pick in (np.fmin, np.fmax)))


def draw_scores(ranges: ScoreRange, weights: np.ndarray, *, seed: int = 0) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Blocks of (weights, scores): scores of all accounts (0 to 1, float32) under each vector of `weights`.

    Every open rating is drawn anew, uniformly in its range, for every weight vector.  Scores are drawn in blocks, so
    that memory does not grow with the number of draws.  `ranges`: from `as_range`.
    """
    low, span = _stretch(ranges)
    known, random = ~np.isnan(low), np.random.Generator(np.random.SFC64(np.random.SeedSequence([seed, 1])))
    base, whole = np.ascontiguousarray(np.where(known, low, 0).T), known.all()
    patterns, place = (None, None) if whole else np.unique(known, axis=0, return_inverse=True)
    rows, columns = (span > 0).any(axis=1), (span > 0).any(axis=0)
    moving = np.ascontiguousarray(span[np.ix_(rows, columns)].T) / LEVELS
    rows = slice(None) if rows.all() else rows  # much faster than a mask that leaves nothing out
    step = BLOCK * max(1, CACHED // (BLOCK * max(len(low), 1)))
    for start in range(0, len(weights), step):
        block = weights[start:start + step].astype("float32")
        scores = _multiply(block, base)
        if moving.size:
            scores[:, rows] += _draw_moves(block[:, columns], moving, random)
        if not whole:
            scores /= np.maximum(block @ patterns.T.astype("float32"), 1e-30)[:, place.ravel()]
        yield block, scores


def _stretch(ranges: ScoreRange) -> tuple[np.ndarray, np.ndarray]:
    """Lowest ratings and widths of the ranges, on a scale from 0 (lowest rating of all) to 1 (highest)."""
    low, high = (ranges.low.to_numpy(dtype=float), ranges.high.to_numpy(dtype=float))
    if not low.size or np.isnan(low).all():
        return low.astype("float32"), np.zeros_like(low, dtype="float32")
    bottom, width = np.nanmin(low), np.nanmax(high) - np.nanmin(low)
    scaled = (low - bottom) / (width or 1.0)
    return scaled.astype("float32"), (np.nan_to_num(high - low) / (width or 1.0)).astype("float32")


def _multiply(weights: np.ndarray, base: np.ndarray) -> np.ndarray:
    """`weights` @ `base`, in slices."""
    scores = np.empty((len(weights), base.shape[1]), dtype="float32")
    for start in range(0, len(weights), SLICE):
        np.matmul(weights[start:start + SLICE], base, out=scores[start:start + SLICE])
    return scores


def _draw_moves(weights: np.ndarray, moving: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """What open ratings add to the scores of their accounts: `moving` (criteria by accounts) times random steps."""
    count = len(weights) * moving.size
    steps = random.bit_generator.random_raw(-(-count // 4)).view(np.uint16)[:count].reshape(len(weights), *moving.shape)
    moves, rows = np.empty((len(weights), moving.shape[1]), dtype="float32"), max(1, CACHED // moving.size)
    for start in range(0, len(weights), rows):
        part = slice(start, start + rows)
        drawn = np.multiply(steps[part], moving, dtype="float32", casting="unsafe")
        np.einsum("dc,dca->da", weights[part], drawn, out=moves[part])
    return moves
