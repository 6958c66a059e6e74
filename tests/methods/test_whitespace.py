import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.whitespace import _quantile_without, benchmark_peers, measure_breadth, sum_headroom


@pytest.fixture
def accounts():
    return DataFrame({"account": list("ABCDEFGH"), "channel": ["drug"] * 7 + ["web"],
                      "size": [10.0, 10, 10, 10, 10, 10, 20, 5]})


@pytest.fixture
def sales():
    """Tea is bought by A to F for 100 to 600, coffee by A alone; G buys tea for 100 and H for 900."""
    return DataFrame({"account": list("ABCDEFGHA"), "category": ["tea"] * 8 + ["coffee"],
                      "net_sales": [100, 200, 300, 400, 500, 600, 100, 900, 50]})


def test_potential_is_what_the_other_buyers_of_the_channel_make_of_their_size(sales, accounts):
    tea = benchmark_peers(sales, accounts).query("category == 'tea'").set_index("account")
    # G: the others sell 10, 20 ... 60 per unit of size; it has 20 units
    assert tea.loc["G", ["peers", "q_low", "q_high"]].tolist() == [6, 35, 47.5]
    assert tea.loc["G", ["potential_low", "gap_low", "potential_high", "gap_high"]].tolist() == [700, 600, 950, 850]
    # F is better than all others: no gap
    assert tea.loc["F", ["gap_low", "gap_high"]].tolist() == [0, 0]


def test_few_peers_give_no_benchmark(sales, accounts):
    cells = benchmark_peers(sales, accounts).set_index(["account", "category"])
    assert cells.loc[("B", "coffee"), "peers"] == 1
    assert cells.loc[[("B", "coffee"), ("H", "tea")], ["q_low", "potential_low", "gap_high"]].isna().all(axis=None)
    assert cells.loc[("B", "coffee"), "sales"] == 0


def test_account_without_a_size_is_left_out(sales, accounts):
    accounts.loc[0, "size"] = np.nan
    assert "A" not in benchmark_peers(sales, accounts)["account"].tolist()


def test_headroom_sums_the_gaps_that_are_known(sales, accounts):
    room = sum_headroom(benchmark_peers(sales, accounts), Series(dtype="Int64"))
    facts = ["sales", "headroom_low", "headroom_high", "cells", "open_cells"]
    assert room.loc["G", facts].tolist() == [100, 600, 850, 1, 0]
    assert room.loc["H", ["headroom_low", "headroom_high"]].isna().all()
    assert not room["capped"].any()


def test_headroom_ends_where_the_account_buys_no_more(sales, accounts):
    room = sum_headroom(benchmark_peers(sales, accounts), Series({"G": 1000, "A": 10_000}), cap=0.5)
    assert room.loc["G", ["headroom_low", "headroom_high", "capped"]].tolist() == [400, 400, True]
    assert not room.loc["A", "capped"]


def test_account_without_a_category_shows_the_whole_potential_as_open(accounts):
    sales = DataFrame({"account": list("ABCDEF"), "category": "tea", "net_sales": 100})
    room = sum_headroom(benchmark_peers(sales, accounts), Series(dtype="Int64"))
    assert room.loc["G", ["headroom_low", "open_cells"]].tolist() == [200, 1]


def test_breadth_counts_categories_bought(sales, accounts):
    breadth = measure_breadth(benchmark_peers(sales, accounts))
    assert breadth.loc["A"].tolist() == [2, 2, 1]
    assert breadth.loc["B"].tolist() == [1, 2, 0.5]


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=20), st.floats(0, 1))
def test_quantile_without_one_equals_the_quantile_of_the_others(values, share):
    ordered = np.sort(values)
    places = np.arange(len(ordered) + 1)
    expected = [np.quantile(np.delete(ordered, place) if place < len(ordered) else ordered, share) for place in places]
    assert _quantile_without(ordered, places, share) == pytest.approx(np.array(expected), rel=1e-9, abs=1e-6)


def test_unit_of_size_does_not_matter(sales, accounts):
    gaps = [benchmark_peers(sales, accounts.assign(size=accounts["size"] * unit))["gap_high"].tolist()
            for unit in (1, 1000)]
    assert gaps[0] == gaps[1]
