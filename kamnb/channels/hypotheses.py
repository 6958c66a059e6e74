"""What is believed about the channels, and when it will be tested."""

from __future__ import annotations

from pandas import DataFrame, Timestamp

HYPOTHESES = ["hypothesis", "statement", "evidence", "agreed_by", "tested_by", "test_on", "test_result"]


def list_hypotheses(hypotheses: DataFrame, *, as_of: Timestamp) -> DataFrame:
    """The hypotheses about channels, open ones first, by the day of their test.

    `hypotheses`: the table.  Returns hypothesis, statement, evidence, agreed_by, `tested_by` (the KPI that will show
    it), test_on and `test_result` (still_open, test_due = open though the day has come, confirmed, refuted, revised).
    Source: method.md A44.
    """
    mine = hypotheses[hypotheses["topic"] == "channels"].rename(columns={"kpi": "tested_by", "verdict": "test_result"})
    still_open = mine["test_result"].isna() | (mine["test_result"] == "open")
    result = mine["test_result"].mask(still_open, "still_open")
    due = still_open & (mine["test_on"] <= as_of)
    listed = mine.assign(test_result=result.mask(due, "test_due"), closed=~still_open)
    return listed.sort_values(["closed", "test_on", "hypothesis"], ignore_index=True)[HYPOTHESES]
