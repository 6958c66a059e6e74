"""What is believed about the channels, what the rule of each belief says, and who stands behind what was decided."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

from kamnb.methods.verdicts import count_consent, judge_hypotheses, list_objections, trace_revisions

LEDGER = ["hypothesis", "version", "statement", "evidence", "agreed_by", "agreed_on", "tested_by", "test_on", "confirmed_from",
          "measured", "asked", "yes_low", "yes_high", "by_rule", "test_result"]
CONSENT = ["decided_topic", "date", "asked", "in_favour", "with_reserve", "against", "objection"]
FEW = 10  # interviews below which a share of yes tells little (rule of thumb)


def list_hypotheses(hypotheses: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """The hypotheses about channels, open ones first, by the day of their test.

    `hypotheses`: the table.  Returns hypothesis, statement, version (1 = not revised), evidence, agreed_by, agreed_on,
    tested_by (the KPI that will show it), test_on, confirmed_from and measured (fixed before the test, and found at it),
    asked (interviews) with the interval yes_low to yes_high of those who said so, by_rule (what the rule says: confirmed,
    refuted, undecided, not_measured, no_rule) and test_result (still_open, test_due = open though the day has come,
    confirmed, refuted, revised).  Source: method.md A44, section 5 feature 17.
    """
    mine = hypotheses[hypotheses["topic"] == "channels"]
    judged = judge_hypotheses(mine, as_of=as_of).rename(columns={"state": "test_result", "low": "yes_low", "high": "yes_high"})
    versions = trace_revisions(hypotheses)[["hypothesis", "version"]]
    table = mine.rename(columns={"kpi": "tested_by"}).merge(
        judged[["hypothesis", "by_rule", "test_result", "yes_low", "yes_high"]], on="hypothesis").merge(versions, on="hypothesis")
    spoken = table["asked"].fillna(0) > 0
    table[["yes_low", "yes_high"]] = table[["yes_low", "yes_high"]].where(spoken)
    table["closed"] = ~table["test_result"].isin(["still_open", "test_due"])
    return table.sort_values(["closed", "test_on", "hypothesis"], ignore_index=True)[LEDGER]


def list_consent(agreements: DataFrame) -> DataFrame:
    """Who stands behind what was decided, latest first: decided_topic, date, asked, in_favour, with_reserve, against
    (departments), and `objection`: the reservations that are still open, each with its department.
    Source: method.md A12, A14."""
    still = list_objections(agreements)
    named = still["department"].astype("str") + ": " + still["reservation"].fillna("–").astype("str")
    open_ones = named.groupby(still["topic"]).agg("; ".join) if len(still) else named
    consent = count_consent(agreements)
    named = {"topic": "decided_topic", "agreed": "in_favour", "reserved": "with_reserve", "objected": "against"}
    return consent.assign(objection=consent["topic"].map(open_ones).astype("str").fillna("")).rename(columns=named)[CONSENT]


def summarise_hypotheses(ledger: DataFrame) -> dict[str, object]:
    """The facts of the hypotheses sentence: how many, how many settled by a rule, due, resting on few talks or on no rule."""
    if ledger.empty:
        return {}
    states = ledger["test_result"].value_counts()
    return {"hypotheses": len(ledger), "confirmed": int(states.get("confirmed", 0)), "refuted": int(states.get("refuted", 0)),
            "due": int(states.get("test_due", 0)), "unruled": int((ledger["by_rule"] == "no_rule").sum()),
            "few": int((ledger["asked"].fillna(0).between(1, FEW - 1)).sum())}


def summarise_consent(consent: DataFrame) -> dict[str, object]:
    """The facts of the sign-off sentence: topics decided, those without any reservation, and open reservations."""
    if consent.empty:
        return {}
    unresolved = int((consent["with_reserve"] + consent["against"]).sum())
    return {"topics": len(consent), "closed": int((consent["objection"] == "").sum()), "unresolved": unresolved,
            "latest": consent["decided_topic"].iloc[0], "day": consent["date"].iloc[0]}
