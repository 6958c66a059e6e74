import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods import rulebook
from kamnb.methods.gates import class_accounts, judge_gate, label_accounts, order_knockouts
from kamnb.methods.reach import measure_authority, measure_reach
from kamnb.methods.rules import explain_rules, judge_rules, read_rules

TEN = {"column": "profit_share", "op": ">=", "value": 0.1}
LOYAL = {"column": "tenure", "op": ">=", "value": 3}


@pytest.fixture
def facts():
    return DataFrame({"account": list("abcd"), "profit_share": [0.2, 0.2, 0.01, np.nan], "tenure": [5.0, np.nan, np.nan, 5.0],
                      "channel": ["GMS", "SM", None, "SM"], "abroad": Series([True, False, None, True], dtype="boolean"),
                      "owed": Series([5, 9, 3, None], dtype="Int64"), "limit": Series([8, 8, None, 8], dtype="Int64")})


def verdicts(facts, *items):
    return judge_rules(facts, read_rules(items))["verdict"].tolist()


def test_all_is_yes_no_or_unknown(facts):
    assert verdicts(facts, {"label": "x", "all": [TEN, LOYAL]}) == ["yes", "unknown", "no", "unknown"]


def test_any_is_yes_no_or_unknown(facts):
    assert verdicts(facts, {"label": "x", "any": [TEN, LOYAL]}) == ["yes", "yes", "unknown", "yes"]


def test_all_and_any_together(facts):
    both = {"label": "x", "all": [LOYAL], "any": [TEN, {"column": "channel", "op": "==", "value": "SM"}]}
    assert verdicts(facts, both) == ["yes", "unknown", "unknown", "yes"]


@pytest.mark.parametrize(("condition", "expected"), [
    ({"column": "channel", "op": "==", "value": "SM"}, ["no", "yes", "unknown", "yes"]),
    ({"column": "channel", "op": "!=", "value": "SM"}, ["yes", "no", "unknown", "no"]),
    ({"column": "channel", "op": "in", "value": ["GMS", "DRG"]}, ["yes", "no", "unknown", "no"]),
    ({"column": "channel", "op": "not_in", "value": ["GMS", "DRG"]}, ["no", "yes", "unknown", "yes"]),
    ({"column": "abroad", "op": "==", "value": True}, ["yes", "no", "unknown", "yes"]),
    ({"column": "tenure", "op": "known"}, ["yes", "no", "no", "yes"]),
    ({"column": "tenure", "op": "missing"}, ["no", "yes", "yes", "no"]),
    ({"column": "owed", "op": "<=", "against": "limit"}, ["yes", "no", "unknown", "unknown"]),
    ({"column": "profit_share", "op": "<", "value": 0.2}, ["no", "no", "yes", "unknown"])])
def test_every_comparison(facts, condition, expected):
    assert verdicts(facts, {"label": "x", "all": [condition]}) == expected


def test_reasons_name_what_decided(facts):
    reasons = explain_rules(facts, read_rules([{"label": "x", "all": [TEN, LOYAL]}]))
    told = reasons[["account", "verdict", "column", "wanted", "found", "met"]].astype(object).to_numpy().tolist()
    assert told[:2] == [["a", "yes", "profit_share", 0.1, 0.2, "yes"], ["a", "yes", "tenure", 3, 5, "yes"]]
    assert reasons[reasons["account"] == "b"][["column", "met"]].to_numpy().tolist() == [["tenure", "unknown"]]
    assert reasons[reasons["account"] == "c"][["column", "found"]].to_numpy().tolist() == [["profit_share", 0.01]]


def test_reasons_keep_texts_apart_from_numbers(facts):
    rule = {"label": "x", "all": [{"column": "channel", "op": "in", "value": ["SM", "DRG"]},
                                  {"column": "abroad", "op": "==", "value": False}]}
    reasons = explain_rules(facts, read_rules([rule])).set_index(["account", "column"])
    assert reasons.loc[("b", "channel"), ["wanted_text", "found_text"]].tolist() == ["SM, DRG", "SM"]
    assert reasons.loc[("b", "abroad"), ["wanted_text", "found_text"]].tolist() == ["false", "false"]
    assert reasons[["wanted", "found"]].isna().all(axis=None)


