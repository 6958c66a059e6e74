"""Who would be chosen under other weights and ratings: stochastic multicriteria acceptability (SMAA-2)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.smallsample import wilson_interval
from kamnb.methods.uncertainty import Ratings, as_range, draw_scores
from kamnb.methods.weighting import FREE, WeightRules, draw_weights

TIE = 2e-6  # scores from 0 to 1 that are this close are equal: single precision cannot tell them apart
LOT = {4: 5e-5, 8: 1e-9}  # size of the lots that break ties, by bytes of precision: large against what gets lost
COLUMNS = ["in_top", "in_top_low", "in_top_high", "first", "standing"]


@dataclass(frozen=True)
class Acceptability:
    """What `accept_ranks` returns.

    `ranks`: one row per account, one column per rank (1 = best): share of the draws; rows and columns sum to 1.
    `weights`: central weights, one row per account, one column per criterion: the mean of the weights under which
    the account came first, NaN if it never did.  Accounts that nobody rated have NaN in both.
    """

    ranks: DataFrame
    weights: DataFrame


def accept_seats(ratings: Ratings, *, seats: int, rules: WeightRules = FREE) -> DataFrame:
    """How often each account is among the best `seats` when weights, and ratings within their ranges, are drawn.

    `ratings`: accounts by criteria, higher = better, NaN = left out; or a ScoreRange.  Returns, by account, `in_top`
    (share of the draws), `in_top_low`, `in_top_high` (95 % interval of that share: what more draws could still
    change), `first` (share of the draws in which it is best) and `standing` (`judge_standing`).  Accounts with equal
    scores share the seats they are equal for.  Ten thousand draws of 5,000 accounts take about a second; a thousand
    answer at once, with a wider interval.  Source: method.md 2.2 SMAA-2, feature 2.
    """
    ranges = as_range(ratings)
    count, draws = len(ranges.low), rules.draws
    sums = np.zeros((2, count))
    if count:
        weights = draw_weights(ranges.low.columns, rules=rules)
        for _, scores in draw_scores(ranges, weights, seed=rules.seed):
            for row, places in enumerate((seats, 1)):
                _, account, part = share_seats(scores, seats=places)
                sums[row] += np.bincount(account, part, minlength=count)
    shares = DataFrame((sums / draws).T, index=ranges.low.index, columns=["in_top", "first"]).clip(0, 1)
    doubt = wilson_interval(shares["in_top"] * draws, Series(draws, index=shares.index), level=0.95)
    table = shares.join(doubt.add_prefix("in_top_")).reindex(_index_of(ratings))
    return table.assign(standing=judge_standing(table["in_top"]))[COLUMNS]


def share_seats(scores: np.ndarray, *, seats: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Who sits in each draw of `scores` (draws x accounts): `draw`, `account` and `part` of a seat (1 or, among equals
    for the last seats, less), as three arrays with an entry for each account that gets any."""
    seats = min(seats, scores.shape[1])
    rest = scores.shape[1] - seats
    last = scores.max(axis=1) if seats == 1 else np.partition(scores, rest, axis=1)[:, rest]
    draw, account = np.divmod(np.flatnonzero(scores >= (last - TIE)[:, None]), scores.shape[1])
    equal = scores[draw, account] <= (last + TIE)[draw]
    above, level = (np.bincount(draw[part], minlength=len(scores)) for part in (~equal, equal))
    return draw, account, np.where(equal, ((seats - above) / np.maximum(level, 1))[draw], 1.0)


def judge_standing(in_top: Series, *, certain: float = 0.9, out: float = 0.1) -> Series:
    """certain_in, contested or certain_out by the share of draws among the chosen; "-" where it is unknown.

    The thresholds are rules of thumb.
    """
    steps = [in_top.isna(), in_top >= certain, in_top > out]
    codes = np.select([step.to_numpy(dtype=bool) for step in steps], ["-", "certain_in", "contested"], "certain_out")
    return Series(codes, index=in_top.index, name="standing", dtype="str")


