"""The selection scorecard of the sample: its criteria and what three raters say about the larger accounts."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame

from kamnb.training.world import World, recipe, stream, twins

RATED = 48
SPREAD = 0.4
CANNOT_SAY = 0.05


def list_criteria() -> DataFrame:
    """The eight criteria with weight, direction, source, names and anchors in three languages."""
    rows = [{"criterion": c["id"], "weight": c["weight"], "direction": c["direction"], "source": c["source"]}
            | twins("name", c["name"]) | twins("low", c["low"]) | twins("high", c["high"])
            for c in recipe("scorecard")["criterion"]]
    return DataFrame(rows)


def rate_accounts(world: World) -> DataFrame:
    """Ratings: account, criterion, rater, score 1-5 (missing = cannot say) and some reasons, for the rated criteria."""
    book, rng = recipe("scorecard"), stream(world.seed, "scores")
    criteria = [c["id"] for c in book["criterion"] if c["source"] == "rating"]
    rows = []
    for account in rated_accounts(world):
        level = book["level"].get(account) or rng.uniform(2.4, 3.7, len(criteria)).tolist()
        for criterion, truth in zip(criteria, level, strict=True):
            for place, rater in enumerate(book["rater"]):
                drawn, silent = rng.normal(truth + rater["bias"], SPREAD), rng.random() < CANNOT_SAY
                score = None if silent and account not in book["level"] else int(np.clip(round(drawn), 1, 5))
                reason = book["reasons"].get(account) if place == 0 and criterion == criteria[0] else None
                rows.append({"account": account, "criterion": criterion, "score": score}
                            | twins("rater", rater["name"]) | twins("reason", reason or [None] * 3))
    return DataFrame(rows).astype({"score": "Int64"})


def rated_accounts(world: World) -> list[str]:
    """The accounts that are rated: the largest ones and the whole cast of the key and the not-so-key."""
    cast = recipe("scorecard")["level"]
    largest = world.accounts["sales"].sort_values(ascending=False, kind="stable").index
    return sorted([*cast, *[a for a in largest if a not in cast][:RATED - len(cast)]])
