import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.concentration import (
    bound_hhi,
    check_slogan,
    compare_structure,
    flag_dependence,
    judge_key_share,
    lorenz_points,
    measure_concentration,
)

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


def test_slogan_holds_where_it_is_true_and_fails_where_it_is_not():
    pareto = check_slogan(Series([40, 40, *[2.5] * 8]) * 10).iloc[0]
    assert pareto[["top_share", "accounts_needed"]].tolist() == pytest.approx([0.8, 0.2])
    assert pareto["holds"]
    even = check_slogan(Series([100] * 50)).iloc[0]
    assert even[["top_share", "accounts_needed", "balance_accounts", "balance_sales"]].tolist() == pytest.approx(
        [0.2, 0.8, 0.5, 0.5])
    assert not even["holds"]


@given(amounts)
def test_balance_of_the_slogan_adds_up_and_buyers_of_nothing_need_not_be_counted(sales):
    row = check_slogan(sales).iloc[0]
    assert row["balance_accounts"] + row["balance_sales"] == pytest.approx(1)
    assert 0 < row["balance_accounts"] <= 0.5 + 1e-9
    assert row["top_share"] >= 0.2 - 1e-9


def test_hhi_of_a_market_known_in_part_lies_between_two_bounds():
    low, high = bound_hhi(Series([0.3, 0.2, np.nan, 0.1]))
    assert (low, high) == pytest.approx((1400, 1400 + 0.4 * 0.1 * 10_000))
    assert bound_hhi(Series([0.3, 0.3, 0.2, 0.2])) == pytest.approx((2600, 2600))
    assert all(np.isnan(bound_hhi(Series([np.nan]))))


@given(st.lists(st.floats(0.01, 1), min_size=2, max_size=12), st.integers(1, 11))
def test_true_hhi_lies_within_the_bounds_of_its_largest_buyers(sizes, known):
    shares = Series(sorted(sizes, reverse=True)) / sum(sizes)
    low, high = bound_hhi(shares.head(known))
    assert low - 1e-6 <= (shares**2).sum() * 10_000 <= high + 1e-6


def test_structure_of_the_channel_and_of_our_sales_stand_side_by_side():
    buyers = DataFrame({"account": list("ABCDE"), "channel": ["drug"] * 4 + ["web"], "net_sales": [70, 10, 10, 10, 50],
                        "purchases": Series([250, 250, 250, 250, pd.NA], dtype="Int64")})
    found = compare_structure(buyers, market=Series({"drug": 2000})).set_index("channel")
    assert found.loc["drug", ["hhi_ours", "known", "cr4_trade", "hhi_trade_low", "hhi_trade_high"]].tolist() == \
        pytest.approx([5200, 0.5, 0.5, 625, 625 + 0.5 * 0.125 * 10_000])
    assert found.loc["web", ["known", "cr4_trade", "hhi_trade_low"]].isna().all()
