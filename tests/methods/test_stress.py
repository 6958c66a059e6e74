import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.stress import appraise_losses, find_breaking_point, lose_contribution, remove_largest, time_recovery


@pytest.fixture
def buyers():
    return DataFrame({"account": list("ABCDE"), "net_sales": [500, 250, 120, 80, 50],
                      "pocket_margin": Series([150, 75, 30, 20, 10], dtype="Int64"),
                      "cost_to_serve": Series([50, 25, 10, 5, 5], dtype="Int64")})


def test_what_is_lost_is_more_than_the_contribution_while_costs_stay(buyers):
    assert lose_contribution(buyers).tolist() == [150, 75, 30, 20, 10]
    assert lose_contribution(buyers, avoidable=1.0).tolist() == [100, 50, 20, 15, 5]


def test_steps_add_up(buyers):
    steps = remove_largest(buyers, most=3, fixed_cost=100, avoidable=0.5)
    assert steps["account"].tolist() == ["", "A", "B", "C"]
    assert steps["net_sales"].tolist() == [1000, 500, 250, 130]
    # 190 with all; A takes 125 away, B 62 (12.5 saved are 13), C 25
    assert steps["contribution"].tolist() == [190, 65, 3, -22]
    assert steps["lost"].tolist() == [0, 125, 187, 212]
    assert steps["result"].tolist() == [90, -35, -97, -122]
    assert steps["cover"].tolist() == pytest.approx([1.9, 0.65, 0.03, -0.22])
    assert find_breaking_point(steps) == 1


def test_without_fixed_cost_the_result_is_not_known(buyers):
    steps = remove_largest(buyers)
    assert len(steps) == 5  # one account always stays
    assert steps[["result", "cover"]].isna().all(axis=None)
    assert find_breaking_point(steps) is None


def test_unknown_profit_is_marked_not_filled(buyers):
    buyers.loc[2, "pocket_margin"] = pd.NA
    steps = remove_largest(buyers, most=2)
    assert steps["known"].tolist() == pytest.approx([880 / 1000, 380 / 500, 130 / 250])
    buyers["pocket_margin"] = Series([pd.NA] * 5, dtype="Int64")
    assert remove_largest(buyers, most=2)["contribution"].isna().all()


@pytest.mark.oracle("O33")
def test_dependence_counts_sales_and_profit(buyers):
    found = appraise_losses(buyers, growth=0.05)
    assert found["flag"].tolist() == ["mono", "dependent", "key", "ordinary", "ordinary"]
    buyers.loc[4, "pocket_margin"] = 75
    assert appraise_losses(buyers, growth=0.05).loc["E", "flag"] == "dependent"


def test_recovery_is_when_the_others_have_grown_by_as_much():
    found = time_recovery(Series([10.0, 100.0, 0.0, 10.0]), Series([100.0, 100.0, 100.0, np.nan]), growth=0.10)
    assert found["months"].tolist()[:3] == pytest.approx([12, 12 * np.log(2) / np.log(1.1), 0])
    assert np.isnan(found["months"][3])
    # missed month by month: 10/12 less what has grown again
    regrown = [100 * (1.1 ** (step / 12) - 1) for step in range(12)]
    assert found["shortfall"][0] == round(sum(10 - value for value in regrown) / 12)


def test_without_growth_nothing_is_replaced():
    found = time_recovery(Series([10.0]), Series([100.0]), growth=0.0)
    assert found["months"].isna().all()
    assert found["shortfall"].tolist() == [100]  # ten years of ten a year


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(1, 10**9), st.integers(0, 10**8), st.integers(0, 10**7)), min_size=2, max_size=15),
       st.sampled_from([0.0, 0.25, 1.0]))
def test_each_loss_costs_what_it_would_cost_alone(rows, avoidable):
    buyers = DataFrame(rows, columns=["net_sales", "pocket_margin", "cost_to_serve"]).astype(
        {"pocket_margin": "Int64", "cost_to_serve": "Int64"})
    buyers["account"] = [f"A{n:02}" for n in range(len(buyers))]
    steps, alone = remove_largest(buyers, avoidable=avoidable), appraise_losses(buyers, growth=0.0, avoidable=avoidable)
    assert steps["lost"].diff().dropna().tolist() == alone["at_risk"].head(len(steps) - 1).tolist()
    assert steps["net_sales"].is_monotonic_decreasing
