import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.smallsample import chance_above, count_needed, judge_interviews, mean_interval, wilson_interval


def bounds(yes, asked, **kwargs):
    return wilson_interval(Series([yes]), Series([asked]), **kwargs).iloc[0].tolist()


def test_published_wilson_intervals():
    # Newcombe 1998, Table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29
    assert bounds(81, 263, level=0.95) == pytest.approx([0.2553, 0.3662], abs=5e-5)
    assert bounds(15, 148, level=0.95) == pytest.approx([0.0624, 0.1605], abs=5e-5)
    assert bounds(0, 20, level=0.95) == pytest.approx([0.0, 0.1611], abs=5e-5)
    assert bounds(1, 29, level=0.95) == pytest.approx([0.0061, 0.1718], abs=5e-5)


def test_five_of_six_prove_less_than_they_seem_to():
    assert chance_above(5, 6) == pytest.approx(0.9375)
    assert bounds(5, 6, level=0.95) == pytest.approx([0.4365, 0.9699], abs=5e-5)
    found = judge_interviews(DataFrame({"yes": [5], "asked": [6]}), level=0.95).iloc[0]
    assert found["verdict"] == "open"
    assert found["needed"] > 6


def test_nobody_asked_proves_nothing():
    found = judge_interviews(DataFrame({"yes": [0, None], "asked": [0, None]}))
    assert found["verdict"].tolist() == ["none", "none"]
    assert found[["low", "high"]].to_numpy().tolist() == [[0, 1], [0, 1]]
    assert found["share"].isna().all() and found["chance"].tolist() == [0.5, 0.5]


def test_interval_closes_when_everybody_was_asked():
    whole = bounds(5, 6, population=Series([6]))
    part = bounds(5, 6, population=Series([8]))
    free = bounds(5, 6)
    unknown = bounds(5, 6, population=Series([np.nan]))
    assert whole == pytest.approx([5 / 6, 5 / 6])
    assert free[0] < part[0] < whole[0]
    assert unknown == free


def test_verdicts_need_the_whole_interval():
    found = judge_interviews(DataFrame({"yes": [10, 1, 6], "asked": [10, 12, 11]}))
    assert found["verdict"].tolist() == ["supported", "refuted", "open"]


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.5, 0.99))
def test_interval_holds_the_share_and_narrows_with_more_answers(yes, asked, level):
    yes = min(yes, asked)
    low, high = bounds(yes, asked, level=level)
    assert 0 <= low <= yes / asked + 1e-9 and yes / asked - 1e-9 <= high <= 1
    wider = bounds(yes * 4, asked * 4, level=level)
    assert wider[1] - wider[0] < high - low


@given(st.integers(0, 20), st.integers(0, 20))
def test_chances_of_both_sides_sum_to_one(yes, no):
    assert chance_above(yes, yes + no) + chance_above(no, yes + no) == pytest.approx(1)


def test_number_needed_is_the_first_that_suffices():
    asked = count_needed(0.8)
    assert bounds(0.8 * asked, asked)[0] > 0.5 >= bounds(0.8 * (asked - 1), asked - 1)[0]
    assert count_needed(0.5) is None
    assert count_needed(float("nan")) is None


def test_interval_of_a_mean_uses_student_and_needs_two():
    found = mean_interval(Series([10.0, 10]), Series([2.0, 2]), n=Series([5, 1]), level=0.95)
    assert found.iloc[0].tolist() == pytest.approx([10 - 2.776445 * 2 / 5**0.5, 10 + 2.776445 * 2 / 5**0.5])
    assert found.iloc[1].isna().all()
