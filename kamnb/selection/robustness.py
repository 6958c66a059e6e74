"""Would we say so under other weights: how often each account stays among the chosen."""

from __future__ import annotations

import pandas as pd
from pandas import DataFrame, Series

from kamnb.methods.acceptability import accept_seats, judge_standing, rank_under_doubt
from kamnb.methods.scoring import orient_ratings
from kamnb.methods.uncertainty import Ratings, ScoreRange, span_raters, widen_ratings
from kamnb.methods.weighting import WeightRules, bounds_around
from kamnb.settings import SelectionSettings

__all__ = ["judge_standing"]

CERTAIN = 0.9  # certain in: in the top group under at least this share of the weightings
OUT = 0.1  # certain out: under at most this share
MOST = 24  # rows that a ranking can carry
LARGE = 10  # the accounts that everybody will ask about
PLACES = 400  # ranks that are counted one by one
STANDINGS = ("certain_in", "contested", "certain_out")


def board_rules(weights: Series, *, settings: SelectionSettings) -> WeightRules:
    """Every weighting the board could hold: each weight within `weight_spread` of itself, or within its own bounds, and in
    the orders that are agreed.  `weights`: shares of 1, by criterion."""
    bounds = bounds_around(weights, spread=settings.weight_spread).clip(0, 1)
    for criterion, (low, high) in settings.weight_bounds.items():
        if criterion in bounds.index:
            bounds.loc[criterion, ["low", "high"]] = low, high
    orders = tuple(pair for pair in settings.weight_orders if set(pair) <= set(weights.index))
    return WeightRules(bounds=bounds, orders=orders, draws=settings.draws, seed=settings.seed)


def free_rules(settings: SelectionSettings) -> WeightRules:
    """Every weighting there is, whether anybody could hold it or not."""
    return WeightRules(draws=settings.draws, seed=settings.seed)


def doubt_ratings(ratings: DataFrame, scores: DataFrame, *, criteria: DataFrame) -> ScoreRange:
    """`ratings` with what is in doubt about them: between the lowest and the highest rater where people rate, and anywhere
    on the scale where nobody did.

    `ratings`: accounts by the criteria that have a weight; `scores`: the scores table; `criteria`: with direction and
    source.  Ratings from data stand as they are.  Source: method.md 2.3 choice 10, feature 2.
    """
    by_people = criteria.loc[(criteria["source"] == "rating") & criteria["criterion"].isin(ratings.columns), "criterion"].tolist()
    known = scores[scores["criterion"].isin(by_people) & scores["account"].isin(ratings.index)]
    whole = widen_ratings(ratings)
    if known["score"].notna().sum() == 0:
        return whole
    turn = criteria.set_index("criterion")["direction"].to_dict()
    ends = span_raters(known)
    sides = [orient_ratings(side, directions=turn).reindex(index=ratings.index) for side in (ends.low, ends.high)]
    low, high = (getattr(whole, name).copy() for name in ("low", "high"))
    for criterion in ends.low.columns:
        both = pd.concat([side[criterion] for side in sides], axis=1)
        low[criterion], high[criterion] = both.min(axis=1).fillna(low[criterion]), both.max(axis=1).fillna(high[criterion])
    return ScoreRange(low, high)


def keep_eligible(board: DataFrame, ratings: Ratings) -> Ratings:
    """`ratings` of the accounts that may take a seat, on criteria that any of them is rated on."""
    eligible = board.loc[board["gate"] == "", "account"]
    if isinstance(ratings, DataFrame):
        return ratings.loc[ratings.index.isin(eligible)].dropna(axis=1, how="all")
    low, high = (side.loc[side.index.isin(eligible)].dropna(axis=1, how="all") for side in (ratings.low, ratings.high))
    return ScoreRange(low, high)


def vary_weights(board: DataFrame, ratings: Ratings, *, seats: int, rules: WeightRules) -> DataFrame:
    """`board` with what happens to its accounts under the weightings of `rules`.

    `board`: from `screen_accounts`; `ratings`: accounts by the criteria that have a weight, or `doubt_ratings`.  Adds
    `in_top` (share of the weightings under which the account is among the best `seats`), `rank_low`, `rank_high` (its ranks
    in nine of ten of them) and `standing`: certain_in, contested, certain_out, or "-" for accounts that may not take a
    seat.  Source: method.md A18, B21, 2.2 SMAA-2.
    """
    known = keep_eligible(board, ratings)
    rules = _fit_rules(rules, known)
    taken = accept_seats(known, seats=seats, rules=rules)
    ranks = rank_under_doubt(known, rules=rules, places=PLACES).ranks
    table = board.join(taken["in_top"].astype(float), on="account").join(_rank_spans(ranks), on="account")
    return table.assign(standing=judge_standing(table["in_top"], certain=CERTAIN, out=OUT))


