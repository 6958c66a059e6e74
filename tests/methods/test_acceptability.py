import time

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.acceptability import accept_ranks, bounds_around, draw_weights, top_share

DRAWS = 20_000
TOLERANCE = 4 * np.sqrt(0.25 / DRAWS)  # four standard errors of a share


@pytest.mark.oracle("O8")
def test_two_specialists_and_an_all_rounder():
    found = accept_ranks(DataFrame({"x": [1, 0, 0.6], "y": [0, 1, 0.6]}, index=list("ABC")), draws=DRAWS, seed=1)
    assert found.ranks[1].tolist() == pytest.approx([0.4, 0.4, 0.2], abs=TOLERANCE)
    assert found.ranks.loc["C", 2] == pytest.approx(0.8, abs=TOLERANCE)
    assert found.weights.to_numpy() == pytest.approx(np.array([[0.8, 0.2], [0.2, 0.8], [0.5, 0.5]]), abs=TOLERANCE)


@pytest.mark.oracle("O9")
def test_unit_alternatives_of_three_criteria():
    found = accept_ranks(DataFrame(np.eye(3), index=list("ABC"), columns=list("xyz")), draws=DRAWS, seed=2)
    assert found.ranks[1].tolist() == pytest.approx([1 / 3] * 3, abs=TOLERANCE)
    assert found.weights.loc["A"].tolist() == pytest.approx([11 / 18, 7 / 36, 7 / 36], abs=TOLERANCE)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 5), min_size=12, max_size=12))
def test_rows_and_columns_sum_to_one(values):
    ratings = DataFrame(np.reshape(values, (4, 3)), index=list("abcd"), columns=list("xyz"))
    ranks = accept_ranks(ratings, draws=200, seed=3).ranks
    assert ranks.sum(axis=0).tolist() == pytest.approx([1] * 4)
    assert ranks.sum(axis=1).tolist() == pytest.approx([1] * 4)


def test_order_of_the_rows_does_not_matter():
    ratings = DataFrame(np.random.default_rng(1).integers(1, 6, (6, 3)), index=list("abcdef"), columns=list("xyz"))
    once, other = (accept_ranks(rows, draws=500, seed=4).ranks for rows in (ratings, ratings[::-1]))
    pd.testing.assert_frame_equal(other.sort_index(), once)


def test_equal_accounts_share_the_first_rank_by_lot():
    ranks = accept_ranks(DataFrame({"x": [3, 3], "y": [4, 4]}, index=["a", "b"]), draws=DRAWS, seed=5).ranks
    assert ranks[1].tolist() == pytest.approx([0.5, 0.5], abs=TOLERANCE)


def test_missing_rating_is_left_out():
    ratings = DataFrame({"x": [5, 4], "y": [np.nan, 4]}, index=["a", "b"])
    assert accept_ranks(ratings, draws=100, seed=6).ranks.loc["a", 1] == 1


def test_account_that_nobody_rated_takes_no_rank():
    ratings = DataFrame({"x": [5, np.nan, 3]}, index=list("abc"))
    found = accept_ranks(ratings, draws=10, seed=0)
    assert found.ranks.loc["b"].isna().all()
    assert top_share(found, seats=1).tolist()[0] == 1
    assert np.isnan(top_share(found, seats=1)["b"])


def test_bounds_hold_and_keep_the_sum():
    weights = Series({"x": 5.0, "y": 3.0, "z": 2.0})
    bounds = bounds_around(weights, spread=0.4)
    drawn = draw_weights(weights.index, draws=1000, seed=7, bounds=bounds)
    assert drawn.shape == (1000, 3)
    assert drawn.sum(axis=1) == pytest.approx(np.ones(1000))
    assert (drawn >= bounds["low"].to_numpy() - 1e-9).all()
    assert (drawn <= bounds["high"].to_numpy() + 1e-9).all()


@pytest.mark.parametrize("bounds", [{"low": [0.6, 0.6], "high": [1, 1]}, {"low": [0, 0], "high": [0.2, 0.2]}])
def test_bounds_without_room_are_refused(bounds):
    with pytest.raises(InputError, match="no room"):
        draw_weights(pd.Index(["x", "y"]), draws=10, seed=0, bounds=DataFrame(bounds, index=["x", "y"]))


def test_two_hundred_accounts_are_ranked_in_half_a_second():
    ratings = DataFrame(np.random.default_rng(2).integers(1, 6, (200, 8)).astype(float))
    accept_ranks(ratings.iloc[:5], draws=10)
    begun = time.process_time()
    accept_ranks(ratings, draws=10_000)
    assert time.process_time() - begun < 1  # half a second on an idle core; room for a busy one
