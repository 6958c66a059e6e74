import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.errors import InputError
from kamnb.methods.targets import profile_months, split_target, split_targets, sum_halves

weights_of_a_year = st.lists(st.floats(0, 1e6), min_size=12, max_size=12).filter(lambda w: sum(w) > 1e-3)


@given(st.integers(-10**15, 10**15), weights_of_a_year)
def test_parts_sum_exactly_and_are_within_one_of_their_share(total, weights):
    parts = split_target(total, Series(weights, index=range(1, 13)))
    assert int(parts.sum()) == total
    exact = total * np.array(weights) / sum(weights)
    assert np.allclose(parts, exact, rtol=1e-9, atol=1 + abs(total) * 1e-11)


@given(st.integers(0, 10**15), weights_of_a_year)
def test_halves_sum_exactly_to_the_year(total, weights):
    months = DataFrame([split_target(total, Series(weights, index=range(1, 13)))])
    halves = sum_halves(months).iloc[0]
    assert halves["h1"] + halves["h2"] == halves["year"] == total


def test_largest_remainder_gets_the_last_yen_and_the_earlier_among_equals():
    assert split_target(10, Series([1, 1, 1])).tolist() == [4, 3, 3]
    assert split_target(100, Series([33.3, 33.2, 33.5])).tolist() == [33, 33, 34]


@pytest.mark.parametrize("weights", [[0, 0], [1, -1], [1, np.nan]])
def test_senseless_weights_are_refused(weights):
    with pytest.raises(InputError, match="weights"):
        split_target(10, Series(weights))


def test_accounts_are_split_row_by_row():
    totals = Series({"A": 101, "B": -7})
    table = split_targets(totals, DataFrame({1: [1, 1, 1], 2: [1, 3, 1]}, index=["A", "B", "C"]))
    assert table.to_numpy().tolist() == [[51, 50], [-2, -5]]
    with pytest.raises(InputError, match="'D'"):
        split_targets(Series({"D": 1}), DataFrame({1: [1]}, index=["A"]))


def test_profile_follows_the_season_of_the_fiscal_year(panel, as_of):
    profile = profile_months(panel, as_of=as_of)
    assert profile.columns.tolist() == list(range(1, 13))
    assert profile.sum(axis=1).tolist() == pytest.approx([1] * 40)
    # the sample's peak is in March, its trough in September: periods 12 and 6
    assert profile.mean().idxmax() in (11, 12)
    assert profile.mean().idxmin() in (5, 6, 7)


def test_young_account_leans_on_the_others():
    months = pd.date_range("2022-04-01", "2025-03-01", freq="MS")
    old = DataFrame({"account": "old", "month": months, "net_sales": np.tile([30] + [10] * 11, 3)})
    young = DataFrame({"account": "young", "month": months[-6:], "net_sales": 10})
    profile = profile_months(pd.concat([old, young]), as_of=pd.Timestamp("2025-03-31"))
    assert profile.loc["old", 1] > 0.2
    assert 0.05 < profile.loc["young", 1] < 0.15
    assert profile.loc["young"].sum() == pytest.approx(1)
