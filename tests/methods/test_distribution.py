import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.distribution import cover_stores, index_purchases, measure_depth, measure_distribution, sum_points
from kamnb.methods.fairshare import decompose_share, estimate_levers, split_product, split_share_change


@pytest.fixture
def stores():
    """The four stores of the published example, in thousands."""
    return DataFrame({"store": [1, 2, 3, 4], "all_sales": [100.0, 75, 50, 40], "category_sales": [1000.0, 500, 300, 400]})


def listed(**items):
    return DataFrame([(store, item) for item, places in items.items() for store in places], columns=["store", "item"])


@pytest.mark.oracle("O14")
def test_published_distribution_of_two_brands(stores):
    found = measure_distribution(listed(M=[1, 2, 3], P=[1, 2, 4]), stores)
    assert found.loc["M"].tolist() == pytest.approx([3, 0.75, 0.84906, 0.81818], abs=5e-6)
    assert found.loc["P"].tolist() == pytest.approx([3, 0.75, 0.81132, 0.86364], abs=5e-6)


@pytest.mark.oracle("O14")
def test_published_distribution_of_single_items(stores):
    # M12 stands where the brand does, M24 in the stores that make 1,300 of 2,200
    found = measure_distribution(listed(M12=[1, 2, 3], M24=[1, 3]), stores)
    assert found["pcv"].round(4).tolist() == [0.8182, 0.5909]
    assert sum_points(found)["points"] == pytest.approx(81.818 + 59.091, abs=0.001)


@pytest.mark.oracle("O15")
def test_share_of_stores_that_sell_it():
    many = DataFrame({"store": range(1000), "all_sales": np.nan, "category_sales": np.nan})
    found = measure_distribution(listed(X=range(800)), many).loc["X"]
    assert found["numeric"] == 0.8
    assert np.isnan(found["acv"])


@pytest.mark.oracle("O16")
def test_purchase_index_per_thousand_shoppers():
    index = index_purchases(Series([500, 1000, 3]), Series([5000, 50_000, 0]))
    assert index.tolist()[:2] == [100, 20]
    assert np.isnan(index[2])


@pytest.mark.oracle("O17")
def test_mean_number_of_items_in_a_store():
    two = DataFrame({"store": [1, 2], "all_sales": np.nan, "category_sales": np.nan})
    found = sum_points(measure_distribution(listed(A=[1, 2], B=[1], C=[2]), two))
    assert (found["items_per_store"], found["points"], found["items"]) == (2.0, 200.0, 3)
    three = DataFrame({"store": [1, 2, 3], "all_sales": np.nan, "category_sales": np.nan})
    assert sum_points(measure_distribution(listed(A=[1, 2, 3], B=[1], C=[2, 3]), three))["items_per_store"] == 2.0


@pytest.mark.oracle("O18")
@pytest.mark.parametrize(("handling", "stores", "share"), [(75, 100, 0.75), (9000, 10_000, 0.9)])
def test_coverage_of_stores(handling, stores, share):
    rows = DataFrame({"account": "A", "handles": [True] * handling + [False] * (stores - handling), "category_sales": 1})
    found = cover_stores(rows).loc["A"]
    assert found[["numeric", "coverage", "tilt"]].tolist() == pytest.approx([share, share, 0])


@pytest.mark.oracle("O19")
def test_in_store_share():
    found = decompose_share(DataFrame({"sales": [1_000_000], "market": [5_000_000], "handled": [5_000_000]})).iloc[0]
    assert found["in_store_share"] == 0.2


def test_missing_the_large_stores_shows_in_the_tilt():
    rows = DataFrame({"account": "A", "handles": [True, True, False, None], "category_sales": [10, 10, 80, 99]})
    found = cover_stores(rows).loc["A"]
    assert found[["stores", "known", "handling"]].tolist() == [4, 3, 2]
    assert found[["numeric", "coverage", "tilt"]].tolist() == pytest.approx([2 / 3, 0.2, 0.2 - 2 / 3])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**6), st.integers(0, 10**6)), min_size=1, max_size=30))
def test_share_is_coverage_times_in_store_share_of_any_stores(rows):
    stores = DataFrame(rows, columns=["handles", "category_sales", "ours"]).assign(account="A")
    stores["ours"] = stores[["ours", "category_sales"]].min(axis=1).where(stores["handles"], 0)
    found = cover_stores(stores).assign(sales=stores["ours"].sum())
    split = decompose_share(found).iloc[0]
    assert split["market_share"] == pytest.approx(stores["ours"].sum() / stores["category_sales"].sum())
    if stores["handles"].any():
        assert split["coverage"] * split["in_store_share"] == pytest.approx(split["market_share"])


