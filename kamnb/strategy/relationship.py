"""What type of relationship the data speak for, which one is wanted, and what lies between."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas import DataFrame, Timestamp

from kamnb.errors import InputError, nearest

TYPES = ("transactional", "preferred", "partner", "alliance")
# sign, kind of its value, and the values from which it speaks for preferred supplier, partner, strategic alliance.
# These cuts are rules of thumb of this workbook, not published norms; the report says so.
SIGNS = (
    ("tenure", "number", 3.0, 8.0, 15.0),
    ("continuity", "share", 0.60, 0.85, 0.98),
    ("wallet", "share1", 0.04, 0.10, 0.20),
    ("range", "share", 0.50, 0.75, 0.95),
    ("reach", "share", 0.30, 0.55, 0.80),
    ("support", "score", 0.00, 0.50, 1.20),
    ("staff", "count", 2.0, 3.0, 5.0),
    ("joint_work", "count", 1.0, 3.0, 6.0),
)
# Contact and joint work tell the stages apart, size and tenure do not: these signs must themselves reach the type.
MUST = {"preferred": ("reach",), "partner": ("reach", "support", "staff", "joint_work")}
CONTACT = ("reach", "support", "staff", "joint_work")
QUORUM = 4  # with fewer known signs, or none of contact, no type is stated
MAJORITY = 2 / 3
CEILING = "partner"  # aligned goals and joint investment do not show in a ledger: an alliance is for people to state


def measure_tenure(profile: DataFrame, panel: DataFrame, *, as_of: Timestamp) -> dict[str, object]:
    """Years of trade and how steady it is: tenure, continuity (months with sales of the last 24); {} if never bought.

    `profile`: opened of the account; `panel`: account, month, gross_sales of the account.  Without an opening day
    the first month of the ledger counts, which is the least it can be.
    """
    bought = panel[panel["gross_sales"] > 0]
    first = (
        min(profile["opened"].iloc[0], bought["month"].min())
        if profile["opened"].notna().all()
        else bought["month"].min()
    )
    if pd.isna(first):
        return {}
    recent = bought["month"] > as_of - pd.DateOffset(months=24)
    possible = min(24, max(round((as_of - bought["month"].min()).days / 30.4), 1)) if len(bought) else 24
    return {
        "tenure": (as_of - first).days / 365.25,
        "continuity": min(bought.loc[recent, "month"].nunique() / possible, 1.0),
    }


def count_joint_work(promos: DataFrame, deals: DataFrame, *, as_of: Timestamp) -> dict[str, object]:
    """What both sides did together in the last twelve months: `joint_work` = promotions run and agreements won.

    `promos`, `deals`: tables of one account; {} where neither has a row of any age.
    """
    if promos.empty and deals.empty:
        return {}
    since = as_of - pd.DateOffset(years=1)
    won = (deals["stage"] == "won") & (deals["closed"] > since)
    return {"joint_work": int((promos["ends"] > since).sum() + won.sum())}


def measure_ties(
    space: Mapping[str, object], people: Mapping[str, object], contacts: Mapping[str, object]
) -> dict[str, object]:
    """The signs that other sections know: range, reach, support, staff, as far as they are known.

    Facts of `summarise_space`, `measure_influence`, `describe_contacts`.
    """
    bought = space["bought"] / space["categories"] if space else None
    found = {
        "range": bought,
        "reach": people.get("reach"),
        "support": people.get("support"),
        "staff": contacts.get("staff"),
    }
    return {name: value for name, value in found.items() if value is not None}


def measure_wallet(history: Mapping[str, object], profile: DataFrame) -> dict[str, object]:
    """Our share of what the account buys in our categories: `wallet`; {} where the purchases are unknown."""
    bought = profile["category_purchases"].iloc[0]
    return {"wallet": history["net_sales"] / float(bought)} if history and pd.notna(bought) and bought > 0 else {}


def assess_signs(known: Mapping[str, object]) -> DataFrame:
    """Each sign with the type it speaks for.

    `known`: facts by name (see SIGNS).  Returns `sign`, `kind`, `value` (NaN = not known), `level` (1 transactional,
    2 preferred supplier, 3 partner, 4 strategic alliance; <NA>) and the cuts `from_2`, `from_3`, `from_4`.
    Source: method.md E18 (types), own rule of thumb (cuts).
    """
    rows = [
        {"sign": sign, "kind": kind, "value": float(known.get(sign, np.nan)), "from_2": a, "from_3": b, "from_4": c}
        for sign, kind, a, b, c in SIGNS
    ]
    table = DataFrame(rows)
    level = 1 + sum((table["value"] >= table[f"from_{n}"]).astype("int64") for n in (2, 3, 4))
    return table.assign(level=level.astype("Int64").where(table["value"].notna()))


def judge_relationship(signs: DataFrame, *, wanted: str | None = None, loses_money: bool = False) -> dict[str, object]:
    """The type that the signs speak for now, and the one that is wanted; {} where that cannot be told.

    `signs`: from `assess_signs`; it cannot be told with fewer than four known signs, or none of contact.  Now: the
    highest type, up to partner, that two thirds of the known signs reach and the signs of contact and joint work
    reach too (unknown ones do not stand in the way).  Wanted: `wanted` (from the settings) if given; else one step
    up, not beyond partner; none while the account `loses_money`.  Keys: now, wanted, why (set, loss, top, step),
    known, signs, short (signs below the wanted type).  Raises InputError for an unknown type.
    Source: method.md E18, E46; the thresholds are rules of thumb.
    """
    if wanted and wanted not in TYPES:
        raise InputError(
            f"{wanted!r} is not a relationship type", "engagement.toml, [strategy] wanted_types", nearest(wanted, TYPES)
        )
    level = signs["level"].dropna().astype(int)
    if len(level) < QUORUM or signs.loc[signs["sign"].isin(CONTACT), "level"].isna().all():
        return {}
    top = TYPES.index(CEILING) + 1
    now = max(n for n in range(1, top + 1) if (level >= n).mean() >= MAJORITY and _musts_reach(signs, n))
    goal, why = (
        (TYPES.index(wanted) + 1, "set")
        if wanted
        else (now, "loss")
        if loses_money
        else ((now, "top") if now == top else (now + 1, "step"))
    )
    return {
        "now": TYPES[now - 1],
        "wanted": TYPES[goal - 1],
        "why": why,
        "known": len(level),
        "signs": len(signs),
        "short": int((level < goal).sum()),
    }


def _musts_reach(signs: DataFrame, goal: int) -> bool:
    """Whether no sign that the type `goal` must have is known to fall short of it."""
    needed = signs[signs["sign"].isin(MUST.get(TYPES[goal - 1], ()))]
    return bool((needed["level"].dropna() >= goal).all())


def list_steps(signs: DataFrame, verdict: Mapping[str, object]) -> DataFrame:
    """What separates the account from the wanted type: sign, kind, value, `needed`, `behind` (levels), widest first.

    `signs`: from `assess_signs`; `verdict`: from `judge_relationship`.  Signs that are not known come last, as
    something to find out.
    """
    if not verdict:
        return signs.iloc[:0].assign(needed=0.0, behind=0)[["sign", "kind", "value", "needed", "behind"]]
    goal = TYPES.index(str(verdict["wanted"])) + 1
    needed = signs[f"from_{goal}"] if goal > 1 else signs["from_2"] * 0
    table = signs.assign(needed=needed, behind=(goal - signs["level"]).astype("Int64"))
    table = table[table["behind"].isna() | (table["behind"] > 0)]
    return table.sort_values(["behind", "sign"], ascending=[False, True], na_position="last", ignore_index=True)[
        ["sign", "kind", "value", "needed", "behind"]
    ]
