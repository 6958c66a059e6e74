import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.scoring import rank_order_centroid
from kamnb.methods.weighting import WeightRules, bounds_around, chain_orders, draw_weights

EIGHT = pd.Index(list("abcdefgh"))
FREE = DataFrame({"low": 0.0, "high": 1.0}, index=EIGHT)


def test_bounds_hold_and_keep_the_sum():
    weights = Series({"x": 5.0, "y": 3.0, "z": 2.0})
    bounds = bounds_around(weights, spread=0.4)
    drawn = draw_weights(weights.index, rules=WeightRules(bounds=bounds, draws=1000, seed=7))
    assert drawn.shape == (1000, 3)
    assert drawn.sum(axis=1) == pytest.approx(np.ones(1000))
    assert (drawn >= bounds["low"].to_numpy() - 1e-9).all()
    assert (drawn <= bounds["high"].to_numpy() + 1e-9).all()


@pytest.mark.parametrize("bounds", [{"low": [0.6, 0.6], "high": [1, 1]}, {"low": [0, 0], "high": [0.2, 0.2]},
                                    {"low": [0.5, 0.1], "high": [0.4, 0.9]}])
def test_bounds_without_room_are_refused(bounds):
    with pytest.raises(InputError, match="no room"):
        draw_weights(pd.Index(["x", "y"]), rules=WeightRules(bounds=DataFrame(bounds, index=["x", "y"]), draws=10))


def test_bounds_and_orders_that_contradict_each_other_are_refused():
    bounds = DataFrame({"low": [0.5], "high": [1.0]}, index=["y"])
    with pytest.raises(InputError, match="no room"):
        draw_weights(pd.Index(list("xyz")), rules=WeightRules(bounds=bounds, orders=(("x", "y"), ("z", "y"))))


def test_order_of_what_is_no_criterion_is_refused():
    with pytest.raises(InputError, match="did you mean 'growth'"):
        draw_weights(pd.Index(["growth", "fit"]), rules=WeightRules(orders=(("grwth", "fit"),)))


@pytest.mark.oracle("O11")
@pytest.mark.parametrize("bounds", [None, FREE])  # sorted, and walked
def test_mean_weight_under_a_full_order_is_the_rank_order_centroid(bounds):
    drawn = draw_weights(EIGHT, rules=WeightRules(bounds=bounds, orders=chain_orders(EIGHT), draws=8000, seed=3))
    assert (np.diff(drawn, axis=1) <= 1e-9).all()
    assert drawn.mean(axis=0) == pytest.approx(rank_order_centroid(8), abs=0.008)


def test_walks_and_sorting_draw_from_the_same_region():
    sorted_, walked = (draw_weights(EIGHT, rules=WeightRules(bounds=b, orders=chain_orders(EIGHT), draws=8000, seed=3))
                       for b in (None, FREE))
    for share in (0.1, 0.5, 0.9):
        ends = [np.quantile(drawn, share, axis=0) for drawn in (sorted_, walked)]
        assert ends[1] == pytest.approx(ends[0], rel=0.12, abs=0.004)
    assert np.corrcoef(walked.T) == pytest.approx(np.corrcoef(sorted_.T), abs=0.08)


def test_order_of_some_leaves_the_others_free():
    drawn = draw_weights(pd.Index(list("xyz")), rules=WeightRules(orders=(("z", "x"),), draws=20_000, seed=1))
    assert (drawn[:, 2] >= drawn[:, 0]).all()
    assert drawn.mean(axis=0) == pytest.approx([1 / 6, 1 / 3, 1 / 2], abs=0.01)


def test_orders_that_branch_hold():
    rules = WeightRules(orders=(("a", "b"), ("a", "c"), ("d", "c")), draws=500, seed=2)
    drawn = DataFrame(draw_weights(EIGHT, rules=rules), columns=EIGHT)
    assert (drawn["a"] >= drawn[["b", "c"]].max(axis=1) - 1e-9).all()
    assert (drawn["d"] >= drawn["c"] - 1e-9).all()
    assert drawn["e"].std() > 0.05


def test_fixed_weight_stays_fixed_and_the_rest_moves():
    bounds = DataFrame({"low": [0.4], "high": [0.4]}, index=["b"])
    drawn = draw_weights(pd.Index(list("abc")), rules=WeightRules(bounds=bounds, draws=400, seed=5))
    assert drawn[:, 1] == pytest.approx(np.full(400, 0.4))
    assert drawn[:, 0].mean() == pytest.approx(0.3, abs=0.04)
    assert drawn[:, 0].std() == pytest.approx(0.6 / np.sqrt(12), rel=0.15)


def test_orders_both_ways_make_equal_weights():
    drawn = draw_weights(pd.Index(list("xyz")), rules=WeightRules(orders=(("x", "y"), ("y", "x")), draws=300))
    assert drawn[:, 0] == pytest.approx(drawn[:, 1])
    assert drawn[:, 2].max() - drawn[:, 2].min() > 0.8


@settings(max_examples=20)
@given(st.lists(st.floats(0.05, 1), min_size=4, max_size=4), st.floats(0.02, 0.9))
def test_whatever_is_drawn_keeps_its_bounds(weights, spread):
    bounds = bounds_around(Series(weights, index=list("abcd")), spread=spread)
    drawn = draw_weights(bounds.index, rules=WeightRules(bounds=bounds, orders=(), draws=50, seed=1))
    assert drawn.sum(axis=1) == pytest.approx(np.ones(50))
    assert (drawn >= bounds["low"].to_numpy() - 1e-7).all() and (drawn <= bounds["high"].to_numpy() + 1e-7).all()


def test_same_seed_same_weights():
    once, again, other = (draw_weights(EIGHT, rules=WeightRules(bounds=FREE, orders=(("a", "h"), ("b", "h")), seed=n, draws=60))
                          for n in (1, 1, 2))
    assert np.array_equal(once, again) and not np.array_equal(once, other)
