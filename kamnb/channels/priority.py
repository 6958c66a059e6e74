"""Which channels deserve our resources: criteria from the data, the nine-box, how sure it is, and the decision."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pandas import DataFrame, Series

from kamnb.channels.history import compare_growth
from kamnb.channels.market import race_market
from kamnb.channels.profit import RATES, deepest_level
from kamnb.methods.acceptability import accept_ranks, top_share
from kamnb.methods.scoring import scale_to_scores, score_accounts
from kamnb.settings import ChannelSettings

CRITERIA = {"market_size": "market_sales", "market_growth": "market_growth", "headroom": "headroom",
            "margin": "earned_rate", "share": "market_share", "share_change": "market_share_change",
            "our_growth": "cagr"}  # criterion of the settings: column of the data
NAMED = ["channel", "channel_name", "net_sales"]
THIRDS = (1 + 4 / 3, 1 + 8 / 3)  # 1 to 5 in three equal parts
ROLES = {("high", "high"): "grow", ("high", "medium"): "grow", ("high", "low"): "grow", ("medium", "high"): "grow",
         ("medium", "medium"): "defend", ("low", "high"): "defend", ("high", ""): "grow", ("", "high"): "grow",
         ("medium", ""): "defend", ("", "medium"): "defend"}  # attractiveness, strength; every other box: harvest
AGAINST, FOR = 2.0, 4.0  # a rating up to the one speaks against a channel, from the other on for it
REASONS = 4
SURE = 0.8  # from here a choice counts as independent of the weights
DECIDED = ["channel", "channel_name", "rank", "decision", "role", "attractiveness", "strength", "score", "in_top",
           "net_sales", "reasons"]


def measure_criteria(history: DataFrame, *, position: DataFrame, room: DataFrame, profit: DataFrame) -> DataFrame:
    """What the data say about every channel, criterion by criterion; what cannot be computed is NaN.

    `history`, `position`, `room`, `profit`: from `trace_channels`, `compare_market`, `estimate_headroom`, `sum_profit`.
    Returns channel, channel_name, net_sales (latest year), market_sales, headroom (minor units), market_growth, cagr
    (ours; both a year), earned_rate (deepest known profit, of net sales), market_share, market_share_change
    (fractions); largest channel first.  Source: method.md A11.
    """
    criteria = history[history["year"] == history["year"].max()][NAMED].set_index("channel")
    latest = position[position["year"] == position["year"].max()].set_index("channel")
    race, earned = race_market(position).set_index("channel"), profit.set_index("channel")
    columns = {"market_sales": latest["market_sales"], "market_growth": race["market_growth"],
               "headroom": room.set_index("channel")["headroom"], "earned_rate": earned[RATES[deepest_level(profit)]],
               "market_share": latest["market_share"], "market_share_change": race["market_share_change"],
               "cagr": compare_growth(history).set_index("channel")["cagr"]}
    for name, values in columns.items():
        criteria[name] = values.reindex(criteria.index).astype("Float64").astype(float)
    return criteria.reset_index().sort_values(["net_sales", "channel"], ascending=[False, True], ignore_index=True)


def rate_channels(criteria: DataFrame) -> DataFrame:
    """Every channel rated from 1 to 5 on every criterion: linear between the channels' lowest and highest tenth.

    `criteria`: from `measure_criteria`.  Returns channel, channel_name, net_sales and one column per criterion of the
    settings, NaN = not known.  What lies outside the tenths is cut off, so that one outlier does not flatten the rest.
    """
    return criteria[NAMED].assign(**{name: scale_to_scores(criteria[column], low=0.1, high=0.9)
                                     for name, column in CRITERIA.items()})


def place_channels(ratings: DataFrame, *, attractiveness: Mapping[str, float], strength: Mapping[str, float],
                   cuts: Literal["thirds", "quantiles"] = "thirds") -> DataFrame:
    """The nine-box: every channel with its two scores, its box and its rank, best first.

    `ratings`: from `rate_channels`; `attractiveness`, `strength`: weight by criterion, any scale.  Returns channel,
    channel_name, net_sales, `attractiveness` and `strength` (weighted means, 1-5, of the criteria that are rated),
    `attractive` and `strong` (low, medium, high, "" unknown; `cuts`: equal thirds of 1 to 5, or thirds of the
    channels), `score` (mean of the two) and `rank`.  Source: method.md A11, 2.2 channel analysis.
    """
    placed = ratings[NAMED].copy()
    for axis, weights, level in (("attractiveness", attractiveness, "attractive"), ("strength", strength, "strong")):
        scores = score_accounts(ratings[list(weights)], weights=Series(weights, dtype=float))["score"]
        placed[axis] = scores.reindex(placed.index)
        placed[level] = _name_levels(placed[axis], cuts=cuts)
    placed["score"] = placed[["attractiveness", "strength"]].mean(axis=1)
    ordered = placed.sort_values(["score", "net_sales", "channel"], ascending=[False, False, True], ignore_index=True)
    return ordered.assign(rank=range(1, len(ordered) + 1))


def find_cuts(scores: Series, *, cuts: Literal["thirds", "quantiles"]) -> tuple[float, float]:
    """Where low ends and high begins on an axis: equal thirds of 1 to 5, or thirds of the channels' `scores`."""
    return THIRDS if cuts == "thirds" else (float(scores.quantile(1 / 3)), float(scores.quantile(2 / 3)))


