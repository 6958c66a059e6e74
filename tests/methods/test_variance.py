import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.methods.variance import decompose_variance, nest_variance, pair_periods, total_variance

number = st.integers(-3, 9)
money = st.integers(-10**6, 10**6)


@pytest.fixture
def items():
    """The published case in thousandths."""
    return DataFrame({"product": ["ABC", "DEF"], "quantity_base": [50.0, 40], "sales_base": [60_000, 32_000],
                      "quantity": [60.0, 50], "sales": [66_000, 50_000]})


@pytest.mark.oracle("O13")
def test_published_variance(items):
    bars = decompose_variance(items).set_index("product")[["price", "volume", "mix", "total"]] / 1000
    assert bars.loc["ABC"].tolist() == pytest.approx([-6.0, 13.333, -1.333, 6], abs=0.001)
    assert bars.loc["DEF"].tolist() == pytest.approx([10, 7.111, 0.889, 18], abs=0.001)
    assert bars.sum().tolist() == pytest.approx([4.0, 20.444, -0.444, 24.0], abs=0.001)


def test_mix_against_the_average_price_moves_rows_but_not_totals(items):
    own, average = (decompose_variance(items, mix=rule)[["price", "volume", "mix"]] for rule in ("own", "average"))
    assert own.sum().tolist() == pytest.approx(average.sum().tolist(), abs=2)
    assert own["mix"].tolist() != average["mix"].tolist()


def test_new_and_delisted_items_have_their_own_bars():
    items = DataFrame({"product": list("nkdo"), "quantity_base": [0.0, 10, 7, -1], "sales_base": [0, 100, 70, -9],
                       "quantity": [5.0, 10, 0, 2], "sales": [60, 120, 0, 20]})
    bars = decompose_variance(items).set_index("product")
    assert bars.loc["n", ["new", "total"]].tolist() == [60, 60]
    assert bars.loc["d", ["delisted", "total"]].tolist() == [-70, -70]
    assert bars.loc["o", ["other", "total"]].tolist() == [29, 29]
    assert bars.loc["k", ["price", "volume", "mix"]].tolist() == [20, 0, 0]


rows = st.lists(st.tuples(st.sampled_from("CD"), st.sampled_from("ABE"), number, money, number, money), min_size=1,
                max_size=12)


def frame_of(lines):
    columns = ["channel", "account", "quantity_base", "sales_base", "quantity", "sales"]
    return DataFrame(lines, columns=columns).astype({"quantity_base": float, "quantity": float}).assign(
        product=range(len(lines)))


@given(rows)
def test_bars_sum_exactly_to_the_change(lines):
    items = frame_of(lines)
    for bars in (decompose_variance(items), decompose_variance(items, mix="average"),
                 nest_variance(items, levels=["channel", "account"])):
        parts = bars.drop(columns=["channel", "account", "product", "total"]).sum(axis=1)
        assert parts.tolist() == bars["total"].tolist() == (items["sales"] - items["sales_base"]).tolist()


@given(rows)
def test_nested_mix_adds_up_to_the_plain_mix(lines):
    items = frame_of(lines)
    nested, plain = nest_variance(items, levels=["channel", "account"]), decompose_variance(items)
    assert nested["volume"].tolist() == plain["volume"].tolist()
    mixes = nested[["mix_channel", "mix_account", "mix_item"]].sum(axis=1)
    assert mixes.tolist() == plain["mix"].tolist()


def test_shift_between_accounts_of_a_channel_is_account_mix_only():
    items = DataFrame({"channel": "C", "account": ["cheap", "dear"], "quantity_base": [50.0, 50],
                       "sales_base": [500, 1000], "quantity": [40.0, 60], "sales": [400, 1200]})
    bars = total_variance(nest_variance(items, levels=["channel", "account"]), by=["channel"]).iloc[0]
    assert bars["mix_account"] == bars["total"] == 100
    assert bars[["price", "volume", "mix_channel", "mix_item"]].tolist() == [0, 0, 0, 0]


def test_order_of_the_rows_does_not_matter(items):
    turned = decompose_variance(items[::-1]).sort_index()
    pd.testing.assert_frame_equal(turned, decompose_variance(items))


def test_periods_are_paired_with_zero_for_what_was_not_sold():
    base = DataFrame({"product": ["a", "a", "b"], "quantity": [1, 2, 3], "net_sales": [10, 20, 30]})
    current = DataFrame({"product": ["b", "c"], "quantity": [4, 5], "net_sales": [44, 55]})
    paired = pair_periods(base, current, keys=["product"])
    assert paired.to_numpy().tolist() == [["a", 3, 30, 0, 0], ["b", 3, 30, 4, 44], ["c", 0, 0, 5, 55]]
    assert decompose_variance(paired)["total"].sum() == 99 - 60
