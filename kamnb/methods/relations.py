"""How strong a relationship is, seen from both sides, and which stage that makes it."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.money import ratio

MET = 2  # coverage from which a person counts as reached (method.md 2.2)
STAGES = ("exploratory", "basic", "cooperative", "interdependent", "integrated")
TIES = ["persons", "coverage", "support", "judged", "single_thread"]
VIEWS = ["ours", "theirs", "gap", "stage_ours", "stage_theirs", "steps", "verdict"]


def measure_ties(people: DataFrame, *, met: int = MET) -> DataFrame:
    """Our ties to each account, by account, weighted by the influence of its persons.

    `people`: the people table.  Returns `persons`, `coverage` (influence of those we reach / all, 0-1), `support` (mean
    attitude of those whose attitude is known, -2 to 2), `judged` (share of influence whose attitude is known),
    `single_thread` (largest share of covered influence that hangs on one of ours; NaN where nobody is said to be in
    contact).  Accounts without persons have no row.  Source: method.md B17, 2.2 decision-maker map, C16.
    """
    rows = people[["account", "contact"]].assign(weight=people["influence"].astype(float))
    covered = (people["coverage"] >= met).fillna(False).astype(bool)
    attitude = people["attitude"].astype("Float64").astype(float)
    rows = rows.assign(reached=rows["weight"].where(covered, 0.0), known=rows["weight"].where(attitude.notna(), 0.0),
                       liked=rows["weight"] * attitude)
    groups = rows.groupby("account")
    sums = groups[["weight", "reached", "known", "liked"]].sum()
    threads = rows[rows["contact"].notna()].groupby(["account", "contact"])["reached"].sum()
    largest = threads.groupby("account").max().reindex(sums.index)
    return DataFrame({"persons": groups.size(), "coverage": ratio(sums["reached"], sums["weight"]),
                      "support": ratio(sums["liked"], sums["known"]), "judged": ratio(sums["known"], sums["weight"]),
                      "single_thread": ratio(largest, sums["reached"])}, index=sums.index)[TIES]


def measure_their_view(answers: DataFrame) -> DataFrame:
    """What the account's own people say of us, by account, weighted by what matters to them.

    `answers`: account, respondent, importance, score, competitor_score (1 to 5) of a customer survey, one row per answer.
    Returns `respondents`, `answers`, `score`, `rival` (the best competitor on the same questions; NaN where nobody rated
    one) and `lead` (score less rival, over the questions where both are rated).  An answer without importance counts as
    3.  A handful of answers: read with their number.  Source: method.md A54, 2.2 relationship stages (score both sides).
    """
    rows = answers[answers["score"].notna()].astype({"score": float, "competitor_score": float})
    weight = rows["importance"].astype(float).fillna(3.0)
    both = weight.where(rows["competitor_score"].notna(), 0.0)
    rows = rows.assign(weight=weight, told=weight * rows["score"], both=both, other=(both * rows["competitor_score"]).fillna(0.0),
                       same=both * rows["score"])
    sums = rows.groupby("account")[["weight", "told", "both", "other", "same"]].sum()
    counts = rows.groupby("account").agg(respondents=("respondent", "nunique"), answers=("score", "size"))
    return counts.assign(score=ratio(sums["told"], sums["weight"]), rival=ratio(sums["other"], sums["both"]),
                         lead=ratio(sums["same"] - sums["other"], sums["both"]))


def rate_ties(ties: DataFrame) -> Series:
    """Our view of each relationship from 1 to 5: coverage and support in equal parts (`strength`); unknown if either is."""
    return (1 + 4 * (ties["coverage"] + (ties["support"] + 2) / 4) / 2).rename("strength")


def compare_views(ours: Series, theirs: Series, *, cuts: tuple[float, ...] = (1.8, 2.6, 3.4, 4.2), wide: float = 1.0) -> DataFrame:
    """The relationship scored twice, and where the two sides disagree, by account.

    `ours`, `theirs`: 1 to 5 by account; an account in either has a row.  Returns `ours`, `theirs`, `gap` (ours - theirs),
    `stage_ours`, `stage_theirs` (exploratory, basic, cooperative, interdependent, integrated by `cuts`; "-" = unknown),
    `steps` (stages between them) and `verdict`: agreed, we_overrate, we_underrate (`wide` apart or more), one_sided (only
    one view is known).  The cuts are rules of thumb.  Source: method.md 2.2 relationship stages, E18.
    """
    both = pd.concat([ours.astype(float).rename("ours"), theirs.astype(float).rename("theirs")], axis=1).sort_index()
    gap = both["ours"] - both["theirs"]
    levels = {side: _level(both[side], cuts) for side in ("ours", "theirs")}
    steps = [gap.isna(), gap >= wide, gap <= -wide]
    verdict = np.select([step.to_numpy(dtype=bool) for step in steps], ["one_sided", "we_overrate", "we_underrate"], "agreed")
    stages = {f"stage_{side}": level.map(dict(enumerate(STAGES))).fillna("-").astype("str") for side, level in levels.items()}
    return both.assign(gap=gap, **stages, steps=levels["ours"] - levels["theirs"],
                       verdict=Series(verdict, index=both.index, dtype="str")).rename_axis(index="account")[VIEWS]


def _level(scores: Series, cuts: tuple[float, ...]) -> Series:
    """Place of each score among the cuts (0 to 4); unknown stays unknown."""
    return Series(np.searchsorted(cuts, scores.to_numpy(), side="right"), index=scores.index, dtype="Int64").where(scores.notna())
