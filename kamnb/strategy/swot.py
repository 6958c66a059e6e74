"""Strengths, weaknesses, opportunities and threats, each with its evidence; and who else courts the account."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
from pandas import DataFrame

SIDES = ("strength", "weakness", "opportunity", "threat")
MOST = 4  # factors of a side that fit a page
FACTORS = ["side", "factor", "evidence", "weight", "supported", "origin", "fact"]
SHORT_REACH, FULL_REACH, ONE_THREAD = 0.5, 0.75, 0.7
STRONG = 4  # a competitor rated so high is a threat


def suggest_factors(known: Mapping[str, object]) -> DataFrame:
    """What the sections above say, as factors: side, `factor` (code), `fact` (the number behind it), weight.

    `known`: facts of the sections (verdict, ahead, headroom_low, category, net, flag, below, reach, single_thread,
    rival ...); a fact that is not there suggests nothing.  Source: method.md E42; AKAM: only what touches this account.
    """
    tests = (
        ("strength", "outgrows_channel", "ahead", known.get("verdict") == "outgrows"),
        ("weakness", "lags_channel", "ahead", known.get("verdict") == "lags"),
        ("strength", "reaches_deciders", "reach", known.get("reach", 0) >= FULL_REACH),
        ("weakness", "misses_deciders", "reach", known.get("reach", 1) < SHORT_REACH),
        ("threat", "one_thread", "single_thread", known.get("single_thread", 0) >= ONE_THREAD),
        ("opportunity", "open_category", "gap_low", bool(known.get("gap_low"))),
        ("weakness", "loses_money", "net", known.get("net", 0) < 0),
        ("weakness", "price_too_low", "below", known.get("flag") == "low"),
        ("threat", "strong_rival", "rival_share", known.get("rival_strength", 0) >= STRONG),
    )
    rows = [
        {"side": side, "factor": factor, "fact": float(known[fact]), "weight": 3}
        for side, factor, fact, holds in tests
        if holds
    ]
    return DataFrame(rows, columns=["side", "factor", "fact", "weight"]).astype(
        {"side": "str", "factor": "str", "fact": float, "weight": float}
    )


def join_factors(entered: DataFrame, suggested: DataFrame) -> DataFrame:
    """All factors of the account, those that people entered first, weightiest first, at most four a side.

    `entered`: the swot table for one account; `suggested`: from `suggest_factors`.  Returns side, factor (text, or
    the code of a suggestion), evidence, weight, `supported` (evidence is named; suggestions rest on a number),
    `origin` (people or data) and fact.
    """
    people = entered.assign(supported=entered["evidence"].notna(), origin="people", fact=float("nan"))
    data = suggested.assign(
        evidence=pd.Series(pd.NA, index=suggested.index, dtype="str"), supported=True, origin="data"
    )
    parts = [part[FACTORS].astype({"weight": float}) for part in (people, data) if len(part)]
    if not parts:
        return people[FACTORS]
    table = pd.concat(parts, ignore_index=True)
    place = table["side"].map({side: order for order, side in enumerate(SIDES)})
    source = table["origin"].map({"people": 0, "data": 1})
    ordered = table.assign(place=place, source=source).sort_values(
        ["place", "source", "weight", "factor"], ascending=[True, True, False, True]
    )
    return ordered[ordered.groupby("side").cumcount() < MOST].reset_index(drop=True)[FACTORS]


def rank_rivals(competitors: DataFrame) -> DataFrame:
    """The strongest competitor in each category, largest share first: category, competitor, rival_share, ...

    `competitors`: the table for one account.  Further columns: `rival_strength` (1-5) and note.  A category that is
    not named counts as one.  Source: method.md D24, E43.
    """
    table = competitors.rename(columns={"share": "rival_share", "strength": "rival_strength"}).sort_values(
        ["rival_share", "rival_strength", "competitor"], ascending=[False, False, True], na_position="last"
    )
    return table[~table["category"].duplicated()].reset_index(drop=True)[
        ["category", "competitor", "rival_share", "rival_strength", "note"]
    ]


def summarise_rivals(rivals: DataFrame) -> dict[str, object]:
    """The largest competitor: rival, rival_category, rival_share, rival_strength; {} where no share is known."""
    known = rivals.dropna(subset="rival_share")
    if known.empty:
        return {}
    row = known.iloc[0]
    return {
        "rival": row["competitor"],
        "rival_category": row["category"],
        "rival_share": float(row["rival_share"]),
        "rival_strength": float(row["rival_strength"]),
    }
