import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import Series

from kamnb.methods.concentration import flag_dependence, judge_key_share, lorenz_points, measure_concentration

amounts = st.lists(st.integers(0, 10**12), min_size=1, max_size=40).filter(any).map(Series)


@pytest.mark.oracle("O31")
def test_hhi_of_four_accounts():
    row = measure_concentration(Series([30, 30, 20, 20])).iloc[0]
    assert row["hhi"] == pytest.approx(2600)
    assert row["cr4"] == 1


@pytest.mark.oracle("O33")
def test_dependence_begins_at_the_threshold():
    flags = flag_dependence(Series({"a": 0.0999, "b": 0.10, "c": 0.20, "d": 0.50, "e": np.nan}))
    assert flags["flag"].tolist() == ["ordinary", "key", "dependent", "mono", "unknown"]


@pytest.mark.oracle("O33")
@pytest.mark.parametrize(("share", "verdict"), [(0.29, "below"), (0.30, "normal"), (0.55, "normal"), (0.60, "above"),
                                                (0.75, "mono_dependence"), (np.nan, "unknown")])
def test_share_of_the_key_accounts(share, verdict):
    assert judge_key_share(share) == verdict


def test_equal_accounts_are_not_concentrated():
    row = measure_concentration(Series([100] * 50)).iloc[0]
    assert row[["hhi", "gini", "cr10", "top_20", "for_80"]].tolist() == pytest.approx([200, 0, 0.2, 0.2, 40])


def test_negative_accounts_are_listed_apart():
    row = measure_concentration(Series([80, 20, -30])).iloc[0]
    assert row[["accounts", "sales", "negative_accounts", "negative_sales"]].tolist() == [2, 100, 1, -30]
    assert row["cr4"] == 1


def test_few_accounts_that_make_exactly_eighty_percent():
    assert measure_concentration(Series([50, 30, 10, 10])).iloc[0]["for_80"] == 2


def test_nothing_sold_has_no_concentration():
    assert measure_concentration(Series([0, 0])).empty
    assert lorenz_points(Series([], dtype="int64")).empty


@given(amounts)
def test_scale_and_order_do_not_matter(sales):
    once = measure_concentration(sales).drop(columns="sales")
    other = measure_concentration(sales[::-1] * 1000).drop(columns="sales")
    assert np.allclose(once.to_numpy(dtype=float), other.to_numpy(dtype=float))


@given(amounts)
def test_curve_runs_from_nothing_to_all_and_bends_one_way(sales):
    points = lorenz_points(sales)
    assert points.iloc[0].tolist() == [0, 0, 0]
    assert points.iloc[-1][["accounts", "sales"]].tolist() == [1, 1]
    assert (points["sales"].diff().dropna().diff().dropna() <= 1e-12).all()
