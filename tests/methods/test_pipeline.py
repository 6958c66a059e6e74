import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Timestamp

from kamnb.calendar import add_years
from kamnb.methods.pipeline import check_reports, flag_filling, lay_pipeline, split_sell_in, value_surplus

MONTHS = pd.date_range("2023-04-01", periods=24, freq="MS")
AS_OF = Timestamp("2025-03-31")


def flow(values, account="W", months=MONTHS):
    return DataFrame({"account": account, "month": months[: len(values)], "quantity": values})


NOTHING = flow([]).astype({"account": "str", "month": "datetime64[us]", "quantity": float})


@pytest.fixture
def fill():
    """Off-take is 100 a month throughout; in the last three months the house buys 150, 150 and 150."""
    sell_in = [100] * 21 + [150] * 3
    stock = [60] * 21 + [110, 160, 210]
    return lay_pipeline(flow(sell_in), sell_out=NOTHING, stock=flow(stock))


def test_off_take_is_opening_stock_plus_sell_in_less_closing_stock(fill):
    assert fill["off_take"].isna().tolist() == [True] + [False] * 23
    assert set(fill["off_take"].dropna()) == {100}
    assert fill["built"].tail(4).tolist() == [0, 50, 50, 50]
    assert fill["cover"].tail(4).tolist() == pytest.approx([0.6, 1.1, 1.6, 2.1])
    assert fill["source"].tolist() == [""] + ["stock"] * 23


def test_growth_of_sell_in_is_off_take_and_pipeline(fill):
    # a month before the first year gives the opening stock
    months = pd.date_range("2023-03-01", periods=25, freq="MS")
    sell_in, stock = flow([100] * 22 + [150] * 3, months=months), flow([60] * 22 + [110, 160, 210], months=months)
    whole = lay_pipeline(sell_in, sell_out=NOTHING, stock=stock)
    found = split_sell_in(add_years(whole, as_of=AS_OF)).loc["W"]
    assert found[["growth_in", "growth_out", "pipeline_points"]].tolist() == pytest.approx([0.125, 0, 0.125])
    assert found["built"] == 150
    # without the opening stock the first year is not complete: nothing is claimed
    assert split_sell_in(add_years(fill, as_of=AS_OF)).loc["W", ["growth_out", "pipeline_points"]].isna().all()


def test_filling_is_flagged_against_the_accounts_own_usual_cover(fill):
    flagged = flag_filling(fill)
    assert flagged["flag"].tail(4).tolist() == ["normal", "filled", "filled", "filled"]
    assert flagged["usual"].iloc[-1] == pytest.approx(0.6)
    assert flagged["surplus"].iloc[-1] == pytest.approx(150)
    assert set(flagged["flag"].head(8)) == {"unknown"}


def test_surplus_is_worth_what_we_booked_for_it(fill):
    found = value_surplus(flag_filling(fill), pd.Series({"W": 20.0})).loc["W"]
    assert found["surplus_sales"] == pytest.approx(3000)
    assert found["month"] == MONTHS[-1]


def test_a_drained_pipeline_is_flagged_too():
    stock = [200] * 21 + [150, 100, 50]
    flags = flag_filling(lay_pipeline(flow([100] * 21 + [50] * 3), sell_out=NOTHING, stock=flow(stock)))
    assert flags["flag"].tail(2).tolist() == ["drained", "drained"]


def test_without_stock_sell_out_is_what_is_reported_and_nothing_is_flagged():
    found = lay_pipeline(flow([100] * 24), sell_out=flow([90] * 24), stock=NOTHING)
    assert set(found["source"]) == {"reported"}
    assert found["built"].sum() == 240
    assert found["stock"].isna().all()
    assert set(flag_filling(found)["flag"]) == {"unknown"}


def test_an_account_that_reports_nothing_is_left_out_and_a_gap_stays_unknown():
    sell_in = pd.concat([flow([100] * 24), flow([70] * 24, account="silent")])
    found = lay_pipeline(sell_in, sell_out=NOTHING, stock=flow([50] * 24).drop(index=[10]))
    assert found["account"].unique().tolist() == ["W"]
    assert np.flatnonzero(found["off_take"].isna()).tolist() == [0, 10, 11]


def test_reported_part_of_the_off_take_is_told():
    found = check_reports(lay_pipeline(flow([100] * 24), sell_out=flow([67] * 24), stock=flow([50] * 24)))
    assert found.loc["W", ["months", "coverage"]].tolist() == pytest.approx([23, 0.67])


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(0, 1000)), min_size=3, max_size=24))
def test_stock_identity_holds_for_any_flows(rows):
    bought, held = zip(*rows, strict=True)
    found = lay_pipeline(flow(list(bought)), sell_out=NOTHING, stock=flow(list(held)))
    assert found["sell_in"].iloc[1:].sum() - found["off_take"].sum() == held[-1] - held[0]
    assert found["built"].sum() == pytest.approx(held[-1] - held[0])


@settings(max_examples=25)
@given(st.lists(st.integers(50, 1000), min_size=25, max_size=25), st.lists(st.integers(0, 50), min_size=25, max_size=25))
def test_growth_points_tie_exactly(bought, held):
    months = pd.date_range("2023-03-01", periods=25, freq="MS")
    laid = lay_pipeline(flow(bought, months=months), sell_out=NOTHING, stock=flow(held, months=months))
    found = split_sell_in(add_years(laid, as_of=AS_OF)).loc["W"]
    out = (found["off_take"] - found["off_take_base"]) / found["sell_in_base"]
    assert found["growth_in"] == pytest.approx(out + found["pipeline_points"])
