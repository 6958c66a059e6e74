import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods import scoring


@pytest.fixture
def ratings():
    return DataFrame({"size": [5, 3, 1], "fit": [1, 3, np.nan]}, index=["a", "b", "c"])


@pytest.mark.oracle("O11")
@pytest.mark.parametrize(("n", "expected"), [
    (3, [0.6111, 0.2778, 0.1111]), (4, [0.5208, 0.2708, 0.1458, 0.0625]),
    (8, [0.3397, 0.2147, 0.1522, 0.1106, 0.0793, 0.0543, 0.0335, 0.0156])])
def test_weights_from_an_order(n, expected):
    assert scoring.rank_order_centroid(n) == pytest.approx(expected, abs=5e-5)
    assert scoring.rank_order_centroid(n).sum() == pytest.approx(1)


@pytest.mark.oracle("O12")
def test_class_of_a_sum_of_points():
    points = Series([10 + 12 + 5 + 5 + 20 + 10, 100, 80, 60, 59])
    assert points.iloc[0] == 62
    assert scoring.class_of_score(points, cuts={"A": 80, "B": 60, "C": 0}).tolist() == ["B", "A", "A", "B", "C"]


def test_heavier_criterion_decides_the_rank(ratings):
    by_size = scoring.score_accounts(ratings.dropna(), weights=Series({"size": 9, "fit": 1}))
    by_fit = scoring.score_accounts(ratings.dropna(), weights=Series({"size": 1, "fit": 9}))
    assert by_size.index.tolist() == ["a", "b"]
    assert by_fit.index.tolist() == ["b", "a"]


def test_scale_of_weights_does_not_matter(ratings):
    light, heavy = (scoring.score_accounts(ratings, weights=Series({"size": 2.0, "fit": 1.0}) * factor)
                    for factor in (1, 700))
    assert np.allclose(light.astype(float), heavy.astype(float))


def test_missing_rating_is_left_out_and_never_zero(ratings):
    scores = scoring.score_accounts(ratings, weights=Series({"size": 3, "fit": 1}))
    assert scores.loc["c"].tolist() == [1, 0.75, 3]


def test_account_that_nobody_rated_has_no_rank():
    blank = DataFrame({"size": [np.nan, 2]}, index=["a", "b"])
    scores = scoring.score_accounts(blank, weights=Series({"size": 1}))
    assert scores["rank"].tolist()[0] == 1
    assert scores.loc["a"].isna().tolist() == [True, False, True]


def test_equal_scores_share_a_rank():
    equal = DataFrame({"size": [2, 4, 4]}, index=list("abc"))
    assert scoring.score_accounts(equal, weights=Series({"size": 1}))["rank"].to_dict() == {"b": 1, "c": 1, "a": 3}


def test_criterion_without_weight_is_refused_with_the_nearest_name(ratings):
    with pytest.raises(InputError, match="did you mean 'fits'"):
        scoring.score_accounts(ratings, weights=Series({"size": 1, "fits": 1}))


@pytest.mark.parametrize("weights", [{"size": -1, "fit": 2}, {"size": 0, "fit": 0}, {"size": np.nan, "fit": 1}])
def test_senseless_weights_are_refused(weights):
    with pytest.raises(InputError):
        scoring.normalise_weights(Series(weights))


def test_cost_criteria_are_turned_round(ratings):
    turned = scoring.orient_ratings(ratings, directions={"size": "cost", "fit": "benefit"})
    assert turned["size"].tolist() == [1, 3, 5]
    assert turned["fit"].tolist()[:2] == [1, 3]


def test_values_become_scores_between_their_quantiles():
    values = Series(np.arange(101.0))
    scores = scoring.scale_to_scores(values)
    assert scores.iloc[[0, 5, 50, 95, 100]].tolist() == pytest.approx([1, 1, 3, 5, 5])
    assert scoring.scale_to_scores(values, direction="cost").tolist() == pytest.approx((6 - scores).tolist())


@pytest.mark.oracle("O10")
def test_values_between_anchors_lie_on_straight_lines():
    values = Series([50, 90, 100, 10, 40, 101, 120])
    found = scoring.scale_by_anchors(values, anchors={50: 1, 75: 0.8, 90: 0.5, 100: 0})
    assert found.tolist() == pytest.approx([1, 0.5, 0, 1, 1, 0, 0])
    assert scoring.scale_by_anchors(Series([82.5]), anchors={90: 0.5, 75: 0.8}).tolist() == pytest.approx([0.65])


def test_unknown_value_has_no_score_and_one_anchor_is_no_scale():
    assert scoring.scale_by_anchors(Series([None, 5], dtype="Int64"), anchors={0: 1, 10: 5}).isna().tolist() == [True, False]
    with pytest.raises(InputError, match="two anchors"):
        scoring.scale_by_anchors(Series([1.0]), anchors={0: 1})


def test_limits_of_an_interval_are_scored_on_the_scale_of_its_middle():
    low, high = (scoring.scale_between(Series([value]), ends=(0, 100)).iloc[0] for value in (-20.0, 50.0))
    assert (low, high) == (1, 3)
    assert scoring.scale_between(Series([25.0]), ends=(0, 100), direction="cost").iloc[0] == 4


def test_equal_values_score_three_and_unknown_stays_unknown():
    assert scoring.scale_to_scores(Series([7.0, 7.0, np.nan])).tolist()[:2] == [3, 3]
    assert scoring.scale_to_scores(Series([7.0, np.nan])).isna().tolist() == [False, True]


@given(st.lists(st.floats(1, 5), min_size=6, max_size=6), st.lists(st.integers(1, 9), min_size=3, max_size=3))
def test_score_lies_between_the_ratings(ratings, weights):
    table = DataFrame(np.reshape(ratings, (2, 3)), index=["a", "b"], columns=list("xyz"))
    scores = scoring.score_accounts(table, weights=Series(weights, index=list("xyz")))["score"].sort_index()
    assert (scores >= table.min(axis=1) - 1e-9).all()
    assert (scores <= table.max(axis=1) + 1e-9).all()
