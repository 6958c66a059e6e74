import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas import DataFrame, Series

from kamnb.methods.serving import list_activities, measure_capacity, rate_drivers, total_cost_to_serve


@pytest.fixture
def drivers():
    return DataFrame({"account": "A", "activity": ["order", "credit check", "complaint"], "volume": [9800.0, 280, 500],
                      "unit_minutes": [40.0, 220, 250], "cost_per_minute": 0.80, "resource": "desk"})


@pytest.fixture
def capacity():
    """A service desk: 560,000 a quarter for 700,000 minutes of practical capacity, in cents."""
    return DataFrame({"resource": ["desk"], "name": ["Service desk"], "practical_minutes": [700_000.0],
                      "cost": Series([560_000_00], dtype="Int64")})


@pytest.mark.oracle("O20")
def test_cost_of_the_activities_of_a_service_desk(drivers):
    total = total_cost_to_serve(drivers.assign(volume=[9800, 280, 500]), scale=2).loc["A"]
    assert total["minutes"] == 392_000 + 61_600 + 125_000 == 578_600
    assert total["cost_to_serve"] == 462_880_00


@pytest.mark.oracle("O20")
def test_rate_is_cost_over_practical_capacity(drivers, capacity):
    rated = rate_drivers(drivers.assign(cost_per_minute=np.nan), capacity, scale=2)
    assert (rated["unit_minutes"] * rated["cost_per_minute"]).tolist() == pytest.approx([32, 176, 200])
    assert total_cost_to_serve(rated, scale=2).loc["A", "cost_to_serve"] == 462_880_00


@pytest.mark.oracle("O20")
def test_unused_capacity_is_shown_apart(drivers, capacity):
    found = measure_capacity(drivers, capacity).loc["desk"]
    assert found[["rate", "used_minutes", "unused_minutes"]].tolist() == [80, 578_600, 121_400]
    assert found[["assigned", "unused_cost"]].tolist() == [462_880_00, 97_120_00]
    assert found["used"] == pytest.approx(0.8266, abs=5e-5)
    assert found["state"] == "idle"


def test_dearest_activity_comes_first(drivers):
    costs = list_activities(drivers)
    assert costs["activity"].tolist() == ["order", "complaint", "credit check"]
    assert costs["cost"].tolist() == [313_600, 100_000, 49_280]


def test_a_line_without_a_known_resource_keeps_its_own_rate(drivers, capacity):
    drivers["resource"] = Series(["desk", None, "van"], dtype="str")
    assert rate_drivers(drivers.assign(cost_per_minute=2.0), capacity, scale=2)["cost_per_minute"].tolist() == [0.8, 2, 2]
    found = measure_capacity(drivers, capacity)
    assert found["used_minutes"].to_dict() == {"desk": 392_000, "van": 125_000}
    assert found["state"].to_dict() == {"desk": "idle", "van": "unknown"}
    assert found.loc["van", ["rate", "unused_cost"]].isna().all()


def test_overtime_is_short_and_a_resource_nobody_draws_on_is_idle(drivers):
    both = DataFrame({"resource": ["desk", "van"], "name": ["Desk", "Van"], "practical_minutes": [500_000.0, 1000],
                      "cost": Series([400_000, 900], dtype="Int64")})
    found = measure_capacity(drivers, both)
    assert found["state"].to_dict() == {"van": "idle", "desk": "short"}
    assert found.loc["desk", "unused_minutes"] == -78_600
    assert found.loc["van", ["used", "unused_cost"]].tolist() == [0, 900]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 1000), st.integers(1, 500)), min_size=1, max_size=10), st.integers(1, 10**6),
       st.integers(1, 10**9))
def test_assigned_and_unused_cost_are_the_cost_to_the_last_unit(lines, minutes, cost):
    drivers = DataFrame(lines, columns=["volume", "unit_minutes"]).assign(resource="desk")
    capacity = DataFrame({"resource": ["desk"], "name": ["d"], "practical_minutes": [minutes], "cost": Series([cost], dtype="Int64")})
    found = measure_capacity(drivers, capacity).loc["desk"]
    assert found["assigned"] + found["unused_cost"] == cost
    assert found["used_minutes"] + found["unused_minutes"] == minutes