def test_all_faults_of_all_rules_are_told_at_once():
    items = [{"all": [TEN]}, {"label": "x"}, {"label": "y", "all": [{"column": "tenure", "op": "=>", "value": 3}]},
             {"label": "z", "some": [TEN], "all": [{"column": "tenure", "op": ">=", "value": "3"}]},
             {"label": "z", "all": [{"column": "tenure", "op": "in", "value": 3}]}, {"label": "k", "all": [{"column": "a", "op": "known"}]},
             {"label": "k", "all": [{"column": "a", "op": "=="}]}]
    with pytest.raises(InputError) as raised:
        read_rules(items)
    told = str(raised.value)
    for part in ("label of one word", "needs a condition", "'=>' is not a comparison", "'some' is not part", "'3' is not a number",
                 "needs a list", "'k' is used twice", "needs a value or another column"):
        assert part in told


def test_column_that_is_not_there_is_refused_with_the_nearest(facts):
    with pytest.raises(InputError, match="did you mean 'tenure'"):
        verdicts(facts, {"label": "x", "all": [{"column": "tenur", "op": ">=", "value": 3}]})


@pytest.mark.parametrize("condition", [{"column": "channel", "op": ">=", "value": 3}, {"column": "channel", "op": "==", "value": 3},
                                       {"column": "tenure", "op": "==", "value": "3"}, {"column": "abroad", "op": "==", "value": "yes"},
                                       {"column": "tenure", "op": "==", "value": True}])
def test_texts_are_not_compared_with_numbers(facts, condition):
    with pytest.raises(InputError, match="another kind"):
        verdicts(facts, {"label": "x", "all": [condition]})


def test_column_without_any_value_leaves_every_rule_open(facts):
    blank = facts.assign(profit_share=Series([None] * 4, dtype=object))
    assert verdicts(blank, {"label": "x", "all": [TEN]}) == ["unknown"] * 4


@given(st.permutations(range(4)))
def test_order_of_accounts_does_not_matter(order):
    frame = DataFrame({"account": list("abcd"), "profit_share": [0.2, 0.05, np.nan, 0.1]})
    rules = read_rules([{"label": "x", "all": [TEN]}])
    once, turned = judge_rules(frame, rules), judge_rules(frame.iloc[list(order)], rules)
    pd.testing.assert_frame_equal(turned.sort_values("account", ignore_index=True), once)


def test_account_may_have_several_labels(facts):
    rules = read_rules([{"label": "rich", "all": [TEN]}, {"label": "old", "all": [LOYAL]}])
    found = label_accounts(facts, rules)
    assert found["labels"].tolist() == ["rich old", "rich", "", "old"]
    assert found["open"].tolist() == ["", "old", "old", "rich"]


def test_class_is_open_while_a_wider_one_is():
    rules = read_rules([{"label": "wide", "all": [{"column": "regions", "op": ">=", "value": 3}]},
                        {"label": "local", "all": [{"column": "stores", "op": ">=", "value": 5}]}])
    facts = DataFrame({"account": list("abcd"), "regions": [4, 1, None, 1], "stores": [1.0, 9, 9, 2]})
    found = class_accounts(facts, rules)
    assert found["label"].tolist() == ["wide", "local", "unknown", "-"]
    assert found.loc["c", ["open", "otherwise"]].tolist() == ["wide", "local"]


def test_gate_passes_holds_or_fails(facts):
    rules = read_rules([{"label": "rich", "all": [TEN]}, {"label": "old", "all": [LOYAL]}])
    found = judge_gate(facts, rules)
    assert found["verdict"].tolist() == ["pass", "hold", "fail", "hold"]
    assert found["asked"].tolist() == [2] * 4
    assert found.loc["c", ["stopped_at", "failed", "open"]].tolist() == ["rich", "rich", "old"]


def test_knock_out_stops_at_the_first_no_but_not_at_the_unknown(facts):
    rules = read_rules([{"label": "old", "all": [LOYAL]}, {"label": "rich", "all": [TEN]}, {"label": "home", "all": [
        {"column": "abroad", "op": "==", "value": False}]}])
    found = judge_gate(facts, rules, stop=True)
    assert found["asked"].tolist() == [3, 3, 2, 3]
    assert found["verdict"].tolist() == ["fail", "hold", "fail", "fail"]
    assert found.loc["c", ["stopped_at", "open"]].tolist() == ["rich", "old"]


