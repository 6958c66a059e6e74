"""What surveys of customers, departments and people say, and how much of it a few answers can bear."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from pandas import DataFrame, Series
from scipy.special import stdtrit

from kamnb.methods.smallsample import mean_interval

FACTORS = ("definition", "selection", "planning", "process", "roles", "distinction", "knowledge", "trust", "leadership")
COMPETING = ["answers", "units", "importance", "score", "competitor", "gap", "low", "high", "quadrant", "sure", "urgency"]
RATED = ["answers", "respondents", "mean", "low", "high", "target", "gap", "importance", "urgency"]
VIEWS = {"item": "str", "department": "str", "answers": "int64", "mean": float, "from_mean": float}
DISPUTED = {"item": "str", "answers": "int64", "departments": "int64", "mean": float, "range": float, "department": "str",
            "their_mean": float, "others_mean": float, "difference": float, "low": float, "high": float, "differs": bool}
LEAST = 3  # answers of a department below which its view is one person's


def compare_competitor(answers: DataFrame, *, level: float = 0.8) -> DataFrame:
    """What matters to customers, how we do, and how the best competitor does, item by item, most urgent first.

    `answers`: item, department (the account that answered), importance, score, competitor_score (1-5, NaN = cannot say).
    The account is the unit: answers of one account are averaged first.  Returns, by item (index): `answers`, `units`
    (accounts that compared us), `importance`, `score`, `competitor` (means), `gap` (score - competitor, of those who
    rated both) with its interval `low`, `high` (Student's t over accounts), `quadrant`: keep (important, ahead), fix
    (important, behind), overdone (not important, ahead), minor (not important, behind), "" (gap unknown); important =
    above the mean of all items; `sure` (the interval leaves 0 out) and `urgency` (importance from 0 to 1 x points
    behind).  Source: method.md A54.
    """
    rows = answers.assign(gap=answers["score"].astype(float) - answers["competitor_score"].astype(float))
    measures = {"importance": "importance", "score": "score", "competitor": "competitor_score", "gap": "gap"}
    units = rows.groupby(["item", "department"], observed=True)[list(measures.values())].mean()
    groups = units.astype(float).groupby("item")
    found = groups.mean().rename(columns={theirs: ours for ours, theirs in measures.items()})
    found["answers"], found["units"] = rows.groupby("item").size(), groups["gap"].count()
    found = found.join(mean_interval(found["gap"], groups["gap"].std(), n=found["units"], level=level))
    weight = (found["importance"] >= found["importance"].mean(), found["gap"] >= 0)
    steps = [found["gap"].isna(), weight[0] & weight[1], weight[0], weight[1]]
    names = np.select([step.to_numpy(dtype=bool) for step in steps], ["", "keep", "fix", "overdone"], "minor")
    found["quadrant"] = Series(names, index=found.index, dtype="str")
    found["sure"] = ((found["low"] > 0) | (found["high"] < 0)).astype(bool)
    found["urgency"] = (found["importance"] - 1) / 4 * (-found["gap"]).clip(lower=0)
    return found.sort_index().sort_values("urgency", ascending=False, kind="stable", na_position="last")[COMPETING]


def rate_items(answers: DataFrame, *, by: Literal["item", "topic"] = "item", level: float = 0.8) -> DataFrame:
    """Mean score of every item, or topic, with its interval and its distance from what is wanted.

    `answers`: `by`, respondent, score, target, importance (1-5, NaN = cannot say; target = level wanted).  A respondent
    counts once: several answers of one topic are averaged first.  Returns, by `by` (index), widest gap first: `answers`,
    `respondents`, `mean`, `low`, `high` (Student's t; NaN for one respondent), `target`, `gap` (mean - target),
    `importance` and `urgency` (importance from 0 to 1, or 1 where not asked, x points short of the target, or of 5
    where no target is set).  Source: method.md A03, A55.
    """
    measures = ["score", "target", "importance"]
    people = answers.groupby([by, "respondent"], observed=True)[measures].mean().astype(float)
    groups = people.groupby(by)
    found = groups.mean().rename(columns={"score": "mean"})
    found["answers"], found["respondents"] = answers.groupby(by)["score"].count(), groups["score"].count()
    found = found.join(mean_interval(found["mean"], groups["score"].std(), n=found["respondents"], level=level))
    found["gap"] = found["mean"] - found["target"]
    wanted = found["target"].where(found["target"].notna(), 5.0)
    weight = ((found["importance"] - 1) / 4).where(found["importance"].notna(), 1.0)
    found["urgency"] = weight * (wanted - found["mean"]).clip(lower=0)
    return found.sort_index().sort_values("urgency", ascending=False, kind="stable", na_position="last")[RATED]


def score_maturity(answers: DataFrame, *, level: float = 0.8) -> DataFrame:
    """The nine success factors of key account management, in their order, as the latest round of the survey rates them.

    `answers`: topic (a factor), respondent, score, target, importance, date (day of the round; NaT = not dated).  Returns
    `rate_items` by topic for the latest round plus `previous` (mean of the round before) and `change`; factors that nobody
    was asked about are NaN, so that the gap in the survey shows.  Source: method.md B47, seed 001.
    """
    rows = answers[answers["topic"].isin(FACTORS)]
    rounds = sorted(rows["date"].dropna().unique())
    latest = rows[rows["date"] == rounds[-1]] if rounds else rows
    before = rate_items(rows[rows["date"] == rounds[-2]], by="topic")["mean"] if len(rounds) > 1 else Series(dtype=float)
    factors = pd.Index(FACTORS if len(rows) else (), name="topic", dtype="str")
    found = rate_items(latest, by="topic", level=level).reindex(factors)
    found = found.assign(previous=before.reindex(factors).astype(float))
    return found.assign(change=found["mean"] - found["previous"])


def list_views(answers: DataFrame) -> DataFrame:
    """How every department rates every item: item, department, `answers`, `mean`, `from_mean` (of all departments).

    `answers`: item, department, score.  The mean of an item is that of its departments, each counted once.
    Source: method.md A03 (heat table).
    """
    groups = answers.dropna(subset=["score"]).groupby(["item", "department"], observed=True)["score"]
    views = groups.agg(answers="size", mean="mean").reset_index()
    views["from_mean"] = views["mean"] - views.groupby("item")["mean"].transform("mean")
    return views.sort_values(["item", "department"], ignore_index=True).astype(VIEWS)[list(VIEWS)]


def measure_disagreement(answers: DataFrame, *, level: float = 0.9) -> DataFrame:
    """Where departments see the same thing differently: the one farthest from the others, item by item.

    `answers`: item, department, respondent, score.  Departments with fewer than 3 answers are left out (one person is no
    department).  Returns item, `answers`, `departments`, `mean`, `range` (highest - lowest department), `department` (the
    farthest), `their_mean`, `others_mean` (each other department counted once), `difference` with its interval `low`,
    `high` (Student's t on the spread within departments, widened for having looked at every department and item:
    Bonferroni) and `differs` (the interval leaves 0 out); widest difference first.  Source: method.md A03.
    """
    known = answers.dropna(subset=["score"])
    groups = known.groupby(["item", "department"], observed=True)["score"]
    cells = groups.agg(n="size", mean="mean").astype(float)
    cells["squares"] = groups.var(ddof=0) * cells["n"]
    cells = cells[cells["n"] >= LEAST]
    items = cells.groupby("item")
    cells["places"], cells["pooled"] = items["n"].transform("size"), items["squares"].transform("sum")
    cells["free"] = items["n"].transform("sum") - cells["places"]
    cells = cells[cells["places"] > 1]
    others = cells["places"] - 1
    cells["others"] = (cells.groupby("item")["mean"].transform("sum") - cells["mean"]) / others
    rest = (1 / cells["n"]).groupby("item").transform("sum") - 1 / cells["n"]
    error = np.sqrt(cells["pooled"] / cells["free"] * (1 / cells["n"] + rest / others**2))
    cells["difference"] = cells["mean"] - cells["others"]
    cells["reach"] = stdtrit(cells["free"], 1 - (1 - level) / 2 / max(len(cells), 1)) * error
    return _name_farthest(cells, known)


def _name_farthest(cells: DataFrame, known: DataFrame) -> DataFrame:
    """One row per item: its farthest department."""
    means = cells.groupby("item")["mean"]
    facts = cells.assign(range=means.transform("max") - means.transform("min"), average=means.transform("mean"),
                         distance=-cells["difference"].abs().round(9)).reset_index()
    far = facts.sort_values(["item", "distance", "department"]).groupby("item").head(1)
    table = far.assign(answers=far["item"].map(known.groupby("item").size()), low=far["difference"] - far["reach"],
                       high=far["difference"] + far["reach"]).drop(columns="mean")
    table = table.rename(columns={"places": "departments", "average": "mean", "others": "others_mean"})
    table["their_mean"] = table["others_mean"] + table["difference"]
    table["differs"] = (table["low"] > 0) | (table["high"] < 0)
    return table.sort_values(["distance", "item"], ignore_index=True).astype(DISPUTED)[list(DISPUTED)]


def measure_time_use(answers: DataFrame, *, by: Literal["item", "topic"] = "item", level: float = 0.8) -> DataFrame:
    """How people spend their time, by activity or kind of work, most hours first.

    `answers`: `by`, respondent, score (hours of a week).  Returns, by `by` (index): `people`, `hours` (a person and
    week), `share` (of all hours of all people) and `low`, `high` of that share (Student's t over the persons' own
    shares).  An activity that a person did not name took no hour.  The share of topic "face_to_face" is the face-time
    share.  Source: method.md A56.
    """
    hours = answers.dropna(subset=["score", by]).groupby(["respondent", by], observed=True)["score"].sum().astype(float)
    wide = hours.unstack(by, fill_value=0.0)
    own = wide.div(wide.sum(axis=1).where(lambda total: total > 0), axis=0)
    total = wide.to_numpy().sum()
    found = DataFrame({"people": (wide > 0).sum(), "hours": wide.sum() / max(len(wide), 1),
                       "share": wide.sum() / (total if total > 0 else np.nan)})
    bounds = mean_interval(own.mean(), own.std(), n=own.count(), level=level).clip(lower=0, upper=1)
    found.index.name = by
    return found.join(bounds).sort_index().sort_values("hours", ascending=False, kind="stable")


def compare_effort(accounts: DataFrame) -> DataFrame:
    """Hours against sales by tier of account.

    `accounts`: tier, hours (spent with it), net_sales.  Returns, by tier (index): `accounts`, `hours`, `hours_share`,
    `sales`, `sales_share`, `index` (hours_share / sales_share: above 1 = more time than its share of the business) and
    `sales_per_hour` (minor units).  Unknown hours are left out of the hours, not of the sales.  Source: method.md A56.
    """
    groups = accounts.groupby("tier", observed=True)
    found = groups.agg(accounts=("net_sales", "size"), hours=("hours", "sum"), sales=("net_sales", "sum"))
    found["hours_share"] = found["hours"] / (found["hours"].sum() if found["hours"].sum() > 0 else np.nan)
    found["sales_share"] = found["sales"] / (found["sales"].sum() if found["sales"].sum() > 0 else np.nan)
    found["index"] = found["hours_share"] / found["sales_share"].where(found["sales_share"] > 0)
    found["sales_per_hour"] = found["sales"] / found["hours"].where(found["hours"] > 0)
    return found[["accounts", "hours", "hours_share", "sales", "sales_share", "index", "sales_per_hour"]]
