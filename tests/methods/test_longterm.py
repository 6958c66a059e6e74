import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.longterm import (
    measure_retention,
    project_profit,
    state_scenarios,
    value_levers,
    value_profit,
)

ENDS = pd.to_datetime(["2023-03-31", "2024-03-31", "2025-03-31"])


def test_retention_counts_those_who_could_leave():
    rows = [("a", 5, 5, 5), ("b", 5, 5, 0), ("c", 10, 0, 0), ("d", 0, 5, 5), ("e", 0, 0, 7)]
    panel = DataFrame([(name, end, value) for name, *values in rows for end, value in zip(ENDS, values, strict=True)],
                      columns=["account", "year", "net_sales"]).assign(channel="drug")
    found = measure_retention(panel).loc["drug"]
    # at risk: a b c in the first year, a b d in the second; gone: c after the first, b after the second
    assert found[["at_risk", "kept"]].tolist() == [6, 4]
    assert found["retention"] == pytest.approx(4 / 6)
    assert found["sales_kept"] == pytest.approx(20 / 35)
    assert found["low"] < found["retention"] < found["high"]
    assert measure_retention(panel[panel["year"] == ENDS[0]]).empty


@pytest.fixture
def scenarios():
    retention = DataFrame({"retention": [0.9], "low": [0.8], "high": [1.0]}, index=["drug"])
    growth = DataFrame({"growth": [0.05], "low": [0.0], "high": [0.10]}, index=["drug"])
    return state_scenarios(retention, growth, discount=0.08)


def test_scenarios_are_stated_low_to_high(scenarios):
    assert scenarios["scenario"].tolist() == ["low", "middle", "high"]
    assert scenarios[["retention", "growth"]].to_numpy().tolist() == [[0.8, 0], [0.9, 0.05], [1, 0.1]]


def test_value_is_the_closed_form_of_a_geometric_series(scenarios):
    found = value_profit(project_profit(Series({"drug": 1_000_000}), scenarios, years=5)).loc["drug"]
    for name, step in (("low", 0.8 / 1.08), ("middle", 0.9 * 1.05 / 1.08), ("high", 1.1 / 1.08)):
        assert found[name] == pytest.approx(1_000_000 * step * (1 - step**5) / (1 - step), abs=1)


def test_a_profit_that_is_unknown_has_no_future(scenarios):
    stream = project_profit(Series({"drug": pd.NA}, dtype="Int64"), scenarios)
    assert stream.empty and value_profit(stream).empty


@settings(max_examples=25)
@given(st.floats(0, 1), st.floats(-0.3, 0.3), st.floats(0, 0.3), st.integers(1, 20))
def test_more_years_and_more_retention_are_never_worth_less(retention, growth, discount, years):
    row = DataFrame({"key": ["x"], "scenario": ["middle"], "retention": [retention], "growth": [growth], "discount": [discount]})
    worth = [value_profit(project_profit(Series({"x": 10**9}), rows, years=span)).loc["x", "middle"]
             for rows, span in ((row, years), (row, years + 1), (row.assign(retention=min(retention + 0.1, 1)), years))]
    assert worth[0] <= worth[1] and worth[0] <= worth[2]


def test_levers_say_what_a_point_is_worth(scenarios):
    levers = value_levers(Series({"drug": 1_000_000}), scenarios, years=1).loc["drug"]
    assert levers["retention"] == pytest.approx(1_000_000 * 0.01 * 1.05 / 1.08, abs=1)
    assert levers["growth"] == pytest.approx(1_000_000 * 0.9 * 0.01 / 1.08, abs=1)