@settings(max_examples=25)
@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=12), st.integers(1, 11), st.floats(0.1, 0.9))
def test_splitting_a_store_in_two_leaves_weighted_distribution_alone(sizes, place, part):
    stores = DataFrame({"store": range(len(sizes)), "all_sales": sizes, "category_sales": sizes}).astype(float)
    listing = listed(X=range(0, len(sizes), 2))
    split = place % len(sizes)
    half = stores.loc[[split]].assign(store=999.0)
    half[["all_sales", "category_sales"]] *= part
    stores.loc[split, ["all_sales", "category_sales"]] *= 1 - part
    more = pd.concat([listing, listed(X=[999])]) if split % 2 == 0 else listing
    whole = measure_distribution(listing, DataFrame({"store": range(len(sizes)), "all_sales": sizes, "category_sales": sizes}))
    again = measure_distribution(more, pd.concat([stores, half]))
    assert again.loc["X", ["acv", "pcv"]].tolist() == pytest.approx(whole.loc["X", ["acv", "pcv"]].tolist())


def test_depth_compares_items_in_large_and_small_stores(stores):
    found = measure_depth(measure_distribution(listed(M=[1, 2, 3], Q=[4]), stores), Series({"M": 8181.8, "Q": 1818.2}))
    assert found["per_point"].tolist() == pytest.approx([100, 100], rel=1e-4)
    assert measure_depth(found[["stores", "numeric", "acv", "pcv"]], Series(dtype=float))["per_point"].isna().all()


def test_change_of_share_is_split_exactly():
    base, current = (decompose_share(DataFrame({"sales": [s], "market": [m], "handled": [h]}))
                     for s, m, h in ((10, 100, 50), (24, 120, 80)))
    split = split_share_change(base, current).iloc[0]
    assert split["share_points"] == pytest.approx(0.1)
    assert split["by_coverage"] + split["by_in_store"] == pytest.approx(split["share_points"])


@settings(max_examples=25)
@given(st.lists(st.floats(0.01, 1e6), min_size=6, max_size=6))
def test_effects_of_the_factors_sum_to_the_change(values):
    base, current = (DataFrame([part], columns=["stores", "items", "rate"]) for part in (values[:3], values[3:]))
    effects = split_product(base, current).iloc[0]
    first, last = np.prod(values[:3]), np.prod(values[3:])
    assert effects["change"] == pytest.approx(last - first)
    assert effects[["stores", "items", "rate"]].sum() == pytest.approx(last - first, rel=1e-6, abs=1e-6 * max(first, last))


def test_a_factor_that_is_unknown_leaves_the_split_unknown():
    assert split_product(DataFrame({"a": [0.0], "b": [2.0]}), DataFrame({"a": [1.0], "b": [2.0]})).isna().all(axis=None)


@pytest.fixture
def positions():
    """Six drug chains, equal but for F, which covers half of what the others do, and E, which sells half inside."""
    return DataFrame({"group": "drug", "sales": [90, 90, 90, 90, 45, 45], "market": 1000,
                       "handled": [900, 900, 900, 900, 900, 450]}, index=list("ABCDEF"))


def test_levers_name_what_is_missing_and_sum_to_the_headroom(positions):
    found = estimate_levers(positions)
    assert found.loc["F", ["by_coverage_low", "by_in_store_low", "by_both_low", "headroom_low"]].tolist() == [45, 0, 0, 45]
    assert found.loc["E", ["by_coverage_low", "by_in_store_low", "headroom_low"]].tolist() == [0, 45, 45]
    assert found.loc["A", "headroom_high"] == 0
    parts = found[["by_coverage_high", "by_in_store_high", "by_both_high"]].sum(axis=1)
    assert parts.tolist() == found["headroom_high"].tolist()


def test_unit_of_money_leaves_shares_alone_and_scales_headroom(positions):
    thousand = positions.assign(**{name: positions[name] * 1000 for name in ("sales", "market", "handled")})
    once, other = estimate_levers(positions), estimate_levers(thousand)
    assert other["coverage_low"].tolist() == pytest.approx(once["coverage_low"].tolist())
    assert other["headroom_high"].tolist() == (once["headroom_high"] * 1000).tolist()


def test_an_account_of_which_coverage_is_unknown_has_unknown_headroom(positions):
    positions.loc["A", "handled"] = np.nan
    assert estimate_levers(positions).loc["A", ["coverage", "headroom_low"]].isna().all()
