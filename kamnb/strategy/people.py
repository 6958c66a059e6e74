"""Who decides at the account, how well we reach them, and where the map has gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

REACHED = 2  # coverage from which a person counts as covered (method.md 2.2)
WEIGHTY = 6  # influence from which a gap is worth an action of its own
MAP = [
    "person",
    "post",
    "role",
    "influence",
    "attitude",
    "coverage",
    "covered",
    "contact_name",
    "evidence",
    "checked",
    "gap",
]


def map_people(people: DataFrame, team: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """The persons of the account by influence, each with the first gap that calls for action.

    `people`: the table for one account; `team`: member, name.  Returns person, post, role, influence (0-10),
    attitude (-2 to 2, <NA> = not known), coverage (0-4), `covered` (coverage of 2 or more; unknown counts as not),
    contact_name, evidence, checked and `gap`: uncovered, against, unknown_attitude, one_contact (nobody of ours is
    named), stale (checked more than a year ago or never) or "".  Source: method.md 2.2 decision-maker map, A17.
    """
    covered = (people["coverage"].astype("Int64") >= REACHED).fillna(False).astype(bool)
    names = people["contact"].map(team.set_index("member")["name"]).astype("str")
    table = people.assign(covered=covered, contact_name=names.where(names.notna(), people["contact"]))
    table["gap"] = _find_gaps(table, as_of=as_of)
    return table.sort_values(["influence", "person"], ascending=[False, True], ignore_index=True)[MAP]


def _find_gaps(people: DataFrame, *, as_of: Timestamp) -> Series:
    """The first gap of each person, "" where there is none."""
    weighty = (people["influence"] >= WEIGHTY).fillna(False).to_numpy(dtype=bool)
    against = (people["attitude"].astype("Int64") < 0).fillna(False).to_numpy(dtype=bool)
    old = people["checked"].isna() | (people["checked"] < as_of - pd.DateOffset(years=1))
    cases = [
        (weighty & ~people["covered"].to_numpy(), "uncovered"),
        (weighty & against, "against"),
        (weighty & people["attitude"].isna().to_numpy(), "unknown_attitude"),
        (weighty & people["contact"].isna().to_numpy(), "no_contact"),
        (old.to_numpy(), "stale"),
    ]
    return Series(
        np.select([case for case, _ in cases], [name for _, name in cases], ""), index=people.index, dtype="str"
    )


def measure_influence(people: DataFrame) -> dict[str, object]:
    """The indices of the decision map; {} without people.

    `people`: from `map_people`.  Keys: persons, `reach` (share of influence that is covered), `support` (influence-
    weighted attitude of those whose attitude is known, -2 to 2), `judged` (share of influence
    whose attitude is known), `single_thread` (largest share of covered influence that hangs on one of our people)
    and `thread` (who that is), `gaps`.  Source: method.md 2.2 decision-maker map indices, C16.
    """
    weight = people["influence"].astype(float)
    if not weight.sum() > 0:
        return {}
    known = people["attitude"].notna()
    found: dict[str, object] = {
        "support": np.nan,
        "single_thread": np.nan,
        "thread": None,
        "persons": len(people),
        "reach": float(weight[people["covered"]].sum() / weight.sum()),
        "judged": float(weight[known].sum() / weight.sum()),
        "gaps": int((people["gap"] != "").sum()),
    }
    if weight[known].sum() > 0:
        attitude = people.loc[known, "attitude"].astype(float)
        found["support"] = float((weight[known] * attitude).sum() / weight[known].sum())
    threads = weight[people["covered"]].groupby(people["contact_name"]).sum()
    if len(threads):
        found |= {"single_thread": float(threads.max() / weight[people["covered"]].sum()), "thread": threads.idxmax()}
    return found


def pick_gaps(people: DataFrame) -> DataFrame:
    """The persons with a gap, weightiest first.

    `people`: from `map_people`.  Returns post, role, influence, attitude, coverage, contact_name, gap, evidence.
    """
    return people.loc[
        people["gap"] != "", ["post", "role", "influence", "attitude", "coverage", "contact_name", "gap", "evidence"]
    ].reset_index(drop=True)
