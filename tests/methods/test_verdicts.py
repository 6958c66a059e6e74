import pandas as pd
import pytest
from pandas import DataFrame, Timestamp

from kamnb.errors import InputError
from kamnb.methods.verdicts import count_consent, judge_hypotheses, list_objections, trace_revisions

AS_OF = Timestamp("2025-12-31")
COLUMNS = ["hypothesis", "measured", "confirmed_from", "refuted_from", "asked", "said_yes", "test_on", "verdict", "replaces"]


def ledger(*rows):
    frame = DataFrame([dict(zip(COLUMNS, row, strict=False)) for row in rows]).reindex(columns=COLUMNS)
    numbers = dict.fromkeys(COLUMNS[1:4], float) | {"asked": "Int64", "said_yes": "Int64"}
    return frame.astype(numbers).astype(dict.fromkeys(("hypothesis", "verdict", "replaces"), "str")).assign(
        test_on=pd.to_datetime(frame["test_on"]))


def test_numbers_decide_by_thresholds_fixed_before():
    found = judge_hypotheses(ledger(("up", 0.12, 0.10, 0.05), ("mid", 0.07, 0.10, 0.05), ("short", 0.05, 0.10, 0.05),
                                    ("down", 0.03, 0.04, 0.06), ("rose", 0.06, 0.04, 0.06), ("plain", 0.09, 0.10),
                                    ("later", None, 0.10)), as_of=AS_OF).set_index("hypothesis")
    assert found["by_rule"].to_dict() == {"up": "confirmed", "mid": "undecided", "short": "refuted", "down": "confirmed",
                                          "rose": "refuted", "plain": "refuted", "later": "not_measured"}
    assert found.loc["mid", "distance"] == pytest.approx(-0.03)


def test_interviews_decide_only_where_there_is_no_number():
    found = judge_hypotheses(ledger(("few", None, None, None, 6, 4), ("many", None, None, None, 12, 11), ("none",),
                                    ("both", 1, 2, 0, 12, 12)), as_of=AS_OF).set_index("hypothesis")
    assert found[["rule", "by_rule"]].to_numpy().tolist() == [["interviews", "undecided"], ["interviews", "confirmed"],
                                                              ["none", "no_rule"], ["number", "undecided"]]
    assert found.loc["few", "low"] < 0.5 < found.loc["few", "share"]


def test_what_is_written_stands_but_a_contradiction_shows():
    found = judge_hypotheses(ledger(("right", 3, 2, 1, None, None, "2025-06-30", "confirmed"),
                                    ("wrong", 1, 2, 1, None, None, "2025-06-30", "confirmed"),
                                    ("due", 1, 2, 1, None, None, "2025-12-31", "open"),
                                    ("soon", 1, 2, 1, None, None, "2026-03-31", "open"),
                                    ("free", None, None, None, None, None, "2025-01-01", "refuted")), as_of=AS_OF)
    found = found.set_index("hypothesis")
    assert found["contradicts"].to_dict() == {"right": False, "wrong": True, "due": False, "soon": False, "free": False}
    assert found["state"].tolist() == ["confirmed", "confirmed", "test_due", "still_open", "refuted"]


def test_revisions_are_traced_to_where_they_began():
    rows = ledger(("H1",), ("H2",), ("H3",), ("H4",)).assign(replaces=pd.Series([None, "H1", "H2", None], dtype="str"))
    found = trace_revisions(rows)
    assert found[["first", "version"]].to_numpy().tolist() == [["H1", 1], ["H1", 2], ["H1", 3], ["H4", 1]]
    with pytest.raises(InputError, match="circle"):
        trace_revisions(rows.assign(replaces=pd.Series(["H2", "H1", None, None], dtype="str")))


@pytest.fixture
def agreements():
    rows = [("2025-06-01", "channels", "sales", "agreed", None), ("2025-06-01", "channels", "finance", "objected", "too dear"),
            ("2025-07-01", "channels", "finance", "reserved", "until the budget"), ("2025-05-01", "terms", "sales", "agreed", None)]
    frame = DataFrame(rows, columns=["date", "topic", "department", "stance", "reservation"])
    return frame.assign(date=pd.to_datetime(frame["date"]))


def test_the_latest_stance_of_a_department_counts(agreements):
    found = count_consent(agreements).set_index("topic")
    assert found.index.tolist() == ["channels", "terms"]
    assert found.loc["channels", ["asked", "agreed", "reserved", "objected", "share", "closed"]].tolist() == [2, 1, 1, 0, 0.5, False]
    assert found.loc["terms", "closed"]
    assert list_objections(agreements)["reservation"].tolist() == ["until the budget"]