def accept_ranks(ratings: DataFrame, *, draws: int = 10_000, seed: int = 0, bounds: DataFrame | None = None
                 ) -> Acceptability:
    """How often each account takes each rank when the weights of the criteria are drawn at random.

    `ratings`: accounts by criteria, higher = better, NaN = not rated (left out, the other weights take over).
    `bounds`: `low` and `high` per criterion, for example from `bounds_around`.  Ties are broken by lot.  The result
    does not depend on the order of the rows.  Source: method.md 2.2 SMAA-2, oracles O8, O9.
    """
    return rank_under_doubt(ratings, rules=WeightRules(bounds=bounds, draws=draws, seed=seed))


def rank_under_doubt(ratings: Ratings, *, rules: WeightRules, places: int | None = None) -> Acceptability:
    """`accept_ranks` with everything that may be in doubt: ranges of ratings, bounds and orders of weights.

    `places`: how many ranks are counted, best first; all of them take accounts x accounts numbers, so ask for few
    where accounts are many (rows then sum to less than 1).  Source: method.md 2.2 SMAA-2, oracles O6 to O9.
    """
    ranges = as_range(ratings)
    count = len(ranges.low) if places is None else min(places, len(ranges.low))
    names = pd.RangeIndex(1, count + 1, name="rank")
    if not len(ranges.low):
        return Acceptability(DataFrame(index=_index_of(ratings), columns=names, dtype=float),
                             DataFrame(index=_index_of(ratings), columns=ranges.low.columns, dtype=float))
    weights = draw_weights(ranges.low.columns, rules=rules)
    cells, central = tally_ranks(draw_scores(ranges, weights, seed=rules.seed), places=count, seed=rules.seed)
    return Acceptability(DataFrame(cells, index=ranges.low.index, columns=names).reindex(_index_of(ratings)),
                         DataFrame(central, ranges.low.index, ranges.low.columns).reindex(_index_of(ratings)))


def tally_ranks(blocks: Iterable[tuple[np.ndarray, np.ndarray]], *, places: int, seed: int = 0
                ) -> tuple[np.ndarray, np.ndarray]:
    """Rank shares (accounts x `places`) and central weights (accounts x criteria) of drawn scores.

    `blocks`: pairs of weights (draws x criteria) and scores (draws x accounts, higher = better, about 0 to 1), for
    example one pair of samples from elsewhere.  Ties are broken by lot.
    """
    random, draws, cells, central = np.random.default_rng([seed, 2]), 0, None, None
    for weights, scores in blocks:
        if cells is None:
            cells = np.zeros((scores.shape[1], places), dtype=np.int64)
            central = np.zeros((scores.shape[1], weights.shape[1]))
        lots = random.random(scores.shape, dtype="float32") * scores.dtype.type(LOT[scores.dtype.itemsize])
        order = np.argsort(-(scores + lots), axis=1)[:, :places]
        np.add.at(cells, (order, np.arange(places)[None, :]), 1)
        np.add.at(central, order[:, 0], weights)
        draws += len(scores)
    firsts = np.where(cells[:, :1] > 0, cells[:, :1], np.nan)
    return cells / draws, central / firsts


def top_share(acceptability: Acceptability, *, seats: int) -> Series:
    """Probability that an account is among the best `seats`, by account (`in_top`)."""
    return acceptability.ranks.iloc[:, :seats].sum(axis=1, min_count=1).rename("in_top")


def measure_entropy(ranks: DataFrame) -> Series:
    """How undecided each account's rank is, in bits: 0 = always the same rank.  `ranks`: shares by rank.  Source: O6."""
    shares = ranks.to_numpy(dtype=float)
    bits = -(shares * np.log2(np.where(shares > 0, shares, 1.0))).sum(axis=1)
    return Series(bits, index=ranks.index, name="entropy")


def _index_of(ratings: Ratings) -> pd.Index:
    return ratings.index if isinstance(ratings, DataFrame) else ratings.low.index
