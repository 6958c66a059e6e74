import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.errors import InputError
from kamnb.methods.acceptability import accept_ranks, accept_seats
from kamnb.methods.pairwise import BELIEFS, compare_pairs, explain_seats, measure_confidence
from kamnb.methods.uncertainty import ScoreRange, widen_ratings
from kamnb.methods.weighting import WeightRules

RULES = WeightRules(draws=20_000, seed=1)
TOLERANCE = 4 * np.sqrt(0.25 / RULES.draws)


@pytest.fixture
def corners():
    return DataFrame({"x": [1, 0, 0.6], "y": [0, 1, 0.6]}, index=list("ABC"))


@pytest.mark.oracle("O8")
def test_central_weights_say_what_one_must_believe(corners):
    beliefs = explain_seats(corners, ["A", "B", "C"], seats=1, rules=RULES).set_index(["account", "criterion"])
    first = beliefs["weight_first"].unstack()
    assert first.loc["A"].tolist() == pytest.approx([0.8, 0.2], abs=TOLERANCE)
    assert first.loc["C"].tolist() == pytest.approx([0.5, 0.5], abs=TOLERANCE)
    assert beliefs.loc[("A", "x"), ["in_top", "weight_all"]].tolist() == pytest.approx([0.4, 0.5], abs=TOLERANCE)
    assert beliefs.loc[("A", "x"), "least"] == pytest.approx(0.62, abs=0.01)  # the lowest twentieth of 0.6 to 1
    assert beliefs.loc[("A", "x"), "weight_out"] == pytest.approx(0.3, abs=0.01)  # the middle of 0 to 0.6


def test_means_with_and_without_a_seat_add_up(corners):
    beliefs = explain_seats(corners, ["C"], seats=2, rules=WeightRules(draws=3000, seed=3))
    whole = beliefs["in_top"] * beliefs["weight_in"] + (1 - beliefs["in_top"]) * beliefs["weight_out"].fillna(0)
    assert whole.tolist() == pytest.approx(beliefs["weight_all"].tolist(), abs=1e-6)


def test_beliefs_agree_with_the_seats():
    ratings = DataFrame(np.random.default_rng(2).uniform(1, 5, (40, 4)), index=[f"a{n:02}" for n in range(40)], columns=list("wxyz"))
    rules = WeightRules(draws=1000, seed=4)
    seated = accept_seats(ratings, seats=5, rules=rules)
    likely = seated["in_top"].nlargest(3).index.tolist()
    beliefs = explain_seats(ratings, likely, seats=5, rules=rules)
    assert beliefs.drop_duplicates("account")["in_top"].tolist() == pytest.approx(seated.loc[likely, "in_top"].tolist(), abs=1e-6)


def test_account_that_never_gets_in_needs_what_nobody_believes():
    ratings = DataFrame({"x": [5, 1], "y": [5, 1]}, index=["a", "b"])
    beliefs = explain_seats(ratings, ["b"], seats=1, rules=WeightRules(draws=50))
    assert beliefs["in_top"].eq(0).all()
    assert beliefs[["weight_in", "weight_first", "least", "most"]].isna().all(axis=None)


def test_stranger_is_refused_and_nobody_needs_no_explanation(corners):
    with pytest.raises(InputError, match="'D' is not rated"):
        explain_seats(corners, ["D"], seats=1, rules=RULES)
    assert explain_seats(corners, [], seats=1, rules=RULES).columns.tolist() == BELIEFS


@pytest.mark.oracle("O8")
def test_pairs_of_two_specialists_and_an_all_rounder(corners):
    wins = compare_pairs(corners, list("ABC"), rules=RULES)
    assert wins.loc["A", "B"] == pytest.approx(0.5, abs=TOLERANCE)
    assert wins.loc["A", "C"] == pytest.approx(0.4, abs=TOLERANCE)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_mirrored_pairs_sum_to_one(values):
    ratings = DataFrame(np.reshape(values, (4, 3)), index=list("abcd"), columns=list("xyz"))
    wins = compare_pairs(ratings, list("abcd"), rules=WeightRules(draws=60)).to_numpy()
    off = ~np.eye(4, dtype=bool)
    assert (wins + wins.T)[off] == pytest.approx(np.ones(12))


def test_order_of_accounts_is_kept():
    ratings = DataFrame({"x": [1, 2, 3]}, index=list("abc"))
    wins = compare_pairs(ratings, ["c", "a"], rules=WeightRules(draws=10))
    pd.testing.assert_frame_equal(wins, DataFrame({"c": [np.nan, 0.0], "a": [1.0, np.nan]}, index=["c", "a"]))


def test_known_ratings_leave_full_confidence(corners):
    central = accept_ranks(corners, draws=500, seed=1).weights
    assert measure_confidence(corners, central, rules=WeightRules(draws=20)).tolist() == [1, 1, 1]


def test_wide_range_takes_confidence():
    ranges = ScoreRange(DataFrame({"x": [1.0, 4.0]}, index=["a", "b"]), DataFrame({"x": [5.0, 4.0]}, index=["a", "b"]))
    central = DataFrame({"x": [1.0, 1.0]}, index=["a", "b"])
    found = measure_confidence(ranges, central, rules=WeightRules(draws=20_000, seed=2))
    assert found.tolist() == pytest.approx([0.25, 0.75], abs=TOLERANCE)
    assert np.isnan(measure_confidence(ranges, central * np.nan, rules=WeightRules(draws=10)).iloc[0])


def test_doubt_about_ratings_is_told_apart_from_doubt_about_weights(corners):
    wide = widen_ratings(corners, spread=0.3, scale=(0, 1))
    central = accept_ranks(corners, draws=2000, seed=1).weights
    doubtful = measure_confidence(wide, central, rules=WeightRules(draws=4000, seed=1))
    assert (doubtful < 1).all() and (doubtful > 0.4).all()
