"""Weighted scorecards: weights, ratings from data, scores and classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
from pandas import DataFrame, Series

from kamnb.errors import InputError, nearest


def rank_order_centroid(n: int) -> np.ndarray:
    """Weights of `n` criteria of which only the order is known, most important first; they sum to 1.  Source: O11."""
    return np.cumsum(1 / np.arange(n, 0, -1))[::-1] / max(n, 1)


def normalise_weights(weights: Series) -> Series:
    """`weights` as shares that sum to 1.  Raises InputError for a negative or missing weight or a zero sum."""
    if weights.isna().any() or (weights < 0).any():
        wrong = weights[weights.isna() | (weights < 0)].index[0]
        raise InputError(f"weight of criterion {wrong!r} is {weights[wrong]}", "criteria",
                         "Give every criterion a weight of zero or more.")
    if len(weights) and not weights.sum() > 0:
        raise InputError("all weights are zero", "criteria", "Give at least one criterion a weight.")
    return weights / weights.sum()


def orient_ratings(ratings: DataFrame, *, directions: Mapping[str, str]) -> DataFrame:
    """`ratings` with 5 = best throughout: criteria whose direction is "cost" are turned round (6 - rating)."""
    costs = [name for name in ratings.columns if directions.get(name) == "cost"]
    return ratings.assign(**{name: 6 - ratings[name] for name in costs})


def orient_scores(scores: DataFrame, *, directions: Mapping[str, str]) -> DataFrame:
    """`scores` (account, criterion, rater, score) with 5 = best throughout, like `orient_ratings`."""
    cost = scores["criterion"].map(directions) == "cost"
    return scores.assign(score=scores["score"].where(~cost, 6 - scores["score"]))


def score_accounts(ratings: DataFrame, *, weights: Series) -> DataFrame:
    """Accounts ranked by the weighted mean of their criterion ratings.

    `ratings`: one row per account, one column per criterion, 1 (worst) to 5 (best), NaN = not rated.
    `weights`: one number per criterion, any scale.  Returns `score` (1-5), `rated` (share of weight that was
    rated) and `rank` (1 = best, equal scores share a rank, <NA> for an account nobody rated), best first; a
    missing rating is left out, never zero.  Raises InputError for a criterion without a weight.
    Source: method.md B12-B20.
    """
    for name in ratings.columns.difference(weights.index):
        raise InputError(f"criterion {name!r} has no weight", "criteria", nearest(name, weights.index))
    shares = normalise_weights(weights.astype(float))
    values = ratings.reindex(columns=shares.index).astype(float)
    rated = values.notna().astype(float) @ shares
    score = values.mul(shares, axis=1).sum(axis=1) / rated.where(rated > 0)
    table = DataFrame({"score": score, "rated": rated, "rank": score.round(12).rank(method="min", ascending=False)})
    table["rank"] = table["rank"].astype("Int64")
    return table.sort_index().sort_values("score", ascending=False, kind="stable", na_position="last")


def scale_to_scores(values: Series, *, direction: Literal["benefit", "cost"] = "benefit",
                    low: float = 0.05, high: float = 0.95) -> Series:
    """`values` as scores from 1 to 5: linear between their `low` and `high` quantiles, cut off outside.

    `direction`: "cost" gives the smallest value a 5.  Unknown values stay unknown; equal values all get a 3.
    """
    numbers = values.astype(float)
    return scale_between(numbers, ends=(numbers.quantile(low), numbers.quantile(high)), direction=direction)


def scale_between(values: Series, *, ends: tuple[float, float], direction: Literal["benefit", "cost"] = "benefit"
                  ) -> Series:
    """`values` as scores from 1 to 5: linear between the two `ends`, cut off outside.

    Scores the two limits of an interval on the scale of its middle.  `direction`: "cost" gives the smallest value a 5
    (the lower limit then has the higher score).  Unknown stays unknown; equal ends give everybody a 3.
    """
    numbers, (bottom, top) = values.astype(float), ends
    if not top > bottom:
        return numbers.where(numbers.isna(), 3.0)
    scores = 1 + 4 * ((numbers - bottom) / (top - bottom)).clip(0, 1)
    return 6 - scores if direction == "cost" else scores


def scale_by_anchors(values: Series, *, anchors: Mapping[float, float]) -> Series:
    """`values` as scores on an agreed scale: `anchors` (value -> score), straight lines between them, cut off outside.

    Two raters who read off the same value give the same score.  Unknown stays unknown.  Raises InputError for fewer
    than two anchors.  Source: method.md A31, oracle O10.
    """
    if len(anchors) < 2:
        raise InputError(f"a scale needs two anchors or more, not {len(anchors)}", "criteria", "Say what a 1 and a 5 stand for.")
    points = sorted((float(value), float(score)) for value, score in anchors.items())
    numbers = values.astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return Series(np.interp(numbers, *zip(*points, strict=True)), index=values.index, name=values.name)


def class_of_score(points: Series, *, cuts: Mapping[str, float]) -> Series:
    """Class of each number of points: the first of `cuts` (class -> least points, best first) it reaches.

    What reaches none is "-"; so is unknown.  Example: cuts={"A": 80, "B": 60, "C": 0}.  Source: oracle O12.
    """
    steps = [(points >= least).to_numpy(dtype=bool) for least in cuts.values()]
    return Series(np.select(steps, list(cuts), "-") if len(cuts) else "-", index=points.index, dtype="str")