def test_question_that_often_ends_it_for_little_work_comes_first():
    facts = DataFrame({"account": list("abcdefgh"), "x": [1, 1, 1, 1, 1, 1, 1, 0], "y": [1, 0, 0, 0, 0, 0, None, None]})
    rules = read_rules([{"label": name, "all": [{"column": name, "op": ">=", "value": 1}]} for name in "xy"])
    cheap = order_knockouts(facts, rules, effort=Series({"x": 1.0, "y": 1.0}))
    assert cheap["label"].tolist() == ["y", "x"]
    assert cheap["chance"].tolist() == pytest.approx([6 / 8, 2 / 10])
    dear = order_knockouts(facts, rules, effort=Series({"x": 1.0, "y": 10.0}))
    assert dear["label"].tolist() == ["x", "y"]


def rulebook_facts(**given):
    base = {"account": "a", "profit_share": 0.02, "tenure": 8.0, "open_share": 0.1, "budget_class": "C", "rival_share": np.nan,
            "logo": np.nan, "expertise": np.nan, "international": False, "regions": 1, "stores": 8, "region_share": 0.02,
            "channel_share": 0.01, "need": np.nan, "overdue_share": 0.0, "days_late": 0.0, "decider_reached": None,
            "silent_months": 0, "contribution_rate": 0.1}
    return DataFrame([base | given])


@pytest.mark.parametrize(("given", "expected"), [
    ({"international": True, "regions": 3, "stores": 40}, "gka"), ({"regions": 6, "stores": 200}, "nka"), ({}, "lka"),
    ({"stores": 1, "region_share": 0.05}, "lka_store"), ({"stores": 1}, "-"), ({"regions": 5, "stores": 12, "region_share": 0.0}, "-"),
    ({"international": None, "regions": 6, "stores": 200}, "unknown"), ({"regions": 4, "stores": 7, "channel_share": 0.1}, "nka")])
def test_reach_in_japan(given, expected):
    assert class_accounts(rulebook_facts(**given), read_rules(rulebook.REACH))["label"].tolist() == [expected]


def test_rulebook_can_be_read_and_judged():
    facts = rulebook_facts(profit_share=0.2, logo=4.5)
    assert label_accounts(facts, read_rules(rulebook.TYPES)).iloc[0].tolist() == ["breadwinner image", "expert"]
    assert judge_gate(facts, read_rules(rulebook.THREE_P))[["verdict", "open"]].iloc[0].tolist() == ["hold", "need authority"]
    assert judge_gate(facts, read_rules(rulebook.KNOCK_OUTS), stop=True)["verdict"].tolist() == ["pass"]


def test_no_rules_and_no_accounts():
    facts = rulebook_facts()
    assert judge_gate(facts, ())["verdict"].tolist() == ["pass"]
    assert class_accounts(facts, ())["label"].tolist() == ["-"]
    for rows in (rulebook.TYPES, rulebook.REACH):
        assert label_accounts(facts.iloc[:0], read_rules(rows)).empty and class_accounts(facts.iloc[:0], read_rules(rows)).empty
        assert judge_gate(facts.iloc[:0], read_rules(rows), stop=True).empty and explain_rules(facts.iloc[:0], read_rules(rows)).empty


def test_reach_is_measured_in_our_sales():
    accounts = DataFrame({"account": list("abc"), "regions": [1, 2, None], "stores": [1, 9, 3], "international": [True, None, False],
                          "region": ["east", "east", None], "channel": ["x", "x", "y"]})
    found = measure_reach(accounts, Series({"a": 25, "b": 75}))
    assert found["region_share"].tolist()[:2] == [0.25, 0.75] and np.isnan(found.loc["c", "region_share"])
    assert np.isnan(found.loc["c", "channel_share"]) and pd.isna(found.loc["b", "international"])


def test_decider_counts_as_reached_only_when_we_know():
    people = DataFrame({"account": list("aabbcd"), "role": ["decider", "user", "decider", "decider", "user", "decider"],
                        "coverage": Series([3, 0, 0, None, 4, 1], dtype="Int64")})
    found = measure_authority(people)["decider_reached"]
    assert found["a"] and pd.isna(found["b"]) and pd.isna(found["c"]) and not found["d"]
