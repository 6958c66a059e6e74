"""The weighted scorecard: criteria, ratings from data and from raters, scores, and who may take a seat."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Index, Series

from kamnb.methods.scoring import normalise_weights, orient_ratings, score_accounts
from kamnb.selection.factors import COMPUTED
from kamnb.settings import FACTORS, SelectionSettings

CRITERIA = ["criterion", "name", "weight", "direction", "source", "low", "high"]


def list_criteria(table: DataFrame, *, settings: SelectionSettings) -> DataFrame:
    """The criteria of the scorecard, one row each.

    Returns criterion, name, weight (any scale), direction, source (data or rating), low, high.  `table`: the client's 
    criteria, if any; without it the eight factors.  Weights in engagement.toml (those of the eight it leaves out are 1)
    go before the table's; criteria that only engagement.toml weighs are added.  Source: method.md A31, B12-B20.
    """
    chosen = settings.weights if "weights" in settings.model_fields_set or table.empty else {}
    own = table.reindex(columns=CRITERIA)
    usual = SelectionSettings().weights if len(own) else {}  # a default weight asks for no criterion beside the client's
    wanted = [c for c, weight in chosen.items() if c not in set(own["criterion"]) and weight not in (0, usual.get(c))]
    added = DataFrame({"criterion": wanted}, dtype="str")
    added["weight"] = added["criterion"].map(chosen).astype(float)
    added["direction"] = added["criterion"].map({"effort": "cost"}).fillna("benefit")
    added["source"] = added["criterion"].isin(COMPUTED).map({True: "data", False: "rating"})
    both = pd.concat([own, added] if len(own) else [added], ignore_index=True).reindex(columns=CRITERIA)
    both["weight"] = both["criterion"].map(chosen).astype(float).fillna(both["weight"].astype(float))
    rank = both["criterion"].map({factor: place for place, factor in enumerate(FACTORS)}).fillna(len(FACTORS))
    return both.iloc[rank.argsort(kind="stable")].reset_index(drop=True)


def average_raters(scores: DataFrame, criteria: DataFrame) -> DataFrame:
    """Mean rating over raters: accounts by criteria, turned so that 5 = best; what nobody could say stays unknown.

    `scores`: account, criterion, rater, score (1-5, empty = cannot say).
    """
    known = scores[scores["score"].notna() & scores["criterion"].isin(criteria["criterion"])]
    means = known.astype({"score": float}).groupby(["account", "criterion"])["score"].mean().unstack()
    return orient_ratings(means, directions=criteria.set_index("criterion")["direction"].to_dict())


def merge_ratings(computed: DataFrame, rated: DataFrame, *, criteria: DataFrame) -> DataFrame:
    """Accounts (those of `computed`) by criteria, 1 to 5, 5 = best.

    What people rate goes first for criteria whose source is rating, what data tell for the others; the one fills what
    the other leaves open.  Source: method.md B12-B20, 2.3 choice 10 (missing is never zero).
    """
    columns = {}
    for criterion, source in criteria[["criterion", "source"]].itertuples(index=False):
        told, said = (frame.get(criterion, Series(dtype=float)).reindex(computed.index).astype(float)
                      for frame in (computed, rated))
        columns[criterion] = said.fillna(told) if source == "rating" else told.fillna(said)
    return DataFrame(columns, index=computed.index)


def weigh_criteria(criteria: DataFrame, ratings: DataFrame) -> Series:
    """Weights of the criteria that count and that at least one account is rated on, as shares of 1."""
    weights = criteria.set_index("criterion")["weight"].astype(float)
    return normalise_weights(weights[[c for c in weights.index if weights[c] != 0 and ratings[c].notna().any()]])


def name_unrated(criteria: DataFrame, ratings: DataFrame) -> list[str]:
    """Criteria on which no account could be rated."""
    return [c for c in criteria["criterion"] if not ratings[c].notna().any()]


def describe_criteria(criteria: DataFrame, computed: DataFrame, rated: DataFrame) -> DataFrame:
    """The criteria sheet: `criteria` plus `from_data`, `from_raters` (how many accounts the rating comes from)."""
    counts = {"from_data": [], "from_raters": []}
    for criterion, source in criteria[["criterion", "source"]].itertuples(index=False):
        told = computed.get(criterion, Series(dtype=float)).reindex(computed.index).notna()
        said = rated.get(criterion, Series(dtype=float)).reindex(computed.index).notna()
        counts["from_raters"].append(int((said if source == "rating" else said & ~told).sum()))
        counts["from_data"].append(int((told & ~said if source == "rating" else told).sum()))
    return criteria.assign(**counts)


def rank_accounts(ratings: DataFrame, *, weights: Series) -> DataFrame:
    """Accounts ranked by the weighted mean of their ratings: score, rated (share of the weight), rank; by account.

    `ratings`: accounts by criteria, 5 = best, NaN = not rated; `weights`: per criterion, any scale; criteria that
    `weights` leaves out do not count.  Source: method.md B12-B20.
    """
    return score_accounts(ratings[[c for c in weights.index if c in ratings]], weights=weights)


def screen_accounts(facts: DataFrame, ranking: DataFrame, *, settings: SelectionSettings, barred: Index | None = None) -> DataFrame:
    """`facts` with `score`, `rated`, `gate` and `rank` (among those that may take a seat), best first.

    `gate`: "" may take a seat; never (by name, in the engagement file); unrated (less than `least_rated` of the weight
    is rated); too_small (sells less than the `least_size` quantile of the accounts: a seat would not pay); knocked
    (`barred`, from `gatekeeping.bar_accounts`).  An account the engagement must have passes every gate.  Source: method.md A19, B06.
    """
    board = facts.join(ranking[["score", "rated"]], on="account")
    floor = board["net_sales"].astype(float).quantile(settings.least_size)
    gates = {"never": board["account"].isin(settings.never), "too_small": board["net_sales"].astype(float) < floor,
             "unrated": ~(board["rated"] >= settings.least_rated),
             "knocked": board["account"].isin([] if barred is None else barred)}
    gate = Series("", index=board.index, dtype="str")
    for name, closed in reversed(gates.items()):
        gate = gate.mask(closed, name)
    gate = gate.mask(board["account"].isin(settings.must_have), "")
    rank = board["score"].where(gate == "").rank(ascending=False, method="first").astype("Int64")
    board = board.assign(gate=gate, rank=rank)
    return board.sort_values(["score", "account"], ascending=[False, True], ignore_index=True, na_position="last")
