"""Does the method work: what became of accounts that these criteria would have chosen in the past."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.methods.backtest import BacktestRules, backtest_selection, judge_method, measure_prediction
from kamnb.methods.origins import RATED, list_origins, measure_outcomes, rate_criteria, trace_criteria

TRIED = ("continuity", "entry", "growth", "profit", "revenue")  # of the eight factors, what a ledger alone can tell of the past


def trace_past(panel: DataFrame, categories: DataFrame, accounts: DataFrame, *, as_of: Timestamp) -> tuple[DataFrame, DataFrame]:
    """What the ledger said of each account on every day one could have decided, and what came in the year after.

    `panel`: account_month; `categories`: account_category_month.  Returns (ratings,
    outcomes) of `origins.rate_criteria` and `origins.measure_outcomes`; empty where the history is too short.
    """
    channel = accounts.set_index("account")["channel"]
    rows = panel.assign(channel=panel["account"].map(channel).astype("str").fillna("-"))
    origins = list_origins(rows, as_of=as_of)
    return rate_criteria(trace_criteria(rows, categories, origins=origins)), measure_outcomes(rows, origins=origins)


def weigh_past(weights: Series) -> Series:
    """Weights for the past: those of the criteria that a ledger can tell, as the engagement has them; what it does not weigh
    does not count.  Where it weighs none of them all count alike."""
    known = weights.reindex([c for c in RATED if c in TRIED]).fillna(0.0).astype(float)
    return known if known.sum() > 0 else known + 1.0


def keep_large(ratings: DataFrame, *, least_size: float) -> DataFrame:
    """`ratings` of accounts that could have had a seat then: not below the `least_size` quantile of sales on that day."""
    if ratings.empty:
        return ratings
    floor = ratings["sales"].astype(float).groupby(ratings["origin"]).transform(lambda sales: sales.quantile(least_size))
    return ratings[ratings["sales"].astype(float) >= floor].reset_index(drop=True)


def try_method(past: tuple[DataFrame, DataFrame], *, weights: Series, seats: int) -> DataFrame:
    """The backtest: by measure (growth, profit), over all origins and for each.

    `past`: from `trace_past`, maybe of the larger accounts only; columns of `backtest.backtest_selection`.
    Source: method.md A41, A48.
    """
    return backtest_selection(*past, weights=weigh_past(weights), rules=BacktestRules(seats=seats, measures=("growth", "profit")))


def rank_predictors(past: tuple[DataFrame, DataFrame], *, weights: Series) -> DataFrame:
    """Which criteria foretold growth (outcome `rate`), strongest first, with their `weight` today (share; 0 = not weighed)."""
    table = measure_prediction(*past, foretold=["rate"])
    return table.assign(weight=table["criterion"].map(weights).astype(float).fillna(0.0))


def pick_origins(tested: DataFrame, *, measure: str = "growth") -> DataFrame:
    """One measure of the backtest for drawing: each origin, oldest first, then all of them together (origin NaT)."""
    rows = tested[tested["measure"] == measure]
    return rows.sort_values("origin", na_position="last", ignore_index=True)


def summarise_test(tested: DataFrame) -> dict[str, object]:
    """Numbers of the backtest over all origins: `origins`, `first`, `last` (days one could have decided), `shared` (part of
    the choice that size makes too), `growth`, `growth_size`, `low`, `high` (of the difference, in points), `profit`,
    `profit_size` (minor units for each chosen account), `margin_more` (change of margin, scorecard less size); {} where the
    ledger is too short."""
    whole = tested[tested["origin"].isna()].set_index("measure")
    if whole.empty or "growth" not in whole.index or pd.isna(whole.at["growth", "scorecard"]):
        return {}
    days, grown = tested["origin"].dropna(), whole.loc["growth"]
    profit = whole.loc["profit"]
    return {"origins": int(grown["origins"]), "first": days.min(), "last": days.max(), "shared": grown["shared"],
            "growth": grown["scorecard"], "growth_size": grown["size"], "low": grown["low"], "high": grown["high"],
            "everyone": grown["everyone"], "profit": profit["scorecard"], "profit_size": profit["size"]}


def name_result(tested: DataFrame) -> str:
    """How the scorecard did against size: beats, mixed (on growth; beats_profit, mixed_profit: on margin instead), worse, open,
    single (one day of decision alone: no test), unknown.  Source: `backtest.judge_method`."""
    facts = summarise_test(tested)
    if not facts:
        return "unknown"
    if facts["origins"] < 2:
        return "single"
    told = judge_method(tested)
    on_margin = told["method"] in ("beats", "mixed") and told["growth"] != "beats"
    return f"{told['method']}_profit" if on_margin else told["method"]


def summarise_predictors(predictors: DataFrame, names: Series) -> dict[str, object]:
    """Names of the criteria that foretold growth (`good`), and of those that pointed the wrong way (`wrong`); {} where
    nothing could be told.  `names`: criterion name by code."""
    rows = predictors[predictors["outcome"] == "rate"]
    sure = {verdict: [names.get(c, c) for c in rows.loc[rows["verdict"] == verdict, "criterion"]] for verdict in ("predicts", "reverse")}
    return {"good": sure["predicts"], "wrong": sure["reverse"]} if len(rows) and any(sure.values()) else {}