def drop_limits(board: DataFrame, ratings: Ratings, *, seats: int, settings: SelectionSettings) -> DataFrame:
    """`board` plus `any_top`: share of all weightings there are under which the account is among the best `seats`."""
    known = keep_eligible(board, ratings)
    taken = accept_seats(known, seats=seats, rules=free_rules(settings))
    return board.assign(any_top=board["account"].map(taken["in_top"]).astype(float))


def _fit_rules(rules: WeightRules, ratings: Ratings) -> WeightRules:
    """`rules` for the criteria that are left: bounds of the others are dropped, and the rest shared out among these."""
    left = (ratings if isinstance(ratings, DataFrame) else ratings.low).columns
    if rules.bounds is None or rules.bounds.index.isin(left).all():
        return rules
    bounds = rules.bounds[rules.bounds.index.isin(left)]
    whole = float(bounds.mean(axis=1).sum())
    orders = tuple(pair for pair in rules.orders if set(pair) <= set(left))
    fitted = (bounds / whole).clip(0, 1) if whole > 0 else None
    return WeightRules(bounds=fitted, orders=orders, draws=rules.draws, seed=rules.seed)


def _rank_spans(ranks: DataFrame) -> DataFrame:
    """First and last rank of the middle nine tenths of the weightings, by account; unknown beyond the ranks counted."""
    reached = ranks.cumsum(axis=1)
    low, high = ((reached < share - 1e-12).sum(axis=1) + 1 for share in (0.05, 0.95))
    table = DataFrame({"rank_low": low, "rank_high": high}).astype("Int64")
    return table.where(table.le(ranks.shape[1]) & ranks.notna().any(axis=1).to_numpy()[:, None], other=None)


def pick_contenders(board: DataFrame, *, seats: int) -> DataFrame:
    """Accounts worth a look in the ranking, best first: the seated, the contested, runners-up, and the ten largest of all
    that may take a seat; at most 24 or twice the seats, plus `size_rank` (1 = largest)."""
    sizes = board["net_sales"].astype(float).rank(ascending=False, method="first").astype("int64")
    eligible = board.assign(size_rank=sizes)[board["gate"] == ""].sort_values("rank")
    large = eligible["size_rank"] <= LARGE
    first = (eligible["rank"] <= seats + 4) | eligible["standing"].isin(["certain_in", "contested"])
    room = max(MOST, 2 * seats) - int((large & ~first).sum())
    kept = first & (first.cumsum() <= max(room, seats)) | large
    return eligible[kept].reset_index(drop=True).assign(seats=seats)


def list_eligible(board: DataFrame) -> DataFrame:
    """Accounts that may take a seat, by rank."""
    return board[board["gate"] == ""].sort_values("rank", ignore_index=True)


def summarise_standing(board: DataFrame, *, seats: int, settings: SelectionSettings) -> dict[str, object]:
    """Numbers of the robustness check: `seats`, `spread` (how far the weights may move), `certain`, `contested` with
    `names` (the seated first), `out` (certain out), `eligible`; `never` (names of those of the ten largest that no
    weighting seats), `small` (certain in, though outside the `large` largest) and `large`; {} where nobody is eligible."""
    eligible = board[board["gate"] == ""].sort_values("rank")
    if eligible.empty:
        return {}
    counts = eligible["standing"].value_counts().reindex(list(STANDINGS), fill_value=0)
    contested = eligible.loc[eligible["standing"] == "contested", "name"]
    sized = eligible.assign(size=board["net_sales"].astype(float).rank(ascending=False, method="first"))
    never = sized[(sized["size"] <= LARGE) & (sized["any_top"] <= 0)].sort_values("size")
    small = sized[(sized["size"] > 2 * LARGE) & (sized["standing"] == "certain_in")]
    return {"seats": seats, "eligible": len(eligible), "names": contested.head(6).tolist(), "spread": settings.weight_spread,
            "certain": int(counts["certain_in"]), "contested": int(counts["contested"]), "out": int(counts["certain_out"]),
            "never": never["name"].tolist(), "large": LARGE, "small": small["name"].tolist()}


def name_firmness(board: DataFrame) -> str:
    """"contested" if any account that may take a seat is contested, otherwise "firm"."""
    return "contested" if (board["standing"] == "contested").any() else "firm"


def name_outliers(facts: dict[str, object]) -> dict[str, object]:
    """`facts` (from `summarise_standing`) if any of the largest never gets a seat and a small account surely does; else {}."""
    return facts if facts and facts["never"] and facts["small"] else {}
