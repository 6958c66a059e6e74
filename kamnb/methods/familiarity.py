"""Whether raters like best the accounts they know best: familiarity must not choose."""

from __future__ import annotations

import numpy as np
from pandas import DataFrame, Series

COLUMNS = {"rater": "str", "accounts": "int64", "correlation": float, "p_value": float, "verdict": "str"}
LEAST = 8  # with fewer accounts no order of ratings is remarkable
SURE = 0.05
WHOLE = "all"  # the row over all raters


def check_familiarity(liking: DataFrame, familiarity: DataFrame, *, draws: int = 2000, seed: int = 0) -> DataFrame:
    """Rank correlation of how well a rater knows an account with how well the rater rates it, by rater and over all.

    `liking`: account, rater, liking (`raters.average_by_rater`).  `familiarity`: account, familiarity in any unit
    (visits, contacts, years), rater where it differs between raters, and `merit` where it is known: what the account
    deserves by data alone; what merit explains is then taken out of both, for a good account may well be well known.
    Returns rater ("all" last), `accounts`, `correlation` (-1 to 1), `p_value` (share of `draws` random exchanges of
    familiarity between accounts with a correlation as strong) and `verdict`: biased (likes what it knows), reverse,
    no_sign, or too_few (under 8 accounts, or all alike).  Source: method.md C14.
    """
    keys = ["account", "rater"] if "rater" in familiarity else ["account"]
    cells = liking.merge(familiarity.dropna(subset=["familiarity"]), on=keys, validate="many_to_one")
    cells = cells[cells["liking"].notna()].sort_values(["rater", "account"], ignore_index=True)
    if "merit" in cells:
        cells = cells[cells["merit"].notna()].reset_index(drop=True)
    if cells.empty:
        return DataFrame(columns=list(COLUMNS)).astype(COLUMNS)
    known, liked = (_spread_ranks(cells, name) for name in ("familiarity", "liking"))
    random = np.random.default_rng(seed)
    rows = [{"rater": rater, **_test(known[[rater]].dropna(), liked[[rater]].dropna(), draws, random)} for rater in known]
    rows.append({"rater": WHOLE, **_test(known, liked, draws, random)})
    return DataFrame(rows, columns=list(COLUMNS)).astype(COLUMNS)


def _spread_ranks(cells: DataFrame, name: str) -> DataFrame:
    """Centred ranks of `name` within each rater, accounts by raters; free of what ranks of merit explain."""
    ranks = _centre(cells[name].astype(float), cells["rater"])
    if "merit" in cells:
        merit = _centre(cells["merit"].astype(float), cells["rater"])
        both, own = ((merit * other).groupby(cells["rater"]).transform("sum") for other in (ranks, merit))
        ranks = ranks - merit * (both / own.where(own > 0)).fillna(0.0)
    return cells.assign(rank=ranks).pivot(index="account", columns="rater", values="rank")


def _centre(values: Series, raters: Series) -> Series:
    """Ranks within each rater around 0, scaled so that raters of many and of few accounts weigh alike per account."""
    ranks = values.groupby(raters).rank()
    groups = ranks.groupby(raters)
    return (ranks - groups.transform("mean")) / groups.transform("size")


def _test(known: DataFrame, liked: DataFrame, draws: int, random: np.random.Generator) -> dict[str, object]:
    """Correlation of two frames of centred ranks, and how often exchanged accounts do as well."""
    first, second = known.fillna(0.0).to_numpy(), liked.fillna(0.0).to_numpy()
    facts = {"accounts": len(first), "correlation": np.nan, "p_value": np.nan, "verdict": "too_few"}
    size = np.sqrt((first**2).sum() * (second**2).sum())
    if len(first) < LEAST or size < 1e-12:
        return facts
    found = (first * second).sum() / size
    chance = np.array([(first[random.permutation(len(first))] * second).sum() for _ in range(draws)]) / size
    p_value = (1 + (np.abs(chance) >= abs(found) - 1e-12).sum()) / (1 + draws)
    verdict = "no_sign" if p_value >= SURE else "biased" if found > 0 else "reverse"
    return facts | {"correlation": float(found), "p_value": float(p_value), "verdict": verdict}
