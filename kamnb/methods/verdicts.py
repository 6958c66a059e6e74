"""Hypotheses and agreements: verdicts by rules that were fixed before the data came, revisions, and who agreed."""

from __future__ import annotations

import numpy as np
import pandas as pd
from pandas import DataFrame, Series, Timestamp

from kamnb.errors import InputError
from kamnb.methods.smallsample import judge_interviews

JUDGED = ["hypothesis", "rule", "by_rule", "state", "share", "low", "high", "distance", "contradicts"]
CONSENT = {"topic": "str", "date": "datetime64[us]", "asked": "int64", "agreed": "int64", "reserved": "int64",
           "objected": "int64", "share": float, "closed": bool}
OBJECTIONS = ["topic", "date", "department", "stance", "reservation"]


def judge_hypotheses(hypotheses: DataFrame, *, as_of: Timestamp, level: float = 0.8) -> DataFrame:
    """What the rule of every hypothesis says, beside what people have written down.

    `hypotheses`: hypothesis, measured, confirmed_from, refuted_from (numbers), asked, said_yes (counts), test_on and
    verdict (open, confirmed, refuted, revised).  A number decides where there is one: at confirmed_from or beyond it is
    confirmed, at refuted_from or beyond that the other way refuted, undecided in between (without refuted_from anything
    short of confirmed_from refutes).  Else the interviews decide: `judge_interviews` against one half.

    Returns, in the order given: hypothesis, `rule` (number, interviews, none), `by_rule` (confirmed, refuted, undecided,
    not_measured, no_rule), `state` (what stands: the written verdict; still_open before test_on, test_due after),
    `share`, `low`, `high` of the interviews, `distance` (measured - confirmed_from) and `contradicts` (the written verdict
    is not what the rule says).  Source: method.md A44, section 5 feature 17.
    """
    rows = hypotheses.reset_index(drop=True)
    talks = judge_interviews(DataFrame({"yes": rows["said_yes"], "asked": rows["asked"]}), level=level)
    numbered, talked = rows["confirmed_from"].notna(), rows["asked"].fillna(0) > 0
    rule = np.select([numbered, talked], ["number", "interviews"], "none")
    spoken = talks["verdict"].map({"supported": "confirmed", "refuted": "refuted", "open": "undecided", "none": "no_rule"})
    by_rule = _judge_number(rows).where(numbered, spoken).where(numbered | talked, "no_rule").astype("str")
    written = rows["verdict"].astype("str").where(rows["verdict"].notna(), "open")
    waiting = Series(np.where(rows["test_on"] <= as_of, "test_due", "still_open"), index=rows.index, dtype="str")
    found = rows[["hypothesis"]].assign(rule=Series(rule, index=rows.index, dtype="str"), by_rule=by_rule,
                                        state=written.where(written != "open", waiting), **talks[["share", "low", "high"]],
                                        distance=rows["measured"].astype(float) - rows["confirmed_from"].astype(float))
    settled = written.isin(["confirmed", "refuted"]) & by_rule.isin(["confirmed", "refuted", "undecided"])
    return found.assign(contradicts=settled & (written != by_rule))[JUDGED]


def _judge_number(rows: DataFrame) -> Series:
    """The verdict of the number; which way is confirming follows from the two thresholds (up where one is missing)."""
    value, good, bad = (rows[name].astype(float) for name in ("measured", "confirmed_from", "refuted_from"))
    down = bad > good
    sign = np.where(down, -1.0, 1.0)
    steps = [value.isna(), sign * value >= sign * good, bad.isna() | (sign * value <= sign * bad)]
    names = np.select([np.asarray(step, dtype=bool) for step in steps], ["not_measured", "confirmed", "refuted"], "undecided")
    return Series(names, index=rows.index, dtype="str")


def trace_revisions(hypotheses: DataFrame) -> DataFrame:
    """Which hypothesis grew out of which: hypothesis, `first` (where its line began) and `version` (1 = the first).

    `hypotheses`: hypothesis, replaces (the one it revises; <NA> = new).  By first and version.  Raises InputError where
    revisions run in a circle.
    """
    replaces = hypotheses.set_index("hypothesis")["replaces"]
    first, version = Series(replaces.index, index=replaces.index, dtype="str"), Series(1, index=replaces.index)
    for _ in range(len(replaces) + 1):
        before = first.map(replaces)
        if before.isna().all():
            table = DataFrame({"first": first, "version": version}).rename_axis("hypothesis").reset_index()
            return table.sort_values(["first", "version", "hypothesis"], ignore_index=True)
        version, first = version + before.notna(), before.where(before.notna(), first).astype("str")
    circle = first.index[first.map(replaces).notna()][0]
    raise InputError(f"the revisions of {circle!r} run in a circle", "hypotheses, column replaces",
                     "Name only the hypothesis that came before.")


def count_consent(agreements: DataFrame) -> DataFrame:
    """Who stands behind what was decided, by topic, latest first.

    `agreements`: date, topic, department, stance (agreed, reserved, objected); the latest stance of a department counts.
    Returns topic, `date` (latest), `asked`, `agreed`, `reserved`, `objected` (departments), `share` (agreed / asked) and
    `closed` (nobody objects or has a reservation).  Source: method.md A12, A14.
    """
    last = _last_stances(agreements)
    stances = pd.crosstab(last["topic"], last["stance"]).reindex(columns=["agreed", "reserved", "objected"], fill_value=0)
    found = last.groupby("topic").agg(date=("date", "max"), asked=("department", "size")).join(stances).reset_index()
    found["share"] = found["agreed"] / found["asked"].where(found["asked"] > 0)
    found["closed"] = found["agreed"] == found["asked"]
    return found.sort_values(["date", "topic"], ascending=[False, True], ignore_index=True).astype(CONSENT)[list(CONSENT)]


def list_objections(agreements: DataFrame) -> DataFrame:
    """What is still open: topic, date, department, stance, reservation; objections before reservations, oldest first."""
    last = _last_stances(agreements)
    still = last[last["stance"].isin(["reserved", "objected"])]
    return still.sort_values(["stance", "date", "topic", "department"], ignore_index=True)[OBJECTIONS]


def _last_stances(agreements: DataFrame) -> DataFrame:
    """The latest row of every department on every topic."""
    ordered = agreements.sort_values(["date", "topic", "department"], kind="stable")
    return ordered.groupby(["topic", "department"], observed=True).tail(1)