def find_lines(placed: DataFrame, *, cuts: Literal["thirds", "quantiles"]) -> dict[str, tuple[float, float]]:
    """The two cuts of both axes of the nine-box: attractiveness and strength.  `placed`: from `place_channels`."""
    return {axis: find_cuts(placed[axis], cuts=cuts) for axis in ("attractiveness", "strength")}


def _name_levels(scores: Series, *, cuts: Literal["thirds", "quantiles"]) -> Series:
    """low, medium or high for each score, "" for an unknown one."""
    low, high = find_cuts(scores, cuts=cuts)
    names = Series("medium", index=scores.index, dtype="str").mask(scores < low, "low").mask(scores >= high, "high")
    return names.where(scores.notna(), "")


def count_seats(ratings: DataFrame, *, settings: ChannelSettings) -> int:
    """How many channels can get priority: as set, but at most half of them, for a choice has to leave some out."""
    return min(settings.priorities, max(1, len(ratings) // 2))


def weigh_doubt(ratings: DataFrame, *, settings: ChannelSettings) -> DataFrame:
    """How often every channel is among the priorities when all weights are drawn at random, surest first.

    `ratings`: from `rate_channels`; criteria that are not rated or weigh 0 in `settings` stay out.  Returns channel,
    channel_name, `in_top` (share of all weightings) and `first_place` (share in which it comes first).
    Source: method.md A11, 2.2 SMAA-2.
    """
    weights = {**settings.attractiveness, **settings.strength}
    counted = [name for name in CRITERIA if weights.get(name, 0) > 0 and ratings[name].notna().any()]
    judged = accept_ranks(ratings.set_index("channel")[counted], draws=settings.draws, seed=settings.seed)
    shares = ratings[["channel", "channel_name"]].assign(
        in_top=top_share(judged, seats=count_seats(ratings, settings=settings)).to_numpy(dtype=float),
        first_place=judged.ranks.iloc[:, 0].to_numpy(dtype=float) if judged.ranks.shape[1] else float("nan"))
    return shares.sort_values(["in_top", "channel"], ascending=[False, True], ignore_index=True)


def decide_channels(placed: DataFrame, *, ratings: DataFrame, doubt: DataFrame, settings: ChannelSettings) -> DataFrame:
    """The proposal: which channels get priority, are maintained or watched, in which role and for which reasons.

    `placed`, `ratings`, `doubt`: from `place_channels`, `rate_channels`, `weigh_doubt`.  Returns channel, channel_name,
    rank, `decision` (priority: the best, as many as `count_seats` gives, unless they are to be harvested; watch: other
    channels to harvest; maintain), `role` (grow, defend, harvest, by the box), attractiveness, strength, score,
    in_top, net_sales and `reasons` (codes such as headroom_high share_change_low, strongest first).
    Source: method.md A12, A13.
    """
    decided = placed.merge(doubt[["channel", "in_top"]], on="channel", how="left")
    decided["role"] = [ROLES.get(box, "harvest") for box in zip(decided["attractive"], decided["strong"], strict=True)]
    idle, leading = decided["role"] == "harvest", decided["rank"] <= count_seats(ratings, settings=settings)
    decided["decision"] = Series("maintain", index=decided.index, dtype="str").mask(idle, "watch").mask(
        leading & ~idle, "priority")
    decided["reasons"] = decided["channel"].map(_list_reasons(ratings))
    return decided.assign(rank=decided["rank"].astype("int64"))[DECIDED]


def name_standing(standing: DataFrame, placed: DataFrame) -> DataFrame:
    """The saved decision with `channel_name` of each channel; the code itself for one that is gone.

    `standing`: saved rows with channel; `placed`: from `place_channels`.
    """
    names = placed.set_index("channel")["channel_name"]
    return standing.assign(channel_name=standing["channel"].map(names).fillna(standing["channel"]))


def _list_reasons(ratings: DataFrame) -> Series:
    """What speaks for and against each channel, strongest first: ratings at the ends that few other channels share."""
    long = ratings.melt("channel", list(CRITERIA), var_name="criterion", value_name="rating").dropna()
    place = long.groupby("criterion")["rating"].rank(pct=True)
    good, bad = (long["rating"] >= FOR) & (place > 2 / 3), (long["rating"] <= AGAINST) & (place <= 1 / 3)
    ends = long[good | bad].assign(distance=(long["rating"] - 3).abs().round(6))
    ends["code"] = ends["criterion"] + good[ends.index].map({True: "_high", False: "_low"}).astype("str")
    ordered = ends.sort_values(["channel", "distance", "criterion"], ascending=[True, False, True])
    kept = ordered.groupby("channel").head(REASONS)
    return kept.groupby("channel")["code"].agg(" ".join).reindex(ratings["channel"]).fillna("")


def summarise_decision(decided: DataFrame) -> dict[str, object]:
    """The facts of the priority sentence: who was chosen, with how much of our sales, and how surely."""
    chosen = decided[decided["decision"] == "priority"]
    if chosen.empty:
        return {}
    surest, least = (chosen.loc[place] for place in (chosen["in_top"].idxmax(), chosen["in_top"].idxmin()))
    share = chosen["net_sales"].sum() / decided["net_sales"].sum()
    return {"chosen": list(chosen["channel_name"]), "share": float(share),
            "surest": surest["channel_name"], "surest_share": float(surest["in_top"]),
            "least": least["channel_name"], "least_share": float(least["in_top"])}
