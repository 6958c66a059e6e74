import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import Series

from kamnb.methods.whale import measure_whale, whale_points

profits = st.lists(st.integers(-10**9, 10**9), min_size=1, max_size=40).map(
    lambda values: Series(values, index=[f"A{n:02}" for n in range(len(values))]))


def test_loss_makers_destroy_what_the_others_earn():
    found = measure_whale(Series({"a": 100, "b": 40, "c": 0, "d": -15, "e": -25})).iloc[0]
    assert found[["profit", "peak", "peak_accounts", "losers", "lost"]].tolist() == [100, 140, 2, 2, -40]
    assert found[["peak_share", "lost_share", "top_20", "bottom_20"]].tolist() == pytest.approx([1.4, 40 / 140, 1.0, -0.25])


def test_shares_of_a_total_that_is_not_positive_are_not_told():
    found = measure_whale(Series({"a": 10, "b": -30})).iloc[0]
    assert found[["peak_share", "top_20"]].isna().all()
    assert found["lost_share"] == 3
    assert whale_points(Series({"a": 10, "b": -30}))["share"].isna().all()


def test_unknown_profit_is_left_out_not_zero():
    profit = Series([50, pd.NA, -10], index=list("abc"), dtype="Int64")
    assert measure_whale(profit)["accounts"].tolist() == [2]
    assert whale_points(profit)["account"].tolist() == ["", "a", "c"]


@settings(max_examples=25)
@given(profits)
def test_curve_rises_to_its_peak_and_ends_at_the_total(profit):
    points, facts = whale_points(profit), measure_whale(profit).iloc[0]
    assert points["cumulative"].max() == facts["peak"]
    assert points["cumulative"].iloc[-1] == facts["profit"] == profit.sum()
    assert facts["peak"] + facts["lost"] == facts["profit"]
    assert points["profit"].iloc[1:].is_monotonic_decreasing
    assert points.loc[facts["peak_accounts"], "cumulative"] == facts["peak"]


@settings(max_examples=25)
@given(profits, st.randoms())
def test_order_and_unit_do_not_matter(profit, random):
    shuffled = profit.sample(frac=1, random_state=random.randrange(1000)) * 1000
    shares = ["peak_share", "lost_share", "top_20", "bottom_20", "losers"]
    one, other = (measure_whale(values)[shares].iloc[0].to_numpy(dtype=float) for values in (profit, shuffled))
    assert np.allclose(one, other, equal_nan=True)
