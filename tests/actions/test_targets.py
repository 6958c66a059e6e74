import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame

from kamnb.actions import propose_targets, read_targets, sum_halves, summarise_targets
from kamnb.errors import InputError

MONTHS = pd.date_range("2026-04-01", periods=12, freq="MS")
amounts = st.lists(st.integers(-1000, 10**9), min_size=12, max_size=12)


def baseline(before, parts):
    return DataFrame(
        {
            "month": MONTHS,
            "half": [1] * 6 + [2] * 6,
            "previous_sales": before,
            "previous_kind": "actual",
            "baseline": [max(part, 0) for part in parts],
        }
    ).astype({"previous_sales": "Int64"})


@given(before=amounts, parts=amounts, growth=st.floats(-0.5, 1.0))
@settings(max_examples=60, deadline=None)
def test_months_halves_and_year_sum_to_the_last_unit(before, parts, growth):
    months = baseline(before, parts)
    goal = read_targets(propose_targets(months, growth_target=growth, capture=0.25), months)
    halves = sum_halves(goal).set_index("period")["target"]
    assert goal["target"].sum() == halves["full_year"] == halves["first_half"] + halves["second_half"]
    assert (goal["target"] >= 0).all()


def test_the_target_raises_the_year_before():
    months = baseline([100] * 12, [90] * 12)
    assert propose_targets(months, growth_target=0.05, capture=0.25)["target"].sum() == 1260


def test_the_target_is_never_below_the_baseline():
    months = baseline([100] * 12, [150] * 12)
    assert propose_targets(months, growth_target=0.05, capture=0.25)["target"].sum() == 1800


def test_half_a_unit_rounds_away_from_zero():
    months = baseline([1] * 10 + [0, 0], [0] * 12)
    assert propose_targets(months, growth_target=0.05, capture=0.25)["target"].sum() == 11


def test_an_account_without_sales_gets_an_even_zero():
    months = baseline([0] * 12, [0] * 12)
    assert propose_targets(months, growth_target=0.05, capture=0.25)["target"].tolist() == [0] * 12


def test_what_a_person_saved_stands_in_the_table():
    months = baseline([100] * 12, [90] * 12)
    saved = DataFrame(
        {"month": MONTHS.strftime("%Y-%m-%d"), "target": ["1,000"] + ["105"] * 11, "decided_by": "Head of sales"}
    )
    goal = read_targets(saved, months)
    assert goal["target"].tolist() == [1000] + [105] * 11
    assert goal["change"].iloc[0] == 900 and goal["growth"].iloc[1] == pytest.approx(0.05)


def test_a_decision_for_another_year_is_no_target():
    months = baseline([100] * 12, [90] * 12)
    old = propose_targets(months, growth_target=0.05, capture=0.25).assign(month=MONTHS - pd.DateOffset(years=1))
    assert read_targets(old, months).empty and read_targets(DataFrame({"decided_by": []}), months).empty


def test_a_target_that_is_no_number_is_refused_with_the_place():
    saved = DataFrame({"month": MONTHS, "target": ["1O0"] * 12})
    with pytest.raises(InputError, match="1O0") as caught:
        read_targets(saved, baseline([100] * 12, [90] * 12))
    assert "target" in caught.value.faults[0].where


def test_growth_over_nothing_is_unknown():
    months = baseline([0] + [100] * 11, [90] * 12)
    goal = read_targets(propose_targets(months, growth_target=0.0, capture=0.25), months)
    assert pd.isna(goal["growth"].iloc[0]) and goal["change"].iloc[0] == goal["target"].iloc[0]


def test_the_summary_names_the_year_and_its_peak():
    months = baseline([100] * 12, [90] * 3 + [300] + [90] * 8)
    goal = read_targets(propose_targets(months, growth_target=0.05, capture=0.25), months)
    told = summarise_targets(sum_halves(goal), goal)
    assert told["year"] == pd.Timestamp("2027-03-31") and told["peak"] == pd.Timestamp("2026-07-01")
    assert told["first"] + told["second"] == told["target"]
