"""What a few answers can and cannot prove."""

from __future__ import annotations

from math import comb
from statistics import NormalDist

import numpy as np
from pandas import DataFrame, Series
from scipy.special import stdtrit

MOST = 400  # interviews nobody would hold: a share so close to the claim is not worth more of them


def wilson_interval(yes: Series, asked: Series, *, level: float = 0.8, population: Series | None = None) -> DataFrame:
    """Interval (`low`, `high`) that holds the true share of yes with probability `level`, by Wilson's score.

    `yes`, `asked`: counts on one index; `population`: how many there are to ask (by the same index), where a good part
    of them was asked: the interval narrows, and closes when all were.  Nobody asked: 0 to 1.
    """
    n = asked.astype(float)
    if population is not None:
        whole = population.astype(float)
        wider = ((whole - 1) / (whole - n).where(whole > n)).mask(whole <= n, np.inf)
        n = n * wider.where(whole.notna(), 1.0)
    share = (yes / asked.where(asked > 0)).astype(float)
    z = NormalDist().inv_cdf(0.5 + level / 2)
    pull = z**2 / n.where(n > 0)
    centre = (share + pull / 2) / (1 + pull)
    reach = np.sqrt(share * (1 - share) * pull + pull**2 / 4) / (1 + pull)
    return DataFrame({"low": (centre - reach).clip(lower=0).fillna(0.0), "high": (centre + reach).clip(upper=1).fillna(1.0)})


def chance_above(yes: int, asked: int, *, claim: float = 0.5) -> float:
    """Probability that the true share of yes lies above `claim` when nothing was known before (uniform prior); exact.

    5 of 6 give 0.9375 for a claim of one half.
    """
    return sum(comb(asked + 1, k) * claim**k * (1 - claim) ** (asked + 1 - k) for k in range(yes + 1))


def judge_interviews(answers: DataFrame, *, claim: float = 0.5, level: float = 0.8) -> DataFrame:
    """What counts of yes answers prove about a `claim` ("more than half of the accounts ..."), row by row.

    `answers`: yes, asked, and population if known; any index.  Returns `share`, `low`, `high` (Wilson), `chance`
    (that the true share exceeds the claim, uniform prior), `verdict`: supported (the whole interval above the claim),
    refuted (below), open, none (nobody asked); and `needed`: how many would have to be asked in all for a verdict if
    the share stayed as it is (<NA>: more than 400).  Source: method.md A44, section 5 feature 17.
    """
    yes, asked = answers["yes"].fillna(0).astype("int64"), answers["asked"].fillna(0).astype("int64")
    found = wilson_interval(yes, asked, level=level, population=answers.get("population"))
    found.insert(0, "share", (yes / asked.where(asked > 0)).astype(float))
    found["chance"] = [chance_above(y, n, claim=claim) for y, n in zip(yes, asked, strict=True)]
    steps = [asked == 0, found["low"] > claim, found["high"] < claim]
    verdicts = np.select([step.to_numpy() for step in steps], ["none", "supported", "refuted"], "open")
    found["verdict"] = Series(verdicts, index=found.index, dtype="str")
    found["needed"] = Series([count_needed(share, claim=claim, level=level) for share in found["share"]],
                             index=found.index, dtype="Int64")
    return found


def count_needed(share: float, *, claim: float = 0.5, level: float = 0.8) -> int | None:
    """Smallest number of interviews whose Wilson interval leaves `claim` out if this `share` says yes; None above 400."""
    if np.isnan(share):
        return None
    asked = Series(np.arange(1, MOST + 1), dtype=float)
    bounds = wilson_interval(asked * share, asked, level=level)
    clear = (bounds["low"] > claim) | (bounds["high"] < claim)
    return int(asked[clear.idxmax()]) if clear.any() else None


def mean_interval(mean: Series, spread: Series, *, n: Series, level: float = 0.8) -> DataFrame:
    """Interval (`low`, `high`) of means of `n` answers with standard deviation `spread` (Student's t; NaN for n < 2)."""
    count = n.astype(float)
    reach = stdtrit(count.where(count > 1) - 1, 0.5 + level / 2) * spread / np.sqrt(count)
    return DataFrame({"low": mean - reach, "high": mean + reach})
