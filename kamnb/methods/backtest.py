"""Does the method work: accounts chosen with what was known then, against those that size alone would have chosen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.scoring import normalise_weights, score_accounts

KEYS = ["origin", "account"]
CHOICES = ["origin", "account", "sales", "score", "rank", "size_rank", "chosen", "by_size"]
COMPARED = {"measure": "str", "origin": "datetime64[us]", "origins": "int64", "accounts": "int64", "shared": float, "scorecard": float,
            "size": float, "everyone": float, "difference": float, "low": float, "high": float, "verdict": "str"}
PREDICTED = {"criterion": "str", "outcome": "str", "origins": "int64", "accounts": "int64", "correlation": float, "low": float,
             "high": float, "verdict": "str"}
SUMS = {"growth": ("change", "before"), "profit": ("margin_after", "one"), "sales_change": ("change", "one"),
        "margin_change": ("margin_change", "one")}
COUNTED = ("before", "change", "margin_after", "margin_change", "one")
FORETOLD = ("rate", "margin_change")
LEAST = 5  # with fewer accounts no order is remarkable
GROUPS = ("scorecard", "size", "everyone")


@dataclass(frozen=True)
class BacktestRules:
    """How a backtest counts: `seats` given away, the `measures` asked for, `draws` of accounts for the intervals, their `level`,
    the `seed`."""

    seats: int = 8
    measures: tuple[str, ...] = tuple(SUMS)
    draws: int = 2000
    level: float = 0.9
    seed: int = 0


def choose_then(ratings: DataFrame, *, weights: Series, seats: int) -> DataFrame:
    """Who would have been chosen on each origin, by the scorecard and by size.

    `ratings`: origin, account, sales and criteria (`origins.rate_criteria`); `weights`: per criterion, any scale; those of
    criteria that nobody could be rated on are left out.  Returns origin, account, sales, `score`, `rank`, `size_rank`,
    `chosen`, `by_size` (boolean).  Accounts that no weight could rate are not chosen.  Sorted by origin and rank.
    """
    parts = [_choose(rows, weights=weights, seats=seats) for _, rows in ratings.groupby("origin")]
    kinds = {"origin": "datetime64[us]", "account": "str", "sales": "int64", "score": float, "rank": "Int64",
             "size_rank": "int64", "chosen": bool, "by_size": bool}
    table = pd.concat(parts, ignore_index=True) if parts else DataFrame(columns=CHOICES)
    return table[CHOICES].astype(kinds).sort_values(["origin", "rank", "account"], ignore_index=True)


def _choose(rows: DataFrame, *, weights: Series, seats: int) -> DataFrame:
    """The choices of one origin."""
    ordered = rows.sort_values("account").set_index("account")
    usable = [name for name in weights.index if name in ordered and weights[name] > 0 and ordered[name].notna().any()]
    table = ordered[["origin", "sales"]].assign(score=np.nan)
    if usable:
        table["score"] = score_accounts(ordered[usable], weights=normalise_weights(weights[usable].astype(float)))["score"]
    table["rank"] = table["score"].rank(ascending=False, method="first").astype("Int64")
    table["size_rank"] = table["sales"].rank(ascending=False, method="first").astype("int64")
    return table.assign(chosen=(table["rank"] <= seats).fillna(False).astype(bool),
                        by_size=table["size_rank"] <= seats).reset_index()


def backtest_selection(ratings: DataFrame, outcomes: DataFrame, *, weights: Series, rules: BacktestRules = BacktestRules()
                       ) -> DataFrame:
    """What came of the accounts that the scorecard would have chosen, against those that size would have chosen.

    `ratings`: as for `choose_then`; `outcomes`: from `origins.measure_outcomes`.  One row for all origins together
    (origin NaT) and one for each, for every measure of `rules`: growth (sales after / sales before - 1 of the group), and for each
    chosen account in minor units profit (margin after), sales_change and margin_change.  Returns measure, origin, `origins`,
    `accounts` (chosen, over all origins), `shared` (part of them that size chooses too), `scorecard`, `size`, `everyone`
    (the measure in the three groups), `difference` (scorecard - size), `low`, `high` (interval at `level`, by drawing
    accounts with all their origins: Bayesian bootstrap) and `verdict`: beats, worse, open (the interval holds nought) or
    unknown.  Who is chosen for a large year tends to have a smaller one next, whatever its merits: read growth together
    with profit and with everyone.  Source: method.md A41, A48.
    """
    choices = choose_then(ratings, weights=weights, seats=rules.seats)
    followed = choices.merge(outcomes, on=KEYS, validate="one_to_one").assign(one=1.0, everyone=True)
    followed = followed.rename(columns={"chosen": "scorecard", "by_size": "size"}).astype(dict.fromkeys(COUNTED, "Float64"))
    followed = followed.astype(dict.fromkeys(COUNTED, float)).assign(place=pd.factorize(followed["account"], sort=True)[0])
    emphasis = draw_emphasis(followed["account"].nunique(), draws=rules.draws, seed=rules.seed).astype(float)
    spans = [(pd.NaT, followed), *followed.groupby("origin")] if len(followed) else []
    rows = [{"measure": measure, "origin": day, "origins": rows["origin"].nunique(), "accounts": int(rows["scorecard"].sum()),
             "shared": float(rows.loc[rows["scorecard"], "size"].mean()),
             **_compare(_sum_groups(rows, measure, count=emphasis.shape[1]), emphasis, level=rules.level)}
            for day, rows in spans for measure in rules.measures]
    return DataFrame(rows, columns=list(COMPARED)).astype(COMPARED)


def _sum_groups(rows: DataFrame, measure: str, *, count: int) -> np.ndarray:
    """Numerator and denominator of a measure in each group: one row per account (`count` of them, by `place`), one column for
    each of the two in each group; all unknown where one of the chosen is."""
    values, held = rows[list(SUMS[measure])].to_numpy(), rows[list(GROUPS)].to_numpy(dtype=bool)
    known = ~np.isnan(values).any(axis=1)
    if not known[held[:, :2].any(axis=1)].all():
        return np.full((count, values.shape[1] * len(GROUPS)), np.nan)
    counted = np.where((held & known[:, None])[:, :, None], values[:, None, :], 0.0)
    sums = np.zeros((count, *counted.shape[1:]))
    np.add.at(sums, rows["place"].to_numpy(), counted)
    return sums.reshape(count, -1)


def _compare(sums: np.ndarray, emphasis: np.ndarray, *, level: float) -> dict[str, object]:
    """A measure in the three groups, and the difference between the first two with its interval."""
    rates = _divide(sums.sum(axis=0)[None, :])[0]
    drawn = _divide(emphasis @ sums)
    low, high = _interval(drawn[:, 0] - drawn[:, 1], level)
    return {**dict(zip(GROUPS, rates, strict=True)), "difference": rates[0] - rates[1], "low": low, "high": high,
            "verdict": _judge(low, high, names=("worse", "beats"))}


def _divide(sums: np.ndarray) -> np.ndarray:
    """Ratios of the pairs of columns; NaN where the lower is not positive."""
    tops, bottoms = sums[:, 0::2], sums[:, 1::2]
    return tops / np.where(bottoms > 0, bottoms, np.nan)


def draw_emphasis(count: int, *, draws: int, seed: int) -> np.ndarray:
    """Random weights of `count` things around 1 (Rubin's Bayesian bootstrap, without its scaling): draws x count."""
    return np.random.default_rng(seed).standard_exponential((draws, count), dtype="float32")


def _interval(values: np.ndarray, level: float) -> tuple[float, float]:
    known = values[~np.isnan(values)]
    if len(known) < len(values) / 2 or not len(known):
        return np.nan, np.nan
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _judge(low: float, high: float, *, names: tuple[str, str]) -> str:
    """Below or above nought for sure, open, or unknown."""
    if np.isnan(low):
        return "unknown"
    return names[0] if high < 0 else names[1] if low > 0 else "open"


def measure_prediction(ratings: DataFrame, outcomes: DataFrame, *, foretold: Iterable[str] = FORETOLD,
                       rules: BacktestRules = BacktestRules()) -> DataFrame:
    """Which criteria foretold what came: rank correlation within each origin, over all origins, strongest first.

    `foretold`: outcomes asked for.  Returns criterion, `outcome` (rate: growth of sales; margin_change), `origins`, `accounts`,
    `correlation` (-1 to 1), `low`, `high` (interval, by drawing accounts with all their origins), `verdict`: predicts, reverse,
    open or unknown.
    Source: method.md A41.
    """
    criteria = [name for name in ratings.columns if name not in (*KEYS, "sales")]
    joined = ratings.merge(outcomes, on=KEYS, validate="one_to_one")
    joined = joined.astype(dict.fromkeys([*criteria, *FORETOLD], "Float64")).astype(dict.fromkeys([*criteria, *FORETOLD], float))
    place, accounts = pd.factorize(joined["account"], sort=True)
    emphasis = draw_emphasis(len(accounts), draws=rules.draws, seed=rules.seed).astype(float)
    rows = []
    for outcome in foretold:
        for criterion in criteria if len(joined) else ():
            ranks = _rank_within(joined, criterion, outcome)
            found = _correlate(ranks.groupby(place).sum(), emphasis, level=rules.level)
            known = ranks["xy"].notna()
            rows.append({"criterion": criterion, "outcome": outcome, "origins": joined.loc[known, "origin"].nunique(),
                         "accounts": joined.loc[known, "account"].nunique(), **found})
    table = DataFrame(rows, columns=list(PREDICTED)).astype(PREDICTED)
    order = table.assign(size=-table["correlation"].abs()).sort_values(["outcome", "size", "criterion"], ascending=[False, True, True])
    return order[list(PREDICTED)].reset_index(drop=True)


def _rank_within(joined: DataFrame, criterion: str, outcome: str) -> DataFrame:
    """Products xy, xx, yy of the centred ranks of a criterion (x) and an outcome (y) within each origin; NaN = unknown."""
    pair = joined[[criterion, outcome]]
    pair = pair.where(pair.notna().all(axis=1))
    groups = pair.groupby(joined["origin"])
    count = groups.transform("count")
    centred = (groups.rank() - (count + 1) / 2) / count
    x, y = centred[criterion], centred[outcome]
    return DataFrame({"xy": x * y, "xx": x * x, "yy": y * y})


def _correlate(sums: DataFrame, emphasis: np.ndarray, *, level: float) -> dict[str, object]:
    """Correlation from sums of products by account, with its interval."""
    facts = {"correlation": np.nan, "low": np.nan, "high": np.nan, "verdict": "unknown"}
    total = sums.sum()
    if (sums["xx"] > 0).sum() < LEAST or not min(total["xx"], total["yy"]) > 1e-12:
        return facts
    drawn = emphasis @ sums.to_numpy()
    low, high = _interval(drawn[:, 0] / np.sqrt(drawn[:, 1] * drawn[:, 2]), level)
    return {"correlation": total["xy"] / np.sqrt(total["xx"] * total["yy"]), "low": low, "high": high,
            "verdict": _judge(low, high, names=("reverse", "predicts"))}


def judge_method(comparison: DataFrame) -> dict[str, str]:
    """Whether the scorecard beat size over all origins: verdicts on `growth` and `profit`, and `method`: beats (better on
    one, not worse on the other), worse, mixed (better on one, worse on the other), open or unknown."""
    whole = comparison[comparison["origin"].isna()].set_index("measure")["verdict"]
    growth, profit = (str(whole.get(measure, "unknown")) for measure in ("growth", "profit"))
    said = {growth, profit}
    method = "mixed" if {"beats", "worse"} <= said else next((v for v in ("beats", "worse", "open") if v in said), "unknown")
    return {"growth": growth, "profit": profit, "method": method}
