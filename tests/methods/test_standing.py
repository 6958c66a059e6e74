import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.standing import gap_to_first, place_accounts, sum_standing

ENDS = pd.to_datetime(["2023-03-31", "2024-03-31", "2025-03-31"])


@pytest.fixture
def yearly():
    rows = {"A": ("drug", 100, 100, 121), "B": ("drug", 50, 80, 40), "C": ("web", 10, 20, 39), "D": ("web", 5, 5, 0)}
    return DataFrame([(name, channel, end, value) for name, (channel, *values) in rows.items()
                      for end, value in zip(ENDS, values, strict=True)], columns=["account", "channel", "year", "net_sales"])


def test_position_of_every_account_that_buys(yearly):
    found = place_accounts(yearly, profit=Series({"A": -5, "B": 8}), purchases=Series({"A": 484, "C": 0}))
    assert found.index.tolist() == ["A", "B", "C"]
    assert found["rank"].tolist() == [1, 2, 3]
    assert found["channel_rank"].tolist() == [1, 2, 1]
    assert found["share"].tolist() == pytest.approx([0.605, 0.2, 0.195])
    assert found["channel_share"].tolist() == pytest.approx([121 / 161, 40 / 161, 1])
    assert found.loc["A", ["growth", "cagr", "in_store_share"]].tolist() == pytest.approx([0.21, 0.1, 0.25])
    assert np.isnan(found.loc["C", "in_store_share"])


def test_an_account_that_earns_less_than_its_size_suggests(yearly):
    found = place_accounts(yearly, profit=Series({"A": -5, "B": 8}), purchases=Series(dtype="Int64"))
    assert found.loc["A", ["profit_rank", "rank_gap"]].tolist() == [2, 1]
    assert found.loc["B", "rank_gap"] == -1
    assert found.loc["C", ["profit", "profit_rank", "rank_gap"]].isna().all()


@pytest.fixture
def positions():
    return DataFrame({"sales": [30, 20, 20, 20, 20], "rival_sales": [25, 40, 40, pd.NA, 40], "market": [100, 100, 100, 100, 0],
                      "sales_base": [30, 10, 20, 20, pd.NA], "rival_base": [25, 40, 39, 40, 40]},
                     index=["lead", "near", "far", "dark", "new"]).astype("Int64")


def test_gap_to_number_one_in_points_money_and_years(positions):
    found = gap_to_first(positions)
    assert found["verdict"].to_dict() == {"lead": "first", "near": "closing", "far": "widening", "dark": "unknown",
                                          "new": "behind"}
    assert found.loc["lead", ["rank", "gap", "years_to_first"]].tolist() == [1, -5, 0]
    assert found.loc["near", "years_to_first"] == pytest.approx(1)  # we double, the rival stands still
    assert found.loc["near", ["gap_points", "gap"]].tolist() == pytest.approx([0.2, 20])
    assert np.isnan(found.loc["far", "years_to_first"])
    assert found.loc["new", ["share", "gap_points"]].isna().all()


def test_standing_is_summed_over_what_is_known(positions):
    found = sum_standing(gap_to_first(positions), positions["sales"])
    assert found == {"fields": 4, "first": 1, "closing": 1, "widening": 1, "led_share": pytest.approx(30 / 90)}
    assert sum_standing(gap_to_first(positions.loc[["dark"]]), positions["sales"]) == {}


@settings(max_examples=25)
@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**9))
def test_years_to_first_draw_level(ours, rival, base, rival_base):
    row = DataFrame({"sales": [ours], "rival_sales": [rival], "market": [ours + rival], "sales_base": [base],
                     "rival_base": [rival_base]})
    found = gap_to_first(row).iloc[0]
    years = found["years_to_first"]
    if found["verdict"] == "closing" and years < 100:
        level = np.log(ours / rival) + years * np.log((1 + found["growth"]) / (1 + found["rival_growth"]))
        assert level == pytest.approx(0, abs=1e-6)
    assert found["gap"] == rival - ours
