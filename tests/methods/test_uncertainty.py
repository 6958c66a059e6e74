import numpy as np
import pytest
from pandas import DataFrame, Series

from kamnb.methods.uncertainty import BLOCK, ScoreRange, as_range, draw_scores, span_raters, widen_ratings


@pytest.fixture
def ratings():
    return DataFrame({"size": [5.0, 3.0, np.nan], "fit": [1.0, np.nan, np.nan]}, index=["b", "a", "c"])


def test_missing_rating_may_be_anything_and_an_unrated_account_stays_unrated(ratings):
    ranges = widen_ratings(ratings)
    assert (ranges.low.loc["a", "fit"], ranges.high.loc["a", "fit"]) == (1, 5)
    assert ranges.low.loc["c"].isna().all() and ranges.high.loc["c"].isna().all()
    assert as_range(ranges).low.index.tolist() == ["a", "b"]


def test_missing_rating_may_be_left_out(ratings):
    assert np.isnan(widen_ratings(ratings, missing="left_out").low.loc["a", "fit"])


def test_spread_stays_on_the_scale(ratings):
    ranges = widen_ratings(ratings, spread=Series({"size": 1.0, "fit": 0.5}))
    assert (ranges.low.loc["b", "size"], ranges.high.loc["b", "size"]) == (4, 5)
    assert (ranges.low.loc["b", "fit"], ranges.high.loc["b", "fit"]) == (1, 1.5)


def test_raters_span_a_range():
    scores = DataFrame({"account": "A", "criterion": ["fit", "fit", "logo", "logo"], "rater": ["x", "y"] * 2,
                        "score": [2.0, 4.0, np.nan, 3.0]})
    ranges = span_raters(scores)
    assert (ranges.low.loc["A", "fit"], ranges.high.loc["A", "fit"]) == (2, 4)
    assert ranges.low.loc["A", "logo"] == ranges.high.loc["A", "logo"] == 3


def test_scores_of_known_ratings_are_weighted_means(ratings):
    weights = np.random.default_rng(1).dirichlet([1, 1], 3 * BLOCK + 5)
    blocks = list(draw_scores(as_range(ratings.fillna(2.0)), weights))
    scores = np.concatenate([scores for _, scores in blocks])
    expected = (weights @ ratings.fillna(2.0).sort_index().to_numpy().T - 1) / 4
    assert scores == pytest.approx(expected, abs=1e-6)
    assert np.concatenate([w for w, _ in blocks]) == pytest.approx(weights, abs=1e-7)


def test_left_out_rating_hands_its_weight_on(ratings):
    weights = np.array([[0.25, 0.75]])
    (_, scores), = draw_scores(as_range(widen_ratings(ratings, missing="left_out")), weights)
    assert scores[0].tolist() == pytest.approx([(3 - 1) / 4, 0.25 * 1])


def test_open_ratings_are_uniform_and_independent():
    low = DataFrame({"x": [1.0, 1.0], "y": [1.0, 5.0]}, index=["a", "b"])
    high = DataFrame({"x": [5.0, 3.0], "y": [1.0, 5.0]}, index=["a", "b"])
    weights = np.repeat([[1.0, 0.0]], 20_000, axis=0)
    scores = np.concatenate([s for _, s in draw_scores(as_range(ScoreRange(low, high)), weights, seed=4)])
    assert scores.mean(axis=0) == pytest.approx([0.5, 0.25], abs=0.01)
    assert scores.std(axis=0) == pytest.approx([1 / np.sqrt(12), 0.5 / np.sqrt(12)], abs=0.01)
    assert abs(np.corrcoef(scores.T)[0, 1]) < 0.03
    assert 0 <= scores.min() and scores.max() <= 1


def test_same_seed_same_scores(ratings):
    weights = np.random.default_rng(1).dirichlet([1, 1], 40)
    once, again, other = (np.concatenate([s for _, s in draw_scores(as_range(widen_ratings(ratings)), weights, seed=n)])
                          for n in (1, 1, 2))
    assert np.array_equal(once, again) and not np.array_equal(once, other)


def test_ends_may_come_in_any_order_and_one_end_is_a_rating():
    low, high = DataFrame({"x": [5.0, 3.0, 2.0]}, index=list("abc")), DataFrame({"x": [1.0, np.nan, 4.0]}, index=list("abc"))
    ranges = as_range(ScoreRange(low, high))
    assert ranges.low["x"].tolist() == [1, 3, 2] and ranges.high["x"].tolist() == [5, 3, 4]
