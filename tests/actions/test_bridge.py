import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.actions import build_bridge, summarise_bridge, weigh_budget
from kamnb.actions.bridge import judge_bridge

amount = st.one_of(st.none(), st.integers(-(10**9), 10**9))


def targets(base, goal, before=1000):
    return DataFrame({"previous_sales": [before], "baseline": [base], "target": [goal]})


def blocks(*amounts):
    return DataFrame({"block": [f"b{n}" for n in range(len(amounts))], "amount": pd.array(amounts, dtype="Int64")})


def years(before):
    return DataFrame({"year": pd.to_datetime(["2026-03-31", "2027-03-31"]), "net_sales": [before, 0]})


@given(base=st.integers(0, 10**12), goal=st.integers(0, 10**12), amounts=st.lists(amount, max_size=4))
@settings(max_examples=100, deadline=None)
def test_bars_sum_to_the_target_and_touch_each_other(base, goal, amounts):
    bridge = build_bridge(targets(base, goal), blocks(*amounts))
    assert bridge["amount"].iloc[:-1].sum() == goal == bridge["amount"].iloc[-1]
    inner = bridge.iloc[:-1]
    assert (inner["start"].iloc[1:].to_numpy() == inner["end"].iloc[:-1].to_numpy()).all()
    assert inner["end"].iloc[-1] == goal


def test_unknown_and_zero_blocks_draw_no_bar():
    assert build_bridge(targets(100, 110), blocks(None, 0, 4))["block"].tolist() == ["baseline", "b2", "gap", "target"]


def test_blocks_beyond_the_target_are_a_reserve():
    bridge = build_bridge(targets(100, 110), blocks(25)).set_index("block")["amount"]
    assert bridge["reserve"] == -15


@pytest.mark.parametrize(
    ("goal", "named", "verdict"),
    [
        (90, 5, "none"),
        (110, 10, "covered"),
        (110, 12, "covered"),
        (110, 6, "mostly"),
        (110, 2, "open"),
        (110, 0, "bare"),
    ],
)
def test_the_verdict_follows_the_share_that_has_a_source(goal, named, verdict):
    facts = summarise_bridge(build_bridge(targets(100, goal), blocks(named)), years(100))
    assert judge_bridge(facts) == verdict


def test_the_gap_is_what_no_block_covers():
    facts = summarise_bridge(build_bridge(targets(100, 110), blocks(6)), years(100))
    assert (facts["asked"], facts["named"], facts["gap"], facts["share"]) == (10, 6, 4, 0.6)
    assert facts["growth"] == pytest.approx(0.10)


def test_budgets_stand_against_what_they_are_to_bring():
    activities = DataFrame({"budget": pd.array([3, None, 4], dtype="Int64")})
    facts = weigh_budget(activities, build_bridge(targets(100, 110), blocks(6)), margin_rate=0.5)
    assert (facts["budget"], facts["unfunded"], facts["named"], facts["margin"]) == (7, 1, 6, 3.0)


def test_without_budgets_nothing_is_weighed():
    unknown = DataFrame({"budget": pd.array([None], dtype="Int64")})
    assert weigh_budget(unknown, build_bridge(targets(100, 110), blocks(6)), margin_rate=0.5) == {}
