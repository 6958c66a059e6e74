"""An early warning that must earn its place: a score of signs, tested against "sales down by a fifth"."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp
from scipy.optimize import minimize
from scipy.special import expit

from kamnb.methods.backtest import draw_emphasis
from kamnb.methods.warning_signs import DEFAULT, SIGNS, WarningRules

PRIOR = Series({"fall": 6.0, "against_peers": 1.0, "lately": 1.0, "slope": 1.0, "narrower": 1.0, "overdue": 1.0})
TRUST = 1.0  # how hard the signs' weights before any experience hold: the precision of each (ridge)
LEAST = 5  # losses below which no alarm can be judged, and nothing learned
TESTED = {"method": "str", "days": "int64", "watched": "int64", "losses": "int64", "alarms": "int64", "hits": "int64",
          "precision": float, "recall": float, "lead": float, "difference": float, "low": float, "high": float, "verdict": "str"}
SCORED = {"account": "str", "state": "str", "sales": "int64", "change": float, **dict.fromkeys(SIGNS, float), "known": "int64",
          "score": float, "rank": "Int64", "naive": bool}


def learn_weights(cells: DataFrame) -> Series:
    """Weight of each sign in the score, learned from what became of accounts: by sign.

    `cells`: from `trace_signs`; only watched rows whose fate is known count.  Logistic regression on the ranks of the signs
    within their day, drawn towards weights by rule of thumb, and never below 0 (no sign of decline speaks for an account);
    with fewer than 5 losses the rule of thumb stands.
    """
    known = cells[(cells["state"] == "watched") & cells["lost"].notna()]
    lost = known["lost"].to_numpy(dtype=float, na_value=np.nan)
    if lost.sum() < LEAST:
        return PRIOR.copy()
    ranks = rank_signs(known).to_numpy()
    start = np.append(PRIOR.to_numpy(), np.log(lost.mean() / max(1 - lost.mean(), 1e-9)) - PRIOR.sum() / 2)

    def loss(weights: np.ndarray) -> tuple[float, np.ndarray]:
        worry, away = ranks @ weights[:-1] + weights[-1], weights[:-1] - start[:-1]
        error = expit(worry) - lost
        return (float(np.logaddexp(0, worry).sum() - lost @ worry + TRUST / 2 * away @ away),
                np.append(ranks.T @ error + TRUST * away, error.sum()))

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * len(SIGNS) + [(None, None)])
    return Series(found.x[:-1], index=list(SIGNS))


def rank_signs(cells: DataFrame) -> DataFrame:
    """Ranks of the signs within each day, 0 to 1, 1 = most worrying; an unknown sign stands in the middle."""
    return cells.groupby("day")[list(SIGNS)].rank(pct=True).fillna(0.5)


def score_warning(cells: DataFrame, *, rules: WarningRules = DEFAULT) -> DataFrame:
    """How worrying each account looks on the last day, most worrying first.

    `cells`: from `trace_signs`.  Returns account, `state`, `sales`, `change`, the signs, `known` (how many of them can be told),
    `score` (0 to 1 among the watched; 1 = most worrying; unknown for those that have fallen already), `rank`, `naive` (the
    simple alarm rings).  The weights are learned from the days whose horizon has ended.  The fallen come first: they need no
    score.  Source: feature 13.
    """
    if cells.empty:
        return DataFrame(columns=list(SCORED)).astype(SCORED)
    day = cells["day"].max()
    table = _score(cells, day, rules).assign(known=lambda rows: rows[list(SIGNS)].notna().sum(axis=1))
    table["rank"] = table["score"].rank(ascending=False, method="first").astype("Int64")
    ordered = table.sort_values(["state", "rank", "sales", "account"], ascending=[True, True, False, True], ignore_index=True)
    return ordered[list(SCORED)].astype(SCORED)


def _score(cells: DataFrame, day: Timestamp, rules: WarningRules) -> DataFrame:
    """The rows of one day with their `score`, by weights learned from days whose horizon had ended by then."""
    ended = cells["day"] <= day - pd.DateOffset(months=rules.horizon) + pd.offsets.MonthEnd(0)
    weights, rows = learn_weights(cells[ended]), cells[cells["day"] == day].sort_values("account")
    watched = rows["state"] == "watched"
    worry = rank_signs(rows[watched]) @ weights
    return rows.assign(score=worry.rank(pct=True).reindex(rows.index))


def backtest_warning(cells: DataFrame, *, rules: WarningRules = DEFAULT) -> DataFrame:
    """What the score would have warned of in the past, against the simple alarm, with as many alarms each.

    `cells`: from `trace_signs`.  On every day whose horizon has ended both name the same number of watched accounts: as many as
    the simple alarm rings for; the score those with the highest scores, with weights learned before that day.  Returns two
    rows, score and naive: `days`, `watched` and `losses` (accounts and days), `alarms`, `hits` (alarms that a loss followed),
    `precision` (hits / alarms), `recall` (hits / losses), `lead` (months from alarm to loss, mean of the hits), and on the row
    of the score `difference` (of precision), its interval `low`, `high` (drawing accounts with all their days) and `verdict`:
    beats, worse, open, or unknown (fewer than 5 losses or no alarm).  Show the score only where it beats.  Source: feature 13.
    """
    ended = cells[(cells["state"] == "watched") & cells["lost"].notna()]
    if ended.empty:
        return DataFrame(columns=list(TESTED)).astype(TESTED)
    parts = [_raise_alarms(cells, day, rules) for day in sorted(ended["day"].unique())]
    alarms = pd.concat(parts, ignore_index=True)
    rows = [{"method": name, "days": len(parts), "watched": len(alarms), "losses": int(alarms["lost"].sum()), "verdict": "",
             **_count(alarms, name)} for name in ("score", "naive")]
    rows[0] |= _compare(alarms, rules)
    return DataFrame(rows, columns=list(TESTED)).astype(TESTED)


def _raise_alarms(cells: DataFrame, day: Timestamp, rules: WarningRules) -> DataFrame:
    """Who is named on one day by the score and by the simple alarm: account, score, naive, lost (boolean), months."""
    rows = _score(cells, day, rules)
    rows = rows[rows["state"] == "watched"]
    place = rows["score"].rank(ascending=False, method="first")
    return rows.assign(score=place <= int(rows["naive"].sum()), lost=rows["lost"].astype(bool))[
        ["account", "score", "naive", "lost", "months"]]


def _count(alarms: DataFrame, name: str) -> dict[str, object]:
    """Alarms and hits of one method."""
    rung, hits = int(alarms[name].sum()), alarms[alarms[name] & alarms["lost"]]
    losses = int(alarms["lost"].sum())
    return {"alarms": rung, "hits": len(hits), "precision": len(hits) / rung if rung else np.nan,
            "recall": len(hits) / losses if losses else np.nan, "lead": float(hits["months"].mean()) if len(hits) else np.nan}


def _compare(alarms: DataFrame, rules: WarningRules) -> dict[str, object]:
    """Difference of precision with its interval, and the verdict."""
    marks = DataFrame({"score": alarms["score"] & alarms["lost"], "naive": alarms["naive"] & alarms["lost"], "rung": alarms["naive"]})
    sums = marks.astype(float).groupby(alarms["account"]).sum().to_numpy()
    total = sums.sum(axis=0)
    if alarms["lost"].sum() < LEAST or not total[2]:
        return {"verdict": "unknown"}
    drawn = draw_emphasis(len(sums), draws=rules.draws, seed=rules.seed) @ sums
    low, high = np.quantile((drawn[:, 0] - drawn[:, 1]) / drawn[:, 2], [(1 - rules.level) / 2, (1 + rules.level) / 2])
    return {"difference": (total[0] - total[1]) / total[2], "low": float(low), "high": float(high),
            "verdict": "beats" if low > 0 else "worse" if high < 0 else "open"}
